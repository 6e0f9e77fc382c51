"""Answers kept under the header `Idempotency-Key`, so that a step asked twice is done once.

The key is reserved before the step runs and never given out again, not even when the process dies in
between: whether the step was saved is then for a person to look up, and not for us to guess.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from models import IdempotencyKey
from resolvers.clock import real_now


@dataclass(frozen=True, slots=True)
class Kept:
    """What is there under a key; no answer yet while the first request runs."""

    body_hash: str
    answer: dict[str, Any] | None


class Answers:
    """The table of answers."""

    async def reserve(self, *, account_id: UUID, key: str, body_hash: str) -> Kept | None:
        """None: the key was free and is now this request's. Otherwise what is there."""
        try:
            await IdempotencyKey.create(
                id=uuid4(), account_id=account_id, key=key, body_hash=body_hash, created_at=real_now()
            )
        except IntegrityError:
            row = await IdempotencyKey.get_or_none(account_id=account_id, key=key)
            # Released between the two statements: the next try has it.
            return Kept(row.body_hash, row.answer) if row else Kept(body_hash, None)
        return None

    async def keep(self, *, account_id: UUID, key: str, answer: dict[str, Any]) -> None:
        """The answer to the request that reserved the key."""
        await IdempotencyKey.filter(account_id=account_id, key=key).update(answer=answer)

    async def release(self, *, account_id: UUID, key: str) -> None:
        """Nothing has run: the key may be used again."""
        await IdempotencyKey.filter(account_id=account_id, key=key, answer__isnull=True).delete()
