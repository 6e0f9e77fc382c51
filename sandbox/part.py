"""One part of the sandbox in a process of its own: makes itself ready, begins when it is told to.

    python -m sandbox.part api SOCKET GO
    python -m sandbox.part worker GO

GO is the reading end of a pipe: one byte says begin, its end says that the supervisor is gone. So what
takes long, importing, happens while the database is made ready.
"""

import asyncio
import os
import socket
import sys


def api(listener: int, go: int) -> int:
    """The API on a socket that the supervisor has bound."""
    import uvicorn

    import asgi

    server = uvicorn.Server(
        uvicorn.Config(
            asgi.application(),
            access_log=False,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
    )
    if not _told(go):
        return 1
    server.run(sockets=[socket.socket(fileno=listener)])
    return 0 if server.started else 3


def worker(go: int) -> int:
    """The worker of production, with the clock that moves."""
    import logs
    from resolvers import clock
    from settings import load
    from workers import main

    settings = load()
    logs.configure(level=settings.log_level)
    clock.allow_moving()
    if not _told(go):
        return 1
    asyncio.run(main.run(settings))
    return 0


def _told(go: int) -> bool:
    with os.fdopen(go, "rb") as pipe:
        return bool(pipe.read(1))


def run(*given: str) -> int:
    """The part that is named; the exit status."""
    import logging

    from settings import SettingsRefused

    # The supervisor says it in a sentence when the database is gone.
    logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)
    try:
        match given:
            case ["api", listener, go]:
                return api(int(listener), int(go))
            case ["worker", go]:
                return worker(int(go))
    except SettingsRefused:
        return 2  # The supervisor reads the same settings and says it.
    raise ValueError(given)


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:]))
