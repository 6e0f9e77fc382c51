"""The one place that reads a clock.

Two clocks: the procedure's (periods, expiry of links in mails, retries of mails), which the sandbox
may move, and real time (sessions, leases, rate limits, file links).
"""

from datetime import UTC, datetime, timedelta

from models import ClockOffset

_stands_at: datetime | None = None
_movable = False


def real_now() -> datetime:
    return datetime.now(UTC)


async def now() -> datetime:
    """The procedure's moment. In the sandbox one small row says how far it is from real time."""
    if _stands_at is not None:
        return _stands_at
    if not _movable:
        return real_now()
    row = await ClockOffset.get_or_none(id=1)
    return real_now() + timedelta(seconds=row.offset_seconds if row else 0)


def allow_moving() -> None:
    """The sandbox calls this at start; production never does."""
    global _movable
    _movable = True


async def move(*, to: datetime) -> None:
    """Sandbox only: from now on the procedure's clock runs on from `to`, for every process."""
    if not _movable:
        raise RuntimeError("only the sandbox moves the clock")
    offset = (to - real_now()).total_seconds()
    await ClockOffset.update_or_create(id=1, defaults={"offset_seconds": offset})


def stand_still(*, at: datetime | None) -> None:
    """Tests only: time stands at `at` for this process; None lets it run again."""
    global _stands_at
    _stands_at = at
