"""Dossiers of schools' own systems, file by file: each in a transaction of its own, several side by side.

What of one cannot be taken does not stop the others. A dossier names its school; it comes in as that school's own
system would bring it. Two files of one child go in the order they were given.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from imports.oso.beside import PROCESSES, Readers
from models import Account
from resolvers import audit, clock
from resolvers.imports.dossier_report import Became, DossierReport, Line
from resolvers.imports.ground import Ground, SchoolRow, YearRow
from resolvers.imports.run import Say, Undone, silent
from resolvers.oso_dossier import Imported, take_in
from resolvers.viewer import Viewer
from rules.oki_doc.dossier import Dossier
from rules.refusal import Refusal, Refusals
from rules.vocabulary import Role
from settings import load

log = logging.getLogger("loket.import")

SIDE_BY_SIDE = 4
SYSTEMS = "system"
"""The realm of schools' own systems. Nobody signs in there: their accounts are not active and have no password."""
_EVERY = 50


@dataclass(kw_only=True)
class _Delivery:
    """Files on their way in. `of_child`: whoever comes with the same number waits for the one before."""

    ground: Ground
    year: YearRow
    dry_run: bool
    confirm_overwrite: bool
    _of_child: dict[str, asyncio.Lock] = field(default_factory=dict)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)
    _systems: dict[UUID, UUID] = field(default_factory=dict)

    async def take(self, path: Path, dossier: Dossier) -> Line:
        school = self.ground.primary.get((dossier.school.brin, dossier.school.location))
        code = f"{dossier.school.brin}{dossier.school.location}"
        if school is None:
            return _refused(path, f"De school van dit dossier ({code}) staat niet in het systeem.")
        if self.ground.region and school.region_id != self.ground.regions[self.ground.region].id:
            return _refused(path, f"De school van dit dossier ({code}) hoort niet bij {self.ground.region}.")
        try:
            async with self._of_child.setdefault(dossier.pupil["bsn"] or str(path), asyncio.Lock()):
                taken = await self._taken(school, code, dossier)
        except Refusal as refusal:
            return _refused(path, refusal.message)
        except Refusals as refusals:
            return _refused(path, " ".join(one.message for one in refusals.refusals))
        except Exception as fault:  # noqa: BLE001 - one bad dossier does not stop the others
            # Its message may hold what stands in the dossier.
            log.error("%s: %s", path.name, type(fault).__name__)
            return _refused(path, f"Er ging iets mis ({type(fault).__name__}). Probeer het opnieuw.")
        became = Became[taken.report.outcome]
        return Line(filename=path.name, became=became, elk_number=taken.elk_number, said=taken.report)

    async def _taken(self, school: SchoolRow, code: str, dossier: Dossier) -> Imported:
        if not self.dry_run:
            return await self._as(await self._system(school, code), dossier, school)
        taken: Imported | None = None
        try:
            async with in_transaction():  # A trial run makes no account either.
                system = await _system_of(school, code)
                taken = await self._as(system, dossier, school)
                raise Undone
        except Undone:
            assert taken is not None
            return taken

    async def _system(self, school: SchoolRow, code: str) -> UUID:
        async with self._making:
            if school.id not in self._systems:
                async with in_transaction():
                    self._systems[school.id] = await _system_of(school, code)
            return self._systems[school.id]

    async def _as(self, account_id: UUID, dossier: Dossier, school: SchoolRow) -> Imported:
        viewer = Viewer(
            account_id=account_id,
            session_id=account_id,
            role=Role.PO_EDITOR,
            display_name=dossier.made_by,
            region_id=school.region_id,
            school_year_id=self.year.id,
            primary_school_id=school.id,
        )
        return await take_in(
            viewer=viewer, dossier=dossier, dry_run=self.dry_run, confirm_overwrite=self.confirm_overwrite
        )


async def take_dossiers(
    *,
    paths: Iterable[Path],
    region: str | None = None,
    year: str | None = None,
    dry_run: bool = False,
    confirm_overwrite: bool = False,
    say: Say = silent,
) -> DossierReport:
    """Take in these files. `region`: only its schools; `confirm_overwrite`: definitive Oki-docs may change too.

    `say` hears how far it is.
    """
    report = DossierReport(dry_run=dry_run)
    async with get_connection("default").acquire_connection() as connection:
        ground = await Ground.read(connection=connection, at=await clock.now(), region=region, year=year)
    lacking = ground.lacking(makes_years=False, makes_regions=False)
    current = ground.year_named(year)
    if lacking or current is None:
        report.problem = (
            str(lacking[0]) if lacking else "Er is nog geen schooljaar. Lees eerst het tijdpad in."
        )
        return report
    delivery = _Delivery(ground=ground, year=current, dry_run=dry_run, confirm_overwrite=confirm_overwrite)
    report.lines = await _taken_in_order(delivery, list(paths), say)
    return report


async def _taken_in_order(delivery: _Delivery, paths: list[Path], say: Say) -> list[Line]:
    """A line for every file, in their order. Few dossiers are in memory at a time, however many files there are."""
    lines: dict[int, Line] = {}
    room = asyncio.Semaphore(SIDE_BY_SIDE)

    def done(number: int, line: Line) -> None:
        lines[number] = line
        if len(lines) % _EVERY == 0 and len(paths) > _EVERY:
            say(f"{len(lines)} van {len(paths)} dossiers")

    async def take(number: int, dossier: Dossier) -> None:
        try:
            done(number, await delivery.take(paths[number], dossier))
        finally:
            room.release()

    settings = load()
    readers = Readers(schema=settings.oso_schema_dir)
    ahead: deque[asyncio.Task[Dossier | str]] = deque()
    waiting = iter(paths)
    try:
        async with asyncio.TaskGroup() as tasks:
            for number in range(len(paths)):
                while len(ahead) < 2 * PROCESSES and (path := next(waiting, None)) is not None:
                    ahead.append(tasks.create_task(readers.read(path=path)))
                found = await ahead.popleft()
                if isinstance(found, str):
                    done(number, _refused(paths[number], found))
                    continue
                await room.acquire()
                # Begun in this order, and so the lock of a child is held in this order.
                tasks.create_task(take(number, found))
                del found
    finally:
        readers.close()
    return [lines[number] for number in range(len(paths))]


def _refused(path: Path, reason: str) -> Line:
    return Line(filename=path.name, became=Became.REFUSED, reason=reason)


async def _system_of(school: SchoolRow, code: str) -> UUID:
    """The account of the school's own system, made when it first brings a dossier; in the caller's transaction."""
    await get_connection("default").execute_query(
        "SELECT pg_advisory_xact_lock(hashtext($1))", [f"system of {code}"]
    )
    there = await Account.get_or_none(realm=SYSTEMS, username=code)
    if there is not None:
        return there.id
    at = await clock.now()
    account = Account(
        id=uuid4(),
        username=code,
        realm=SYSTEMS,
        role=Role.PO_EDITOR,
        display_name=f"Leerlingadministratie {school.name}"[:200],
        active=False,
        primary_school_id=school.id,
        created_at=at,
    )
    await account.save(force_create=True)
    made = audit.entry(
        viewer=None,
        act="importOsoDossier",
        at=at,
        entity="Account",
        entity_id=account.id,
        after={"username": code, "realm": SYSTEMS, "role": Role.PO_EDITOR.value, "active": False},
        region_id=school.region_id,
    )
    await made.save(force_create=True)
    return account.id
