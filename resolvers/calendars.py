"""A region's calendar, as rules read it."""

from datetime import datetime
from uuid import UUID

from tortoise.connection import get_connection

from models import IndividualWindow, Period, SchoolYear
from resolvers.rows import fetch
from resolvers.viewer import Viewer
from rules.calendar import AMSTERDAM, Calendar, Span
from rules.vocabulary import PeriodKind

LONGEST_YEAR = 9


async def current_year(*, now: datetime) -> SchoolYear | None:
    """The school year of this moment: `starts_on <= today < ends_on`, else the latest one begun (rule 1)."""
    today = now.astimezone(AMSTERDAM).date()
    return await SchoolYear.filter(starts_on__lte=today).order_by("-starts_on").first()


async def year_of(*, viewer: Viewer, name: str | None) -> UUID | None:
    """The school year that somebody names, else the viewer's own (rule 1); None where there is none of that name."""
    if name is None:
        return viewer.school_year_id
    year = await SchoolYear.get_or_none(name=name) if len(name) <= LONGEST_YEAR else None
    return year.id if year else None


async def calendar_of(*, region_id: UUID, school_year_id: UUID, pupil_id: UUID | None = None) -> Calendar:
    """Periods of one region and year, and the windows this one child has for itself."""
    _, rows = await get_connection("default").execute_query(_YEAR, [region_id, school_year_id])
    if not rows:
        raise LookupError(f"no school year {school_year_id}")
    windows: list[IndividualWindow] = []
    if pupil_id is not None:
        windows = await IndividualWindow.filter(pupil_id=pupil_id, region_id=region_id)
    return Calendar(
        spans={
            PeriodKind(row["kind"]): Span(row["opens_at"], row["closes_at"]) for row in rows if row["kind"]
        },
        year_closed=rows[0]["closed"],
        own_windows=tuple(Span(window.opens_at, window.closes_at) for window in windows),
    )


# Every step reads it: one statement for the year and its periods, also where there are none yet.
_YEAR = """
SELECT year.closed, period.kind, period.opens_at, period.closes_at
  FROM school_year year
  LEFT JOIN period ON period.school_year_id = year.id AND period.region_id = $1
 WHERE year.id = $2
"""


async def announcements(*, group_id: UUID | None, now: datetime) -> dict[tuple[UUID, UUID], datetime]:
    """The linked regions and years that know the outcome by now (rule 23), and since when: one statement."""
    known = Period.filter(region__group_id=group_id, kind=PeriodKind.ANNOUNCEMENT, opens_at__lte=now)
    columns = ("region_id", "school_year_id", "opens_at")
    return {(region, year): at for region, year, at in await fetch(known, columns, lambda *row: row)}
