"""Until when a family may change its list after its enrolment ended (rules 7 and 22)."""

from datetime import datetime
from uuid import uuid4

from models import Enrolment, IndividualWindow
from resolvers.calendars import calendar_of
from resolvers.step import Act
from rules.calendar import Window, own_span, spans_of
from rules.vocabulary import WindowReason


async def open_now(*, act: Act, enrolment: Enrolment) -> datetime | None:
    """When what is open for this family now ends; None where nothing is."""
    calendar = await calendar_of(
        region_id=enrolment.region_id, school_year_id=enrolment.school_year_id, pupil_id=enrolment.pupil_id
    )
    ends = [
        span.closes_at
        for span in spans_of(window=Window.APPLYING, calendar=calendar)
        if span.holds(act.now) and span.closes_at is not None
    ]
    return max(ends, default=None)


async def open_until(*, act: Act, enrolment: Enrolment, reason: WindowReason) -> datetime:
    """Until when the family may change its list: never shorter than its region gives a family, whatever is left
    of what is open now; else in a window that opens now."""
    span = own_span(now=act.now, days=enrolment.region.individual_window_days)
    assert span.closes_at is not None
    ends = await open_now(act=act, enrolment=enrolment)
    if ends is not None and ends >= span.closes_at:
        return ends
    act.create(
        IndividualWindow(
            id=uuid4(),
            pupil_id=enrolment.pupil_id,
            region_id=enrolment.region_id,
            opens_at=span.opens_at,
            closes_at=span.closes_at,
            reason=reason,
        )
    )
    return span.closes_at
