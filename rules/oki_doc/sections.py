"""What an Oki-doc holds (domain: the PO→VO profile of the OSO data set), section by section.

Declared once: editing, checking, showing, printing and exchanging all read these rows. Identity,
addresses, guardians, adviezen and the transfer test have tables of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rules.vocabulary import Role

EVERY_READER = frozenset({Role.PO_EDITOR, Role.PARENT, Role.VO_STAFF})
"""PO, the child's parents, and the school of the enrolment: nobody else reads an Oki-doc."""


class Kind(StrEnum):
    """What a field holds, as JSON keeps it: a date as jjjj-mm-dd, a code as its code."""

    LINE = "line"
    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    DAY = "day"
    CODE = "code"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field. `longest` in letters, or the highest number; `codes`: what a code means, in Dutch."""

    name: str
    label: str
    kind: Kind = Kind.LINE
    longest: int = 200
    codes: Mapping[str, str] = field(default_factory=dict)
    readers: frozenset[Role] = EVERY_READER


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """One section. `many`: rows of the same fields, at most `most`."""

    name: str
    title: str
    fields: tuple[Field, ...]
    many: bool = False
    most: int = 200

    @property
    def by_name(self) -> Mapping[str, Field]:
        return {one.name: one for one in self.fields}


AGREED = {"JA": "ja", "NEE": "nee", "NVT": "niet van toepassing"}

SECTIONS: tuple[Section, ...] = (
    Section(
        name="inspection",
        title="Inzage en zienswijze van de ouders",
        fields=(
            Field(name="seen", label="Ouders hebben het Oki-doc ingezien", kind=Kind.FLAG),
            Field(name="seen_on", label="Datum van inzage", kind=Kind.DAY),
            Field(name="agreed", label="Ouders zijn akkoord", kind=Kind.CODE, codes=AGREED),
            Field(name="reason_not_agreed", label="Reden niet akkoord", kind=Kind.TEXT, longest=2000),
            Field(name="consent", label="Toestemming om te delen met het VO", kind=Kind.CODE, codes=AGREED),
        ),
    ),
    Section(
        name="contact",
        title="Contact op de basisschool",
        fields=(
            Field(name="needed", label="Contact met het VO is gewenst", kind=Kind.FLAG),
            Field(name="person", label="Contactpersoon", longest=120),
            Field(name="phone", label="Telefoon", longest=30),
            Field(name="email", label="E-mailadres", longest=254),
        ),
    ),
    Section(
        name="career",
        title="Schoolloopbaan",
        many=True,
        most=40,
        fields=(
            Field(name="school_year", label="Schooljaar", longest=9),
            Field(name="year_group", label="Jaargroep", longest=10),
            Field(name="group_name", label="Groep", longest=80),
            Field(name="begins_on", label="Van", kind=Kind.DAY),
            Field(name="ends_on", label="Tot", kind=Kind.DAY),
            Field(name="brin", label="School (BRIN)", longest=6),
        ),
    ),
    Section(
        name="advice",
        title="Advies en wensen",
        fields=(
            Field(name="motivation", label="Onderbouwing van het advies", kind=Kind.TEXT, longest=8000),
            Field(name="wish_parents", label="Wens van de ouders", kind=Kind.TEXT, longest=200),
            Field(name="wish_pupil", label="Wens van de leerling", kind=Kind.TEXT, longest=200),
            Field(name="profile", label="Profiel", longest=200),
            Field(name="revised", label="Herzien advies", longest=200),
            Field(name="revision_motivation", label="Motivatie herziening", kind=Kind.TEXT, longest=4000),
            Field(name="points_of_attention", label="Aandachtspunten", kind=Kind.TEXT, longest=8000),
        ),
    ),
    Section(
        name="support",
        title="Ondersteuning",
        fields=(
            Field(name="perspective_plan", label="Ontwikkelingsperspectief", kind=Kind.FLAG),
            Field(name="admissibility_statement", label="Toelaatbaarheidsverklaring (TLV)", kind=Kind.FLAG),
            Field(name="arrangements", label="Arrangementen", kind=Kind.TEXT, longest=8000),
            Field(name="needs", label="Ondersteuningsbehoefte", kind=Kind.TEXT, longest=8000),
            Field(name="diagnoses", label="Diagnoses", kind=Kind.TEXT, longest=4000),
            Field(name="medication", label="Gebruikt medicatie", kind=Kind.FLAG),
        ),
    ),
    Section(
        name="absence",
        title="Verzuim",
        many=True,
        most=400,
        fields=(
            Field(name="begins_on", label="Van", kind=Kind.DAY),
            Field(name="ends_on", label="Tot en met", kind=Kind.DAY),
            Field(name="reason", label="Reden", longest=200),
            Field(name="authorised", label="Geoorloofd", kind=Kind.FLAG),
            Field(name="explanation", label="Toelichting", kind=Kind.TEXT, longest=1000),
        ),
    ),
    Section(
        name="lvs_tests",
        title="Toetsen uit het leerlingvolgsysteem",
        many=True,
        most=400,
        fields=(
            Field(name="taken_on", label="Datum", kind=Kind.DAY),
            Field(name="name", label="Toets", longest=200),
            Field(name="part", label="Onderdeel", longest=200),
            Field(name="year_group", label="Groep", longest=10),
            Field(name="score", label="Score", longest=40),
            Field(name="level", label="Niveau", longest=60),
        ),
    ),
)
