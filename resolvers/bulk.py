"""Many rows at once, each with its audit row: what imports write, and nobody else in production.

Rows go in by COPY, changes as one prepared statement a set of columns. The caller holds the transaction.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.fields import BigIntField, JSONField, UUIDField
from tortoise.models import Model

from models import (
    Account,
    Address,
    Advice,
    AuditEntry,
    CapacityGroup,
    Department,
    Enrolment,
    Guardian,
    OkiDoc,
    ParentLogin,
    Period,
    Preference,
    PrimarySchool,
    Pupil,
    Region,
    RegionGroup,
    SchoolYear,
    SecondarySchool,
    TestResult,
)
from resolvers import audit
from resolvers.request import correlation_id

Progress = Callable[[str], None]

# Parents before children.
ORDER: tuple[type[Model], ...] = (
    RegionGroup,
    Region,
    SchoolYear,
    Advice,
    Period,
    PrimarySchool,
    SecondarySchool,
    Department,
    CapacityGroup,
    Pupil,
    Address,
    Guardian,
    OkiDoc,
    TestResult,
    Account,
    ParentLogin,
    Enrolment,
    Preference,
)
AT_ONCE = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class By:
    """Whose act this is, as the audit keeps it."""

    act: str
    role: str = "SYSTEM"
    account_id: UUID | None = None
    primary_school_id: UUID | None = None
    secondary_school_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: tuple[str, ...]
    defaults: Mapping[str, Any]
    json: frozenset[str]
    primary_key: str
    makes_id: bool
    audited: tuple[str, ...]


@cache
def _table(model: type[Model]) -> _Table:
    meta = model._meta
    fields = {name: meta.fields_map[name] for name in meta.fields_db_projection}
    columns = tuple(name for name, one in fields.items() if not isinstance(one, BigIntField))
    return _Table(
        name=meta.db_table,
        columns=columns,
        defaults={name: fields[name].default for name in columns if name != meta.pk_attr},
        json=frozenset(name for name, one in fields.items() if isinstance(one, JSONField)),
        primary_key=meta.pk_attr,
        makes_id=isinstance(meta.pk, UUIDField),
        audited=tuple(sorted(name for name in fields if name not in audit.LEFT_OUT)),
    )


class Bulk:
    """Collects rows and changes; `write` puts them in the database in one go."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self._created: dict[type[Model], list[tuple[Any, ...]]] = {}
        self._changed: dict[tuple[type[Model], tuple[str, ...]], list[tuple[Any, ...]]] = {}
        self._entries: list[tuple[Any, ...]] = []

    def create(
        self,
        model: type[Model],
        values: Mapping[str, Any],
        *,
        by: By,
        at: datetime | None = None,
        pupil_id: UUID | None = None,
        region_id: UUID | None = None,
    ) -> Any:
        """A new row; columns not named get the model's own default. Returns its key."""
        table = _table(model)
        row = dict.fromkeys(table.columns)
        for name, default in table.defaults.items():
            row[name] = default() if callable(default) else default
        if table.makes_id:
            row[table.primary_key] = uuid4()
        row.update(values)
        self._created.setdefault(model, []).append(tuple(_stored(table, row)))
        key = row[table.primary_key]
        after = {
            name: audit.plain(name=name, value=row[name])
            for name in table.audited
            if row[name] is not None and row[name] != ""
        }
        self._entry(by, at, model, key, pupil_id, region_id, None, after)
        return key

    def change(
        self,
        model: type[Model],
        key: Any,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        *,
        by: By,
        at: datetime | None = None,
        pupil_id: UUID | None = None,
        region_id: UUID | None = None,
    ) -> None:
        """Set these columns of one row; `before` holds what stood there."""
        table = _table(model)
        names = tuple(sorted(after))
        stored = [_stored_value(table, name, after[name]) for name in names]
        if "updated_at" in table.columns and "updated_at" not in after:
            names, stored = (*names, "updated_at"), [*stored, at or self.at]
        self._changed.setdefault((model, names), []).append((*stored, key))
        kept = [name for name in sorted(after) if name in table.audited]
        self._entry(
            by,
            at,
            model,
            key,
            pupil_id,
            region_id,
            {name: audit.plain(name=name, value=before.get(name)) for name in kept},
            {name: audit.plain(name=name, value=after[name]) for name in kept},
        )

    def _entry(
        self,
        by: By,
        at: datetime | None,
        model: type[Model],
        key: Any,
        pupil_id: UUID | None,
        region_id: UUID | None,
        before: dict[str, Any] | None,
        after: dict[str, Any],
    ) -> None:
        self._entries.append(
            (
                at or self.at,
                by.account_id,
                by.role,
                by.act,
                model.__name__,
                str(key),
                pupil_id,
                region_id,
                by.primary_school_id,
                by.secondary_school_id,
                json.dumps(before) if before is not None else None,
                json.dumps(after),
                correlation_id.get(),
            )
        )

    async def write(self, *, connection: BaseDBAsyncClient, progress: Progress | None = None) -> None:
        """All of it, parents before children, audit rows last. Nothing is committed here."""
        driver = driver_of(connection)
        for model in ORDER:
            rows = self._created.pop(model, [])
            table = _table(model)
            await _copy(driver, table.name, table.columns, rows, progress)
        assert not self._created, f"no place in the order: {self._created.keys()}"
        for (model, names), changes in self._changed.items():
            table = _table(model)
            sets = ", ".join(f'"{name}" = ${place}' for place, name in enumerate(names, start=1))
            where = f'"{table.primary_key}" = ${len(names) + 1}'
            await driver.executemany(f'UPDATE "{table.name}" SET {sets} WHERE {where}', changes)  # noqa: S608
        await _copy(driver, AuditEntry._meta.db_table, _table(AuditEntry).columns, self._entries, progress)
        self._changed, self._entries = {}, []


def driver_of(connection: BaseDBAsyncClient) -> "asyncpg.Connection[Any]":
    """The driver's connection of an open transaction."""
    return connection._connection  # type: ignore[attr-defined,no-any-return]


async def _copy(
    driver: "asyncpg.Connection[Any]",
    table: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
    progress: Progress | None,
) -> None:
    remaining, done = iter(rows), 0
    while part := list(islice(remaining, AT_ONCE)):
        await driver.copy_records_to_table(table, columns=columns, records=part)
        done += len(part)
        if progress and done >= AT_ONCE:
            progress(f"{table}: {done}")


def _stored(table: _Table, row: Mapping[str, Any]) -> Iterator[Any]:
    for name in table.columns:
        yield _stored_value(table, name, row[name])


def _stored_value(table: _Table, name: str, value: Any) -> Any:
    if name in table.json and value is not None:
        return json.dumps(value)
    return value.value if isinstance(value, Enum) else value
