"""PDFs that a school could not open, or that would run something there, are refused with advice (rules 5, 24)."""

import io
import os

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.actions import JavaScript

from documents import examples
from documents.printing import printed
from rules.uploads import FileRefused, judge
from rules.vocabulary import DocumentKind, UploadKind


def judged(content: bytes) -> str:
    return judge(
        kind=UploadKind.ATTACHMENT,
        head=content[:4096],
        tail=content[-4096:],
        pixels=None,
        whole=content,
    )


def ours() -> bytes:
    """A PDF as any program makes them."""
    return printed(content=examples(kind=DocumentKind.OKI_DOC)[0].payload())


def written(writer: PdfWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def copied() -> PdfWriter:
    return PdfWriter(clone_from=PdfReader(io.BytesIO(ours())))


def encrypted(algorithm: str, *, password: str = "drie molens") -> bytes:
    writer = copied()
    writer.encrypt(user_password=password, owner_password="vier molens", algorithm=algorithm)
    return written(writer)


def with_script(name: str = "/JavaScript") -> bytes:
    writer = copied()
    writer.add_open_action(JavaScript("app.alert('hallo');"))
    return written(writer).replace(b"/JavaScript", name.encode())


def minimal(trailer: bytes) -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<<" + trailer + b">>\nstartxref\n9\n%%EOF\n"
    )


def test_what_any_program_makes_comes_in() -> None:
    assert judged(ours()) == "application/pdf"
    assert judged(written(copied())) == "application/pdf"


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_one_with_a_password_is_refused_with_advice(algorithm: str) -> None:
    with pytest.raises(FileRefused) as refused:
        judged(encrypted(algorithm))
    assert "beveiligd" in refused.value.message
    assert "zonder beveiliging" in refused.value.message


def test_so_is_one_that_opens_but_may_not_be_printed() -> None:
    with pytest.raises(FileRefused) as refused:
        judged(encrypted("AES-128", password=""))
    assert "beveiligd" in refused.value.message


@pytest.mark.parametrize(
    "trailer",
    [
        b"/Root 1 0 R/Encrypt 2 0 R",
        b"/Root 1 0 R/Encrypt<</Filter/Standard>>",
        b"/Root 1 0 R/Encr#79pt\r\n2 0 R",
    ],
)
def test_however_the_password_is_written(trailer: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        judged(minimal(trailer))
    assert "beveiligd" in refused.value.message


def test_wherever_in_the_file_it_stands() -> None:
    """The trailer of a modern PDF is a stream of its own, far from the end."""
    filling = os.urandom(20_000).replace(b"/", b"_")
    content = minimal(b"/Root 1 0 R/Encrypt 2 0 R").replace(
        b"startxref", b"stream\n" + filling + b"\nstartxref"
    )
    with pytest.raises(FileRefused):
        judged(content)


@pytest.mark.parametrize("name", ["/JavaScript", "/J#61v#61Script", "/#4a#61vaScrip#74"])
def test_one_with_a_script_is_refused_with_advice(name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        judged(with_script(name))
    assert "JavaScript" in refused.value.message
    assert "opslaan als pdf" in refused.value.message


@pytest.mark.parametrize(
    "trailer",
    [
        b"/Root 1 0 R/OpenAction[3 0 R/Fit]",
        b"/Root 1 0 R/Title(/Encrypt en /JavaScripts)",
        b"/Root 1 0 R/EncryptMetadata true",
    ],
    ids=["opens-at-a-page", "speaks-of-it", "another-name"],
)
def test_what_only_looks_like_it_comes_in(trailer: bytes) -> None:
    assert judged(minimal(trailer)) == "application/pdf"
