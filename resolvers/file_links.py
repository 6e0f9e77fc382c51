"""Links to files: short-lived, unguessable, and worth nothing without the session they were made for.

A link opens one file for one session until its time is up, on real time. It grants nothing by itself:
each use asks again what the session's account may see at that moment.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from uuid import UUID

from resolvers import clock
from resolvers.viewer import Viewer
from settings import load

LIVES = timedelta(minutes=15)
_MAC = 32
_LENGTH = 1 + 16 + 16 + 6 + _MAC


class Use(IntEnum):
    """What a link is for. A number in the link: never give one another meaning."""

    DOCUMENT = 1
    UPLOAD = 2
    SEND = 3
    EXPORT = 4


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was read and is genuine."""

    use: Use
    row_id: UUID
    session_id: UUID


def url(*, use: Use, row_id: UUID, viewer: Viewer) -> str:
    """A fresh link for this viewer's session."""
    until = int((clock.real_now() + LIVES).timestamp())
    said = bytes([use]) + row_id.bytes + viewer.session_id.bytes + until.to_bytes(6, "big")
    token = urlsafe_b64encode(said + hmac.digest(_key(), said, "sha256")).rstrip(b"=").decode()
    return f"{load().public_url.rstrip('/')}/files/{token}"


def read(*, token: str) -> Link | None:
    """What a token says, if it is ours and in time."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        return None
    if len(raw) != _LENGTH or not hmac.compare_digest(
        hmac.digest(_key(), raw[:-_MAC], "sha256"), raw[-_MAC:]
    ):
        return None
    if int.from_bytes(raw[33:39], "big") <= clock.real_now().timestamp():
        return None
    return Link(Use(raw[0]), UUID(bytes=raw[1:17]), UUID(bytes=raw[17:33]))


def _key() -> bytes:
    return hashlib.blake2b(load().link_key.encode(), person=b"loket file links", digest_size=32).digest()
