"""Settings for a command: the environment's own, else those of the sandbox in this folder."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox import state
from sandbox.postgres import Postgres, PostgresDidNotStart
from sandbox.valkey import ValkeyDidNotStart
from settings import SettingsRefused, load

WAITS = 120.0


@contextmanager
def environment_of_sandbox() -> Iterator[None]:
    """With DATABASE_URL or ENVIRONMENT set: nothing. Else the running sandbox's, or that of its servers,
    started for as long as this lasts. Raises `SettingsRefused` when there is no sandbox either.
    """
    if os.environ.get("DATABASE_URL") or os.environ.get("ENVIRONMENT"):
        yield
        return
    until = time.monotonic() + WAITS
    while True:
        found = state.running()
        if found is not None:
            _take(found)
            yield
            return
        if not Postgres(folder=state.FOLDER / "postgres").exists():
            raise SettingsRefused(
                "DATABASE_URL: is not set, and there is no sandbox here: ./loket dev makes one"
            )
        try:
            with state.only_one():
                yield from _with_own_servers()
                return
        except state.AlreadyRunning:
            # A sandbox that is starting, or another command: it is over or to be joined in a moment.
            if time.monotonic() > until:
                raise SettingsRefused(
                    "Another command holds the sandbox's data; wait until it is done"
                ) from None
            time.sleep(0.2)


def _with_own_servers() -> Iterator[None]:
    servers = state.Servers()
    try:
        _take(servers.start(public_url="http://127.0.0.1:8000", smtp_port=9))
        yield
    except (PostgresDidNotStart, ValkeyDidNotStart) as fault:
        raise SettingsRefused(f"DATABASE_URL: is not set, and the sandbox does not start: {fault}") from None
    finally:
        servers.stop()


def _take(environment: dict[str, str]) -> None:
    os.environ.update(environment)
    load.cache_clear()
