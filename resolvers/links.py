"""The tokens in links of mails (rules 9 and 14, ADR 0004).

A token is kept nowhere. It is an HMAC of the row it opens and that row's sequence, under a key of its
own: the mail worker computes the same one for a repeat, a new sequence makes another, and the database
holds only a hash to look it up by.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Literal
from uuid import UUID

from settings import load

Purpose = Literal["parent_login", "password_reset", "login_request", "staff_invite"]


def token(*, purpose: Purpose, row_id: UUID, sequence: int) -> str:
    """The token that opens this row for this purpose: 256 bits, 43 characters fit for a URL."""
    said = f"{purpose}:{row_id}:{sequence}".encode()
    return urlsafe_b64encode(hmac.digest(_key(), said, "sha256")).rstrip(b"=").decode()


def digest(token: str) -> str:
    """What the database keeps of a token. It has 256 bits of its own: a plain hash cannot be reversed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _key() -> bytes:
    return hashlib.blake2b(load().link_key.encode(), person=b"loket mail links", digest_size=32).digest()
