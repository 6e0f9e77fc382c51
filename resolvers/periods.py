"""Which windows of the tijdpad are open now (rule 3)."""

import math
from dataclasses import dataclass
from datetime import datetime

from resolvers import clock
from resolvers.calendars import calendar_of
from resolvers.regions import region_to_read
from resolvers.viewer import Viewer
from rules.calendar import Span
from rules.vocabulary import PeriodKind


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    kind: PeriodKind
    opens_at: datetime
    closes_at: datetime | None
    seconds_left: int | None


async def current_periods(*, viewer: Viewer, region: str | None) -> list[OpenPeriod]:
    """The periods open at this moment, in the order of the year; a family's own window counts as
    APPLICATION (rules 7 and 22). Empty for a region out of reach."""
    found = await region_to_read(code=region, viewer=viewer)
    if found is None or viewer.school_year_id is None:
        return []
    now = await clock.now()
    calendar = await calendar_of(
        region_id=found.id, school_year_id=viewer.school_year_id, pupil_id=viewer.pupil_id
    )
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


def _outlasts(window: Span, other: Span) -> bool:
    return other.closes_at is not None and window.closes_at is not None and window.closes_at > other.closes_at


def _left(span: Span, now: datetime) -> int | None:
    return None if span.closes_at is None else math.ceil((span.closes_at - now).total_seconds())
