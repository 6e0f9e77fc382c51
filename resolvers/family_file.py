"""The file of one family: all that its screens show of its child, but for the dossier, in one statement.

All the fields of one question share one reading (`Reading`). It is not kept after that, and a step has none: what it
shows is read after it has written.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

from resolvers import clock, scope
from resolvers.pupils import COLUMNS, PupilRow
from resolvers.viewer import Viewer
from rules.calendar import Calendar, Span
from rules.enrolment import Choice, Form
from rules.parent_login import region_meant
from rules.vocabulary import (
    EnrolmentStatus,
    LoginStatus,
    PeriodKind,
    PlacementStatus,
    PriorityGround,
    PriorityStatus,
)


@dataclass(frozen=True, slots=True)
class LinkedRegion:
    """A region of the child's group, with its tijdpad in the child's year."""

    id: UUID
    code: str
    name: str
    helpdesk: str
    spans: dict[PeriodKind, Span]


@dataclass(frozen=True, slots=True)
class OwnWindow:
    region_id: UUID
    opens_at: datetime
    closes_at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveForm:
    """A concept or a definitive form, with nothing of its outcome."""

    id: UUID
    region_id: UUID
    status: EnrolmentStatus
    version: int
    finalized_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str
    priority_status: PriorityStatus | None
    form: Form


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a form, of a region that has made it known (rule 23)."""

    region_id: UUID
    status: EnrolmentStatus
    placement: PlacementStatus
    deferred: bool
    school: str
    department: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FamilyFile:
    """`read_at`: the moment it tells of. `outcomes`: the latest form of a region first."""

    read_at: datetime
    columns: tuple[Any, ...]
    own_region: UUID
    year_closed: bool
    regions: dict[UUID, LinkedRegion]
    logins: dict[UUID, LoginStatus]
    addresses: list[list[Any]]
    windows: list[OwnWindow]
    forms: list[LiveForm]
    outcomes: list[Outcome]
    signed_in: UUID | None

    def child(self) -> PupilRow:
        """A row of its own each time: its parts are what one field asked for."""
        return PupilRow(*self.columns)

    def region(self, *, code: str | None) -> LinkedRegion | None:
        """The region named, where the family has a login there; without a name the one it means (rule 2). None: out of
        reach."""
        if code is not None:
            own = (self.regions[region_id] for region_id in self.logins)
            return next((region for region in own if region.code == code), None)
        return self.regions[self._meant()]

    def default_region(self) -> str | None:
        """The code of the region that is meant where none is named; None where the family has no login there."""
        meant = self._meant()
        return self.regions[meant].code if meant in self.logins else None

    def calendar(self, *, region_id: UUID) -> Calendar:
        """The tijdpad of a region, and the windows that this family has there for itself."""
        return Calendar(
            spans=self.regions[region_id].spans,
            year_closed=self.year_closed,
            own_windows=tuple(
                Span(own.opens_at, own.closes_at) for own in self.windows if own.region_id == region_id
            ),
        )

    def _meant(self) -> UUID:
        return region_meant(logins=self.logins, own=self.own_region, signed_in=self.signed_in)


class Reading:
    """The file of the viewer of one question, read when the first field needs it: fields run side by side."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._file: FamilyFile | None = None

    async def of(self, viewer: Viewer) -> FamilyFile | None:
        """None of whoever is no family, and of a child that is no more."""
        async with self._turn:
            if self._file is None:
                self._file = await _read(viewer)
        return self._file


async def _read(viewer: Viewer) -> FamilyFile | None:
    now = await clock.now()
    _, rows = await get_connection("default").execute_query(_FILE, [scope.child_of(viewer), now])
    if not rows:
        return None
    row = rows[0]
    found = {name: json.loads(row[name] or "[]") for name in _LISTS}
    return FamilyFile(
        read_at=now,
        columns=tuple(row[: len(COLUMNS)]),
        own_region=row["region_id"],
        year_closed=row["year_closed"],
        regions={region.id: region for region in map(_region, found["regions"])},
        logins={UUID(region): LoginStatus(status) for region, status in found["logins"]},
        addresses=found["addresses"],
        windows=[_window(*one) for one in found["windows"]],
        forms=[_form(one) for one in found["forms"]],
        outcomes=[_outcome(*one) for one in found["outcomes"]],
        signed_in=viewer.signed_in_region_id,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _region(row: list[Any]) -> LinkedRegion:
    region_id, code, name, helpdesk, periods = row
    spans = {
        PeriodKind(kind): Span(datetime.fromisoformat(opens), _moment(closes))
        for kind, opens, closes in periods or ()
    }
    return LinkedRegion(UUID(region_id), code, name, helpdesk, spans)


def _window(region_id: str, opens: str, closes: str, reason: str) -> OwnWindow:
    return OwnWindow(UUID(region_id), datetime.fromisoformat(opens), datetime.fromisoformat(closes), reason)


def _form(row: dict[str, Any]) -> LiveForm:
    ground, priority = row["priority_ground"], row["priority_status"]
    return LiveForm(
        id=UUID(row["id"]),
        region_id=UUID(row["region_id"]),
        status=EnrolmentStatus(row["status"]),
        version=row["version"],
        finalized_at=_moment(row["finalized_at"]),
        withdrawn_at=_moment(row["withdrawn_at"]),
        withdrawn_by=row["withdrawn_by"],
        priority_status=PriorityStatus(priority) if priority else None,
        form=Form(
            choices=tuple(_choice(*line) for line in row["lines"] or ()),
            ground=PriorityGround(ground) if ground else None,
            sibling_name=row["sibling_name"],
            sibling_class=row["sibling_class"],
            accept_equivalent_department=row["accept_equivalent_department"],
            is_multiple=row["is_multiple"],
            all_apply_here=row["all_apply_here"],
            not_at=frozenset(map(UUID, row["not_at"] or ())),
        ),
    )


def _choice(
    department_id: str, department: str, school_id: str, school: str, grounds: list[str] | None, is_open: bool
) -> Choice:
    return Choice(
        department_id=UUID(department_id),
        department=department,
        school_id=UUID(school_id),
        school=school,
        grounds=frozenset(grounds or ()),
        open_to_child=is_open,
    )


def _outcome(
    region_id: str, status: str, placement: str, deferred: bool, school: str | None, department: str | None
) -> Outcome:
    ended, became = EnrolmentStatus(status), PlacementStatus(placement)
    return Outcome(UUID(region_id), ended, became, deferred, school or "", department or "")


_JOINED = {
    "advice__label": "a.label",
    "advice__list_length": "a.list_length",
    "primary_school__name": "s.name",
}
_LISTS = ("regions", "logins", "addresses", "windows", "forms", "outcomes")
# Of the outcome no row is looked at but in a region that has made it known (rule 23): OFFSET keeps that order.
_FILE = f"""
SELECT {", ".join(_JOINED.get(column, f"p.{column}") for column in COLUMNS)},
       y.closed AS year_closed,
       (SELECT json_agg(json_build_array(r.id, r.code, r.name, r.helpdesk,
                   (SELECT json_agg(json_build_array(t.kind, t.opens_at, t.closes_at)) FROM period t
                     WHERE t.region_id = r.id AND t.school_year_id = p.school_year_id)))
          FROM region r WHERE r.group_id = p.group_id) AS regions,
       (SELECT json_agg(json_build_array(l.region_id, l.status)) FROM parent_login l
         WHERE l.pupil_id = p.id) AS logins,
       (SELECT json_agg(json_build_array(h.kind, h.street, h.house_number, h.postcode, h.city, h.country, h.secret,
                   h.detail, h.position) ORDER BY h.position)
          FROM address h WHERE h.pupil_id = p.id) AS addresses,
       (SELECT json_agg(json_build_array(w.region_id, w.opens_at, w.closes_at, w.reason) ORDER BY w.closes_at DESC)
          FROM individual_window w WHERE w.pupil_id = p.id) AS windows,
       (SELECT json_agg(f) FROM (
            SELECT e.id, e.region_id, e.status, e.version, e.finalized_at, e.withdrawn_at, e.withdrawn_by,
                   e.priority_ground, e.priority_status, e.sibling_name, e.sibling_class,
                   e.accept_equivalent_department, e.is_multiple, e.all_apply_here, e.not_at,
                   (SELECT json_agg(json_build_array(d.id, d.name, v.id, v.name, v.priority_grounds, EXISTS (
                               SELECT FROM capacity_group c
                                WHERE c.department_id = d.id AND p.advice_id = ANY (c.adviezen))) ORDER BY n.rank)
                      FROM preference n
                      JOIN department d ON d.id = n.department_id
                      JOIN secondary_school v ON v.id = d.school_id
                     WHERE n.enrolment_id = e.id) AS lines
              FROM enrolment e WHERE e.pupil_id = p.id AND e.status <> 'WITHDRAWN') f) AS forms,
       (SELECT json_agg(json_build_array(o.region_id, o.status, o.placement_status, o.deferred, o.school, o.department)
                        ORDER BY o.version DESC)
          FROM (SELECT t.region_id FROM period t JOIN region r ON r.id = t.region_id AND r.group_id = p.group_id
                 WHERE t.kind = 'ANNOUNCEMENT' AND t.school_year_id = p.school_year_id AND t.opens_at <= $2
                OFFSET 0) known
         CROSS JOIN LATERAL (
            SELECT became.region_id, became.version, became.status, became.placement_status,
                   became.parents_informed_at IS NOT NULL AS deferred, v.name AS school, d.name AS department
              FROM enrolment became
              LEFT JOIN secondary_school v ON v.id = became.handling_school_id
              LEFT JOIN department d ON d.id = became.handling_department_id
             WHERE became.pupil_id = p.id AND became.region_id = known.region_id
            OFFSET 0) o) AS outcomes
  FROM pupil p
  JOIN school_year y ON y.id = p.school_year_id
  LEFT JOIN advice a ON a.code = p.advice_id
  LEFT JOIN primary_school s ON s.id = p.primary_school_id
 WHERE p.id = $1
"""  # noqa: S608
