"""From the outbox to the mail server: the worker of production, and its floor.

The floor is the same letters, finished beforehand, over one connection that is kept. The server that takes them on
keeps nothing: one that writes files would be what is measured.

    python -m benchmarks.mailing PORT         that server
"""

import asyncio
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

import aiosmtplib
import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks.measured import Measured
from benchmarks.place import Place, loket, most_memory, seconds_of_cpu, started
from benchmarks.rush_floor import listening
from models import Region
from resolvers import clock
from sandbox.state import free_port
from workers import lease
from workers.compose import Letter, compose
from workers.outbox import COLUMNS, Delivery
from workers.queue import Queue

WITHIN = 120.0
# Few enough to be read by hand, and a whole number of claims.
COUNTED = 64

# As their steps write them: half of them mail 1, whose link still opens something, half that a form is definitive.
_WRITE = """
WITH logins AS (
    SELECT 'ParentLoginSent' AS kind, l.email AS recipient, l.region_id, p.id AS pupil_id, 'parent_login' AS link,
           l.id AS link_id, l.sequence AS link_sequence,
           jsonb_build_object('first_name', p.first_name, 'elk_number', p.elk_number,
                              'valid_until', to_char(now() + interval '9 days', 'YYYY-MM-DD"T"HH24:MI:SS+00:00'),
                              'has_account', false, 'outside', p.origin = 'OUTSIDE') AS payload
      FROM parent_login l JOIN pupil p ON p.id = l.pupil_id
     WHERE l.status = 'SENT' AND NOT l.token_used LIMIT $1 / 2
), forms AS (
    SELECT 'Enrolled', l.email, e.region_id, p.id, 'portal', NULL::uuid, 0,
           jsonb_build_object('first_name', p.first_name, 'until', NULL)
      FROM enrolment e JOIN pupil p ON p.id = e.pupil_id
      JOIN parent_login l ON l.pupil_id = p.id AND l.region_id = e.region_id
     WHERE e.status = 'FINAL' LIMIT $1 / 2
), said AS (
    SELECT *, row_number() OVER () AS place, count(*) OVER () AS there
      FROM (SELECT * FROM logins UNION ALL SELECT * FROM forms) both_kinds
), mail AS (
    SELECT said.*, md5(random()::text || place || time)::uuid AS id
      FROM said, generate_series(1, 1 + $1 / there) AS times(time) ORDER BY time, md5(place::text) LIMIT $1
)
INSERT INTO outbox_mail (id, kind, recipient, payload, unique_key, message_id, region_id, pupil_id, link, link_id,
                         link_sequence, created_at, due_at, attempts, last_error)
SELECT id, kind, recipient, payload, id::text, '<' || id || '@example.org>', region_id, pupil_id, link, link_id,
       link_sequence, $2, $2, 0, ''
  FROM mail RETURNING id
""".replace("$1", "$1::int").replace("$2", "$2::timestamptz")
_READ = f"SELECT {', '.join(COLUMNS)} FROM outbox_mail WHERE id = ANY($1::uuid[])"
_GONE = """
SELECT count(*) FILTER (WHERE sent_at IS NULL) AS left, min(sent_at) AS first, max(sent_at) AS last
  FROM outbox_mail WHERE id = ANY($1::uuid[])
"""


async def _written(count: int) -> list[Any]:
    found = [row["id"] for row in await lease.fetch(_WRITE, count, await clock.now())]
    if len(found) < count:
        raise RuntimeError(f"only {len(found)} mails of {count}")
    return found


async def mails(
    *, place: Place, loader: ProcessPoolExecutor, turns: int = 5, count: int = 400
) -> list[Measured]:
    """Mails a second. No worker runs yet at this place; the database of this process is its own."""
    loop = asyncio.get_running_loop()
    queue = Queue(redis_url=place.environment["REDIS_URL"])
    mine, floor, waits, cpu = list[float](), list[float](), list[float](), 0.0
    with server() as port:
        url = f"smtp://127.0.0.1:{port}"
        with loket(place, parts=("worker",), SMTP_URL=url) as (worker,):
            try:
                await _delivered(await _written(COUNTED), queue)
                for _ in range(turns):
                    ids = await _written(count)
                    letters = await _letters(ids)
                    before = seconds_of_cpu(worker.pid)
                    wait, took = await _delivered(ids, queue)
                    waits.append(wait)
                    mine.append((count - 1) / took)
                    cpu += seconds_of_cpu(worker.pid) - before
                    floor.append(count / await loop.run_in_executor(loader, _sent, port, letters))
                memory = most_memory(worker.pid)
            finally:
                await queue.close()
        statements = await _statements(url)
    return [
        Measured(
            name="mails from the outbox",
            unit="mails/s",
            mine=mine,
            floor_name="the same letters over one SMTP connection",
            floor=floor,
            cpu_ms=1000 * cpu / (turns * count),
            statements=statements,
            memory=memory,
            note=f"{count} due at once, of two kinds; the first is out {1000 * statistics.median(waits):.0f} ms after the nudge",
        )
    ]


async def _letters(ids: list[Any]) -> list[Letter]:
    regions = {one.id: one for one in await Region.all()}
    return [compose(row=row, region=regions[row["region_id"]]) for row in await lease.fetch(_READ, ids)]


async def _delivered(ids: list[Any], queue: Queue) -> tuple[float, float]:
    """Seconds from the nudge until the first of these is marked, and from there until the last is."""
    began, until = time.time(), time.monotonic() + WITHIN
    await queue("deliver_mails")
    while True:
        await asyncio.sleep(0.1)
        (found,) = await lease.fetch(_GONE, ids)
        if not found["left"]:
            first, last = (found[name].timestamp() for name in ("first", "last"))
            return first - began, last - first
        if time.monotonic() > until:
            raise RuntimeError(f"{found['left']} mails are not delivered")


async def _statements(url: str) -> float:
    """Of one mail, counted in this process."""
    await _written(COUNTED)
    delivery = Delivery(smtp_url=url)
    try:
        with listening() as heard:
            tally = await delivery.deliver_due()
    finally:
        await delivery.close()
    return len(heard) / tally.handled


def _sent(port: int, letters: list[Letter]) -> float:
    """Seconds for these, one after the other."""

    async def all_of_them() -> float:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as smtp:
            began = time.perf_counter()
            for letter in letters:
                await smtp.sendmail(letter.sender, [letter.recipient], letter.content)
            return time.perf_counter() - began

    return uvloop.run(all_of_them())


class _Nothing:
    """Takes on every mail and keeps none."""

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        return "250 OK"


@contextmanager
def server() -> Iterator[int]:
    """A mail server in a process of its own; the port where it listens."""
    port = free_port()
    with started([sys.executable, "-m", "benchmarks.mailing", str(port)], environment={}) as (process,):
        until = time.monotonic() + WITHIN
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the mail server does not start")
            time.sleep(0.05)
        yield port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def _serve(port: int) -> None:
    listening = await asyncio.get_running_loop().create_server(
        lambda: SMTP(_Nothing(), enable_SMTPUTF8=True, hostname="floor"), "127.0.0.1", port
    )
    await listening.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
