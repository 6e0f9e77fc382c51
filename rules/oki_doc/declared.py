"""How a section of an Oki-doc is declared: its fields, what each may hold, and where a dossier keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rules.vocabulary import Role

EVERY_READER = frozenset({Role.PO_EDITOR, Role.PARENT, Role.VO_STAFF})
"""PO, the child's parents, and the school of the enrolment: nobody else reads an Oki-doc."""


UNKNOWN = "onbekend"
"""What a dossier writes where the standard demands a word and there is none; read back, it says nothing."""


class Kind(StrEnum):
    """What a field holds, as JSON keeps it.

    DAY: jjjj-mm-dd. CODE: one of `codes`. ADVICE: a code of the list of adviezen, or two digits of the older
    list that dossiers use. ROWS: rows of `row`. FILE: the id of an upload.
    """

    LINE = "line"
    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    DECIMAL = "decimal"
    DAY = "day"
    CODE = "code"
    ADVICE = "advice"
    ROWS = "rows"
    FILE = "file"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field.

    `longest`: in letters, or the highest number. `codes`: what a code means, in Dutch; `open`: the list goes
    on outside the standard's schema, so another code is kept as it is. `most`: rows at most.

    `oso`: the element below that of the section or row; empty when no dossier has it. `spelled`: how a
    dossier writes our codes, where that differs. `required`: the standard demands the element; `fallback`:
    what is written when there is none, and without a fallback the whole row cannot be written. `shape`: what
    the standard's pattern takes. `joined`: a repeated element, as one text with this between. `starts`: rows
    that stand in one element, each beginning with the child of this name. `always`: the containers of a row
    that the standard demands, also when they are empty.
    """

    name: str
    label: str
    kind: Kind = Kind.LINE
    longest: int = 200
    codes: Mapping[str, str] = field(default_factory=dict)
    open: bool = False
    readers: frozenset[Role] = EVERY_READER
    row: "Row | None" = None
    most: int = 100
    oso: str = ""
    spelled: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    fallback: str | None = None
    shape: str = ""
    joined: str = ""
    starts: str = ""
    always: tuple[str, ...] = ()

    @property
    def rows_of(self) -> "Row":
        assert self.row is not None, f"{self.name} holds no rows"
        return self.row


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """Rows inside a section. `name`: of their type. `said`: the fields a reader sees first, in words."""

    name: str
    title: str
    fields: tuple[Field, ...]
    said: tuple[str, ...] = ()

    @property
    def by_name(self) -> Mapping[str, Field]:
        return {one.name: one for one in self.fields}


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """One section. `many`: rows of the same fields, at most `most`.

    `columns`: the fields that get a column of their own on paper; the rest stands in the last column. `oso`:
    its element in a dossier; `category`: which choice of the school it falls under (`cat_…`).
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    many: bool = False
    most: int = 200
    columns: tuple[str, ...] = ()
    oso: str = ""
    category: str = ""
    always: tuple[str, ...] = ()

    @property
    def by_name(self) -> Mapping[str, Field]:
        return {one.name: one for one in self.fields}


DOCUMENT = Row(
    name="document",
    title="Document",
    said=("filename", "description"),
    fields=(
        Field(name="filename", label="Bestandsnaam", longest=150, oso="bestandsnaam", required=True),
        Field(name="description", label="Omschrijving", oso="omschrijving"),
        Field(name="upload", label="Bijlage", kind=Kind.FILE, longest=36),
    ),
)


def documents(*, oso: str = "document", most: int = 20) -> Field:
    """The documents of a section or row: each is an attachment of the pupil."""
    return Field(name="documents", label="Documenten", kind=Kind.ROWS, row=DOCUMENT, oso=oso, most=most)
