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
    rows = [row for row in await connection.fetch(_WAITING_FOR, list(pupil_ids)) if _is_its(row)]
    claims: dict[UUID, set[UUID]] = {}
    for row in rows:
        claims.setdefault(row["id"], set()).add(row["pupil_id"])
    given: dict[UUID, Taken] = {}
    gone: dict[UUID, Taken] = {}
    links = []
    for row in rows:
        if len(claims[row["id"]]) > 1:
            continue
        # Of several the latest comes first; it stands against what the child has already.
        if row["pupil_id"] in given or not replaces(
            row["delivered_at"], present=row["present_at"], by_maker=bool(row["present_by_maker"])
        ):
            gone[row["id"]] = _thrown_away(row, "id", "advice_id", "test_code", "delivered_at")
            continue
        if row["present_id"] is not None:
            gone[row["present_id"]] = _thrown_away(
                row, "present_id", "present_advice_id", "present_test_code", "present_at"
            )
        news = row["pupil_id"] not in motivated and reopens(
            motivation=row["motivation"], before=row["present_level"], after=row["level"]
        )
        given[row["pupil_id"]] = _given(row, news)
        links.append((row["id"], row["pupil_id"], row["child_school_id"], news))
    if gone:
        await connection.execute("DELETE FROM test_result WHERE id = ANY($1)", list(gone))
    if links:
        await connection.execute(_LINK, *map(list, zip(*links, strict=True)))
    return [*gone.values(), *given.values()]


def _is_its(row: Any) -> bool:
    result = Whose(school_id=row["primary_school_id"], eck_id=row["eck_id"], school_key=row["school_key"])
    child = Whose(school_id=row["child_school_id"], eck_id=row["child_eck_id"], school_key=row["child_key"])
    return is_of(result, child=child)


def _thrown_away(row: Any, name: str, advice: str, test_code: str, at: str) -> Taken:
    before = {"advice_id": row[advice], "test_code": row[test_code], "delivered_at": row[at]}
    return Taken(
        result_id=row[name], pupil_id=row["pupil_id"], region_id=row["region_id"], before=before, after={}
    )


def _given(row: Any, news: bool) -> Taken:
    return Taken(
        result_id=row["id"],
        pupil_id=row["pupil_id"],
        region_id=row["region_id"],
        before={},
        after={
            "pupil_id": row["pupil_id"],
            "advice_id": row["advice_id"],
            "test_code": row["test_code"],
            "delivered_at": row["delivered_at"],
        },
        opens=is_open(
            school_level=row["provisional_level"],
            definitive_level=row["definitive_level"],
            test_level=row["level"],
            motivation=row["motivation"],
            reopened=news,
        ),
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


_WAITING_FOR = """
SELECT pupil.id AS pupil_id, pupil.region_id, pupil.primary_school_id AS child_school_id,
       pupil.eck_id AS child_eck_id, pupil.school_key AS child_key,
       pupil.reconsideration_motivation AS motivation,
       provisional.level AS provisional_level, definitive.level AS definitive_level,
       waiting.id, waiting.primary_school_id, waiting.eck_id, waiting.school_key, waiting.test_code,
       waiting.advice_id, waiting.delivered_at, said.level, said.label,
       present.id AS present_id, present.advice_id AS present_advice_id, present.test_code AS present_test_code,
       present.delivered_at AS present_at, present.content ? 'maker' AS present_by_maker,
       had.level AS present_level
FROM (
    SELECT pupil.id AS pupil_id, waiting.id AS waiting_id FROM pupil JOIN test_result AS waiting
    ON waiting.school_year_id = pupil.school_year_id AND waiting.eck_id = pupil.eck_id
    WHERE pupil.id = ANY($1) AND waiting.pupil_id IS NULL AND waiting.eck_id <> ''
    UNION
    SELECT pupil.id, waiting.id FROM pupil JOIN test_result AS waiting
    ON waiting.school_year_id = pupil.school_year_id AND waiting.primary_school_id = pupil.primary_school_id
    AND waiting.school_key = pupil.school_key
    WHERE pupil.id = ANY($1) AND waiting.pupil_id IS NULL AND waiting.school_key <> ''
) AS pair
JOIN pupil ON pupil.id = pair.pupil_id
JOIN test_result AS waiting ON waiting.id = pair.waiting_id
LEFT JOIN advice AS said ON said.code = waiting.advice_id
LEFT JOIN advice AS provisional ON provisional.code = pupil.provisional_advice_id
LEFT JOIN advice AS definitive ON definitive.code = pupil.advice_id
LEFT JOIN test_result AS present ON present.pupil_id = pupil.id
LEFT JOIN advice AS had ON had.code = present.advice_id
ORDER BY waiting.delivered_at DESC, waiting.id
"""
_LINK = """
UPDATE test_result SET pupil_id = link.pupil_id, primary_school_id = link.school_id, reopens = link.reopens
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::boolean[]) AS link (id, pupil_id, school_id, reopens)
WHERE test_result.id = link.id
"""
