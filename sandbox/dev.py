"""`./loket dev`: everything in one terminal, and nothing left running afterwards."""

import asyncio
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

from sandbox import leash, state
from sandbox.postgres import PostgresDidNotStart
from sandbox.valkey import ValkeyDidNotStart

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ANSWERS_WITHIN = 60.0


class Stopped(KeyboardInterrupt):
    """Somebody asked us to stop. A KeyboardInterrupt, as an event loop lets nothing else through."""


class PartEnded(Exception):
    """A part ended by itself; the message is its name."""


def run(*, port: int, pupils: int, fresh: bool) -> int:
    """Start all parts and wait; the exit status."""
    try:
        with state.only_one() as publish:
            listener = _bound(port)
            if listener is None:
                return _say(
                    f"Port {port} is in use by another program. Choose another: ./loket dev --port {port + 1}"
                )
            with listener:
                return Sandbox(listener=listener, pupils=pupils, fresh=fresh, publish=publish).run()
    except state.AlreadyRunning:
        at = (state.running() or {}).get("PUBLIC_URL")
        where = f"at {at}/dev; stop it first (Ctrl-C in its terminal)" if at else "or is being worked on"
        return _say(f"A sandbox runs in this folder already, {where}.")
    except (PostgresDidNotStart, ValkeyDidNotStart) as fault:
        return _say(str(fault))


class Sandbox:
    """The parts, started side by side and stopped in the reverse order."""

    def __init__(self, *, listener: socket.socket, pupils: int, fresh: bool, publish: state.Publish) -> None:
        self._listener = listener
        self._port: int = listener.getsockname()[1]
        self._url = f"http://127.0.0.1:{self._port}"
        self._pupils = pupils
        self._fresh = fresh
        self._publish = publish
        self._servers = state.Servers()
        self._parts: dict[str, subprocess.Popen[bytes]] = {}
        self._told: list[int] = []
        self._cleaning: list[Callable[[], object]] = []

    def run(self) -> int:
        for name in STOPPING:
            signal.signal(name, _stop)
        try:
            if self._fresh and not self._discard():
                return _say("--fresh does not empty a database that DATABASE_URL names; empty it yourself.")
            self._start()
            while self._nothing_dead():
                time.sleep(0.1)
            return 1
        except PartEnded as part:
            return _say(f"{part} ended by itself, so the sandbox ends. Start it again with ./loket dev.")
        except Stopped:
            return 0
        finally:
            for name in STOPPING:
                signal.signal(name, signal.SIG_IGN)
            self._end()

    def _discard(self) -> bool:
        if self._servers.own_database is None:
            return False
        self._servers.own_database.discard()
        for name in ("files", "mails"):
            shutil.rmtree(state.FOLDER / name, ignore_errors=True)
        return True

    def _start(self) -> None:
        began = time.monotonic()
        smtp_port = state.free_port()
        self._cleaning.append(self._servers.stop)
        environment = self._servers.start(public_url=self._url, smtp_port=smtp_port)
        os.environ.update(environment)
        api = self._spawn("api", keeps=[self._listener.fileno()])
        self._listener.close()
        self._prepare(smtp_port)
        _tell(api)
        self._wait_for_answer()
        _tell(self._spawn("worker", keeps=[]))
        self._publish(environment)
        self._welcome(time.monotonic() - began)

    def _spawn(self, name: str, *, keeps: list[int]) -> int:
        """Start a part; the writing end of the pipe that tells it to begin."""
        hears, tells = os.pipe()
        numbers = [*keeps, hears]
        self._parts[name] = leash.start(
            [sys.executable, "-m", "sandbox.part", name, *map(str, numbers)],
            environ={**os.environ, "PYTHONUNBUFFERED": "1"},
            folder=state.ROOT,
            keeps=numbers,
        )
        os.close(hears)
        return tells

    def _prepare(self, smtp_port: int) -> None:
        """Migrations, the demo region where there is none, the sink: while the API is importing itself."""
        from models import Region, database
        from resolvers import clock
        from sandbox import demo, smtp
        from settings import load

        load.cache_clear()
        clock.allow_moving()
        settings = load()

        async def prepare() -> None:
            owner = settings.database_owner_url or settings.database_url
            if await database.pending(url=owner):
                await database.migrate(owner_url=owner, application_url=settings.database_url)
            async with database.connected(url=settings.database_url, pool_size=4):
                await demo.ensure(pupils=self._pupils, say=lambda text: print(f"  {text}", flush=True))
                # The port may be another one than last time.
                await Region.all().update(portal_url=f"{settings.public_url}/dev/portal")

        asyncio.run(prepare())
        if settings.smtp_url == f"smtp://127.0.0.1:{smtp_port}":
            sink = smtp.start(folder=state.MAILS, port=smtp_port)
            self._cleaning.append(sink.stop)

    def _wait_for_answer(self) -> None:
        until = time.monotonic() + ANSWERS_WITHIN
        while self._nothing_dead():
            door = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2)
            try:
                door.request("GET", "/healthz")
                if door.getresponse().status == 200:
                    return
            except OSError:
                if time.monotonic() > until:
                    raise PartEnded(f"The API did not answer within {ANSWERS_WITHIN:.0f} s, or") from None
                time.sleep(0.02)
            finally:
                door.close()

    def _nothing_dead(self) -> bool:
        """True; raises `PartEnded` when a part is gone."""
        for name, process in self._parts.items():
            if process.poll() is not None:
                raise PartEnded(f"The {name}")
        dead = self._servers.dead()
        if dead is not None:
            raise PartEnded(dead)
        return True

    def _end(self) -> None:
        for process in self._parts.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._parts.values():
            leash.stop(process, by=signal.SIGTERM, seconds=8)
        for clean in reversed(self._cleaning):
            clean()

    def _welcome(self, seconds: float) -> None:
        from sandbox import personas

        print(f"\nLoket runs ({seconds:.1f} s). Open {self._url}/dev\n")
        shown = set()
        for persona in personas.known():
            if persona["role"] not in shown:
                shown.add(persona["role"])
                print(f"  {persona['role']:<14} {persona['username']:<34} {persona['password']}")
        print("\nCtrl-C stops everything.", flush=True)


def _tell(pipe: int) -> None:
    """Begin. A part that died meanwhile does not hear it; who watches will say so."""
    try:
        os.write(pipe, b"!")
    except BrokenPipeError:
        pass
    finally:
        os.close(pipe)


def _stop(_signal: int, _frame: object) -> None:
    raise Stopped


def _bound(port: int) -> socket.socket | None:
    """A socket that has the port, not listening yet; None when somebody else has it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        return None
    return listener


def _say(text: str) -> int:
    print(f"loket: {text}", file=sys.stderr, flush=True)
    return 1
