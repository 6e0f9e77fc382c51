"""The embedded servers: they start on what is there, and end with whoever started them."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest
import redis

from sandbox import leash, namespace
from sandbox.postgres import Postgres, PostgresDidNotStart
from sandbox.valkey import Valkey
from settings import SANDBOX_MARK

ROOT = Path(__file__).resolve().parents[2]
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root must become somebody else")

# Starts both servers in the folder given, says so, and is then there to be killed.
HOLDER = """
import sys, time
from pathlib import Path
from sandbox import leash
leash.KERNEL_WATCHES = sys.argv[2] == "kernel" and leash.KERNEL_WATCHES
from sandbox.postgres import Postgres
from sandbox.valkey import Valkey
postgres, valkey = Postgres(folder=Path(sys.argv[1]) / "pg", durable=False), Valkey(log_folder=Path(sys.argv[1]))
print(postgres.start().owner, valkey.start(), flush=True)
time.sleep(60)
"""


def of_folder(folder: Path) -> list[psutil.Process]:
    """The living processes whose command line names `folder`."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        named = str(folder) in " ".join(process.info["cmdline"] or ())
        if named and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def asked(url: str, question: str) -> Any:
    async def ask() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(ask())


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that only its owner may enter; whatever a test left running in it is ended."""
    made = tmp_path / "nobody else"
    made.mkdir(mode=0o700)
    yield made
    for process in of_folder(made):
        process.kill()


@pytest.fixture
def postgres(folder: Path) -> Iterator[Postgres]:
    made = Postgres(folder=folder / "pg", durable=False)
    yield made
    made.stop()
    made.discard()


class TestPostgres:
    def test_keeps_its_data_and_its_roles_over_a_restart(self, postgres: Postgres) -> None:
        first = postgres.start()
        asked(first.owner, "CREATE TABLE kept AS SELECT 7 AS n")
        asked(first.owner, "GRANT SELECT ON kept TO loket")
        postgres.stop()
        second = postgres.start()
        assert asked(second.application, "SELECT n FROM kept") == 7
        assert SANDBOX_MARK in second.application
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            asked(second.application, "CREATE TABLE mine (n int)")

    def test_goes_on_where_it_was_killed(self, postgres: Postgres) -> None:
        asked(postgres.start().owner, "CREATE TABLE kept AS SELECT 7 AS n")
        assert postgres.pid is not None
        os.kill(postgres.pid, signal.SIGKILL)
        assert asked(postgres.start().owner, "SELECT n FROM kept") == 7

    def test_is_made_anew_when_its_making_was_cut_short(self, postgres: Postgres, folder: Path) -> None:
        half = folder / "pg" / "data" / "base"
        half.mkdir(parents=True)
        assert asked(postgres.start().owner, "SELECT 1") == 1

    def test_leaves_another_process_alone_that_has_the_number_of_a_dead_server(
        self, postgres: Postgres, folder: Path
    ) -> None:
        postgres.start()
        postgres.stop()
        bystander = subprocess.Popen([sys.executable, "-c", "input()", "postgres"], stdin=subprocess.PIPE)
        pid_file = folder / "pg" / "data" / "postmaster.pid"
        pid_file.write_text(f"{bystander.pid}\n{pid_file.parent}\n0\n1\n\n127.0.0.1\n1\nready\n")
        assert asked(postgres.start().owner, "SELECT 1") == 1
        assert bystander.poll() is None
        bystander.communicate(b"\n")

    def test_says_what_its_log_says_when_it_cannot_start(self, postgres: Postgres, folder: Path) -> None:
        postgres.start()
        postgres.stop()
        (folder / "pg" / "data" / "PG_VERSION").write_text("9\n")
        with pytest.raises(PostgresDidNotStart, match="version 9"):
            postgres.start()

    @AS_ROOT
    def test_of_root_runs_elsewhere_when_there_are_no_namespaces(
        self, postgres: Postgres, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(namespace, "reaches", lambda **_: False)
        asked(postgres.start().owner, "CREATE TABLE kept AS SELECT 7 AS n")
        elsewhere = Path((folder / "pg" / "reachable-folder").read_text())
        assert psutil.Process(postgres.pid).uids().effective != 0
        assert folder.stat().st_mode & 0o777 == 0o700
        postgres.stop()
        monkeypatch.undo()
        assert asked(postgres.start().owner, "SELECT n FROM kept") == 7
        postgres.stop()
        postgres.discard()
        assert not elsewhere.exists()


class TestValkey:
    @pytest.mark.parametrize("name", ["short", "a long name " * 10])
    def test_answers_on_a_socket_whatever_the_folder_is_called(self, folder: Path, name: str) -> None:
        place = folder / name.strip()
        place.mkdir()
        valkey = Valkey(log_folder=place)
        try:
            assert redis.from_url(valkey.start()).ping()  # type: ignore[no-untyped-call]
        finally:
            valkey.stop()
        assert not of_folder(place)


def names_of(processes: list[psutil.Process]) -> Iterator[str]:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # the backend that answered us may be gone already
            yield process.name()


@pytest.mark.parametrize("watch", ["kernel", "shell"])
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_no_server_outlives_the_process_that_started_it(
    folder: Path, watch: str, end: signal.Signals
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), watch], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    owner, _ = holder.stdout.readline().split()
    assert asked(owner, "SELECT 1") == 1
    started = psutil.Process(holder.pid).children(recursive=True)
    assert {"postgres", "valkey-server"} <= set(names_of(started))
    holder.send_signal(end)
    holder.communicate(timeout=10)
    _, left = psutil.wait_procs(started, timeout=10)
    assert not left


@pytest.mark.parametrize("killed", [False, True])
def test_a_part_that_ends_takes_its_own_children_along(killed: bool) -> None:
    with_a_child = "import subprocess; print(subprocess.Popen(['sleep', '60']).pid, flush=True); input()"
    part = leash.start([sys.executable, "-c", with_a_child], log=subprocess.PIPE)
    assert part.stdout is not None
    child = psutil.Process(int(part.stdout.readline()))
    if killed:
        part.kill()
        part.wait()
    leash.stop(part, by=signal.SIGTERM, seconds=5)
    psutil.wait_procs([child], timeout=5)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
