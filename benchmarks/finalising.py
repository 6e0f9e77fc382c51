"""The most finalisations a second over HTTP, and the floor: the same statements by the driver alone, in turns.

Half of the families finalise over HTTP. Of the others the statements are noted in transactions that are rolled back,
and sent as they are. The worker delivers the mails of the former meanwhile; beside the floor it is nudged as often.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from tortoise.connection import get_connection

from benchmarks import rush_floor, rush_load
from benchmarks.measured import Measured, percentile
from benchmarks.place import Place, loket, most_memory, seconds_of_cpu
from benchmarks.rush_load import Family, Found
from models import Account, OutboxMail, Session
from resolvers import sessions
from workers.queue import Queue

DELIVERED_WITHIN = 120.0

# Families with an account that are not done; whether their list is complete already.
_READY = """
SELECT account.username, account.id AS account_id,
       coalesce(pupil_list.length = advice.list_length, FALSE) AS complete
  FROM account
  JOIN pupil ON pupil.id = account.pupil_id
  JOIN advice ON advice.code = pupil.advice_id AND advice.list_length IS NOT NULL
  JOIN parent_login login ON login.pupil_id = pupil.id AND login.status IN ('ACTIVATED', 'ENROLMENT_STARTED')
  LEFT JOIN LATERAL (
      SELECT count(*) AS length FROM preference
        JOIN enrolment ON enrolment.id = preference.enrolment_id
       WHERE enrolment.pupil_id = pupil.id AND enrolment.status = 'CONCEPT'
  ) pupil_list ON TRUE
 WHERE account.password_hash IS NOT NULL AND pupil.not_placing_reason IS NULL
   AND (SELECT count(*) FROM parent_login WHERE pupil_id = pupil.id) = 1
   AND NOT EXISTS (SELECT 1 FROM enrolment WHERE pupil_id = pupil.id AND status = 'FINAL')
 ORDER BY md5(account.username)
"""


async def ready() -> list[dict[str, Any]]:
    """Families that may finalise once their list is complete, in an order of no meaning."""
    return [dict(row) for row in (await get_connection("default").execute_query(_READY))[1]]


def address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


async def signed_in(rows: list[Any]) -> list[Family]:
    """Sessions without a sign-in, which would measure the hashing of passwords."""
    accounts = await Account.in_bulk([row["account_id"] for row in rows], "id")
    made = [sessions.new_session(account=one, user_agent="benchmark") for one in accounts.values()]
    await Session.bulk_create(session for session, _ in made)
    still = Family(username="", password="", address="", signs_in=0, saves=0, finalises=0)
    return [
        replace(still, username=account.username, address=address(number), token=signed_in.token)
        for number, (account, (_, signed_in)) in enumerate(zip(accounts.values(), made, strict=True))
    ]


def _parts(given: list[Any], parts: int) -> list[list[Any]]:
    size = len(given) // parts
    return [given[place * size : (place + 1) * size] for place in range(parts)]


async def _unsent() -> int:
    return await OutboxMail.filter(sent_at__isnull=True, cancelled_at__isnull=True).count()


async def delivered() -> float:
    """Wait until every mail is out; the seconds that took. Raises when it never comes."""
    began = time.monotonic()
    while await _unsent():
        if time.monotonic() - began > DELIVERED_WITHIN:
            raise RuntimeError(f"{await _unsent()} mails are not delivered")
        await asyncio.sleep(0.05)
    return time.monotonic() - began


@asynccontextmanager
async def _worker_nudged(place: Place) -> AsyncIterator[None]:
    """The worker delivers meanwhile, as it does beside the API."""
    queue = Queue(redis_url=place.environment["REDIS_URL"])

    async def again_and_again() -> None:
        while True:
            await queue("deliver_mails")
            await asyncio.sleep(0.02)

    nudging = asyncio.create_task(again_and_again())
    try:
        yield
    finally:
        nudging.cancel()
        await queue.close()


@dataclass(kw_only=True)
class Turns:
    """Finalisations a second of each turn, the seconds of each over HTTP, and what the API did for them."""

    http: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    statements: int = 0
    cpu: float = 0.0
    memory: float = 0.0
    at_once: int = 0


async def in_turns(
    place: Place,
    families: list[dict[str, Any]],
    *,
    loader: ProcessPoolExecutor,
    turns: int,
    at_once: int,
    serving: int | None = None,
) -> Turns:
    """API and worker run. `families`: all with a complete list. `serving`: the process of the API."""
    loop = asyncio.get_running_loop()
    people = await signed_in(families)
    over_http, floors = _parts(people[::2], turns), _parts(people[1::2], turns)
    statements = [[await rush_floor.noted(token=one.token) for one in turn] for turn in floors]
    found = Turns(statements=len(statements[0][0]), at_once=at_once)
    for turn, noted in zip(over_http, statements, strict=True):
        before = seconds_of_cpu(serving) if serving else 0.0
        seconds, answers = await loop.run_in_executor(loader, _finalise, place.port, turn, at_once)
        found.cpu += seconds_of_cpu(serving) - before if serving else 0.0
        if answers.errors or answers.busy:
            raise RuntimeError(f"{answers.errors[:3]} {answers.busy}")
        found.http.append(len(turn) / seconds)
        found.seconds += answers.seconds
        await delivered()
        async with _worker_nudged(place):
            seconds = await loop.run_in_executor(loader, _replay, place.urls.application, noted, at_once)
        found.floor.append(len(noted) / seconds)
        await delivered()
    found.memory = most_memory(serving) if serving else 0.0
    return found


def measured(found: Turns) -> Measured:
    done = len(found.seconds)
    return Measured(
        name="finalise",
        unit="finalisations/s",
        mine=found.http,
        floor_name="its statements by the driver alone",
        floor=found.floor,
        p50=percentile(found.seconds, 50),
        p99=percentile(found.seconds, 99),
        cpu_ms=1000 * found.cpu / done if found.cpu else None,
        statements=found.statements,
        memory=found.memory or None,
        note=f"{done} over HTTP, {found.at_once} at a time; the worker delivers their mails meanwhile",
    )


async def finalisations(
    *, place: Place, loader: ProcessPoolExecutor, turns: int = 4, count: int = 50, at_once: int = 8
) -> list[Measured]:
    """At a place where no process of Loket runs yet. `count`: of a turn, at most; a family can do it once."""
    complete = [row for row in await ready() if row["complete"]][: 2 * turns * count]
    if len(complete) < 2 * turns:
        raise RuntimeError(f"only {len(complete)} families have a complete list")
    with loket(place) as (serving, _):
        found = await in_turns(
            place, complete, loader=loader, turns=turns, at_once=at_once, serving=serving.pid
        )
    return [measured(found)]


def _finalise(port: int, families: list[Family], at_once: int) -> tuple[float, Found]:
    return rush_load.finalise(port=port, families=families, at_once=at_once)


def _replay(url: str, families: list[Any], at_once: int) -> float:
    return rush_floor.replay(url=url, families=families, at_once=at_once)
