"""Rule 23: what a family reads of the outcome, and from when."""

from dataclasses import dataclass
from datetime import datetime

from rules.calendar import Calendar
from rules.vocabulary import EnrolmentStatus, PeriodKind, PlacementStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """The outcome in words. `school` and `department` only for a placed pupil."""

    status: PlacementStatus
    message: str
    school: str | None = None
    department: str | None = None


def is_announced(*, calendar: Calendar, now: datetime) -> bool:
    """Not a second before the announcement; without a date there is none."""
    at = calendar.opening(PeriodKind.ANNOUNCEMENT)
    return at is not None and now >= at


def of(
    *,
    first_name: str,
    enrolment: EnrolmentStatus,
    placement: PlacementStatus,
    deferred: bool,
    school: str,
    department: str,
    helpdesk: str,
) -> Result | None:
    """The outcome of a form, None where there is nothing to announce. Only to be asked once announced."""
    call = (
        f" Neem contact op via {helpdesk}." if helpdesk else " Neem contact op met de helpdesk van de regio."
    )
    if placement is PlacementStatus.NOT_PLACEABLE:
        return Result(status=placement, message=f"{first_name} kan niet worden geplaatst op {school}.{call}")
    if placement is PlacementStatus.WITHDRAWN:
        return Result(
            status=placement, message=f"De aanmelding van {first_name} bij {school} is beëindigd.{call}"
        )
    if enrolment is not EnrolmentStatus.FINAL:
        return None
    if placement is PlacementStatus.PLACED:
        return Result(
            status=placement,
            school=school,
            department=department,
            message=f"{first_name} is geplaatst op {school}, afdeling {department}.",
        )
    if deferred:
        return Result(
            status=placement,
            message=f"{school} heeft meer tijd nodig voor een besluit over {first_name}. U hoort van de school.",
        )
    if placement is PlacementStatus.DRAWN_OUT:
        return Result(
            status=placement,
            message=f"{first_name} kon in de centrale plaatsing niet worden geplaatst.{call}",
        )
    return Result(status=placement, message=f"Er is nog geen besluit over {first_name}.{call}")
