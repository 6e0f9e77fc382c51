"""The commands of `cli.py` that act on a database: one function each."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
from tortoise.exceptions import BaseORMException

import logs
from models import database
from resolvers import clock
from settings import Settings, SettingsRefused, load

if TYPE_CHECKING:
    from resolvers.imports import DossierReport

ANSWERS_WITHIN = 10.0
TAKEN_WITHIN = 10.0
PROGRESS_EVERY = 2.0
LOOK_EVERY = 0.3


def run(given: argparse.Namespace) -> int:
    """Dispatch; settings and data that are not right are said in words, not as a traceback."""
    try:
        if given.command in IN_PRODUCTION:
            return IN_PRODUCTION[given.command](_ready_settings())
        from sandbox.borrow import environment_of_sandbox

        with environment_of_sandbox():
            settings = load()
            if settings.environment == "sandbox":
                clock.allow_moving()
            return ON_DATABASE[given.command](settings, given)
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        return 2


def _ready_settings() -> Settings:
    """The settings of production; a database that is behind or away is one more mistake among the rest."""
    try:
        settings, mistakes = load(), list[str]()
    except SettingsRefused as refused:
        settings, mistakes = None, list(refused.mistakes)
    url = os.environ.get("DATABASE_URL")
    if url and not any(mistake.startswith("DATABASE_URL:") for mistake in mistakes):
        mistakes += asyncio.run(_wrong_with_database(url))
    if settings is None or mistakes:
        raise SettingsRefused(*mistakes)
    return settings


async def _wrong_with_database(url: str) -> list[str]:
    # Asked for itself: to what reads migrations, a database that is away is an empty one.
    away = await wrong_with_connecting(DATABASE_URL=url)
    if away:
        return away
    behind = await database.pending(url=url)
    if not behind:
        return []
    return [f"DATABASE_URL: the database lacks {', '.join(behind)}; run ./loket migrate first"]


async def wrong_with_connecting(**urls: str) -> list[str]:
    """The mistakes in these settings: databases that do not answer, or not to us."""
    mistakes = []
    for name, url in urls.items():
        try:
            connection = await asyncpg.connect(url, timeout=ANSWERS_WITHIN)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
            mistakes.append(f"{name}: the database does not let us in ({type(fault).__name__})")
        else:
            await connection.close()
    return mistakes


def serve(settings: Settings) -> int:
    """The API, until SIGTERM."""
    import uvicorn

    if settings.web_processes > 1 and settings.trusted_documents is not None:
        from schema.trusting import try_out

        # A process that does not start is started again, for ever.
        try_out(settings=settings)
    uvicorn.run(
        "asgi:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.web_processes,
        log_level=settings.log_level.lower(),
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=20,
    )
    return 0


def worker(settings: Settings) -> int:
    """The worker, until SIGTERM."""
    import uvloop

    from workers import main

    logs.configure(level=settings.log_level)
    if settings.environment == "sandbox":
        clock.allow_moving()
    uvloop.run(main.run(settings))
    return 0


def migrate(settings: Settings, _given: argparse.Namespace) -> int:
    """Bring the database up to date, as its owner."""
    owner = settings.database_owner_url
    if owner is None:
        raise SettingsRefused("DATABASE_OWNER_URL: is not set; migrating needs the owner of the tables")
    behind = asyncio.run(database.pending(url=owner))
    asyncio.run(database.migrate(owner_url=owner, application_url=settings.database_url))
    print("\n".join(f"  {name}" for name in behind) or "  the database was up to date")
    return 0


def take_in(settings: Settings, given: argparse.Namespace) -> int:
    """Take in files of one kind, one after the other; of a region's own the first with a mistake ends it."""
    from imports import KINDS

    if given.kind not in KINDS and given.kind not in OF_SYSTEMS:
        known = ", ".join((*KINDS, *OF_SYSTEMS))
        print(f"import: {given.kind} is unknown; choose {known}", file=sys.stderr)
        return 2
    for option, kinds in ONLY_FOR.items():
        if getattr(given, option) and given.kind not in kinds:
            print(f"import: --{option.replace('_', '-')} is for {' and '.join(kinds)}", file=sys.stderr)
            return 2
    return asyncio.run(OF_SYSTEMS.get(given.kind, _take_in)(settings, given))


async def _take_in(settings: Settings, given: argparse.Namespace) -> int:
    from resolvers.imports import in_words, run

    async with database.connected(url=settings.database_url, pool_size=2):
        for path in given.files:
            report = await run(
                kind=given.kind,
                path=path,
                dry_run=given.dry_run,
                region=given.region,
                year=given.year,
                say=_progress,
            )
            print(*in_words(report=report), sep="\n", flush=True)
            if not report.is_right:
                return 1
    return 0


async def _take_results(settings: Settings, given: argparse.Namespace) -> int:
    from resolvers.imports import result_in_words, take_results

    right = True
    async with database.connected(url=settings.database_url, pool_size=2):
        for path in given.files:
            report = await take_results(
                path=path,
                school=given.school,
                region=given.region,
                year=given.year,
                dry_run=given.dry_run,
                say=_progress,
            )
            print(*result_in_words(report=report), sep="\n", flush=True)
            right = right and report.is_right
    return 0 if right else 1


async def _take_in_rosters(settings: Settings, given: argparse.Namespace) -> int:
    """Files of schools: what is wrong with one row or one file does not stop the others; 1 when anything was."""
    from resolvers.imports.edexml import in_words, run

    status = 0
    async with database.connected(url=settings.database_url, pool_size=2):
        for path in given.files:
            report = await run(
                path=path,
                dry_run=given.dry_run,
                invite_teachers=given.invite_teachers,
                confirm_overwrite=given.confirm_overwrite,
                region=given.region,
                year=given.year,
                say=_progress,
            )
            print(*in_words(report=report), sep="\n", flush=True)
            status = status if report.is_right else 1
    return status


async def _take_dossiers(settings: Settings, given: argparse.Namespace) -> int:
    """By the worker; here when that is asked for, or on a sandbox that runs for this command alone: without one."""
    from resolvers.imports import dossiers_in_words
    from sandbox import state

    alone = settings.environment == "sandbox" and state.running() is None
    here = given.here or (alone and not given.report)
    try:
        report = await (_taken_here if here else _handed_in)(settings, given)
    except _Ended as ended:
        print(f"import: {ended}", file=sys.stderr)
        return ended.status
    print(*dossiers_in_words(report=report), sep="\n", flush=True)
    return 0 if report.is_right else 1


async def _taken_here(settings: Settings, given: argparse.Namespace) -> "DossierReport":
    from resolvers.imports import take_dossiers
    from resolvers.imports.dossiers import SIDE_BY_SIDE

    async with database.connected(url=settings.database_url, pool_size=SIDE_BY_SIDE + 1):
        return await take_dossiers(
            paths=given.files,
            region=given.region,
            year=given.year,
            dry_run=given.dry_run,
            confirm_overwrite=given.confirm_overwrite,
            say=_progress,
        )


async def _handed_in(settings: Settings, given: argparse.Namespace) -> "DossierReport":
    from resolvers import nudge
    from resolvers.imports import deliveries
    from resolvers.imports.dossiers import EVERY
    from workers.queue import open_queue

    delivery_id = _delivery_named(given.files) if given.report else None
    queue = await open_queue(settings)
    nudge.through(queue)
    try:
        async with database.connected(url=settings.database_url, pool_size=2):
            if delivery_id is None:
                delivery_id = await deliveries.hand_in(
                    paths=given.files,
                    region=given.region,
                    year=given.year,
                    dry_run=given.dry_run,
                    confirm_overwrite=given.confirm_overwrite,
                    say=_progress,
                )
                if len(given.files) > EVERY:
                    _say(f"for the report, if this ends early: {_asking(delivery_id)}")
            return await _followed(delivery_id)
    except _AWAY as away:
        if delivery_id is None:
            raise
        said = f"the database does not answer ({type(away).__name__}); for the report: {_asking(delivery_id)}"
        raise _Ended(said, 1) from None
    except deliveries.NotStored as away:
        raise _Ended(f"the files cannot be stored ({away}): look at FILES_URL, or use --here", 2) from None
    except asyncio.CancelledError as interrupted:
        if isinstance(interrupted, deliveries.HandedIn):
            delivery_id = interrupted.delivery_id
        if delivery_id is None:
            raise _Ended("nothing was handed in", 130) from None
        raise _Ended(f"the worker goes on; for the report: {_asking(delivery_id)}", 130) from None
    finally:
        await queue.close()


async def _followed(delivery_id: UUID) -> "DossierReport":
    """Wait until the worker is done with it; say how far it is, and what is the matter when no worker takes it."""
    from resolvers.imports import deliveries

    began = told = time.monotonic()
    done, warned = 0, False
    while (stand := await deliveries.stand(delivery_id=delivery_id)) and not stand.over:
        now = time.monotonic()
        if stand.begun and stand.done != done and now - told >= PROGRESS_EVERY:
            _progress(f"{stand.done} van {stand.total} dossiers")
            done, told = stand.done, now
        if not (stand.begun or warned) and now - began >= TAKEN_WITHIN:
            warned = True
            _say(_BEHIND if stand.behind else _NOBODY)
            _say(f"for the report later on: {_asking(delivery_id)}")
        await asyncio.sleep(LOOK_EVERY)
        if (here := asyncio.current_task()) is not None and here.cancelling():
            raise asyncio.CancelledError  # Ctrl-C came while a library was in the way of it.
    report = await deliveries.report_of(delivery_id=delivery_id)
    if report is None:
        hours = round(deliveries.REPORT_LIVES.total_seconds() / 3600)
        raise _Ended(f"there is no such delivery; a report is there for {hours} hours", 2)
    return report


class _Ended(Exception):
    """There is no report; what is said instead, and the exit status."""

    def __init__(self, said: str, status: int) -> None:
        super().__init__(said)
        self.status = status


def _delivery_named(words: list[Path]) -> UUID:
    try:
        (word,) = words
        return UUID(word.name)
    except ValueError:
        raise _Ended("--report takes the ID of one delivery, and no files", 2) from None


def _asking(delivery_id: UUID) -> str:
    return f"./loket import oso --report {delivery_id}"


def _progress(text: str) -> None:
    """How far it is, to somebody who waits: a timetable would mail it."""
    if sys.stderr.isatty():
        _say(text)


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def rotate_bsn_keys(settings: Settings, given: argparse.Namespace) -> int:
    """Encrypt every BSN with the newest key; 1 when there is a reason to keep the older ones."""
    return asyncio.run(_rotate_bsn_keys(settings, index=given.index))


async def _rotate_bsn_keys(settings: Settings, *, index: bool) -> int:
    from models.bsn import BsnVault
    from resolvers.bsn_keys import in_words, renew

    vault = BsnVault(keys=list(settings.bsn_keys), index_key=settings.bsn_index_key)
    async with database.connected(url=settings.database_url, pool_size=2):
        report = await renew(vault=vault, index=index, say=_say)
    print(*in_words(report=report), sep="\n", flush=True)
    return 0 if report.is_done else 1


def integrator(settings: Settings, given: argparse.Namespace) -> int:
    """Machines that read exports; 1 when it was refused."""
    return asyncio.run(_integrator(settings, given))


async def _integrator(settings: Settings, given: argparse.Namespace) -> int:
    from resolvers import integrator_desk as desk

    words = {name: value for name, value in vars(given).items() if name not in ("command", "act")}
    async with database.connected(url=settings.database_url, pool_size=2):
        try:
            lines = await desk.ACTS[given.act](**words)
        except desk.Refused as refused:
            print(refused, file=sys.stderr)
            return 1
    print(*lines, sep="\n", flush=True)
    return 0


_AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, BaseORMException)
_BEHIND = "the worker is busy with another delivery; this one comes after it"
_NOBODY = "no worker has taken it: does ./loket worker run? It waits for one; --here does it without"

OF_SYSTEMS: dict[str, Callable[[Settings, argparse.Namespace], Coroutine[None, None, int]]] = {
    "edexml": _take_in_rosters,
    "toetsresultaten": _take_results,
    "oso": _take_dossiers,
}
"""Files of other systems, in which every message stands by itself."""

ONLY_FOR = {
    "invite_teachers": ("edexml",),
    "school": ("toetsresultaten",),
    "confirm_overwrite": ("oso", "edexml"),
    "here": ("oso",),
    "report": ("oso",),
}
"""Options of `import` that not every kind knows."""

IN_PRODUCTION: dict[str, Callable[[Settings], int]] = {"serve": serve, "worker": worker}
ON_DATABASE: dict[str, Callable[[Settings, argparse.Namespace], int]] = {
    "migrate": migrate,
    "import": take_in,
    "integrator": integrator,
    "rotate-bsn-keys": rotate_bsn_keys,
}
"""Also on the sandbox's database, where the environment names none."""
