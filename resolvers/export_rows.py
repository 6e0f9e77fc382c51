"""Rule 39: the rows of an export, as GraphQL gives them and as a file holds them. One statement a page or file."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, make_dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

from exports import query
from exports.columns import Column, Shape
from exports.lists import LISTS
from resolvers import audit, clock, scope
from resolvers.calendars import year_of
from resolvers.oki_doc import vault
from resolvers.rows import columns_of
from resolvers.viewer import Viewer
from resolvers.written import Fixed, written
from rules.vocabulary import ExportKind, Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Which rows: of one export, of a year and department, and only what changed since a moment."""

    kind: ExportKind
    school_year_id: UUID | None
    department_id: UUID | None = None
    changed_since: datetime | None = None


ROWS: dict[ExportKind, type] = {
    kind: type(one.row, (), {"__slots__": (), **{column.name: None for column in one.columns}})
    for kind, one in LISTS.items()
}
"""A row of each export: its id is that of the enrolment. `left`: it is not in the export any more, and is empty."""


async def asked_by(
    *,
    viewer: Viewer,
    kind: ExportKind,
    school_year: str | None,
    department_id: UUID | None,
    changed_since: datetime | None,
) -> Asked:
    """What somebody asks for, with the year that is meant (rule 1)."""
    return Asked(
        kind=kind,
        school_year_id=await year_of(viewer=viewer, name=school_year),
        department_id=department_id,
        changed_since=max(changed_since, EARLIEST) if changed_since is not None else None,
    )


EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Before there was anything; a moment of the year 1 is beyond what the database can tell."""


def may_read(*, viewer: Viewer, kind: ExportKind) -> bool:
    """A machine reads what it was granted; people read all exports of their school or region."""
    return viewer.role is not Role.INTEGRATOR or kind.value in viewer.granted_kinds


async def page_of(
    *, viewer: Viewer, asked: Asked, wanted: Collection[str], after: tuple[Any, ...] | None, limit: int
) -> list[Any]:
    """The rows behind an id, by id: who is in the export the whole time stands in it once, whatever changes."""
    columns = LISTS[asked.kind].chosen(role=viewer.role, names=wanted)
    names = tuple(column.name for column in columns)
    sql, values = _base(viewer=viewer, asked=asked, after=after[0] if after else None, limit=limit)
    _, records = await get_connection("default").execute_query(_page(asked.kind, names, sql), values)
    make, opened = _row(asked.kind, names), opening(columns)
    rows = [make(*record[:3], *opened(record[3:])) for record in map(tuple, records)]
    if asked.kind is ExportKind.OUTSIDE_PUPILS:
        await _record(viewer=viewer, asked=asked, rows=len(rows))
    return rows


@lru_cache(maxsize=256)
def _page(kind: ExportKind, names: Sequence[str], base: str) -> str:
    values = [query.raw(column) for column in LISTS[kind].columns if column.name in names]
    named = ["base.id", "base.changed_at", "NOT base.there", *values]
    return query.statement(base=base, columns=named, also="ORDER BY base.id")


@lru_cache(maxsize=256)
def _row(kind: ExportKind, names: Sequence[str]) -> Callable[..., Any]:
    """A row of these columns by their place; the others are empty."""
    chosen = ("id", "changed_at", "left", *names)
    return make_dataclass(LISTS[kind].row, chosen, bases=(ROWS[kind],), slots=True)


async def count(*, viewer: Viewer, asked: Asked) -> int:
    if asked.changed_since is None:
        return await _forms(viewer, asked).count()
    sql, values = _base(viewer=viewer, asked=asked)
    _, rows = await get_connection("default").execute_query(f"SELECT count(*) FROM ({sql}) rows", values)  # noqa: S608
    return int(rows[0]["count"])


async def unchanged_from() -> datetime:
    """From when on to ask next: whatever is committed later than this answer changed at this moment or after.

    A step bears the moment at which its transaction began: of those that are under way the oldest counts.
    """
    _, rows = await get_connection("default").execute_query(_UNDER_WAY)
    moment: datetime = rows[0]["moment"]
    return moment


_UNDER_WAY = """
SELECT loket_now() - (now() - least(now(), min(xact_start))) AS moment FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def opening(columns: Sequence[Column]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What turns a record into values: sealed ones are opened, here and nowhere before."""
    sealed = [place for place, column in enumerate(columns) if column.shape is Shape.SEALED]
    if not sealed:
        return lambda record: record
    bsns = vault()

    def opened(record: Sequence[Any]) -> Sequence[Any]:
        values = list(record)
        for place in sealed:
            if values[place] is not None:
                values[place] = bsns.decrypt(encrypted=bytes(values[place]))
        return values

    return opened


@dataclass(frozen=True, slots=True)
class Statement:
    """What a whole file is read by, and what counts its rows. `values`: of both."""

    sql: str
    counting: str
    values: list[Any]
    columns: tuple[Column, ...]


def for_file(*, viewer: Viewer, asked: Asked, shown: Callable[[Column], str]) -> Statement:
    """The rows of a file, by name. `shown`: how its columns show their values, as `query.text` or `query.typed`."""
    columns = LISTS[asked.kind].seen_by(viewer.role)
    base, values = _base(viewer=viewer, asked=asked)
    order = "ORDER BY p.sort_name, base.id"
    sql = query.statement(base=base, columns=[shown(one) for one in columns], also=order)
    return Statement(sql, f"SELECT count(*) FROM ({base}) rows", values, columns)  # noqa: S608


def _forms(viewer: Viewer, asked: Asked) -> QuerySet[Any]:
    """The forms that are in the export, or that may have been and changed since."""
    where: dict[str, Any] = {"school_year_id": asked.school_year_id, "department_id": asked.department_id}
    if asked.changed_since is None:
        return scope.exported(viewer, kind=asked.kind, **where)
    return scope.once_exported(viewer, kind=asked.kind, **where).filter(changed_at__gte=asked.changed_since)


def _base(
    *, viewer: Viewer, asked: Asked, after: UUID | None = None, limit: int | None = None
) -> tuple[str, list[Any]]:
    """The forms of a page with the moment of their last change, and whether they are in the export now."""
    if asked.changed_since is None:
        # Of a region with a limit that is not known, all forms would be read and put in order.
        fixed = None if limit is None else Fixed(limit)
        sql, values = _all.sql(viewer, asked=asked, after=after, limit=fixed)
        return f"SELECT {BY_PLACE}, TRUE AS there FROM ({sql}) x", values  # noqa: S608
    forms = _forms(viewer, asked)
    columns = ("id", "changed_at")
    now = scope.exported(
        viewer, kind=asked.kind, school_year_id=asked.school_year_id, department_id=asked.department_id
    )
    if asked.kind is ExportKind.DECENTRAL_LOTTERY:
        changed, values = columns_of(forms, *columns, "pupil_id")
        there = _behind(values, *columns_of(now, *columns, "pupil_id"))
        page = query.ALSO_TWINS.format(changed=changed, now=there)
        if after is not None:
            values.append(after)
            page += f" WHERE id > ${len(values)}"
        return page + (f" ORDER BY id LIMIT {int(limit)}" if limit is not None else ""), values
    changed, values = columns_of(_paged(forms, after, limit), *columns)
    there = _behind(values, *columns_of(now, "id"))
    joined = f'FROM ({changed}) x LEFT JOIN ({there}) y ON y."0" = x."0"'
    return f'SELECT {BY_PLACE}, y."0" IS NOT NULL AS there {joined}', values


@written
def _all(viewer: Viewer, *, asked: Asked, after: UUID | None, limit: Fixed | None) -> Any:
    return _paged(_forms(viewer, asked), after, limit).values_list("id", "changed_at")


def _paged(forms: QuerySet[Any], after: UUID | None, limit: int | None) -> QuerySet[Any]:
    behind = forms.filter(id__gt=after) if after is not None else forms
    return behind.order_by("id").limit(limit) if limit is not None else behind


def _behind(values: list[Any], sql: str, more: list[Any]) -> str:
    """A second statement beside the first: its values go behind those of the first, and so do their numbers."""
    first = len(values)
    values += more
    return re.sub(r"\$(\d+)", lambda found: f"${int(found[1]) + first}", sql)


BY_PLACE = 'x."0" AS id, x."1" AS changed_at'
"""The ORM names columns by their place."""


async def _record(*, viewer: Viewer, asked: Asked, rows: int) -> None:
    """Rule 39: reading outside pupils, whose BSN is in it, leaves a trace with how many they were."""
    row = audit.entry(
        viewer=viewer,
        act="read.outside_pupils",
        at=await clock.now(),
        entity="Export",
        entity_id=asked.kind.value,
        after={"rows": rows},
    )
    await row.save(force_create=True)


def is_ahead(*, changed_since: datetime, now: datetime) -> bool:
    """A moment that has not come: an answer to it would say that nothing changed."""
    return changed_since > now
