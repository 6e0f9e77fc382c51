"""Who is asking."""

from dataclasses import dataclass
from uuid import UUID

from rules.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in account, as its session says at this moment (a change of role bites at once)."""

    account_id: UUID
    session_id: UUID
    role: Role
    display_name: str
    region_id: UUID | None = None
    group_id: UUID | None = None
    region_code: str | None = None
    school_year_id: UUID | None = None
    primary_school_id: UUID | None = None
    secondary_school_id: UUID | None = None
    pupil_id: UUID | None = None
    school_name: str | None = None
    signed_in_region_id: UUID | None = None
    granted_school_ids: tuple[UUID, ...] = ()
    granted_kinds: tuple[str, ...] = ()
    """Of a machine: the schools and the exports that it may read."""
