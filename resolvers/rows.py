"""Flat reads: the ORM writes the SQL, the driver runs it, plain objects come back (ADR 0005)."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

R = TypeVar("R")


async def fetch(queryset: QuerySet[Any], columns: Iterable[str], make: Callable[..., R]) -> list[R]:
    """One statement; each row becomes `make(*columns)`. `a__b` follows a relation."""
    _, records = await get_connection("default").execute_query(*columns_of(queryset, *columns))
    return [make(*record.values()) for record in records]


def columns_of(queryset: QuerySet[Any], *columns: str) -> tuple[str, list[Any]]:
    """The SQL that reads these columns, and its parameters."""
    chosen = queryset.values_list(*columns)
    chosen._make_query()
    return sql_of(chosen.query)


def sql_of(query: Any) -> tuple[str, list[Any]]:
    """Of a query that was made."""
    sql, parameters = query.get_parameterized_sql()
    return sql, list(parameters)


def from_json(value: Any) -> Any:
    """A JSON column as the driver gives it."""
    return json.loads(value) if isinstance(value, str) else value


Record = Sequence[Any]


class Columns:
    """The columns of a row, of which some are read only where somebody wants them: each costs its decoding, those of
    other tables a join.

    `names`: all, in the order of the row. `wanted_by`: for such a column the fields that need it.
    """

    def __init__(self, names: Sequence[str], *, wanted_by: Mapping[str, Collection[str]]) -> None:
        self._names = tuple(names)
        self._wanted_by = {name: frozenset(fields) for name, fields in wanted_by.items()}

    def left_out(self, wanted: Collection[str]) -> str:
        """What nobody wants of them, as a word: the same for the same columns."""
        fields = frozenset(wanted)
        return " ".join(name for name, by in self._wanted_by.items() if not by & fields)

    def read(self, *, without: str) -> list[str]:
        """The columns to read."""
        return [name for name in self._names if name not in without.split()]

    def whole(self, records: Iterable[Record], *, without: str) -> Iterable[tuple[Any, ...]]:
        """The records with None in the place of what was left out. What follows the columns is no part of them."""
        places = _places(self._names, without)
        return [places((None, *record)) for record in records]


@lru_cache(maxsize=256)
def _places(names: tuple[str, ...], without: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    there = [name for name in names if name not in without.split()]
    return itemgetter(*(there.index(name) + 1 if name in there else 0 for name in names))
