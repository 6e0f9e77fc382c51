"""The sandbox's folder: its data, its secrets, who holds it, and where it runs now."""

import fcntl
import json
import os
import secrets
import socket
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.postgres import Postgres
from sandbox.valkey import Valkey
from settings import SANDBOX_MARK

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("LOKET_FOLDER") or ROOT / ".loket").resolve()
MAILS = FOLDER / "mails"
_HELD = FOLDER / "state.json"
# What the environment of a sandbox may say for itself; the rest is the sandbox's own.
GIVEN = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "FILES_URL", "LOG_LEVEL", "CLAMAV_URL", "OSO_SCHEMA_DIR")

Publish = Callable[[dict[str, str]], None]


class AlreadyRunning(Exception):
    """Somebody holds this folder: a sandbox, or a command that works on its data."""


class NotOurs(Exception):
    """The folder is another user's; the message says which."""


@contextmanager
def only_one() -> Iterator[Publish]:
    """Hold the folder; yields what publishes the environment in which others may join.

    The lock goes with the process, however it ends, and what was published counts only as long as
    the lock is held: a crash leaves nothing that could mislead. Raises `AlreadyRunning`, `NotOurs`.
    """
    try:
        FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = os.open(_HELD, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise NotOurs(
            f"{FOLDER} belongs to another user; set LOKET_FOLDER to a folder of your own."
        ) from None
    with os.fdopen(opened, "r+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        held.truncate()

        def publish(environment: dict[str, str]) -> None:
            held.seek(0)
            held.write(json.dumps({"pid": os.getpid(), "environment": environment}))
            held.truncate()
            held.flush()

        try:
            yield publish
        finally:
            held.seek(0)
            held.truncate()


def is_held() -> bool:
    """Whether a sandbox, or a command on its data, has this folder now."""
    try:
        with _HELD.open() as held:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def running() -> dict[str, str] | None:
    """The environment of the sandbox that runs on this folder now, if one does."""
    if not is_held():
        return None
    try:
        return dict(json.loads(_HELD.read_text())["environment"])
    except (ValueError, FileNotFoundError):
        return None


def secret_settings() -> dict[str, str]:
    """The sandbox's own keys, made once a folder; marked, so that production refuses them."""
    kept = FOLDER / "secrets.json"
    if not kept.exists():
        made = {
            "LINK_KEY": SANDBOX_MARK + secrets.token_urlsafe(32),
            "BSN_KEYS": _marked_fernet_key(),
            "BSN_INDEX_KEY": SANDBOX_MARK + secrets.token_urlsafe(32),
        }
        new = kept.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(made))
        new.rename(kept)
    return dict(json.loads(kept.read_text()))


def _marked_fernet_key() -> str:
    """A Fernet key is base64 of 32 bytes; the mark is eight of its letters, so it holds 26 random ones."""
    return SANDBOX_MARK + urlsafe_b64encode(secrets.token_bytes(26)).decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Servers:
    """The embedded servers that are needed here: those whose address the environment does not give."""

    def __init__(self) -> None:
        self._postgres = None if os.environ.get("DATABASE_URL") else Postgres(folder=FOLDER / "postgres")
        self._valkey = None if os.environ.get("REDIS_URL") else Valkey(log_folder=FOLDER)

    @property
    def own_database(self) -> Postgres | None:
        return self._postgres

    def start(self, *, public_url: str, smtp_port: int) -> dict[str, str]:
        """Bring them up; the environment for every part of the sandbox."""
        if self._valkey is not None:
            self._valkey.launch()
        found = {
            "ENVIRONMENT": "sandbox",
            "FILES_URL": (FOLDER / "files").as_uri(),
            "PUBLIC_URL": public_url,
            "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            "LOG_LEVEL": "WARNING",
            **secret_settings(),
        }
        (FOLDER / "files").mkdir(exist_ok=True)
        if self._postgres is not None:
            urls = self._postgres.start()
            found |= {"DATABASE_URL": urls.application, "DATABASE_OWNER_URL": urls.owner}
        else:
            found["DATABASE_OWNER_URL"] = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
        if self._valkey is not None:
            self._valkey.wait()
            found["REDIS_URL"] = self._valkey.url
        return found | {name: os.environ[name] for name in GIVEN if os.environ.get(name)}

    def dead(self) -> str | None:
        """The name of a server that ended by itself."""
        if self._postgres is not None and not self._postgres.alive():
            return "PostgreSQL"
        if self._valkey is not None and not self._valkey.alive():
            return "Valkey"
        return None

    def stop(self) -> None:
        if self._valkey is not None:
            self._valkey.stop()
        if self._postgres is not None:
            self._postgres.stop()
