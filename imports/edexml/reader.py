"""From bytes to elements, as they stream by: no network, no DTD, no entities, one element in memory at a time."""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from imports.edexml.fields import ADDITIONS, HOLDERS, ROWS, Shape
from imports.problem import Unreadable
from imports.xml import SAFELY

MOST_BYTES = 32 * 1024 * 1024
MOST_ROWS = 20_000
MOST_ELEMENTS = 250_000
MOST_IN_A_ROW = 400
# So much without one element is no roster: a comment, a DTD or a tag of a megabyte.
MOST_BETWEEN = 1024 * 1024
PIECE = 64 * 1024
MOST_NAMED = 40

_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_ENCODING_FAULTS = {
    etree.ErrorTypes.ERR_INVALID_ENCODING,
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
    etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
}
_NOT_WHOLE = "Dit is geen goede XML: het bestand is niet compleet of beschadigd. Maak de export opnieuw."
_LETTERS = "De letters in dit bestand passen niet bij de codering die bovenaan staat. Maak de export opnieuw, in UTF-8."
_OTHERS = {
    "dossier": "Dit is een OSO-dossier en geen EDEXML.",
    "html": "Dit is een webpagina en geen EDEXML. Download de export opnieuw.",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a pupil or a teacher names a group. `place`: groep, samengestelde_groep or vestiging."""

    place: str
    key: str
    roles: tuple[str, ...] = ()


@dataclass(kw_only=True, slots=True)
class Element:
    """One row of the file as it stands there. `broken`: fields with something else in them than text."""

    shape: Shape
    line: int
    key: str
    eck_id: str
    values: dict[str, list[str]] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)


@dataclass(kw_only=True, slots=True)
class Roster:
    """A whole file. `unknown`: what the standard does not have; `dropped`: what it has and Loket does not keep."""

    rows: list[Element] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, set[str]] = field(default_factory=dict)
    additions: bool = False

    def of(self, shape: Shape) -> list[Element]:
        return [row for row in self.rows if row.shape is shape]


def read(*, pieces: Iterable[bytes]) -> Roster:
    """The rows of a file that comes in pieces of `PIECE` bytes. Raises `Unreadable`: then there are none."""
    reading = _Reading()
    for event, element in _events(pieces):
        if event == "start":
            reading.start(element)
        else:
            reading.end(element)
            _forget(element)
    return reading.roster


def _events(pieces: Iterable[bytes]) -> Iterator[tuple[str, Any]]:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        **SAFELY,
    )
    letters, total, since, many = _Letters(), 0, 0, 0
    try:
        for piece in pieces:
            total += len(piece)
            since += len(piece)
            if total > MOST_BYTES:
                raise Unreadable("Het bestand is te groot. Een export van één school is kleiner dan 32 MB.")
            letters.see(piece)
            parser.feed(piece)
            for found in parser.read_events():
                since, many = 0, many + 1
                yield found
            if many > 2 * MOST_ELEMENTS:
                raise Unreadable("Er staat veel meer in dan in een export van één school.")
            if since > MOST_BETWEEN:
                raise Unreadable("Er staat een stuk van meer dan 1 MB in zonder één gegeven.")
        if total == 0:
            raise Unreadable("Het bestand is leeg.")
        parser.close()
        yield from parser.read_events()
    except etree.XMLSyntaxError as wrong:
        reason = _LETTERS if wrong.code in _ENCODING_FAULTS else _NOT_WHOLE
        raise Unreadable(reason, line=wrong.lineno or 0) from None
    letters.judge()


def _forget(element: Any) -> None:
    """What was read leaves memory, and what stood before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


class _Letters:
    """UTF-8 that calls itself Latin-1 reads without a fault, and turns every ë into Ã«."""

    def __init__(self) -> None:
        self._decoder: Any = None
        self._plain = True
        self._begun = False

    def see(self, piece: bytes) -> None:
        if not self._begun:
            self._begun = True
            declared = _DECLARED.match(piece)
            if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
                self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._plain = self._plain and piece.isascii()
        if self._decoder is not None:
            try:
                self._decoder.decode(piece)
            except UnicodeDecodeError:
                self._decoder = None

    def judge(self) -> None:
        if self._decoder is not None and not self._plain:
            raise Unreadable(_LETTERS)


class _Reading:
    """Where in the file we are, and what was found."""

    def __init__(self) -> None:
        self.roster = Roster()
        self._paths: list[str] = []
        self._row: Element | None = None
        self._at = ""
        self._roles: list[str] = []

    def start(self, element: Any) -> None:
        if not self._paths:
            _begin(element)
        path = f"{self._paths[-1]}/{element.tag}" if self._paths else element.tag
        self._paths.append(path)
        if self._row is not None:
            self._inside(element, path[len(self._at) + 1 :])
        elif path in ROWS:
            if len(self.roster.rows) == MOST_ROWS:
                raise Unreadable(f"Er staan meer dan {MOST_ROWS} regels in. Een school heeft er minder.")
            self._at = path
            self._row = Element(
                shape=ROWS[path],
                line=element.sourceline or 0,
                key=_attribute(element, "key"),
                eck_id=_attribute(element, "eckid"),
            )
            self.roster.rows.append(self._row)
        elif path not in HOLDERS:
            self._name(path, element)

    def _inside(self, element: Any, below: str) -> None:
        assert self._row is not None
        shape = self._row.shape
        head = below.partition("/")[0]
        if head == ADDITIONS:
            self.roster.additions = True
        elif below not in shape.paths:
            self._name(f"{shape.dutch}/{below}", element)
            for leaf in shape.leaves:
                if below.startswith(f"{leaf}/"):
                    self._row.broken.add(leaf)
        elif below in shape.dropped:
            self.roster.dropped.setdefault(shape.dutch, set()).add(below)
        elif below in shape.references:
            self._roles = []

    def end(self, element: Any) -> None:
        path = self._paths.pop()
        row = self._row
        if row is None:
            return
        if path == self._at:
            self._row = None
            return
        below = path[len(self._at) + 1 :]
        if below in row.shape.references:
            place = below.rpartition("/")[2]
            row.references.append(Reference(place, _attribute(element, "key"), tuple(self._roles)))
        elif below in row.shape.leaves:
            text = _shortened(element.text)
            if "/" in below:
                self._roles.append(text)
            else:
                row.values.setdefault(below, []).append(text)
        held = len(row.references) + len(self._roles) + sum(map(len, row.values.values()))
        if held > MOST_IN_A_ROW:
            raise Unreadable("Hier staat veel meer dan in één regel hoort.", line=row.line)

    def _name(self, path: str, element: Any) -> None:
        """Once, and not without end."""
        if len(self.roster.unknown) < MOST_NAMED:
            self.roster.unknown.setdefault(path[:100], element.sourceline or 0)


def _begin(root: Any) -> None:
    """Whether this is EDEXML at all; with a DTD it is none, whatever that DTD says."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(
            "Er staat een DOCTYPE in het bestand. Die leest Loket niet: een EDEXML heeft er geen."
        )
    name = etree.QName(root)
    if name.localname in _OTHERS:
        raise Unreadable(_OTHERS[name.localname])
    if root.tag != "EDEX":
        raise Unreadable("Dit is geen EDEXML 2.0 of 2.1. Kies die versie bij het exporteren.")


def _attribute(element: Any, name: str) -> str:
    return _shortened(element.get(name))


def _shortened(text: str | None) -> str:
    """What is longer than any field may be stays too long, and no longer than that."""
    return (text or "")[:1000].strip()
