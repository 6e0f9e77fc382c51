"""Parts of a pupil: home and carers. One statement each for a whole page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from tortoise.queryset import QuerySet

from models import Address, Guardian
from resolvers import scope
from resolvers.pupils import PupilRow, part
from resolvers.rows import fetch
from resolvers.viewer import Viewer
from rules.vocabulary import Role

R = TypeVar("R")


@dataclass(slots=True)
class AddressRow:
    kind: str
    street: str
    house_number: str
    postcode: str
    city: str
    country: str
    secret: bool
    detail: str


@dataclass(slots=True)
class GuardianRow:
    position: int
    initials: str
    first_name: str
    infix: str
    last_name: str
    relation: str
    legal_representative: bool
    email: str
    phone: str
    deceased: bool


async def grouped(
    queryset: QuerySet[Any], columns: tuple[str, ...], make: Callable[..., R]
) -> dict[UUID, list[R]]:
    """The rows of a query by the pupil they belong to, in one statement."""
    by_pupil: dict[UUID, list[R]] = {}
    for pupil_id, *rest in await fetch(queryset, ("pupil_id", *columns), lambda *row: row):
        by_pupil.setdefault(pupil_id, []).append(make(*rest))
    return by_pupil


@part("address")
async def _address(viewer: Viewer, rows: list[PupilRow]) -> None:
    by_pupil = await _readable(viewer, scope.of_all(rows, Address).filter(position=1))
    for row in rows:
        row.parts["address"] = by_pupil.get(row.id, [None])[0]


@part("addresses")
async def _addresses(viewer: Viewer, rows: list[PupilRow]) -> None:
    by_pupil = await _readable(viewer, scope.of_all(rows, Address).order_by("pupil_id", "position"))
    for row in rows:
        row.parts["addresses"] = by_pupil.get(row.id, [])


async def _readable(viewer: Viewer, found: QuerySet[Address]) -> dict[UUID, list[AddressRow]]:
    """PO reads every address; others the home alone, and not one that is secret. (The family: `family_child`.)"""
    if viewer.role is not Role.PO_EDITOR:
        found = found.filter(position=1, secret=False)
    columns = ("kind", "street", "house_number", "postcode", "city", "country", "secret", "detail")
    return await grouped(found, columns, AddressRow)


@part("guardians")
async def _guardians(viewer: Viewer, rows: list[PupilRow]) -> None:
    carers = scope.of_all(rows, Guardian).order_by("pupil_id", "position")
    columns = (
        "position",
        "initials",
        "first_name",
        "infix",
        "last_name",
        "relation",
        "legal_representative",
        "email",
        "phone",
        "deceased",
    )
    by_pupil = await grouped(carers, columns, GuardianRow)
    for row in rows:
        row.parts["guardians"] = by_pupil.get(row.id, [])
