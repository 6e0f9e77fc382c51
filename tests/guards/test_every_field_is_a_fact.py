"""Every field of a child belongs to a fact of the table by state, so that a new one is declared before it is shown."""

import pytest

from rules.vocabulary import Role
from schema.seen_in_states import FACTS, ROLE, State, Who, fact_of
from schema.states_page import STORY, page
from tests.journeys.seen_asking import leaves, pupil_of


@pytest.mark.parametrize("role", Role)
def test_every_field_that_a_role_has_is_of_a_fact(role: Role) -> None:
    assert not [path for path in leaves(pupil_of(role)) if fact_of(path) is None]


def test_every_path_of_a_fact_is_a_field() -> None:
    there = {path for role in Role for path in leaves(pupil_of(role))}
    for name, fact in FACTS.items():
        for path in fact.paths:
            field = path.partition("=")[0]
            assert any(one == field or one.startswith(f"{field}.") for one in there), (name, path)


def test_no_viewer_is_said_to_see_what_its_schema_has_not() -> None:
    """Save what a family reads on its own form alone."""
    on_paper = {("group", Who.FAMILY), ("exemption", Who.FAMILY)}
    for name, fact in FACTS.items():
        told = tuple(path.partition("=")[0] for path in fact.paths)
        for who in fact.seen:
            has = any(
                f"{path}.".startswith(f"{one}.") for path in leaves(pupil_of(ROLE[who])) for one in told
            )
            assert has != ((name, who) in on_paper), (name, who)


def test_the_page_tells_every_state() -> None:
    assert all(f"| {state.value} |" in page() for state in State)
    assert all(state in STORY or state.name.endswith("_TOLD") for state in State)
