"""From what a paper says to what the template lays out: letters that can be seen, columns that fit."""

from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from documents.letters import broken, shown, width_of
from rules.calendar import in_dutch

MOST_LETTERS = 2_000_000
MOST_ROWS = 10_000
# The time a table or a paragraph takes grows with the square of its length: long ones are cut.
# No section of an Oki-doc has more rows than these.
ROWS_TOGETHER = 400

# Longer ones stand under their label, over the whole width, and go on over pages as text does.
LONG = 600
LINES = 12

# As `paper.html` has them, in points.
WIDTH = 483.0
LABEL_WIDTH = 165.0
BODY = 10.0
CELL = 8.8
PADDING = 9.0
GAP = 8.0  # Between a label and its value.
WIDEST_WORD = 160.0
WIDEST_LINE = 380.0
HEAD = 8.0
PIECE = 1500
SHORT = 30


class TooMuchToPrint(Exception):
    """More than a document of one child can be: nobody would read it, and it would block the others."""


def laid_out(content: dict[str, Any]) -> dict[str, Any]:
    """What the template reads. Raises `TooMuchToPrint`."""
    sections = content["sections"]
    if sum(len(section["rows"]) for section in sections) > MOST_ROWS:
        raise TooMuchToPrint(f"more than {MOST_ROWS} rows")
    if sum(_letters(section) for section in sections) > MOST_LETTERS:
        raise TooMuchToPrint(f"more than {MOST_LETTERS} letters")
    words = ("title", "status", "pupil", "elk_number", "school", "region", "stamp")
    said = {name: shown(content[name]) for name in words}
    return {
        **said,
        "pupil_short": _short(said["pupil"][:260], width=130 if said["stamp"] else 200),
        "school_short": _short(said["school"][:260], width=125 if said["stamp"] else 150),
        "made_at": in_dutch(moment=datetime.fromisoformat(content["made_at"])),
        "version": content["version"],
        "title": broken(said["title"], size=22, width=WIDTH),
        "status": broken(said["status"], size=10.5, width=WIDTH - 16),
        "sections": [
            {"title": shown(section["title"]), "blocks": list(_blocks(section))} for section in sections
        ],
        "signatures": [[shown(who) for who in pair] for pair in _pairs(content["signatures"])],
    }


def _pairs(names: list[str]) -> list[list[str]]:
    return [names[place : place + 2] for place in range(0, len(names), 2)]


def _letters(section: dict[str, Any]) -> int:
    lines = sum(len(line["value"]) for line in section["lines"])
    return lines + sum(len(cell) for row in section["rows"] for cell in row)


def _short(text: str, *, width: float) -> str:
    """For the head of the page, which has one line."""
    line = " ".join(text.split())
    if width_of(line, size=HEAD) <= width:
        return line
    while width_of(f"{line}…", size=HEAD) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _blocks(section: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Facts side by side, long text under its label, a table; in the order they were said."""
    facts: list[dict[str, Any]] = []
    for line in section["lines"]:
        label, text = _fit(line["label"], LABEL_WIDTH), shown(line["value"])
        if len(text) <= LONG and text.count("\n") < LINES:
            facts.append({"label": label, "parts": _fit(text, WIDTH - LABEL_WIDTH).split("\n")})
            continue
        if facts:
            yield {"kind": "facts", "lines": facts}
            facts = []
        whole = filter(str.strip, _fit(text, WIDTH).split("\n"))
        yield {"kind": "text", "label": label, "parts": [piece for part in whole for piece in _pieces(part)]}
    if facts:
        yield {"kind": "facts", "lines": facts}
    if section["rows"]:
        yield from _tables(section)


def _fit(text: str, width: float) -> str:
    return broken(shown(text), size=BODY, width=width - PADDING)


def _pieces(text: str) -> list[str]:
    """Parts of a length the printer can split over pages quickly, each of whole words; one when it is short."""
    return wrap(text, PIECE, break_long_words=False, break_on_hyphens=False) if len(text) > PIECE else [text]


def _tables(section: dict[str, Any]) -> Iterator[dict[str, Any]]:
    rows = [[shown(cell) for cell in row] for row in section["rows"]]
    labels = [shown(column) for column in section["columns"]]
    widths = _widths([labels, *rows])

    def fitting(row: list[str]) -> list[str]:
        return [
            broken(cell, size=CELL, width=width - PADDING) for cell, width in zip(row, widths, strict=True)
        ]

    columns = [
        {"label": label, "width": round(width, 1)}
        for label, width in zip(fitting(labels), widths, strict=True)
    ]
    for begin in range(0, len(rows), ROWS_TOGETHER):
        yield {
            "kind": "rows",
            "title": "" if section["lines"] or begin else shown(section["title"]),
            "columns": columns,
            "rows": [part for row in rows[begin : begin + ROWS_TOGETHER] for part in _rows_of(fitting(row))],
        }


def _rows_of(row: list[str]) -> Iterator[tuple[list[str], ...]]:
    """Cells as lines. A row whose cell is longer than a page goes on in rows below it."""
    return zip_longest(*map(_cells, row), fillvalue=[])


def _cells(text: str) -> list[list[str]]:
    """The lines of a cell, in parts that the printer can split over pages."""
    cells: list[list[str]] = [[]]
    for piece in (piece for line in text.split("\n") for piece in _pieces(line)):
        if cells[-1] and sum(map(_room, cells[-1])) + _room(piece) > PIECE:
            cells.append([])
        cells[-1].append(piece)
    return cells


def _room(line: str) -> int:
    """A line takes room, however short it is."""
    return max(len(line), SHORT)


def _widths(rows: list[list[str]]) -> list[float]:
    """Points for each column: its longest word first, then its longest line, as far as there is room."""
    least, most = [], []
    for column in zip(*rows, strict=True):
        lines = [width_of(line[:200], size=CELL) for cell in column for line in cell.split("\n")]
        words = [width_of(word[:200], size=CELL) for cell in column for word in cell.split()]
        least.append(PADDING + min(max(words, default=0.0), WIDEST_WORD))
        most.append(PADDING + min(max(lines), WIDEST_LINE))
    if sum(least) > WIDTH:
        return [width * WIDTH / sum(least) for width in least]
    wishes = [max(0.0, wish - width) for wish, width in zip(most, least, strict=True)]
    if sum(wishes) + sum(least) > WIDTH:
        return [
            width + given for width, given in zip(least, _shared(wishes, WIDTH - sum(least)), strict=True)
        ]
    return [width * WIDTH / sum(most) for width in most]


def _shared(wishes: list[float], room: float) -> list[float]:
    """Who wishes little gets all of it; the others share what is left."""
    given = [0.0] * len(wishes)
    for left, place in enumerate(sorted(range(len(wishes)), key=wishes.__getitem__)):
        given[place] = min(wishes[place], room / (len(wishes) - left))
        room -= given[place]
    return given
