"""PDFs as a reader gets them: judged by an independent reader of PDFs."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from documents.letters import shown
from documents.printing import LONG, TooMuchToPrint, printed
from workers.pdf import PdfPool, PdfTookTooLong

NAMES = "Zoë Yiğit Łucja O'Neill Ștefan Ærø Đorđe Őze"


def paper(**changed: Any) -> dict[str, Any]:
    section = {"name": "pupil", "title": "Leerling", "lines": [], "columns": [], "rows": []}
    return {
        "title": "Oki-doc",
        "status": "definitief, versie 3",
        "pupil": "Zoë van der Berg",
        "elk_number": "78018",
        "school": "De Peppel",
        "region": "Amstelland",
        "made_at": "17 maart 2027 om 10.00 uur",
        "sections": [{**section, **changed}],
    }


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(content).pages).split())


def fonts_with_text(content: bytes) -> dict[str, bool]:
    """The fonts that letters are really set in, and whether each is embedded."""
    found = {}
    for page in read(content).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index,union-attr]
            one = font.get_object()
            embedded = "/FontDescriptor" in one and "/FontFile2" in one["/FontDescriptor"]
            found[str(one["/BaseFont"])] = embedded
    return found


class TestLetters:
    def test_european_names_are_set_in_an_embedded_font(self) -> None:
        made = printed(content=paper(lines=[{"label": "Namen", "value": NAMES}]))
        assert NAMES in text_of(made)
        fonts = fonts_with_text(made)
        assert any("Lato-Regular" in name and embedded for name, embedded in fonts.items())
        assert all(embedded for name, embedded in fonts.items() if name != "/Helvetica")

    def test_a_letter_no_font_has_is_shown_by_its_number(self) -> None:
        assert "(U+674E)" in text_of(printed(content=paper(lines=[{"label": "Naam", "value": "李"}])))

    def test_combining_accents_become_one_letter_and_joiners_vanish(self) -> None:
        assert shown("e\u0308\u200d") == "ë"


class TestContent:
    def test_what_a_person_typed_is_text_and_never_markup(self) -> None:
        said = "<b>vet</b> & <img src='file:///etc/passwd'>"
        assert said in text_of(printed(content=paper(lines=[{"label": "Tekst", "value": said}])))

    def test_every_page_bears_its_number_and_the_child(self) -> None:
        made = printed(content=paper(columns=["Toets"], rows=[[f"Toets {row}"] for row in range(120)]))
        pages = read(made).pages
        assert len(pages) > 1
        for number, page in enumerate(pages, start=1):
            text = " ".join(page.extract_text().split())
            assert f"Pagina {number} van {len(pages)}" in text
            assert "78018" in text
            assert "Toets" in text

    @pytest.mark.parametrize("length", [LONG + 1, 8000, 60_000])
    def test_long_text_goes_on_over_pages_and_none_is_lost(self, length: int) -> None:
        words = [f"woord{place}" for place in range(length // 8)]
        made = text_of(printed(content=paper(lines=[{"label": "Tekst", "value": " ".join(words)}])))
        assert words[0] in made
        assert words[-1] in made

    def test_a_word_longer_than_its_column_is_broken_and_stays_on_the_page(self) -> None:
        row = ["a" * 300, "b", "c", "d", "e"]
        made = printed(content=paper(columns=list("ABCDE"), rows=[row]))
        assert text_of(made).replace(" ", "").count("a") >= 300

    def test_more_than_anyone_reads_is_refused(self) -> None:
        with pytest.raises(TooMuchToPrint):
            printed(content=paper(columns=["A"], rows=[["x"]] * 20_001))


class TestPool:
    async def test_a_process_that_dies_is_replaced_and_the_document_made(self) -> None:
        pool = PdfPool(processes=1)
        try:
            first = await pool.make(kind="OKI_DOC", content=paper())
            (process,) = pool._open()._processes.values()
            process.kill()
            assert (await pool.make(kind="OKI_DOC", content=paper()))[:5] == first[:5] == b"%PDF-"
        finally:
            await pool.close()

    async def test_a_document_that_does_not_end_is_ended(self) -> None:
        pool = PdfPool(processes=1, seconds=0.01)
        try:
            with pytest.raises(PdfTookTooLong):
                await pool.make(kind="OKI_DOC", content=paper())
        finally:
            await pool.close()
