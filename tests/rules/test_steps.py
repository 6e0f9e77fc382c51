"""The step table: what a step moves, on which axis, from where to where."""

import pytest

from rules.step import AXES, ENROLMENT, LOGIN, NOTHING, OKI_DOC, PRIORITY, Step
from rules.steps import STEPS
from rules.vocabulary import Role


def step(**said: object) -> Step:
    given = {"name": "try", "dutch": "Proberen", "rules": (1,), "roles": frozenset({Role.PARENT}), **said}
    return Step(**given)  # type: ignore[arg-type]


class TestWhatAStepMoves:
    def test_is_nothing_on_an_axis_it_does_not_lead_to(self) -> None:
        assert step(when={OKI_DOC: frozenset({"FINAL"})}).moves(axis=OKI_DOC) == []

    def test_begins_in_any_state_where_none_is_named(self) -> None:
        assert step(then={OKI_DOC: "CONCEPT"}).moves(axis=OKI_DOC) == [
            ("CONCEPT", "CONCEPT"),
            ("FINAL", "CONCEPT"),
        ]

    def test_begins_in_the_states_that_are_named_also_where_nothing_was(self) -> None:
        made = step(when={ENROLMENT: frozenset({NOTHING, "CONCEPT"})}, then={ENROLMENT: "CONCEPT"})
        assert made.moves(axis=ENROLMENT) == [(NOTHING, "CONCEPT"), ("CONCEPT", "CONCEPT")]

    def test_leaves_the_others_as_they_are_where_it_says_which_it_moves(self) -> None:
        made = step(then={ENROLMENT: "WITHDRAWN"}, moves_from={ENROLMENT: frozenset({"FINAL"})})
        assert made.moves(axis=ENROLMENT) == [("FINAL", "WITHDRAWN")]

    def test_may_end_in_one_of_several(self) -> None:
        made = step(
            when={PRIORITY: frozenset({"REQUESTED"})}, then={PRIORITY: frozenset({"GRANTED", "REJECTED"})}
        )
        assert made.moves(axis=PRIORITY) == [("REQUESTED", "GRANTED"), ("REQUESTED", "REJECTED")]


class TestTheTable:
    @pytest.mark.parametrize("row", STEPS.values(), ids=lambda row: row.name)
    def test_names_only_axes_and_states_that_exist(self, row: Step) -> None:
        for axis, states in (*row.when.items(), *row.moves_from.items()):
            assert states <= {NOTHING, *AXES[axis]}, axis
        for axis, end in row.then.items():
            assert {end} <= set(AXES[axis]) if isinstance(end, str) else end <= set(AXES[axis]), axis

    @pytest.mark.parametrize("row", STEPS.values(), ids=lambda row: row.name)
    def test_moves_something_wherever_it_says_so(self, row: Step) -> None:
        assert all(row.moves(axis=axis) for axis in row.then)
        assert set(row.moves_from) <= set(row.then)

    def test_leads_a_login_from_white_to_green_with_av(self) -> None:
        road = [pair for row in STEPS.values() for pair in row.moves(axis=LOGIN) if pair[0] != pair[1]]
        assert {
            ("NOT_SENT", "SENT"),
            ("SENT", "ACTIVATED"),
            ("ACTIVATED", "ENROLMENT_STARTED"),
            ("ENROLMENT_STARTED", "ENROLMENT_FINAL"),
        } <= set(road)
