"""The same step for a selection of pupils: each by itself, with an answer for each."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from resolvers.handling import draw_out_pupil, place_pupil
from resolvers.viewer import Viewer
from rules.input import wrong_at
from rules.refusal import Refusal, Refusals

MOST = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one pupil, by what it was called: without a refusal the step was done."""

    pupil: str
    refusal: Refusal | None = None


async def place_pupils(*, viewer: Viewer, pupils: Mapping[str, UUID], department_id: UUID) -> list[Outcome]:
    """Rule 28 for each of these, in their order, while there are seats. Raises `InvalidValue` for too many."""

    async def place(pupil_id: UUID) -> UUID:
        return await place_pupil(
            viewer=viewer, pupil_id=pupil_id, department_id=department_id, track=None, profile=None
        )

    return await _each(pupils, place)


async def draw_out_pupils(*, viewer: Viewer, pupils: Mapping[str, UUID]) -> list[Outcome]:
    """Rule 30 for each of these, in their order. Raises `InvalidValue` for too many."""

    async def draw_out(pupil_id: UUID) -> UUID:
        return await draw_out_pupil(viewer=viewer, pupil_id=pupil_id)

    return await _each(pupils, draw_out)


async def _each(pupils: Mapping[str, UUID], step: Callable[[UUID], Awaitable[UUID]]) -> list[Outcome]:
    if not 0 < len(pupils) <= MOST:
        raise wrong_at("pupil_ids", reason=f"Kies 1 tot {MOST} leerlingen.")
    found = []
    for pupil, pupil_id in pupils.items():
        try:
            await step(pupil_id)
            found.append(Outcome(pupil))
        except Refusal as refusal:
            found.append(Outcome(pupil, refusal))
        except Refusals as refusals:
            found.append(Outcome(pupil, refusals.refusals[0]))
    return found
