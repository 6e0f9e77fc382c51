"""A file is called by what it is."""

import pytest

from rules.filenames import served_name
from rules.uploads import DOSSIER_TYPES, JPEG, PDF, PNG, TEXT, XML


@pytest.mark.parametrize(
    ("given", "content_type", "name"),
    [
        ("rapport.pdf", PDF, "rapport.pdf"),
        ("SCAN.PDF", PDF, "SCAN.PDF"),
        ("rapport.exe", PDF, "rapport.exe.pdf"),
        ("rapport.pdf.html", PDF, "rapport.pdf.html.pdf"),
        ("x.html", PDF, "x.html.pdf"),
        ("rapport.pdf .", PDF, "rapport.pdf"),
        ("rapport.pdf\u00a0", PDF, "rapport.pdf\u00a0.pdf"),
        ("pdf", PDF, "pdf.pdf"),
        ("brief", PDF, "brief.pdf"),
        ("", PNG, "bestand.png"),
        ("foto.jpeg", JPEG, "foto.jpeg"),
        ("foto.png", JPEG, "foto.png.jpg"),
        ("plan.txt", TEXT, "plan.txt"),
        ("dossier.xml", XML, "dossier.xml"),
        ("plan.docx", DOSSIER_TYPES["docx"], "plan.docx"),
        ("plan.exe", "application/octet-stream", "plan.exe"),
    ],
)
def test_a_name_ends_as_its_type_does(given: str, content_type: str, name: str) -> None:
    assert served_name(given=given, content_type=content_type) == name
    # It is what it is, however often it is asked.
    assert served_name(given=name, content_type=content_type) == name


def test_a_long_name_stays_within_its_length() -> None:
    name = served_name(given="a" * 200 + ".exe", content_type=PDF)
    assert (len(name), name[-5:]) == (150, "a.pdf")
