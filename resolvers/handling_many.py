"""The same step for a selection of pupils: each by itself, with an answer for each."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from resolvers.handling import draw_out_pupil, place_pupil
from resolvers.viewer import Viewer
from rules.input import wrong_at
from rules.refusal import Refusal, Refusals

MOST = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one pupil: without a code the step was done."""

    pupil_id: UUID
    code: str | None = None
    message: str = ""


async def place_pupils(*, viewer: Viewer, pupil_ids: Sequence[UUID], department_id: UUID) -> list[Outcome]:
    """Rule 28 for each of these, in their order, while there are seats. Raises `InvalidValue` for too many."""

    async def place(pupil_id: UUID) -> UUID:
        return await place_pupil(
            viewer=viewer, pupil_id=pupil_id, department_id=department_id, track=None, profile=None
        )

    return await _each(pupil_ids, place)


async def draw_out_pupils(*, viewer: Viewer, pupil_ids: Sequence[UUID]) -> list[Outcome]:
    """Rule 30 for each of these, in their order. Raises `InvalidValue` for too many."""

    async def draw_out(pupil_id: UUID) -> UUID:
        return await draw_out_pupil(viewer=viewer, pupil_id=pupil_id)

    return await _each(pupil_ids, draw_out)


async def _each(pupil_ids: Sequence[UUID], step: Callable[[UUID], Awaitable[UUID]]) -> list[Outcome]:
    chosen = list(dict.fromkeys(pupil_ids))
    if not 0 < len(chosen) <= MOST:
        raise wrong_at("pupil_ids", reason=f"Kies 1 tot {MOST} leerlingen.")
    found = []
    for pupil_id in chosen:
        try:
            await step(pupil_id)
            found.append(Outcome(pupil_id))
        except Refusal as refusal:
            found.append(Outcome(pupil_id, refusal.code, refusal.message))
        except Refusals as refusals:
            found.append(Outcome(pupil_id, refusals.refusals[0].code, refusals.refusals[0].message))
    return found
