"""Mail is never lost: whatever is killed, each mail arrives, and a kill repeats one at most (ADR 0004)."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from models import ClockOffset, OutboxMail, Region, RegionGroup
from resolvers import clock
from tests.breakable import QUICK, Part, SmtpServer, Valkey, WorkerProcess
from workers import metrics
from workers.outbox import Delivery, Pace
from workers.queue import Queue

MAILS = 300
PATIENCE_SECONDS = 150.0


class House:
    """A worker, an SMTP server and Valkey, each a process; the test itself plays the API."""

    def __init__(self, *, folder: Path, region_id: UUID) -> None:
        self.smtp = SmtpServer(folder=folder)
        self.valkey = Valkey(folder=folder)
        self.worker = WorkerProcess(
            folder=folder,
            environment={"SMTP_URL": self.smtp.url, "REDIS_URL": self.valkey.url},
        )
        self.queue = Queue(redis_url=self.valkey.url)
        self._region_id = region_id
        self.written: set[str] = set()

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.smtp, self.valkey, self.worker

    async def write_mails(self, *, count: int) -> None:
        """As a step does: rows, commit, a nudge that may be lost."""
        now = await clock.now()
        rows = []
        for _ in range(count):
            identity = uuid4()
            rows.append(
                OutboxMail(
                    id=identity,
                    kind="ParentLoginSent",
                    recipient=f"ouder.{identity.hex[:8]}@example.org",
                    payload={"first_name": "Zoë", "elk_number": "12345", "valid_until": None},
                    unique_key=str(identity),
                    message_id=f"<{identity}@example.org>",
                    region_id=self._region_id,
                    created_at=now,
                    due_at=now,
                )
            )
        await OutboxMail.bulk_create(rows)
        self.written |= {row.message_id for row in rows}
        try:
            await self.queue("deliver_mails")
        except Exception:
            return

    def taken(self) -> dict[str, int]:
        """How often the SMTP server took on each mail of this test."""
        return {identity: times for identity, times in self.smtp.taken().items() if identity in self.written}

    async def waiting(self) -> int:
        return await OutboxMail.filter(message_id__in=self.written, sent_at=None).count()

    async def held(self) -> None:
        """Wait until the SMTP server has a whole mail in its hands."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.smtp.holds:  # noqa: ASYNC110 - another process holds it
                await asyncio.sleep(0.02)

    async def all_sent(self) -> None:
        """Wait for it. What failed waits on the procedure's clock, which is moved on; leases on real time."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_SECONDS
        while left := await self.waiting():
            assert loop.time() < until, f"{left} mails wait still; worker: {self.worker.said()[-2000:]}"
            await clock.move(to=await clock.now() + timedelta(minutes=5))
            await asyncio.sleep(0.3)


@pytest.fixture
async def house(database: None, tmp_path: Path) -> AsyncIterator[House]:
    group = await RegionGroup.create(id=uuid4(), code=f"group-{uuid4().hex[:8]}")
    region = await Region.create(
        id=uuid4(),
        group=group,
        code=f"region-{uuid4().hex[:8]}",
        name="Amstelland",
        portal_url="https://portaal.example.org/inloggen",
        sender_address="elk@example.org",
    )
    clock.allow_moving()
    found = House(folder=tmp_path, region_id=region.id)
    try:
        yield found
    finally:
        for part in found.parts:
            part.kill()
        await found.queue.close()
        await ClockOffset.all().delete()


class TestMailIsNeverLost:
    async def test_without_kills_every_mail_arrives_once(self, house: House) -> None:
        for part in house.parts:
            part.start()
        for _ in range(10):
            await house.write_mails(count=10)
        await house.all_sent()
        assert house.taken() == dict.fromkeys(house.written, 1)
        assert house.worker.stop() == 0

    async def test_with_valkey_dead_the_sweep_still_finds_what_is_due(self, house: House) -> None:
        house.smtp.start()
        house.worker.start()
        await house.write_mails(count=20)
        await house.all_sent()
        assert house.taken() == dict.fromkeys(house.written, 1)

    async def test_a_server_that_dies_with_a_mail_in_its_hands_gets_it_again(self, house: House) -> None:
        house.smtp.start()
        house.smtp.hold()
        house.worker.start()
        await house.write_mails(count=3)
        await house.held()
        house.smtp.kill()
        await asyncio.to_thread(house.smtp.start)
        await house.all_sent()
        assert house.taken() == dict.fromkeys(house.written, 1)

    async def test_a_mail_that_another_has_taken_over_is_not_sent_by_who_was_late(self, house: House) -> None:
        house.smtp.start()
        house.smtp.hold()
        delivery = Delivery(smtp_url=house.smtp.url, pace=Pace(lease=60, reply=30, data=60))
        await house.write_mails(count=4)
        delivering = asyncio.create_task(delivery.deliver_due())
        await house.held()
        # The server has the first; of the others it has everything but the last dot.
        await asyncio.sleep(0.5)
        ours = OutboxMail.filter(message_id__in=house.written)
        await ours.update(lease_token=uuid4(), lease_until=clock.real_now() + timedelta(seconds=1))
        house.smtp.let_go()
        assert (await delivering).sent == 1
        assert sum(house.taken().values()) == 1
        await asyncio.sleep(1)
        assert (await delivery.deliver_due()).sent == 4
        await delivery.close()
        assert set(house.taken()) == house.written

    async def test_what_went_out_is_marked_before_the_next_may_be_taken_on(self, house: House) -> None:
        house.smtp.start()
        house.smtp.hold()
        delivery = Delivery(smtp_url=house.smtp.url, pace=Pace(lease=60, reply=30, data=60))
        await house.write_mails(count=8)
        delivering = asyncio.create_task(delivery.deliver_due())
        await house.held()
        house.smtp.let_go()
        while not delivering.done():
            # What the database knows is never more than one behind what the server took on before we asked.
            taken = sum(house.taken().values())
            assert 8 - await house.waiting() >= taken - 1
            await asyncio.sleep(0)
        await delivery.close()
        assert house.taken() == dict.fromkeys(house.written, 1)

    async def test_random_kills_lose_nothing_and_repeat_one_each_at_most(self, house: House) -> None:
        await storm(house=house, kills=6, seed=20270317)

    @pytest.mark.long
    @pytest.mark.parametrize("seed", range(4))
    async def test_many_random_kills_lose_nothing_and_repeat_one_each_at_most(
        self, house: House, seed: int
    ) -> None:
        await storm(house=house, kills=25, seed=seed)

    async def test_a_worker_told_to_stop_finishes_or_gives_back(self, house: House) -> None:
        house.smtp.start()
        house.worker.start()
        await house.write_mails(count=200)
        while not house.taken():  # noqa: ASYNC110 - another process takes them
            await asyncio.sleep(0.02)
        assert house.worker.stop() == 0
        leased = await OutboxMail.filter(
            message_id__in=house.written, sent_at=None, lease_token__not_isnull=True
        )
        assert leased == []
        assert 0 < await house.waiting() < 200
        house.worker.start()
        await house.all_sent()
        assert house.taken() == dict.fromkeys(house.written, 1)

    async def test_an_hour_without_smtp_server_delays_and_loses_nothing(self, house: House) -> None:
        delivery = Delivery(smtp_url=house.smtp.url, pace=QUICK)
        await house.write_mails(count=30)
        began = await clock.now()
        for minutes in range(0, 60, 3):
            await clock.move(to=began + timedelta(minutes=minutes))
            await delivery.deliver_due()
        await metrics.measure()
        assert metrics.OLDEST._value.get() > 3000
        assert metrics.STRUGGLING._value.get() > 0
        assert await house.waiting() == 30
        house.smtp.start()
        await clock.move(to=began + timedelta(minutes=75))
        await delivery.deliver_due()
        await delivery.close()
        assert house.taken() == dict.fromkeys(house.written, 1)


async def storm(*, house: House, kills: int, seed: int) -> None:
    """300 mails flow while a worker, Valkey or the SMTP server is killed and started again."""
    chance = random.Random(seed)
    for part in house.parts:
        part.start()
    flowing = asyncio.create_task(_flow(house=house))
    victims = [chance.choice(house.parts) for _ in range(kills)]
    if kills >= 3:
        victims[:3] = house.parts
    for victim in victims:
        await asyncio.sleep(chance.uniform(0.1, 0.9))
        victim.kill()
        await asyncio.sleep(chance.uniform(0, 0.3))
        await asyncio.to_thread(victim.start)
    await flowing
    await house.all_sent()
    taken = house.taken()
    assert set(taken) == house.written
    repeated = sum(times - 1 for times in taken.values())
    assert repeated <= house.worker.kills + house.smtp.kills


async def _flow(*, house: House) -> None:
    for _ in range(MAILS // 10):
        await house.write_mails(count=10)
        await asyncio.sleep(0.08)
