"""A workbook gives the rows that the same list as text would give."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from imports import KINDS, read
from tests.imports.lines import HEADER, NOOR, PUPILS, pupils


def workbook(rows: Sequence[Sequence[object]], *, after_an_empty_sheet: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if after_an_empty_sheet:
        sheet = book.create_sheet("Leerlingen")
    for row in rows:
        sheet.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


class TestASpreadsheet:
    def test_gives_the_same_rows_as_a_csv(self) -> None:
        content = workbook(
            [
                HEADER.split(";"),
                [10001, 111222333, "Noor", "van der", "Berg", date(2015, 2, 3), "91AA", "1181SA"],
            ]
        )
        assert read(kind=PUPILS, content=content) == pupils(HEADER, NOOR)

    def test_gets_back_the_zero_of_a_bsn(self) -> None:
        content = workbook(
            [HEADER.split(";"), [10001, 10464554, "Noor", None, "Berg", datetime(2015, 2, 3), "91AA"]]
        )
        rows, problems = read(kind=PUPILS, content=content)
        assert problems == []
        assert rows[0].get("bsn") == "010464554"

    def test_may_begin_with_an_empty_sheet_and_empty_lines(self) -> None:
        content = workbook([[], [], HEADER.split(";"), NOOR.split(";")], after_an_empty_sheet=True)
        rows, problems = read(kind=PUPILS, content=content)
        assert problems == []
        assert rows[0].line == 4

    def test_names_what_is_wrong_by_the_number_of_its_row(self) -> None:
        content = workbook(
            [HEADER.split(";"), NOOR.split(";"), ["10002", "123456789", "Sam", "", "Berg", "x", "91AA"]]
        )
        _, problems = read(kind=PUPILS, content=content)
        assert [(problem.line, problem.column) for problem in problems] == [(3, "BSN"), (3, "Geboortedatum")]

    def test_has_moments(self) -> None:
        content = workbook(
            [["Periode", "Opent", "Sluit"], ["Aanmeldweek", datetime(2027, 3, 15, 9), datetime(2027, 3, 19)]]
        )
        rows, problems = read(kind=KINDS["periods"], content=content)
        assert problems == []
        assert rows[0].get("closes_at") == datetime(2027, 3, 19, tzinfo=ZoneInfo("Europe/Amsterdam"))

    @pytest.mark.parametrize("content", [b"PK\x03\x04 en verder niets", b"\xd0\xcf\x11\xe0" + bytes(600)])
    def test_that_is_damaged_or_has_a_password_is_refused(self, content: bytes) -> None:
        rows, problems = read(kind=PUPILS, content=content)
        assert (rows, len(problems)) == ([], 1)
