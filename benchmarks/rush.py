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
import os
import random
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from tortoise.connection import get_connection

from benchmarks import data, finalising, rush_load
from benchmarks.place import Place, loket, measuring
from benchmarks.rush_load import Family, Found
from models import database
from sandbox import personas

SCHOOLS = 20
LOOKS_EVERY = 15.0
# Of the invented region a fifth are families that have an account and are not done; a sixteenth have a whole list.
PUPILS_PER_FAMILY = 5
PUPILS_PER_WHOLE_LIST = 18
KINDS = ("sign in", "start screen", "save", "finalise", "list of a school")


async def _invented(*, families: int, apart: int) -> None:
    """A region of which nobody is done yet."""
    pupils = max((families + apart) * PUPILS_PER_FAMILY, apart * PUPILS_PER_WHOLE_LIST)
    await data.region(pupils=pupils)


_STAFF = """
SELECT username FROM account WHERE role = 'VO_STAFF' AND password_hash IS NOT NULL
 ORDER BY (SELECT count(*) FROM enrolment
            WHERE handling_school_id = account.secondary_school_id AND status = 'FINAL') DESC, username
 LIMIT $1
"""


async def _crowd(*, families: int, apart: int) -> tuple[list[Any], list[Any], list[str]]:
    """Who is in the rush, who is kept for the turns, and the staff of the schools that are asked for most."""
    connection = get_connection("default")
    ready = await finalising.ready()
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
        Family(row["username"], personas.FAMILY_PASSWORD, finalising.address(number), *moments)
        for number, (row, moments) in enumerate(zip(rows, times, strict=True))
    ]


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
        took, late = time.perf_counter() - began, await finalising.delivered()
        _print_rush(found, took=took, load=load)
        done = len(found["finalise"].seconds) - len(found["finalise"].errors)
        print(f"mails delivered: {_mails(place)} of {done}; the last {late:.1f} s after the end\n")

        found_in_turns = await finalising.in_turns(
            place, kept, loader=loader, turns=given.rounds, at_once=given.at_once
        )
    print(finalising.measured(found_in_turns).words())
    print(f"  load {os.getloadavg()[0]:.1f}")


def _rush(port: int, families: list[Family], schools: list[Any]) -> dict[str, Found]:
    return rush_load.rush(port=port, families=families, schools=schools, every=LOOKS_EVERY)


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
    with measuring() as (place, loader):
        asyncio.run(_run(place, loader=loader, given=given))


if __name__ == "__main__":
    main()
