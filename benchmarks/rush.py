"""The last ten minutes before the period closes: families over HTTP, schools that look at their lists meanwhile.

    python -m benchmarks.rush [--families 2000] [--minutes 10] [--rounds 6] [--at-once 8]

The API and the worker of production, each a process of its own, on a PostgreSQL (durable) and a Valkey of their own,
and real SMTP into a sink. Each family signs in, reads its start screen, saves a draft and finalises; all finalise
within these minutes, ever more as the end comes near. `--minutes 1` is the same rush with less time to think.

Then, in turns, the most finalisations a second over HTTP, and the floor: the same statements by the driver alone.
The ratio of the two stands whatever the machine is doing.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from tortoise.connection import get_connection

from benchmarks import data, rush_floor, rush_load
from benchmarks.place import Place, loket, servers
from benchmarks.rush_load import Family, Found
from models import Account, OutboxMail, Session, database
from resolvers import sessions
from sandbox import personas
from workers.queue import Queue

SCHOOLS = 20
LOOKS_EVERY = 15.0
# Of the invented region a fifth are families that have an account and are not done; a sixteenth have a whole list.
PUPILS_PER_FAMILY = 5
PUPILS_PER_WHOLE_LIST = 18
KINDS = ("sign in", "start screen", "save", "finalise", "list of a school")
DELIVERED_WITHIN = 120.0


async def _invented(*, families: int, apart: int) -> None:
    """A region of which nobody is done yet."""
    pupils = max((families + apart) * PUPILS_PER_FAMILY, apart * PUPILS_PER_WHOLE_LIST)
    await data.region(pupils=pupils)


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
_STAFF = """
SELECT username FROM account WHERE role = 'VO_STAFF' AND password_hash IS NOT NULL
 ORDER BY (SELECT count(*) FROM enrolment
            WHERE handling_school_id = account.secondary_school_id AND status = 'FINAL') DESC, username
 LIMIT $1
"""


async def _crowd(*, families: int, apart: int) -> tuple[list[Any], list[Any], list[str]]:
    """Who is in the rush, who is kept for the turns, and the staff of the schools that are asked for most."""
    connection = get_connection("default")
    ready = [dict(row) for row in (await connection.execute_query(_READY))[1]]
    kept = [row for row in ready if row["complete"]][:apart]
    taken = {row["username"] for row in kept}
    rushing = [row for row in ready if row["username"] not in taken][:families]
    if len(rushing) < families or len(kept) < apart:
        raise RuntimeError(f"only {len(rushing)} and {len(kept)} families are ready")
    staff = [row["username"] for row in (await connection.execute_query(_STAFF, [SCHOOLS]))[1]]
    return rushing, kept, staff


def _families(rows: list[Any], *, minutes: float) -> list[Family]:
    times = rush_load.moments(families=len(rows), minutes=minutes, chance=random.Random(1))
    return [
        Family(row["username"], personas.FAMILY_PASSWORD, _address(number), *moments)
        for number, (row, moments) in enumerate(zip(rows, times, strict=True))
    ]


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


async def _signed_in(rows: list[Any]) -> list[Family]:
    """Sessions without a sign-in, which would measure the hashing of passwords."""
    accounts = await Account.in_bulk([row["account_id"] for row in rows], "id")
    made = [sessions.new_session(account=one, user_agent="benchmark") for one in accounts.values()]
    await Session.bulk_create(session for session, _ in made)
    still = Family(username="", password="", address="", signs_in=0, saves=0, finalises=0)
    return [
        replace(still, username=account.username, address=_address(number), token=signed_in.token)
        for number, (account, (_, signed_in)) in enumerate(zip(accounts.values(), made, strict=True))
    ]


def _in_turns(given: list[Any], parts: int) -> list[list[Any]]:
    size = len(given) // parts
    return [given[place * size : (place + 1) * size] for place in range(parts)]


async def _unsent() -> int:
    return await OutboxMail.filter(sent_at__isnull=True, cancelled_at__isnull=True).count()


async def _delivered(place: Place) -> float:
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


def _mails(place: Place) -> int:
    return max((int(path.stem) for path in place.mails.glob("*.json")), default=0)


async def measure(place: Place, *, loader: ProcessPoolExecutor, given: argparse.Namespace) -> None:
    """The rush, then the turns; prints what was found."""
    loop = asyncio.get_running_loop()
    apart = given.rounds * given.turn
    await _invented(families=given.families, apart=2 * apart)
    rushing, kept, staff = await _crowd(families=given.families, apart=2 * apart)
    families = _families(rushing, minutes=given.minutes)
    schools = [
        (name, personas.STAFF_PASSWORD, f"10.255.0.{number}") for number, name in enumerate(staff, start=1)
    ]
    with loket(place):
        print(
            f"{len(families)} families and {len(schools)} schools in {given.minutes:g} minutes …", flush=True
        )
        began, load = time.perf_counter(), os.getloadavg()
        found = await loop.run_in_executor(loader, _rush, place.port, families, schools)
        took, late = time.perf_counter() - began, await _delivered(place)
        _print_rush(found, took=took, load=load)
        done = len(found["finalise"].seconds) - len(found["finalise"].errors)
        print(f"mails delivered: {_mails(place)} of {done}; the last {late:.1f} s after the end\n")

        people = await _signed_in(kept)
        over_http, floors = _in_turns(people[:apart], given.rounds), _in_turns(people[apart:], given.rounds)
        statements = [[await rush_floor.noted(token=one.token) for one in turn] for turn in floors]
        rates: dict[str, list[float]] = {"HTTP": [], "floor": []}
        for turn, noted in zip(over_http, statements, strict=True):
            seconds, answers = await loop.run_in_executor(loader, _finalise, place.port, turn, given.at_once)
            if answers.errors or answers.busy:
                raise RuntimeError(f"{answers.errors[:3]} {answers.busy}")
            rates["HTTP"].append(len(turn) / seconds)
            await _delivered(place)
            async with _worker_nudged(place):
                seconds = await loop.run_in_executor(
                    loader, _replay, place.urls.application, noted, given.at_once
                )
            rates["floor"].append(len(noted) / seconds)
            await _delivered(place)
        _print_turns(rates, statements=statements[0][0], at_once=given.at_once)


def _rush(port: int, families: list[Family], schools: list[Any]) -> dict[str, Found]:
    return rush_load.rush(port=port, families=families, schools=schools, every=LOOKS_EVERY)


def _finalise(port: int, families: list[Family], at_once: int) -> tuple[float, Found]:
    return rush_load.finalise(port=port, families=families, at_once=at_once)


def _replay(url: str, families: list[Any], at_once: int) -> float:
    return rush_floor.replay(url=url, families=families, at_once=at_once)


def _print_rush(found: Mapping[str, Found], *, took: float, load: tuple[float, ...]) -> None:
    print(f"load before {load[0]:.1f}, after {os.getloadavg()[0]:.1f}; {took:.0f} s")
    print(
        f"{'milliseconds':<18}{'asked':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'most':>8}{'errors':>8}{'busy':>8}"
    )
    for kind in KINDS:
        one = found[kind]
        fast = sorted(1000 * seconds for seconds in one.seconds)
        cuts = [fast[min(len(fast) - 1, len(fast) * part // 100)] for part in (50, 95, 99, 100)]
        figures = "".join(f"{cut:>8.0f}" for cut in cuts)
        print(f"{kind:<18}{len(fast):>8}{figures}{len(one.errors):>8}{one.busy:>8}")
        for error in sorted(set(one.errors)):
            print(f"  {one.errors.count(error)} × {error}")


def _print_turns(rates: Mapping[str, list[float]], *, statements: list[Any], at_once: int) -> None:
    print(
        f"finalisations a second, {at_once} at a time, {len(statements)} statements each; median of the turns"
    )
    for name, found in rates.items():
        print(f"  {name:<6}{statistics.median(found):8.1f}   ({min(found):.1f} to {max(found):.1f})")
    ratios = [http / floor for http, floor in zip(rates["HTTP"], rates["floor"], strict=True)]
    print(f"  ratio {statistics.median(ratios):8.2f}   ({min(ratios):.2f} to {max(ratios):.2f})")
    print(f"  load {os.getloadavg()[0]:.1f}")


async def _run(place: Place, *, loader: ProcessPoolExecutor, given: argparse.Namespace) -> None:
    await database.migrate(owner_url=place.urls.owner, application_url=place.urls.application)
    async with database.connected(url=place.urls.application, pool_size=4):
        await measure(place, loader=loader, given=given)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--families", type=int, default=2000)
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--rounds", type=int, default=6, help="turns of HTTP and floor")
    arguments.add_argument("--turn", type=int, default=50, help="finalisations in a turn")
    arguments.add_argument("--at-once", type=int, default=8)
    given = arguments.parse_args()
    apart = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name, servers(Path(name)) as place:
        os.environ.update({**place.environment, "ENVIRONMENT": "sandbox"})
        with ProcessPoolExecutor(max_workers=1, mp_context=cast(Any, apart)) as loader:
            asyncio.run(_run(place, loader=loader, given=given))


if __name__ == "__main__":
    main()
