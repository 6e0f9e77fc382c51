"""The comparison of reads: everyone answers the same questions, one after the other, again and again, in one run."""

import asyncio
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import asyncpg

from benchmarks import asked, load
from benchmarks.load import Found, Request
from benchmarks.peers.contestants import LOKET, Contestant, answered, difference, prepare
from benchmarks.people import People
from benchmarks.place import Place, most_memory, seconds_of_cpu, started, wait_for
from sandbox.state import ROOT, free_port

GOOD = {"PAGE": b'"preferences"', "ONE": b'"preferences"', "ROWS": b'"endCursor"',
        "OVERVIEW": b'"parentLogins"', "START": b'"secondarySchools"'}  # fmt: skip
COUNTED = 24
"""Requests over which statements are counted."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Running:
    """A contestant that answers on a port."""

    contestant: Contestant
    port: int
    pid: int


@dataclass
class Series:
    """What one contestant made of one case: a figure a turn. `rate` a second, the others in milliseconds."""

    case: str
    name: str
    rate: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: float = 0.0
    statements: float = 0.0

    def ratio(self, other: "Series") -> float:
        """How many times as fast as the other: the median of the turns."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.rate, other.rate, strict=True))


@contextmanager
def contestants(place: Place, *, who: Sequence[Contestant], **also: str) -> Iterator[list[Running]]:
    """Loket as production serves it, and these, each one process on the database of this place."""
    with ExitStack() as stack:
        found = [loket_on(place, stack, **also)]
        for one in who:
            asyncio.run(prepare(one, owner_url=place.urls.owner))
            port = free_port()
            environment = {
                **place.environment, "PATH": place.path, "PORT": str(port), "PYTHONPATH": str(ROOT), **one.environment,
            }  # fmt: skip
            (process,) = stack.enter_context(
                started(one.command, environment=environment, folder=one.folder, log=place.log)
            )
            wait_for(f"http://127.0.0.1:{port}/readyz", [process])
            found.append(Running(one, port, process.pid))
        yield found


def loket_on(place: Place, stack: ExitStack, **also: str) -> Running:
    port = free_port()
    environment = {
        **place.environment, "PATH": place.path, "ENVIRONMENT": "production", "LOG_LEVEL": "INFO", "PORT": str(port), **also,
    }  # fmt: skip
    (process,) = stack.enter_context(
        started([sys.executable, ROOT / "cli.py", "serve"], environment=environment, log=place.log)
    )
    wait_for(f"http://127.0.0.1:{port}/readyz", [process])
    return Running(LOKET, port, process.pid)


class Disagree(Exception):
    """Somebody's answer is not the one that Loket gives: there is nothing to compare."""


def agreed(running: Sequence[Running], *, cases: Sequence[str], people: People) -> int:
    """Compare all answers as JSON; how many there were. Raises `Disagree`."""
    loket, *others = running
    compared = 0
    for case in cases:
        for asking in people.asking(case)[:4]:
            right = answered(loket.contestant, case, port=loket.port, **asking)
            for other in others:
                if case not in other.contestant.cases:
                    continue
                given = answered(other.contestant, case, port=other.port, **asking)
                words = difference(right, given)
                if words is not None:
                    raise Disagree(f"{other.contestant.name}, {case}: {words}")
                compared += 1
    return compared


def measured(
    running: Sequence[Running],
    *,
    cases: Sequence[str],
    people: People,
    loader: Executor,
    seconds: float,
    turns: int,
    connections: int,
    say: Say,
) -> list[Series]:
    """Each case in turns: everyone once, then everyone again."""
    found: list[Series] = []
    for case in cases:
        there = [one for one in running if case in one.contestant.cases]
        series = [Series(case, one.contestant.name) for one in there]
        for turn in range(turns):
            for one, mine in zip(there, series, strict=True):
                requests = _requests(one, case, people)
                if turn == 0:
                    _run(loader, one, case, requests, connections=connections, seconds=seconds / 4)
                before = seconds_of_cpu(one.pid)
                took = _run(loader, one, case, requests, connections=connections, seconds=seconds)
                _note(mine, took, cpu=seconds_of_cpu(one.pid) - before)
            say(
                f"{case} turn {turn + 1}: "
                + ", ".join(f"{mine.name} {mine.rate[-1]:.0f}/s" for mine in series)
            )
        found += series
    for mine in found:
        (one,) = [one for one in running if one.contestant.name == mine.name]
        mine.memory = most_memory(one.pid)
    return found


def _requests(one: Running, case: str, people: People) -> list[Request]:
    made = [one.contestant.request(case, **asking) for asking in people.asking(case)]
    return [Request(each.path, each.body, each.token, good=GOOD[case]) for each in made]


def _run(
    loader: Executor,
    one: Running,
    case: str,
    requests: Sequence[Request],
    *,
    connections: int,
    seconds: float,
) -> Found:
    if case == "ROWS":
        # All pages of a walk, one after the other: an answer is 5,000 rows.
        walk = loader.submit(
            load.walks, port=one.port, first=requests[0], seconds=seconds, pages=asked.ROWS_PAGES
        )
        return _sound(walk.result(), one, case)
    work = loader.submit(load.run, port=one.port, requests=requests, connections=connections, seconds=seconds)
    return _sound(work.result(), one, case)


def _sound(found: Found, one: Running, case: str) -> Found:
    if found.faults or not found.seconds:
        raise RuntimeError(f"{one.contestant.name}, {case}: {found.faults} of the answers are none")
    return found


def _note(mine: Series, found: Found, *, cpu: float) -> None:
    mine.rate.append(found.rate)
    mine.p50.append(found.percentile(50))
    mine.p99.append(found.percentile(99))
    mine.cpu.append(1000 * cpu / len(found.seconds))


def statements(
    running: Sequence[Running], series: Sequence[Series], *, people: People, owner_url: str
) -> None:
    """How many statements an answer takes, as PostgreSQL itself counts them; of ROWS a page."""
    for mine in series:
        (one,) = [one for one in running if one.contestant.name == mine.name]
        requests = (_requests(one, mine.case, people) * COUNTED)[:COUNTED]
        before = asyncio.run(_calls(owner_url))
        load.answers(port=one.port, requests=requests)
        mine.statements = (asyncio.run(_calls(owner_url)) - before - 1) / COUNTED


async def _calls(owner_url: str) -> int:
    connection = await asyncpg.connect(owner_url)
    try:
        return int(
            await connection.fetchval(
                "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements"
                " WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
    finally:
        await connection.close()
