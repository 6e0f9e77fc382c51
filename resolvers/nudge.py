"""After a commit: tell the worker there is something to do. Nobody minds when it is not heard.

PostgreSQL holds the truth; a sweep every minute finds what a lost nudge would have told (ADR 0004).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger("loket.nudge")

_send: Callable[[str], Awaitable[object]] | None = None


def through(send: Callable[[str], Awaitable[object]] | None) -> None:
    """Who carries nudges in this process: arq's `enqueue_job` in the API, nothing where there is none."""
    global _send
    _send = send


async def nudge(job: str) -> None:
    """Ask for `job` now. Takes a second at most and never fails."""
    if _send is None:
        return
    try:
        await asyncio.wait_for(_send(job), timeout=1)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the sweep comes
        log.warning("nudge %s was not heard: %s", job, type(fault).__name__)
