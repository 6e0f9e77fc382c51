"""Mail is never lost (ADR 0004).

A mail is a row. Here it is claimed with a lease, sent, and marked. Nothing gives up: retries slow down
and raise an alert. Between the server's 250 and our mark a crash may repeat a mail, with the same
Message-ID; as only one mail at a time is in that stretch, a crash repeats one at most. The next mail's
statement marks the one before it: its last dot is said only once that is committed, and until then the
server has taken on nothing of it.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from models import Region
from resolvers import clock
from workers import lease
from workers.compose import Letter, compose
from workers.smtp import Connections, MailRefused, Server, ServerAway

log = logging.getLogger("loket.mail")

SENT = Counter("loket_mails_sent", "Mails the SMTP server took on.")
FAILED = Counter("loket_mail_failures", "Attempts that failed.", ["why"])
CANCELLED = Counter("loket_mails_cancelled", "Mails not sent because a newer link killed theirs.")

TABLE = "outbox_mail"
WAITING = "sent_at IS NULL AND cancelled_at IS NULL AND due_at <= $4"
STILL = "sent_at IS NULL AND cancelled_at IS NULL"
COLUMNS = [
    "id",
    "kind",
    "recipient",
    "payload",
    "message_id",
    "region_id",
    "link",
    "link_id",
    "link_sequence",
    "attempts",
    "created_at",
    "due_at",
    # Rule 9: a newer link killed this one's, or this one was used: the mail would only mislead.
    """NOT CASE
           WHEN link = 'parent_login' THEN EXISTS (
                SELECT 1 FROM parent_login WHERE id = link_id AND sequence = link_sequence AND NOT token_used)
           WHEN link IN ('password_reset', 'staff_invite') THEN EXISTS (
                SELECT 1 FROM account
                 WHERE id = link_id AND reset_sequence = link_sequence AND reset_token_hash IS NOT NULL)
           -- It has one link all along: the sequence is 1.
           WHEN link = 'login_request' THEN link_sequence = 1 AND EXISTS (
                SELECT 1 FROM login_request WHERE id = link_id AND state = 'UNCONFIRMED')
           ELSE TRUE END AS overtaken""",
]

# Minutes until the next try, on the procedure's clock: after the first failure, the second, …
PATIENCE = (1, 1, 2, 3, 5, 8, 13)
# A refusal that lasts is tried again too: an address can be repaired at the other side.
PATIENCE_WHEN_REFUSED = (60, 240, 720, 1440)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How long things may take, in seconds of real time.

    `lease` is longer than the envelope takes (`reply` bounds each answer); before the last dot is said
    the mail's own lease is stretched beyond `data`, as a relay may scan for minutes before its 250.
    """

    lease: float = 90
    reply: float = 20
    data: float = 300
    connections: int = 4
    batch: int = 8
    alert_after: int = 5

    def __post_init__(self) -> None:
        if not self.reply < self.lease:
            raise ValueError("a lease must outlive an answer of the SMTP server")


@dataclass(kw_only=True, slots=True)
class Tally:
    """What one delivery did."""

    sent: int = 0
    failed: int = 0
    cancelled: int = 0
    server_away: bool = False

    @property
    def handled(self) -> int:
        return self.sent + self.failed + self.cancelled


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Held:
    """A row of the outbox, and the lease that we hold it by."""

    row: dict[str, Any]
    token: UUID


def next_try(*, attempts: int, lasting: bool) -> timedelta:
    """How long a mail waits after its so-maniest failure. It never ends; it slows down."""
    steps = PATIENCE_WHEN_REFUSED if lasting else PATIENCE
    return timedelta(minutes=steps[min(max(attempts, 1), len(steps)) - 1])


class Delivery:
    """Sends what is due. One for a process; it keeps its connections between rounds."""

    def __init__(self, *, smtp_url: str, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._connections = Connections(server=Server.of(smtp_url), reply_seconds=self._pace.reply)
        self._turns = asyncio.Semaphore(self._pace.connections)
        self._last_mile = asyncio.Lock()
        self._at_last_mile = 0
        self._unmarked: _Held | None = None
        self._stopping = False

    def stop(self) -> None:
        """Finish what is in the air, begin nothing new."""
        self._stopping = True

    async def close(self) -> None:
        await self._connections.close()

    async def deliver_due(self) -> Tally:
        """Send every mail that is due, until none is left or the server is away."""
        tally = Tally()
        regions = dict[UUID, Region]()
        async with asyncio.TaskGroup() as tasks:
            in_air = set[asyncio.Task[None]]()
            while not self._stopping and not tally.server_away:
                token, rows = await lease.claim(
                    table=TABLE,
                    waiting=WAITING,
                    columns=COLUMNS,
                    seconds=self._pace.lease,
                    limit=self._pace.batch,
                    values=[await clock.now()],
                )
                if not rows:
                    break
                if unknown := {row["region_id"] for row in rows} - regions.keys():
                    regions.update(await Region.in_bulk(unknown, "id"))
                for row in rows:
                    held = _Held(row=row, token=token)
                    in_air.add(tasks.create_task(self._handle(held, regions=regions, tally=tally)))
                # The next are claimed while the last of these are on their way.
                while len(in_air) > self._pace.batch // 2:
                    _, in_air = await asyncio.wait(in_air, return_when=asyncio.FIRST_COMPLETED)
        return tally

    async def _handle(self, held: _Held, *, regions: Mapping[UUID, Region], tally: Tally) -> None:
        """One mail. Whatever befalls it, the others go on."""
        row = held.row
        try:
            await self._try(held, regions=regions, tally=tally)
        except asyncio.CancelledError:
            await asyncio.shield(lease.release(table=TABLE, row_id=row["id"], token=held.token))
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is; what it says may be a row of the database
            log.error(
                "mail %s (%s) waits until its lease is over: %s", row["id"], row["kind"], type(fault).__name__
            )

    async def _try(self, held: _Held, *, regions: Mapping[UUID, Region], tally: Tally) -> None:
        row = held.row
        try:
            if row["overtaken"]:
                await _mark(held, column="cancelled_at")
                CANCELLED.inc()
                tally.cancelled += 1
                return
            # Written when it is its turn: eight in a row would keep the mail waiting that goes out next.
            async with self._turns:
                letter = compose(row=row, region=regions[row["region_id"]])
                await self._send(held, letter=letter, tally=tally)
        except ServerAway as away:
            tally.server_away = True
            tally.failed += 1
            await self._postpone(held, why="server_away", fault=away)
        except MailRefused as refused:
            tally.failed += 1
            why = "refused" if refused.lasting else "not_now"
            await self._postpone(held, why=why, fault=refused, lasting=refused.lasting)
        except Exception as fault:
            log.exception("mail %s (%s) cannot be made", row["id"], row["kind"])
            tally.failed += 1
            await self._postpone(held, why="fault", fault=fault)

    async def _send(self, held: _Held, *, letter: Letter, tally: Tally) -> None:
        async with self._connections.envelope(sender=letter.sender, recipient=letter.recipient) as talk:
            self._at_last_mile += 1
            try:
                await talk.content(letter.content, seconds=self._pace.reply)
                async with self._last_mile:
                    if not await self._may_go(held):
                        talk.hang_up()
                        return
                    await talk.dot(seconds=self._pace.data)
                    self._unmarked = held
            finally:
                self._at_last_mile -= 1
                if not self._at_last_mile:
                    await self._settle()
        SENT.inc()
        tally.sent += 1

    async def _may_go(self, held: _Held) -> bool:
        """Mark the mail before this one, and see that this one is ours still, for as long as its content may take."""
        if self._stopping:
            await lease.release(table=TABLE, row_id=held.row["id"], token=held.token)
            return False
        before = self._unmarked
        still_ours = await lease.extend(
            table=TABLE,
            row_id=held.row["id"],
            token=held.token,
            seconds=self._pace.data + self._pace.lease,
            still=STILL,
            along=_MARK_ALONG,
            values=[
                before.row["id"] if before else None,
                before.token if before else None,
                await clock.now(),
            ],
        )
        if self._unmarked is before:
            self._unmarked = None
        return still_ours

    async def _settle(self) -> None:
        """Nobody comes behind the last mail that went out: it is marked here, also when we are cancelled."""
        if (last := self._unmarked) is None:
            return
        marking = asyncio.create_task(_mark_surely(last))
        try:
            await asyncio.shield(marking)
        except asyncio.CancelledError:
            await marking
            raise
        if self._unmarked is last:
            self._unmarked = None

    async def _postpone(self, held: _Held, *, why: str, fault: Exception, lasting: bool = False) -> None:
        row = held.row
        FAILED.labels(why=why).inc()
        due_at = await clock.now() + next_try(attempts=row["attempts"], lasting=lasting)
        await lease.fetch(
            """
            UPDATE outbox_mail SET due_at = $3, last_error = $4, lease_token = NULL, lease_until = NULL
             WHERE id = $1 AND lease_token = $2 RETURNING id
            """,
            row["id"],
            held.token,
            due_at,
            f"{why}: {fault}"[:300],
        )
        if lasting or row["attempts"] >= self._pace.alert_after:
            code = getattr(fault, "code", type(fault).__name__)
            log.error("mail %s (%s): %s attempts, %s %s", row["id"], row["kind"], row["attempts"], why, code)


_MARK_ALONG = """
UPDATE outbox_mail SET sent_at = $6::timestamptz, last_error = '', lease_token = NULL, lease_until = NULL
 WHERE id = $4::uuid AND lease_token = $5::uuid"""


async def _mark(held: _Held, *, column: str) -> None:
    await lease.fetch(
        f"""
        UPDATE outbox_mail SET {column} = $3, last_error = '', lease_token = NULL, lease_until = NULL
         WHERE id = $1 AND lease_token = $2 RETURNING id
        """,  # noqa: S608 - `column` is one of two constants
        held.row["id"],
        held.token,
        await clock.now(),
    )


async def _mark_surely(held: _Held) -> None:
    """The mail is out: a database that blinks now would mean sending it twice."""
    for wait in (0.2, 1, 3, 10, None):
        try:
            await _mark(held, column="sent_at")
            return
        except Exception:
            if wait is None:
                raise
            log.warning("mail %s is sent but not marked yet", held.row["id"])
            await asyncio.sleep(wait)
