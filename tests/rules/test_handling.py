"""Rules 27 to 33 without a database: which decision may follow which."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from rules import handling as rule
from rules.handling import Handled, Seats, Undone
from rules.refusal import Refusal
from rules.vocabulary import PlacementStatus as Is
from rules.vocabulary import PriorityDecision, PriorityStatus

SCHOOL, OTHER, HAVO, VWO = (UUID(int=number) for number in range(1, 5))
PUPIL = Handled(
    own_school=SCHOOL, first_school=SCHOOL, department=HAVO, applied_for=HAVO, placement=Is.NONE,
    priority=PriorityStatus.REQUESTED, moved=False, accepts_equivalent=False,
    preferences=((SCHOOL, HAVO), (OTHER, VWO)),
)  # fmt: skip
ONE, NONE = Seats(group="Havo", seats=3, placed=2), Seats(group="Havo", seats=3, placed=3)
NOW = datetime(2027, 4, 1, 10, 0, 30, tzinfo=UTC)


def code(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


def test_seats_are_never_less_than_none() -> None:
    assert (ONE.free, NONE.free, Seats(group="", seats=1, placed=4).free) == (1, 0, 0)


@pytest.mark.parametrize("placement", [Is.NONE, Is.DRAWN_OUT])
def test_a_claim_is_decided_until_the_pupil_is_placed(placement: Is) -> None:
    pupil = replace(PUPIL, placement=placement)
    assert rule.decide(handled=pupil, decision=PriorityDecision.REJECT) is PriorityStatus.REJECTED
    with pytest.raises(Refusal) as refused:
        rule.decide(handled=replace(PUPIL, placement=Is.PLACED), decision=PriorityDecision.GRANT)
    assert code(refused) == "STATE_CONFLICT"


@pytest.mark.parametrize("pupil", [replace(PUPIL, priority=None), replace(PUPIL, moved=True)])
def test_there_is_nothing_to_decide_without_a_claim_or_where_a_pupil_was_moved(pupil: Handled) -> None:
    with pytest.raises(Refusal) as refused:
        rule.decide(handled=pupil, decision=PriorityDecision.GRANT)
    assert code(refused) == "NO_PRIORITY_CLAIM"


@pytest.mark.parametrize(
    ("pupil", "department", "seats", "answer"),
    [
        (PUPIL, HAVO, ONE, None),
        (PUPIL, HAVO, NONE, "NO_SEATS_LEFT"),
        (PUPIL, VWO, ONE, "DEPARTMENT_NOT_APPLIED_FOR"),
        (replace(PUPIL, accepts_equivalent=True), VWO, ONE, None),
        (replace(PUPIL, accepts_equivalent=True), VWO, None, "DEPARTMENT_CLOSED_TO_ADVICE"),
        (replace(PUPIL, placement=Is.DRAWN_OUT), HAVO, ONE, None),
        (replace(PUPIL, placement=Is.NOT_PLACEABLE), HAVO, ONE, "STATE_CONFLICT"),
    ],
)
def test_a_seat_is_given_at_the_level_applied_for(
    pupil: Handled, department: UUID, seats: Seats | None, answer: str | None
) -> None:
    if answer is None:
        rule.place(handled=pupil, department=department, seats=seats)
        return
    with pytest.raises(Refusal) as refused:
        rule.place(handled=pupil, department=department, seats=seats)
    assert code(refused) == answer


def test_nobody_is_drawn_out_while_there_is_a_seat() -> None:
    rule.draw_out(handled=PUPIL, seats=NONE)
    with pytest.raises(Refusal) as refused:
        rule.draw_out(handled=PUPIL, seats=ONE)
    assert code(refused) == "SEATS_LEFT"


@pytest.mark.parametrize(
    ("pupil", "where", "seats", "answer"),
    [
        (PUPIL, (OTHER, VWO), ONE, None),
        (PUPIL, (OTHER, VWO), NONE, "NO_SEATS_LEFT"),
        (PUPIL, (OTHER, VWO), None, "DEPARTMENT_CLOSED_TO_ADVICE"),
        (PUPIL, (SCHOOL, HAVO), ONE, "NOT_ON_THE_LIST"),
        (PUPIL, (OTHER, HAVO), ONE, "NOT_ON_THE_LIST"),
        (replace(PUPIL, moved=True), (OTHER, VWO), ONE, "NOT_FIRST_CHOICE_SCHOOL"),
        (replace(PUPIL, placement=Is.PLACED), (OTHER, VWO), ONE, "STATE_CONFLICT"),
    ],
)
def test_a_pupil_is_sent_on_by_its_first_school_to_a_seat_on_its_list(
    pupil: Handled, where: tuple[UUID, UUID], seats: Seats | None, answer: str | None
) -> None:
    school, department = where
    if answer is None:
        rule.reassign(handled=pupil, school=school, department=department, seats=seats)
        return
    with pytest.raises(Refusal) as refused:
        rule.reassign(handled=pupil, school=school, department=department, seats=seats)
    assert code(refused) == answer


@pytest.mark.parametrize(
    ("told", "right"),
    [
        (NOW, True),
        (NOW + timedelta(seconds=1), False),
        (NOW - timedelta(days=1, seconds=30), True),
        (NOW - timedelta(days=1, seconds=31), False),
    ],
)
def test_parents_were_told_since_the_pupil_came_to_the_minute(told: datetime, right: bool) -> None:
    since = NOW - timedelta(days=1)
    if right:
        rule.defer(handled=PUPIL, parents_informed_at=told, since=since, now=NOW)
        return
    with pytest.raises(Refusal) as refused:
        rule.defer(handled=PUPIL, parents_informed_at=told, since=since, now=NOW)
    assert code(refused) == "INVALID_VALUE"


@pytest.mark.parametrize(
    ("pupil", "before"),
    [
        (replace(PUPIL, placement=Is.PLACED), Undone(Is.NONE, deferred=False, drawn_out=False)),
        (replace(PUPIL, placement=Is.PLACED, deferred=True), Undone(Is.NONE, deferred=True, drawn_out=False)),
        (
            replace(PUPIL, placement=Is.PLACED, was_drawn_out=True),
            Undone(Is.DRAWN_OUT, deferred=False, drawn_out=True),
        ),
        (
            replace(PUPIL, placement=Is.DRAWN_OUT, was_drawn_out=True),
            Undone(Is.NONE, deferred=False, drawn_out=False),
        ),
        (replace(PUPIL, deferred=True), Undone(Is.NONE, deferred=False, drawn_out=False)),
    ],
)
def test_what_is_taken_back_stands_as_it_stood_before(pupil: Handled, before: Undone) -> None:
    assert rule.undo(handled=pupil) == before


def test_what_ended_is_not_taken_back() -> None:
    with pytest.raises(Refusal) as refused:
        rule.undo(handled=replace(PUPIL, placement=Is.WITHDRAWN))
    assert code(refused) == "STATE_CONFLICT"
