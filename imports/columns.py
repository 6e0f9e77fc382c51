"""Kinds of files: their columns declared once, and the one reader of all of them."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from imports.cells import Wrong, key
from imports.problem import Problem, Unreadable
from imports.tabular import lines_of


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `header` as we write it; `also`: how others call it. Case, spaces and signs do not count.

    `read` gives the value of a cell that is not empty, or raises `Wrong`. `required`: the column must be
    there and every cell filled.
    """

    name: str
    header: str
    read: Callable[[str], Any]
    required: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line that is right so far: the values of its filled cells. An empty cell says nothing."""

    line: int
    values: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


Check = Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]


def _nothing(_values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    return ()


def _as_read(values: dict[str, Any]) -> None:
    """Nothing to settle."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of file. `unique`: what stands on one line only; `check`: what cells say of each other, also
    of lines where some are wrong; `settle`: one form for what may be written in two.
    """

    name: str
    dutch: str
    columns: tuple[Column, ...]
    unique: tuple[tuple[str, ...], ...] = ()
    check: Check = _nothing
    settle: Callable[[dict[str, Any]], None] = _as_read
    by_key: Mapping[str, Column] = field(init=False)
    headers: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        named = [(key(name), column) for column in self.columns for name in (column.header, *column.also)]
        assert len({name for name, _ in named}) == len(named), f"{self.name}: two columns of one name"
        object.__setattr__(self, "by_key", dict(named))
        object.__setattr__(self, "headers", {column.name: column.header for column in self.columns})


def read(*, kind: Kind, content: bytes) -> tuple[list[Row], list[Problem]]:
    """The rows of a file, and everything that is wrong with it. A line with a problem gives no row."""
    try:
        lines = lines_of(content, known=lambda text: key(text) in kind.by_key)
        (header_line, header), *body = lines
        columns, problems = _columns(kind, header, header_line, body)
    except Unreadable as unreadable:
        return [], [unreadable.problem]
    if problems:
        # Under a wrong header every line would be wrong: that says nothing more.
        return [], problems
    rows = list(_rows(kind, columns, len(header), body, problems))
    problems += _doubles(kind, rows)
    if not body:
        problems.append(Problem(0, "", "Er staan geen regels onder de kop."))
    return rows, sorted(problems)


def _columns(
    kind: Kind, header: list[str], line: int, body: list[tuple[int, list[str]]]
) -> tuple[list[tuple[int, Column]], list[Problem]]:
    """Which cell belongs to which column. A column whose name begins with # is for people: it is skipped."""
    found: dict[str, tuple[int, Column]] = {}
    problems = []
    for place, text in enumerate(header):
        if text.startswith("#"):
            continue
        if not text:
            if any(len(cells) > place and cells[place] for _, cells in body):
                problems.append(Problem(line, str(place + 1), "Deze kolom heeft geen naam."))
            continue
        column = kind.by_key.get(key(text))
        if column is None:
            problems.append(Problem(line, _short(text), _unknown(kind, text)))
        elif column.name in found:
            problems.append(Problem(line, _short(text), f"De kolom {column.header} staat er twee keer."))
        else:
            found[column.name] = (place, column)
    for column in kind.columns:
        if column.required and column.name not in found:
            problems.append(Problem(line, column.header, "Deze kolom ontbreekt."))
    return list(found.values()), problems


def _unknown(kind: Kind, text: str) -> str:
    alike = difflib.get_close_matches(key(text), kind.by_key, n=1)
    meant = f" Bedoelt u {kind.by_key[alike[0]].header}?" if alike else ""
    return f"Deze kolom is onbekend.{meant} Zet # voor de naam van een kolom die Loket mag overslaan."


def _rows(
    kind: Kind,
    columns: list[tuple[int, Column]],
    width: int,
    body: list[tuple[int, list[str]]],
    problems: list[Problem],
) -> Iterator[Row]:
    for line, cells in body:
        if len(cells) > width and any(cells[width:]):
            reason = "Deze regel heeft meer cellen dan de kop. Staat er een scheidingsteken in een cel?"
            problems.append(Problem(line, "", reason))
            continue
        values: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for place, column in columns:
            cell = cells[place] if place < len(cells) else ""
            if cell:
                try:
                    values[column.name] = column.read(cell)
                except Wrong as said:
                    wrong[column.name] = str(said)
            elif column.required:
                wrong[column.name] = "Vul deze cel in."
        for name, reason in kind.check(values):
            wrong.setdefault(name, reason)
        if wrong:
            problems.extend(Problem(line, kind.headers[name], reason) for name, reason in wrong.items())
            continue
        kind.settle(values)
        yield Row(line, values)


def _doubles(kind: Kind, rows: list[Row]) -> Iterator[Problem]:
    for names in kind.unique:
        seen: dict[tuple[Any, ...], int] = {}
        for row in rows:
            value = tuple(row.values.get(name) for name in names)
            if value[0] is None:
                continue
            first = seen.setdefault(value, row.line)
            if first != row.line:
                yield Problem(row.line, kind.headers[names[0]], f"Dit staat ook op regel {first}.")


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
