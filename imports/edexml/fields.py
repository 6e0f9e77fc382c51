"""What an EDEXML file says, field by field: what is kept and how it is read, what is not and why."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from imports import cells
from imports.cells import Wrong
from imports.columns import Column
from rules.identifiers import read_date

_ZONE = re.compile(r"(?:Z|[+-]\d{2}:\d{2})$", re.ASCII)
_SEXES = {"0": "", "1": "M", "2": "V", "9": ""}
NOT_8 = {
    "B": "Deze leerling is jonger dan een jaar.",
    "D": "Deze leerling is jonger dan drie jaar.",
    "0": "Deze leerling zit nog niet in groep 1.",
    "V": "Deze leerling zit in het voortgezet speciaal onderwijs.",
    "N": "Deze leerling zit niet op een basisschool.",
    "H": "Deze leerling staat als historisch in het bestand.",
    **{str(year): f"Deze leerling zit in groep {year}." for year in range(1, 8)},
    **{str(10 + year): "Deze leerling zit al in het voortgezet onderwijs." for year in range(1, 7)},
}
"""The codes of `jaargroep` that are not group 8, in words."""
GROUP_8, SPECIAL, COMBINED = "8", "S", "C"


def day(text: str) -> date:
    """A date as XML has it; the zone behind it says nothing of a birthday."""
    found = read_date(_ZONE.sub("", text))
    if found is None:
        raise Wrong("deze datum bestaat niet.")
    return found


def sex(text: str) -> str:
    """ISO 5218; unknown and not specified say nothing."""
    if text not in _SEXES:
        raise Wrong("dit is geen code van de standaard.")
    return _SEXES[text]


def year_group(text: str) -> str:
    if text not in NOT_8 and text not in (GROUP_8, SPECIAL, COMBINED):
        raise Wrong("dit is geen code van de standaard.")
    return text


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Shape:
    """One kind of row: its fields, and where it names groups. Paths are below the row.

    `dropped`: fields that Loket has no use for, with the reason. `references`: elements with the key of
    something else in the file. `leaves`: what is kept; `paths`: all that the standard has below this row.
    """

    dutch: str
    columns: tuple[Column, ...] = ()
    dropped: Mapping[str, str] = field(default_factory=dict)
    references: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()
    leaves: frozenset[str] = field(init=False)
    paths: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        kept = frozenset(column.header for column in self.columns) | self.roles
        object.__setattr__(self, "leaves", kept)
        object.__setattr__(self, "paths", kept | set(self.dropped) | self.references | self.holders)


_STAMP = {"mutatiedatum": "when another system changed the row says nothing here"}
_TEXT = {"omschrijving": "a remark of the school for itself"}
_NAME = Column("name", "naam", cells.line_of(64))
_OTHER_NUMBER = "no number that Loket knows a child by"

SCHOOL = Shape(
    dutch="school",
    columns=(
        Column("school_year", "schooljaar", cells.school_year),
        Column("brin", "brincode", cells.brin),
        Column("location", "dependancecode", cells.location),
        Column("flemish", "instellingsnummer", cells.line_of(10)),
        Column("version", "xsdversie", cells.line_of(32)),
    ),
    dropped={
        "peildatum": "the file is taken as of today",
        "schoolkey": "the BRIN says which school it is",
        "aanmaakdatum": "the file is taken as of today",
        "auteur": "who made the export is no business of the procedure",
        "commentaar": "a remark of the school for itself",
    },
)

LOCATION = Shape(dutch="vestiging", columns=(_NAME,), dropped=_TEXT | _STAMP)

GROUP = Shape(
    dutch="groep",
    columns=(_NAME, Column("year_group", "jaargroep", year_group)),
    dropped=_TEXT | _STAMP,
)

COMBINED_GROUP = Shape(dutch="samengestelde groep", columns=(_NAME,), dropped=_TEXT | _STAMP)

PUPIL = Shape(
    dutch="leerling",
    columns=(
        Column("last_name", "achternaam", cells.line_of(120)),
        Column("infix", "voorvoegsel", cells.line_of(40)),
        Column("official_names", "voornamen", cells.line_of(200)),
        Column("first_name", "roepnaam", cells.line_of(100)),
        Column("birth_date", "geboortedatum", day),
        Column("gender", "geslacht", sex),
        Column("year_group", "jaargroep", year_group),
        Column("left_on", "uitstroomdatum", day),
        # Whether these pass the elfproef is judged with the row: a child may come in without one.
        Column("bsn", "bsn", str),
        Column("tax_number", "sofinummer", str),
    ),
    dropped={
        "voorletters-1": "the first name and the official names say who the child is",
        "start_ondw_jgr3": "the school career comes with the OSO dossier",
        "gebruikersnaam": "parents sign in with the ELK number",
        "emailadres": "mails go to the parents, not to the child",
        "fotourl": "no picture is needed to enrol",
        "etniciteit": "no business of the procedure",
        "land": "no business of the procedure",
        "land_vader": "no business of the procedure",
        "land_moeder": "no business of the procedure",
        "onderwijsnummer": _OTHER_NUMBER,
        "bsn_ondwnr-4": "four digits of a number do not say which child it is",
        "rijksregisternummer": _OTHER_NUMBER,
        "gewicht_nieuw": "no business of the procedure",
        "gewicht": "no business of the procedure",
        "postcodenl": "a postcode is no address; that comes with the OSO dossier",
        "postnummerbe": "a postcode is no address; that comes with the OSO dossier",
        "postcodeoverig": "a postcode is no address; that comes with the OSO dossier",
        "instroomdatum": "the school career comes with the OSO dossier",
        **_STAMP,
    },
    references=frozenset({"groep", "vestiging", "samengestelde_groepen/samengestelde_groep"}),
    holders=frozenset({"samengestelde_groepen"}),
)

TEACHER = Shape(
    dutch="leerkracht",
    columns=(
        Column("last_name", "achternaam", cells.line_of(120)),
        Column("infix", "voorvoegsel", cells.line_of(40)),
        Column("official_names", "voornamen", cells.line_of(200)),
        Column("initials", "voorletters-1", cells.line_of(40)),
        Column("first_name", "roepnaam", cells.line_of(100)),
        Column("email", "emailadres", cells.email),
    ),
    dropped={"gebruikersnaam": "staff signs in with the e-mail address", **_STAMP},
    references=frozenset({"groepen/groep", "groepen/samengestelde_groep"}),
    roles=frozenset(
        f"{place}{name}"
        for place in ("", "groepen/groep/", "groepen/samengestelde_groep/")
        for name in ("rol", "rolomschrijving")
    ),
    holders=frozenset({"groepen"}),
)

ROWS: Mapping[str, Shape] = {
    "EDEX/school": SCHOOL,
    "EDEX/vestigingen/vestiging": LOCATION,
    "EDEX/groepen/groep": GROUP,
    "EDEX/groepen/samengestelde_groep": COMBINED_GROUP,
    "EDEX/leerlingen/leerling": PUPIL,
    "EDEX/leerkrachten/leerkracht": TEACHER,
}
"""Where in the file each kind of row stands."""

HOLDERS = frozenset({"EDEX", "EDEX/vestigingen", "EDEX/groepen", "EDEX/leerlingen", "EDEX/leerkrachten"})
ADDITIONS = "toevoegingen"
"""Where the standard lets every maker add what it likes."""

DROPPED: Mapping[str, Mapping[str, str]] = {shape.dutch: shape.dropped for shape in (PUPIL, TEACHER)}
"""What is said of people and not kept, with the reason."""
