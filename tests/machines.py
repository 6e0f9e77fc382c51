"""Machines of a world, straight into the tables: what a test needs where how they are made is not its story."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from models import Account, Integrator, IntegratorSchool, IntegratorSecret
from resolvers import machines
from rules.vocabulary import ExportKind, Role

if TYPE_CHECKING:
    from tests.world import Person, World


async def machine(
    world: "World",
    *,
    schools: Iterable[int] = range(6),
    kinds: Iterable[ExportKind] = tuple(ExportKind),
    **more: Any,
) -> "Person":
    """A machine of Amstelland that may read these exports of these schools, signed in by its secret."""
    person = await world.staff(Role.INTEGRATOR, region_id=world.amstelland.id)
    row = await Integrator.get(account_id=person.account_id)
    await row.update_from_dict({"kinds": [kind.value for kind in kinds], **more}).save()
    for place in schools:
        await IntegratorSchool.create(id=uuid4(), integrator=row, school=world.schools[place])
    return person


async def grant_nothing(*, account: Account, secret: str) -> None:
    """What makes an account one of a machine. `secret`: its own, as two machines never have the same."""
    row = await Integrator.create(
        id=uuid4(), account=account, region_id=account.region_id, created_at=account.created_at
    )
    digest = machines.digest(secret=secret)
    await IntegratorSecret.create(
        id=uuid4(), integrator=row, secret_hash=digest, created_at=account.created_at
    )
