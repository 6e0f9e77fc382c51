"""Rule 4: a primary school sees its own pupils, with a dot for each region; rule 10: what the dots say."""

from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

from models import ParentLogin, PrimarySchool, Pupil, Region, RegionGroup
from rules.vocabulary import LoginStatus, Role
from schema.roles import SCHEMAS
from tests.journeys.every_step import enrolled
from tests.statements import counted
from tests.world import Person, World

OVERVIEW = """query($filter: PupilFilter, $first: Int! = 50, $after: String) {
    pupils(filter: $filter, first: $first, after: $after) { totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
        nodes { firstName fullName group advice parentLogins { region status colour letters label } } } }"""
IN_FULL = """{ pupils(first: 100) { totalCount edges { cursor node { id elkNumber fullName birthDate bsn advice
    adviceLabel provisionalAdvice notPlacingReason primarySchool { name } address { city } guardians { lastName }
    testResult { advice reconsiderationOpen } okiDoc { status sections { advice { motivation } } }
    notes { text } parentLogins { region colour letters label sentAt email } } } } }"""


async def names(person: Person, **narrowed: Any) -> list[str]:
    found = (await person.ask(OVERVIEW, filter=narrowed))["pupils"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["firstName"] for node in found["nodes"]]


async def with_login(world: World, pupil: Pupil, status: LoginStatus, region: str = "AMSTELLAND") -> None:
    """A login in a state, straight into the table."""
    there = {"AMSTELLAND": world.amstelland, "AMSTERDAM": world.amsterdam}[region]
    await ParentLogin.create(id=uuid4(), pupil=pupil, region=there, status=status)


class TestTheDots:
    async def test_follow_the_child_from_white_to_green_with_av_in_each_region_by_itself(
        self, world: World
    ) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        monitor = await world.staff(Role.PO_MONITOR, primary_school_id=world.primary.id)

        async def dots() -> list[tuple[str, str | None, str]]:
            seen = []
            for person in (editor, monitor):
                (row,) = (await person.ask(OVERVIEW))["pupils"]["nodes"]
                own, linked = row["parentLogins"]
                assert (own["region"], linked["region"]) == ("AMSTELLAND", "AMSTERDAM")
                assert linked["label"] == "Ouderinlog is nog niet verstuurd"
                seen.append((own["colour"], own["letters"], own["label"]))
            assert seen[0] == seen[1]
            return [seen[0]]

        said = await dots()
        await editor.done("sendParentLogin", "", pupilId=str(pupil.id), region="AMSTELLAND")
        said += await dots()
        parent = await world.parent(pupil)
        said += await dots()
        choices = [world.choice(school) for school in range(5)]
        await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
        said += await dots()
        await parent.done("finalizeEnrolment", "")
        said += await dots()
        await parent.done("revokeEnrolment", "")
        said += await dots()
        assert said == [
            ("WHITE", None, "Ouderinlog is nog niet verstuurd"),
            ("BLUE", None, "Ouderinlog is verstuurd"),
            ("GREEN", None, "Ouderinlog is geactiveerd"),
            ("GREEN", "AG", "Aanmelding is gestart, maar nog niet definitief gemaakt"),
            ("GREEN", "AV", "Aanmelding is voltooid en definitief gemaakt"),
            ("GREEN", "AG", "Aanmelding is gestart, maar nog niet definitief gemaakt"),
        ]


class TestNarrowing:
    @pytest.fixture
    async def monitor(self, world: World) -> Person:
        zoe = await world.pupil(first_name="Zoë", last_name="Łukasz", infix="")
        oneill = await world.pupil(first_name="Siân", last_name="O'Neill", infix="van der")
        await world.pupil(first_name="100%", last_name="A_b", infix="")
        await Pupil.filter(id=oneill.id).update(class_group="8b")
        await with_login(world, zoe, LoginStatus.SENT)
        await with_login(world, zoe, LoginStatus.ACTIVATED, "AMSTERDAM")
        await with_login(world, oneill, LoginStatus.ENROLMENT_FINAL, "AMSTERDAM")
        other = await PrimarySchool.create(id=uuid4(), region=world.amstelland, brin="99ZZ", name="Elders")
        await world.pupil(first_name="Vreemd", school=other)
        return await world.staff(Role.PO_MONITOR, primary_school_id=world.primary.id)

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("zoe", ["Zoë"]),
            ("\ufdfa" * 200, []),
            ("LUKASZ", ["Zoë"]),
            ("neill sian", ["Siân"]),
            ("o'neill", ["Siân"]),
            ("oneill", ["Siân"]),
            ("O’NEILL", ["Siân"]),
            ("van der", ["Siân"]),
            ("%", ["100%"]),
            ("_", ["100%"]),
            ("0%", ["100%"]),
            ("\\", []),
            ("' OR 1=1 --", []),
            ("vreemd", []),
            ("  ", ["100%", "Zoë", "Siân"]),
            ("", ["100%", "Zoë", "Siân"]),
            ("李", []),
            ("x" * 20_000, []),
            ("a " * 20_000, []),
        ],
    )
    async def test_by_a_part_of_the_name(self, monitor: Person, typed: str, found: list[str]) -> None:
        assert await names(monitor, search=typed) == found

    async def test_by_the_elk_number_whole_and_no_part_of_it(self, world: World, monitor: Person) -> None:
        pupil = await Pupil.get(first_name="Zoë")
        editor = await world.editor()
        assert await names(editor, search=f" {pupil.elk_number} ") == ["Zoë"]
        assert await names(editor, search=pupil.elk_number[:4]) == []
        assert await names(monitor, search=pupil.elk_number) == [], "a number it does not see"

    @pytest.mark.parametrize(
        ("narrowed", "found"),
        [
            ({"loginStatus": "SENT"}, ["Zoë"]),
            ({"loginStatus": "ACTIVATED"}, []),
            ({"loginStatus": "NOT_SENT"}, ["100%", "Siân"]),
            ({"loginStatus": "ACTIVATED", "region": "AMSTERDAM"}, ["Zoë"]),
            ({"loginStatus": "NOT_SENT", "region": "AMSTERDAM"}, ["100%"]),
            ({"loginStatus": "ENROLMENT_FINAL", "region": "AMSTERDAM", "group": "8b"}, ["Siân"]),
            ({"loginStatus": "ENROLMENT_FINAL", "region": "AMSTERDAM", "group": "8a"}, []),
            ({"loginStatus": "SENT", "region": "NERGENS"}, []),
            ({"group": "8b"}, ["Siân"]),
            ({"group": "8"}, []),
            ({"region": "AMSTERDAM"}, ["100%", "Zoë", "Siân"]),
            ({"search": "o", "loginStatus": "NOT_SENT"}, ["Siân"]),
            ({"search": None, "loginStatus": None, "group": None, "region": None}, ["100%", "Zoë", "Siân"]),
        ],
        ids=str,
    )
    async def test_by_the_dot_of_a_region_and_by_the_group(
        self, monitor: Person, narrowed: dict[str, Any], found: list[str]
    ) -> None:
        assert await names(monitor, **narrowed) == found


class TestPaging:
    async def test_shows_each_child_once_though_names_are_the_same_and_others_come_in_between(
        self, world: World
    ) -> None:
        editor = await world.editor()
        for _ in range(7):
            await world.pupil(first_name="Sam", last_name="Jansen", infix="")
        first = (await editor.ask(OVERVIEW, first=3))["pupils"]
        assert first["totalCount"] == 7
        assert first["pageInfo"]["hasNextPage"]
        assert not first["pageInfo"]["hasPreviousPage"]
        await world.pupil(first_name="Anna", last_name="Aa", infix="")
        await world.pupil(first_name="Zeno", last_name="Zz", infix="")
        seen, after = list(first["nodes"]), first["pageInfo"]["endCursor"]
        while after:
            page = (await editor.ask(OVERVIEW, first=3, after=after))["pupils"]
            assert page["pageInfo"]["hasPreviousPage"]
            seen += page["nodes"]
            after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
        assert [node["firstName"] for node in seen] == ["Sam"] * 7 + ["Zeno"]

    async def test_ends_where_the_pages_are_full(self, world: World) -> None:
        editor = await world.editor()
        for _ in range(2):
            await world.pupil()
        page = (await editor.ask(OVERVIEW, first=2))["pupils"]
        assert (len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (2, False)
        empty = (await editor.ask(OVERVIEW, first=2, after=page["pageInfo"]["endCursor"]))["pupils"]
        assert (empty["nodes"], empty["totalCount"]) == ([], 2)
        none = (await editor.ask(OVERVIEW, first=0))["pupils"]
        assert (none["nodes"], none["totalCount"], none["pageInfo"]["hasNextPage"]) == ([], 2, True)

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"first": 101}, "BAD_PAGE_SIZE"),
            ({"first": -1}, "BAD_PAGE_SIZE"),
            ({"after": "x"}, "BAD_CURSOR"),
            ({"after": ""}, "BAD_CURSOR"),
            ({"after": "é" * 40}, "BAD_CURSOR"),
        ],
        ids=str,
    )
    async def test_of_another_size_or_from_nowhere_is_refused(
        self, world: World, given: dict[str, Any], code: str
    ) -> None:
        answer = (await (await world.editor()).post(OVERVIEW, **given)).json()
        assert [error["extensions"]["code"] for error in answer["errors"]] == [code]

    async def test_goes_on_only_where_it_began(self, world: World) -> None:
        """A cursor is of one question and one account."""
        for _ in range(3):
            await world.pupil()
        editor, colleague = await world.editor(), await world.editor()
        cursor = (await editor.ask(OVERVIEW, first=1))["pupils"]["pageInfo"]["endCursor"]
        for person, narrowed in ((editor, {"group": "8a"}), (colleague, None)):
            answer = (await person.post(OVERVIEW, after=cursor, filter=narrowed)).json()
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_CURSOR"]


class TestItsCost:
    @pytest.mark.parametrize("question", [OVERVIEW, IN_FULL], ids=["overview", "in full"])
    async def test_is_the_same_for_one_child_and_for_a_hundred(self, world: World, question: str) -> None:
        editor = await world.editor()
        await enrolled(world, await world.pupil())
        async with counted() as few:
            assert (await editor.ask(question))["pupils"]["totalCount"] == 1
        for number in range(99):
            await world.pupil(first_name=f"Leerling {number}")
        async with counted() as many:
            assert (await editor.ask(question))["pupils"]["totalCount"] == 100
        assert len(many) == len(few)
        assert len(few) <= 16, few


class TestAMonitor:
    """Its schema ends at the overview: what an editor has beyond it is, to a monitor, not there."""

    def beyond(self) -> list[tuple[str, str]]:
        """Every field of a type, and of an input, that an editor has and a monitor has not."""
        editor, monitor = (SCHEMAS[role].core.type_map for role in (Role.PO_EDITOR, Role.PO_MONITOR))
        found = []
        for name, type_ in editor.items():
            if isinstance(type_, GraphQLObjectType | GraphQLInputObjectType) and not name.startswith("__"):
                there = monitor.get(name)
                own = set(there.fields) if there is not None else set()  # type: ignore[attr-defined]
                found += [(name, field) for field in type_.fields if field not in own]
        return found

    def test_has_neither_the_row_menu_nor_what_it_shows(self) -> None:
        beyond = self.beyond()
        acts = {field for name, field in beyond if name == "Mutation"}
        assert {
            "createPupil", "updateOkiDoc", "finalizeOkiDoc", "sendParentLogin", "setNotPlacingReason", "addNote",
            "createDocument", "createUpload", "removeAttachment",
        } <= acts  # fmt: skip
        seen = {field for name, field in beyond if name == "Pupil"}
        assert {
            "elkNumber",
            "birthDate",
            "bsn",
            "address",
            "guardians",
            "okiDoc",
            "notes",
            "testResult",
        } <= seen
        own = SCHEMAS[Role.PO_MONITOR].core.type_map["Pupil"].fields  # type: ignore[attr-defined]
        assert set(own) == {
            "id", "firstName", "infix", "lastName", "fullName", "group", "advice", "adviceLabel", "parentLogins",
        }  # fmt: skip

    async def test_is_told_of_no_field_that_it_tries_that_there_is_one(self, world: World) -> None:
        pupil = await world.pupil()
        monitor = await world.staff(Role.PO_MONITOR, primary_school_id=world.primary.id)
        editor = SCHEMAS[Role.PO_EDITOR].core.type_map
        for name, field in self.beyond():
            if name not in ("Query", "Mutation", "Pupil", "ParentLogin"):
                continue
            type_ = editor[name].fields[field].type  # type: ignore[attr-defined]
            inner = " { __typename }" if isinstance(get_named_type(type_), GraphQLObjectType) else ""
            asked = {
                "Query": f'{{ {field}(id: "{pupil.id}"){inner} }}',
                "Mutation": f"mutation {{ {field}(input: {{}}){inner} }}",
                "Pupil": f"{{ pupils {{ nodes {{ {field}{inner} }} }} }}",
                "ParentLogin": f"{{ pupils {{ nodes {{ parentLogins {{ {field}{inner} }} }} }} }}",
            }[name]
            answer = await monitor.post(asked)
            assert answer.status_code == 400, asked
            (error, *_) = answer.json()["errors"]
            assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
            assert error["message"] == f"Cannot query field '{field}' on type '{name}'."
            assert str(pupil.id) not in answer.text

    async def test_is_not_helped_on_by_a_slip_of_the_pen(self, world: World) -> None:
        monitor = await world.staff(Role.PO_MONITOR, primary_school_id=world.primary.id)
        for asked in (
            "{ pupil { bsn } }",
            "{ pupils { nodes { elkNumbr } } }",
            "{ pupils(filtr: {}) { totalCount } }",
        ):
            text = (await monitor.post(asked)).text
            assert "Did you mean" not in text
            assert "elkNumber" not in text


async def test_a_region_of_another_group_is_no_column(world: World) -> None:
    await world.pupil()
    south = await RegionGroup.create(id=uuid4(), code="ZUID")
    await Region.create(id=uuid4(), group=south, code="KUST", name="Kust", portal_url="", sender_address="")
    (row,) = (await (await world.editor()).ask(OVERVIEW))["pupils"]["nodes"]
    assert len(row["parentLogins"]) == 2
