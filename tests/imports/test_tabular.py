"""A file of a school becomes rows, whatever program wrote it; what is wrong is named by line and column."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports import KINDS, Row, read
from tests.imports.lines import HEADER, NOOR, PUPILS, pupils, reasons


class TestALine:
    def test_becomes_typed_values(self) -> None:
        rows, problems = pupils(HEADER, NOOR)
        assert problems == []
        assert rows == [
            Row(
                2,
                {
                    "elk_number": "10001",
                    "bsn": "111222333",
                    "first_name": "Noor",
                    "infix": "van der",
                    "last_name": "Berg",
                    "birth_date": date(2015, 2, 3),
                    "brin": "91AA",
                    "location": "00",
                    "postcode": "1181 SA",
                },
            )
        ]

    def test_says_nothing_where_a_cell_is_empty(self) -> None:
        rows, _ = pupils(HEADER, "10001;;Noor;;Berg;03-02-2015;91AA;")
        assert set(rows[0].values) == {
            "elk_number",
            "first_name",
            "last_name",
            "birth_date",
            "brin",
            "location",
        }

    def test_may_be_shorter_than_the_header(self) -> None:
        rows, problems = pupils(HEADER, "10001;;Noor;;Berg;03-02-2015;91AA")
        assert (len(rows), problems) == (1, [])

    def test_that_is_longer_than_the_header_is_named(self) -> None:
        rows, problems = pupils(HEADER, NOOR + ";nog iets")
        assert rows == []
        assert problems[0].line == 2
        assert "meer cellen dan de kop" in problems[0].reason

    def test_keeps_every_letter(self) -> None:
        rows, _ = pupils(HEADER, "10001;;Doğan Łukasz;;李-O'Neill;03-02-2015;91AA;")
        assert (rows[0].get("first_name"), rows[0].get("last_name")) == ("Doğan Łukasz", "李-O'Neill")


class TestAFile:
    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_may_have_any_delimiter_and_line_end(self, delimiter: str, end: str) -> None:
        text = end.join([HEADER, NOOR]).replace(";", delimiter)
        rows, problems = read(kind=PUPILS, content=text.encode())
        assert (len(rows), problems) == (1, [])

    def test_may_hold_the_other_delimiter_within_its_cells(self) -> None:
        content = (
            'Roepnaam,Achternaam,Geboortedatum,BRIN,Groep\nNoor,Berg,3-2-2015,91AA,"8a; 8b; 8c; de rest"\n'
        )
        rows, problems = read(kind=PUPILS, content=content.encode())
        assert problems == []
        assert rows[0].get("class_group") == "8a; 8b; 8c; de rest"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    def test_may_have_any_encoding_that_offices_use(self, encoding: str) -> None:
        rows, problems = pupils(HEADER, "10001;;Zoë;;Coëlho;3-2-2015;91AA;", encoding=encoding)
        assert problems == []
        assert rows[0].get("first_name") == "Zoë"

    def test_of_utf8_with_one_damaged_letter_is_not_read_as_windows_1252(self) -> None:
        content = f"{HEADER}\n10001;;Zoë;;Berg;3-2-2015;91AA;\n10002;;N\xff;;Berg;3-2-2015;91AA;".encode(
            "latin-1"
        )
        content = content.replace("Zoë".encode("latin-1"), "Zoë".encode())
        rows, problems = read(kind=PUPILS, content=content)
        assert rows == []
        assert [problem.line for problem in problems] == [3]
        assert "beschadigd teken" in problems[0].reason

    def test_of_bytes_that_no_encoding_has_is_named(self) -> None:
        _, problems = read(kind=PUPILS, content=f"{HEADER}\n10001;;No\x81r".encode("latin-1"))
        assert [problem.line for problem in problems] == [2]

    @pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \r\n ; ; \r\n"])
    def test_without_anything_in_it_is_refused(self, content: bytes) -> None:
        rows, problems = read(kind=PUPILS, content=content)
        assert (rows, len(problems)) == ([], 1)

    def test_with_a_header_alone_is_refused(self) -> None:
        assert reasons(pupils(HEADER)[1]) == ["Er staan geen regels onder de kop."]

    def test_may_have_a_title_above_its_header(self) -> None:
        rows, problems = pupils("Leerlingen groep 8;;;", "", "Gemaakt op 1-2-2027", HEADER, NOOR)
        assert problems == []
        assert rows[0].line == 5

    def test_may_begin_as_excel_begins_it(self) -> None:
        rows, problems = pupils("sep=;", HEADER, NOOR)
        assert (rows[0].line, problems) == (3, [])

    def test_counts_lines_as_an_editor_does(self) -> None:
        rows, problems = read(
            kind=PUPILS,
            content=(
                b"Roepnaam;Achternaam;Geboortedatum;BRIN;Motivering\n"
                b'Noor;Berg;3-2-2015;91AA;"eerst dit\nen dan dat"\n'
                b"\n"
                b"Sam;Berg;31-2-2015;91AA;\n"
            ),
        )
        assert rows[0].get("motivation") == "eerst dit\nen dan dat"
        assert reasons(problems) == [
            "regel 5, kolom Geboortedatum: "
            "Deze datum bestaat niet of is anders geschreven. Schrijf dd-mm-jjjj."
        ]

    @pytest.mark.parametrize("cell", ['"Noor', '"Noor"tje', '"' + "x" * 200_000])
    def test_with_quotes_that_do_not_fit_is_named_by_line(self, cell: str) -> None:
        rows, problems = pupils(HEADER, NOOR, f"10002;;{cell};;Berg;3-2-2015;91AA;")
        assert rows == []
        assert [problem.line for problem in problems] == [3]
        assert "aanhalingsteken" in problems[0].reason


class TestAHeader:
    def test_may_have_any_order_case_and_synonyms(self) -> None:
        rows, problems = pupils(
            "geboren;ACHTERNAAM;Brin-nummer;elk nr;voornaam;Ouder/verzorger 1: E-mailadres;ouder 1 naam",
            "3-2-2015;Berg;91aa03;10001;Noor;a@example.nl;Berg",
        )
        assert problems == []
        assert rows[0].get("first_name") == "Noor"
        assert (rows[0].get("brin"), rows[0].get("location")) == ("91AA", "03")
        assert rows[0].get("guardian1_email") == "a@example.nl"

    def test_that_misses_a_column_says_which_and_no_more(self) -> None:
        _, problems = pupils("Roepnaam;BRIN", "Noor;fout")
        assert reasons(problems) == [
            "regel 1, kolom Achternaam: Deze kolom ontbreekt.",
            "regel 1, kolom Geboortedatum: Deze kolom ontbreekt.",
        ]

    def test_with_an_unknown_column_says_what_may_be_meant(self) -> None:
        _, problems = pupils(HEADER.replace("Postcode", "Postkode"), NOOR)
        assert len(problems) == 1
        assert problems[0].column == "Postkode"
        assert "Bedoelt u Postcode?" in problems[0].reason

    def test_may_say_that_a_column_is_for_people(self) -> None:
        rows, problems = pupils(HEADER + ";# opmerking", NOOR + ";bellen")
        assert (len(rows), problems) == (1, [])

    def test_may_end_in_nothing_but_not_over_something(self) -> None:
        assert pupils(HEADER + ";", NOOR + ";")[1] == []
        assert "geen naam" in pupils(HEADER + ";", NOOR + ";bellen")[1][0].reason

    def test_with_a_column_twice_is_named(self) -> None:
        _, problems = pupils(HEADER + ";Voornaam", NOOR + ";Noor")
        assert reasons(problems) == ["regel 1, kolom Voornaam: De kolom Roepnaam staat er twee keer."]


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("was", "cell", "column", "reason"),
        [
            ("111222333", "123456789", "BSN", "elfproef"),
            ("111222333", "000000000", "BSN", "elfproef"),
            ("03-02-2015", "30-02-2015", "Geboortedatum", "datum"),
            ("1181 SA", "118 SA", "Postcode", "postcode"),
            ("10001", "1001", "ELK-nummer", "vijf cijfers"),
            ("91AA", "A1AA", "BRIN", "geen BRIN"),
            ("91AA", "", "BRIN", "Vul de BRIN"),
            ("Noor", "", "Roepnaam", "Vul deze cel in"),
            ("Noor", "No\0or", "Roepnaam", "teken"),
            ("Noor", "x" * 1_000_000, "Roepnaam", ""),
        ],
    )
    def test_is_named_by_line_column_and_reason(self, was: str, cell: str, column: str, reason: str) -> None:
        rows, problems = pupils(
            HEADER, NOOR.replace("10001", "10009").replace("111222333", ""), NOOR.replace(was, cell)
        )
        if len(cell) > 100_000:
            assert [problem.line for problem in problems] == [3]
            return
        assert [row.line for row in rows] == [2]
        assert [(problem.line, problem.column) for problem in problems] == [(3, column)]
        assert reason in problems[0].reason

    def test_is_all_named_at_once(self) -> None:
        _, problems = pupils(HEADER, "1;2;;;Berg;x;y;z", NOOR, "10002;1;Sam;;;3-2-2015;91AA;1")
        assert [(problem.line, problem.column) for problem in problems] == [
            (2, "BRIN"),
            (2, "BSN"),
            (2, "ELK-nummer"),
            (2, "Geboortedatum"),
            (2, "Postcode"),
            (2, "Roepnaam"),
            (4, "Achternaam"),
            (4, "BSN"),
            (4, "Postcode"),
        ]

    def test_is_a_number_that_stands_on_two_lines(self) -> None:
        _, problems = pupils(
            HEADER, NOOR, NOOR.replace("111222333", "123456782"), NOOR.replace("10001", "10002")
        )
        assert reasons(problems) == [
            "regel 3, kolom ELK-nummer: Dit staat ook op regel 2.",
            "regel 4, kolom BSN: Dit staat ook op regel 2.",
        ]

    def test_never_shows_a_bsn(self) -> None:
        _, problems = pupils(HEADER, NOOR.replace("111222333", "123456789"))
        assert "123456789" not in " ".join(reasons(problems))

    def test_is_an_outside_pupil_with_a_school_of_the_region(self) -> None:
        _, problems = pupils(HEADER, NOOR.replace("10001", "B10001"))
        assert [problem.column for problem in problems] == ["BRIN"]

    def test_is_a_parent_without_a_name(self) -> None:
        _, problems = pupils(HEADER + ";Ouder 2 e-mail", NOOR + ";a@example.nl")
        assert [problem.column for problem in problems] == ["Ouder 2 achternaam"]


class TestAnyBytes:
    @given(st.binary(max_size=400))
    def test_are_read_or_refused_in_words(self, content: bytes) -> None:
        rows, problems = read(kind=PUPILS, content=HEADER.encode() + b"\n" + content)
        assert rows or problems
        for problem in problems:
            assert problem.reason.endswith((".", "?"))

    @given(st.lists(st.text(max_size=12), min_size=8, max_size=8), st.sampled_from(sorted(KINDS)))
    def test_in_any_column_are_read_or_named(self, cells: list[str], kind: str) -> None:
        header = ";".join(column.header for column in KINDS[kind].columns[:8])
        line = ";".join('"' + cell.replace('"', '""') + '"' for cell in cells)
        rows, problems = read(kind=KINDS[kind], content=f"{header}\n{line}".encode("utf-8", "replace"))
        assert len(rows) + len(problems) > 0
