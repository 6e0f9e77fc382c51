"""Trusted documents: operations that portals registered, parsed and validated once, when Loket starts.

A manifest is a JSON object of documents by the SHA-256 of their text, as client tooling writes it
(`{"sha256:1f0c…": "query Start { … }"}`; the prefix may be left out). A request names one in `documentId`
instead of sending `query`; a role runs those that are valid in its own schema and knows of no others.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from rules.vocabulary import Role
from schema.build import Schemas
from schema.execution import BadRequest, Documents
from schema.scalars import is_clean
from settings import Settings, SettingsRefused

_ID = re.compile("(?:sha256:)?([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Trusted:
    """The texts by their digest; `only` when no other document is to run."""

    texts: Mapping[bytes, str] = field(default_factory=dict)
    only: bool = False

    def documents(self, *, schemas: Schemas) -> Mapping[Role, Documents]:
        """The documents of each role, these in them. Raises SettingsRefused for one that no role can run."""
        found = {role: Documents(schema) for role, schema in schemas.items()}
        useless = [digest for digest, text in self.texts.items() if not taken(text=text, by=found).roles]
        if useless:
            # Not why: a document may hold anything, and this is logged.
            raise _refused(
                *(f"{id_of(digest)} is valid for no role; ./loket trusted says why" for digest in useless)
            )
        return found


NONE = Trusted()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a document: who can run it, and what is wrong with it for whom."""

    roles: list[Role] = field(default_factory=list)
    errors: dict[str, list[Role]] = field(default_factory=dict)


def of(settings: Settings) -> Trusted:
    """What these settings trust. In the sandbox every document runs: its explorer sends what people type."""
    if settings.trusted_documents is None:
        return NONE
    only = settings.trusted_documents_only and settings.environment != "sandbox"
    return Trusted(texts=read(path=Path(settings.trusted_documents)), only=only)


def read(*, path: Path) -> Mapping[bytes, str]:
    """The texts of a manifest by their digest. Raises SettingsRefused with every mistake."""
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as wrong:
        raise _refused(f"cannot be read as JSON ({type(wrong).__name__})") from None
    if not isinstance(manifest, dict) or not manifest:
        raise _refused("is not a JSON object of documents by their id")
    wrong_places = [
        place
        for place, (id_, text) in enumerate(manifest.items(), start=1)
        if not isinstance(text, str) or not is_clean(text) or digest_of(id_) != digest(text)
    ]
    if wrong_places:
        raise _refused(
            *(f"document {place} does not stand under the SHA-256 of its text" for place in wrong_places)
        )
    return {digest(text): text for text in manifest.values()}


def taken(*, text: str, by: Mapping[Role, Documents]) -> Taken:
    """Offer a document to every role; those that can run it keep it."""
    became = Taken()
    for role, documents in by.items():
        try:
            documents.trust(text=text)
            became.roles.append(role)
        except BadRequest as bad:
            for said in dict.fromkeys(error.message for error in bad.errors):
                became.errors.setdefault(said, []).append(role)
    return became


def digest(text: str) -> bytes:
    """The SHA-256 of a text."""
    return sha256(text.encode()).digest()


def id_of(digest: bytes) -> str:
    """What a request names a document by."""
    return f"sha256:{digest.hex()}"


def digest_of(id_: str) -> bytes:
    """The digest that an id names; what is no such id names nothing, which no document is."""
    found = _ID.fullmatch(id_)
    return bytes.fromhex(found[1]) if found else b""


def _refused(*mistakes: str) -> SettingsRefused:
    return SettingsRefused(*(f"TRUSTED_DOCUMENTS: {said}" for said in mistakes))
