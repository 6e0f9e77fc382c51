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
from settings import SettingsRefused

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ANSWERS_WITHIN = 60.0
HALF_MADE = state.FOLDER / "half-made"
"""There while the data are being made for the first time: what was cut short is begun anew."""


class Stopped(KeyboardInterrupt):
    """Somebody asked us to stop. A KeyboardInterrupt, as an event loop lets nothing else through."""


class PartEnded(Exception):
    """A part ended by itself; the message is its name."""


def run(*, port: int, pupils: int, fresh: bool) -> int:
    """Start all parts and wait; the exit status."""
    try:
        with state.only_one() as publish:
            with _listening(port) as listener:
                return Sandbox(listener=listener, pupils=pupils, fresh=fresh, publish=publish).run()
    except state.AlreadyRunning:
        at = (state.running() or {}).get("PUBLIC_URL")
        if at:
            return _say(
                f"A sandbox runs in this folder already, at {at}/dev; stop it first (Ctrl-C in its terminal)."
            )
        return _say("A sandbox starts in this folder, or a command works on its data; try again in a moment.")
    except (PostgresDidNotStart, ValkeyDidNotStart, SettingsRefused, PortTaken, state.NotOurs) as fault:
        return _say(str(fault))


class PortTaken(Exception):
    """The message says which, and what to do."""


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
        self._cleaning: list[Callable[[], object]] = []
        self._stopping = False
        self._spawning = False

    def run(self) -> int:
        for name in STOPPING:
            signal.signal(name, self._stop)
        try:
            if self._fresh and self._servers.own_database is None:
                return _say("--fresh does not empty a database that DATABASE_URL names; empty it yourself.")
            if self._fresh or HALF_MADE.exists():
                self._discard()
            self._start()
            while self._nothing_dead():
                time.sleep(0.1)
            return 1
        except PartEnded as part:
            return _say(f"{part} ended by itself, so the sandbox ends. Start it again with ./loket dev.")
        except Stopped:
            return 0
        finally:
            self._end()

    def _stop(self, _signal: int, _frame: object) -> None:
        """Once: a second signal must not cut the cleaning short. What it raises would be lost at a fork."""
        first, self._stopping = not self._stopping, True
        if first and not self._spawning:
            raise Stopped

    def _discard(self) -> None:
        """Throw away the data there is."""
        if self._servers.own_database is not None:
            self._servers.own_database.discard()
            for name in ("files", "mails"):
                shutil.rmtree(state.FOLDER / name, ignore_errors=True)

    def _start(self) -> None:
        began = time.monotonic()
        smtp_port = state.free_port()
        if self._servers.own_database is not None and not self._servers.own_database.exists():
            HALF_MADE.touch()
        self._cleaning.append(self._servers.stop)
        environment = self._servers.start(public_url=self._url, smtp_port=smtp_port)
        os.environ.update(environment)
        api = self._spawn("api", keeps=[self._listener.fileno()])
        self._listener.close()
        self._prepare(smtp_port)
        HALF_MADE.unlink(missing_ok=True)
        _tell(api)
        self._wait_for_answer()
        _tell(self._spawn("worker", keeps=[]))
        self._publish(environment)
        self._welcome(time.monotonic() - began)

    def _spawn(self, name: str, *, keeps: list[int]) -> int:
        """Start a part; the writing end of the pipe that tells it to begin."""
        hears, tells = os.pipe()
        numbers = [*keeps, hears]
        self._spawning = True
        self._parts[name] = leash.start(
            [sys.executable, "-m", "sandbox.part", name, *map(str, numbers)],
            environ={**os.environ, "PYTHONUNBUFFERED": "1"},
            folder=state.ROOT,
            keeps=numbers,
        )
        self._spawning = False
        os.close(hears)
        return tells

    def _prepare(self, smtp_port: int) -> None:
        """Migrations, the demo region where there is none, the sink: while the API is importing itself."""
        from commands import wrong_with_connecting
        from models import Region, database
        from resolvers import clock
        from sandbox import demo, smtp
        from settings import load

        load.cache_clear()
        clock.allow_moving()
        settings = load()
        if settings.trusted_documents is not None:
            from schema.trusting import try_out

            try_out(settings=settings)

        async def prepare() -> None:
            owner = settings.database_owner_url or settings.database_url
            if self._servers.own_database is None:
                wrong = await wrong_with_connecting(
                    DATABASE_URL=settings.database_url, DATABASE_OWNER_URL=owner
                )
                if wrong:
                    raise SettingsRefused(*wrong)
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
        """True; raises `PartEnded` when a part is gone, `Stopped` when we are to go."""
        if self._stopping:
            raise Stopped
        for name, process in self._parts.items():
            if process.poll() is not None:
                raise PartEnded(f"The {name}")
        dead = self._servers.dead()
        if dead is not None:
            raise PartEnded(dead)
        return True

    def _end(self) -> None:
        self._stopping = True
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


def _listening(port: int) -> socket.socket:
    """A socket that has the port; who asks early waits for the API. Raises `PortTaken`."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()
    except OSError as refused:
        listener.close()
        why = (
            "may not be used by this user"
            if isinstance(refused, PermissionError)
            else "is in use by another program"
        )
        another = port + 1 if 1024 <= port < 65535 else 8000
        raise PortTaken(f"Port {port} {why}. Choose another: ./loket dev --port {another}") from None
    return listener


def _say(text: str) -> int:
    print(f"loket: {text}", file=sys.stderr, flush=True)
    return 1
