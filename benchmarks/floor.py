"""The floor under the comparison of reads: the same answers from SQL by hand, and no GraphQL at all.

    DATABASE_URL=… PORT=8301 python -m benchmarks.floor

What is left when a framework costs nothing: one statement for the session, as few as can be for the rows, dictionaries,
and orjson. Nothing is kept between two requests but connections and the statements that they prepared.
"""

from collections.abc import Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks import floor_start
from benchmarks.peers.serving import Account, account_of, answer, application, serve
from rules.parent_login import DOTS
from rules.vocabulary import LoginStatus

CHILD = """p.id, p.elk_number, p.first_name, p.infix, p.last_name, p.official_names, p.birth_date, p.gender,
       p.advice_id, a.label, p.origin, e.placement_status,
       e.id AS form, e.version, e.status, e.accept_equivalent_department, e.finalized_at"""

LIST = f"""
SELECT {CHILD},
       (SELECT count(*) FROM enrolment
         WHERE handling_school_id = $1 AND status = 'FINAL' AND school_year_id = $2) AS total
  FROM enrolment e
  JOIN pupil p ON p.id = e.pupil_id
  LEFT JOIN advice a ON a.code = p.advice_id
 WHERE e.handling_school_id = $1 AND e.status = 'FINAL' AND e.school_year_id = $2 AND p.school_year_id = $2
 ORDER BY e.sort_name, e.pupil_id LIMIT 100
"""

BY_ID = f"""
SELECT {CHILD}
  FROM enrolment e
  JOIN pupil p ON p.id = e.pupil_id
  LEFT JOIN advice a ON a.code = p.advice_id
 WHERE e.handling_school_id = $1 AND e.status = 'FINAL' AND e.pupil_id = $2
"""

LINES = """
SELECT l.enrolment_id, l.rank, d.id, d.name, s.id, s.name
  FROM preference l
  JOIN department d ON d.id = l.department_id
  JOIN secondary_school s ON s.id = d.school_id
 WHERE l.enrolment_id = ANY($1::uuid[])
 ORDER BY l.enrolment_id, l.rank
"""


async def page(database: Any, me: Account, _asked: dict[str, Any]) -> dict[str, Any]:
    rows = await database.fetch(LIST, me.secondary_school_id, me.school_year_id)
    nodes = await _children(database, rows)
    return {"pupils": {"totalCount": rows[0][17] if rows else 0, "nodes": nodes}}


async def one(database: Any, me: Account, asked: dict[str, Any]) -> dict[str, Any]:
    found = await _children(database, await database.fetch(BY_ID, me.secondary_school_id, asked["id"]))
    return {"pupil": found[0] if found else None}


async def _children(database: Any, rows: list[Any]) -> list[dict[str, Any]]:
    lists: dict[str, list[dict[str, Any]]] = {row[12]: [] for row in rows}
    for form, rank, department, name, school, school_name in await database.fetch(LINES, list(lists)):
        lists[form].append(
            {
                "rank": rank,
                "department": {
                    "id": department,
                    "name": name,
                    "school": {"id": school, "name": school_name},
                },
            }
        )
    return [
        {
            "id": row[0],
            "elkNumber": row[1],
            "firstName": row[2],
            "infix": row[3],
            "lastName": row[4],
            "officialNames": row[5],
            "birthDate": row[6],
            "gender": row[7],
            "advice": row[8],
            "adviceLabel": row[9],
            "origin": row[10],
            "placementStatus": row[11],
            "enrolment": {
                "id": row[12],
                "version": row[13],
                "status": row[14],
                "acceptEquivalentDepartment": row[15],
                "finalizedAt": row[16],
                "preferences": lists[row[12]],
            },
        }
        for row in rows
    ]


EXPORTED = (
    "id", "elkNumber", "firstName", "infix", "lastName", "birthDate", "advice", "primarySchool",
    "primarySchoolBrin", "school", "department", "enrolledAt", "placementStatus", "priorityGround",
    "priorityStatus", "acceptEquivalentDepartment", "isMultiple", "placedAt",
)  # fmt: skip
EXPORT = """
SELECT e.id, p.elk_number, p.first_name, p.infix, p.last_name, p.birth_date, p.advice_id,
       coalesce(ps.name, p.origin_school), coalesce(ps.brin || ps.location, p.origin_brin), hs.name, hd.name,
       e.finalized_at, e.placement_status, CASE WHEN NOT e.moved THEN e.priority_ground END,
       CASE WHEN NOT e.moved THEN e.priority_status END, e.accept_equivalent_department, e.is_multiple, e.placed_at
  FROM enrolment e
  JOIN pupil p ON p.id = e.pupil_id
  LEFT JOIN primary_school ps ON ps.id = p.primary_school_id
  LEFT JOIN department hd ON hd.id = e.handling_department_id
  LEFT JOIN secondary_school hs ON hs.id = e.handling_school_id
 WHERE e.region_id = $1 AND e.school_year_id = $2 AND e.status = 'FINAL' AND e.id > $3
 ORDER BY e.id LIMIT 501
"""
BEFORE_ALL = "00000000-0000-0000-0000-000000000000"


async def rows(database: Any, me: Account, asked: dict[str, Any]) -> dict[str, Any]:
    after = asked.get("after") or BEFORE_ALL
    found = await database.fetch(EXPORT, me.region_id, me.school_year_id, after)
    shown = found[:500]
    info = {"hasNextPage": len(found) > 500, "endCursor": shown[-1][0] if shown else None}
    nodes = [dict(zip(EXPORTED, row, strict=True)) for row in shown]
    return {"exportEnrolments": {"pageInfo": info, "nodes": nodes}}


OF_SCHOOL = """
SELECT p.id, p.elk_number, p.first_name, p.infix, p.last_name, p.class_group, p.advice_id, a.label,
       p.not_placing_reason, p.region_id,
       (SELECT count(*) FROM pupil WHERE primary_school_id = $1 AND school_year_id = $2) AS total
  FROM pupil p
  LEFT JOIN advice a ON a.code = p.advice_id
 WHERE p.primary_school_id = $1 AND p.school_year_id = $2
 ORDER BY p.sort_name, p.id LIMIT 100
"""
LOGINS = """
SELECT l.pupil_id, l.region_id, l.status, l.sent_at, l.activated_at
  FROM parent_login l WHERE l.pupil_id = ANY($1::uuid[])
"""
REGIONS = "SELECT id, code, name FROM region WHERE group_id = $1 ORDER BY name"
NOT_SENT = (LoginStatus.NOT_SENT.value, None, None)
SHOWN = {status.value: (dot.colour.value, dot.letters, dot.label) for status, dot in DOTS.items()}


async def overview(database: Any, me: Account, _asked: dict[str, Any]) -> dict[str, Any]:
    found = await database.fetch(OF_SCHOOL, me.primary_school_id, me.school_year_id)
    regions = await database.fetch(REGIONS, me.group_id)
    logins = {
        (pupil, region): rest
        for pupil, region, *rest in await database.fetch(LOGINS, [row[0] for row in found])
    }
    # Its own region first, the others by name.
    columns = {own: sorted(regions, key=lambda region: region[0] != own) for own, *_ in regions}
    nodes = [
        {
            "id": row[0],
            "elkNumber": row[1],
            "firstName": row[2],
            "infix": row[3],
            "lastName": row[4],
            "group": row[5],
            "advice": row[6],
            "adviceLabel": row[7],
            "notPlacingReason": row[8],
            "parentLogins": [
                _login(code, name, *logins.get((row[0], region), NOT_SENT))
                for region, code, name in columns[row[9]]
            ],
        }
        for row in found
    ]
    return {"pupils": {"totalCount": found[0][10] if found else 0, "nodes": nodes}}


def _login(code: str, name: str, status: str, sent_at: Any, activated_at: Any) -> dict[str, Any]:
    colour, letters, label = SHOWN[status]
    return {
        "region": code,
        "regionName": name,
        "status": status,
        "colour": colour,
        "letters": letters,
        "label": label,
        "sentAt": sent_at,
        "activatedAt": activated_at,
    }


def _answering(read: Callable[..., Any]) -> Callable[..., Any]:
    async def endpoint(request: Request) -> Response:
        asked = orjson.loads(await request.body() or b"{}")
        async with request.app.state.pool.acquire() as database:
            me = await account_of(request, database)
            return answer({"data": await read(database, me, asked)})

    return endpoint


READS = {
    "/page": page,
    "/one": one,
    "/rows": rows,
    "/overview": overview,
    "/start": floor_start.start,
}
app = application([Route(path, _answering(read), methods=["POST"]) for path, read in READS.items()])

if __name__ == "__main__":
    serve(app)
