"""Whose a delivered result is, and which delivery counts."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.test_delivery import Whose, is_of, is_of_later, replaces

WILG, PALET = UUID(int=1), UUID(int=2)
T1 = datetime(2027, 2, 1, 12, tzinfo=UTC)
T2 = T1 + timedelta(seconds=1)


def whose(school: UUID | None, eck_id: str = "", school_key: str = "") -> Whose:
    return Whose(school_id=school, eck_id=eck_id, school_key=school_key)


@pytest.mark.parametrize(
    ("result", "child", "same"),
    [
        (whose(None, "a"), whose(WILG, "a"), True),
        (whose(WILG, "a"), whose(WILG, "a"), True),
        (whose(PALET, "a"), whose(WILG, "a"), False),
        (whose(WILG, "a", "7"), whose(WILG, "b", "7"), False),
        (whose(WILG, "a", "7"), whose(WILG, "a", "8"), True),
        (whose(WILG, "a", "7"), whose(WILG, "", "7"), True),
        (whose(WILG, "", "7"), whose(WILG, "b", "7"), True),
        (whose(PALET, "", "7"), whose(WILG, "", "7"), False),
        # A key means something at its own school alone.
        (whose(None, "", "7"), whose(WILG, "", "7"), False),
        (whose(None, "", ""), whose(None, "", ""), False),
        (whose(WILG), whose(WILG), False),
    ],
)
def test_the_eck_id_leads_and_a_key_is_of_its_school(result: Whose, child: Whose, same: bool) -> None:
    assert is_of(result, child=child) is same


@pytest.mark.parametrize(
    ("new", "present", "by_maker", "wins"),
    [
        (T1, None, False, True),
        (T2, T1, True, True),
        (T1, T1, True, False),
        (T1, T2, True, False),
        # What a school's own list said gives way, whenever it was said.
        (T1, T2, False, True),
    ],
)
def test_the_last_delivery_wins(new: datetime, present: datetime | None, by_maker: bool, wins: bool) -> None:
    assert replaces(new, present=present, by_maker=by_maker) is wins


@given(st.permutations([T1, T2, T2 + timedelta(days=1)]))
def test_whatever_order_deliveries_come_in_the_same_one_stays(order: list[datetime]) -> None:
    present: datetime | None = None
    for moment in order:
        if replaces(moment, present=present, by_maker=True):
            present = moment
    assert present == max(order)


def test_a_moment_to_come_is_told_from_a_clock_that_is_a_little_ahead() -> None:
    assert not is_of_later(T1 + timedelta(hours=2), now=T1)
    assert is_of_later(T1 + timedelta(days=2), now=T1)
