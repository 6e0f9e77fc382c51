"""Whom a school is written to."""

from uuid import UUID

from models import Account, PrimarySchool
from rules.vocabulary import Role


async def editors_of(*, school_id: UUID | None) -> list[str]:
    """The editors of a primary school, by name; without any the school's own address. Of no school: nobody."""
    school = await PrimarySchool.get_or_none(id=school_id) if school_id is not None else None
    if school is None:
        return []
    editors = Account.filter(primary_school_id=school.id, role=Role.PO_EDITOR, active=True)
    found = [str(one) for one in await editors.order_by("username").values_list("username", flat=True)]
    return found or ([school.email] if school.email else [])
