"""Values as JSON keeps them, and back: what a cursor says, and what a step came to."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID


def written(value: Any) -> Any:
    """Plain values, ids, days and moments, and lists of these."""
    if isinstance(value, list | tuple):
        return [written(one) for one in value]
    for tag, type_ in _TAGS.items():
        if isinstance(value, type_):
            return {tag: value.isoformat() if isinstance(value, date) else str(value)}
    return value


def read(kept: Any) -> Any:
    """What `written` was given; a tuple comes back as a list."""
    if isinstance(kept, list):
        return [read(one) for one in kept]
    if not isinstance(kept, dict):
        return kept
    ((tag, text),) = kept.items()
    return _READERS[tag](text)


# A datetime is a date too: it comes first.
_TAGS: dict[str, type] = {"m": datetime, "d": date, "u": UUID}
_READERS: dict[str, Callable[[str], Any]] = {"m": datetime.fromisoformat, "d": date.fromisoformat, "u": UUID}
