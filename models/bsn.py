"""The BSN at rest: encrypted, and found by a blind index under another key."""

import hashlib
import hmac
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class BsnVault:
    """Encrypts with the first key, decrypts with any, so that keys can be rotated row by row.

    `keys`: Fernet keys, newest first. `index_key`: any secret of 32 characters or more; it cannot be
    rotated without reading every BSN, which `./loket rotate-bsn-keys --index` does.
    """

    def __init__(self, *, keys: list[str], index_key: str) -> None:
        self._keys = keys
        self._index_key = index_key.encode()

    @cached_property
    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self._keys])

    def encrypt(self, *, bsn: str) -> bytes:
        return self._fernet.encrypt(bsn.encode("ascii"))

    def decrypt(self, *, encrypted: bytes) -> str:
        """Raises `UnreadableBsn` when no key fits: the keys in the settings are not those of the data."""
        try:
            return self._fernet.decrypt(bytes(encrypted)).decode("ascii")
        except InvalidToken:
            raise UnreadableBsn("no key in BSN_KEYS reads this BSN") from None

    def is_newest(self, *, encrypted: bytes) -> bool:
        """Whether it is encrypted with the first key: the others may go when all are."""
        try:
            Fernet(self._keys[0]).decrypt(bytes(encrypted))
        except InvalidToken:
            return False
        return True

    def index(self, *, bsn: str) -> str:
        """What equal BSNs share and nobody without the key can compute: 64 hexadecimal digits."""
        return hmac.new(self._index_key, bsn.encode("ascii"), hashlib.sha256).hexdigest()


class UnreadableBsn(Exception):
    """Data and keys do not belong together."""
