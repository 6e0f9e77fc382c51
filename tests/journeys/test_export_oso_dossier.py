"""An Oki-doc as a dossier for the school of the enrolment: what it may read, attachments included, and no more."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from imports import oso
from models import Address, AuditEntry, Document, Enrolment, OkiDoc, PrimarySchool, Pupil, Upload
from rules.oki_doc import visible
from rules.vocabulary import JobStatus, OkiDocStatus, Role
from tests.imports.oso_dossier import dossier
from tests.journeys.every_step import enrolled
from tests.journeys.oso_school import imported
from tests.world import Person, World
from workers.drain import drain

ASK = "query($id: ID!) { document(id: $id) { status filename url } }"


@pytest.fixture
async def child(world: World) -> Pupil:
    """Enrolled at the first school; its Oki-doc came as a dossier."""
    pupil = await world.pupil()
    await enrolled(world, pupil)
    await PrimarySchool.filter(id=world.primary.id).update(brin="00YY", location="00")
    taken = await imported(
        world, await world.editor(), dossier(), pupilId=str(pupil.id), confirmOverwrite=True
    )
    assert taken["errors"] == []
    await OkiDoc.filter(pupil_id=pupil.id).update(status=OkiDocStatus.FINAL)
    return await Pupil.get(id=pupil.id)


async def asked(person: Person, pupil: Pupil) -> str:
    made = await person.done("createOsoDossier", "document { id status url }", pupilId=str(pupil.id))
    assert made["document"]["url"] is None
    return str(made["document"]["id"])


async def fetched(world: World, person: Person, document_id: str) -> Any:
    await drain(settings=world.settings)
    document = (await person.ask(ASK, id=document_id))["document"]
    assert document["status"] == "READY"
    assert document["filename"].endswith(".xml")
    got = await world.http.get(urlsplit(document["url"]).path)
    assert got.status_code == 200
    assert got.headers["Content-Type"] == "application/xml"
    assert got.headers["Content-Disposition"].startswith("attachment")
    return got.content


class TestTheSchoolOfTheEnrolment:
    async def test_gets_what_it_may_read_with_the_attachments(self, world: World, child: Pupil) -> None:
        staff = await world.vo_staff()
        content = await fetched(world, staff, await asked(staff, child))
        read = oso.read(content)
        assert (read.school.brin, read.pupil["last_name"], read.pupil["birth_date"]) == (
            "00YY", child.last_name, child.birth_date,
        )  # fmt: skip
        said = visible((await OkiDoc.get(pupil_id=child.id)).sections, role=Role.VO_STAFF)
        assert set(said) - {"withheld"} <= set(read.sections)
        for name in ("inspection", "absence", "diagnoses", "career"):
            assert _without_files(read.sections[name]) == _without_files(said[name])
        brought = {one.filename: one.content for one in read.attachments}
        assert {
            upload.filename for upload in await Upload.filter(pupil_id=child.id, kind="ATTACHMENT")
        } <= set(brought)
        assert {"behoeften.pdf", "uitslag.png", "verzuim.pdf", "plan.pdf"} <= set(brought)
        assert all(brought.values())
        assert [one.code for one in read.remarks if one.severity == "LOST"] == []

    async def test_gets_a_file_that_follows_the_published_schema(
        self, world: World, child: Pupil, standards: Path
    ) -> None:
        staff = await world.vo_staff()
        content = await fetched(world, staff, await asked(staff, child))
        assert oso.validated(content, folder=str(standards / "oso")) == []

    async def test_gets_no_bsn_and_no_key_and_no_secret_address(self, world: World, child: Pupil) -> None:
        await Address.filter(pupil_id=child.id).update(secret=True)
        await Pupil.filter(id=child.id).update(school_key="sleutel-4711")
        staff = await world.vo_staff()
        content = (await fetched(world, staff, await asked(staff, child))).decode()
        assert oso.read(content.encode()).addresses[0]["secret"] is True
        for hidden in ("123456782", "sleutel-4711", "Dorpsstraat", "Amsteldijk", "Postbus"):
            assert hidden not in content

    async def test_leaves_a_trace_of_reading_the_oki_doc_and_each_attachment(
        self, world: World, child: Pupil
    ) -> None:
        staff = await world.vo_staff()
        document_id = await asked(staff, child)
        traces = await AuditEntry.filter(pupil_id=child.id, account_id=staff.account_id)
        acts = sorted(entry.act for entry in traces)
        papers = await Upload.filter(pupil_id=child.id, kind="ATTACHMENT").count()
        assert papers > 1
        assert acts == ["createOsoDossier", *["read.attachment"] * papers, "read.okiDoc"]
        request = await Document.get(id=document_id)
        assert "Wij hoopten" not in str(request.content)
        await fetched(world, staff, document_id)
        assert await AuditEntry.filter(act="read.oki_doc", account_id=staff.account_id).count() == 1


class TestAnybodyElse:
    async def test_of_another_school_is_not_found(self, world: World, child: Pupil) -> None:
        other = await world.vo_staff(1)
        refused = await other.do("createOsoDossier", "document { id }", pupilId=str(child.id))
        assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]
        assert refused["document"] is None
        assert await Document.all().count() == 0

    async def test_cannot_ask_for_anothers_file(self, world: World, child: Pupil) -> None:
        document_id = await asked(await world.vo_staff(), child)
        assert (await (await world.vo_staff()).ask(ASK, id=document_id))["document"] is None

    @pytest.mark.parametrize("role", [Role.PO_EDITOR, Role.REGION_ADMIN])
    async def test_has_no_such_act(self, world: World, child: Pupil, role: Role) -> None:
        place = (
            {"primary_school_id": world.primary.id}
            if role is Role.PO_EDITOR
            else {"region_id": world.amstelland.id}
        )
        answer = await (await world.staff(role, **place)).post(
            "mutation($input: CreateOsoDossierInput!) { createOsoDossier(input: $input) { errors { code } } }",
            input={"pupilId": str(child.id)},
        )
        assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"

    async def test_of_a_school_the_child_left_gets_nothing_that_was_still_to_be_made(
        self, world: World, child: Pupil, caplog: pytest.LogCaptureFixture
    ) -> None:
        staff = await world.vo_staff()
        document_id = await asked(staff, child)
        await Enrolment.filter(pupil_id=child.id).update(handling_school_id=world.schools[1].id)
        with caplog.at_level(logging.INFO, logger="loket.documents"):
            await drain(settings=world.settings)
        made = await Document.get(id=document_id)
        assert (made.status, made.attempts, made.storage_key) == (JobStatus.FAILED, 1, "")
        (line,) = [one for one in caplog.records if one.name == "loket.documents"]
        assert (line.levelname, line.exc_info) == ("INFO", None)
        assert f"{document_id} (OSO)" in line.getMessage()
        assert (await staff.ask(ASK, id=document_id))["document"] is None


def _without_files(content: Any) -> Any:
    if isinstance(content, list):
        return [_without_files(one) for one in content]
    if isinstance(content, dict):
        return {name: _without_files(value) for name, value in content.items() if name != "upload"}
    return content
