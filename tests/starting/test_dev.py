"""`./loket dev`: one command that starts everything, and leaves nothing behind however it ends."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox import personas
from sandbox.state import free_port
from tests.breakable import SmtpServer
from tests.servers import clone, drop
from tests.starting.running import ENDS_WITHIN, ROOT, Dev, asked, tokens_of

pytestmark = pytest.mark.xdist_group("dev")

STAFF = {one["persona"]: one for one in personas.known()}
PASSWORD = "Drie-witte-zwanen-op-het-ijs"
LOGIN = "mutation($in: LoginInput!) { login(input: $in) { session { token } errors { code } } }"
SEND = "mutation($in: SendParentLoginInput!) { sendParentLogin(input: $in) { errors { code } } }"
ACTIVATE = "mutation($in: ActivateAccountInput!) { activateAccount(input: $in) { session { role } errors { code } } }"
NOT_SENT = "{ pupils(first: 100, filter: { loginStatus: NOT_SENT }) { nodes { id elkNumber } } }"

# Is sent SIGTERM where Python calls back after a fork: what is raised there goes nowhere.
TOLD_AT_A_FORK = """
import os, signal, sys, cli
told = []
def tell():
    if not told:
        told.append(os.kill(os.getpid(), signal.SIGTERM))
os.register_at_fork(after_in_parent=tell)
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """One folder for all of this. Its first start was killed while the demo region was being made."""
    house = Dev(folder=tmp_path_factory.mktemp("huis van ons"))
    first = house.begin("--pupils", "100")
    first.says("inventing a region")
    time.sleep(0.3)
    first.tell(signal.SIGKILL)
    first.ended()
    yield house
    house.clear()


@pytest.fixture
def dev(house: Dev) -> Dev:
    """The sandbox, running."""
    return house.up()


def graphql(dev: Dev, query: str, *, session: str | None = None, **given: Any) -> Any:
    status, body = asked(
        f"{dev.address}/graphql", {"query": query, "variables": {"in": given}}, token=session
    )
    assert status == 200, body
    assert "errors" not in body, body
    return body["data"]


def signed_in(dev: Dev, username: str, password: str) -> str | None:
    payload = graphql(dev, LOGIN, username=username, password=password)["login"]
    return payload["session"]["token"] if payload["session"] else None


def editor(dev: Dev) -> str | None:
    return signed_in(dev, STAFF["po_editor"]["username"], STAFF["po_editor"]["password"])


def send_a_login(dev: Dev) -> str:
    """Send the login of the first child that is ready; its ELK number."""
    token = editor(dev)
    for pupil in graphql(dev, NOT_SENT, session=token)["pupils"]["nodes"]:
        given = {"pupilId": pupil["id"], "region": "AMSTELLAND"}
        if not graphql(dev, SEND, session=token, **given)["sendParentLogin"]["errors"]:
            return str(pupil["elkNumber"])
    raise AssertionError("no child is ready any more")


def link_for(dev: Dev, number: str) -> str:
    """The token in the mail about this child, once it has come."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for token in tokens_of(asked(f"{dev.address}/dev/mails.json")[1], number):
            return token
        time.sleep(0.05)
    raise AssertionError("no mail came")


def nothing_is_left_of(dev: Dev) -> None:
    until = time.monotonic() + ENDS_WITHIN
    while (left := dev.processes()) and time.monotonic() < until:
        time.sleep(0.02)
    assert left == []


class TestTheWholeWay:
    def test_is_walked_by_a_script_that_has_only_the_standard_library(self, dev: Dev) -> None:
        walked = subprocess.run(
            [sys.executable, "-I", "-S", "docs/journey.py", dev.address],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert walked.returncode == 0, walked.stdout + walked.stderr
        assert walked.stdout.endswith("\nthe end\n")

    def test_stands_on_a_whole_region_though_its_making_was_cut_short(self, dev: Dev) -> None:
        assert asked(f"{dev.address}/dev/personas.json") == (200, personas.known())
        for persona in ("po_editor", "po_editor_oso", "vo_staff", "region_admin", "integrator", "parent"):
            assert signed_in(dev, STAFF[persona]["username"], STAFF[persona]["password"]), persona

    def test_goes_on_with_the_data_there_is(self, dev: Dev) -> None:
        number = send_a_login(dev)
        link = link_for(dev, number)
        assert graphql(dev, ACTIVATE, token=link, password=PASSWORD)["activateAccount"]["session"]
        moment = "2027-03-18T11:00:00+01:00"
        asked(f"{dev.address}/dev/clock", {"now": moment})
        dev.down().up()
        assert signed_in(dev, number, PASSWORD)
        assert link_for(dev, number) == link
        now = datetime.fromisoformat(asked(f"{dev.address}/dev/clock")[1]["now"])
        assert timedelta() <= now - datetime.fromisoformat(moment) < timedelta(hours=1)


class TestItsEnd:
    @pytest.mark.parametrize(
        ("number", "group"),
        [
            pytest.param(signal.SIGINT, True, id="Ctrl-C"),
            pytest.param(signal.SIGINT, False, id="SIGINT"),
            pytest.param(signal.SIGTERM, False, id="SIGTERM"),
            pytest.param(signal.SIGHUP, True, id="a terminal that closes", marks=pytest.mark.long),
        ],
    )
    def test_leaves_nothing_behind(self, dev: Dev, number: signal.Signals, group: bool) -> None:
        assert dev.process is not None
        assert len(dev.processes()) > 4
        dev.process.tell(number, group=group)
        time.sleep(0.1)
        with suppress(ProcessLookupError):
            dev.process.tell(number, group=group)
        assert dev.process.ended() == 0
        nothing_is_left_of(dev)
        assert "Traceback" not in dev.process.said()

    @pytest.mark.parametrize(
        ("words", "name"),
        [
            pytest.param(("sandbox.part", "api"), "The api", id="api"),
            pytest.param(("sandbox.part", "worker"), "The worker", id="worker", marks=pytest.mark.long),
            pytest.param(("bin/postgres", "-D"), "PostgreSQL", id="postgres"),
            pytest.param(("valkey-server",), "Valkey", id="valkey", marks=pytest.mark.long),
        ],
    )
    def test_comes_with_one_sentence_when_a_part_is_killed(
        self, dev: Dev, words: tuple[str, ...], name: str
    ) -> None:
        assert dev.process is not None
        dev.part(*words).kill()
        assert dev.process.ended() == 1
        nothing_is_left_of(dev)
        (said,) = (line for line in dev.process.said().splitlines() if line.startswith("loket: "))
        assert said == f"loket: {name} ended by itself, so the sandbox ends. Start it again with ./loket dev."

    def test_leaves_nothing_behind_when_it_is_killed_itself(self, dev: Dev) -> None:
        assert dev.process is not None
        dev.process.tell(signal.SIGKILL)
        dev.process.ended()
        nothing_is_left_of(dev)

    def test_comes_also_when_what_a_signal_raises_is_lost(self, house: Dev) -> None:
        begun = house.down().begin(program=("-c", TOLD_AT_A_FORK))
        assert begun.ended() == 0
        assert "Exception ignored" in begun.said()
        nothing_is_left_of(house)

    @pytest.mark.long
    @pytest.mark.parametrize("after", [0.1, 0.4, 0.8, 1.2, 1.6, 2.0])
    def test_may_come_at_any_moment_of_the_start(self, house: Dev, after: float) -> None:
        begun = house.down().begin()
        time.sleep(after)
        begun.tell(signal.SIGINT, group=True)
        begun.ended()
        nothing_is_left_of(house)
        assert signed_in(house.up(), STAFF["po_editor"]["username"], STAFF["po_editor"]["password"])


class TestWhatIsInTheWay:
    def test_a_port_in_use_is_one_sentence_and_its_owner_is_left_alone(self, tmp_path: Path) -> None:
        refused = Dev(folder=tmp_path)
        with socket.create_server(("127.0.0.1", refused.port)) as owner:
            begun = refused.begin()
            assert begun.ended() == 1
            (line,) = begun.said().splitlines()
            assert line == (
                f"loket: Port {refused.port} is in use by another program. "
                f"Choose another: ./loket dev --port {refused.port + 1}"
            )
            socket.create_connection(("127.0.0.1", refused.port), timeout=5).close()
            owner.settimeout(5)
            owner.accept()[0].close()
        nothing_is_left_of(refused)

    def test_a_sandbox_that_runs_is_not_started_twice(self, dev: Dev, tmp_path: Path) -> None:
        second = subprocess.run(
            [sys.executable, "cli.py", "dev", "--port", str(free_port())],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LOKET_FOLDER": str(dev.folder / "loket")},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr == (
            f"loket: A sandbox runs in this folder already, at {dev.address}/dev; "
            "stop it first (Ctrl-C in its terminal).\n"
        )
        assert editor(dev)

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"SMTP_URL": "post://geheim"}, "SMTP_URL: must begin with"),
            (
                {"DATABASE_URL": "postgresql://loket:geheim@127.0.0.1:1/loket"},
                "DATABASE_URL: the database does not let us in (ConnectionRefusedError)",
            ),
            ({"TRUSTED_DOCUMENTS": __file__}, "TRUSTED_DOCUMENTS: cannot be read as JSON"),
        ],
    )
    def test_a_wrong_setting_is_said_and_not_repeated(
        self, tmp_path: Path, given: dict[str, str], said: str
    ) -> None:
        refused = Dev(folder=tmp_path, **given)
        begun = refused.begin()
        assert begun.ended() == 1
        assert begun.said().startswith("loket: ")
        assert said in begun.said()
        assert "geheim" not in begun.said()
        assert "Traceback" not in begun.said()
        nothing_is_left_of(refused)


class TestTheClock:
    def test_moves_to_a_moment_and_into_a_period(self, dev: Dev) -> None:
        token = editor(dev)
        open_now = "{ currentPeriods { kind } }"
        for period in ("ANNOUNCEMENT", "APPLICATION"):
            status, answer = asked(f"{dev.address}/dev/clock", {"period": period})
            assert status == 200
            kinds = [one["kind"] for one in graphql(dev, open_now, session=token)["currentPeriods"]]
            assert period in kinds
            assert ("ANNOUNCEMENT" in kinds) == (period == "ANNOUNCEMENT")
            assert datetime.fromisoformat(answer["now"]).tzinfo is not None
        moment = "2027-01-04T09:00:00+01:00"
        assert asked(f"{dev.address}/dev/clock", {"now": moment})[0] == 200
        assert graphql(dev, open_now, session=token)["currentPeriods"] == []
        asked(f"{dev.address}/dev/clock", {"period": "APPLICATION"})

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b"{}",
            b'"APPLICATION"',
            b"\xff\xfe",
            b"[" * 100_000,
            {"now": None},
            {"now": 1803891600},
            {"now": "tomorrow"},
            {"now": "2027-03-17T10:00:00"},
            {"now": "0001-01-01T00:00:00+00:00"},
            {"now": "9999-12-31T23:59:59-12:00"},
            {"now": "2027-02-30T10:00:00+01:00"},
            {"period": "CARNIVAL"},
            {"period": "\ud800"},
            {"period": ["APPLICATION"]},
        ],
        ids=lambda body: str(body)[:40],
    )
    def test_refuses_what_is_no_moment(self, dev: Dev, body: Any) -> None:
        before = datetime.fromisoformat(asked(f"{dev.address}/dev/clock")[1]["now"])
        status, answer = asked(f"{dev.address}/dev/clock", body)
        assert (status, list(answer)) == (400, ["error"])
        after = datetime.fromisoformat(asked(f"{dev.address}/dev/clock")[1]["now"])
        assert timedelta() <= after - before < timedelta(minutes=2)


async def test_servers_that_the_environment_names_are_used_and_the_worker_follows_the_clock(
    tmp_path: Path, valkey_url: str
) -> None:
    urls = await clone(name=(name := f"test_dev_{os.getpid()}"))
    smtp = SmtpServer(folder=tmp_path)
    dev = Dev(
        folder=tmp_path / "dev",
        DATABASE_URL=urls.application,
        DATABASE_OWNER_URL=urls.owner,
        REDIS_URL=valkey_url.replace("db=0", "db=7"),
        SMTP_URL=smtp.url,
    )
    try:
        dev.up()
        assert [one for one in dev.processes() if one.name() in ("postgres", "valkey-server")] == []
        number = send_a_login(dev)
        now = datetime.fromisoformat(asked(f"{dev.address}/dev/clock")[1]["now"])
        smtp.start()
        # Nobody took the mail on: it is tried again when the procedure's clock says so.
        until = time.monotonic() + 30
        while not smtp.taken() and time.monotonic() < until:
            now += timedelta(minutes=30)
            asked(f"{dev.address}/dev/clock", {"now": now.isoformat()})
            await asyncio.sleep(0.3)
        assert sum(smtp.taken().values()) == 1, number
        assert asked(f"{dev.address}/dev/mails.json") == (200, [])
        assert not (dev.folder / "loket" / "postgres").exists()
    finally:
        if dev.process is not None:
            dev.process.tell(signal.SIGTERM)
            assert dev.process.ended() == 0
        smtp.kill()
        nothing_is_left_of(dev)
        await drop(name=name)
