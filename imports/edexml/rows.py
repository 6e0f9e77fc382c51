"""What became of each row of a file, and why: a report that a school can follow row by row."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """In Dutch, as the report says it."""

    READ = "gelezen"
    NEW = "nieuw"
    CHANGED = "gewijzigd"
    SAME = "ongewijzigd"
    INVITED = "uitgenodigd"
    PASSED = "overgeslagen"
    REFUSED = "niet ingelezen"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing about a row: a code for programs, a Dutch sentence for people."""

    code: str
    text: str


@dataclass(kw_only=True, slots=True)
class Row:
    """`reasons`: why it was not taken; `remarks`: what else there is to know. `name`: what kind of row, in Dutch."""

    name: str
    line: int
    key: str
    outcome: Outcome = Outcome.READ
    reasons: list[Said] = field(default_factory=list)
    remarks: list[Said] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def refuse(self, code: str, text: str) -> None:
        self.reasons.append(Said(code, text))
        self.outcome = Outcome.REFUSED

    def note(self, code: str, text: str) -> None:
        self.remarks.append(Said(code, text))

    @property
    def codes(self) -> set[str]:
        return {said.code for said in (*self.reasons, *self.remarks)}

    @property
    def place(self) -> str:
        """Where: "regel 63, leerling 00001"."""
        return f"regel {self.line}, {self.name}" + (f" {self.key}" if self.key else "")

    def __str__(self) -> str:
        said = " ".join(one.text for one in (*self.reasons, *self.remarks))
        return f"{self.place}: {self.outcome}.{f' {said}' if said else ''}"


@dataclass(kw_only=True, slots=True)
class SchoolRow(Row):
    """`values`: school_year, brin, location, version."""


@dataclass(kw_only=True, slots=True)
class GroupRow(Row):
    """A location, a group or a combined one. `values`: name, year_group."""


@dataclass(kw_only=True, slots=True)
class PupilRow(Row):
    """A child that may come in where `reasons` is empty. `called`: the first name, or what stands for it.

    `bsn`: one that passes the elfproef; `bsn_fails`: there is one that does not.
    """

    is_group_8: bool = False
    called: str = ""
    bsn: str | None = None
    bsn_fails: bool = False
    eck_id: str = ""
    school_key: str = ""


@dataclass(kw_only=True, slots=True)
class TeacherRow(Row):
    """`roles`: codes of the standard, at the school and at its groups of group 8."""

    of_group_8: bool = False
    roles: frozenset[str] = frozenset()
