"""Dossiers handed in at the command line: the worker takes them in, and none is lost, doubled or left lying."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import obstore
import pytest
from obstore.store import LocalStore

from models import DeliveredFile, Delivery, OkiDoc, Pupil, Upload
from models.school import PrimarySchool
from resolvers import clock, oso_dossier
from resolvers.files import Store, store
from resolvers.imports import DossierReport, deliveries, dossiers_in_words, take_dossiers
from resolvers.imports.deliveries import Delivered, hand_in, report_of, stand
from resolvers.imports.dossier_report import Line
from resolvers.oso_family import write_addresses
from resolvers.step import Act
from rules.dossier_import import Difference
from rules.oki_doc.dossier import Dossier
from rules.vocabulary import JobStatus, OkiDocStatus
from settings import load
from tests.breakable import WorkerProcess
from tests.journeys.oso_school import files, many
from tests.world import World
from workers import housekeeping, lease, metrics
from workers.deliveries import ATTEMPTS, Intake
from workers.drain import drain

PATIENCE_SECONDS = 120.0
HELD = ("lease_token", "lease_until", "attempts")


@pytest.fixture
async def school(world: World) -> PrimarySchool:
    return await PrimarySchool.create(
        brin="00YY", location="00", name="De Testvlinder", region=world.amstelland
    )


async def lying(folder: str) -> set[str]:
    """What the store has below this folder."""
    kept = LocalStore(load().files_url.removeprefix("file://"))
    return {str(one["path"]) for one in await obstore.list(kept, prefix=folder).collect_async()}


async def of(delivery_id: UUID) -> set[str]:
    return await lying(f"{deliveries.FOLDER}/{delivery_id}")


async def told(delivery_id: UUID) -> DossierReport:
    report = await report_of(delivery_id=delivery_id)
    assert report is not None
    return report


def became(report: DossierReport) -> list[str]:
    return [line.became.name for line in report.lines]


async def until(holds: Callable[[], object], *, said: Callable[[], str] = str) -> None:
    """Wait for something that another does."""
    end = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        found = holds()
        if await found if asyncio.iscoroutine(found) else found:
            return
        assert asyncio.get_running_loop().time() < end, said()
        await asyncio.sleep(0.01)


async def done(delivery_id: UUID) -> int:
    there = await stand(delivery_id=delivery_id)
    assert there is not None
    return there.done


class TestADelivery:
    async def test_is_taken_in_by_the_worker_and_a_bad_file_stops_no_other(
        self, world: World, school: PrimarySchool, tmp_path: Path
    ) -> None:
        one, two, three = many(3)
        paths = files(tmp_path, one, two[:900], three, "")
        with (tmp_path / "groot.xml").open("wb") as large:
            large.truncate(25_000_001)
        paths += [tmp_path / "weg.xml", tmp_path / "groot.xml", tmp_path]
        here = await take_dossiers(paths=paths, dry_run=True)
        trial = await hand_in(paths=paths, dry_run=True)
        delivery_id = await hand_in(paths=paths)
        assert await Pupil.all().count() == 0
        assert len(await of(delivery_id)) == 4
        there = await stand(delivery_id=delivery_id)
        assert there is not None
        assert (there.done, there.total, there.begun, there.over) == (3, 7, False, False)
        await metrics.measure()
        assert metrics.DELIVERIES._value.get() == 2
        assert await drain(settings=world.settings) >= 2

        words = list(dossiers_in_words(report=await told(delivery_id)))
        assert became(await told(delivery_id)) == ["CREATED", "REFUSED", "CREATED", *["REFUSED"] * 4]
        assert await Pupil.filter(primary_school_id=school.id).count() == 2
        assert list(dossiers_in_words(report=await told(trial))) == list(dossiers_in_words(report=here))
        assert words[-1] == "dossiers: 2 nieuw, 0 gewijzigd, 0 ongewijzigd, 5 niet ingelezen."
        assert (await Delivery.get(id=delivery_id)).status is JobStatus.READY
        assert await of(delivery_id) == await of(trial) == set()

    async def test_may_overwrite_and_keeps_names_of_fields_but_no_words_of_a_dossier(
        self, world: World, school: PrimarySchool, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        (text,) = many(1)
        await take_dossiers(paths=files(tmp_path, text))
        await OkiDoc.all().update(status=OkiDocStatus.FINAL)
        paths = files(tmp_path, text.replace("Wij hoopten op meer.", "Te weinig uitleg."))
        first = await hand_in(paths=paths)
        second = await hand_in(paths=paths, confirm_overwrite=True)
        await drain(settings=world.settings)
        assert became(await told(first)) == ["REFUSED"]
        assert became(await told(second)) == ["UPDATED"]
        kept = str(await DeliveredFile.all().values_list("line", flat=True))
        assert "Reden" in kept
        for secret in ("Te weinig uitleg", "hoopten", "90000"):
            assert secret not in kept
            assert secret not in caplog.text
        assert paths[0].name not in caplog.text

    async def test_of_which_one_fails_by_surprise_names_neither_child_nor_file_in_a_log(
        self,
        world: World,
        school: PrimarySchool,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.INFO)

        async def surprise(*, act: Act, dossier: Dossier) -> list[Difference]:
            if dossier.pupil["first_name"] == "Bram":
                raise RuntimeError("the address of Bram cannot be")
            return await write_addresses(act=act, dossier=dossier)

        monkeypatch.setattr(oso_dossier, "write_addresses", surprise)
        one, two = many(2)
        two = two.replace("<voornaam>Zoë</voornaam>", "<voornaam>Bram</voornaam>")
        delivery_id = await hand_in(paths=files(tmp_path, two, one))
        await drain(settings=world.settings)
        report = await told(delivery_id)
        assert became(report) == ["REFUSED", "CREATED"]
        assert report.lines[0].reason == "Er ging iets mis (RuntimeError). Probeer het opnieuw."
        assert "RuntimeError" in caplog.text
        assert "Bram" not in caplog.text
        assert "dossier-1" not in caplog.text

    async def test_with_a_mistake_of_its_own_says_so_and_reads_nothing(
        self, world: World, school: PrimarySchool, tmp_path: Path
    ) -> None:
        delivery_id = await hand_in(paths=files(tmp_path, *many(1)), region="NERGENS")
        await drain(settings=world.settings)
        report = await told(delivery_id)
        assert not report.is_right
        assert "NERGENS is onbekend" in "\n".join(dossiers_in_words(report=report))
        assert await of(delivery_id) == set()

    async def test_that_cannot_be_stored_leaves_nothing(
        self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = await lying(deliveries.FOLDER)
        whole, fill = Store.receive, iter([False, True])

        async def full(self: Store, **more: object) -> object:
            if next(fill):
                raise OSError(28, "No space left on device")
            return await whole(self, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(Store, "receive", full)
        with pytest.raises(deliveries.NotStored):
            await hand_in(paths=files(tmp_path, *many(2)))
        assert await Delivery.all().count() == 0
        assert await lying(deliveries.FOLDER) == before


class TestAWorkerThatEndsInTheMiddle:
    async def test_is_killed_and_another_goes_on_and_the_report_tells_of_both(
        self, world: World, school: PrimarySchool, tmp_path: Path
    ) -> None:
        clock.allow_moving()
        await clock.move(to=await clock.now())
        delivery_id = await hand_in(paths=files(tmp_path, *many(60)))
        worker = WorkerProcess(folder=tmp_path, environment={})
        worker.start()
        try:
            seen: set[int] = set()

            async def some() -> bool:
                seen.add(await done(delivery_id))
                return max(seen) >= 8

            await until(some, said=worker.said)
            worker.kill()
            before = await done(delivery_id)
            assert before < 60
            assert await Pupil.all().count() == before
            worker.start()

            async def over() -> bool:
                there = await stand(delivery_id=delivery_id)
                assert there is not None
                seen.add(there.done)
                return there.over

            await until(over, said=worker.said)
        finally:
            worker.kill()
        assert became(await told(delivery_id)) == ["CREATED"] * 60
        assert await Pupil.all().count() == 60
        assert (await Delivery.get(id=delivery_id)).attempts == 2
        assert len(seen) > 5
        assert await of(delivery_id) == set()

    async def test_without_a_lease_nothing_comes_in_any_more(
        self,
        world: World,
        school: PrimarySchool,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """A worker that was away so long that another took over: what it had under way is undone."""
        gate, waits = asyncio.Event(), asyncio.Event()
        record = Delivered.record
        order: list[UUID] = []

        async def gated(self: Delivered, line: Line) -> None:
            if self.lease not in order:
                order.append(self.lease)
            if self.lease == order[0]:
                waits.set()
                await gate.wait()
            await record(self, line)

        before = await lying("uploads")
        monkeypatch.setattr(Delivered, "record", gated)
        delivery_id = await hand_in(paths=files(tmp_path, *many(3)))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(Intake(store=store()).take_due())
            await waits.wait()
            first = (await Delivery.get(id=delivery_id)).lease_token
            await Delivery.all().update(lease_until=clock.real_now() - timedelta(minutes=1))
            tasks.create_task(Intake(store=store()).take_due())

            async def taken_over() -> bool:
                return (await Delivery.get(id=delivery_id)).lease_token != first

            await until(taken_over)
            gate.set()
        assert became(await told(delivery_id)) == ["CREATED"] * 3
        assert await Pupil.all().count() == 3
        assert "the lease is lost" in caplog.text
        assert await lying("uploads") - before == {row.storage_key for row in await Upload.all()}

    async def test_is_told_to_stop_and_gives_it_back(
        self, world: World, school: PrimarySchool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        intake = Intake(store=store())
        record = Delivered.record

        async def last(self: Delivered, line: Line) -> None:
            intake.stop()
            await record(self, line)

        monkeypatch.setattr(Delivered, "record", last)
        delivery_id = await hand_in(paths=files(tmp_path, *many(20)))
        await intake.take_due()
        there = await Delivery.get(id=delivery_id)
        assert [getattr(there, name) for name in HELD] == [None, None, 0]
        assert 0 < await done(delivery_id) == await Pupil.all().count() < 20
        monkeypatch.undo()
        await Intake(store=store()).take_due()
        assert became(await told(delivery_id)) == ["CREATED"] * 20

    async def test_every_time_is_given_up_and_what_was_not_read_is_named(
        self, world: World, school: PrimarySchool, tmp_path: Path
    ) -> None:
        delivery_id = await hand_in(paths=files(tmp_path, *many(2)))
        await Delivery.all().update(attempts=ATTEMPTS)
        await drain(settings=world.settings)
        assert (await Delivery.get(id=delivery_id)).status is JobStatus.FAILED
        report = await told(delivery_id)
        assert became(report) == ["REFUSED", "REFUSED"]
        assert "Lever dit bestand opnieuw aan." in report.lines[0].reason
        assert await of(delivery_id) == set()

    async def test_by_a_fault_around_it_begins_again_later(
        self, world: World, school: PrimarySchool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def away(_self: Store, **_more: object) -> bytes:
            raise ConnectionError("the bucket is away")

        monkeypatch.setattr(Store, "part", away)
        delivery_id = await hand_in(paths=files(tmp_path, *many(1)))
        await Intake(store=store()).take_due()
        there = await Delivery.get(id=delivery_id)
        assert (there.status, there.last_error) == (JobStatus.QUEUED, "ConnectionError")
        assert there.due_at is not None
        assert there.due_at > clock.real_now()
        monkeypatch.undo()
        await Delivery.all().update(due_at=clock.real_now())
        await Intake(store=store()).take_due()
        assert became(await told(delivery_id)) == ["CREATED"]


class TestALease:
    async def test_is_held_on_to_while_there_is_work(
        self, world: World, school: PrimarySchool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        record, extend = Delivered.record, lease.extend
        begun, longer = asyncio.Event(), asyncio.Event()
        held: list[bool] = []

        async def noted(**more: object) -> bool:
            held.append(await extend(**more))  # type: ignore[arg-type]
            if len(held) == 4:  # By then the lease as it was given is over.
                longer.set()
            return held[-1]

        async def slow(self: Delivered, line: Line) -> None:
            begun.set()
            await longer.wait()
            await record(self, line)

        monkeypatch.setattr(lease, "extend", noted)
        monkeypatch.setattr(Delivered, "record", slow)
        delivery_id = await hand_in(paths=files(tmp_path, *many(1)))
        working = asyncio.create_task(Intake(store=store(), seconds=4.5).take_due())
        await begun.wait()
        while not longer.is_set():
            assert await Intake(store=store(), seconds=4.5).take_due() == 0
            await asyncio.sleep(0.1)
        assert await working == 1
        assert became(await told(delivery_id)) == ["CREATED"]


class TestTheEnd:
    @pytest.fixture
    async def delivery_id(self, world: World, school: PrimarySchool, tmp_path: Path) -> UUID:
        return await hand_in(paths=files(tmp_path, *many(2)))

    async def test_some_hours_later_the_report_is_gone(self, world: World, delivery_id: UUID) -> None:
        await drain(settings=world.settings)
        await housekeeping.sweep(store=store())
        assert await report_of(delivery_id=delivery_id) is not None
        await Delivery.all().update(
            finished_at=clock.real_now() - deliveries.REPORT_LIVES - timedelta(minutes=1)
        )
        assert await housekeeping.sweep(store=store()) >= 1
        assert await report_of(delivery_id=delivery_id) is None
        assert await DeliveredFile.all().count() == 0
        assert await stand(delivery_id=delivery_id) is None

    async def test_files_that_nobody_took_in_are_gone_after_a_day(
        self, world: World, delivery_id: UUID
    ) -> None:
        await housekeeping.sweep(store=store())
        assert len(await of(delivery_id)) == 2
        await Delivery.all().update(created_at=clock.real_now() - deliveries.AWAITED - timedelta(minutes=1))
        await housekeeping.sweep(store=store())
        assert await of(delivery_id) == set()
        await drain(settings=world.settings)
        assert became(await told(delivery_id)) == ["REFUSED", "REFUSED"]
        assert await Pupil.all().count() == 0

    async def test_of_one_whose_files_never_all_came_is_the_same(self, world: World, tmp_path: Path) -> None:
        """Whoever copied them was killed in the middle."""
        begun = await Delivery.create(id=uuid4(), created_at=clock.real_now() - timedelta(days=2))
        await store().put(key=f"{deliveries.FOLDER}/{begun.id}/een", content=b"<dossier/>")
        await drain(settings=world.settings)
        assert (await Delivery.get(id=begun.id)).attempts == 0
        await housekeeping.sweep(store=store())
        assert await of(begun.id) == set()
