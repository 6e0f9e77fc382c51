"""What a step shows of a child is what is read of it afterwards: every field, of every step, by whoever takes it."""

from typing import Any

import pytest
from graphql import GraphQLObjectType

from rules.vocabulary import Role
from schema.roles import SCHEMAS
from tests.journeys import steps_of_schools, steps_of_supplements
from tests.journeys.every_step import WAYS, Way
from tests.journeys.seen_asking import pupil_of, roots, selection
from tests.world import Person, World

assert steps_of_schools  # Their ways stand among the others.
assert steps_of_supplements


OF_NO_CHILD_THAT_IS_LEFT = ("reassign", "withdrawPupil", "registerNotPlaceable", "declineLoginRequest")
"""A child leaves the school with the step, or was never made."""


def gives_a_child(step: str, role: Role) -> bool:
    payload = SCHEMAS[role].core.type_map.get(f"{step[0].upper()}{step[1:]}Payload")
    return isinstance(payload, GraphQLObjectType) and "pupil" in payload.fields


GIVING = [
    pytest.param(step, way, id=f"{step}-{way.name}")
    for step, ways in WAYS.items()
    for way in ways
    if gives_a_child(step, way.role)
]


def without_links(value: Any) -> Any:
    """Every question gives links of its own."""
    if isinstance(value, list):
        return [without_links(one) for one in value]
    if isinstance(value, dict):
        return {name: without_links(one) for name, one in value.items() if name != "url"}
    return value


async def read(person: Person, role: Role, pupil_id: str, fields: str) -> Any:
    if "child" in roots(role):
        return (await person.ask(f"{{ child {fields} }}"))["child"]
    return (await person.ask(f"query($id: ID!) {{ pupil(id: $id) {fields} }}", id=pupil_id))["pupil"]


@pytest.mark.parametrize(("step", "way"), GIVING)
async def test_what_a_step_shows_is_what_is_read(
    world: World, step: str, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = pupil_of(way.role)
    assert child is not None
    fields, whole, shown = selection(child), Person.do, list[tuple[Any, Any]]()

    async def do(self: Person, mutation: str, asked: str, **given: Any) -> Any:
        if mutation != step:
            return await whole(self, mutation, asked, **given)
        payload = await whole(self, mutation, f"it: pupil {fields} {asked}", **given)
        if payload["it"]:
            shown.append((payload["it"], await read(self, way.role, payload["it"]["id"], fields)))
        return payload

    monkeypatch.setattr(Person, "do", do)
    await way.do(world)
    for given, found in shown:
        assert without_links(given) == without_links(found)
    assert shown or step in OF_NO_CHILD_THAT_IS_LEFT
