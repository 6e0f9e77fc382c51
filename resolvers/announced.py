"""Rule 23: what the primary school may not know before the announcement."""

from datetime import datetime

from models import Enrolment
from resolvers.calendars import calendar_of
from rules import supplement as rule


async def tells_primary_school(*, form: Enrolment, now: datetime) -> None:
    """Raises `PeriodClosed` where words of this school would tell PO, too early, that the pupil was moved to it."""
    if form.moved:
        calendar = await calendar_of(region_id=form.region_id, school_year_id=form.school_year_id)
        rule.tells_primary_school(moved=form.moved, calendar=calendar, now=now)
