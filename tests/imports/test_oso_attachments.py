"""Documents in a dossier: one that is not right is named, and the others come in."""

import base64
import io
import zipfile
import zlib

import pytest

from imports.oso import read
from rules.oki_doc.dossier import Attachment, Dossier
from rules.uploads import MOST_FILES
from tests.imports.oso_dossier import PDF, PNG, document, dossier, packed
from tests.imports.oso_facts import assert_whole

GOOD = document(name="goed.pdf")
DOCX = packed(b"<a/>", name="[Content_Types].xml", others=(("word/document.xml", b"<a/>"),))
MACROS = packed(b"<a/>", name="[Content_Types].xml", others=(("word/vbaProject.bin", b"x"),))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def with_documents(*documents: str) -> Dossier:
    found = read(dossier(documents=f"<overigdocumentlijst>{''.join(documents)}{GOOD}</overigdocumentlijst>"))
    assert_whole(found)
    assert found.sections["documents"][-1]["filename"] == "goed.pdf"
    return found


def first_of(*documents: str) -> Attachment:
    return next(one for one in with_documents(*documents).attachments if one.place.startswith("documents"))


def locked() -> str:
    """A ZIP whose file says that it has a password."""
    content = bytearray(base64.b64decode(packed(PDF)))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return base64.b64encode(bytes(content)).decode()


def lying(content: bytes, *, size: int) -> str:
    """A ZIP that says its file is of another size than it is."""
    raw = bytearray(base64.b64decode(packed(content)))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        begin = raw.index(mark) + place
        raw[begin : begin + 4] = size.to_bytes(4, "little")
    return base64.b64encode(bytes(raw)).decode()


def crowded() -> str:
    """A ZIP of two hundred thousand files."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for place in range(30_000):
            archive.writestr(f"{place}", b"")
    return base64.b64encode(kept.getvalue()).decode()


class TestADocumentThatIsRight:
    @pytest.mark.parametrize(
        ("name", "content", "content_type"),
        [
            ("a.pdf", PDF, "application/pdf"),
            ("a.png", PNG, "image/png"),
            ("plan.txt", "Léés dit.\r\n".encode(), "text/plain"),
            ("oud.txt", "Lees dit café".encode("cp1252"), "text/plain"),
            (
                "a.docx",
                base64.b64decode(DOCX),
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            ("a.doc", OLE, "application/msword"),
            ("a.xls", OLE, "application/vnd.ms-excel"),
            ("verslag.docx.pdf", PDF, "application/pdf"),
            ("zonder ending", PDF, "application/pdf"),
        ],
    )
    def test_comes_in_with_the_type_it_has(self, name: str, content: bytes, content_type: str) -> None:
        found = first_of(document(name=name, description="Iets", content=packed(content)))
        assert (found.filename, found.content, found.content_type) == (name, content, content_type)
        assert (found.description, found.problem) == ("Iets", "")

    @pytest.mark.parametrize(
        "name", ["Łódź – 李小龙.pdf", "d'Ancona & zoon.pdf", "ﬁche.pdf", "a" * 140 + ".pdf"]
    )
    def test_may_bear_any_name(self, name: str) -> None:
        assert first_of(document(name=name.replace("&", "&amp;"))).filename == name

    def test_may_be_stored_without_packing(self) -> None:
        assert first_of(document(content=packed(PDF, method=zipfile.ZIP_STORED))).content == PDF

    def test_may_have_lines_in_its_base64(self) -> None:
        text = packed(PDF)
        lines = "\n    ".join(text[begin : begin + 40] for begin in range(0, len(text), 40))
        assert first_of(document(content=f"\n{lines}\n")).content == PDF

    def test_may_come_with_what_a_mac_adds(self) -> None:
        content = packed(PDF, others=(("__MACOSX/._bestand.pdf", b"x"), (".DS_Store", b"x")))
        assert first_of(document(content=content)).content == PDF


class TestADocumentThatIsNot:
    @pytest.mark.parametrize(
        ("code", "document_"),
        [
            ("ATTACHMENT_DAMAGED", document(content="geen base64!")),
            ("ATTACHMENT_DAMAGED", document(content=base64.b64encode(b"geen zip").decode())),
            ("ATTACHMENT_DAMAGED", document(content=packed(PDF)[:60])),
            ("ATTACHMENT_DAMAGED", document(content=packed(PDF)[:-8])),
            ("ATTACHMENT_DAMAGED", document(content=lying(PDF, size=3))),
            ("ATTACHMENT_DAMAGED", document(content=lying(PDF, size=5_000_000))),
            ("ATTACHMENT_DAMAGED", document(content=packed(PDF, method=zipfile.ZIP_LZMA))),
            ("ATTACHMENT_DAMAGED", document(content=packed(PDF, method=zipfile.ZIP_BZIP2))),
            ("ATTACHMENT_EMPTY", document(content=" ")),
            ("ATTACHMENT_EMPTY", document(content=packed(b""))),
            ("ATTACHMENT_LOCKED", document(content=locked())),
            ("ATTACHMENT_SEVERAL", document(content=packed(PDF, others=(("b.pdf", PDF),)))),
            ("ATTACHMENT_PATH", document(content=packed(PDF, name="../../etc/passwd"))),
            ("ATTACHMENT_PATH", document(content=packed(PDF, name="/etc/passwd"))),
            ("ATTACHMENT_PATH", document(content=packed(PDF, name="C:\\windows\\a.pdf"))),
            ("ATTACHMENT_PATH", document(content=packed(PDF, name="map/a.pdf"))),
            ("ATTACHMENT_PATH", document(name="../../../a.pdf")),
            ("ATTACHMENT_PATH", document(name="..\\a.pdf")),
            ("ATTACHMENT_WITHOUT_NAME", document(name=" ")),
            ("ATTACHMENT_REFUSED", document(name="a.exe", content=packed(b"MZ" + bytes(100)))),
            ("ATTACHMENT_REFUSED", document(name="a.txt", content=packed(b"MZ" + bytes(100)))),
            ("ATTACHMENT_REFUSED", document(name="a.html", content=packed(b"<html></html>"))),
            ("ATTACHMENT_REFUSED", document(name="a.svg", content=packed(b"<svg/>"))),
            ("ATTACHMENT_REFUSED", document(name="a.bat", content=packed(b"del *.*"))),
            ("ATTACHMENT_REFUSED", document(name="a.js", content=packed(b"alert(1)"))),
            ("ATTACHMENT_REFUSED", document(name="a.txt", content=packed(b"\x00\x01\x02"))),
            ("ATTACHMENT_REFUSED", document(name="a.pdf", content=packed(b"gewoon tekst"))),
            ("ATTACHMENT_REFUSED", document(name="a.pdf", content=packed(PDF[:-6]))),
            ("ATTACHMENT_REFUSED", document(name="a.png", content=packed(PNG[:12]))),
            ("ATTACHMENT_REFUSED", document(name="a.docx", content=packed(base64.b64decode(MACROS)))),
            ("ATTACHMENT_REFUSED", document(name="a.doc", content=packed(OLE + "_VBA_PROJECT".encode("utf-16-le")))),
            ("ATTACHMENT_REFUSED", document(name="a.docx", content=packed(OLE))),
            ("ATTACHMENT_REFUSED", document(name="a.zip", content=packed(base64.b64decode(packed(PDF))))),
        ],
    )  # fmt: skip
    def test_is_named_with_the_reason_and_the_rest_comes_in(self, code: str, document_: str) -> None:
        found = with_documents(document_)
        (said,) = [one for one in found.remarks if one.code.startswith("ATTACHMENT")]
        assert said.code == code
        assert said.path.endswith("overigdocumentlijst/document[1]")
        bad = next(one for one in found.attachments if one.problem)
        assert bad.filename in said.message
        assert bad.problem in said.message
        assert (bad.place, bad.content) == ("documents", None)
        assert found.sections["documents"] == [{"filename": "goed.pdf"}]

    @pytest.mark.parametrize("size", [10_000_001, 100_000_000])
    def test_nor_one_that_unpacks_to_more_than_a_file_may_be(self, size: int) -> None:
        found = first_of(document(name="a.txt", content=packed(b" " * size)))
        assert "te groot" in found.problem

    def test_nor_a_list_of_contents_that_is_as_long_as_a_bomb(self) -> None:
        assert "beschadigd" in first_of(document(content=crowded())).problem

    def test_its_name_is_no_path_in_the_report_either(self) -> None:
        found = first_of(document(name="../../../etc/passwd"))
        assert "/" not in found.filename

    def test_without_a_content_it_is_named_too(self) -> None:
        assert first_of("<document><bestandsnaam>leeg.pdf</bestandsnaam></document>").problem

    def test_a_bomb_in_many_parts_ends_before_it_fills_the_memory(self) -> None:
        part = document(name="a.txt", content=packed(b" " * 9_999_999))
        found = with_documents(*[part] * 5)
        assert not [one for one in found.remarks if one.code.startswith("ATTACHMENT")]
        found = read(dossier(documents=f"<overigdocumentlijst>{part * 12}</overigdocumentlijst>"))
        assert sum(len(one.content or b"") for one in found.attachments) < 61_000_000
        assert "ATTACHMENT_TOO_LARGE" in {one.code for one in found.remarks}

    def test_a_child_has_no_more_files_than_any_other(self) -> None:
        documents = f"<overigdocumentlijst>{GOOD * 40}</overigdocumentlijst>"
        found = read(dossier(documents=documents))
        assert len([one for one in found.attachments if one.content]) == MOST_FILES
        assert "ATTACHMENT_TOO_MANY" in {one.code for one in found.remarks}

    def test_one_that_is_larger_than_a_text_may_be_for_the_parser_is_only_too_large(self) -> None:
        noise = zlib.compress(bytes(range(256)) * 40_000, 0)
        found = first_of(document(content=packed(noise + noise[:500_000], method=zipfile.ZIP_STORED)))
        assert "te groot" in found.problem
