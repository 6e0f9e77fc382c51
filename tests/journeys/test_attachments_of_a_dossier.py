"""A document that a dossier brought stands at its place in the Oki-doc, and leaves it whole (rules 5 and 6)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from models import AuditEntry, Enrolment, OkiDoc, Pupil, Upload
from models import TestResult as Result
from resolvers import clock
from rules.oki_doc.dossier import document_rows
from rules.vocabulary import OkiDocStatus, PlacementStatus
from tests.imports.oso_dossier import PDF, SUPPORT, document, dossier, packed
from tests.journeys.every_step import enrolled, send_file
from tests.journeys.oso_school import editor_of_00yy, imported
from tests.world import Person, World

TLV = document(name="tlv.pdf", content=packed(PDF + b"% the declaration\n"))
REMOVED = "pupil { okiDoc { status version } attachments { filename } }"


async def brought(world: World) -> tuple[Person, Pupil]:
    """A pupil whose definitive Oki-doc came as a dossier."""
    editor = await editor_of_00yy(world)
    made = (await imported(world, editor, dossier(support=_with_own_tlv())))["pupil"]
    await OkiDoc.filter(pupil_id=made["id"]).update(status=OkiDocStatus.FINAL)
    return editor, await Pupil.get(id=made["id"])


def _with_own_tlv() -> str:
    """The other documents have one content, and are one attachment at many places."""
    return SUPPORT.replace(document(name="tlv.pdf"), TLV)


async def standing(pupil: Pupil) -> list[str]:
    """Every upload that the Oki-doc, or the test of the dossier, points at."""
    sections = (await OkiDoc.get(pupil_id=pupil.id)).sections
    content = (await Result.get(pupil_id=pupil.id)).content
    return [row["upload"] for part in (sections, content) for _, row in document_rows(part)]


async def removed(editor: Person, upload: Upload) -> Any:
    return await editor.do("removeAttachment", REMOVED, uploadId=str(upload.id))


class TestRemovingAnAttachment:
    async def test_takes_it_out_of_the_oki_doc_too_and_that_is_a_correction(self, world: World) -> None:
        editor, pupil = await brought(world)
        tlv = await Upload.get(filename="tlv.pdf")
        there = await standing(pupil)
        assert str(tlv.id) in there
        answer = await removed(editor, tlv)
        assert answer["errors"] == []
        assert answer["pupil"]["okiDoc"] == {"status": "CONCEPT", "version": 2}
        gone = [one for one in there if one != str(tlv.id)]
        assert await standing(pupil) == gone
        sections = (await OkiDoc.get(pupil_id=pupil.id)).sections
        assert sections["statements"][0]["number"] == "TLV-1"
        assert "documents" not in sections["statements"][0]
        made = await editor.done("createDocument", "document { id }", kind="OKI_DOC", pupilId=str(pupil.id))
        text = await world.pdf_text(editor, made["document"]["id"])
        assert "opp.pdf" in text
        assert "tlv.pdf" not in text
        traces = await AuditEntry.filter(act="removeAttachment")
        assert sorted(entry.entity for entry in traces) == ["OkiDoc", "Upload"]

    async def test_takes_it_out_of_each_place_it_stands_at_and_leaves_no_empty_row(
        self, world: World
    ) -> None:
        editor, pupil = await brought(world)
        many = await Upload.get(filename="behoeften.pdf")
        assert (await standing(pupil)).count(str(many.id)) > 5
        await removed(editor, many)
        assert str(many.id) not in str((await OkiDoc.get(pupil_id=pupil.id)).sections)
        sections = (await OkiDoc.get(pupil_id=pupil.id)).sections
        assert "documents" not in sections
        assert sections["support"] == {"medication": False}

    async def test_takes_it_out_of_the_test_too(self, world: World) -> None:
        editor, pupil = await brought(world)
        picture = await Upload.get(filename="uitslag.png")
        answer = await removed(editor, picture)
        assert answer["pupil"]["okiDoc"] == {"status": "CONCEPT", "version": 2}
        assert str(picture.id) not in await standing(pupil)
        content = (await Result.get(pupil_id=pupil.id)).content
        assert (content["score"], "documents" in content) == (81, False)

    async def test_that_stands_nowhere_in_it_leaves_it_definitive(self, world: World) -> None:
        editor, pupil = await brought(world)
        await send_file(world, editor, pupil)
        there = await standing(pupil)
        answer = await removed(editor, await Upload.get(filename="brief.pdf", source=""))
        assert answer["pupil"]["okiDoc"] == {"status": "FINAL", "version": 1}
        assert await standing(pupil) == there

    async def test_of_a_placed_pupil_is_refused_where_it_stands_in_it(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        await enrolled(world, pupil)
        loose = await send_file(world, editor, pupil)
        named = await send_file(world, editor, pupil)
        rows = [{"filename": "brief.pdf", "upload": named}]
        await OkiDoc.filter(pupil_id=pupil.id).update(sections={"documents": rows})
        await Enrolment.filter(pupil_id=pupil.id).update(placement_status=PlacementStatus.PLACED)
        refused = await removed(editor, await Upload.get(id=named))
        assert [error["code"] for error in refused["errors"]] == ["PLACED_ALREADY"]
        assert (await Upload.get(id=named)).state == "RELEASED"
        assert (await removed(editor, await Upload.get(id=loose)))["errors"] == []


NAMED = """query($id: ID!) { pupil(id: $id) {
    attachments { id filename } okiDoc { sections { documents { filename upload } } } } }"""


def with_papers(*names: str) -> bytes:
    """A dossier whose documents of its own have these names, and each a content of its own."""
    papers = (
        document(name=name, content=packed(PDF + f"% {place}\n".encode())) for place, name in enumerate(names)
    )
    return dossier(documents=f"<overigdocumentlijst>{''.join(papers)}</overigdocumentlijst>")


class TestTheNameOfAnAttachment:
    async def test_ends_as_its_content_does_wherever_it_is_shown(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        made = await imported(
            world, editor, with_papers("rapport.exe", "rapport.pdf.html", "x.html", "b.pdf")
        )
        wanted = ["rapport.exe.pdf", "rapport.pdf.html.pdf", "x.html.pdf", "b.pdf"]
        assert [one["filename"] for one in made["report"]["attachments"]][-5:-1] == wanted
        there = (await editor.ask(NAMED, id=made["pupil"]["id"]))["pupil"]
        assert [row["filename"] for row in there["okiDoc"]["sections"]["documents"]] == wanted
        assert {one["filename"] for one in there["attachments"]} >= set(wanted)
        again = await imported(
            world, editor, with_papers("rapport.exe", "rapport.pdf.html", "x.html", "b.pdf")
        )
        assert again["report"]["outcome"] == "UNCHANGED"

    async def test_that_po_sends_too(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        for name in ("rapport.exe", "x.html"):
            given = {"kind": "ATTACHMENT", "filename": name, "size": len(PDF), "pupilId": str(pupil.id)}
            made = (await editor.done("createUpload", "upload { id url }", **given))["upload"]
            assert (await world.http.put(urlsplit(made["url"]).path, content=PDF)).status_code == 201
        found = (await editor.ask("{ pupils { nodes { attachments { filename url } } } }"))["pupils"]["nodes"]
        files = found[0]["attachments"]
        assert sorted(one["filename"] for one in files) == ["rapport.exe.pdf", "x.html.pdf"]
        for one in files:
            got = await world.http.get(urlsplit(one["url"]).path)
            assert f'filename="{one["filename"]}"' in got.headers["content-disposition"]


async def test_attachments_stand_in_the_order_they_came_and_then_in_that_of_the_dossier(world: World) -> None:
    editor = await editor_of_00yy(world)
    names = [f"{letter}.pdf" for letter in "zaybxcwdve"]
    made = await imported(world, editor, with_papers(*names))
    clock.stand_still(at=await clock.now() + timedelta(minutes=1))
    await imported(world, editor, with_papers(*names, "0.pdf"))
    there = (await editor.ask(NAMED, id=made["pupil"]["id"]))["pupil"]
    listed = [one["filename"] for one in there["attachments"]]
    assert listed == ["behoeften.pdf", *names, "uitslag.png", "0.pdf"]
