"""People of schools and regions. They get no password here: they ask for one with 'wachtwoord vergeten'."""

from typing import Any
from uuid import UUID

from imports import Row
from models import Account
from resolvers.imports.batch import Batch
from resolvers.imports.ground import Ground
from rules.sign_in import username
from rules.vocabulary import Role

REALM = "staff"
OF_PRIMARY = (Role.PO_EDITOR, Role.PO_MONITOR)


async def take(*, batch: Batch, ground: Ground, rows: list[Row]) -> None:
    """Accounts by their address. Somebody else's account, a family's or a machine's, is never touched."""
    present = {
        there["username"]: there
        for there in await batch.connection.fetch("SELECT * FROM account WHERE realm = $1", REALM)
    }
    for row in batch.each(rows):
        placed = _place(batch, ground, row)
        if placed is None:
            continue
        name, role = username(typed=row.get("email")), row.get("role")
        there = present.get(name)
        if there is not None and there["role"] == Role.INTEGRATOR.value:
            batch.wrong(row, "email", "Dit is de gebruikersnaam van een koppeling, niet van een mens.")
            continue
        wanted: dict[str, Any] = {
            "role": role,
            "display_name": row.get("name"),
            "email": row.get("email"),
            **placed,
        }
        region_id: UUID = wanted.pop("audit_region")
        if there is None:
            wanted |= {"username": name, "realm": REALM, "created_at": batch.at}
        merged = batch.merge(Account, present=there, wanted=wanted)
        batch.count(merged)
        batch.trace(Account, merged, row=row, region_id=region_id)


def _place(batch: Batch, ground: Ground, row: Row) -> dict[str, Any] | None:
    """Where somebody works: a school of the kind the role is of, or the region."""
    role = row.get("role")
    place: dict[str, Any] = {"primary_school_id": None, "secondary_school_id": None, "region_id": None}
    if role in (Role.REGION_ADMIN, Role.PROJECT_LEAD):
        region = ground.region_of(batch, row)
        return {**place, "region_id": region.id, "audit_region": region.id} if region else None
    if role in OF_PRIMARY:
        school, column = ground.primary_of(batch, row), "primary_school_id"
    else:
        school, column = ground.secondary_of(batch, row), "secondary_school_id"
    return {**place, column: school.id, "audit_region": school.region_id} if school else None
