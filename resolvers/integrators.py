"""Machines of a region (rule 39): made, given another secret, taken away, listed. They live on real time.

A secret is in the answer to the act that made it, and nowhere else. What a machine may do is looked at with
every request (`resolvers/sessions.py`), so nothing here needs to be told to anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.expressions import Q
from tortoise.functions import Max
from tortoise.transactions import in_transaction

from models import (
    Account,
    Export,
    Integrator,
    IntegratorSchool,
    IntegratorSecret,
    Region,
    SecondarySchool,
    Session,
)
from resolvers import audit, clock, machines
from resolvers.viewer import Viewer
from rules import integrator as rule
from rules.integrator import Grant, IntegratorEnded
from rules.steps import NotFound
from rules.vocabulary import ExportKind, JobStatus, Role

NOTHING = UUID(int=0)


@dataclass(slots=True)
class School:
    id: UUID
    name: str


@dataclass(slots=True)
class IntegratorRow:
    """A machine as its region sees it. `secret_expires_at`: until when the secret before the last one works."""

    id: UUID
    name: str
    username: str
    kinds: list[ExportKind]
    networks: list[str]
    expires_at: datetime | None
    created_at: datetime
    revoked_at: datetime | None
    active: bool
    schools: list[School] = field(default_factory=list)
    last_used_at: datetime | None = None
    secret_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """A machine and its new secret. `secret` is here and nowhere else."""

    integrator: IntegratorRow
    secret: str


async def integrators(*, viewer: Viewer) -> list[IntegratorRow]:
    """The machines of this region, the newest first, those that are over too."""
    return await of_region(region_id=viewer.region_id or NOTHING)


async def create_integrator(
    *,
    viewer: Viewer,
    name: str,
    school_ids: Sequence[UUID],
    kinds: Sequence[ExportKind],
    networks: Sequence[str] | None,
    expires_at: datetime | None,
) -> Handed:
    """Let a machine read these exports of these schools. Raises `Refusals`."""
    grant = Grant(
        name=name,
        school_ids=tuple(school_ids),
        kinds=tuple(kinds),
        networks=tuple(networks or ()),
        expires_at=expires_at,
    )
    return await create(region_id=viewer.region_id or NOTHING, grant=grant, by=viewer)


async def rotate_integrator_secret(*, viewer: Viewer, id: UUID, overlap_hours: int) -> Handed:
    """Give a machine another secret. Raises `NotFound`, `IntegratorEnded` or `Refusals`."""
    return await rotate(
        region_id=viewer.region_id or NOTHING, integrator_id=id, overlap_hours=overlap_hours, by=viewer
    )


async def revoke_integrator(*, viewer: Viewer, id: UUID) -> IntegratorRow:
    """Take a machine away, at once; again it changes nothing. Raises `NotFound`."""
    return await revoke(region_id=viewer.region_id or NOTHING, integrator_id=id, by=viewer)


async def create(*, region_id: UUID, grant: Grant, by: Viewer | None) -> Handed:
    """The same for a region, by one of its people or at the command line."""
    now = clock.real_now()
    own = await SecondarySchool.filter(region_id=region_id, id__in=grant.school_ids)
    grant = rule.checked(grant=grant, own_schools={school.id for school in own}, now=now)
    region = await Region.get(id=region_id)
    async with in_transaction():
        account = await Account.create(
            id=uuid4(),
            username=await _free_username(name=grant.name),
            role=Role.INTEGRATOR,
            display_name=grant.name,
            region_id=region.id,
            group_id=region.group_id,
            created_at=now,
        )
        machine = await Integrator.create(
            id=uuid4(),
            account_id=account.id,
            region_id=region.id,
            kinds=[kind.value for kind in grant.kinds],
            networks=list(grant.networks),
            expires_at=grant.expires_at,
            created_at=now,
        )
        await IntegratorSchool.bulk_create(
            [
                IntegratorSchool(id=uuid4(), integrator_id=machine.id, school_id=one)
                for one in grant.school_ids
            ]
        )
        secret = await _another_secret(machine=machine, now=now)
        await _trace(
            "createIntegrator",
            machine,
            by,
            name=grant.name,
            username=account.username,
            schools=[str(one) for one in grant.school_ids],
            kinds=machine.kinds,
            networks=machine.networks,
            expires_at=audit.plain(name="expires_at", value=grant.expires_at),
        )
        return Handed(await _row(machine), secret)


async def rotate(*, region_id: UUID, integrator_id: UUID, overlap_hours: int, by: Viewer | None) -> Handed:
    """The secret there is works on for so long; one that was on its way out ends now.

    A session ends with the secret that opened it. Of those that are open nobody knows which of two it was:
    where one ends now, they all do, and the machine signs in again.
    """
    overlap = rule.overlap(hours=overlap_hours)
    async with in_transaction():
        machine = await _locked(region_id=region_id, integrator_id=integrator_id)
        now = clock.real_now()
        if rule.is_over(revoked_at=machine.revoked_at, expires_at=machine.expires_at, now=now):
            raise IntegratorEnded().at("id")
        ends = now + overlap
        older = await _secrets(machine).filter(expires_at__gt=now).update(expires_at=now)
        await _secrets(machine).filter(expires_at__isnull=True).update(expires_at=ends)
        await _end_sessions(account_id=machine.account_id, at=now if older else ends)
        secret = await _another_secret(machine=machine, now=now)
        await _trace("rotateIntegratorSecret", machine, by, overlap_hours=overlap_hours)
        return Handed(await _row(machine), secret)


async def revoke(*, region_id: UUID, integrator_id: UUID, by: Viewer | None) -> IntegratorRow:
    """Its account, sessions and secrets end, and the exports that wait for it."""
    async with in_transaction():
        machine = await _locked(region_id=region_id, integrator_id=integrator_id)
        if machine.revoked_at is None:
            now = machine.revoked_at = clock.real_now()
            await machine.save(update_fields=["revoked_at"])
            await Account.filter(id=machine.account_id).update(active=False)
            await (
                _secrets(machine)
                .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
                .update(expires_at=now)
            )
            await Session.filter(account_id=machine.account_id, revoked_at__isnull=True).update(
                revoked_at=now
            )
            # Without its lease a worker that writes one cannot hand it in.
            await Export.filter(
                requested_by_id=machine.account_id, status__in=[JobStatus.QUEUED, JobStatus.RUNNING]
            ).update(status=JobStatus.FAILED, lease_token=None, lease_until=None, last_error="revoked")
            await _trace("revokeIntegrator", machine, by, revoked_at=now.isoformat())
        return await _row(machine)


async def of_region(*, region_id: UUID, integrator_id: UUID | None = None) -> list[IntegratorRow]:
    """Four statements, however many there are."""
    found = Integrator.filter(region_id=region_id)
    if integrator_id is not None:
        found = found.filter(id=integrator_id)
    now = clock.real_now()
    machines_ = await found.select_related("account").order_by("-created_at", "id")
    rows = {one.id: _as_row(one, now=now) for one in machines_}
    of_account = {one.account_id: rows[one.id] for one in machines_}
    granted = IntegratorSchool.filter(integrator_id__in=list(rows)).select_related("school")
    for grant in await granted.order_by("school__name", "school_id"):
        rows[grant.integrator_id].schools.append(School(grant.school_id, grant.school.name))
    for secret in await IntegratorSecret.filter(integrator_id__in=list(rows), expires_at__gt=now):
        rows[secret.integrator_id].secret_expires_at = secret.expires_at
    used = Session.filter(account_id__in=list(of_account)).annotate(last=Max("last_seen_at"))
    for account_id, last in await used.group_by("account_id").values_list("account_id", "last"):
        of_account[account_id].last_used_at = last
    return list(rows.values())


def _as_row(machine: Integrator, *, now: datetime) -> IntegratorRow:
    return IntegratorRow(
        id=machine.id,
        name=machine.account.display_name,
        username=machine.account.username,
        kinds=[ExportKind(kind) for kind in machine.kinds],
        networks=machine.networks,
        expires_at=machine.expires_at,
        created_at=machine.created_at,
        revoked_at=machine.revoked_at,
        active=not rule.is_over(revoked_at=machine.revoked_at, expires_at=machine.expires_at, now=now),
    )


async def _row(machine: Integrator) -> IntegratorRow:
    (row,) = await of_region(region_id=machine.region_id, integrator_id=machine.id)
    return row


async def _locked(*, region_id: UUID, integrator_id: UUID) -> Integrator:
    found = Integrator.filter(id=integrator_id, region_id=region_id)
    machine = await found.select_for_update().first()
    if machine is None:
        raise NotFound().at("id")
    return machine


def _secrets(machine: Integrator) -> Any:
    return IntegratorSecret.filter(integrator_id=machine.id)


async def _another_secret(*, machine: Integrator, now: datetime) -> str:
    secret = machines.new_secret()
    await IntegratorSecret.create(
        id=uuid4(), integrator_id=machine.id, secret_hash=machines.digest(secret=secret), created_at=now
    )
    return secret


async def _end_sessions(*, account_id: UUID, at: datetime) -> None:
    await Session.filter(account_id=account_id, revoked_at__isnull=True, expires_at__gt=at).update(
        expires_at=at
    )


async def _free_username(*, name: str) -> str:
    while True:
        chosen = rule.username(name=name, tag=uuid4().hex[:4])
        if not await Account.filter(username=chosen).exists():
            return chosen


async def _trace(act: str, machine: Integrator, by: Viewer | None, **after: Any) -> None:
    row = audit.entry(
        viewer=by,
        act=act,
        at=await clock.now(),
        entity="Integrator",
        entity_id=machine.id,
        after={name: value for name, value in after.items() if value not in (None, [])},
        region_id=machine.region_id,
    )
    # At the command line of a region nobody signed in; its files are taken in in the same name.
    row.role = Role.REGION_ADMIN.value
    await row.save(force_create=True)
