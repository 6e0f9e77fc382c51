"""Parts of a pupil: home, carers, login. One statement each for a whole page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from tortoise.queryset import QuerySet

from models import Address, Guardian, ParentLogin
from resolvers import scope
from resolvers.pupils import PupilRow, part
from resolvers.rows import fetch
from resolvers.viewer import Viewer
from rules.vocabulary import LoginStatus, Role

R = TypeVar("R")


@dataclass(slots=True)
class AddressRow:
    street: str
    house_number: str
    postcode: str
    city: str
    country: str
    secret: bool


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
    """The home address; a secret one is only for PO and the family."""
    homes = scope.of_all(rows, Address).filter(position=1)
    if viewer.role not in (Role.PO_EDITOR, Role.PARENT):
        homes = homes.filter(secret=False)
    columns = ("street", "house_number", "postcode", "city", "country", "secret")
    by_pupil = await grouped(homes, columns, AddressRow)
    for row in rows:
        row.parts["address"] = by_pupil.get(row.id, [None])[0]


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
    )
    by_pupil = await grouped(carers, columns, GuardianRow)
    for row in rows:
        row.parts["guardians"] = by_pupil.get(row.id, [])


@part("login_status")
async def _login_status(viewer: Viewer, rows: list[PupilRow]) -> None:
    """A parent's one status: of the own region, else the furthest one there is."""
    logins = scope.of_all(rows, ParentLogin)
    order = list(LoginStatus)
    for row in rows:
        row.parts["login_status"] = LoginStatus.NOT_SENT
    by_id = {row.id: row for row in rows}
    for pupil_id, status in await fetch(logins, ("pupil_id", "status"), lambda *row: row):
        row = by_id[pupil_id]
        row.parts["login_status"] = max(row.parts["login_status"], LoginStatus(status), key=order.index)
