"""What an import wants written, collected and written in bulk: COPY for what is new, one statement a
shape for what changed, and the audit with it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID, uuid4

from tortoise.fields import JSONField
from tortoise.models import Model

from imports import Kind, Problem, Row
from resolvers import audit
from resolvers.imports.report import Report
from rules.vocabulary import Role

L = TypeVar("L")
NOTHING: Mapping[str, Any] = MappingProxyType({})

EVERY = 5_000

AUDIT_COLUMNS = (
    "at", "account_id", "role", "act", "entity", "entity_id", "pupil_id", "region_id",
    "primary_school_id", "secondary_school_id", "before", "after", "correlation_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Merged:
    """One row against what is there: new (`before` is None), different, or the same (`after` is empty)."""

    id: Any
    before: dict[str, Any] | None
    after: dict[str, Any]

    @property
    def is_new(self) -> bool:
        return self.before is None


@dataclass(kw_only=True)
class Batch:
    """One import under way."""

    kind: Kind
    connection: Any
    at: datetime
    report: Report
    say: Callable[[str], None]
    came: dict[UUID, Row] = field(default_factory=dict)
    """The pupils of this file that have a key to be known by, and their lines: what waits for them is theirs now."""
    _inserts: dict[type[Model], list[dict[str, Any]]] = field(default_factory=dict)
    _updates: dict[tuple[type[Model], tuple[str, ...]], list[tuple[Any, ...]]] = field(default_factory=dict)
    _audit: list[tuple[Any, ...]] = field(default_factory=list)

    def wrong(self, row: Row, column: str, reason: str) -> None:
        self.report.problems.append(Problem(row.line, self.kind.headers[column], reason))

    def notice(self, row: Row, reason: str) -> None:
        self.report.notices.append(Problem(row.line, "", reason))

    def each(self, lines: Sequence[L]) -> Iterator[L]:
        """The lines, saying how far it is on long files."""
        for place, line in enumerate(lines):
            if place and place % EVERY == 0:
                self.say(f"{self.kind.dutch}: {place} van {len(lines)} regels")
            yield line

    def merge(
        self,
        model: type[Model],
        *,
        present: Mapping[str, Any] | None,
        wanted: dict[str, Any],
        stamp: Mapping[str, Any] = NOTHING,
    ) -> Merged:
        """Stage a row. `wanted`: columns and values; what it does not name stays as it is.

        `stamp`: columns that follow only when something else changes.
        """
        key = model._meta.db_pk_column
        if present is None:
            values = dict(wanted)
            identity = values.setdefault(key, uuid4())
            self._inserts.setdefault(model, []).append(values)
            return Merged(identity, None, values)
        changed = {name: value for name, value in wanted.items() if present[name] != _stored(value)}
        if changed:
            written = {**changed, **stamp}
            changes = self._updates.setdefault((model, tuple(written)), [])
            changes.append((present[key], *map(_stored, written.values())))
        return Merged(present[key], {name: present[name] for name in changed}, changed)

    def count(self, *parts: Merged) -> bool:
        """Count a line by its first part; the others are what belongs to it. Whether anything changed."""
        if parts[0].is_new:
            self.report.created += 1
        elif any(part.after for part in parts):
            self.report.changed += 1
        else:
            self.report.unchanged += 1
            return False
        return True

    def trace(self, model: type[Model], merged: Merged, *, row: Row, **about: Any) -> None:
        """An audit row for what `merge` found, where it found anything."""
        if merged.after:
            self.record(
                entity=model.__name__,
                entity_id=merged.id,
                before=merged.before,
                after=merged.after,
                line=row.line,
                **about,
            )

    def record(
        self,
        *,
        entity: str,
        entity_id: Any,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any],
        line: int,
        pupil_id: UUID | None = None,
        region_id: UUID | None = None,
    ) -> None:
        act = f"import{self.kind.name.capitalize()}"
        said = {**_plain(after), "file": self.report.filename, "line": line}
        self._audit.append(
            (
                self.at, None, Role.REGION_ADMIN.value, act, entity, str(entity_id), pupil_id, region_id,
                None, None, json.dumps(_plain(before)) if before else None, json.dumps(said), "",
            )
        )  # fmt: skip

    async def write(self) -> None:
        """Everything staged so far, parents before children."""
        for model, rows in self._inserts.items():
            columns, defaults = _shape(model)
            await self.connection.copy_records_to_table(
                model._meta.db_table,
                columns=columns,
                records=[tuple(_stored(row.get(name, defaults[name])) for name in columns) for row in rows],
            )
        for (model, names), changes in self._updates.items():
            sets = ", ".join(f'"{name}" = ${place}' for place, name in enumerate(names, start=2))
            statement = f'UPDATE "{model._meta.db_table}" SET {sets} WHERE "{model._meta.db_pk_column}" = $1'  # noqa: S608
            await self.connection.executemany(statement, changes)
        await self.connection.copy_records_to_table("audit_entry", columns=AUDIT_COLUMNS, records=self._audit)
        self._inserts, self._updates, self._audit = {}, {}, []


@cache
def _shape(model: type[Model]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The columns of a table and what they hold when nobody says anything."""
    fields = {
        column: model._meta.fields_map[name] for name, column in model._meta.fields_db_projection.items()
    }
    defaults = {
        column: json.dumps(one.default() if callable(one.default) else one.default)
        if isinstance(one, JSONField) and one.default is not None
        else one.default()
        if callable(one.default)
        else one.default
        for column, one in fields.items()
    }
    return tuple(fields), defaults


def _stored(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _plain(value) if isinstance(value, dict) else audit.plain(name=name, value=value)
        for name, value in sorted(values.items())
        if name not in audit.LEFT_OUT and name != "bsn_encrypted" and value not in (None, "")
    }
