"""Where a benchmark runs: servers of its own, and Loket's processes as production starts them."""

import asyncio
import multiprocessing
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.request import ProxyHandler, build_opener

import asyncpg
from cryptography.fernet import Fernet

from sandbox import leash, smtp
from sandbox.postgres import Postgres, Urls
from sandbox.state import ROOT, free_port
from sandbox.valkey import Valkey

STARTS_WITHIN = 60.0


@dataclass(frozen=True)
class Place:
    """Where everything runs, and the environment that API and worker get."""

    urls: Urls
    port: int
    mails: Path
    environment: Mapping[str, str]

    @property
    def path(self) -> str:
        return os.environ["PATH"]

    @property
    def log(self) -> Path:
        """Where the processes of a comparison write what they have to say."""
        return self.mails.with_name("processes.log")


@contextmanager
def servers(folder: Path, *, options: Sequence[str] = ()) -> Iterator[Place]:
    """An empty PostgreSQL, Valkey and a sink for mails; the API and the worker not yet.

    PostgreSQL is as durable as in production. `options`: more of its own, as `name=value`.
    """
    with ExitStack() as stack:
        postgres = Postgres(folder=folder / "postgres", options=options)
        valkey = Valkey(log_folder=folder)
        stack.callback(postgres.discard)
        urls = postgres.start()
        stack.callback(postgres.stop)
        redis_url = valkey.start()
        stack.callback(valkey.stop)
        smtp_port, port, mails = free_port(), free_port(), folder / "mails"
        password = secrets.token_urlsafe(18)
        environment = {
            "DATABASE_URL": _with_password(urls.application, password),
            "REDIS_URL": redis_url,
            "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            "FILES_URL": (folder / "files").as_uri(),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PORT": str(port),
            "LINK_KEY": secrets.token_urlsafe(32),
            "BSN_KEYS": Fernet.generate_key().decode(),
            "BSN_INDEX_KEY": secrets.token_urlsafe(32),
            "TRUSTED_PROXIES": "127.0.0.1",
            "LOG_LEVEL": "WARNING",
        }
        (folder / "files").mkdir()
        # Production refuses a password of the sandbox.
        asyncio.run(_set_password(urls, password))
        sink = smtp.start(folder=mails, port=smtp_port)
        stack.callback(sink.stop)
        yield Place(Urls(urls.owner, environment["DATABASE_URL"]), port, mails, environment)


def apart() -> ProcessPoolExecutor:
    """One process beside this one that began by itself, with nothing of what this one has in memory."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=1, mp_context=cast(Any, context))


@contextmanager
def measuring(*, options: Sequence[str] = ()) -> Iterator[tuple[Place, ProcessPoolExecutor]]:
    """`servers` in a folder that is gone afterwards and in this process's environment, and a process for the load."""
    with tempfile.TemporaryDirectory() as folder, servers(Path(folder), options=options) as place:
        os.environ.update({**place.environment, "ENVIRONMENT": "sandbox"})
        with apart() as loader:
            yield place, loader


def _with_password(url: str, password: str) -> str:
    scheme, _, rest = url.partition("://")
    user, place = rest.partition(":")[0], rest.rpartition("@")[2]
    return f"{scheme}://{user}:{password}@{place}"


async def _set_password(urls: Urls, password: str) -> None:
    owner = await asyncpg.connect(urls.owner)
    await owner.execute(f"ALTER ROLE loket PASSWORD '{password}'")
    await owner.close()


@contextmanager
def loket(
    place: Place, *, parts: Sequence[str] = ("serve", "worker"), **also: str
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """`./loket serve` and `./loket worker`, as production starts them. `also`: more of the environment."""
    environment = {"PATH": os.environ["PATH"], **place.environment, "ENVIRONMENT": "production", **also}
    commands: list[list[str | Path]] = [[sys.executable, ROOT / "cli.py", part] for part in parts]
    with started(*commands, environment=environment) as processes:
        if "serve" in parts:
            wait_for(f"http://127.0.0.1:{place.port}/readyz", processes)
        yield processes


@contextmanager
def started(
    *commands: Sequence[str | Path],
    environment: Mapping[str, str],
    folder: Path = ROOT,
    log: Path | None = None,
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """These programs, until the end of the block. `log`: where they write; else where we do."""
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            with nullcontext() if log is None else log.open("ab") as file:
                processes.append(leash.start(list(command), environ=environment, folder=folder, log=file))
        yield processes
    finally:
        for process in processes:
            leash.stop(process, by=signal.SIGTERM, seconds=30)


def wait_for(url: str, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Until there is an answer here. Raises `RuntimeError` when there comes none."""
    http = build_opener(ProxyHandler({}))
    until = time.monotonic() + STARTS_WITHIN
    while True:
        if any(process.poll() is not None for process in processes) or time.monotonic() > until:
            raise RuntimeError(f"nothing answers at {url}")
        try:
            http.open(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def most_memory(pid: int | str = "self") -> float:
    """The most that a process ever held, in MB. What `getrusage` says of one counts the one that began it."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def seconds_of_cpu(pid: int) -> float:
    """Of user and system together, as the kernel counts them."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
