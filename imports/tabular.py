"""Lines of cells out of a CSV or a spreadsheet, whatever program wrote it.

CSV: `;`, `,` or tab, UTF-8 with or without BOM, UTF-16 with BOM, or Windows-1252. Spreadsheets: XLSX, and
what else the reader knows. Every cell becomes the text a person would have typed.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from imports.problem import Unreadable

MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED = 512 * 1024 * 1024
MOST_LINES = 200_000
DELIMITERS = ";,\t"
# How far down a file may have a title, a date and empty lines before its header.
HEADER_WITHIN = 10

_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")

Line = tuple[int, list[str]]


def lines_of(content: bytes, *, known: Callable[[str], bool]) -> list[Line]:
    """Every line that is not empty, with its number; the first is the header.

    `known`: whether a text is the name of a column: that finds the header and, in a CSV, the delimiter.
    Raises `Unreadable`.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable("Het bestand is te groot. Lever het in delen van ten hoogste 64 MB.")
    if not content.strip():
        raise Unreadable("Het bestand is leeg.")
    if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        found = _spreadsheet(content)
    else:
        found = _csv(_text(content), known)
    lines = []
    for number, cells in found:
        if any(cells):
            lines.append((number, cells))
            if len(lines) > MOST_LINES:
                raise Unreadable(f"Het bestand heeft meer dan {MOST_LINES} regels. Lever het in delen.")
    if not lines:
        raise Unreadable("Het bestand is leeg.")
    return lines[_header(lines, known) :]


def _header(lines: list[Line], known: Callable[[str], bool]) -> int:
    """The place of the header: of the first lines the one that names most columns, else the first."""
    counts = [sum(known(cell) for cell in cells) for _, cells in lines[:HEADER_WITHIN]]
    return counts.index(max(counts))


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding, name = "utf-16", "UTF-16"
    else:
        encoding, name = "utf-8-sig", "UTF-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as wrong:
        # One damaged letter in UTF-8 must not turn every ë of the file into Ã«.
        if name == "UTF-16" or _UTF8_LETTER.search(content):
            raise Unreadable(
                f"Hier staat een beschadigd teken; het bestand is verder {name}. Maak de export opnieuw.",
                line=content.count(b"\n", 0, wrong.start) + 1,
            ) from None
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as wrong:
        raise Unreadable(
            "Hier staat een teken dat niet te lezen is. Sla het bestand op als UTF-8.",
            line=content.count(b"\n", 0, wrong.start) + 1,
        ) from None


def _csv(text: str, known: Callable[[str], bool]) -> Iterator[Line]:
    first = 1
    if text[:4].lower() == "sep=":
        # What Excel writes above a file, for itself.
        _, _, text = text.partition("\n")
        first = 2
    return _records(text, delimiter=_delimiter(text, known), first=first)


def _delimiter(text: str, known: Callable[[str], bool]) -> str:
    """The one under which most names of columns appear; names may hold the others, in quotes."""

    def names(delimiter: str) -> int:
        best = 0
        try:
            for place, (_, cells) in enumerate(_records(text, delimiter=delimiter, first=1)):
                if place == HEADER_WITHIN:
                    break
                best = max(best, sum(known(cell) for cell in cells))
        except Unreadable:
            pass
        return best

    return max(DELIMITERS, key=names)


def _records(text: str, *, delimiter: str, first: int) -> Iterator[Line]:
    """Records with the number of the line they begin on: a cell in quotes may hold line ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = first
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise Unreadable(_said(wrong), line=begins) from None
        yield begins, [cell.strip() for cell in cells]
        begins = first + reader.line_num


def _said(wrong: csv.Error) -> str:
    text = str(wrong)
    if "limit" in text:
        return "Een cel op deze regel is te lang. Misschien ontbreekt een sluitend aanhalingsteken."
    return 'De aanhalingstekens (") op deze regel kloppen niet. Misschien ontbreekt het sluitende.'


def _spreadsheet(content: bytes) -> Iterator[Line]:
    """The first sheet that holds anything."""
    _refuse_bomb(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(cell != "" for row in rows for cell in row):
                return ((number, [_typed(cell) for cell in row]) for number, row in enumerate(rows, start=1))
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as wrong:
        reason = "Dit werkblad is niet te lezen. Sla het op als XLSX zonder wachtwoord, of als CSV."
        raise Unreadable(reason) from wrong
    return iter(())


def _refuse_bomb(content: bytes) -> None:
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
    except zipfile.BadZipFile as wrong:
        raise Unreadable("Dit bestand is beschadigd. Sla het werkblad opnieuw op.") from wrong
    if unpacked > MOST_UNPACKED:
        raise Unreadable("Dit werkblad is uitgepakt te groot. Lever het in delen, of als CSV.")


def _typed(cell: Any) -> str:
    """A cell of a spreadsheet as a person would have typed it."""
    match cell:
        case str():
            return cell.strip()
        case bool():
            return "ja" if cell else "nee"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() != time(0):
            return cell.strftime("%d-%m-%Y %H:%M")
        case date():
            return cell.strftime("%d-%m-%Y")
        case time():
            return cell.strftime("%H:%M")
        case None:
            return ""
    return str(cell)
