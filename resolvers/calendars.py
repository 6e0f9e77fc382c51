"""A region's calendar, as rules read it."""

from datetime import datetime
from uuid import UUID

from models import IndividualWindow, Period, SchoolYear
from resolvers.rows import fetch
from rules.calendar import AMSTERDAM, Calendar, Span
from rules.vocabulary import PeriodKind


async def current_year(*, now: datetime) -> SchoolYear | None:
    """The school year of this moment: `starts_on <= today < ends_on`, else the latest one begun (rule 1)."""
    today = now.astimezone(AMSTERDAM).date()
    return await SchoolYear.filter(starts_on__lte=today).order_by("-starts_on").first()


async def calendar_of(*, region_id: UUID, school_year_id: UUID, pupil_id: UUID | None = None) -> Calendar:
    """Periods of one region and year, and the windows this one child has for itself."""
    year = await SchoolYear.get(id=school_year_id)
    periods = await Period.filter(region_id=region_id, school_year_id=school_year_id)
    windows: list[IndividualWindow] = []
    if pupil_id is not None:
        windows = await IndividualWindow.filter(pupil_id=pupil_id, region_id=region_id)
    return Calendar(
        spans={period.kind: Span(period.opens_at, period.closes_at) for period in periods},
        year_closed=year.closed,
        own_windows=tuple(Span(window.opens_at, window.closes_at) for window in windows),
    )


async def announcements(*, group_id: UUID | None, now: datetime) -> dict[tuple[UUID, UUID], datetime]:
    """The linked regions and years that know the outcome by now (rule 23), and since when: one statement."""
    known = Period.filter(region__group_id=group_id, kind=PeriodKind.ANNOUNCEMENT, opens_at__lte=now)
    columns = ("region_id", "school_year_id", "opens_at")
    return {(region, year): at for region, year, at in await fetch(known, columns, lambda *row: row)}
