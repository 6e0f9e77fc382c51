"""What a column of an export is: said once, for the GraphQL row, the CSV and the XLSX alike (rule 39)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.vocabulary import ExportKind, Role

READERS = frozenset({Role.VO_STAFF, Role.REGION_ADMIN, Role.INTEGRATOR})
"""Who reads exports at all: each its own rows, and of those the columns that name it."""


class Shape(StrEnum):
    """What stands in a column. A code is shown by its Dutch word in a file; a sealed text lies encrypted."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    YES_NO = "yes or no"
    SEALED = "sealed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """`name`: as GraphQL calls it, in snake_case. `sql`: its value, by the aliases of `exports.query`.

    `words`: the Dutch word of each code. `roles`: who sees it; it is in nobody else's schema or file.
    """

    name: str
    header: str
    description: str
    sql: str
    shape: Shape = Shape.TEXT
    words: Mapping[str, str] | None = None
    roles: frozenset[Role] = READERS
    width: int = 14


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportList:
    """One export. `query`: its question in GraphQL; `row`: the type of its rows there."""

    kind: ExportKind
    query: str
    row: str
    title: str
    filename: str
    description: str
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        for what in ("name", "header"):
            said = [getattr(column, what) for column in self.columns]
            twice = {one for one in said if said.count(one) > 1}
            if twice:
                raise ValueError(f"{self.kind}: more than one column with the {what} {sorted(twice)}")

    def seen_by(self, role: Role) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if role in column.roles)

    def chosen(self, *, role: Role, names: Iterable[str]) -> tuple[Column, ...]:
        """Those of `names` that this role sees, in the order of the export."""
        wanted = frozenset(names)
        return tuple(column for column in self.seen_by(role) if column.name in wanted)
