"""Dossiers of schools' own systems, file by file: each in a transaction of its own, several side by side.

What of one cannot be taken does not stop the others. A dossier names its school; it comes in as that school's own
system would bring it. Two files of one child go in the order they were given.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from imports.oso.beside import PROCESSES, Readers
from models import Account
from resolvers import audit, clock
from resolvers.imports.dossier_report import Became, DossierReport, Line
from resolvers.imports.ground import Ground, SchoolRow, YearRow
from resolvers.imports.run import Say, Undone, silent
from resolvers.lock import alone
from resolvers.oso_dossier import Imported, take_in
from resolvers.viewer import Viewer
from rules.dossier_import import ConfirmOverwrite, DossierMatchUnsure
from rules.oki_doc.dossier import Dossier
from rules.refusal import Refusal, Refusals
from rules.vocabulary import Role
from settings import load

log = logging.getLogger("loket.import")

SIDE_BY_SIDE = 4
SYSTEMS = "system"
"""The realm of schools' own systems. Nobody signs in there: their accounts are not active and have no password."""
EVERY = 50
"""After how many files somebody who waits hears how far it is."""


class Overtaken(Exception):
    """Somebody else has these files by now: what is under way here does not count any more."""


class Source(Protocol):
    """A file with a dossier. `name`: as who handed it in called it."""

    @property
    def name(self) -> str: ...

    async def content(self) -> Path | bytes | str:
        """The file or what is in it; in Dutch why there is none."""
        ...

    async def record(self, line: Line) -> None:
        """What became of it. Of what came in: in the transaction of its dossier, which may fail yet.

        Raises `Overtaken`.
        """
        ...


@dataclass(kw_only=True)
class _OnDisk:
    """A file of whoever asks."""

    path: Path
    line: Line | None = None

    @property
    def name(self) -> str:
        return self.path.name

    async def content(self) -> Path:
        return self.path

    async def record(self, line: Line) -> None:
        self.line = line


_IN_BULK: dict[type[Refusal], str] = {
    ConfirmOverwrite: (
        "Het Oki-doc van deze leerling is definitief, en dit dossier wijzigt het. Met --confirm-overwrite wordt "
        "het wel ingelezen; het Oki-doc is daarna weer voorlopig."
    ),
    DossierMatchUnsure: (
        "Er is al een leerling met deze naam en geboortedatum, of met dit nummer, maar het dossier zegt niet zeker "
        "dat dit hetzelfde kind is. De school neemt dit dossier zelf over in haar portaal, en kiest daar de leerling."
    ),
}
"""What is said where nobody can answer a question."""


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

    async def take(self, source: Source, dossier: Dossier) -> None:
        school = self.ground.primary.get((dossier.school.brin, dossier.school.location))
        code = f"{dossier.school.brin}{dossier.school.location}"
        if school is None:
            await _refuse(source, f"De school van dit dossier ({code}) staat niet in het systeem.")
            return
        if self.ground.region and school.region_id != self.ground.regions[self.ground.region].id:
            await _refuse(source, f"De school van dit dossier ({code}) hoort niet bij {self.ground.region}.")
            return
        bsn = dossier.pupil["bsn"]
        try:
            async with self._of_child.setdefault(bsn, asyncio.Lock()) if bsn else asyncio.Lock():
                await self._taken(source, school, code, dossier)
        except Overtaken:
            raise
        except Refusal as refusal:
            await _refuse(source, _IN_BULK.get(type(refusal), refusal.message))
        except Refusals as refusals:
            await _refuse(source, " ".join(one.message for one in refusals.refusals))
        except Exception as fault:  # noqa: BLE001 - one bad dossier does not stop the others
            # Its message may hold what stands in the dossier, the file's name whose it is.
            log.error("a dossier of %s: %s", code, type(fault).__name__)
            await _refuse(source, f"Er ging iets mis ({type(fault).__name__}). Probeer het opnieuw.")

    async def _taken(self, source: Source, school: SchoolRow, code: str, dossier: Dossier) -> None:
        async def told(taken: Imported) -> None:
            line = Line.of(filename=source.name, elk_number=taken.elk_number, report=taken.report)
            if (
                taken.report.overwrites_final and not self.confirm_overwrite
            ):  # A trial run shows what it would be.
                line = replace(line, became=Became.REFUSED, reason=_IN_BULK[ConfirmOverwrite])
            await source.record(line)

        if not self.dry_run:
            await self._as(await self._system(school, code), dossier, school, also=told)
            return
        tried: Imported | None = None
        try:
            async with in_transaction():  # A trial run makes no account either.
                system = await _system_of(school, code)
                tried = await self._as(system, dossier, school)
                raise Undone
        except Undone:
            assert tried is not None
        await told(tried)

    async def _system(self, school: SchoolRow, code: str) -> UUID:
        async with self._making:
            if school.id not in self._systems:
                async with in_transaction():
                    self._systems[school.id] = await _system_of(school, code)
            return self._systems[school.id]

    async def _as(
        self,
        account_id: UUID,
        dossier: Dossier,
        school: SchoolRow,
        also: Callable[[Imported], Awaitable[None]] | None = None,
    ) -> Imported:
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
            viewer=viewer,
            dossier=dossier,
            dry_run=self.dry_run,
            confirm_overwrite=self.confirm_overwrite,
            also=also,
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
    sources = [_OnDisk(path=path) for path in paths]
    numbers = count(1)

    def done() -> None:
        number = next(numbers)
        if number % EVERY == 0 and len(sources) > EVERY:
            say(f"{number} van {len(sources)} dossiers")

    problem = await take_sources(
        sources=sources,
        region=region,
        year=year,
        dry_run=dry_run,
        confirm_overwrite=confirm_overwrite,
        done=done,
    )
    lines = [one.line for one in sources if one.line is not None]
    return DossierReport(dry_run=dry_run, problem=problem, lines=lines)


async def take_sources(
    *,
    sources: Iterable[Source],
    region: str | None,
    year: str | None,
    dry_run: bool,
    confirm_overwrite: bool,
    done: Callable[[], None] = lambda: None,
) -> str:
    """The same of files that record for themselves what became of them; in Dutch why none was looked at.

    Raises `Overtaken`, within a group.
    """
    async with get_connection("default").acquire_connection() as connection:
        ground = await Ground.read(connection=connection, at=await clock.now(), region=region, year=year)
    lacking = ground.lacking(makes_years=False, makes_regions=False)
    current = ground.year_named(year)
    if lacking or current is None:
        return str(lacking[0]) if lacking else "Er is nog geen schooljaar. Lees eerst het tijdpad in."
    delivery = _Delivery(ground=ground, year=current, dry_run=dry_run, confirm_overwrite=confirm_overwrite)
    await _take_in_order(delivery, sources, done)
    return ""


async def _take_in_order(delivery: _Delivery, sources: Iterable[Source], done: Callable[[], None]) -> None:
    """Few dossiers are in memory at a time, however many files there are."""
    room = asyncio.Semaphore(SIDE_BY_SIDE)

    async def take(source: Source, dossier: Dossier) -> None:
        try:
            await delivery.take(source, dossier)
            done()
        finally:
            room.release()

    readers = Readers(schema=load().oso_schema_dir)

    async def read(source: Source) -> Dossier | str:
        content = await source.content()
        return content if isinstance(content, str) else await readers.read(source=content)

    ahead: deque[tuple[Source, asyncio.Task[Dossier | str]]] = deque()
    waiting = iter(sources)
    try:
        async with asyncio.TaskGroup() as tasks:
            while True:
                while len(ahead) < 2 * PROCESSES and (following := next(waiting, None)) is not None:
                    ahead.append((following, tasks.create_task(read(following))))
                if not ahead:
                    break
                source, reading = ahead.popleft()
                found = await reading
                if isinstance(found, str):
                    await _refuse(source, found)
                    done()
                    continue
                await room.acquire()
                # Begun in this order, and so the lock of a child is held in this order.
                tasks.create_task(take(source, found))
                del found, reading
    finally:
        readers.close()


async def _refuse(source: Source, reason: str) -> None:
    await source.record(Line(filename=source.name, became=Became.REFUSED, reason=reason))


async def _system_of(school: SchoolRow, code: str) -> UUID:
    """The account of the school's own system, made when it first brings a dossier; in the caller's transaction."""
    await alone(f"system of {code}")
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
