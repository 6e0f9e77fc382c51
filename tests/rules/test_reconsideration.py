"""A test advice above the school's obliges the school to reconsider: raise it, or say why not. None lowers it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
