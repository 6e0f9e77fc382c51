"""Parts of a pupil: home, carers, login. One statement each for a whole page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from tortoise.queryset import QuerySet

from models import Address, Guardian, ParentLogin
from models.region import Region
from resolvers import scope
from resolvers.pupils import PupilRow, part
from resolvers.rows import fetch
from resolvers.viewer import Viewer
from rules.parent_login import region_meant
from rules.vocabulary import LoginStatus, Role

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
    """PO and the family read every address; others the home alone, and not one that is secret."""
    if viewer.role not in (Role.PO_EDITOR, Role.PARENT):
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


@part("login_status")
async def _login_status(viewer: Viewer, rows: list[PupilRow]) -> None:
    """A family's, by region: no login is one that was not sent."""
    linked = await fetch(Region.filter(group_id=viewer.group_id), ("code",), lambda code: code)
    await load_logins(viewer=viewer, rows=rows)
    for row in rows:
        nothing = dict.fromkeys(linked, LoginStatus.NOT_SENT)
        row.parts["login_status"] = {**nothing, **row.parts["logins"]}


async def load_logins(*, viewer: Viewer, rows: list[PupilRow]) -> None:
    """For a family: its `logins` by the region's code, and the `default_region`, which is meant where none
    is named, as `region_of_family` chooses it for an act."""
    if all("logins" in row.parts for row in rows):
        return
    columns = ("pupil_id", "region_id", "region__code", "status")
    found = await fetch(scope.of_all(rows, ParentLogin), columns, lambda *row: row)
    for row in rows:
        own = {
            region_id: (code, LoginStatus(status))
            for pupil, region_id, code, status in found
            if pupil == row.id
        }
        meant = region_meant(
            logins={region_id: status for region_id, (_, status) in own.items()},
            own=row.region_id,
            signed_in=viewer.signed_in_region_id,
        )
        row.parts["logins"] = dict(own.values())
        row.parts["default_region"] = own[meant][0] if meant in own else viewer.region_code
