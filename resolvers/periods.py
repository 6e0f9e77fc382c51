"""Which windows of the tijdpad are open now (rule 3)."""

from dataclasses import dataclass
from datetime import datetime

from resolvers import clock
from resolvers.calendars import calendar_of
from resolvers.regions import region_to_read
from resolvers.viewer import Viewer
from rules.vocabulary import PeriodKind


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    kind: PeriodKind
    opens_at: datetime
    closes_at: datetime | None


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
        if window.holds(now):
            spans.setdefault(PeriodKind.APPLICATION, window)
    return [
        OpenPeriod(kind, spans[kind].opens_at, spans[kind].closes_at) for kind in PeriodKind if kind in spans
    ]
