<<<<<<< HEAD
"""A higher test advice obliges the school; a lower one changes nothing."""
=======
"""A test advice above the school's obliges the school to reconsider: raise it, or say why not. None lowers it."""
>>>>>>> main

import pytest
from hypothesis import given
from hypothesis import strategies as st

<<<<<<< HEAD
from rules.reconsideration import is_open, reopens

HAVO, HAVO_VWO, VWO = 90, 100, 110


@pytest.mark.parametrize(
    ("provisional", "definitive", "test", "motivation", "stands"),
    [
        (HAVO, None, VWO, "", True),
        (HAVO, None, VWO, "  ", True),
        (HAVO, None, VWO, "Zij kiest zelf havo.", False),
        (HAVO, None, HAVO, "", False),
        (VWO, None, HAVO, "", False),
        (HAVO, VWO, VWO, "", False),
        (HAVO, HAVO, VWO, "", True),
        # Raised, but not as far.
        (HAVO, HAVO_VWO, VWO, "", True),
        # There was never a provisional advice: the definitive one is the school's.
        (None, HAVO, VWO, "", True),
        # Lowered below what both said.
        (VWO, HAVO, VWO, "", True),
        (None, None, VWO, "", False),
        (HAVO, None, None, "", False),
    ],
)
def test_the_duty_stands(
    provisional: int | None, definitive: int | None, test: int | None, motivation: str, stands: bool
) -> None:
    found = is_open(
        school_level=provisional, definitive_level=definitive, test_level=test, motivation=motivation
    )
    assert found is stands


def test_a_motivation_older_than_the_result_does_not_count() -> None:
    said = {"school_level": HAVO, "test_level": VWO, "motivation": "Zij kiest zelf havo."}
    assert is_open(**said, reopened=True)  # type: ignore[arg-type]
    assert not is_open(**{**said, "test_level": HAVO}, reopened=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("motivation", "before", "after", "news"),
    [
        ("Omdat.", None, VWO, True),
        ("Omdat.", HAVO, VWO, True),
        ("Omdat.", VWO, VWO, False),
        ("Omdat.", VWO, HAVO, False),
        ("Omdat.", HAVO, None, False),
        ("", None, VWO, False),
    ],
)
def test_a_result_is_news_when_it_comes_or_rises(
    motivation: str, before: int | None, after: int | None, news: bool
) -> None:
    assert reopens(motivation=motivation, before=before, after=after) is news


levels = st.none() | st.integers(0, 120)


@given(levels, levels, levels, st.booleans())
def test_a_test_at_or_below_the_schools_advice_never_opens_it(
    provisional: int | None, definitive: int | None, test: int | None, reopened: bool
) -> None:
    advised = definitive if definitive is not None else provisional
    stands = is_open(
        school_level=provisional,
        definitive_level=definitive,
        test_level=test,
        motivation="",
        reopened=reopened,
    )
    assert stands is (advised is not None and test is not None and test > advised)
=======
from rules.reconsideration import ReconsiderationNeeded, is_open

WHY = "Rekenen bleef zwak."


@pytest.mark.parametrize(
    ("school", "test", "motivation", "definitive", "stands"),
    [
        (8, 10, "", None, True),
        (8, 10, "", 8, True),
        (8, 10, "", 9, True),
        (8, 10, "", 10, False),
        (8, 10, "", 11, False),
        (8, 10, WHY, None, False),
        (8, 10, WHY, 8, False),
        (8, 10, " \n\t", 8, True),
        (8, 8, "", None, False),
        (8, 8, "", 6, False),
        (10, 8, "", None, False),
        (10, 8, "", 8, False),
        (None, 10, "", 8, False),
        (8, None, "", 8, False),
        (None, None, "", None, False),
        (0, 1, "", None, True),
        (0, 1, "", 0, True),
    ],
)
def test_the_duty_stands_until_it_is_met(
    school: int | None, test: int | None, motivation: str, definitive: int | None, stands: bool
) -> None:
    assert (
        is_open(school_level=school, test_level=test, motivation=motivation, definitive_level=definitive)
        is stands
    )


def test_the_refusal_names_both_adviezen_and_both_ways_out() -> None:
    message = ReconsiderationNeeded(test_advice="vwo", school_advice="havo").message
    for words in ("vwo", "havo", "Stel het advies bij", "leg uit waarom"):
        assert words in message


LEVELS = st.none() | st.integers(0, 12)


class TestAnyLevels:
    @given(school=LEVELS, test=LEVELS, definitive=LEVELS)
    def test_a_motivation_always_ends_it(
        self, school: int | None, test: int | None, definitive: int | None
    ) -> None:
        assert not is_open(school_level=school, test_level=test, motivation=WHY, definitive_level=definitive)

    @given(school=st.integers(0, 12), test=st.integers(0, 12), definitive=st.integers(0, 12))
    def test_raising_far_enough_always_ends_it_and_nothing_less_does(
        self, school: int, test: int, definitive: int
    ) -> None:
        stands = is_open(school_level=school, test_level=test, motivation="", definitive_level=definitive)
        assert stands is (test > school and definitive < test)

    @given(school=LEVELS, test=LEVELS, definitive=LEVELS)
    def test_without_a_test_above_it_there_is_none(
        self, school: int | None, test: int | None, definitive: int | None
    ) -> None:
        if is_open(school_level=school, test_level=test, motivation="", definitive_level=definitive):
            assert school is not None
            assert test is not None
            assert test > school
>>>>>>> main
