"""What may be said in an Oki-doc, what a definitive one needs, what changed, who sees what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.identifiers import without_turning
from rules.oki_doc.sections import SECTIONS, Field, Kind, Section
from rules.vocabulary import Role

Sections = Mapping[str, Any]

EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 1, 1)


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
    return without_turning(value).replace("\r\n", "\n") if isinstance(value, str) else value


def validate(sections: Sections) -> list[Problem]:
    """Every problem of a whole Oki-doc, in Dutch; empty when it may be kept."""
    known = {section.name for section in SECTIONS}
    found = [
        Problem(name, "Dit onderdeel bestaat niet in het Oki-doc.") for name in sections if name not in known
    ]
    for section in SECTIONS:
        content = sections.get(section.name)
        if content is None:
            continue
        if section.many != isinstance(content, list):
            found.append(Problem(section.name, f"{section.title}: dit onderdeel heeft niet de goede vorm."))
            continue
        if section.many and len(content) > section.most:
            found.append(Problem(section.name, f"{section.title}: ten hoogste {section.most} regels."))
            continue
        for place, row in _rows(section, content):
            found.extend(_problems(section, place, row))
    return found


def _rows(section: Section, content: Any) -> Iterator[tuple[str, Any]]:
    if section.many:
        yield from ((f"{section.name}.{place}", row) for place, row in enumerate(content))
    elif content:
        yield section.name, content


def _problems(section: Section, place: str, row: Any) -> Iterator[Problem]:
    if not isinstance(row, Mapping):
        yield Problem(place, f"{section.title}: dit onderdeel heeft niet de goede vorm.")
        return
    for name, value in row.items():
        declared = section.by_name.get(name)
        if declared is None:
            yield Problem(f"{place}.{name}", f"{section.title}: dit veld bestaat niet.")
        elif value is not None and (wrong := _wrong(declared, value)):
            yield Problem(f"{place}.{name}", f"{declared.label}: {wrong}")
    begins, ends = row.get("begins_on"), row.get("ends_on")
    declared = section.by_name.get("ends_on")
    if declared is not None and _day(begins) and _day(ends) and str(ends) < str(begins):
        yield Problem(f"{place}.ends_on", f"{declared.label}: deze datum ligt voor het begin.")


def _wrong(declared: Field, value: Any) -> str | None:
    match declared.kind:
        case Kind.FLAG:
            return None if isinstance(value, bool) else "kies ja of nee."
        case Kind.NUMBER:
            right = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= declared.longest
            return None if right else f"vul een getal in van 0 tot {declared.longest}."
        case Kind.DAY:
            return None if _day(value) else "vul een bestaande datum in."
        case Kind.CODE:
            right = isinstance(value, str) and value in declared.codes
            return None if right else f"kies uit: {', '.join(declared.codes)}."
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


def visible(sections: Sections, *, role: Role) -> dict[str, Any]:
    """The sections and fields this role reads; the rest is not there."""
    shown: dict[str, Any] = {}
    for section in SECTIONS:
        content = sections.get(section.name)
        names = [declared.name for declared in section.fields if role in declared.readers]
        if content and names:
            rows = [{name: row[name] for name in names if name in row} for _, row in _rows(section, content)]
            shown[section.name] = rows if section.many else rows[0]
    return shown


def diff(*, before: Sections, after: Sections) -> list[Change]:
    """What differs, field by field, in the order of the declarations."""
    changes = []
    for section in SECTIONS:
        old, new = dict(_flat(section, before)), dict(_flat(section, after))
        for path in [*old, *(path for path in new if path not in old)]:
            if old.get(path) != new.get(path):
                label = section.by_name[path.rpartition(".")[2]].label
                changes.append(Change(path, f"{section.title}: {label}", old.get(path), new.get(path)))
    return changes


def _flat(section: Section, sections: Sections) -> Iterator[tuple[str, Any]]:
    for place, row in _rows(section, sections.get(section.name) or []):
        for declared in section.fields:
            if row.get(declared.name) not in (None, ""):
                yield f"{place}.{declared.name}", row[declared.name]
