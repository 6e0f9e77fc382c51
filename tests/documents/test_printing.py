"""PDFs as a reader gets them: judged by an independent reader of PDFs."""

import io
import json
from typing import Any

import pytest
from pypdf import PdfReader

from documents.layout import LONG, MOST_LETTERS, MOST_ROWS, TooMuchToPrint, laid_out
from documents.letters import STYLES, known, shown
from documents.printing import printed

NAMES = "Zoë Yiğit Łucja O'Neill Ștefan Ærø Đorđe Őze Ţuţu Žiža Ŋuŋa Ħal Ŵyn"


def paper(*, head: dict[str, Any] | None = None, **section: Any) -> dict[str, Any]:
    """What lies in a request; `section` is what its one section says."""
    said = {"name": "pupil", "title": "Leerling", "lines": [], "columns": [], "rows": [], **section}
    return {
        "title": "Oki-doc",
        "status": "definitief, versie 3",
        "pupil": "Zoë van der Berg",
        "elk_number": "78018",
        "school": "De Peppel",
        "region": "Amstelland",
        "made_at": "2027-03-17T10:00:00+01:00",
        "stamp": "",
        "version": 3,
        "signatures": [],
        "sections": [said],
        **(head or {}),
    }


def line(value: str, *, label: str = "Tekst") -> list[dict[str, str]]:
    return [{"label": label, "value": value}]


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def pages_of(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in read(content).pages]


def text_of(content: bytes) -> str:
    return " ".join(pages_of(content))


def set_in(content: bytes) -> dict[str, str]:
    """Every font that any letter is really set in, with the letters; a font that is not embedded as such."""
    found: dict[str, str] = {}

    def note(text: str, _cm: Any, _tm: Any, font: Any, _size: Any) -> None:
        if not text.strip():
            return
        assert font is not None, f"no font for {text!r}"
        descriptor = font.get("/FontDescriptor", {})
        embedded = "/FontFile2" in descriptor and len(descriptor["/FontFile2"].get_data()) > 500
        name = str(font["/BaseFont"]) if embedded else f"NOT EMBEDDED {font['/BaseFont']}"
        found[name] = found.get(name, "") + text

    for page in read(content).pages:
        page.extract_text(visitor_text=note)
    return found


class TestLetters:
    def test_every_letter_on_the_page_is_set_in_an_embedded_font_of_ours(self) -> None:
        rows = [[NAMES[:20], "Őze"]]
        made = printed(content=paper(lines=line(NAMES), columns=["Ștefan", "Łucja"], rows=rows))
        fonts = set_in(made)
        assert {name.partition("+")[2] for name in fonts} == set(STYLES.values())
        assert NAMES in text_of(made)

    @pytest.mark.parametrize("style", ["bold", "italic", "code"])
    def test_nor_does_any_style_fall_back_to_another(
        self, style: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A silently replaced font shows here."""
        tag = {"bold": "b", "italic": "i", "code": "code"}[style]
        from documents import printing

        html = f"<body><{tag}>{NAMES}</{tag}><p style='font-family: Arial'>{NAMES}</p></body>"
        template = printing.environment().from_string(html)
        monkeypatch.setattr(printing.environment(), "get_template", lambda _name: template)
        assert all("Lato" in name and "NOT" not in name for name in set_in(printed(content=paper())))

    def test_latin_is_there_to_its_last_letter(self) -> None:
        """Latin-1, Extended-A and Extended-B in every style: the names of Europe, and Ɔ, Ə and Ŋ beyond."""
        assert not [chr(code) for code in (*range(0xA1, 0xAD), *range(0xAE, 0x250)) if code not in known()]

    @pytest.mark.parametrize(
        ("typed", "seen"),
        [
            ("李", "(U+674E)"),
            ("😀", "(U+1F600)"),
            ("ش", "(U+0634)"),
            ("ש", "(U+05E9)"),
            ("\ud800", "(U+D800)"),
            ("a\x00b", "a(U+0000)b"),
        ],
    )
    def test_a_letter_no_font_has_is_shown_by_its_number(self, typed: str, seen: str) -> None:
        made = printed(content=paper(head={"pupil": f"Zoë {typed}"}, lines=line(typed)))
        assert text_of(made).replace(" ", "").count(seen) >= 2

    def test_combining_accents_become_one_letter_and_joiners_vanish(self) -> None:
        assert shown("e\u0308\u200d") == "ë"

    def test_lines_end_as_lines_whatever_ends_them(self) -> None:
        assert shown("a\r\nb\rc\u2028d\te\u00a0f") == "a\nb\nc\nd e f"


class TestContent:
    def test_what_a_person_typed_is_text_and_never_markup(self) -> None:
        said = "<b>vet</b> & <img src='file:///etc/passwd'> {{ paper }} <pdf:nextpage>"
        made = printed(content=paper(head={"pupil": said, "school": said, "status": said}, lines=line(said)))
        assert text_of(made).count(said) >= 2
        assert len(pages_of(made)) == 1

    def test_every_page_bears_its_number_the_child_the_school_the_moment_and_the_version(self) -> None:
        pages = pages_of(printed(content=paper(columns=["Toets"], rows=[[f"T {row}"] for row in range(120)])))
        assert len(pages) > 2
        for number, text in enumerate(pages, start=1):
            for words in (
                f"Pagina {number} van {len(pages)}",
                "Zoë van der Berg · 78018",
                "De Peppel",
                "Gemaakt op 17 maart 2027 om 10.00 uur · versie 3",
            ):
                assert words in text

    def test_a_table_bears_its_title_and_its_head_on_every_page_and_loses_no_row(self) -> None:
        rows = [[f"rij{row}.", "x"] for row in range(120)]
        pages = pages_of(printed(content=paper(title="Verzuim", columns=["Van", "Reden"], rows=rows)))
        for text in pages:
            assert "Verzuim Van Reden" in text
        assert all(sum(row[0] in text for text in pages) == 1 for row in rows)

    def test_a_stamp_stands_on_every_page_of_what_is_not_definitive(self) -> None:
        said = paper(columns=["Toets"], rows=[["x"]] * 120)
        stamped = pages_of(printed(content={**said, "stamp": "CONCEPT"}))
        assert all("CONCEPT" in text for text in stamped)
        assert "CONCEPT: definitief" in stamped[0]
        assert "CONCEPT" not in text_of(printed(content=said))

    def test_who_signs_has_a_line(self) -> None:
        made = text_of(printed(content=paper(head={"signatures": ["Ouder 1", "Ouder 2", "Leerling"]})))
        for who in ("Ouder 1", "Ouder 2", "Leerling"):
            assert f"{who}: naam, datum en handtekening" in made

    def test_what_a_reader_aloud_and_an_archive_need_is_in_it(self) -> None:
        file = read(printed(content=paper()))
        assert file.metadata is not None
        assert file.metadata.title == "Oki-doc Zoë van der Berg"
        assert file.metadata.author == "ELK Amstelland"
        assert str(file.metadata["/CreationDate"]).startswith("D:20270317")
        assert file.trailer["/Root"]["/Lang"] == "nl"  # type: ignore[index]

    def test_the_same_words_make_the_same_file(self) -> None:
        said = paper(lines=line(NAMES), columns=["A"], rows=[["b"]])
        assert printed(content=said) == printed(content=json.loads(json.dumps(said)))

    def test_each_section_is_a_bookmark(self) -> None:
        outline = read(printed(content=paper(lines=line("x")))).outline
        assert [str(entry.title) for entry in outline] == ["Leerling"]  # type: ignore[union-attr]


class TestMuch:
    @pytest.mark.parametrize("length", [LONG + 1, 8000, 60_000])
    def test_long_text_goes_on_over_pages_and_none_is_lost(self, length: int) -> None:
        words = [f"woord{place}." for place in range(length // 8)]
        made = printed(content=paper(lines=line(" ".join(words))))
        assert len(pages_of(made)) > length // 6000
        kept = [word for word in text_of(made).split() if word.startswith("woord")]
        assert kept == words

    def test_paragraphs_stay_paragraphs(self) -> None:
        made = printed(content=paper(lines=line("Eerste.\n\n" + "Tweede.\r\n" * 30)))
        assert text_of(made).count("Tweede.") == 30

    @pytest.mark.parametrize("columns", [1, 2, 5, 8])
    def test_a_word_longer_than_its_column_is_broken_and_stays_on_the_page(self, columns: int) -> None:
        row = ["q" * 300, *["b"] * (columns - 1)]
        made = printed(content=paper(columns=["K"] * columns, rows=[row]))
        assert text_of(made).replace(" ", "").count("q") == 300
        assert rightmost(made) < 560

    def test_so_is_one_in_a_line_a_text_and_a_name(self) -> None:
        for said in (paper(lines=line("q" * 500)), paper(lines=line("q" * 5000))):
            assert rightmost(printed(content=said)) < 560
        long = {"pupil": "Q" * 260, "school": "S" * 160}
        made = printed(content=paper(head=long))
        assert rightmost(made) < 560
        assert "Pagina 1 van 1" in text_of(made)

    def test_a_cell_longer_than_a_page_loses_nothing(self) -> None:
        words = [f"woord{place}." for place in range(3000)]
        text = text_of(printed(content=paper(columns=["A", "B"], rows=[["x", " ".join(words)]])))
        assert [word for word in text.split() if word.startswith("woord")] == words

    def test_the_most_rows_of_a_section_are_printed(self) -> None:
        made = printed(content=paper(columns=list("ABCDE"), rows=[["01-01-2026", "x", "ja", "", "y"]] * 400))
        assert len(pages_of(made)) > 8

    def test_a_megabyte_of_text_is_printed(self) -> None:
        assert len(printed(content=paper(lines=line("Zoë werkt goed. " * 65_000)))) > 100_000

    def test_more_than_anyone_reads_is_refused(self) -> None:
        with pytest.raises(TooMuchToPrint, match="rows"):
            laid_out(paper(columns=["A"], rows=[["x"]] * (MOST_ROWS + 1)))
        with pytest.raises(TooMuchToPrint, match="letters"):
            laid_out(paper(lines=line("x" * (MOST_LETTERS + 1))))


def rightmost(content: bytes) -> float:
    """How far to the right anything begins, in points; a page is 595 wide."""
    places: list[float] = []

    def note(text: str, cm: Any, tm: Any, _font: Any, size: Any) -> None:
        if text.strip():
            longest = max(len(part) for part in text.splitlines())
            places.append(float(tm[4]) + float(cm[4]) + (0.3 * float(size) * longest if "q" in text else 0))

    for page in read(content).pages:
        page.extract_text(visitor_text=note)
    return max(places)


class TestNothingIsFetched:
    @pytest.mark.parametrize(
        "reach",
        [
            "<img src='{file}'>",
            "<link rel='stylesheet' href='{file}'>",
            "<style>@font-face {{ font-family: x; src: url('{file}'); }} p {{ font-family: x }}</style><p>x</p>",
            "<pdf:include src='{file}'>",
            "<img src='http://127.0.0.1:9/x.png'>",
        ],
    )
    def test_even_a_template_that_asks_for_it_gets_nothing(
        self, reach: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from pathlib import Path

        from documents import printing

        opened: list[str] = []
        file = Path(printing.__file__)
        real = Path.open

        def watched(self: Path, *given: Any, **named: Any) -> Any:
            opened.append(str(self))
            return real(self, *given, **named)

        monkeypatch.setattr(Path, "open", watched)
        template = printing.environment().from_string(f"<body>{reach.format(file=file)}<p>x</p></body>")
        monkeypatch.setattr(printing.environment(), "get_template", lambda _name: template)
        printed(content=paper())
        assert str(file) not in opened
