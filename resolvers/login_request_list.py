"""What families asked of a region (rule 24), with what a person must see before deciding: who the child is, and
whether it stands here already. The number of statements does not depend on how many requests there are.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from models import PrimarySchool
from models.region import Advice
from resolvers import scope
from resolvers.imports.pupil_register import name_of
from resolvers.pupils import SchoolRow
from resolvers.rows import fetch, from_json
from resolvers.viewer import Viewer
from rules.identifiers import full_name, read_brin
from rules.vocabulary import LoginRequestState, PupilOrigin

LONGEST_YEAR = 9


@dataclass(frozen=True, slots=True)
class Alike:
    """A child of a linked region that the request may be about."""

    elk_number: str
    full_name: str
    region: str
    primary_school: str | None
    same_bsn: bool
    same_name_and_birth_date: bool


@dataclass(slots=True)
class RequestRow:
    """One request. Names are those of the GraphQL type `LoginRequest`."""

    id: UUID
    school_year_id: UUID
    state: LoginRequestState
    email: str
    reason: str
    created_at: datetime
    confirmed_at: datetime | None
    decided_at: datetime | None
    told: Any
    own_birth_date: date | None
    own_bsn: str | None
    pupil_id: UUID | None
    elk_number: str | None
    pupil_first_name: str | None
    pupil_infix: str | None
    pupil_last_name: str | None
    pupil_birth_date: date | None
    pupil_bsn: str | None
    school_id: UUID | None
    school_name: str | None
    possible_duplicates: list[Alike] = field(default_factory=list)
    other_requests: list[UUID] = field(default_factory=list)
    primary_school_here: SchoolRow | None = None
    advice_label: str | None = None

    def __post_init__(self) -> None:
        self.told = from_json(self.told)

    @property
    def origin(self) -> PupilOrigin:
        return PupilOrigin.OUTSIDE if self.told else PupilOrigin.HOME

    @property
    def first_name(self) -> str:
        return str(self.told["first_name"] if self.told else self.pupil_first_name)

    @property
    def infix(self) -> str:
        return str(self.told["infix"] if self.told else self.pupil_infix)

    @property
    def last_name(self) -> str:
        return str(self.told["last_name"] if self.told else self.pupil_last_name)

    @property
    def full_name(self) -> str:
        return full_name(first_name=self.first_name, infix=self.infix, last_name=self.last_name)

    @property
    def birth_date(self) -> date:
        born = self.own_birth_date or self.pupil_birth_date
        assert born is not None
        return born

    @property
    def primary_school(self) -> SchoolRow | None:
        if self.school_id is None or self.school_name is None:
            return None
        return SchoolRow(self.school_id, self.school_name)

    @property
    def has_bsn(self) -> bool:
        return self.bsn is not None

    @property
    def bsn(self) -> str | None:
        """The blind index, by which equal ones are found."""
        return self.own_bsn or self.pupil_bsn

    @property
    def name(self) -> str:
        return name_of(first_name=self.first_name, last_name=self.last_name)

    @property
    def address(self) -> Any:
        """As of a pupil: a secret one is not the region's to see."""
        home = self.told.get("address")
        return SimpleNamespace(**home) if home and not home["secret"] else None

    @property
    def guardian(self) -> Any:
        return SimpleNamespace(**self.told["guardian"]) if self.told else None

    def __getattr__(self, name: str) -> Any:
        # What an outside family told and has no column; of a linked region's child there is nothing.
        if name in ("official_names", "gender", "origin_school", "origin_brin", "advice"):
            return self.told.get(name) or None
        raise AttributeError(name)


COLUMNS = (
    "id",
    "school_year_id",
    "state",
    "email",
    "reason",
    "created_at",
    "confirmed_at",
    "decided_at",
    "told",
    "birth_date",
    "bsn_index",
    "pupil_id",
    "pupil__elk_number",
    "pupil__first_name",
    "pupil__infix",
    "pupil__last_name",
    "pupil__birth_date",
    "pupil__bsn_index",
    "pupil__primary_school_id",
    "pupil__primary_school__name",
)


async def login_requests(
    *,
    viewer: Viewer,
    state: LoginRequestState | None,
    school_year: str | None,
    first: int,
    after: UUID | None,
    wanted: Collection[str],
) -> list[RequestRow]:
    """The requests in one state, the oldest first; those that wait for a decision where none is named."""
    asked = scope.login_requests(viewer).filter(state=state or LoginRequestState.OPEN)
    if school_year is not None:
        asked = asked.filter(school_year__name=school_year if len(school_year) <= LONGEST_YEAR else "")
    else:
        asked = asked.filter(school_year_id=viewer.school_year_id)
    if first == 0:
        # To the ORM that is no limit.
        return []
    if after is not None:
        last = await scope.login_requests(viewer).get_or_none(id=after)
        if last is None:
            return []
        asked = asked.filter(Q(created_at__gt=last.created_at) | Q(created_at=last.created_at, id__gt=after))
    return await _load(viewer=viewer, queryset=asked.order_by("created_at", "id").limit(first), wanted=wanted)


async def login_request(*, viewer: Viewer, request_id: UUID, wanted: Collection[str]) -> RequestRow | None:
    """One of them, whatever its state."""
    found = scope.login_requests(viewer).filter(id=request_id)
    rows = await _load(viewer=viewer, queryset=found, wanted=wanted)
    return rows[0] if rows else None


async def _load(*, viewer: Viewer, queryset: Any, wanted: Collection[str]) -> list[RequestRow]:
    rows = await fetch(queryset, COLUMNS, RequestRow)
    if not rows:
        return rows
    if "possible_duplicates" in wanted:
        await _duplicates(viewer, rows)
    if "other_requests" in wanted:
        await _others(viewer, rows)
    if "primary_school_here" in wanted:
        await _schools_here(viewer, rows)
    if "advice_label" in wanted:
        labels = dict(await fetch(Advice.all(), ("code", "label"), lambda *row: row))
        for row in rows:
            row.advice_label = labels.get(row.advice)
    return rows


async def _duplicates(viewer: Viewer, rows: list[RequestRow]) -> None:
    """By BSN, or by name and date of birth; the child that the request made or names is none of them."""
    assert viewer.group_id is not None
    found = scope.alike(
        group_id=viewer.group_id,
        school_year_id=rows[0].school_year_id,
        bsn_indexes={row.bsn for row in rows if row.bsn},
        names={(row.name, row.birth_date) for row in rows},
    )
    columns = ("id", "bsn_index", "birth_date", "elk_number", "first_name", "infix", "last_name",
               "region__code", "primary_school__name")  # fmt: skip
    children = await fetch(found.order_by("elk_number"), columns, lambda *row: row)
    for row in rows:
        for child_id, bsn, born, elk_number, first_name, infix, last_name, region, school in children:
            same_bsn = bsn is not None and bsn == row.bsn
            same_name = (
                born == row.birth_date and name_of(first_name=first_name, last_name=last_name) == row.name
            )
            if child_id != row.pupil_id and (same_bsn or same_name):
                named = full_name(first_name=first_name, infix=infix, last_name=last_name)
                row.possible_duplicates.append(Alike(elk_number, named, region, school, same_bsn, same_name))


async def _others(viewer: Viewer, rows: list[RequestRow]) -> None:
    """Other requests for the same child that wait, of its other parent perhaps."""
    found = scope.login_requests(viewer).filter(
        Q(birth_date__in=[row.birth_date for row in rows])
        | Q(bsn_index__in=[row.bsn for row in rows if row.bsn]),
        state=LoginRequestState.OPEN,
        school_year_id=rows[0].school_year_id,
    )
    others = await fetch(found.order_by("created_at", "id"), COLUMNS, RequestRow)
    for row in rows:
        row.other_requests = [
            other.id
            for other in others
            if other.id != row.id
            and (
                (other.bsn is not None and other.bsn == row.bsn)
                or (other.birth_date == row.birth_date and other.name == row.name)
            )
        ]


async def _schools_here(viewer: Viewer, rows: list[RequestRow]) -> None:
    """The primary school of a linked region that the family named by its brinnummer: it sends the login."""
    brins = {row.id: read_brin(row.origin_brin or "") for row in rows}
    schools = PrimarySchool.filter(
        region__group_id=viewer.group_id, brin__in=[brin[0] for brin in brins.values() if brin]
    )
    here = {
        (brin, location): SchoolRow(school_id, name)
        for school_id, name, brin, location in await fetch(
            schools, ("id", "name", "brin", "location"), lambda *row: row
        )
    }
    for row in rows:
        brin = brins[row.id]
        row.primary_school_here = here.get(brin) if brin else None
