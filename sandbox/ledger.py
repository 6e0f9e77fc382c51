"""States the sandbox writes in bulk: the rows that steps would have left, and their audit."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from tortoise.fields import JSONField
from tortoise.models import Model

from models import (
    Account,
    Enrolment,
    Integrator,
    IntegratorSchool,
    IntegratorSecret,
    LoginRequest,
    ParentLogin,
    Preference,
)
from resolvers import audit
from resolvers.imports.batch import AUDIT_COLUMNS
from rules.vocabulary import Role

ORDER: tuple[type[Model], ...] = (
    Account,
    Integrator,
    IntegratorSchool,
    IntegratorSecret,
    ParentLogin,
    LoginRequest,
    Enrolment,
    Preference,
)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who did something."""

    account_id: UUID | None
    role: Role
    primary_school_id: UUID | None = None


class Ledger:
    """Rows and audit rows, until `write`."""

    def __init__(self) -> None:
        self._rows: dict[type[Model], list[tuple[Any, ...]]] = {model: [] for model in ORDER}
        self._files: list[tuple[Any, ...]] = []
        self._entries: list[tuple[Any, ...]] = []

    def row(self, model: type[Model], **values: Any) -> UUID:
        """A new row; what is not said is as the model says."""
        columns, defaults = _shape(model)
        identity = UUID(str(values.setdefault("id", uuid4())))
        self._rows[model].append(
            tuple(_stored(values[name] if name in values else defaults[name]) for name in columns)
        )
        return identity

    def next_id(self) -> UUID:
        """The id of a row that is told of before it is written."""
        return uuid4()

    def file(
        self, oki_doc_id: UUID, sections: Mapping[str, Any], version: int, finalized_at: Any, at: datetime
    ) -> None:
        """How an Oki-doc stands now."""
        status = "FINAL" if finalized_at else "CONCEPT"
        self._files.append((oki_doc_id, json.dumps(sections), status, version, finalized_at, at))

    def act(
        self,
        name: str,
        who: Who,
        at: datetime,
        entity: type[Model],
        entity_id: UUID,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any],
        *,
        pupil_id: UUID | None,
        region_id: UUID | None,
    ) -> None:
        """What a step would have told the audit."""
        self._entries.append(
            (
                at, who.account_id, who.role.value, name, entity.__name__, str(entity_id), pupil_id, region_id,
                who.primary_school_id, None, _told(before, entity) if before is not None else None,
                _told(after, entity), "",
            )
        )  # fmt: skip

    async def write(self, connection: Any) -> None:
        """Everything; in the caller's transaction."""
        for model, rows in self._rows.items():
            columns, _ = _shape(model)
            await _copy(connection, model._meta.db_table, columns, rows)
        await connection.execute(_FILES)
        await _copy(
            connection,
            "file_now",
            ("id", "sections", "status", "version", "finalized_at", "updated_at"),
            self._files,
        )
        await connection.execute(_FILE_NOW)
        await _copy(connection, "audit_entry", AUDIT_COLUMNS, self._entries)


async def _copy(connection: Any, table: str, columns: Iterable[str], rows: list[tuple[Any, ...]]) -> None:
    if rows:
        await connection.copy_records_to_table(table, columns=list(columns), records=rows)


@cache
def _shape(model: type[Model]) -> tuple[tuple[str, ...], dict[str, Any]]:
    fields = {name: model._meta.fields_map[name] for name in model._meta.fields_db_projection}
    defaults = {name: _default(one) for name, one in fields.items()}
    return tuple(fields), defaults


def _default(one: Any) -> Any:
    if isinstance(one, JSONField):
        return one.default() if callable(one.default) else one.default
    return None if callable(one.default) else one.default


def _stored(value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value)
    return value.value if isinstance(value, Enum) else value


def _told(values: Mapping[str, Any], entity: type[Model]) -> str:
    return json.dumps(
        {
            name: audit.plain(name=name, value=value, entity=entity.__name__)
            for name, value in sorted(values.items())
            if name not in audit.LEFT_OUT and value is not None and value != ""
        }
    )


_FILES = """
CREATE TEMP TABLE file_now (
    id uuid, sections jsonb, status text, version int, finalized_at timestamptz, updated_at timestamptz
) ON COMMIT DROP
"""
_FILE_NOW = """
UPDATE oki_doc SET sections = now.sections, status = now.status, version = now.version,
       finalized_at = now.finalized_at, updated_at = now.updated_at
  FROM file_now now WHERE now.id = oki_doc.id
"""
