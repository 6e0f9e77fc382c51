"""The Oki-doc as a person reads it: titles, labels and Dutch values, in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.oki_doc.content import visible
from rules.oki_doc.sections import SECTIONS, Field, Kind
from rules.vocabulary import Role


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


def present(sections: Mapping[str, Any], *, role: Role) -> list[SectionView]:
    """What this role reads of an Oki-doc, section by section."""
    shown = visible(sections, role=role)
    views = []
    for section in SECTIONS:
        content = shown.get(section.name)
        if not content:
            continue
        if section.many:
            used = [
                one for one in section.fields if any(row.get(one.name) not in (None, "") for row in content)
            ]
            rows = tuple(tuple(in_words(one, value=row.get(one.name)) for one in used) for row in content)
            columns = tuple(one.label for one in used)
            views.append(SectionView(section.name, section.title, columns=columns, rows=rows))
        else:
            lines = tuple(
                Line(one.label, in_words(one, value=content[one.name]))
                for one in section.fields
                if content.get(one.name) not in (None, "")
            )
            views.append(SectionView(section.name, section.title, lines=lines))
    return views


def in_words(declared: Field, *, value: Any) -> str:
    """A value as a Dutch reader writes it: ja, 31-03-2027, the meaning of a code."""
    if value is None:
        return ""
    match declared.kind:
        case Kind.FLAG:
            return "ja" if value else "nee"
        case Kind.DAY:
            return f"{date.fromisoformat(value):%d-%m-%Y}"
        case Kind.CODE:
            return declared.codes.get(value, str(value))
        case _:
            return str(value)
