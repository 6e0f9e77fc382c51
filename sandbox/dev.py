"""`./loket dev`: everything in one terminal, and nothing left running afterwards."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable

from models import Region, database
from resolvers import clock
from sandbox import demo, leash, personas, smtp, state
from sandbox.postgres import PostgresDidNotStart
from sandbox.valkey import ValkeyDidNotStart
from settings import load

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ANSWERS_WITHIN = 60.0


class Stopped(Exception):  # noqa: N818
    """Somebody asked us to stop."""


def run(*, port: int, pupils: int, fresh: bool) -> int:
    """Start all parts and wait; the exit status."""
    if not _is_free(port):
        return _say(f"Port {port} is in use by another program. Choose another: ./loket dev --port {port + 1}")
    try:
        with state.only_one():
            return Sandbox(port=port, pupils=pupils, fresh=fresh).run()
    except state.AlreadyRunning:
        return _say("A sandbox is running in this folder already; stop it first (Ctrl-C in its terminal).")
    except (PostgresDidNotStart, ValkeyDidNotStart) as fault:
        return _say(str(fault))


class Sandbox:
    """The parts, started in order and stopped in the reverse one."""

    def __init__(self, *, port: int, pupils: int, fresh: bool) -> None:
        self._port = port
        self._pupils = pupils
        self._fresh = fresh
        self._smtp_port = state.free_port()
        self._parts: dict[str, subprocess.Popen[bytes]] = {}
        self._cleaning: list[Callable[[], object]] = []

    def run(self) -> int:
        for name in STOPPING:
            signal.signal(name, _stop)
        try:
            self._start()
            return self._watch()
        except Stopped:
            return 0
        finally:
            for name in STOPPING:
                signal.signal(name, signal.SIG_IGN)
            self._end()

    def _start(self) -> None:
        began = time.monotonic()
        if self._fresh:
            for name in ("postgres", "files", "mails", "demo.json"):
                shutil.rmtree(state.FOLDER / name, ignore_errors=True)
                (state.FOLDER / name).unlink(missing_ok=True) if (state.FOLDER / name).is_file() else None
        servers = state.Servers()
        self._cleaning.append(servers.stop)
        environment = servers.start(port=self._port, smtp_port=self._smtp_port)
        self._servers = servers
        os.environ.update(environment)
        load.cache_clear()
        clock.allow_moving()
        if "SMTP_URL" not in environment or environment["SMTP_URL"].endswith(f":{self._smtp_port}"):
            sink = smtp.start(folder=state.MAILS, port=self._smtp_port)
            self._cleaning.append(sink.stop)
        asyncio.run(self._prepare())
        state.write_state(environment)
        self._cleaning.append(lambda: state.STATE.unlink(missing_ok=True))
        self._spawn("api", "-m", "uvicorn", "asgi:application", "--factory", "--host", "127.0.0.1",
                    "--port", str(self._port), "--no-access-log", "--log-level", "warning")  # fmt: skip
        self._spawn("worker", "cli.py", "worker")
        self._wait_for_answer()
        self._welcome(time.monotonic() - began)

    async def _prepare(self) -> None:
        """Migrations, and the demo region where there is none."""
        settings = load()
        owner = settings.database_owner_url or settings.database_url
        if await database.pending(url=owner):
            await database.migrate(owner_url=owner, application_url=settings.database_url)
        async with database.connected(url=settings.database_url, pool_size=4):
            await demo.ensure(pupils=self._pupils, say=lambda text: print(f"  {text}", flush=True))
            # The port may be another one than last time.
            await Region.all().update(portal_url=f"{settings.public_url}/dev/portal")

    def _spawn(self, name: str, *arguments: str) -> None:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, *arguments]
        self._parts[name] = leash.start(command, environ=environment, folder=state.ROOT)

    def _wait_for_answer(self) -> None:
        until = time.monotonic() + ANSWERS_WITHIN
        while time.monotonic() < until and not self._dead():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/healthz", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)

    def _dead(self) -> str | None:
        for name, process in self._parts.items():
            if process.poll() is not None:
                return f"the {name}"
        return self._servers.dead()

    def _watch(self) -> int:
        while True:
            dead = self._dead()
            if dead is not None:
                return _say(f"{dead} stopped by itself; the sandbox ends. Start it again with ./loket dev.")
            time.sleep(0.25)

    def _end(self) -> None:
        for process in self._parts.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._parts.values():
            leash.stop(process, by=signal.SIGTERM, seconds=8)
        for clean in reversed(self._cleaning):
            clean()

    def _welcome(self, seconds: float) -> None:
        print(f"\nLoket runs ({seconds:.1f} s). Open http://127.0.0.1:{self._port}/dev\n")
        shown = set()
        for persona in personas.known():
            if persona["role"] not in shown:
                shown.add(persona["role"])
                print(f"  {persona['role']:<14} {persona['username']:<34} {persona['password']}")
        print("\nCtrl-C stops everything.", flush=True)


def _stop(_signal: int, _frame: object) -> None:
    raise Stopped


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _say(text: str) -> int:
    print(f"loket: {text}", file=sys.stderr, flush=True)
    return 1


