"""`./loket import oso`: hands dossiers to the worker, says how far it is, and prints what became of them."""

import asyncio
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID, uuid4

import asyncpg
import pytest

import commands
from models import Delivery, Pupil
from models.school import PrimarySchool
from resolvers import clock
from resolvers.files import store
from resolvers.imports import deliveries
from resolvers.imports.deliveries import Delivered, hand_in
from resolvers.imports.dossier_report import Line
from rules.vocabulary import JobStatus
from settings import load
from tests.breakable import ROOT, WorkerProcess
from tests.journeys.oso_school import files, many
from tests.world import World
from workers.deliveries import Intake
from workers.drain import drain

SECONDS = 120


@pytest.fixture
async def school(world: World) -> PrimarySchool:
    return await PrimarySchool.create(
        brin="00YY", location="00", name="De Testvlinder", region=world.amstelland
    )


def begun(*words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "cli.py", "import", *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background has Ctrl-C switched off, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


async def ended(process: subprocess.Popen[str]) -> tuple[int, list[str], str]:
    """Exit status, what it printed, and what it said besides."""
    out, err = await asyncio.to_thread(process.communicate, timeout=SECONDS)
    return process.returncode, out.splitlines(), err


async def test_waits_for_the_worker_and_prints_what_became_of_each(
    world: World, school: PrimarySchool, tmp_path: Path
) -> None:
    clock.allow_moving()
    await clock.move(to=await clock.now())
    one, two = many(2)
    paths = files(tmp_path, one, two[:900])
    worker = WorkerProcess(folder=tmp_path, environment={})
    worker.start()
    try:
        status, out, err = await ended(begun("oso", *paths, tmp_path / "weg.xml"))
        assert status == 1, err + worker.said()
        assert out[0] == "dossier-1.xml: nieuw (ELK-nummer 10000)."
        assert [line for line in out if line.startswith("dossier-2.xml: niet ingelezen. ")]
        assert "weg.xml: niet ingelezen. Dit bestand is niet te openen (No such file or directory)." in out
        assert out[-1] == "dossiers: 1 nieuw, 0 gewijzigd, 0 ongewijzigd, 2 niet ingelezen."
        assert "Traceback" not in err
        status, out, err = await ended(begun("oso", paths[0]))
        assert (status, out[-1]) == (0, "dossiers: 0 nieuw, 0 gewijzigd, 1 ongewijzigd, 0 niet ingelezen.")
    finally:
        worker.kill()
    assert await Pupil.all().count() == 1


async def test_interrupted_says_how_to_ask_for_the_report_that_is_made_without_it(
    world: World, school: PrimarySchool, tmp_path: Path
) -> None:
    process = begun("oso", *files(tmp_path, *many(2)))
    async with asyncio.timeout(SECONDS):
        while not await Delivery.filter(due_at__isnull=False).exists():  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # another process makes it
    process.send_signal(signal.SIGINT)
    status, out, err = await ended(process)
    assert (status, out) == (130, [])
    found = re.search(r"the worker goes on; for the report: \./loket import oso --report (\S+)", err)
    assert found, err
    assert "Traceback" not in err
    assert UUID(found[1]) == (await Delivery.get()).id

    await drain(settings=world.settings)
    status, out, err = await ended(begun("oso", "--report", found[1]))
    assert (status, err) == (0, "")
    assert out[-1] == "dossiers: 2 nieuw, 0 gewijzigd, 0 ongewijzigd, 0 niet ingelezen."


async def test_a_database_that_goes_away_meanwhile_is_said_in_words(
    world: World, school: PrimarySchool, tmp_path: Path
) -> None:
    process = begun("oso", *files(tmp_path, *many(1)))
    async with asyncio.timeout(SECONDS):
        while not await Delivery.filter(due_at__isnull=False).exists():  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # another process makes it
    delivery = await Delivery.get()
    owner = await asyncpg.connect(load().database_owner_url)
    try:
        # As far as that process sees it is not there any more.
        await owner.execute("ALTER TABLE delivery RENAME TO elsewhere")
        status, out, err = await ended(process)
    finally:
        await owner.execute("ALTER TABLE elsewhere RENAME TO delivery")
        await owner.close()
    assert (status, out) == (1, [])
    assert f"for the report: ./loket import oso --report {delivery.id}" in err
    assert "Traceback" not in err


async def test_without_a_worker_takes_them_in_here(
    world: World, school: PrimarySchool, tmp_path: Path
) -> None:
    status, out, err = await ended(begun("oso", "--here", *files(tmp_path, *many(1))))
    assert (status, err) == (0, "")
    assert out[-1] == "dossiers: 1 nieuw, 0 gewijzigd, 0 ongewijzigd, 0 niet ingelezen."
    assert await Delivery.all().count() == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("oso", "--report", str(uuid4())), "there is no such delivery"),
        (("oso", "een.xml", "--report"), "--report takes the ID of one delivery"),
        (("oso", "--report", str(uuid4()), str(uuid4())), "--report takes the ID of one delivery"),
        (("edexml", "een.xml", "--here"), "--here is for oso"),
    ],
)
async def test_what_cannot_be_meant_is_said(world: World, words: tuple[str, ...], said: str) -> None:
    status, out, err = await ended(begun(*words))
    assert (status, out) == (2, [])
    assert said in err
    assert "Traceback" not in err


async def test_a_store_that_is_not_there_is_said_before_anything_is_handed_in(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "geen-map").write_bytes(b"")
    monkeypatch.setenv("FILES_URL", f"file://{tmp_path}/geen-map/binnen")
    status, _, err = await ended(begun("oso", *files(tmp_path, *many(1))))
    assert status == 2
    assert "look at FILES_URL" in err
    assert "Traceback" not in err
    assert await Delivery.all().count() == 0


async def test_says_how_far_it_is(
    world: World,
    school: PrimarySchool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(commands, "PROGRESS_EVERY", 0)
    monkeypatch.setattr(commands, "LOOK_EVERY", 0.01)
    record = Delivered.record

    async def one_at_a_time(self: Delivered, line: Line) -> None:
        await asyncio.sleep(0.1)
        await record(self, line)

    monkeypatch.setattr(Delivered, "record", one_at_a_time)
    delivery_id = await hand_in(paths=files(tmp_path, *many(12)))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    report, _ = await asyncio.gather(commands._followed(delivery_id), Intake(store=store()).take_due())
    assert report.is_right
    said = capsys.readouterr().err.splitlines()
    heard = [int(found[1]) for line in said if (found := re.fullmatch(r"  (\d+) van 12 dossiers", line))]
    assert len(heard) == len(said)
    assert len(heard) >= 2
    assert heard == sorted(set(heard))


@pytest.mark.parametrize(
    ("busy", "said"),
    [(False, "does ./loket worker run?"), (True, "busy with another delivery")],
    ids=["nobody", "busy"],
)
async def test_says_when_nobody_takes_it_and_waits_on(
    world: World,
    school: PrimarySchool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    busy: bool,
    said: str,
) -> None:
    monkeypatch.setattr(commands, "TAKEN_WITHIN", 0)
    monkeypatch.setattr(commands, "LOOK_EVERY", 0.01)
    if busy:
        await Delivery.create(id=uuid4(), status=JobStatus.RUNNING, created_at=clock.real_now())
    delivery_id = await hand_in(paths=files(tmp_path, *many(1)))
    following = asyncio.create_task(commands._followed(delivery_id))
    heard = ""
    async with asyncio.timeout(SECONDS):
        while f"--report {delivery_id}" not in heard:
            await asyncio.sleep(0.01)
            heard += capsys.readouterr().err
    await asyncio.sleep(0.2)  # It looks again, and has said it.
    await Intake(store=store()).take_due()
    assert (await following).is_right
    heard += capsys.readouterr().err
    assert heard.count(said) == 1


async def test_an_interruption_that_a_library_swallowed_is_heard_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def deaf(**_: object) -> SimpleNamespace:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(10)
        return SimpleNamespace(over=False, begun=True, behind=False, done=0, total=1)

    monkeypatch.setattr(deliveries, "stand", deaf)
    monkeypatch.setattr(commands, "LOOK_EVERY", 0.01)
    waiting = asyncio.create_task(commands._followed(uuid4()))
    await asyncio.sleep(0.05)
    waiting.cancel()
    done, _ = await asyncio.wait({waiting}, timeout=5)
    assert done
    assert waiting.cancelled()
