"""What the steps of a document came to, kept under an `Idempotency-Key`.

Kept is what a step itself answered: the id of what it was about, or its refusals. What the client selected
is not kept: it is read again each time, as far as the viewer reaches at that moment, and leaves the same
trace of reading.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from resolvers import left
from resolvers.viewer import Viewer
from rules.refusal import Refusal
from rules.steps import NotFound
from schema.answers import MASKED, ClientError
from schema.context import Info
from schema.errors import RefusalTypes, UserError
from schema.idempotency import IdempotencyKeyBusy
from schema.plain import read, written


@dataclass(frozen=True, slots=True)
class Keep:
    """How the result of a step is kept, where it is no id: as plain values, from which it is found again."""

    put: Callable[[Any], Any]
    take: Callable[[Info, Any], Awaitable[Any]]


async def _itself(_info: Info, kept: Any) -> Any:
    return kept


ID = Keep(put=lambda result: result, take=_itself)


@dataclass(slots=True)
class Outcome:
    """A step that ran: its result, or its refusals and perhaps what is there now; which entities were shown."""

    result: Any
    errors: list[UserError]
    shown: list[str] = field(default_factory=list)


def put(outcome: Outcome, *, keep: Keep, refusals: RefusalTypes) -> dict[str, Any]:
    return {
        "result": None if outcome.result is None else written(keep.put(outcome.result)),
        "errors": [refusals.put(error) for error in outcome.errors],
        "shown": outcome.shown,
    }


def bug(correlation_id: str) -> dict[str, Any]:
    """A step that broke off: half of it may be done."""
    return {"bug": correlation_id}


async def take(info: Info, kept: Mapping[str, Any] | None, *, keep: Keep, refusals: RefusalTypes) -> Outcome:
    """The step as it ended. Raises `IdempotencyKeyBusy` where nobody knows, and the bug that it ended in."""
    if kept is None:
        raise IdempotencyKeyBusy()
    if "bug" in kept:
        number = kept["bug"]
        raise ClientError(MASKED.format(number), code="INTERNAL", correlationId=number)
    result = None if kept["result"] is None else await keep.take(info, read(kept["result"]))
    errors = [refusals.take(error, role=info.context.role) for error in kept["errors"]]
    return Outcome(result, errors, list(kept["shown"]))


async def lost(
    outcome: Outcome, *, viewer: Viewer | None, about: UUID | None, shows: Iterable[str]
) -> Refusal | None:
    """The refusal of the step itself, where it now would find nothing.

    `about`: the pupil that it names. `shows`: the entities that are there now.
    """
    missing = not set(outcome.shown) <= set(shows)
    if not missing and not outcome.errors:
        return None
    if about is not None:
        refusal = await left.out_of_reach(viewer=cast(Viewer, viewer), pupil_id=about)
        if refusal is not None:
            return refusal
    return NotFound() if missing else None
