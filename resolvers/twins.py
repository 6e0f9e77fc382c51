"""Rule 29: children of one birth at the same school, whatever their parents said about it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from resolvers import scope
from resolvers.pupils import PupilRow, part
from resolvers.rows import fetch
from resolvers.viewer import Viewer
from rules.identifiers import full_name


@dataclass(slots=True)
class Child:
    """A child of the school's list, with the home and the addresses of its parents by which it is known."""

    id: UUID
    full_name: str
    born: tuple[date, str]
    known_by: set[tuple[str, ...]]


COLUMNS = ("id", "first_name", "infix", "last_name", "birth_date", "addresses__position", "addresses__secret",
           "addresses__postcode", "addresses__house_number", "guardians__email")  # fmt: skip


@part("twins_at_this_school")
async def _twins(viewer: Viewer, rows: list[PupilRow]) -> None:
    """Born on the same day, with the same last name, and the same home or a parent with the same e-mail address.

    A secret address tells nothing, so that nobody learns whose home is whose.
    """
    alike = scope.listed(viewer, school_year_id=rows[0].school_year_id).filter(
        birth_date__in=sorted({row.birth_date for row in rows}),
        last_name__in=sorted({row.last_name for row in rows}),
    )
    found: dict[UUID, Child] = {}
    for row in await fetch(alike.order_by("sort_name", "id"), COLUMNS, lambda *row: row):
        pupil_id, first_name, infix, last_name, born, position, secret, postcode, number, email = row
        name = full_name(first_name=first_name, infix=infix, last_name=last_name)
        child = found.setdefault(pupil_id, Child(pupil_id, name, (born, last_name), set()))
        if position == 1 and not secret and postcode and number:
            child.known_by.add((postcode, number.casefold()))
        if email:
            child.known_by.add((email.casefold(),))
    by_birth: dict[tuple[date, str], list[Child]] = {}
    for child in found.values():
        by_birth.setdefault(child.born, []).append(child)
    for pupil in rows:
        own = found.get(pupil.id)
        pupil.parts["twins_at_this_school"] = [
            other
            for other in (by_birth[own.born] if own else ())
            if own and other is not own and other.known_by & own.known_by
        ]
