"""What may be said in an Oki-doc, what a definitive one needs, what changed, who sees what."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.identifiers import without_turning
from rules.oki_doc.declared import Field, Kind, Section
from rules.oki_doc.sections import SECTIONS
from rules.vocabulary import Role

Sections = Mapping[str, Any]

EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 1, 1)
_ADVICE = re.compile(r"[0-9]{2}|[A-Z][A-Z_/]*", re.ASCII)
_FILE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that cannot be right. `path`: section.field, or section.row.field, rows from 0."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. Values as JSON keeps them; None: it was not there."""

    path: str
    label: str
    before: Any
    after: Any


def merged(*, sections: Sections, given: Sections) -> dict[str, Any]:
    """What an edit makes of an Oki-doc (rule 6): what it names changes, what it leaves out stays, and what
    it says is None goes. Rows have no name of their own: a section of rows is replaced as a whole.
    """
    after = dict(sections)
    for name, content in given.items():
        if isinstance(content, Mapping):
            content = _filled({**(after.get(name) or {}), **content})
        elif isinstance(content, list):
            content = [_filled(row) for row in content]
        if content:
            after[name] = content
        else:
            after.pop(name, None)
    return after


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _clean(value) for name, value in row.items() if value is not None}


def _clean(value: Any) -> Any:
    if isinstance(value, list):
        return [_filled(one) if isinstance(one, Mapping) else one for one in value]
    return without_turning(value).replace("\r\n", "\n") if isinstance(value, str) else value


def validate(sections: Sections) -> list[Problem]:
    """Every problem of a whole Oki-doc, in Dutch; empty when it may be kept."""
    known = {section.name for section in SECTIONS}
    found = [
        Problem(name, "Dit onderdeel bestaat niet in het Oki-doc.") for name in sections if name not in known
    ]
    for section in SECTIONS:
        content = sections.get(section.name)
        if content is not None:
            found.extend(problems(content, section=section))
    return found


def problems(content: Any, *, section: Section) -> Iterator[Problem]:
    """Every problem of one section's content."""
    if section.many != isinstance(content, list):
        yield Problem(section.name, f"{section.title}: dit onderdeel heeft niet de goede vorm.")
        return
    if section.many and len(content) > section.most:
        yield Problem(section.name, f"{section.title}: ten hoogste {section.most} regels.")
        return
    for place, row in _rows(section, content):
        yield from _problems(section.title, section.by_name, place, row)


def _rows(section: Section, content: Any) -> Iterator[tuple[str, Any]]:
    if section.many:
        yield from ((f"{section.name}.{place}", row) for place, row in enumerate(content))
    elif content:
        yield section.name, content


def _problems(title: str, declared: Mapping[str, Field], place: str, row: Any) -> Iterator[Problem]:
    if not isinstance(row, Mapping):
        yield Problem(place, f"{title}: dit onderdeel heeft niet de goede vorm.")
        return
    for name, value in row.items():
        path = f"{place}.{name}"
        one = declared.get(name)
        if one is None:
            yield Problem(path, f"{title}: dit veld bestaat niet.")
        elif value is None:
            continue
        elif one.kind is Kind.ROWS:
            yield from _problems_of_rows(one, path, value)
        elif wrong := wrong_with(value, declared=one):
            yield Problem(path, f"{one.label}: {wrong}")
    if ends_too_soon(row) and (last := declared.get("ends_on")):
        yield Problem(f"{place}.ends_on", f"{last.label}: deze datum ligt voor het begin.")


def ends_too_soon(row: Mapping[str, Any]) -> bool:
    """Whether a row says that it ended before it began."""
    begins, ends = row.get("begins_on"), row.get("ends_on")
    return _day(begins) and _day(ends) and str(ends) < str(begins)


def _problems_of_rows(declared: Field, path: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(path, f"{declared.label}: dit onderdeel heeft niet de goede vorm.")
    elif len(value) > declared.most:
        yield Problem(path, f"{declared.label}: ten hoogste {declared.most} regels.")
    else:
        for place, row in enumerate(value):
            yield from _problems(declared.label, declared.rows_of.by_name, f"{path}.{place}", row)


def wrong_with(value: Any, *, declared: Field) -> str | None:
    """Why this cannot be the value of a field, in Dutch; None when it can."""
    match declared.kind:
        case Kind.FLAG:
            return None if isinstance(value, bool) else "kies ja of nee."
        case Kind.NUMBER:
            right = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= declared.longest
            return None if right else f"vul een getal in van 0 tot {declared.longest}."
        case Kind.DECIMAL:
            right = isinstance(value, int | float) and not isinstance(value, bool)
            return None if right and abs(value) <= declared.longest else "vul een getal in."
        case Kind.DAY:
            return None if _day(value) else "vul een bestaande datum in."
        case Kind.CODE if not declared.open:
            known = isinstance(value, str) and value in declared.codes
            return None if known else f"kies uit: {', '.join(declared.codes)}."
        case Kind.ADVICE if not (isinstance(value, str) and _ADVICE.fullmatch(value)):
            return "kies een advies van de lijst."
        case Kind.FILE if not (isinstance(value, str) and _FILE.fullmatch(value)):
            return "dit is geen bijlage."
        case _:
            return _wrong_text(declared, value)


def _wrong_text(declared: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        return "vul tekst in."
    if len(value) > declared.longest:
        return f"dit is te lang. Gebruik ten hoogste {declared.longest} tekens."
    allowed = "\n\r\t" if declared.kind is Kind.TEXT else ""
    if any(
        (ord(letter) < 32 and letter not in allowed) or "\ud800" <= letter <= "\udfff" for letter in value
    ):
        return "hier staan tekens in die wij niet kunnen bewaren."
    return None


def _day(value: Any) -> bool:
    """A day as JSON keeps it here, jjjj-mm-dd: ISO 8601 knows more ways to write one."""
    try:
        day = date.fromisoformat(value)
        return EARLIEST <= day <= LATEST and day.isoformat() == value
    except (TypeError, ValueError):
        return False


def missing_for_final(*, guardians: int, has_home: bool) -> list[str]:
    """What a definitive Oki-doc still needs (rule 6), one Dutch sentence an item.

    The standard leaves most of it to the school; without carers and a home there is nobody to tell.
    """
    found = [] if guardians else ["Vul minstens één ouder of verzorger in."]
    return found if has_home else [*found, "Vul het woonadres in."]


def adviezen_named(sections: Sections) -> Iterator[tuple[str, str]]:
    """Every advice that the sections name, with its path: whether the list has it, the table says."""
    for section in SECTIONS:
        for place, row in _rows(section, sections.get(section.name) or []):
            for one in section.fields:
                if one.kind is Kind.ADVICE and row.get(one.name):
                    yield f"{place}.{one.name}", row[one.name]


def files_named(sections: Sections) -> Iterator[tuple[str, str]]:
    """Every upload that a row points at, with its path."""
    for section in SECTIONS:
        for place, row in _rows(section, sections.get(section.name) or []):
            yield from _files(section.fields, place, row)


def _files(declared: tuple[Field, ...], place: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in declared:
        value, path = row.get(one.name), f"{place}.{one.name}"
        if one.kind is Kind.FILE and value is not None:
            yield path, value
        elif one.kind is Kind.ROWS:
            for number, inside in enumerate(value or ()):
                yield from _files(one.rows_of.fields, f"{path}.{number}", inside)


def visible(sections: Sections, *, role: Role) -> dict[str, Any]:
    """The sections and fields this role reads; the rest is not there."""
    shown: dict[str, Any] = {}
    for section in SECTIONS:
        content = sections.get(section.name)
        if content and any(role in declared.readers for declared in section.fields):
            rows = [_visible(row, section.fields, role) for _, row in _rows(section, content)]
            shown[section.name] = rows if section.many else rows[0]
    return shown


def _visible(row: Mapping[str, Any], declared: tuple[Field, ...], role: Role) -> dict[str, Any]:
    return {
        one.name: [_visible(inside, one.rows_of.fields, role) for inside in row[one.name]]
        if one.kind is Kind.ROWS and row[one.name]
        else row[one.name]
        for one in declared
        if one.name in row and role in one.readers
    }


def diff(*, before: Sections, after: Sections, declared: tuple[Section, ...] = SECTIONS) -> list[Change]:
    """What differs, field by field, in the order of the declarations. Files are told apart by themselves."""
    changes = []
    for section in declared:
        old, new = dict(_flat(section, before)), dict(_flat(section, after))
        for path in [*old, *(path for path in new if path not in old)]:
            label, was = old.get(path, ("", None))
            label, now = new.get(path, (label, None))
            if was != now:
                changes.append(Change(path, f"{section.title}: {label}", was, now))
    return changes


def _flat(section: Section, sections: Sections) -> Iterator[tuple[str, tuple[str, Any]]]:
    for place, row in _rows(section, sections.get(section.name) or []):
        yield from _flat_row(section.fields, place, "", row)


def _flat_row(
    declared: tuple[Field, ...], place: str, said: str, row: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, Any]]]:
    for one in declared:
        value, path = row.get(one.name), f"{place}.{one.name}"
        if value in (None, "", []) or one.kind is Kind.FILE:
            continue
        if one.kind is Kind.ROWS:
            for number, inside in enumerate(value):
                yield from _flat_row(one.rows_of.fields, f"{path}.{number}", f"{said}{one.label}: ", inside)
        else:
            yield path, (f"{said}{one.label}", value)
