"""How a PDF falls over its pages: what is signed stands with what it is about, labels keep their distance."""

import io
import json
from typing import Any

import pytest
from pypdf import PdfReader

from documents import examples
from documents.layout import BODY, GAP, LABEL_WIDTH
from documents.letters import width_of
from documents.printing import printed
from rules.vocabulary import DocumentKind
from tests.documents.test_printing import pages_of, paper

SIGNED = "naam, datum en handtekening"
CHOICE = [{"label": "Een van een meerling", "value": "ja"}] * 4
FINAL_FORM = next(one for one in examples(kind=DocumentKind.APPLICATION_FORM) if one.signatures)


def form(*, schools: int) -> dict[str, Any]:
    """A signed form that fills a page to a different height for each number of schools."""
    rows = [[str(rank), "Het Veenlicht", "havo"] for rank in range(1, schools + 1)]
    said = paper(
        head={"signatures": ["Ouder 1", "Ouder 2"]}, columns=["Voorkeur", "School", "Afdeling"], rows=rows
    )
    last = {
        "name": "first_choice",
        "title": "Bij de eerste voorkeur",
        "lines": CHOICE,
        "columns": [],
        "rows": [],
    }
    return {**said, "sections": [*said["sections"], last]}


def test_a_form_of_five_schools_with_everything_on_it_is_one_page() -> None:
    said = FINAL_FORM.payload()
    assert max(len(section["rows"]) for section in said["sections"]) == 5
    assert len(pages_of(printed(content=json.loads(json.dumps(said))))) == 1


@pytest.mark.parametrize("schools", range(20, 44, 2))
def test_where_one_signs_stands_on_the_page_of_the_last_section(schools: int) -> None:
    pages = pages_of(printed(content=form(schools=schools)))
    assert len(pages) <= 2
    assert SIGNED in pages[-1]
    assert "Bij de eerste voorkeur" in pages[-1]
    assert pages[-1].count("Een van een meerling") == len(CHOICE)


@pytest.mark.parametrize("rows", [3, 400])
def test_a_last_section_longer_than_a_page_is_still_printed_whole(rows: int) -> None:
    said = paper(
        head={"signatures": ["Ouder 1"]}, columns=["Wat"], rows=[[f"rij{row}."] for row in range(rows)]
    )
    text = " ".join(pages_of(printed(content=said)))
    assert all(f"rij{row}." in text for row in range(rows))
    assert SIGNED in text


def test_a_label_never_touches_its_value() -> None:
    """The longest labels of the Oki-doc are as wide as their column."""
    labels = ("Ouders hebben het Oki-doc ingezien", "Alle kinderen van de meerling dit jaar op deze school")
    for label in labels:
        said = printed(content=paper(lines=[{"label": label, "value": "ja"}]))
        lines: list[str] = []

        def note(text: str, _cm: Any, _tm: Any, _font: Any, _size: Any, kept: list[str] = lines) -> None:
            kept.extend(text.splitlines())

        PdfReader(io.BytesIO(said)).pages[0].extract_text(visitor_text=note)
        widest = max(
            width_of(line.strip(), size=BODY) for line in lines if line.strip() in label and line.strip()
        )
        assert 0 < widest <= LABEL_WIDTH - GAP
