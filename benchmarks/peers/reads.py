"""What the GraphQL servers in Python read, in batches as their dataloaders want it: for all keys at once, in their order.

A row is a dictionary by the names of its columns. What is loaded by a key that came from a row of the account is in
its scope; where rows begin, the account is in the statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.peers.serving import Account

Row = dict[str, Any]

_PUPIL = """p.id, p.elk_number, p.first_name, p.infix, p.last_name, p.official_names, p.birth_date, p.gender,
       p.class_group, p.advice_id AS advice, a.label AS advice_label, p.origin, p.not_placing_reason, p.region_id"""
_HANDLED = """
  FROM enrolment e
  JOIN pupil p ON p.id = e.pupil_id
  LEFT JOIN advice a ON a.code = p.advice_id
 WHERE e.handling_school_id = $1 AND e.status = 'FINAL'"""
_OF_SCHOOL = "e.school_year_id = $2 AND p.school_year_id = $2"
_EXPORT = """
SELECT e.id, p.elk_number, p.first_name, p.infix, p.last_name, p.birth_date, p.advice_id AS advice,
       coalesce(ps.name, p.origin_school) AS primary_school,
       coalesce(ps.brin || ps.location, p.origin_brin) AS primary_school_brin, hs.name AS school,
       hd.name AS department, e.finalized_at AS enrolled_at, e.placement_status,
       CASE WHEN NOT e.moved THEN e.priority_ground END AS priority_ground,
       CASE WHEN NOT e.moved THEN e.priority_status END AS priority_status,
       e.accept_equivalent_department, e.is_multiple, e.placed_at
  FROM enrolment e
  JOIN pupil p ON p.id = e.pupil_id
  LEFT JOIN primary_school ps ON ps.id = p.primary_school_id
  LEFT JOIN department hd ON hd.id = e.handling_department_id
  LEFT JOIN secondary_school hs ON hs.id = e.handling_school_id
 WHERE e.region_id = $1 AND e.school_year_id = $2 AND e.status = 'FINAL' AND e.id > $3
 ORDER BY e.id LIMIT $4
"""
_BEFORE_ALL = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Reads:
    """The questions of one request."""

    pool: Any
    me: Account

    async def pupils(self, first: int) -> list[Row]:
        me = self.me
        if me.role == "VO_STAFF":
            sql = f"SELECT {_PUPIL}, e.placement_status {_HANDLED} AND {_OF_SCHOOL} ORDER BY e.sort_name, e.pupil_id LIMIT $3"
            return await self._rows(sql, me.secondary_school_id, me.school_year_id, first)
        sql = f"""
SELECT {_PUPIL} FROM pupil p LEFT JOIN advice a ON a.code = p.advice_id
 WHERE p.primary_school_id = $1 AND p.school_year_id = $2 ORDER BY p.sort_name, p.id LIMIT $3"""
        return await self._rows(sql, me.primary_school_id, me.school_year_id, first)

    async def count(self) -> int:
        me = self.me
        if me.role == "VO_STAFF":
            sql = """SELECT count(*) FROM enrolment e
 WHERE e.handling_school_id = $1 AND e.status = 'FINAL' AND e.school_year_id = $2"""
            return int(await self.pool.fetchval(sql, me.secondary_school_id, me.school_year_id))
        sql = "SELECT count(*) FROM pupil p WHERE p.primary_school_id = $1 AND p.school_year_id = $2"
        return int(await self.pool.fetchval(sql, me.primary_school_id, me.school_year_id))

    async def pupil(self, pupil_id: str) -> Row | None:
        sql = f"SELECT {_PUPIL}, e.placement_status {_HANDLED} AND p.id = $2"
        found = await self._rows(sql, self.me.secondary_school_id, pupil_id)
        return found[0] if found else None

    async def exported(self, first: int, after: str | None) -> list[Row]:
        me = self.me
        return await self._rows(_EXPORT, me.region_id, me.school_year_id, after or _BEFORE_ALL, first)

    async def forms(self, pupil_ids: Sequence[str]) -> list[Row | None]:
        sql = """SELECT pupil_id, id, version, status, accept_equivalent_department, finalized_at FROM enrolment
 WHERE pupil_id = ANY($1::uuid[]) AND handling_school_id = $2 AND status = 'FINAL'"""
        found = {
            row["pupil_id"]: row
            for row in await self._rows(sql, list(pupil_ids), self.me.secondary_school_id)
        }
        return [found.get(pupil_id) for pupil_id in pupil_ids]

    async def lines(self, form_ids: Sequence[str]) -> list[list[Row]]:
        sql = """SELECT enrolment_id, rank, department_id FROM preference
 WHERE enrolment_id = ANY($1::uuid[]) ORDER BY enrolment_id, rank"""
        return await self._many(sql, "enrolment_id", form_ids)

    async def departments(self, ids: Sequence[str]) -> list[Row]:
        return await self._by_id("SELECT id, name, school_id FROM department WHERE id = ANY($1::uuid[])", ids)

    async def schools(self, ids: Sequence[str]) -> list[Row]:
        return await self._by_id("SELECT id, name FROM secondary_school WHERE id = ANY($1::uuid[])", ids)

    async def regions(self, group_ids: Sequence[str]) -> list[list[Row]]:
        sql = "SELECT group_id, id, code, name FROM region WHERE group_id = ANY($1::uuid[]) ORDER BY name"
        return await self._many(sql, "group_id", group_ids)

    async def logins(self, pupil_ids: Sequence[str]) -> list[list[Row]]:
        sql = """SELECT pupil_id, region_id, status, sent_at, activated_at FROM parent_login
 WHERE pupil_id = ANY($1::uuid[])"""
        return await self._many(sql, "pupil_id", pupil_ids)

    async def _rows(self, sql: str, *values: Any) -> list[Row]:
        return [dict(row) for row in await self.pool.fetch(sql, *values)]

    async def _by_id(self, sql: str, ids: Sequence[str]) -> list[Row]:
        found = {row["id"]: row for row in await self._rows(sql, list(ids))}
        return [found[one] for one in ids]

    async def _many(self, sql: str, key: str, keys: Sequence[str]) -> list[list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in await self._rows(sql, list(keys)):
            found.setdefault(row[key], []).append(row)
        return [found.get(one, []) for one in keys]


NOT_SENT = {"status": "NOT_SENT", "sent_at": None, "activated_at": None}


def login_columns(pupil: Row, regions: list[Row], logins: list[Row]) -> list[tuple[Row, Row]]:
    """Each linked region with the login there, the own region first: also where nothing was sent."""
    known = {login["region_id"]: login for login in logins}
    own_first = sorted(regions, key=lambda region: region["id"] != pupil["region_id"])
    return [(region, known.get(region["id"], NOT_SENT)) for region in own_first]
