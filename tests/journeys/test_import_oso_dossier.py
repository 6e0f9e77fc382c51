"""A dossier of the school's own system, from the file to the Oki-doc that PO reads (rules 5 and 6)."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from models import AuditEntry, Guardian, OkiDoc, Pupil, Upload
from rules.vocabulary import OkiDocStatus
from tests.imports.oso_dossier import dossier
from tests.journeys.oso_school import REPORT, editor_of_00yy, imported, sent
from tests.world import World


class TestANewPupil:
    async def test_stands_with_its_oki_doc_as_concept_and_its_documents(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        answer = await imported(world, editor, dossier())
        assert answer["errors"] == []
        assert answer["report"]["outcome"] == "CREATED"
        assert answer["pupil"]["okiDoc"] == {"status": "CONCEPT", "version": 1}
        assert {one["filename"] for one in answer["pupil"]["attachments"]} >= {"behoeften.pdf", "uitslag.png"}
        pupil = await Pupil.get(id=answer["pupil"]["id"])
        assert await Guardian.filter(pupil_id=pupil.id).count() >= 1
        assert await AuditEntry.filter(pupil_id=pupil.id, act="importOsoDossier").exists()

    async def test_is_only_shown_by_a_trial_run(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        answer = await imported(world, editor, dossier(), dryRun=True)
        assert (answer["pupil"], answer["report"]["outcome"], answer["report"]["dryRun"]) == (
            None,
            "CREATED",
            True,
        )
        assert await Pupil.all().count() == 0
        assert await Upload.filter(kind="ATTACHMENT").count() == 0

    async def test_whose_bsn_fails_is_marked_until_somebody_fills_in_the_right_one(
        self, world: World
    ) -> None:
        editor = await editor_of_00yy(world)
        wrong = dossier().replace(b"<bsn>123456782", b"<bsn>123456783")
        made = (await imported(world, editor, wrong))["pupil"]
        asked = "query($id: ID!) { pupil(id: $id) { bsn bsnDoubtful } }"
        assert (await editor.ask(asked, id=made["id"]))["pupil"] == {"bsn": None, "bsnDoubtful": True}
        given = {"pupilId": made["id"], "expectedVersion": 1, "bsn": "123456782"}
        await editor.done("updateOkiDoc", "", **given)
        assert (await editor.ask(asked, id=made["id"]))["pupil"] == {
            "bsn": "123456782",
            "bsnDoubtful": False,
        }


class TestAKnownPupil:
    async def test_is_not_changed_by_the_same_file(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        first = await imported(world, editor, dossier())
        files = await Upload.filter(kind="ATTACHMENT").count()
        again = await imported(world, editor, dossier())
        assert again["errors"] == []
        assert (again["report"]["outcome"], again["report"]["differences"]) == ("UNCHANGED", [])
        assert again["pupil"]["id"] == first["pupil"]["id"]
        assert again["pupil"]["okiDoc"]["version"] == 1
        assert await Upload.filter(kind="ATTACHMENT").count() == files

    async def test_shows_field_by_field_what_changes_before_it_is_taken(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        await imported(world, editor, dossier())
        other = (
            dossier()
            .decode()
            .replace("Dorpsstraat", "Molenweg")
            .replace("Wij hoopten op meer.", "Te weinig uitleg.")
        )
        shown = await imported(world, editor, other.encode(), dryRun=True)
        assert shown["report"]["outcome"] == "UPDATED"
        said = {one["path"]: (one["before"], one["after"]) for one in shown["report"]["differences"]}
        assert said["inspection.reason_not_agreed"] == ("Wij hoopten op meer.", "Te weinig uitleg.")
        assert any("Molenweg" in after for _, after in said.values())
        taken = await imported(world, editor, other.encode())
        assert taken["pupil"]["okiDoc"]["version"] == 2

    async def test_a_definitive_oki_doc_is_never_overwritten_in_silence(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        first = await imported(world, editor, dossier())
        await OkiDoc.filter(pupil_id=first["pupil"]["id"]).update(status=OkiDocStatus.FINAL)
        other = dossier().decode().replace("Wij hoopten op meer.", "Te weinig uitleg.").encode()
        refused = await imported(world, editor, other)
        assert [error["code"] for error in refused["errors"]] == ["CONFIRM_OVERWRITE"]
        assert (await OkiDoc.get(pupil_id=first["pupil"]["id"])).status is OkiDocStatus.FINAL
        shown = await imported(world, editor, other, dryRun=True)
        assert shown["report"]["overwritesFinal"] is True
        taken = await imported(world, editor, other, confirmOverwrite=True)
        assert taken["pupil"]["okiDoc"]["status"] == "CONCEPT"

    async def test_without_a_number_a_person_says_whose_it_is(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        first = await imported(world, editor, dossier())
        nameless = _without_bsn(dossier().decode())
        refused = await imported(world, editor, nameless.encode())
        assert [error["code"] for error in refused["errors"]] == ["DOSSIER_MATCH_UNSURE"]
        taken = await imported(world, editor, nameless.encode(), pupilId=first["pupil"]["id"])
        assert taken["pupil"]["id"] == first["pupil"]["id"]
        new = await imported(world, editor, nameless.encode(), newPupil=True)
        assert new["report"]["outcome"] == "CREATED"

    async def test_without_a_bsn_the_elk_number_says_whose_it_is_where_the_birth_date_agrees(
        self, world: World
    ) -> None:
        editor = await editor_of_00yy(world)
        first = await imported(world, editor, dossier())
        await Pupil.filter(id=first["pupil"]["id"]).update(elk_number="10777")
        text = _without_bsn(dossier().decode())
        begin, end = text.index("<leerlingid>") + len("<leerlingid>"), text.index("</leerlingid>")
        numbered = text[:begin] + "10777" + text[end:]
        taken = await imported(world, editor, numbered.encode())
        assert taken["pupil"]["id"] == first["pupil"]["id"]
        born = numbered.replace("<geboortedatum>2015-02-03", "<geboortedatum>2015-02-04")
        other = await imported(world, editor, born.encode())
        assert other["report"]["outcome"] == "CREATED"


class TestARefusedFile:
    async def test_of_another_school_writes_nothing(self, world: World) -> None:
        editor = await world.editor()
        refused = await imported(world, editor, dossier())
        assert [error["code"] for error in refused["errors"]] == ["DOSSIER_OF_OTHER_SCHOOL"]
        assert await Pupil.all().count() == 0

    @pytest.mark.parametrize(
        "content",
        [
            dossier()[:900],
            b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa">]><dossier>&a;</dossier>',
            b"<dossier/>",
            b"<html><body/></html>",
        ],
    )
    async def test_says_what_is_wrong_with_it(self, world: World, content: bytes) -> None:
        editor = await editor_of_00yy(world)
        given = {"kind": "OSO_DOSSIER", "filename": "dossier.xml", "size": len(content)}
        made = (await editor.done("createUpload", "upload { id url }", **given))["upload"]
        put = await world.http.put(urlsplit(made["url"]).path, content=content)
        answer = await editor.do("importOsoDossier", REPORT, uploadId=made["id"])
        codes = [error["code"] for error in answer["errors"]]
        assert codes == (["DOSSIER_UNREADABLE"] if put.status_code == 201 else ["UPLOAD_NOT_READY"])
        assert await Pupil.all().count() == 0

    async def test_of_somebody_else_is_not_found(self, world: World) -> None:
        upload = await sent(world, await editor_of_00yy(world), dossier())
        refused = await (await world.editor()).do("importOsoDossier", REPORT, uploadId=upload)
        assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]


async def test_the_published_example_becomes_a_pupil_and_its_damaged_documents_are_named(
    world: World, standards: Path
) -> None:
    editor = await editor_of_00yy(world)
    answer = await imported(world, editor, published_example(standards))
    assert answer["errors"] == []
    assert answer["report"]["outcome"] == "CREATED"
    damaged = [one for one in answer["report"]["attachments"] if one["problem"]]
    assert len(damaged) == 5, damaged
    assert (answer["pupil"]["firstName"], answer["pupil"]["okiDoc"]["status"]) == ("Daan", "CONCEPT")


def published_example(standards: Path) -> bytes:
    (path,) = (standards / "oso").glob("*POVO_full.xml")
    return path.read_bytes()


def _without_bsn(text: str) -> str:
    begin, end = text.index("<bsn>"), text.index("</bsn>") + len("</bsn>")
    return text[:begin] + text[end:]
