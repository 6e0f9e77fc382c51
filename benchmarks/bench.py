"""Everything that is measured, in one run, on a database of its own: `./loket bench`.

    ./loket bench [--only reads] [--pupils 50400] [--turns 5] [--seconds 2] [--write]

Every case is taken in turns with its floor and with others that a portal could use in place of Loket; what they answer
is compared as JSON first. `--write` puts what was found in docs/performance.md. The peers are set up at first use,
which needs npm and a network; `--alone` leaves them out.
"""

import argparse
import asyncio
import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import asyncpg

from benchmarks import data, reads
from benchmarks.peers.contestants import CASES, CONTESTANTS, FLOOR, READS
from benchmarks.people import People, signed_in
from benchmarks.place import Place, servers
from models import database

COUNTING = ("shared_preload_libraries=pg_stat_statements",)
SWEEP = (1, 10, 100)
"""Copies of the region, itself included, for the cost against the size of the table."""


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


async def _people(place: Place) -> People:
    async with database.connected(url=place.urls.application, pool_size=4):
        return await signed_in()


async def _region(place: Place) -> None:
    await database.migrate(owner_url=place.urls.owner, application_url=place.urls.application)
    async with database.connected(url=place.urls.application, pool_size=4):
        await data.region(pupils=data.BASE)
    owner = await asyncpg.connect(place.urls.owner)
    await owner.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    await data.filled(owner)
    await owner.close()


async def _grown(place: Place, *, there: int, to: int) -> dict[str, int]:
    owner = await asyncpg.connect(place.urls.owner, command_timeout=None)
    if to > there:
        await data.copied(owner, first=there, last=to - 1)
    await owner.execute("VACUUM ANALYZE")
    found = await data.counts(owner)
    await owner.close()
    return found


def run(place: Place, *, loader: ProcessPoolExecutor, given: argparse.Namespace) -> None:
    asyncio.run(_region(place))
    rows = asyncio.run(_grown(place, there=1, to=10))
    say(", ".join(f"{count:,} {name}" for name, count in rows.items()))
    people = asyncio.run(_people(place))
    who = [FLOOR] if given.alone else list(CONTESTANTS)
    for one in who:
        one.setup()
    cases = given.cases.split(",") if given.cases else list(CASES)
    with reads.contestants(place, who=who) as running:
        compared = reads.agreed(running, cases=cases, people=people)
        say(f"{compared} answers are equal as JSON")
        series = reads.measured(
            running,
            cases=cases,
            people=people,
            loader=loader,
            seconds=given.seconds,
            turns=given.turns,
            connections=given.connections,
            say=say,
        )
        reads.statements(running, series, people=people, owner_url=place.urls.owner)
    for mine in series:
        first = next(one for one in series if one.case == mine.case)
        print(
            f"{mine.case:9} {mine.name:20} {mine.rate[-1]:8.1f}/s p50 {mine.p50[-1]:7.2f} p99 {mine.p99[-1]:7.2f} cpu"
            f" {mine.cpu[-1]:6.2f} ms {mine.memory:5.0f} MB {mine.statements:5.1f} st {first.ratio(mine):6.2f}"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--alone", action="store_true", help="Loket and the floor, without peers")
    arguments.add_argument("--cases", help=f"of {','.join(READS)},START")
    arguments.add_argument("--turns", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=2.0)
    arguments.add_argument("--connections", type=int, default=8)
    given = arguments.parse_args()
    apart = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name, servers(Path(name), options=COUNTING) as place:
        os.environ.update({**place.environment, "ENVIRONMENT": "sandbox"})
        with ProcessPoolExecutor(max_workers=1, mp_context=apart) as loader:
            run(place, loader=loader, given=given)


if __name__ == "__main__":
    main()
