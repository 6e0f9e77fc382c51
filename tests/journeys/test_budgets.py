"""What a request costs is data: how many statements each question and each act sends, no more and no fewer.

A line that is not right is printed as it should be; `schema/budgets.py` takes it as it is printed.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    parse,
)

from models import CapacityGroup, Period, statements
from models.statements import under_way
from rules.vocabulary import PeriodKind, Role
from schema.budgets import BUDGETS
from schema.roles import SCHEMAS
from tests.journeys import rich_world
from tests.journeys.applied import applied
from tests.journeys.asking import admin_of
from tests.journeys.every_step import WAYS, Way
from tests.journeys.integrating import grant, made
from tests.journeys.seen_asking import roots, selection
from tests.journeys.steps_of_schools import LONG_AGO
from tests.journeys.test_every_step import GOING
from tests.machines import machine
from tests.world import Person, World

Key = tuple[str, str, str]

OF_PEOPLE = (
    "Zoë", "Berg", "Jansen", "Mei-Lin", "Łukasz", "Elders", "Dorpsstraat", "Regenboogpad", "1181", "@example.org",
    "2015-0", "111222333", "Werkt", "Belt", "Kennismaking", "argon2",
)  # fmt: skip
"""What these worlds say of people: as a parameter, never in the text of a statement, which may be logged."""


@dataclass
class Costs:
    """What each root field cost when it was last asked, and which statements that were."""

    sent: list[str] = field(default_factory=list)
    found: dict[str, tuple[str, list[str]]] = field(default_factory=dict)

    def key(self, root: str, case: str = "") -> tuple[Key, int]:
        role, sent = self.found[root]
        return (role, root, case), len(sent)


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> Costs:
    kept = Costs()
    took, post = statements._took, Person.post

    def noted(query: str, seconds: float) -> None:
        kept.sent.append(query)
        took(query, seconds)

    async def posted(self: Person, query: str, **variables: Any) -> Any:
        kept.sent = []
        answer = await post(self, query, **variables)
        (operation,) = parse(query).definitions
        assert isinstance(operation, OperationDefinitionNode)
        work = under_way.get()
        assert work is not None
        assert work.statements == len(kept.sent)
        for node in operation.selection_set.selections:
            kept.found[node.name.value] = work.role, kept.sent  # type: ignore[attr-defined]
        for text in kept.sent:
            assert not [one for one in OF_PEOPLE if one in text], text
        return answer

    monkeypatch.setattr(statements, "_took", noted)
    monkeypatch.setattr(Person, "post", posted)
    return kept


ALWAYS_AS_MANY = {"currentPeriods", "secondarySchools", "departments"}


def growing(role: Role) -> set[str]:
    """The questions of which the answer grows with the children: lists, and pages of them."""
    lists = {name for name, root in roots(role).items() if is_list_type(get_nullable_type(root.type))}
    return lists - ALWAYS_AS_MANY | {name for name, root in roots(role).items() if "after" in root.args}


def check(found: dict[Key, int], costs: Costs) -> None:
    """Each is what the table says; else the lines that should stand there, and what was sent."""
    wrong = {key: count for key, count in found.items() if BUDGETS.get(key) != count}
    lines = [f"    {key!r}: {count},".replace("'", '"') for key, count in wrong.items()]
    told = [f"{key[1]}:\n  " + "\n  ".join(costs.found[key[1]][1]) for key in wrong]
    assert not wrong, "\n".join(["schema/budgets.py should say:", *lines, "for these were sent:", *told])


def document(name: str, root: GraphQLField) -> str:
    """Everything that can be asked below this field; of a page the rows once, for `edges` holds the same."""
    type_ = get_named_type(root.type)
    chosen = selection(type_)
    if isinstance(type_, GraphQLObjectType) and "nodes" in type_.fields:
        head = " ".join(one for one in ("totalCount", "changedUntil") if one in type_.fields)
        nodes = shallow(get_named_type(type_.fields["nodes"].type))
        chosen = f"{{ {head} pageInfo {{ hasNextPage endCursor }} nodes {nodes} }}"
    if "id" in root.args:
        return f"query($id: ID!) {{ {name}(id: $id) {chosen} }}"
    page = "(first: 30)" if "first" in root.args else ""
    return f"{{ {name}{page} {chosen} }}"


def shallow(type_: GraphQLNamedType, *, deep: int = 2) -> str:
    """Every field of a row and the values of each of its parts; all below those, for thirty rows, is too much to ask."""
    if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        return ""
    below = {name: get_named_type(told.type) for name, told in type_.fields.items()}
    chosen = [
        f"{name} {shallow(one, deep=deep - 1)}"
        for name, one in below.items()
        if deep > 1 or not is_composite_type(one)
    ]
    return f"{{ {' '.join(chosen) or '__typename'} }}"


def rows(answer: Any) -> int:
    found = answer["nodes"] if isinstance(answer, dict) and "nodes" in answer else answer
    return len(found) if isinstance(found, list) else int(bool(found))


async def asked(
    person: Person, role: Role, costs: Costs, ids: dict[str, str]
) -> tuple[dict[Key, int], dict[str, int]]:
    """What each question of the role costs once its document is known, and how many rows it gave."""
    found, given = {}, {}
    for name, root in roots(role).items():
        variables = {"id": ids[name]} if "id" in root.args else {}
        for _ in range(2):
            answer = (await person.ask(document(name, root), **variables))[name]
        assert answer or (role, name) == (Role.PUBLIC, "viewer"), f"{name} gave nothing"
        key, count = costs.key(name)
        found[key], given[name] = count, rows(answer)
    return found, given


@pytest.mark.parametrize("role", Role)
async def test_a_question_costs_what_the_table_says_however_many_there_are(
    world: World, costs: Costs, role: Role
) -> None:
    pupil, *_ = await rich_world.children(world, count=3)
    person = await rich_world.person_of(world, role, pupil=pupil)
    await rich_world.more(world, person, role, count=2)
    ids = await rich_world.ids_of(world, person, role, pupil=pupil)
    few, given = await asked(person, role, costs, ids)
    await rich_world.children(world, count=27)
    await rich_world.more(world, person, role, count=27)
    many, more = await asked(person, role, costs, ids)
    assert {name for name in given if more[name] > given[name]} == growing(role)
    assert many == few
    check(many, costs)


@pytest.mark.parametrize(("step", "way"), GOING)
async def test_a_step_costs_what_the_table_says(world: World, costs: Costs, step: str, way: Way) -> None:
    await way.do(world)
    check(dict([costs.key(step, way.name)]), costs)


Act = Callable[[World], Awaitable[None]]
ACTS: dict[tuple[str, str], Act] = {}
"""What is no step of the procedure, by the case and the mutation."""


def act(name: str, case: str = "") -> Callable[[Act], Act]:
    def register(do: Act) -> Act:
        ACTS[name, case] = do
        return do

    return register


@act("login", "of_staff")
async def _staff_signs_in(world: World) -> None:
    await world.editor()


@act("login", "of_a_family")
async def _family_signs_in(world: World) -> None:
    pupil = await world.pupil()
    await world.at_home(pupil, world.amstelland)
    await world.sign_in(pupil.elk_number)


@act("login", "of_a_machine")
async def _machine_signs_in(world: World) -> None:
    await machine(world)


@act("logout")
async def _signs_out(world: World) -> None:
    await (await world.editor()).ask("mutation { logout { errors { code } } }")


@act("revokeSession")
async def _ends_a_session(world: World) -> None:
    editor = await world.editor()
    await rich_world.more(world, editor, Role.PO_EDITOR, count=1)
    (other,) = [
        one for one in (await editor.ask("{ sessions { id current } }"))["sessions"] if not one["current"]
    ]
    await editor.done("revokeSession", "sessions { id }", sessionId=other["id"])


@act("createExport", "by_a_school")
async def _school_exports(world: World) -> None:
    await (await world.vo_staff()).done("createExport", "export { id }", kind="ENROLMENTS", format="CSV")


@act("createExport", "by_a_region")
async def _region_exports(world: World) -> None:
    await (await admin_of(world)).done("createExport", "export { id }", kind="ENROLMENTS", format="CSV")


@act("createExport", "by_a_machine")
async def _machine_exports(world: World) -> None:
    await (await machine(world)).done("createExport", "export { id }", kind="ENROLMENTS", format="CSV")


async def _many(world: World, mutation: str, *, seats: int, **more: Any) -> None:
    await Period.filter(kind=PeriodKind.HANDLING).update(opens_at=LONG_AGO)
    await CapacityGroup.filter(department_id=world.departments["0-HAVO"].id).update(seats=seats)
    ids = [str((await applied(world)).id) for _ in range(3)]
    staff = await world.vo_staff()
    results = (await staff.done(mutation, "results { pupilId code }", pupilIds=ids, **more))["results"]
    assert [one["code"] for one in results] == [None] * 3


@act("placePupils", "of_three")
async def _places_three(world: World) -> None:
    await _many(world, "placePupils", seats=3, **world.choice(0))


@act("drawOutPupils", "of_three")
async def _draws_out_three(world: World) -> None:
    await _many(world, "drawOutPupils", seats=0)


@act("createIntegrator")
async def _region_makes_a_machine(world: World) -> None:
    await (await admin_of(world)).done("createIntegrator", "integrator { id } secret", **grant(world))


@act("rotateIntegratorSecret")
async def _another_secret(world: World) -> None:
    admin = await admin_of(world)
    await admin.done("rotateIntegratorSecret", "secret", id=(await made(world, admin))["id"])


@act("revokeIntegrator")
async def _its_end(world: World) -> None:
    admin = await admin_of(world)
    await admin.done("revokeIntegrator", "integrator { id }", id=(await made(world, admin))["id"])


@pytest.mark.parametrize(("name", "case"), ACTS)
async def test_an_act_that_is_no_step_costs_what_the_table_says(
    world: World, costs: Costs, name: str, case: str
) -> None:
    await ACTS[name, case](world)
    check(dict([costs.key(name, case)]), costs)


class TestTheTable:
    def test_has_a_line_for_every_question_of_every_role(self) -> None:
        there = {(role, root) for role, root, _ in BUDGETS}
        assert {(role.value, name) for role in Role for name in roots(role)} <= there

    def test_has_a_line_for_every_act(self) -> None:
        there = {root for _, root, _ in BUDGETS}
        acts = {
            name for schema in SCHEMAS.values() if (root := schema.core.mutation_type) for name in root.fields
        }
        assert acts <= there

    def test_has_no_line_that_nothing_measures(self) -> None:
        measured = {(name, "") for role in Role for name in roots(role)} | ACTS.keys()
        measured |= {(step, way.name) for step, ways in WAYS.items() for way in ways}
        assert {(root, case) for _, root, case in BUDGETS} == measured
