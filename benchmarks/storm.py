"""Everybody signs in at once, and schools go on reading: what the one does to the other.

In turns: the reads alone, the same reads beside a storm of sign-ins, and the floor under the sign-ins: the library that
compares passwords, with the same parameters and as many threads, alone in a process.
"""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

import uvloop
from pwdlib.hashers.argon2 import Argon2Hasher
from tortoise.connection import get_connection

from benchmarks import asked, finalising, load, rush_load
from benchmarks.load import Request
from benchmarks.measured import Measured, percentile
from benchmarks.place import Place, apart, loket, most_memory
from models import Account, Session
from resolvers import passwords, sessions
from sandbox import personas

READERS = 4
CHILDREN = 8
"""That one school looks at, for each look at its list."""
BEFORE = 2.0
"""Seconds of storm before the reads begin."""
CONNECTIONS = 4

_STAFF = """
SELECT account.id, (SELECT array_agg(pupil_id) FROM (
           SELECT pupil_id FROM enrolment WHERE handling_school_id = account.secondary_school_id AND status = 'FINAL'
            ORDER BY pupil_id LIMIT $2) their) AS pupils
  FROM account
 WHERE role = 'VO_STAFF' AND active
   AND (SELECT count(*) FROM enrolment
         WHERE handling_school_id = account.secondary_school_id AND status = 'FINAL') >= $2
 ORDER BY md5(username) LIMIT $1
"""
_FAMILIES = """
SELECT username FROM account WHERE role = 'PARENT' AND active AND password_hash IS NOT NULL ORDER BY md5(username)
"""


async def _reads() -> list[Request]:
    """Of some schools: the list, and children of it one by one."""
    rows = (await get_connection("default").execute_query(_STAFF, [READERS, CHILDREN]))[1]
    if not rows:
        raise RuntimeError("no school has children enough to read")
    accounts = await Account.in_bulk([row["id"] for row in rows], "id")
    requests, made = list[Request](), list[Session]()
    for row in rows:
        session, signed_in = sessions.new_session(account=accounts[row["id"]], user_agent="benchmark")
        made.append(session)
        requests.append(_read(asked.PAGE, signed_in.token, b'"totalCount"'))
        requests += [
            _read(asked.ONE, signed_in.token, b'"elkNumber"', id=str(pupil)) for pupil in row["pupils"]
        ]
    await Session.bulk_create(made)
    return requests


def _read(document: str, token: str, good: bytes, **variables: Any) -> Request:
    return Request("/graphql", {"query": document, "variables": variables}, token, good=good)


async def sign_ins_beside_reads(
    *, place: Place, loader: ProcessPoolExecutor, turns: int = 3, seconds: float = 8.0, at_once: int = 64
) -> list[Measured]:
    """The reads beside the storm, and the sign-ins of it. No process of Loket runs yet at this place."""
    loop = asyncio.get_running_loop()
    requests = await _reads()
    families = [row["username"] for row in (await get_connection("default").execute_query(_FAMILIES))[1]]
    alone, beside, signed_in = list[load.Found](), list[load.Found](), list[_Storm]()
    floor = list[float]()
    with loket(place, parts=("serve",)) as (serving,), apart() as other:

        async def read(for_seconds: float) -> load.Found:
            found = await loop.run_in_executor(loader, _run, place.port, requests, for_seconds)
            if found.faults:
                raise RuntimeError(f"{found.faults} reads have no answer")
            return found

        await read(1)
        for _ in range(turns):
            alone.append(await read(seconds))
            storm = loop.run_in_executor(other, _storm, place.port, families, at_once, BEFORE + seconds + 1)
            await asyncio.sleep(BEFORE)
            beside.append(await read(seconds))
            signed_in.append(await storm)
            floor.append(await loop.run_in_executor(other, _compared, passwords.WORKERS, seconds / 2))
        memory = most_memory(serving.pid)
    quiet, loud = ([one for found in part for one in found.seconds] for part in (alone, beside))
    waits = [one for storm in signed_in for one in storm.seconds]
    other_answers = sorted({error for storm in signed_in for error in storm.errors})
    return [
        Measured(
            name="reads beside a storm of sign-ins",
            unit="reads/s",
            mine=[found.rate for found in beside],
            floor_name="the same reads alone",
            floor=[found.rate for found in alone],
            p50=percentile(loud, 50),
            p99=percentile(loud, 99),
            memory=memory,
            note=f"alone p50 {percentile(quiet, 50):.1f} ms, p99 {percentile(quiet, 99):.1f} ms",
        ),
        Measured(
            name="sign-ins in the storm",
            unit="sign-ins/s",
            mine=[storm.done / storm.took for storm in signed_in],
            floor_name=f"argon2 alone, threads: {passwords.WORKERS}",
            floor=floor,
            p50=percentile(waits, 50),
            p99=percentile(waits, 99),
            memory=memory,
            note=f"{at_once} at once, beside the reads; {sum(storm.busy for storm in signed_in)} were told to come"
            f" back later, {sum(len(storm.errors) for storm in signed_in)} had another answer"
            + (f" ({', '.join(other_answers)})" if other_answers else ""),
        ),
    ]


@dataclass
class _Storm(rush_load.Found):
    """`done`: how many are signed in. `took`: the seconds of the whole."""

    done: int = 0
    took: float = 0.0


def _run(port: int, requests: Sequence[Request], seconds: float) -> load.Found:
    return load.run(port=port, requests=requests, connections=CONNECTIONS, seconds=seconds)


def _storm(port: int, usernames: Sequence[str], at_once: int, seconds: float) -> _Storm:
    """Family after family, each from an address of its own, as long as the time lasts."""

    async def all_of_them() -> _Storm:
        portal, storm = rush_load.Portal(port=port), _Storm()
        left = enumerate(cycle(usernames))

        async def one_after_the_other() -> None:
            for number, username in left:
                given = {"username": username, "password": personas.FAMILY_PASSWORD}
                try:
                    await portal.ask(
                        "sign in", rush_load.LOGIN, address=finalising.address(number), input=given
                    )
                except rush_load.Failed:
                    continue  # It is noted.
                storm.done += 1

        began = time.perf_counter()
        tasks = [asyncio.create_task(one_after_the_other()) for _ in range(at_once)]
        _, late = await asyncio.wait(tasks, timeout=seconds)
        storm.took = time.perf_counter() - began
        found = portal.found["sign in"]
        counted = replace(storm, seconds=[*found.seconds], errors=[*found.errors], busy=found.busy)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return counted

    return uvloop.run(all_of_them())


def _compared(threads: int, seconds: float) -> float:
    """Passwords compared a second."""
    hasher = Argon2Hasher(time_cost=passwords.PASSES, memory_cost=passwords.MEMORY_KIB, parallelism=1)
    stored = hasher.hash(personas.FAMILY_PASSWORD)
    began = time.perf_counter()

    def compare(_thread: int) -> int:
        done = 0
        while time.perf_counter() < began + seconds:
            if not hasher.verify(personas.FAMILY_PASSWORD, stored):
                raise RuntimeError("the right password is refused")
            done += 1
        return done

    with ThreadPoolExecutor(threads) as pool:
        done = sum(pool.map(compare, range(threads)))
    return done / (time.perf_counter() - began)
