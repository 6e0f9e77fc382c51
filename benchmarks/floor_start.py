"""The floor of START: what a family needs on its first screen, by hand. Until the announcement, and no later: then the
outcome is a page of its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from benchmarks.peers.serving import Account
from rules import enrolment as rule
from rules.calendar import Calendar, Span, Window, closed
from rules.enrolment import Choice, Form
from rules.identifiers import full_name
from rules.parent_login import region_meant
from rules.vocabulary import EnrolmentStatus, LoginStatus, PeriodKind, PriorityGround

CHILD = """
SELECT p.id, p.elk_number, p.first_name, p.infix, p.last_name, p.birth_date, p.advice_id, a.label, a.list_length,
       p.school_year_id, p.region_id, p.not_placing_reason, s.name AS school, h.street, h.house_number, h.postcode,
       h.city, loket_now() AS now, y.closed
  FROM pupil p
  JOIN school_year y ON y.id = p.school_year_id
  LEFT JOIN advice a ON a.code = p.advice_id
  LEFT JOIN primary_school s ON s.id = p.primary_school_id
  LEFT JOIN address h ON h.pupil_id = p.id AND h.position = 1
 WHERE p.id = $1
"""
LOGINS = """
SELECT r.id, r.code, r.name, l.status
  FROM region r LEFT JOIN parent_login l ON l.region_id = r.id AND l.pupil_id = $1
 WHERE r.group_id = $2
"""
PERIODS = """
SELECT p.region_id, p.kind, p.opens_at, p.closes_at
  FROM period p JOIN region r ON r.id = p.region_id
 WHERE r.group_id = $1 AND p.school_year_id = $2
"""
WINDOWS = """
SELECT region_id, opens_at, closes_at FROM individual_window WHERE pupil_id = $1 ORDER BY closes_at DESC
"""
FORMS = """
SELECT id, region_id, status, version, accept_equivalent_department, finalized_at, priority_ground, priority_status,
       sibling_name, sibling_class, is_multiple, all_apply_here, not_at
  FROM enrolment WHERE pupil_id = $1 AND status <> 'WITHDRAWN'
"""
LINES = """
SELECT d.id, d.name, s.id AS school_id, s.name AS school, s.priority_grounds,
       EXISTS (SELECT FROM capacity_group g WHERE g.department_id = d.id AND $2 = ANY(g.adviezen)) AS open
  FROM preference l
  JOIN department d ON d.id = l.department_id
  JOIN secondary_school s ON s.id = d.school_id
 WHERE l.enrolment_id = $1 ORDER BY l.rank
"""
OFFERED = """
SELECT s.id AS school_id, s.name AS school, s.city, s.priority_grounds, d.id, d.name,
       EXISTS (SELECT FROM capacity_group g WHERE g.department_id = d.id AND $3 = ANY(g.adviezen)) AS open
  FROM secondary_school s
  LEFT JOIN department d ON d.school_id = s.id AND d.school_year_id = $2
 WHERE s.region_id = $1 ORDER BY s.name, d.name
"""


async def start(database: Any, me: Account, _asked: dict[str, Any]) -> dict[str, Any]:
    """Eight statements at most, the one of the session with it."""
    child = await database.fetchrow(CHILD, me.pupil_id)
    regions = {row["id"]: row for row in await database.fetch(LOGINS, child["id"], me.group_id)}
    logins = {UUID(key): LoginStatus(row["status"]) for key, row in regions.items() if row["status"]}
    signed_in = UUID(me.signed_in_region_id) if me.signed_in_region_id else None
    meant = str(region_meant(logins=logins, own=UUID(child["region_id"]), signed_in=signed_in))
    now = child["now"]
    periods = await database.fetch(PERIODS, me.group_id, child["school_year_id"])
    if any(row["kind"] == PeriodKind.ANNOUNCEMENT and row["opens_at"] <= now for row in periods):
        raise NotImplementedError("an outcome, which is not in this floor")
    windows = await database.fetch(WINDOWS, child["id"])
    calendar = Calendar(
        spans={
            PeriodKind(row["kind"]): Span(row["opens_at"], row["closes_at"])
            for row in periods
            if row["region_id"] == meant
        },
        year_closed=child["closed"],
        own_windows=tuple(
            Span(row["opens_at"], row["closes_at"]) for row in windows if row["region_id"] == meant
        ),
    )
    forms = {row["region_id"]: row for row in await database.fetch(FORMS, child["id"])}
    elsewhere = next(
        (regions[key]["name"] for key, row in forms.items() if row["status"] == EnrolmentStatus.FINAL), None
    )
    enrolment = None
    if meant in forms:
        lines = await database.fetch(LINES, forms[meant]["id"], child["advice_id"])
        obstacles = rule.in_the_way(
            closed=closed(window=Window.APPLYING, calendar=calendar, now=now),
            not_placing=child["not_placing_reason"] is not None,
            elsewhere=elsewhere,
        )
        enrolment = _enrolment(forms[meant], lines, child["list_length"], obstacles)
    return {
        "viewer": {"role": me.role, "displayName": me.display_name},
        "currentPeriods": _open_periods(calendar, now),
        "child": {
            "id": child["id"],
            "elkNumber": child["elk_number"],
            "firstName": child["first_name"],
            "fullName": full_name(
                first_name=child["first_name"], infix=child["infix"], last_name=child["last_name"]
            ),
            "birthDate": child["birth_date"],
            "adviceLabel": child["label"],
            "listLength": child["list_length"],
            "loginStatus": regions[meant]["status"] or LoginStatus.NOT_SENT.value,
            "primarySchool": {"name": child["school"]} if child["school"] is not None else None,
            "address": _address(child),
            "individualWindows": [
                {"region": regions[row["region_id"]]["code"], "closesAt": row["closes_at"]} for row in windows
            ],
            "placementResult": None,
            "enrolment": enrolment,
        },
        "secondarySchools": _offered(
            await database.fetch(OFFERED, meant, child["school_year_id"], child["advice_id"])
        ),
    }


def _address(child: Any) -> dict[str, Any] | None:
    if child["street"] is None:
        return None
    return {
        "street": child["street"],
        "houseNumber": child["house_number"],
        "postcode": child["postcode"],
        "city": child["city"],
    }


def _open_periods(calendar: Calendar, now: datetime) -> list[dict[str, Any]]:
    """In the order of the year; a window of the family's own counts as the application period."""
    spans = {kind: span for kind, span in calendar.spans.items() if span.holds(now)}
    for window in calendar.own_windows:
        there = spans.get(PeriodKind.APPLICATION)
        later = there is None or (
            there.closes_at is not None
            and window.closes_at is not None
            and window.closes_at > there.closes_at
        )
        if window.holds(now) and later:
            spans[PeriodKind.APPLICATION] = window
    return [
        {"kind": kind.value, "opensAt": spans[kind].opens_at, "closesAt": spans[kind].closes_at}
        for kind in PeriodKind
        if kind in spans
    ]


def _enrolment(form: Any, lines: list[Any], list_length: int | None, obstacles: list[str]) -> dict[str, Any]:
    ground = PriorityGround(form["priority_ground"]) if form["priority_ground"] else None
    filled = Form(
        choices=tuple(
            Choice(
                department_id=UUID(line["id"]),
                department=line["name"],
                school_id=UUID(line["school_id"]),
                school=line["school"],
                open_to_child=line["open"],
                grounds=frozenset(line["priority_grounds"] or ()),
            )
            for line in lines
        ),
        ground=ground,
        sibling_name=form["sibling_name"],
        sibling_class=form["sibling_class"],
        accept_equivalent_department=form["accept_equivalent_department"],
        is_multiple=form["is_multiple"],
        all_apply_here=form["all_apply_here"],
        not_at=frozenset(UUID(school) for school in orjson.loads(form["not_at"] or "null") or ()),
    )
    is_open = form["status"] == EnrolmentStatus.CONCEPT
    missing = [*obstacles, *rule.missing(form=filled, list_length=list_length)] if is_open else []
    claim = {
        "ground": form["priority_ground"],
        "status": form["priority_status"],
        "siblingName": form["sibling_name"],
        "siblingClass": form["sibling_class"],
    }
    return {
        "id": form["id"],
        "status": form["status"],
        "version": form["version"],
        "canFinalize": is_open and not missing,
        "missing": missing,
        "acceptEquivalentDepartment": form["accept_equivalent_department"],
        "finalizedAt": form["finalized_at"],
        "preferences": [
            {
                "rank": rank,
                "department": {
                    "id": line["id"],
                    "name": line["name"],
                    "school": {"id": line["school_id"], "name": line["school"]},
                },
            }
            for rank, line in enumerate(lines, start=1)
        ],
        "priorityClaim": claim if ground else None,
        "multipleBirth": {"isMultiple": form["is_multiple"], "allApplyHere": form["all_apply_here"]},
    }


def _offered(rows: list[Any]) -> list[dict[str, Any]]:
    schools: dict[str, dict[str, Any]] = {}
    for row in rows:
        school = schools.setdefault(
            row["school_id"],
            {
                "id": row["school_id"],
                "name": row["school"],
                "city": row["city"],
                "priorityGrounds": row["priority_grounds"],
                "departments": [],
            },
        )
        if row["id"] is not None:
            school["departments"].append({"id": row["id"], "name": row["name"], "openToChild": row["open"]})
    return list(schools.values())
