"""Whoever may not see a child does not learn that it exists: not by its id, not by a list, not by a file."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_named_type

from models import (
    Address,
    AuditEntry,
    Document,
    Enrolment,
    Note,
    OkiDoc,
    ParentLogin,
    Period,
    PrimarySchool,
    Pupil,
    Session,
    Upload,
)
from rules.vocabulary import PeriodKind, PlacementStatus, Role
from schema.roles import SCHEMAS
from tests.journeys.every_step import enrolled, send_file
from tests.machines import machine
from tests.world import Person, World, at

REST: dict[str, dict[str, Any]] = {
    "answerSupplement": {"answer": "Wie is dit?"},
    "requestSupplement": {"question": "Wie is dit?"},
    "requestTransferMeeting": {},
    "setTransferMeeting": {"wanted": True},
    "addNote": {"text": "Wie is dit?"},
    "confirmTestAdvice": {"advice": "HAVO"},
    "approveLoginRequest": {},
    "createDocument": {"kind": "OKI_DOC"},
    "createExport": {"kind": "ENROLMENTS", "format": "CSV"},
    "createIntegrator": {"name": "Wie is dit?", "kinds": ["ENROLMENTS"]},
    "createOsoDossier": {},
    "createPupil": {"firstName": "Sem", "lastName": "Vos", "birthDate": "2015-04-05"},
    "createUpload": {"kind": "ATTACHMENT", "filename": "brief.pdf", "size": 100},
    "declineLoginRequest": {"reason": "Wie is dit?"},
    "decidePriority": {"decision": "GRANT"},
    "deferDecision": {"parentsInformedAt": None},
    "drawOutPupil": {},
    "finalizeOkiDoc": {"expectedVersion": 1},
    "importOsoDossier": {"uploadId": "x"},
    "placePupil": {"departmentId": "x"},
    "reassign": {"schoolId": "x", "departmentId": "x"},
    "registerNotPlaceable": {"explanation": "Wie is dit?"},
    "removeAttachment": {},
    "removeFamilyDocument": {},
    "revokeIntegrator": {},
    "revokeSession": {},
    "rotateIntegratorSecret": {},
    "saveEnrolment": {"expectedVersion": 3},
    "sendParentLogin": {"region": "AMSTELLAND"},
    "setNotPlacingReason": {"reason": "MOVED"},
    "undoPlacement": {},
    "updateOkiDoc": {"expectedVersion": 1, "lastName": "Anders"},
    "withdrawPupil": {"reason": "Wie is dit?"},
}
"""What else an act takes that names something by its id."""

FOR_EACH = {"placePupils", "drawOutPupils"}
"""A selection answers for each pupil: test_handling_many.py tries the ids of others."""

OWN_CHILD_ANYWAY = {(Role.PARENT, "createDocument"), (Role.PARENT, "createUpload")}
"""A family names no child: whatever it sends, its own is meant."""


@dataclass(kw_only=True)
class Town:
    """A child that everyone of `world` reaches, and one that nobody of them does."""

    world: World
    child: Pupil
    parent: Person
    stranger: Pupil
    their_editor: Person
    their_upload: str
    their_document: str

    async def person(self, role: Role) -> Person:
        match role:
            case Role.PUBLIC:
                return self.world.nobody()
            case Role.PARENT:
                return self.parent
            case Role.PO_EDITOR | Role.PO_MONITOR:
                return await self.world.staff(role, primary_school_id=self.world.primary.id)
            case Role.VO_STAFF:
                return await self.world.vo_staff()
            case _:
                return await self.world.staff(role, region_id=self.world.amstelland.id)


@pytest.fixture
async def town(world: World) -> Town:
    # Open by now, so that what is refused is refused for what it names.
    open_by_now = Period.filter(kind__in=[PeriodKind.HANDLING, PeriodKind.CENTRAL_PLACEMENT])
    await open_by_now.update(opens_at=at("2027-03-01 00:00"))
    child = await world.pupil()
    parent = await enrolled(world, child)
    school = await PrimarySchool.create(id=uuid4(), region=world.amsterdam, brin="99ZZ", name="Elders")
    stranger = await world.pupil(first_name="Vreemd", school=school, region=world.amsterdam)
    editor = await world.staff(Role.PO_EDITOR, primary_school_id=school.id)
    asked = await editor.done("createDocument", "document { id }", kind="OKI_DOC", pupilId=str(stranger.id))
    return Town(
        world=world,
        child=child,
        parent=parent,
        stranger=stranger,
        their_editor=editor,
        their_upload=await send_file(world, editor, stranger),
        their_document=asked["document"]["id"],
    )


def reads(role: Role) -> list[str]:
    """Every question of a role that asks for something by its id."""
    return [name for name, argument in _by_id(role) if argument == "id"]


def narrowed(role: Role) -> list[tuple[str, str]]:
    """Every list of a role that an id narrows, with what the id is called."""
    return [(name, argument) for name, argument in _by_id(role) if argument != "id"]


def _by_id(role: Role) -> list[tuple[str, str]]:
    root = SCHEMAS[role].core.query_type
    assert root is not None
    return [
        (name, argument)
        for name, field in root.fields.items()
        for argument, of in field.args.items()
        if get_named_type(of.type).name == "ID"
    ]


def acts(role: Role) -> dict[str, list[str]]:
    """Every act of a role that names something by its id, with where in its input the ids stand."""
    root = SCHEMAS[role].core.mutation_type
    found: dict[str, list[str]] = {}
    for name, field in root.fields.items() if root else ():
        for argument in field.args.values() if name not in FOR_EACH else ():
            for place in _ids(get_named_type(argument.type)):
                found.setdefault(name, []).append(place)
    return found


def _ids(type_: Any) -> list[str]:
    places = []
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        if inner.name == "ID":
            places.append(name)
        elif isinstance(inner, GraphQLInputObjectType):
            nullable = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
            within = f"{name}[]" if isinstance(nullable, GraphQLList) else name
            places += [f"{within}.{place}" for place in _ids(inner)]
    return places


def with_id(place: str, identity: str) -> dict[str, Any]:
    """An input that holds the id at this place: `preferences[].departmentId` is one line of a list."""
    head, _, rest = place.partition(".")
    value: Any = with_id(rest, identity) if rest else identity
    return {head[:-2]: [value]} if head.endswith("[]") else {head: value}


async def wrong_ids(town: Town) -> list[str]:
    """Somebody else's, nobody's, and what is no id at all; also the own one in a spelling that is none."""
    own = str(town.child.id)
    others = [str(town.stranger.id), town.their_upload, town.their_document]
    others += [str(one.id) for one in await Session.filter(account_id=town.their_editor.account_id)]
    others += [str(town.world.departments["6-HAVO"].id)]
    spelt = [f"{{{own}}}", f"urn:uuid:{own}", own.replace("-", ""), f" {own}", own + "\n", own[:-1]]
    return [
        *others,
        str(uuid4()),
        "00000000-0000-0000-0000-000000000000",
        "",
        "x",
        "%",
        "é" * 9,
        "1" * 5000,
        *spelt,
    ]


async def picture(town: Town) -> str:
    """All there is about the stranger."""
    found: list[Any] = [await Pupil.filter(id=town.stranger.id).values()]
    for model in (Address, OkiDoc, ParentLogin, Note, Enrolment, Upload, Document):
        found.append(await model.filter(pupil_id=town.stranger.id).order_by("id").values())
    found.append(await AuditEntry.filter(pupil_id=town.stranger.id).count())
    return repr(found)


def test_every_act_that_names_an_id_is_tried_here() -> None:
    assert {name for role in Role for name in acts(role)} == set(REST)
    assert {name for role in Role for name in reads(role)} == {"pupil", "document", "upload", "export"}


@pytest.mark.parametrize("role", Role)
class TestAnIdThatIsNotTheirs:
    async def test_reads_as_nothing_whatever_it_is(self, town: Town, role: Role) -> None:
        person = await town.person(role)
        before = await picture(town)
        for question in reads(role):
            asked = f"query($id: ID!) {{ it: {question}(id: $id) {{ __typename }} }}"
            for identity in await wrong_ids(town):
                assert await person.ask(asked, id=identity) == {"it": None}, (question, identity)
        if role is Role.INTEGRATOR:
            person = await machine(town.world, schools=[0])
        for question, argument in narrowed(role):
            asked = f"query($id: ID!) {{ it: {question}({argument}: $id) {{ nodes {{ id }} }} }}"
            for identity in await wrong_ids(town):
                assert await person.ask(asked, id=identity) == {"it": {"nodes": []}}, (question, identity)
        assert await picture(town) == before

    async def test_is_not_found_in_doing_whatever_it_is(self, town: Town, role: Role) -> None:
        person = await town.person(role)
        if role is Role.PARENT:  # So that there is a concept to save.
            await person.done("revokeEnrolment", "")
        before = await picture(town)
        traces = await AuditEntry.all().count()
        for act, places in acts(role).items():
            if (role, act) in OWN_CHILD_ANYWAY:
                continue
            own = {"pupilId": str(town.child.id)} if "pupilId" in places else {}
            for place in places:
                said = set()
                for identity in await wrong_ids(town):
                    given = {**REST[act], **own, **with_id(place, identity)}
                    said.add(json.dumps(await person.do(act, "", **given), sort_keys=True))
                (only,) = said
                assert [error["code"] for error in json.loads(only)["errors"]] == ["NOT_FOUND"], (act, only)
        assert await picture(town) == before
        assert await AuditEntry.all().count() == traces

    async def test_is_in_no_list(self, town: Town, role: Role) -> None:
        person = await town.person(role)
        root = SCHEMAS[role].core.query_type
        assert root is not None
        if "pupils" in root.fields:
            found = (await person.ask("{ pupils { totalCount nodes { id } } }"))["pupils"]
            assert found == {"totalCount": 1, "nodes": [{"id": str(town.child.id)}]}
        if "child" in root.fields:
            assert (await person.ask("{ child { id } }"))["child"]["id"] == str(town.child.id)


class TestAFamily:
    async def test_that_names_another_child_finds_none_and_gets_not_its_own_instead(self, town: Town) -> None:
        before = await Document.all().count()
        asked = {"kind": "APPLICATION_FORM", "pupilId": str(town.stranger.id)}
        refused = await town.parent.do("createDocument", "document { id }", **asked)
        assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]
        assert await Document.all().count() == before
        made = (await town.parent.done("createDocument", "document { id filename }", kind=asked["kind"]))[
            "document"
        ]
        assert town.child.elk_number in made["filename"]
        assert (await Document.get(id=made["id"])).pupil_id == town.child.id

    async def test_sees_none_of_its_childs_files_before_they_are_its_own(self, town: Town) -> None:
        editor = await town.world.editor()
        upload_id = await send_file(town.world, editor, town.child)
        asked = "query($id: ID!) { upload(id: $id) { url } }"
        assert (await town.parent.ask(asked, id=upload_id))["upload"] is None


class TestASecondarySchool:
    async def test_sees_a_child_while_it_is_enrolled_there_and_no_longer(self, town: Town) -> None:
        staff, other = await town.world.vo_staff(), await town.world.vo_staff(1)
        asked = "query($id: ID!) { pupil(id: $id) { fullName okiDoc { status } enrolment { status } } }"
        seen = (await staff.ask(asked, id=str(town.child.id)))["pupil"]
        assert seen == {
            "fullName": "Zoë van der Berg",
            "okiDoc": {"status": "FINAL"},
            "enrolment": {"status": "FINAL"},
        }
        assert (await other.ask(asked, id=str(town.child.id)))["pupil"] is None
        await town.parent.done("revokeEnrolment", "")
        assert (await staff.ask(asked, id=str(town.child.id)))["pupil"] is None
        assert (await staff.ask("{ pupils { totalCount } }"))["pupils"]["totalCount"] == 0
        refused = await staff.do("addNote", "", pupilId=str(town.child.id), text="Nog even.")
        assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]

    async def test_of_the_second_choice_sees_nothing(self, town: Town) -> None:
        for school in range(1, 6):
            staff = await town.world.vo_staff(school)
            assert (await staff.ask("{ pupils { totalCount } }"))["pupils"]["totalCount"] == 0

    @pytest.mark.parametrize(("role", "sees"), [(Role.PO_EDITOR, True), (Role.PARENT, True), (Role.VO_STAFF, False), (Role.REGION_ADMIN, False)])  # fmt: skip
    async def test_reads_a_secret_address_no_more_than_the_region_does(
        self, town: Town, role: Role, sees: bool
    ) -> None:
        await Address.filter(pupil_id=town.child.id).update(secret=True)
        person = await town.person(role)
        if role is Role.PARENT:
            seen = (await person.ask("{ child { address { street } } }"))["child"]
        else:
            seen = (await person.ask("{ pupils { nodes { address { street } } } }"))["pupils"]["nodes"][0]
        assert (seen["address"] is not None) is sees


class TestARegion:
    async def test_sees_its_own_children_and_those_with_a_login_in_it(self, town: Town) -> None:
        admin = await town.person(Role.REGION_ADMIN)
        given = {"pupilId": str(town.stranger.id), "region": "AMSTELLAND"}
        await town.their_editor.done("sendParentLogin", "", **given)
        nodes = (await admin.ask("{ pupils { nodes { firstName } } }"))["pupils"]["nodes"]
        assert [node["firstName"] for node in nodes] == ["Vreemd", "Zoë"]
        elsewhere = await town.world.staff(Role.REGION_ADMIN, region_id=town.world.amsterdam.id)
        nodes = (await elsewhere.ask("{ pupils { nodes { firstName } } }"))["pupils"]["nodes"]
        assert [node["firstName"] for node in nodes] == ["Vreemd"]

    async def test_shows_its_project_lead_no_child_that_can_be_placed(self, town: Town) -> None:
        """Rule 33: of those who cannot, the lead has a list of its own."""
        lead = await town.person(Role.PROJECT_LEAD)
        assert (await lead.post("{ pupils { totalCount } }")).status_code == 400
        await Enrolment.filter(pupil_id=town.child.id).update(placement_status=PlacementStatus.NOT_PLACEABLE)
        assert (await lead.post(f'{{ pupil(id: "{town.child.id}") {{ id }} }}')).status_code == 400


class TestFilesOfOthers:
    async def test_are_of_who_asked_and_not_even_of_a_colleague(self, town: Town) -> None:
        editor, colleague = await town.world.editor(), await town.world.editor()
        upload_id = await send_file(town.world, editor, town.child)
        given = {"kind": "OKI_DOC", "pupilId": str(town.child.id)}
        asked = (await editor.done("createDocument", "document { id }", **given))["document"]
        for name, identity in (("document", asked["id"]), ("upload", upload_id)):
            question = f"query($id: ID!) {{ it: {name}(id: $id) {{ id }} }}"
            assert (await editor.ask(question, id=identity))["it"] == {"id": identity}
            assert (await colleague.ask(question, id=identity))["it"] is None
            assert (await town.parent.ask(question, id=identity))["it"] is None

    async def test_leave_with_the_child(self, town: Town) -> None:
        editor = await town.world.editor()
        upload_id = await send_file(town.world, editor, town.child)
        given = {"kind": "OKI_DOC", "pupilId": str(town.child.id)}
        asked = (await editor.done("createDocument", "document { id }", **given))["document"]
        elsewhere = await PrimarySchool.get(brin="99ZZ")
        await Pupil.filter(id=town.child.id).update(primary_school_id=elsewhere.id)
        for name, identity in (("document", asked["id"]), ("upload", upload_id)):
            question = f"query($id: ID!) {{ it: {name}(id: $id) {{ id }} }}"
            assert (await editor.ask(question, id=identity))["it"] is None
        refused = await editor.do("removeAttachment", "", uploadId=upload_id)
        assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]
