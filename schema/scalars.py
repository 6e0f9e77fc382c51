"""Ids, texts and moments as they come in and go out."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

NOWHERE = UUID(int=0)
"""The id of nothing: what an id that cannot exist becomes, so that it is simply not found."""


def uuid_of(given: str) -> UUID:
    """An id of a client as a UUID. Only the one canonical spelling is an id."""
    try:
        read = UUID(given)
    except ValueError:
        return NOWHERE
    return read if str(read) == given.lower() else NOWHERE


def is_clean(text: str) -> bool:
    """No null byte (PostgreSQL cannot keep it) and no half of a surrogate pair (nobody can)."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


class BadValue(GraphQLError):
    """A text that is none of ours; `hint` says in Dutch what belongs there."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint


def _read_moment(given: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
        if moment.tzinfo is not None:
            return moment
    except (TypeError, ValueError):
        pass
    raise BadValue("Geef datum en tijd met tijdzone, zoals 2026-02-09T09:00:00+01:00.")


def _write_moment(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("A moment without offset must not leave the house.")
    return moment.isoformat()


def _read_day(given: Any) -> date:
    try:
        if len(given) == 10:
            return date.fromisoformat(given)
    except (TypeError, ValueError):
        pass
    raise BadValue("Geef een datum als jjjj-mm-dd, zoals 2014-05-31.")


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="Een moment met tijdzone (ISO 8601), zoals 2026-02-09T09:00:00+01:00.",
        serialize=_write_moment,
        parse_value=_read_moment,
    ),
    date: strawberry.scalar(
        name="Date",
        description="Een datum als jjjj-mm-dd (ISO 8601).",
        serialize=date.isoformat,
        parse_value=_read_day,
    ),
}
