"""Loket as people start it: processes of their own, in a folder and on a port of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import psutil

from sandbox.state import free_port

ROOT = Path(__file__).resolve().parents[2]
BEGINS_WITHIN = 120.0
ENDS_WITHIN = 60.0

_http = build_opener(ProxyHandler({}))


class Process:
    """One command of the launcher's program, or of another; what it says is kept."""

    def __init__(
        self,
        *command: str,
        log: Path,
        environment: Mapping[str, str],
        program: tuple[str, ...] = ("cli.py",),
    ) -> None:
        self._log = log
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, *program, *command],
                cwd=ROOT,
                # Nothing of what this test run has around it.
                env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **environment},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def says(self, words: str) -> None:
        """Wait until it has said so."""
        until = time.monotonic() + BEGINS_WITHIN
        while words not in self.said():
            assert self.runs, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.02)

    def tell(self, number: signal.Signals, *, group: bool = False) -> None:
        """Send a signal; a terminal sends its own to the whole `group`."""
        (os.killpg if group else os.kill)(self.pid, number)

    def ended(self) -> int:
        """Wait until it ended; its status."""
        return self._process.wait(timeout=ENDS_WITHIN)


class Dev:
    """`./loket dev` on one folder, again and again."""

    def __init__(self, *, folder: Path, **environment: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: Process | None = None
        self._known: set[psutil.Process] = set()
        self._environment = {**environment, "LOKET_FOLDER": str(folder / "loket")}

    def begin(self, *options: str, program: tuple[str, ...] = ("cli.py",)) -> Process:
        """Start it, and do not wait."""
        command = ("dev", "--port", str(self.port), *options)
        self.process = Process(
            *command, log=self.folder / "said.log", environment=self._environment, program=program
        )
        return self.process

    def down(self) -> "Dev":
        """Not running, whatever was before."""
        if self.process is not None and self.process.runs:
            self.process.tell(signal.SIGTERM)
            self.process.ended()
        return self

    def up(self) -> "Dev":
        """Running and ready, whatever was before."""
        if self.process is None or not self.process.runs:
            self.begin("--pupils", "100").says("Ctrl-C stops everything.")
        self.processes()
        return self

    def processes(self) -> list[psutil.Process]:
        """Every living process that was started on this folder, by whomever."""
        if self.process is not None and self.process.runs:
            self._known |= {*psutil.Process(self.process.pid).children(recursive=True)}
        self._known |= {one for one in psutil.process_iter() if self._is_ours(one)}
        return [one for one in self._known if _lives(one)]

    def part(self, *words: str) -> psutil.Process:
        """The first of our processes with these words in its command line."""
        found = [one for one in self.processes() if all(word in " ".join(one.cmdline()) for word in words)]
        return min(found, key=lambda one: (one.create_time(), one.pid))

    def clear(self) -> None:
        """End whatever a test that failed left running."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def _is_ours(self, process: psutil.Process) -> bool:
        """By its environment or its folder, also where whoever started it is gone."""
        with suppress(psutil.Error):
            ours = self._environment["LOKET_FOLDER"]
            return bool(process.environ().get("LOKET_FOLDER") == ours or process.cwd().startswith(ours))
        return False


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def asked(address: str, body: bytes | Any = None, *, token: str | None = None) -> tuple[int, Any]:
    """GET, or POST of a body: status and answer, as JSON where it is that."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with _http.open(Request(address, content, headers), timeout=30) as answer:
            status, text = answer.status, answer.read()
    except HTTPError as refused:
        status, text = refused.code, refused.read()
    with suppress(ValueError):
        return status, json.loads(text)
    return status, text.decode(errors="replace")


def tokens_of(mails: list[dict[str, Any]], number: str) -> Iterator[str]:
    """The tokens in the links of the mails about one ELK number, the newest first."""
    for mail in mails:
        if number in mail["text"]:
            yield mail["text"].partition("token=")[2].split()[0]
