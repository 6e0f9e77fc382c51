"""The files of a child in lists: whoever may read them finds them, fetches them, takes a wrong one away."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from models import AuditEntry, ParentLogin, Upload
from resolvers import clock
from rules.vocabulary import LoginStatus, Role
from tests.journeys.every_step import enrolled, outside_family, send_file
from tests.journeys.sent_files import PDF
from tests.statements import counted
from tests.world import World, at, one_second_before

FILE = "id filename title contentType size addedAt url"
ATTACHMENTS = f"query($id: ID!) {{ pupil(id: $id) {{ attachments {{ {FILE} }} }} }}"
BOTH = f"query($id: ID!) {{ pupil(id: $id) {{ attachments {{ {FILE} }} familyDocuments {{ {FILE} }} }} }}"
OWN = f"{{ child {{ attachments {{ {FILE} }} familyDocuments {{ {FILE} }} }} }}"


def names(files: list[dict[str, Any]]) -> list[str]:
    return [one["filename"] for one in files]


class TestTheAttachmentsOfAChild:
    async def test_are_listed_to_po_family_and_the_school_of_the_enrolment_and_each_fetches_them(
        self, world: World
    ) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        upload_id = await send_file(world, editor, pupil)
        await Upload.filter(id=upload_id).update(title="Verslag van de ergotherapeut")
        parent = await enrolled(world, pupil)
        staff = await world.vo_staff()
        lists = [
            (await editor.ask(ATTACHMENTS, id=str(pupil.id)))["pupil"]["attachments"],
            (await parent.ask(OWN))["child"]["attachments"],
            (await staff.ask(BOTH, id=str(pupil.id)))["pupil"]["attachments"],
        ]
        for files in lists:
            assert [{**one, "url": ""} for one in files] == [
                {
                    "id": upload_id,
                    "filename": "brief.pdf",
                    "title": "Verslag van de ergotherapeut",
                    "contentType": "application/pdf",
                    "size": len(PDF),
                    "addedAt": "2027-03-17T09:00:00+00:00",
                    "url": "",
                }
            ]
            assert not await AuditEntry.filter(act="read.attachment").exists()
        for files in lists:
            got = await world.http.get(urlsplit(files[0]["url"]).path)
            assert (got.status_code, got.content) == (200, PDF)
        read = await AuditEntry.filter(act="read.attachment").order_by("id")
        assert [entry.role for entry in read] == ["PO_EDITOR", "PARENT", "VO_STAFF"]

    async def test_are_no_field_of_who_monitors_or_runs_the_region(self, world: World) -> None:
        for role, where in (
            (Role.PO_MONITOR, {"primary_school_id": world.primary.id}),
            (Role.REGION_ADMIN, {"region": world.amstelland}),
        ):
            person = await world.staff(role, **where)
            answer = await person.post("{ pupils { nodes { attachments { id } } } }")
            assert answer.status_code == 400

    async def test_are_only_those_that_arrived_and_are_clean(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        waiting = await send_file(world, editor, pupil)
        await enrolled(world, pupil)
        await Upload.filter(id=waiting).update(state="QUARANTINE", filename="in-controle.pdf")
        await editor.done("createUpload", "upload { id }", **announcement(pupil.id))
        gone = await send_file(world, editor, pupil)
        removed = await editor.done(
            "removeAttachment", "pupil { attachments { filename url } }", uploadId=gone
        )
        # The school that sends it sees that it is being checked; nobody can fetch it yet.
        assert removed["pupil"]["attachments"] == [{"filename": "in-controle.pdf", "url": None}]
        staff = await world.vo_staff()
        assert (await staff.ask(BOTH, id=str(pupil.id)))["pupil"]["attachments"] == []

    async def test_cost_one_statement_however_many_children_and_files(self, world: World) -> None:
        page = f"{{ pupils {{ nodes {{ id attachments {{ {FILE} }} }} }} }}"
        editor = await world.editor()
        await send_file(world, editor, await world.pupil())
        async with counted() as few:
            assert len((await editor.ask(page))["pupils"]["nodes"]) == 1
        for _ in range(3):
            pupil = await world.pupil()
            for _ in range(3):
                await send_file(world, editor, pupil)
        async with counted() as many:
            nodes = (await editor.ask(page))["pupils"]["nodes"]
        assert sorted(len(one["attachments"]) for one in nodes) == [1, 3, 3, 3]
        assert len(many) == len(few)
        assert sum('"upload"' in statement for statement in many) == 1


class TestTheDocumentsOfAFamily:
    async def test_are_listed_to_the_family_and_to_the_school_of_the_enrolment_alone(
        self, world: World
    ) -> None:
        pupil, parent = await outside_family(world)
        await send_file(world, parent, pupil, kind="FAMILY_DOCUMENT")
        own = (await parent.ask(OWN))["child"]
        assert (own["attachments"], names(own["familyDocuments"])) == ([], ["brief.pdf"])
        staff, other = await world.vo_staff(), await world.vo_staff(1)
        assert (await staff.ask(BOTH, id=str(pupil.id)))["pupil"] is None
        await ParentLogin.create(
            id=uuid4(), pupil=pupil, region=world.amstelland, status=LoginStatus.ACTIVATED
        )
        choices = [world.choice(school) for school in range(5)]
        await parent.done("saveEnrolment", "enrolment { id }", expectedVersion=0, preferences=choices)
        await parent.done("finalizeEnrolment", "enrolment { id }")
        files = (await staff.ask(BOTH, id=str(pupil.id)))["pupil"]["familyDocuments"]
        assert (await world.http.get(urlsplit(files[0]["url"]).path)).content == PDF
        assert (await other.ask(BOTH, id=str(pupil.id)))["pupil"] is None
        editor = await world.editor()
        asked = "query($id: ID!) { pupil(id: $id) { familyDocuments { id } } }"
        assert (await editor.post(asked, id=str(pupil.id))).status_code == 400

    async def test_a_wrong_one_is_taken_back_with_its_bytes_while_the_window_is_open(
        self, world: World
    ) -> None:
        pupil, parent = await outside_family(world)
        wrong = await send_file(world, parent, pupil, kind="FAMILY_DOCUMENT")
        await send_file(world, parent, pupil, kind="FAMILY_DOCUMENT")
        links = {one["id"]: one["url"] for one in (await parent.ask(OWN))["child"]["familyDocuments"]}
        left = await parent.done(
            "removeFamilyDocument", "pupil { familyDocuments { filename } }", uploadId=wrong
        )
        assert names(left["pupil"]["familyDocuments"]) == ["brief.pdf"]
        assert (await world.http.get(urlsplit(links[wrong]).path)).status_code == 404
        again = await parent.do("removeFamilyDocument", "pupil { id }", uploadId=wrong)
        assert [one["code"] for one in again["errors"]] == ["NOT_FOUND"]

    async def test_of_another_or_after_the_window_stays(self, world: World) -> None:
        pupil, parent = await outside_family(world)
        kept = await send_file(world, parent, pupil, kind="FAMILY_DOCUMENT")
        _, stranger = await outside_family(world)
        other = await world.pupil()
        attachment = await send_file(world, await world.editor(), other)

        async def refused(person: Any, upload_id: str) -> list[str]:
            payload = await person.do("removeFamilyDocument", "pupil { id }", uploadId=upload_id)
            return [one["code"] for one in payload["errors"]]

        assert await refused(stranger, kept) == ["NOT_FOUND"]
        assert await refused(await world.parent(other), attachment) == ["NOT_FOUND"]
        clock.stand_still(at=at("2027-05-20 16:00"))
        assert await refused(parent, kept) == ["PERIOD_CLOSED"]
        assert names((await parent.ask(OWN))["child"]["familyDocuments"]) == ["brief.pdf"]
        clock.stand_still(at=one_second_before("2027-05-20 16:00"))
        assert await refused(parent, kept) == []


def announcement(pupil_id: Any) -> dict[str, Any]:
    return {"kind": "ATTACHMENT", "filename": "komt-nog.pdf", "size": 10, "pupilId": str(pupil_id)}


async def test_a_whole_page_with_its_files_stays_within_the_limits_of_one_question(world: World) -> None:
    await world.pupil()
    editor = await world.editor()
    await editor.ask(f"{{ pupils(first: 100) {{ nodes {{ id attachments {{ {FILE} }} }} }} }}")
