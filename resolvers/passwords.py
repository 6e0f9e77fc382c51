"""Passwords: argon2id, off the event loop, and the same work whether or not there is one to compare."""

import asyncio
import logging
import os
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from math import ceil
from typing import TypeVar

from prometheus_client import Gauge
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from rules import passwords as rule
from rules.sign_in import SignInBusy
from settings import load

log = logging.getLogger("loket.passwords")

WAITING = Gauge(
    "loket_password_hashes_waiting",
    "Password hashes asked for and not yet made.",
    multiprocess_mode="livesum",
)

# 46 MiB and two passes: some 60 ms on one core of a server of 2026.
MEMORY_KIB = 46 * 1024
PASSES = 2
# Half the cores hash, the others answer.
WORKERS = max(1, (os.cpu_count() or 2) // 2)
# Whoever would wait longer is told at once to come back: work for people who have given up helps nobody in.
LONGEST_WAIT = 6.0
# How fast what was measured last weighs in.
NEW_WEIGHS = 0.2

R = TypeVar("R")

_waiting = 0
# Seconds that a hash takes here and now: on a busy machine the same queue is a longer wait.
_takes = 0.06


async def hashed(*, password: str) -> str:
    """The hash to keep of a new password. Raises `SignInBusy`, as `matches` does."""
    return await _off_the_loop(lambda: _hasher().hash(_bytes(password)))


async def matches(*, password: str, stored: str | None) -> bool:
    """Whether this is the password. Without a stored one it takes as long and is never right.

    Raises `SignInBusy` when so many wait that the answer would take longer than people do.
    """
    return await _off_the_loop(lambda: _matches(password, stored))


def is_outdated(*, stored: str) -> bool:
    """Made with other parameters than today's: to be made anew at a sign-in."""
    return _hasher().check_needs_rehash(stored)


async def check(*, password: str, names: tuple[str, ...]) -> None:
    """Raises `PasswordTooWeak`. `names`: what the owner is called; the list is read off the loop once."""
    common = await asyncio.to_thread(_breached)
    rule.check(password=password, names=names, breached=common)


def _matches(password: str, stored: str | None) -> bool:
    try:
        right = _hasher().verify(_bytes(password), stored or _nobodys())
    except UnknownHashError:
        log.error("a stored password hash is not argon2")
        return False
    return right and stored is not None


async def _off_the_loop(work: Callable[[], R]) -> R:
    global _waiting
    wait = _waiting * _takes / WORKERS
    if wait >= LONGEST_WAIT:
        raise SignInBusy(retry_after_seconds=max(1, ceil(wait)))
    _waiting += 1
    WAITING.set(_waiting)
    try:
        return await asyncio.get_running_loop().run_in_executor(_pool(), _timed, work)
    finally:
        _waiting -= 1
        WAITING.set(_waiting)


def _timed(work: Callable[[], R]) -> R:
    global _takes
    began = time.perf_counter()
    try:
        return work()
    finally:
        _takes += (time.perf_counter() - began - _takes) * NEW_WEIGHS


def _bytes(password: str) -> bytes:
    """One spelling: a phone writes é as one letter, a laptop as two (NFC)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="passwords")


@cache
def _hasher() -> Argon2Hasher:
    if load().environment == "test":
        return Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)
    return Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)


@cache
def _nobodys() -> str:
    """A hash of nothing anybody can type, to compare with where there is none."""
    return _hasher().hash(os.urandom(32))


@cache
def _breached() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

    return rule.known_words(FREQUENCY_LISTS["passwords"])
