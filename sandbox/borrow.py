"""Settings for a command: the environment's own, else those of the sandbox in this folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox import state
from settings import load


@contextmanager
def environment_of_sandbox() -> Iterator[None]:
    """With DATABASE_URL set: nothing. Else the running sandbox's; else its servers, for as long as this lasts."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    found = state.running()
    if found is not None:
        os.environ.update(found["environment"])
        load.cache_clear()
        yield
        return
    with state.only_one():
        servers = state.Servers()
        try:
            os.environ.update(servers.start(port=8000, smtp_port=9))
            load.cache_clear()
            yield
        finally:
            servers.stop()
