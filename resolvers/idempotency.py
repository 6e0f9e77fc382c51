"""What steps came to, kept under the header `Idempotency-Key`, so that a step asked twice is done once.

The key is reserved before the step runs and never given out again, not even when the process dies in
between: whether the step was saved is then for a person to look up, and not for us to guess.

No word that a client selected is kept. What a step itself says, such as the report of a dossier, may hold something
of a child: it is kept sealed.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from cryptography.fernet import Fernet, InvalidToken
from tortoise.exceptions import IntegrityError

from models import IdempotencyKey
from resolvers.clock import real_now
from settings import load


@dataclass(frozen=True, slots=True)
class Kept:
    """What is there under a key; nothing yet while the first request runs."""

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
            return Kept(row.body_hash, _opened(row.answer)) if row else Kept(body_hash, None)
        return None

    async def keep(self, *, account_id: UUID, key: str, answer: dict[str, Any]) -> None:
        """What the steps of the request that reserved the key came to."""
        sealed = _seal().encrypt(json.dumps(answer).encode()).decode()
        await IdempotencyKey.filter(account_id=account_id, key=key).update(answer={"sealed": sealed})

    async def release(self, *, account_id: UUID, key: str) -> None:
        """Nothing has run: the key may be used again."""
        await IdempotencyKey.filter(account_id=account_id, key=key, answer__isnull=True).delete()


def _opened(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    """What was kept; nothing when it was sealed with another key, as if nobody knew how far it came."""
    if kept is None:
        return None
    try:
        answer: dict[str, Any] = json.loads(_seal().decrypt(kept["sealed"]))
    except InvalidToken:
        return None
    return answer


def _seal() -> Fernet:
    key = hashlib.blake2b(load().link_key.encode(), person=b"loket outcomes", digest_size=32).digest()
    return Fernet(urlsafe_b64encode(key))
