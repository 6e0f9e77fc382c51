"""Which windows of the tijdpad are open now (rule 3)."""

import math
from dataclasses import dataclass
from datetime import datetime

from resolvers import clock
from resolvers.calendars import calendar_of
from resolvers.family_file import Reading
from resolvers.regions import region_named
from resolvers.viewer import Viewer
from rules.calendar import Calendar, Span
from rules.steps import NotFound
from rules.vocabulary import PeriodKind, Role


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    kind: PeriodKind
    opens_at: datetime
    closes_at: datetime | None
    seconds_left: int | None


async def current_periods(*, viewer: Viewer, region: str | None, reading: Reading) -> list[OpenPeriod]:
    """The periods open at this moment, in the order of the year; a family's own window counts as
    APPLICATION (rules 7 and 22). Empty for a region out of reach."""
    found = await (_of_family if viewer.role is Role.PARENT else _of_staff)(viewer, region, reading)
    if found is None:
        return []
    calendar, now = found
    spans = {kind: span for kind, span in calendar.spans.items() if span.holds(now)}
    for window in calendar.own_windows:
        there = spans.get(PeriodKind.APPLICATION)
        if window.holds(now) and (there is None or _outlasts(window, there)):
            spans[PeriodKind.APPLICATION] = window
    return [
        OpenPeriod(kind, spans[kind].opens_at, spans[kind].closes_at, _left(spans[kind], now))
        for kind in PeriodKind
        if kind in spans
    ]


async def _of_family(viewer: Viewer, code: str | None, reading: Reading) -> tuple[Calendar, datetime] | None:
    file = await reading.of(viewer)
    region = file.region(code=code) if file else None
    return (file.calendar(region_id=region.id), file.read_at) if file and region else None


async def _of_staff(viewer: Viewer, code: str | None, _: Reading) -> tuple[Calendar, datetime] | None:
    if viewer.school_year_id is None:
        return None
    try:
        region = await region_named(code=code, viewer=viewer)
    except NotFound:
        return None
    now = await clock.now()
    return await calendar_of(region_id=region.id, school_year_id=viewer.school_year_id), now


def _outlasts(window: Span, other: Span) -> bool:
    return other.closes_at is not None and window.closes_at is not None and window.closes_at > other.closes_at


def _left(span: Span, now: datetime) -> int | None:
    return None if span.closes_at is None else math.ceil((span.closes_at - now).total_seconds())
