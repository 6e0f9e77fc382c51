"""Who did what, and who read what. Rows are only ever added."""

import hashlib
import hmac
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from models import AuditEntry
from resolvers import clock
from resolvers.request import correlation_id
from resolvers.viewer import Viewer
from rules.vocabulary import Role
from settings import load

# Never in the audit in words: the field is named, and a keyed hash says whether it changed.
HASHED = frozenset(
    {
        "bsn_encrypted",
        "bsn_index",
        "eck_id",
        "sections",
        "content",
        "told",
        "reconsideration_motivation",
        "test_exemption",
        "question",
        "answer",
        "text",
        "password_hash",
    }
)
# A registration that is not confirmed goes as if it was never made: the audit, which forgets nothing, must not know.
HASHED_OF = {"LoginRequest": frozenset({"email", "birth_date"})}
LEFT_OUT = frozenset({"updated_at", "changed_at", "token_hash", "reset_token_hash", "sort_name"})


def fingerprint(value: Any) -> str:
    """A keyed hash: equal values look equal, and a short value cannot be guessed from it."""
    key = load().link_key.encode()
    return "hash:" + hmac.new(key, repr(value).encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:24]


def plain(*, name: str, value: Any, entity: str = "") -> Any:
    """A column's value as the audit keeps it."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if name in HASHED or name in HASHED_OF.get(entity, ()):
        if name == "sections" and isinstance(value, dict):
            return {section: fingerprint(content) for section, content in sorted(value.items())}
        return fingerprint(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value


def entry(
    *,
    viewer: Viewer | None,
    act: str,
    at: datetime,
    entity: str,
    entity_id: Any,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    pupil_id: UUID | None = None,
    region_id: UUID | None = None,
) -> AuditEntry:
    """One audit row, not yet written."""
    return AuditEntry(
        at=at,
        account_id=viewer.account_id if viewer else None,
        role=(viewer.role if viewer else Role.PUBLIC).value,
        act=act,
        entity=entity,
        entity_id=str(entity_id),
        pupil_id=pupil_id,
        region_id=region_id or (viewer.region_id if viewer else None),
        primary_school_id=viewer.primary_school_id if viewer else None,
        secondary_school_id=viewer.secondary_school_id if viewer else None,
        before=before,
        after=after,
        correlation_id=correlation_id.get(),
    )


async def record_read(*, viewer: Viewer, what: str, entity_id: Any, pupil_id: UUID) -> None:
    """Reading an Oki-doc, a BSN or an attachment leaves a trace (rule 26)."""
    row = entry(
        viewer=viewer,
        act=f"read.{what}",
        at=await clock.now(),
        entity=what,
        entity_id=entity_id,
        pupil_id=pupil_id,
    )
    await row.save(force_create=True)
