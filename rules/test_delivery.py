"""Whose a test result is that a test's maker delivers, and which of several deliveries counts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

CLOCKS_DIFFER = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True, slots=True)
class Whose:
    """What a result, or a pupil, is known by: the ECK-iD, and the key in the system of its school."""

    school_id: UUID | None
    eck_id: str = ""
    school_key: str = ""


def is_of(result: Whose, *, child: Whose) -> bool:
    """Whether a result is this child's. The ECK-iD leads: where both have one, it alone decides.

    A key means something at its own school only, and a result that says its school is of no other.
    """
    if result.school_id is not None and result.school_id != child.school_id:
        return False
    if result.eck_id and child.eck_id:
        return result.eck_id == child.eck_id
    return bool(result.school_key) and result.school_id is not None and result.school_key == child.school_key


def replaces(delivered_at: datetime, *, present: datetime | None, by_maker: bool) -> bool:
    """The last delivery wins, by the sender's moment; what a school's own list said gives way to any."""
    return present is None or not by_maker or delivered_at > present


def is_of_later(delivered_at: datetime, *, now: datetime) -> bool:
    """A moment that is still to come: it would win from every delivery until then."""
    return delivered_at > now + CLOCKS_DIFFER


def is_of_year(taken_on: date | None, *, starts_on: date, ends_on: date) -> bool:
    """Rule 8: whether a test counts for this school year. Who does group 8 again brings last year's in the dossier;
    a test without a date is one of now.
    """
    return taken_on is None or starts_on <= taken_on < ends_on
