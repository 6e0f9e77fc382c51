"""Pupils as people see them: one flat statement for the page, one for each kind of part asked for.

`wanted` holds the names of the parts a client selected; what nobody asks for is not read. The number
of statements depends on the parts, never on how many pupils there are.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from models import ParentLogin, Pupil, Region
from resolvers import clock, scope
from resolvers.calendars import announcements
from resolvers.regions import with_code
from resolvers.rows import Columns, fetch
from resolvers.viewer import Viewer
from resolvers.written import Records, Shape, written
from rules.identifiers import LONGEST_SORT_NAME, full_name, is_elk_number, sought
from rules.parent_login import DOTS
from rules.vocabulary import LoginStatus, NotPlacingReason, PupilOrigin, Role


@dataclass(slots=True)
class SchoolRow:
    id: UUID
    name: str


@dataclass(slots=True)
class LoginRow:
    """One column 'Ouderinlog' of one pupil (rules 4 and 10)."""

    region: str
    region_name: str
    status: LoginStatus
    sent_at: datetime | None
    activated_at: datetime | None
    email: str

    @property
    def colour(self) -> str:
        return DOTS[self.status].colour

    @property
    def letters(self) -> str | None:
        return DOTS[self.status].letters

    @property
    def label(self) -> str:
        return DOTS[self.status].label


@dataclass(slots=True)
class PupilRow:
    """A child with the parts that were asked for. Names are those of the GraphQL type `Pupil`.

    `form`: for a secondary school the columns of the form by which it has the child (`handled.COLUMNS`), where a part
    is read from them.
    """

    id: UUID
    region_id: UUID
    school_year_id: UUID
    elk_number: str
    first_name: str
    official_names: str
    infix: str
    last_name: str
    sort_name: str
    birth_date: date
    gender: str
    group: str
    origin: PupilOrigin
    advice: str | None
    advice_label: str | None
    list_length: int | None
    provisional_advice: str | None
    test_exemption: str
    reconsideration_motivation: str
    not_placing_reason: NotPlacingReason | None
    primary_school_id: UUID | None
    primary_school_name: str | None
    origin_school: str
    eck_id: str
    school_key: str
    bsn_doubtful: bool
    form: Any = None
    parts: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        # A part nobody loaded is empty: parts are read from the selection, in one statement each.
        parts = object.__getattribute__(self, "parts")
        if name.startswith("__"):
            raise AttributeError(name)
        return parts.get(name)

    @property
    def full_name(self) -> str:
        return full_name(first_name=self.first_name, infix=self.infix, last_name=self.last_name)

    @property
    def primary_school(self) -> SchoolRow | None:
        if self.primary_school_id is None or self.primary_school_name is None:
            return None
        return SchoolRow(self.primary_school_id, self.primary_school_name)


COLUMNS = (
    "id",
    "region_id",
    "school_year_id",
    "elk_number",
    "first_name",
    "official_names",
    "infix",
    "last_name",
    "sort_name",
    "birth_date",
    "gender",
    "class_group",
    "origin",
    "advice_id",
    "advice__label",
    "advice__list_length",
    "provisional_advice_id",
    "test_exemption",
    "reconsideration_motivation",
    "not_placing_reason",
    "primary_school_id",
    "primary_school__name",
    "origin_school",
    "eck_id",
    "school_key",
    "bsn_doubtful",
)
_OF_TEST = ("test_result", "reconsideration_open")
WANTED_BY: dict[str, Sequence[str]] = {
    "region_id": ("parent_logins",),
    "school_year_id": ("twins_at_this_school",),
    "not_placing_reason": ("not_placing_reason",),
    "primary_school_id": ("primary_school",),
    "official_names": ("official_names",),
    "gender": ("gender",),
    "class_group": ("group",),
    "provisional_advice_id": ("provisional_advice", *_OF_TEST),
    "test_exemption": ("test_exemption",),
    "reconsideration_motivation": ("reconsideration_motivation", *_OF_TEST),
    "origin_school": ("origin_school",),
    "eck_id": ("eck_id",),
    "school_key": ("school_key",),
    "bsn_doubtful": ("bsn_doubtful",),
    "advice__label": ("advice_label",),
    "advice__list_length": ("list_length", "enrolment", "enrolment_history"),
    "primary_school__name": ("primary_school",),
}
"""Columns that are read where one of these fields is selected; the others always."""
OF_PUPIL = Columns(COLUMNS, wanted_by=WANTED_BY)
Key = tuple[Any, UUID]

Loader = Callable[[Viewer, list[PupilRow]], Awaitable[None]]
LOADERS: dict[str, Loader] = {}


def part(name: str) -> Callable[[Loader], Loader]:
    """Register how one part of many pupils is read in one go."""

    def register(loader: Loader) -> Loader:
        LOADERS[name] = loader
        return loader

    return register


async def load(
    *, viewer: Viewer, queryset: QuerySet[Pupil], wanted: Collection[str], columns: Sequence[str] = COLUMNS
) -> list[PupilRow]:
    """The pupils of a scoped query, with the parts in `wanted`."""
    rows = await fetch(queryset, columns, PupilRow)
    return await with_parts(viewer=viewer, rows=rows, wanted=wanted)


async def with_parts(*, viewer: Viewer, rows: list[PupilRow], wanted: Collection[str]) -> list[PupilRow]:
    """The same rows, with the parts in `wanted`."""
    if rows:
        import resolvers.parts  # noqa: F401 - registers the loaders, which import this module

        for name in sorted(LOADERS.keys() & set(wanted)):
            await LOADERS[name](viewer, rows)
    return rows


async def pupil(*, viewer: Viewer, pupil_id: UUID, wanted: Collection[str]) -> PupilRow | None:
    """One pupil in reach, else None: who may not see a child does not learn that it exists."""
    if viewer.role is Role.VO_STAFF:
        from resolvers import admissions  # builds on this module

        return await admissions.pupil(viewer=viewer, pupil_id=pupil_id, wanted=wanted)
    without = Shape(OF_PUPIL.left_out(wanted))
    rows = _rows(await _one(viewer, pupil_id=pupil_id, without=without), without)
    await with_parts(viewer=viewer, rows=rows, wanted=wanted)
    return rows[0] if rows else None


@written
def _one(viewer: Viewer, *, pupil_id: UUID, without: Shape) -> Any:
    return scope.pupils(viewer).filter(id=pupil_id).values_list(*OF_PUPIL.read(without=without))


def _rows(records: Records, without: Shape) -> list[PupilRow]:
    return [PupilRow(*one) for one in OF_PUPIL.whole(records, without=without)]


@dataclass(frozen=True, kw_only=True, slots=True)
class PupilFilter:
    """What an overview may be narrowed by; empty means all."""

    search: str | None = None
    login_status: LoginStatus | None = None
    group: str | None = None
    region: str | None = None
    school_year: str | None = None
    open_supplement: bool | None = None

    def cannot_be(self) -> bool:
        """Longer than any such name is: nobody is found, and no column need be asked."""
        longest = {"group": 40, "school_year": 9}
        return any(len(getattr(self, name) or "") > most for name, most in longest.items())

    def is_plain(self) -> bool:
        """Whether none of it has to be looked at, so that the statement is there already."""
        return self.search is None and self.region is None and self.open_supplement is None


async def page_of(
    *, viewer: Viewer, narrowed: PupilFilter, wanted: Collection[str], after: Key | None, limit: int
) -> list[PupilRow]:
    """Rule 4: the scoped, filtered pupils of one school year, by name, behind the key (`sort_name`, `id`)."""
    if not await _can_be(viewer, narrowed):
        return []
    without = Shape(OF_PUPIL.left_out(wanted))
    asked: dict[str, Any] = {
        "narrowed": narrowed,
        "after": after[0] if after else None,
        "last": after[1] if after else None,
        "limit": limit,
        "without": without,
    }
    if narrowed.is_plain():
        records = await _page(viewer, **asked)
    else:
        records = await _page.anew(viewer, announced=await _announced(viewer, narrowed), **asked)
    return await with_parts(viewer=viewer, rows=_rows(records, without), wanted=wanted)


async def total(*, viewer: Viewer, narrowed: PupilFilter) -> int:
    """How many they are."""
    if not await _can_be(viewer, narrowed):
        return 0
    if narrowed.is_plain():
        records = await _count(viewer, narrowed=narrowed)
    else:
        records = await _count.anew(viewer, narrowed=narrowed, announced=await _announced(viewer, narrowed))
    return int(records[0][0])


async def _can_be(viewer: Viewer, narrowed: PupilFilter) -> bool:
    return not narrowed.cannot_be() and await _is_linked(viewer, narrowed.region)


async def _is_linked(viewer: Viewer, code: str | None) -> bool:
    return code is None or await with_code(code).filter(group_id=viewer.group_id).exists()


Announced = Collection[tuple[UUID, UUID]]


async def _announced(viewer: Viewer, narrowed: PupilFilter) -> Announced:
    if narrowed.open_supplement is None:
        return ()
    return await announcements(group_id=viewer.group_id, now=await clock.now())


@written
def _page(
    viewer: Viewer,
    *,
    narrowed: PupilFilter,
    after: str | None,
    last: UUID | None,
    limit: int,
    without: Shape,
    announced: Announced = (),
) -> Any:
    found = behind(_narrowed(viewer, narrowed, announced), key=("sort_name", "id"), after=after, last=last)
    return found.limit(limit).values_list(*OF_PUPIL.read(without=without))


@written
def _count(viewer: Viewer, *, narrowed: PupilFilter, announced: Announced = ()) -> Any:
    return _narrowed(viewer, narrowed, announced).count()


def behind(
    found: QuerySet[Pupil], *, key: tuple[str, str], after: Any | None, last: UUID | None
) -> QuerySet[Pupil]:
    """The pupils of which these two columns come behind `after` and `last`, in their order."""
    first, second = key
    if after is not None:
        later = Q(**{f"{first}__gt": after}) | Q(**{first: after, f"{second}__gt": last})
        # The first condition alone says where in an index to begin.
        found = found.filter(Q(**{f"{first}__gte": after}), later)
    return found.order_by(first, second)


def _narrowed(viewer: Viewer, narrowed: PupilFilter, announced: Announced) -> QuerySet[Pupil]:
    found = scope.pupils(viewer)
    if narrowed.school_year is not None:
        found = found.filter(school_year__name=narrowed.school_year)
    else:
        found = found.filter(school_year_id=viewer.school_year_id)
    if narrowed.search is not None and narrowed.search.strip():
        found = found.filter(matches(search=narrowed.search, viewer=viewer))
    if narrowed.group is not None:
        found = found.filter(class_group=narrowed.group)
    if narrowed.region is not None and viewer.role is Role.REGION_ADMIN and narrowed.login_status is None:
        found = found.filter(region__code=narrowed.region)
    if narrowed.open_supplement is not None and viewer.role is Role.PO_EDITOR:
        asked = Q(id__in=Subquery(scope.awaited(viewer, announced=announced).values("pupil_id")))
        found = found.filter(asked if narrowed.open_supplement else ~asked)
    if narrowed.login_status is not None:
        found = _with_login(found, viewer=viewer, narrowed=narrowed)
    return found


def matches(*, search: str, viewer: Viewer) -> Q:
    """By parts of the name, or by the whole ELK number; who does not read that number cannot try it either."""
    number = search.strip().upper()
    if is_elk_number(number) and viewer.role is not Role.PO_MONITOR:
        return Q(elk_number=number)
    name = sought(search)
    if not name or len(name) > LONGEST_SORT_NAME:
        return Q(id=scope.NOTHING)
    return Q(*(Q(sort_name__contains=word) for word in name.split()))


def _with_login(found: QuerySet[Pupil], *, viewer: Viewer, narrowed: PupilFilter) -> QuerySet[Pupil]:
    logins = ParentLogin.exclude(status=LoginStatus.NOT_SENT)
    if narrowed.region is not None:
        logins = logins.filter(region__code=narrowed.region, region__group_id=viewer.group_id)
    else:
        logins = logins.filter(region_id=viewer.region_id)
    if narrowed.login_status is LoginStatus.NOT_SENT:
        return found.exclude(id__in=Subquery(logins.values("pupil_id")))
    return found.filter(id__in=Subquery(logins.filter(status=narrowed.login_status).values("pupil_id")))


@part("parent_logins")
async def _parent_logins(viewer: Viewer, rows: list[PupilRow]) -> None:
    """Both columns, also where nothing was sent yet: one row for every linked region (rule 4)."""
    regions = [tuple(one) for one in await linked(group_id=viewer.group_id)]
    by_pupil: dict[UUID, dict[UUID, tuple[Any, ...]]] = {}
    for pupil_id, region_id, *rest in await _logins(pupil_ids=[row.id for row in rows]):
        by_pupil.setdefault(pupil_id, {})[region_id] = (LoginStatus(rest[0]), *rest[1:])
    nothing = (LoginStatus.NOT_SENT, None, None, "")
    in_order: dict[UUID, list[tuple[Any, ...]]] = {}
    for row in rows:
        known = by_pupil.get(row.id, {})
        own_first = in_order.get(row.region_id)
        if own_first is None:
            own_first = sorted(regions, key=lambda region: region[0] != row.region_id)
            in_order[row.region_id] = own_first
        row.parts["parent_logins"] = [
            LoginRow(code, name, *known.get(region_id, nothing)) for region_id, code, name in own_first
        ]


@written
def linked(*, group_id: UUID | None) -> Any:
    """The linked regions, by name: `id`, `code`, `name`."""
    return Region.filter(group_id=group_id).order_by("name").values_list("id", "code", "name")


@written
def _logins(*, pupil_ids: Collection[UUID]) -> Any:
    logins = scope.of_ids(pupil_ids, ParentLogin)
    return logins.values_list("pupil_id", "region_id", "status", "sent_at", "activated_at", "email")
