"""A higher test advice obliges the school; a lower one changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.reconsideration import ReconsiderationNeeded, is_open, reopens

HAVO, HAVO_VWO, VWO = 90, 100, 110
MOTIVATION = "Zij kiest zelf havo."


@pytest.mark.parametrize(
    ("provisional", "definitive", "test", "motivation", "stands"),
    [
        (HAVO, None, VWO, "", True),
        (HAVO, None, VWO, "  ", True),
        (HAVO, None, VWO, ".", True),
        (HAVO, None, VWO, "- 12345 67890 -", True),
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
        (MOTIVATION, None, VWO, True),
        (MOTIVATION, HAVO, VWO, True),
        (MOTIVATION, VWO, VWO, False),
        (MOTIVATION, VWO, HAVO, False),
        (MOTIVATION, HAVO, None, False),
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


def test_the_refusal_names_both_adviezen_and_both_ways_out() -> None:
    message = ReconsiderationNeeded(test_advice="vwo", school_advice="havo").message
    for words in ("vwo", "havo", "Stel het advies bij", "leg uit waarom"):
        assert words in message
