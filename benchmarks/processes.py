"""Whether two processes of the API serve more than one: the same load to each in turns."""

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import ExitStack

from benchmarks import load
from benchmarks.measured import Measured
from benchmarks.peers.contestants import LOKET
from benchmarks.people import People
from benchmarks.place import Place
from benchmarks.reads import GOOD, loket_on

CONNECTIONS = 16


def two_beside_one(
    *, place: Place, people: People, loader: Executor, turns: int, seconds: float
) -> list[Measured]:
    """Pages of 100 children a second, by two processes and by one."""
    requests = [
        load.Request(one.path, one.body, one.token, good=GOOD["PAGE"])
        for one in (LOKET.request("PAGE", **asking) for asking in people.asking("PAGE"))
    ]
    rates: dict[int, list[float]] = {2: [], 1: []}
    with ExitStack() as stack:
        ports = {count: loket_on(place, stack, WEB_PROCESSES=str(count)).port for count in rates}
        for port in ports.values():
            _run(loader, port, requests, seconds / 2)
        for _ in range(turns):
            for count, port in ports.items():
                rates[count].append(_run(loader, port, requests, seconds))
    return [
        Measured(
            name="two processes, pages of 100 children",
            unit="answers/s",
            mine=rates[2],
            floor_name="one process",
            floor=rates[1],
            note=f"{CONNECTIONS} connections; PostgreSQL and the load share the cores with them.",
        )
    ]


def _run(loader: Executor, port: int, requests: Sequence[load.Request], seconds: float) -> float:
    found: load.Found = loader.submit(
        load.run, port=port, requests=requests, connections=CONNECTIONS, seconds=seconds
    ).result()
    if found.faults:
        raise RuntimeError(f"{found.faults} answers are none")
    return found.rate
