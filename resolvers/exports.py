"""Rule 39: an export is asked for, made by the worker, and fetched as long as its asker reaches what is in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from exports.lists import LISTS
from models import Account, Department, Export, Integrator, IntegratorSchool
from resolvers import audit, clock
from resolvers.calendars import year_of
from resolvers.export_rows import Asked, may_read
from resolvers.file_links import Use, url
from resolvers.nudge import nudge
from resolvers.viewer import Viewer
from rules import exports as rule
from rules.input import Checks
from rules.steps import NotFound
from rules.vocabulary import ExportKind, FileFormat, JobStatus, Role

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export as its asker sees it. `url` is fresh each time; only while it is READY and still offered."""

    id: UUID
    kind: ExportKind
    format: FileFormat
    status: JobStatus
    progress: int
    row_count: int | None
    filename: str
    requested_at: datetime
    expires_at: datetime | None
    url: str | None


async def create_export(
    *,
    viewer: Viewer,
    kind: ExportKind,
    format: FileFormat,
    department_id: UUID | None,
    reason: str | None,
    school_year: str | None,
) -> UUID:
    """Ask for a file. Raises `NotFound`: a department, year or export out of reach; `TooManyExports`, `InvalidValue`."""
    checks = Checks()
    why = checks.text("reason", reason or "", label="Reden", longest=LONGEST_REASON)
    checks.done()
    rule.may_be_kept(reason=why)
    if not may_read(viewer=viewer, kind=kind):
        raise NotFound().at("kind")
    year_id = await year_of(viewer=viewer, name=school_year)
    if year_id is None:
        raise NotFound().at("school_year")
    if (
        department_id is not None
        and not await _departments(viewer, year_id).filter(id=department_id).exists()
    ):
        raise NotFound().at("department_id")
    now = clock.real_now()
    one = LISTS[kind]
    async with in_transaction():
        await Account.filter(id=viewer.account_id).select_for_update().get()
        making = Export.filter(
            requested_by_id=viewer.account_id, status__in=[JobStatus.QUEUED, JobStatus.RUNNING]
        )
        rule.may_ask(waiting=await making.count())
        export = Export(
            id=uuid4(),
            kind=kind,
            format=format,
            requested_by_id=viewer.account_id,
            school_year_id=year_id,
            department_id=department_id,
            reach=reach_of(viewer),
            reason=why,
            filename=f"{one.filename}-{await clock.now():%Y-%m-%d}.{format.value.lower()}",
            due_at=now,
            created_at=now,
        )
        await export.save(force_create=True)
        await record(viewer=viewer, act="createExport", export=export)
    await nudge("make_exports")
    return export.id


async def export(*, viewer: Viewer, export_id: UUID) -> ExportRow | None:
    """One of the viewer's own exports, while it reaches the same; else None."""
    found = await _own(viewer=viewer, export_id=export_id)
    if found is None:
        return None
    until = found.ready_at + rule.OFFERED if found.ready_at else None
    offered = until is not None and clock.real_now() < until and found.status is JobStatus.READY
    return ExportRow(
        id=found.id,
        kind=found.kind,
        format=found.format,
        status=found.status,
        progress=found.progress,
        row_count=found.row_count,
        filename=found.filename,
        requested_at=found.created_at,
        expires_at=until,
        url=url(use=Use.EXPORT, row_id=found.id, viewer=viewer) if offered else None,
    )


async def readable(*, viewer: Viewer, export_id: UUID) -> Export | None:
    """A file that is there and that this viewer may have at this moment."""
    found = await _own(viewer=viewer, export_id=export_id)
    return found if found is not None and found.status is JobStatus.READY and found.storage_key else None


async def asker_of(export: Export) -> Viewer | None:
    """Who asked, as the account stands now; None when it may not have this export any more."""
    account = await Account.get_or_none(id=export.requested_by_id, active=True)
    if account is None:
        return None
    schools, kinds = await _granted(account)
    viewer = Viewer(
        account_id=account.id,
        session_id=account.id,
        role=account.role,
        display_name=account.display_name,
        region_id=account.region_id,
        secondary_school_id=account.secondary_school_id,
        granted_school_ids=schools,
        granted_kinds=kinds,
    )
    return viewer if _still(viewer, export) else None


async def _granted(account: Account) -> tuple[tuple[UUID, ...], tuple[str, ...]]:
    """What a machine may read now; nothing for people, and for a machine whose time is over."""
    machine = await Integrator.get_or_none(account_id=account.id, revoked_at=None)
    if machine is None or (machine.expires_at is not None and machine.expires_at <= clock.real_now()):
        return (), ()
    schools = await IntegratorSchool.filter(integrator_id=machine.id).values_list("school_id", flat=True)
    return tuple(UUID(str(school)) for school in schools), tuple(machine.kinds)


def asked_for(export: Export) -> Asked:
    return Asked(kind=export.kind, school_year_id=export.school_year_id, department_id=export.department_id)


def reach_of(viewer: Viewer) -> dict[str, Any]:
    """Of whom somebody has exports: what a file was made for."""
    schools = viewer.granted_school_ids or (viewer.secondary_school_id,)
    return {
        "role": viewer.role.value,
        "region": str(viewer.region_id) if viewer.role is Role.REGION_ADMIN else None,
        "schools": sorted(str(school) for school in schools if school is not None),
    }


async def record(*, viewer: Viewer, act: str, export: Export, **said: Any) -> None:
    """Asking, making and fetching an export leave a trace; of one made, with how many rows and why."""
    row = audit.entry(
        viewer=viewer,
        act=act,
        at=await clock.now(),
        entity="Export",
        entity_id=export.id,
        after={"kind": export.kind.value, "format": export.format.value, "reason": export.reason, **said},
    )
    await row.save(force_create=True)


async def _own(*, viewer: Viewer, export_id: UUID) -> Export | None:
    found = await Export.get_or_none(id=export_id, requested_by_id=viewer.account_id)
    return found if found is not None and _still(viewer, found) else None


def _still(viewer: Viewer, export: Export) -> bool:
    """The moment a role, a school or a grant is taken away, so are the files that were made with it."""
    return may_read(viewer=viewer, kind=export.kind) and reach_of(viewer) == export.reach


def _departments(viewer: Viewer, school_year_id: UUID) -> Any:
    found = Department.filter(school_year_id=school_year_id)
    if viewer.role is Role.REGION_ADMIN:
        return found.filter(school__region_id=viewer.region_id)
    if viewer.role is Role.INTEGRATOR:
        return found.filter(school_id__in=list(viewer.granted_school_ids))
    return found.filter(school_id=viewer.secondary_school_id)
