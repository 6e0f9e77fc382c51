"""The sandbox's folder: its data, its secrets, and where it runs now."""

import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from sandbox.postgres import Postgres
from sandbox.valkey import Valkey
from settings import SANDBOX_MARK

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".loket"
MAILS = FOLDER / "mails"
STATE = FOLDER / "state.json"


class AlreadyRunning(Exception):  # noqa: N818
    """A sandbox runs on this folder already."""


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the folder; the lock goes with the process, however it ends. Raises `AlreadyRunning`."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        yield


def secret_settings() -> dict[str, str]:
    """The sandbox's own keys, made once a folder; marked, so that production refuses them."""
    kept = FOLDER / "secrets.json"
    if not kept.exists():
        made = {
            "LINK_KEY": SANDBOX_MARK + secrets.token_urlsafe(32),
            "BSN_KEYS": Fernet.generate_key().decode(),
            "BSN_INDEX_KEY": SANDBOX_MARK + secrets.token_urlsafe(32),
        }
        kept.write_text(json.dumps(made))
        kept.chmod(0o600)
    return dict(json.loads(kept.read_text()))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Servers:
    """The embedded servers that are needed here: those whose address the environment does not give."""

    def __init__(self) -> None:
        self.postgres = None if os.environ.get("DATABASE_URL") else Postgres(folder=FOLDER / "postgres")
        self.valkey = None if os.environ.get("REDIS_URL") else Valkey(log_folder=FOLDER)

    def start(self, *, port: int, smtp_port: int) -> dict[str, str]:
        """Bring them up; the environment for every part of the sandbox."""
        found: dict[str, str] = {
            "ENVIRONMENT": "sandbox",
            "FILES_URL": f"file://{FOLDER / 'files'}",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            "LOG_LEVEL": "WARNING",
            **secret_settings(),
        }
        (FOLDER / "files").mkdir(exist_ok=True)
        if self.postgres is not None:
            urls = self.postgres.start()
            found |= {"DATABASE_URL": urls.application, "DATABASE_OWNER_URL": urls.owner}
        else:
            found["DATABASE_OWNER_URL"] = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
        if self.valkey is not None:
            found["REDIS_URL"] = self.valkey.start()
        given = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "FILES_URL", "LOG_LEVEL", "CLAMAV_URL", "OSO_SCHEMA_DIR")
        return found | {name: os.environ[name] for name in given if os.environ.get(name)}

    def dead(self) -> str | None:
        """The name of a server that ended by itself."""
        if self.postgres is not None and not self.postgres.alive():
            return "PostgreSQL"
        if self.valkey is not None and not self.valkey.alive():
            return "Valkey"
        return None

    def stop(self) -> None:
        if self.valkey is not None:
            self.valkey.stop()
        if self.postgres is not None:
            self.postgres.stop()


def write_state(environment: dict[str, str]) -> None:
    STATE.write_text(json.dumps({"pid": os.getpid(), "environment": environment}))
    STATE.chmod(0o600)


def running() -> dict[str, Any] | None:
    """The state of the sandbox that runs on this folder now, if one does."""
    try:
        with only_one():
            return None
    except AlreadyRunning:
        return dict(json.loads(STATE.read_text())) if STATE.exists() else None
