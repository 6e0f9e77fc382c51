"""From elements to rows: what a file says of each child and colleague, and what is wrong with it. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from imports import cells
from imports.cells import Wrong
from imports.edexml import fields
from imports.edexml.reader import Element, Roster
from imports.edexml.rows import GroupRow, PupilRow, Row, SchoolRow, TeacherRow
from imports.problem import Unreadable
from rules.identifiers import fold, read_bsn

LONGEST_KEY = 256
VERSIONS = ("2.0", "2.1")
_LABELS = {"emailadres": "E-mailadres", "voorletters-1": "Voorletters"}
_GROUP, _COMBINED, _LOCATION = "groep", "samengestelde_groep", "vestiging"


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """The rows of a file, each with what is wrong with it as far as the file itself can tell."""

    school: SchoolRow
    groups: list[GroupRow]
    pupils: list[PupilRow]
    teachers: list[TeacherRow]

    @property
    def rows(self) -> list[Row]:
        return sorted([self.school, *self.groups, *self.pupils, *self.teachers], key=lambda row: row.line)


def judge(*, roster: Roster) -> Judged:
    """Raises `Unreadable` where the file does not say whose it is."""
    school = _school(roster.of(fields.SCHOOL))
    locations = [_group(one) for one in roster.of(fields.LOCATION)]
    groups = [_group(one) for one in roster.of(fields.GROUP)]
    combined = [_group(one) for one in roster.of(fields.COMBINED_GROUP)]
    for rows in (locations, groups, combined):
        _refuse_doubles(rows, "DOUBLE_KEY", "Deze sleutel staat ook op regel {}.", [row.key for row in rows])
    known = _Known(locations, groups, combined)
    elements = roster.of(fields.PUPIL)
    pupils = [_pupil(one, known) for one in elements]
    of_group_8 = {
        (reference.place, reference.key)
        for element, row in zip(elements, pupils, strict=True)
        if row.is_group_8
        for reference in element.references
    }
    of_group_8 |= {(_GROUP, row.key) for row in groups if row.values.get("year_group") == fields.GROUP_8}
    _refuse_pupils_twice(pupils)
    teachers = [_teacher(one, known, of_group_8) for one in roster.of(fields.TEACHER)]
    _refuse_teachers_twice(teachers)
    return Judged(school=school, groups=[*locations, *groups, *combined], pupils=pupils, teachers=teachers)


class _Known:
    """The groups and locations that pupils and teachers may name. A key that stands twice names nothing."""

    def __init__(self, locations: list[GroupRow], groups: list[GroupRow], combined: list[GroupRow]) -> None:
        self.groups = {row.key: row for row in groups if not row.reasons}
        self._rows = {_GROUP: groups, _COMBINED: combined, _LOCATION: locations}
        self._keys = {
            place: {row.key for row in rows if not row.reasons} for place, rows in self._rows.items()
        }

    def note_unknown(self, element: Element, row: Row) -> None:
        """Name what the row refers to and the file does not have."""
        for reference in dict.fromkeys((one.place, one.key) for one in element.references):
            place, key = reference
            if key not in self._keys[place]:
                named = f"{place.replace('_', ' ')} {_short(key)}".strip()
                row.note("UNKNOWN_GROUP", f"De {named} staat niet, of niet goed, in dit bestand.")


def _school(elements: list[Element]) -> SchoolRow:
    if len(elements) != 1:
        reason = (
            "Er staat geen school in het bestand."
            if not elements
            else "Er staan twee scholen in het bestand."
        )
        raise Unreadable(f"{reason} Een EDEXML is van één school.")
    (element,) = elements
    row = SchoolRow(name="school", line=element.line, key="")
    wrong = _read_values(element, row)
    values = row.values
    if "brin" in values:
        brin, written = values["brin"]
        location = values.get("location", "00")
        if written not in (None, location) and "location" in values:
            row.refuse("CONTRADICTING", f"De BRIN noemt vestiging {written}, de dependancecode {location}.")
        values["brin"], values["location"] = brin, written or location
        row.key = f"{brin}{values['location']}"
    elif "flemish" in values:
        row.refuse("NO_BRIN", "Dit is een Vlaamse school: er staat een instellingsnummer, en geen BRIN.")
    elif "brincode" not in wrong:
        row.refuse("NO_BRIN", "Er staat geen BRIN bij de school. Vul die in uw administratie in.")
    if "school_year" not in values and "schooljaar" not in wrong:
        row.refuse("NO_YEAR", "Er staat geen schooljaar bij de school.")
    _judge_version(row)
    return row


def _judge_version(row: SchoolRow) -> None:
    version = row.values.get("version", VERSIONS[-1])
    if version in VERSIONS:
        return
    if version.startswith("2."):
        row.note(
            "NEWER_VERSION", f"Loket kent EDEXML {_short(version)} niet en leest het als {VERSIONS[-1]}."
        )
        return
    row.refuse(
        "OTHER_VERSION",
        f"Dit is EDEXML {_short(version)}. Loket leest 2.0 en 2.1: kies een van die bij het exporteren.",
    )


def _group(element: Element) -> GroupRow:
    row = GroupRow(name=element.shape.dutch, line=element.line, key=element.key)
    _judge_key(row)
    _read_values(element, row)
    return row


def _pupil(element: Element, known: _Known) -> PupilRow:
    row = PupilRow(name="leerling", line=element.line, key=element.key)
    _judge_key(row)
    wrong = _read_values(element, row)
    _judge_group(element, row, known, is_wrong="jaargroep" in wrong)
    _judge_numbers(element, row)
    if "birth_date" not in row.values and "geboortedatum" not in wrong:
        row.refuse("NO_BIRTH_DATE", "De geboortedatum ontbreekt.")
    if "last_name" not in row.values and "achternaam" not in wrong:
        row.refuse("NO_NAME", "De achternaam ontbreekt.")
    official = row.values.get("official_names", "")
    row.called = row.values.get("first_name") or official.partition(" ")[0]
    if not row.called and not wrong & {"roepnaam", "voornamen"}:
        row.refuse("NO_NAME", "Er is geen roepnaam, en er zijn geen voornamen.")
    return row


def _judge_group(element: Element, row: PupilRow, known: _Known, *, is_wrong: bool) -> None:
    """Group 8 is the child's own `jaargroep`, else that of its group; a combined group says nothing."""
    keys = list(dict.fromkeys(one.key for one in element.references if one.place == _GROUP))
    if len(keys) > 1:
        row.refuse("WRONG_VALUE", "Deze leerling zit in twee groepen.")
        return
    group = known.groups.get(keys[0]) if keys else None
    known.note_unknown(element, row)
    if group is not None and "name" in group.values:
        row.values["class_group"] = group.values["name"]
    year = row.values.pop("year_group", None)
    if is_wrong:
        return
    if year is None and group is not None:
        year = group.values.get("year_group")
    if year is None or year == fields.COMBINED:
        row.refuse("NO_YEAR_GROUP", "De jaargroep ontbreekt, bij de leerling en bij de groep.")
    elif year == fields.SPECIAL:
        said = (
            "Deze leerling zit in het speciaal basisonderwijs: of dit het laatste jaar is, staat er niet bij."
        )
        row.refuse("NO_YEAR_GROUP", f"{said} Voeg de leerling zo nodig zelf toe in Loket.")
    elif year == fields.GROUP_8:
        row.is_group_8 = True
    else:
        row.refuse("NOT_GROUP_8", fields.NOT_8[year])


def _judge_numbers(element: Element, row: PupilRow) -> None:
    """A child comes in without a BSN, or with one that fails, marked. No number is ever said in words."""
    written = row.values.pop("bsn", "") or row.values.get("tax_number", "")
    row.values.pop("tax_number", None)
    row.bsn = read_bsn(written) if written else None
    if written and row.bsn is None:
        row.bsn_fails = True
        row.note("BSN_FAILS", "Het BSN klopt niet (elfproef) en is niet bewaard. Controleer het.")
    if written and element.key in (written, row.bsn):
        row.key = ""
        row.note("KEY_IS_BSN", "De sleutel van deze leerling is het BSN: als sleutel bewaart Loket dat niet.")
    else:
        row.school_key = element.key
    if element.eck_id:
        try:
            row.eck_id = cells.line_of(LONGEST_KEY)(element.eck_id)
        except Wrong:
            row.note("ECK_ID_WRONG", "Het ECK-iD is geen goed ECK-iD en is niet bewaard.")


def _teacher(element: Element, known: _Known, of_group_8: set[tuple[str, str]]) -> TeacherRow:
    row = TeacherRow(name="leerkracht", line=element.line, key=element.key)
    _judge_key(row)
    _read_values(element, row)
    known.note_unknown(element, row)
    mine = [one for one in element.references if (one.place, one.key) in of_group_8]
    # A role in the school's own words is none that says what somebody may see.
    roles = [role for name in ("rol", "rolomschrijving") for role in element.values.get(name, [])]
    row.roles = frozenset([*roles, *(role for one in mine for role in one.roles)])
    row.of_group_8 = bool(mine)
    return row


def _judge_key(row: Row) -> None:
    if not row.key:
        row.refuse("NO_KEY", "De sleutel (key) ontbreekt.")
    elif len(row.key) > LONGEST_KEY:
        row.key = _short(row.key)
        row.refuse("NO_KEY", f"De sleutel (key) is langer dan {LONGEST_KEY} tekens.")
    elif not row.key.isprintable():
        row.key = ""
        row.refuse("NO_KEY", "In de sleutel (key) staat een teken dat wij niet kunnen bewaren.")


def _read_values(element: Element, row: Row) -> set[str]:
    """Every kept field in its one form. A field that cannot be right refuses the row; which they are."""
    wrong = {}
    for column in element.shape.columns:
        texts = list(dict.fromkeys(text for text in element.values.get(column.header, []) if text))
        if column.header in element.broken:
            wrong[column.header] = "hier staat meer dan tekst."
        elif len(texts) > 1:
            wrong[column.header] = "dit staat er twee keer, en niet hetzelfde."
        elif texts:
            try:
                row.values[column.name] = column.read(texts[0])
            except Wrong as said:
                wrong[column.header] = _small(str(said))
    for header, reason in wrong.items():
        row.refuse("WRONG_VALUE", f"{_LABELS.get(header, header.capitalize())}: {reason}")
    return set(wrong)


def _refuse_pupils_twice(pupils: list[PupilRow]) -> None:
    """Two rows that say to be one child: which of them is right, nobody knows."""
    _refuse_doubles(pupils, "DOUBLE_KEY", "Deze sleutel staat ook op regel {}.", [row.key for row in pupils])
    said = "Dit ECK-iD staat ook op regel {}."
    _refuse_doubles(pupils, "DOUBLE_ECK_ID", said, [row.eck_id for row in pupils])
    said = "Dit BSN staat ook op regel {}."
    _refuse_doubles(pupils, "DOUBLE_BSN", said, [row.bsn for row in pupils])
    said = "Een leerling met deze naam en geboortedatum staat ook op regel {}."
    told_apart = Counter(_child(row) for row in pupils if row.bsn)
    alike = Counter(map(_child, pupils))
    whole = [child if child and told_apart[child] < alike[child] else None for child in map(_child, pupils)]
    _refuse_doubles(pupils, "DOUBLE_CHILD", said, whole)


def _child(row: PupilRow) -> Any:
    if not row.is_group_8 or "last_name" not in row.values or "birth_date" not in row.values:
        return None
    return fold(f"{row.values['last_name']} {row.called}"), row.values["birth_date"]


def _refuse_teachers_twice(teachers: list[TeacherRow]) -> None:
    said = "Deze sleutel staat ook op regel {}."
    _refuse_doubles(teachers, "DOUBLE_KEY", said, [row.key for row in teachers])
    said = "Dit e-mailadres staat ook op regel {}."
    emails = [str(row.values.get("email", "")).lower() for row in teachers]
    _refuse_doubles(teachers, "DOUBLE_EMAIL", said, emails)


def _refuse_doubles(rows: Sequence[Row], code: str, said: str, values: Iterable[Any]) -> None:
    """All rows that share a value, each with the place of another."""
    places: dict[Any, list[Row]] = {}
    for row, value in zip(rows, values, strict=True):
        if value:
            places.setdefault(value, []).append(row)
    for shared in places.values():
        for row in shared[1:]:
            row.refuse(code, said.format(shared[0].line))
        if len(shared) > 1:
            shared[0].refuse(code, said.format(shared[1].line))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _small(text: str) -> str:
    """A sentence that begins a text, inside one."""
    return text[:1].lower() + text[1:]
