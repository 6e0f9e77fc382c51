"""The tray: results of tests whose child is not here yet, what a school sees of them, and how a child finds its own.

Whoever looks for a result's child, or for a child's result, holds one lock meanwhile, taken after those of pupils:
without it a result and its child, coming at the same moment, would miss each other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

from resolvers import audit, scope
from resolvers.rows import fetch, from_json
from resolvers.step import Act
from resolvers.viewer import Viewer
from rules.reconsideration import is_open, reopens
from rules.test_delivery import Whose, is_of, replaces

MOST_SHOWN = 200


@dataclass(slots=True)
class WaitingRow:
    """A result in the tray, as its school reads it."""

    id: UUID
    eck_id: str
    school_key: str
    test_name: str
    advice: str | None
    advice_label: str | None
    advice_text: str
    delivered_at: datetime


async def waiting(*, viewer: Viewer, limit: int = MOST_SHOWN) -> list[WaitingRow]:
    """What waits in the tray of the viewer's school this year, the newest first."""
    columns = ("id", "eck_id", "school_key", "content", "advice_id", "advice__label", "delivered_at")
    found = scope.tray(viewer).filter(school_year_id=viewer.school_year_id)
    ordered = found.order_by("-delivered_at", "id").limit(limit)
    return [_waiting_row(*row) for row in await fetch(ordered, columns, lambda *row: row)]


def _waiting_row(
    id: UUID, eck_id: str, school_key: str, content: Any, advice: str, label: str, at: datetime
) -> WaitingRow:
    said = from_json(content)
    return WaitingRow(
        id, eck_id, school_key, said.get("test_name", ""), advice, label, said.get("advice_text", ""), at
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A result that went to its child. Where another one counted, `after` is empty: it was thrown away.

    `opens`: the duty to reconsider stands now; `label`: the advice that asks for it.
    """

    result_id: UUID
    pupil_id: UUID
    region_id: UUID
    before: dict[str, Any]
    after: dict[str, Any]
    opens: bool = False
    label: str = ""


async def lock(*, connection: Any) -> None:
    """Until the transaction ends nobody else matches results and children."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('loket tray'))")


async def take_from_tray(
    *, connection: Any, pupil_ids: Collection[UUID], motivated: Collection[UUID] = frozenset()
) -> list[Taken]:
    """Give these pupils what waits for them, in a fixed number of statements; the caller writes the audit.

    `connection`: the driver's own, inside the transaction that wrote the pupils. `motivated`: whose
    motivation comes along with them, and so is not older than the result.
    """
    await lock(connection=connection)
    pupils = await connection.fetch(_PUPILS, list(pupil_ids))
    found = await _found(connection, pupils)
    if not found:
        return []
    present = {row["pupil_id"]: row for row in await connection.fetch(_PRESENT, list(found))}
    taken = []
    links = []
    gone = []
    for pupil in pupils:
        # Of several the latest comes first; it stands against what the child has already.
        for row in found.get(pupil["id"], ()):
            had = present.get(pupil["id"])
            if had is not None and not replaces(
                row["delivered_at"], present=had["delivered_at"], by_maker=had["by_maker"]
            ):
                gone.append(row["id"])
                taken.append(_taken(pupil, row, before=_said(row), after={}))
                continue
            if had is not None:
                gone.append(had["id"])
                taken.append(_taken(pupil, had, before=_said(had), after={}))
            news = pupil["id"] not in motivated and reopens(
                motivation=pupil["motivation"], before=had["level"] if had else None, after=row["level"]
            )
            links.append((row["id"], pupil["id"], pupil["primary_school_id"], news))
            taken.append(
                _taken(pupil, row, before={}, after={"pupil_id": pupil["id"], **_said(row)}, reopened=news)
            )
            present[pupil["id"]] = {**row, "by_maker": True}
    if gone:
        await connection.execute("DELETE FROM test_result WHERE id = ANY($1)", gone)
    if links:
        await connection.execute(_LINK, *map(list, zip(*links, strict=True)))
    return taken


async def _found(connection: Any, pupils: list[Any]) -> dict[UUID, list[Any]]:
    """What waits for each pupil, the latest first. What two of them could claim stays where it is."""
    waiting = await connection.fetch(
        _WAITING,
        list({row["school_year_id"] for row in pupils}),
        [row["eck_id"] for row in pupils if row["eck_id"]],
        list({row["primary_school_id"] for row in pupils if row["school_key"]}),
        [row["school_key"] for row in pupils if row["school_key"]],
    )
    by_key: dict[tuple[Any, ...], list[Any]] = {}
    for row in waiting:
        by_key.setdefault((row["school_year_id"], row["eck_id"]), []).append(row)
        by_key.setdefault((row["school_year_id"], row["primary_school_id"], row["school_key"]), []).append(
            row
        )
    found: dict[UUID, list[Any]] = {}
    claims: dict[UUID, int] = {}
    for pupil in pupils:
        year = pupil["school_year_id"]
        alike = {
            row["id"]: row
            for place in ((year, pupil["eck_id"]), (year, pupil["primary_school_id"], pupil["school_key"]))
            for row in by_key.get(place, ())
            if place[-1] and is_of(whose(row), child=whose(pupil))
        }
        for row in alike.values():
            claims[row["id"]] = claims.get(row["id"], 0) + 1
            found.setdefault(pupil["id"], []).append(row)
    for pupil_id, rows in found.items():
        rows = [row for row in rows if claims[row["id"]] == 1]
        found[pupil_id] = sorted(rows, key=lambda row: row["delivered_at"], reverse=True)
    return found


def whose(row: Any) -> Whose:
    """What a result, or a pupil, of a table is known by."""
    return Whose(school_id=row["primary_school_id"], eck_id=row["eck_id"], school_key=row["school_key"])


def _said(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in ("advice_id", "test_code", "delivered_at")}


def _taken(
    pupil: Any, row: Any, *, before: dict[str, Any], after: dict[str, Any], reopened: bool = False
) -> Taken:
    opens = is_open(
        school_level=pupil["provisional_level"],
        definitive_level=pupil["definitive_level"],
        test_level=row["level"],
        motivation=pupil["motivation"],
        reopened=reopened,
    )
    return Taken(
        result_id=row["id"],
        pupil_id=pupil["id"],
        region_id=pupil["region_id"],
        before=before,
        after=after,
        opens=bool(after) and opens,
        label=row["label"] or "",
    )


async def take_in_step(*, act: Act) -> None:
    """The same for the child of a step, once it is written; its audit is the step's."""
    if not act.child.eck_id and not act.child.school_key:
        return
    await act.flush()
    async with get_connection("default").acquire_connection() as connection:
        taken = await take_from_tray(connection=connection, pupil_ids=[act.child.id])
    for one in taken:
        act.record(
            entity="TestResult",
            entity_id=one.result_id,
            before=plain(one.before) or None,
            **plain(one.after),
        )


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """As the audit keeps them."""
    return {name: audit.plain(name=name, value=value) for name, value in values.items()}


_PUPILS = """
SELECT pupil.id, pupil.school_year_id, pupil.region_id, pupil.primary_school_id, pupil.eck_id, pupil.school_key,
       pupil.reconsideration_motivation AS motivation,
       provisional.level AS provisional_level, definitive.level AS definitive_level
FROM pupil
LEFT JOIN advice AS provisional ON provisional.code = pupil.provisional_advice_id
LEFT JOIN advice AS definitive ON definitive.code = pupil.advice_id
WHERE pupil.id = ANY($1)
"""
# Arrays and no join with pupils: right after a large file nobody has told the planner yet how many there are.
_WAITING = """
SELECT test_result.id, test_result.school_year_id, primary_school_id, eck_id, school_key, delivered_at, test_code,
       advice_id, advice.level, advice.label
FROM test_result LEFT JOIN advice ON advice.code = test_result.advice_id
WHERE test_result.id IN (
    SELECT id FROM test_result
    WHERE pupil_id IS NULL AND eck_id <> '' AND school_year_id = ANY($1) AND eck_id = ANY($2::text[]) UNION
    SELECT id FROM test_result
    WHERE pupil_id IS NULL AND school_key <> '' AND primary_school_id = ANY($3) AND school_key = ANY($4::text[])
)
"""
_PRESENT = """
SELECT test_result.id, pupil_id, delivered_at, test_code, advice_id, content ? 'maker' AS by_maker,
       advice.level, advice.label
FROM test_result LEFT JOIN advice ON advice.code = test_result.advice_id
WHERE pupil_id = ANY($1)
"""
_LINK = """
UPDATE test_result SET pupil_id = link.pupil_id, primary_school_id = link.school_id, reopens = link.reopens
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::boolean[]) AS link (id, pupil_id, school_id, reopens)
WHERE test_result.id = link.id
"""
