"""Everything that is measured, in one run, on a database of its own: `./loket bench`.

    ./loket bench [--only reads] [--alone] [--turns 5] [--seconds 2] [--write]

Every case is taken in turns with its floor and with others that a portal could use in place of Loket; what they answer
is compared as JSON first. `--write` puts what was found in docs/performance.md. The peers are set up at first use,
which needs npm and a network; `--alone` leaves them out.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import asyncpg

from benchmarks import data, reads, working
from benchmarks.measured import Measured
from benchmarks.peers.contestants import CASES, CONTESTANTS, FLOOR, READS, Contestant
from benchmarks.people import People, signed_in
from benchmarks.place import Place, measuring
from benchmarks.plans import plans
from benchmarks.processes import two_beside_one
from benchmarks.report import Results, words, write
from models import database
from sandbox.state import ROOT

COUNTING = ("shared_preload_libraries=pg_stat_statements",)
SWEEP = (1, 10, 100)
"""Copies of the region, itself included, for the cost against the size of the table."""
MAIN = 10
"""Of them, where everything is compared: 50,400 pupils."""
GATES = ("tests/compiled", "tests/schema/test_page_is_compiled.py")
PLANS = ROOT / "docs" / "plans.md"


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
    """The whole run, from the smallest table to the largest; prints what it finds, and writes it when asked."""
    gates = _gates()
    say(gates)
    who = [FLOOR] if given.alone else list(CONTESTANTS)
    for one in who:
        one.setup()
    asyncio.run(_region(place))
    sweep: dict[str, dict[int, dict[str, float]]] = {}
    series: list[reads.Series] = []
    work: list[Measured] = []
    rows, compared, there = dict[str, int](), 0, 1
    for copies in SWEEP if given.only is None else (MAIN,):
        found = asyncio.run(_grown(place, there=there, to=copies))
        there = copies
        say(", ".join(f"{count:,} {name}" for name, count in found.items()))
        people = asyncio.run(_people(place))
        if copies == MAIN:
            rows = found
            if given.only in (None, "reads"):
                compared, series = _compared(place, who=who, people=people, loader=loader, given=given)
            work += _worked(place, people=people, loader=loader, given=given)
        if given.only is None:
            _add(sweep, found["pupil"], _swept(place, people=people, loader=loader, given=given))
    results = Results(rows=rows, compared=compared, gates=gates, series=series, work=work, sweep=sweep)
    when = time.strftime("%Y-%m-%d")
    print(words(results, when=when))
    if given.write:
        write(results, when=when)
        say("plans")
        PLANS.write_text(asyncio.run(_planned(place, pupils=found["pupil"])), "utf-8")


def _gates() -> str:
    """The tests without which a figure says nothing: the compiled executor against the standard one."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", *GATES], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    if ran.returncode:
        raise RuntimeError(f"the gates are red:\n{ran.stdout[-2000:]}")
    return f"{' '.join(GATES)}: {ran.stdout.strip().splitlines()[-1]}"


def _compared(
    place: Place,
    *,
    who: list[Contestant],
    people: People,
    loader: ProcessPoolExecutor,
    given: argparse.Namespace,
) -> tuple[int, list[reads.Series]]:
    cases = given.cases.split(",") if given.cases else list(CASES)
    with reads.contestants(place, who=who) as running:
        compared = reads.agreed(running, cases=cases, people=people)
        say(f"{compared} answers are equal as JSON")
        series = reads.measured(
            running, cases=cases, people=people, loader=loader, seconds=given.seconds, turns=given.turns,
            connections=given.connections, say=say,
        )  # fmt: skip
        reads.statements(running, series, people=people, owner_url=place.urls.owner)
    return compared, series


def _swept(
    place: Place, *, people: People, loader: ProcessPoolExecutor, given: argparse.Namespace
) -> list[reads.Series]:
    """One connection: what an answer costs, and not how many there can be."""
    with reads.contestants(place, who=[FLOOR]) as running:
        return reads.measured(
            running, cases=READS, people=people, loader=loader, seconds=given.seconds / 2, turns=3,
            connections=1, say=say,
        )  # fmt: skip


def _add(sweep: dict[str, dict[int, dict[str, float]]], pupils: int, found: Sequence[reads.Series]) -> None:
    for one in found:
        by_size = sweep.setdefault(one.case, {})
        by_size.setdefault(pupils, {})[one.name.split(":")[0]] = statistics.median(one.p50)


def _worked(
    place: Place, *, people: People, loader: ProcessPoolExecutor, given: argparse.Namespace
) -> list[Measured]:
    async def go(name: str) -> list[Measured]:
        async with database.connected(url=place.urls.application, pool_size=4):
            return await working.CASES[name](place, loader, given.turns)

    found: list[Measured] = []
    for name in working.CASES if given.only is None else [given.only]:
        if name in working.CASES:
            say(name)
            found += asyncio.run(go(name))
    if given.only in (None, "processes"):
        found += two_beside_one(
            place=place, people=people, loader=loader, turns=given.turns, seconds=given.seconds
        )
    return found


async def _planned(place: Place, *, pupils: int) -> str:
    said = await plans(
        owner_url=place.urls.owner, application_url=place.urls.application, without=[OF_A_WHOLE_REGION]
    )
    return PLANS_HEAD.format(pupils=pupils) + said


OF_A_WHOLE_REGION = "the overview of a region"
PLANS_HEAD = """# How PostgreSQL runs what is asked all day

Made by `./loket bench --write` at {pupils:,} children: what is asked all day is run as the resolvers run it, and every
statement that this sends is explained with the plan that PostgreSQL keeps for all values. Of each plan the lines that read
rows; an index is named where one is used. Small tables of a region (its schools, departments, periods) may be read whole.
The overview of a whole region is not here: how many children a region of half a million has is counted one by one.

"""


def measure(*, given: argparse.Namespace) -> int:
    """The command; its options are in `cli.py`."""
    if given.write and given.only is not None:
        print("bench: --write is of a whole run", file=sys.stderr)
        return 2
    with measuring(options=COUNTING) as (place, loader):
        run(place, loader=loader, given=given)
    return 0
