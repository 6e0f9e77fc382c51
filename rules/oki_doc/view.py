"""The Oki-doc as a person reads it: titles, labels and Dutch values, in order."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.oki_doc.content import visible
from rules.oki_doc.declared import Field, Kind, Section
from rules.oki_doc.sections import SECTIONS
from rules.vocabulary import Role

Labels = Mapping[str, str]
"""What the codes of adviezen mean: of the national list, and of the older one where a region says so."""

NO_LABELS: Labels = {}
REST = "Verder"
BELOW = "– "
# What a monitoring system writes when there is nothing to say.
_SAYS_NOTHING = re.compile(r"geen (nadere )?kwalificatie", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what was filled in, in words."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section: `lines`, or a table of `rows` under `columns`. Empty ones are not shown."""

    name: str
    title: str
    lines: tuple[Line, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def present(sections: Mapping[str, Any], *, role: Role, adviezen: Labels = NO_LABELS) -> list[SectionView]:
    """What this role reads of an Oki-doc, section by section."""
    shown = visible(sections, role=role)
    return [
        shown_as(section, content=shown[section.name], adviezen=adviezen)
        for section in SECTIONS
        if shown.get(section.name)
    ]


def shown_as(section: Section, *, content: Any, adviezen: Labels = NO_LABELS) -> SectionView:
    """One section: lines, or a table whose last column holds what has no column of its own."""
    if not section.many:
        lines = tuple(Line(label, text) for label, text in _words(section.fields, content, adviezen))
        return SectionView(section.name, section.title, lines=lines)
    used = [
        one
        for one in section.fields
        if one.name in (section.columns or section.by_name)
        and one.kind is not Kind.FILE
        and any(_filled(row.get(one.name)) for row in content)
    ]
    used.sort(key=lambda one: section.columns.index(one.name) if section.columns else 0)
    others = tuple(one for one in section.fields if one not in used)
    cells = [[in_words(one, value=row.get(one.name), adviezen=adviezen) for one in used] for row in content]
    rest = [_rest(others, row, adviezen) for row in content]
    columns = [one.label for one in used]
    if any(rest):
        columns.append(REST)
        cells = [[*row, text] for row, text in zip(cells, rest, strict=True)]
    return SectionView(section.name, section.title, columns=tuple(columns), rows=tuple(map(tuple, cells)))


def _told(label: str, text: str) -> str:
    return f"{label}:\n{text}" if "\n" in text else f"{label}: {text}"


def _rest(declared: tuple[Field, ...], row: Mapping[str, Any], adviezen: Labels) -> str:
    """What has no column: short facts on one line, rows and long text each on lines of their own."""
    words = [
        (_told(one.label, text), one.kind in (Kind.ROWS, Kind.TEXT))
        for one, text in _filled_in(declared, row, adviezen)
    ]
    short = "; ".join(text for text, is_long in words if not is_long)
    return "\n".join(filter(None, (short, *(text for text, is_long in words if is_long))))


def _filled_in(
    declared: tuple[Field, ...], row: Mapping[str, Any], adviezen: Labels
) -> Iterator[tuple[Field, str]]:
    for one in declared:
        if one.kind is not Kind.FILE and _filled(row.get(one.name)):
            yield one, in_words(one, value=row[one.name], adviezen=adviezen)


def _words(
    declared: tuple[Field, ...], row: Mapping[str, Any], adviezen: Labels
) -> Iterator[tuple[str, str]]:
    yield from ((one.label, text) for one, text in _filled_in(declared, row, adviezen))


def _filled(value: Any) -> bool:
    return value not in (None, "", [])


def in_words(declared: Field, *, value: Any, adviezen: Labels = NO_LABELS) -> str:
    """A value as a Dutch reader writes it: ja, 31-03-2027, 6,5, the meaning of a code; a row a line."""
    if not _filled(value):
        return ""
    match declared.kind:
        case Kind.FLAG:
            return "ja" if value else "nee"
        case Kind.DAY:
            return f"{date.fromisoformat(value):%d-%m-%Y}"
        case Kind.DECIMAL:
            return f"{value:.12g}".replace(".", ",")
        case Kind.CODE:
            return declared.codes.get(value, str(value))
        case Kind.ADVICE:
            return adviezen.get(value) or (f"code {value}" if value.isdigit() else value)
        case Kind.ROWS:
            return "\n".join(filter(None, (_row_in_words(declared, row, adviezen) for row in value)))
        case _:
            return str(value)


def _row_in_words(declared: Field, row: Mapping[str, Any], adviezen: Labels) -> str:
    """What matters first, then the rest between brackets, then the rows inside it, a line each:

    `Rekenen: 8 (Aantal goed: 36)` and below it `– AE: B, Landelijk`.
    """
    inside = declared.rows_of
    flat = [inside.by_name[name] for name in inside.said if inside.by_name[name].kind is not Kind.ROWS]
    first, *others = [in_words(one, value=row.get(one.name), adviezen=adviezen) for one in flat]
    more = ", ".join(text for text in others if text and not _SAYS_NOTHING.fullmatch(text))
    said = f"{first}: {more}" if first and more else first or more
    unsaid = tuple(one for one in inside.fields if one not in flat and one.kind is not Kind.ROWS)
    rest = "; ".join(f"{label}: {text}" for label, text in _words(unsaid, row, adviezen))
    nested = [one for one in inside.fields if one.kind is Kind.ROWS and _filled(row.get(one.name))]
    nested.sort(key=lambda one: inside.said.index(one.name) if one.name in inside.said else len(inside.said))
    below = [
        f"{BELOW}{'' if one.name in inside.said else f'{one.label}: '}{line.removeprefix(BELOW)}"
        for one in nested
        for line in in_words(one, value=row[one.name], adviezen=adviezen).split("\n")
    ]
    head = f"{said} ({rest})" if said and rest else said or rest
    return "\n".join(filter(None, (head, *below)))
