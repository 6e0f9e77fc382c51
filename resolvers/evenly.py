"""An answer that says nothing by the moment it comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# Long enough for all the work behind it: the answer comes at this moment, whatever there was to do.
ANSWERED_AFTER_SECONDS = 0.25


@asynccontextmanager
async def answered_evenly() -> AsyncIterator[None]:
    """Around work that must not show by its length whether somebody is known here. Only a refusal that anyone
    would get may leave it early."""
    clock = asyncio.get_running_loop()
    answer_at = clock.time() + ANSWERED_AFTER_SECONDS
    yield
    await asyncio.sleep(max(0.0, answer_at - clock.time()))
