"""The header `Idempotency-Key`: a step asked twice is done once.

The key is reserved before anything runs, so that two requests at the same moment do not both run.
Only documents that hold nothing but steps take part: what signs somebody in, or answers with a
secret, is never kept. What is kept of a step: `schema/done.py`.
"""

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, Protocol
from uuid import UUID

from resolvers.idempotency import Kept
from resolvers.request import correlation_id
from rules.refusal import Refusal
from schema.answers import log_bug

LONGEST_KEY = 128
WAIT_STEPS = 50
WAIT_SECONDS = 0.1


@dataclass(eq=False)
class IdempotencyKeyReused(Refusal):
    """Another body under a key that already has an answer."""

    code: ClassVar[str] = "IDEMPOTENCY_KEY_REUSED"

    @property
    def message(self) -> str:
        return "Deze Idempotency-Key hoort bij een ander verzoek. Gebruik voor elk nieuw verzoek een nieuwe."


@dataclass(eq=False)
class IdempotencyKeyBusy(Refusal):
    """The same request is still running, or was broken off and nobody knows how far it came."""

    code: ClassVar[str] = "IDEMPOTENCY_KEY_BUSY"

    @property
    def message(self) -> str:
        return (
            "Dit verzoek wordt al uitgevoerd of is afgebroken. Kijk of het gelukt is; "
            "is dat niet zo, probeer het dan opnieuw met een nieuwe Idempotency-Key."
        )


class AnswerStore(Protocol):
    """Where is kept what steps came to, in the database."""

    async def reserve(self, *, account_id: UUID, key: str, body_hash: str) -> Kept | None:
        """None: the key was free and is now yours. Otherwise what is there."""

    async def keep(self, *, account_id: UUID, key: str, answer: dict[str, Any]) -> None:
        """What the steps of the request that reserved the key came to."""

    async def release(self, *, account_id: UUID, key: str) -> None:
        """Nothing has run: the key may be used again."""


def is_key(key: str) -> bool:
    """One to 128 visible ASCII characters."""
    return 0 < len(key) <= LONGEST_KEY and all("!" <= letter <= "~" for letter in key)


class Once:
    """One request under one key."""

    def __init__(self, *, store: AnswerStore, account_id: UUID, key: str, body: bytes) -> None:
        self._store = store
        self._account_id = account_id
        self._key = key
        self._body_hash = sha256(body).hexdigest()

    async def begin(self) -> dict[str, Any] | Refusal | None:
        """What the steps came to before, a refusal, or None: go on, and then `end`."""
        for _ in range(WAIT_STEPS):
            kept = await self._store.reserve(
                account_id=self._account_id, key=self._key, body_hash=self._body_hash
            )
            if kept is None:
                return None
            if kept.body_hash != self._body_hash:
                return IdempotencyKeyReused()
            if kept.answer is not None:
                return kept.answer
            await asyncio.sleep(WAIT_SECONDS)
        return IdempotencyKeyBusy()

    async def end(self, answer: dict[str, Any]) -> None:
        """Keep it, bugs included: part of the document may have been done."""
        try:
            await self._store.keep(account_id=self._account_id, key=self._key, answer=answer)
        except Exception as bug:  # noqa: BLE001 - the step is done; its answer must still go out
            log_bug(bug, correlation_id=correlation_id.get())

    async def give_up(self) -> None:
        """Nothing has run."""
        await self._store.release(account_id=self._account_id, key=self._key)
