"""What a secondary school does with an enrolment, one mutation a step."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from resolvers import handling, handling_many
from resolvers.handling_many import Outcome
from resolvers.viewer import Viewer
from rules.vocabulary import PriorityDecision, Role
from schema.context import Info
from schema.errors import UserError
from schema.mutation import Mutations, stated
from schema.pupil import Pupil
from schema.pupil_steps import shown
from schema.refusals import REFUSALS
from schema.scalars import NOWHERE, uuid_of
from schema.visibility import Roles, input_type, output_type, seen_by

VO: Roles = frozenset({Role.VO_STAFF})
PUPIL = {"pupil": Pupil}

PriorityDecisionEnum = strawberry.enum(PriorityDecision, description="GRANT: toekennen. REJECT: afwijzen.")
mutations = Mutations(REFUSALS)


@input_type("Uw besluit over de voorrang. De ouders krijgen er een mail over.")
class DecidePriorityInput:
    pupil_id: strawberry.ID = seen_by(VO, description="De leerling.")
    decision: PriorityDecision = seen_by(VO, description="Toekennen of afwijzen.")


@input_type("Waar de leerling wordt geplaatst.")
class PlacePupilInput:
    pupil_id: strawberry.ID = seen_by(VO, description="De leerling.")
    department_id: strawberry.ID = seen_by(VO, description="De afdeling van uw school.")
    track: str | None = seen_by(VO, description="De richting, ten hoogste 80 tekens.", default=None)
    profile: str | None = seen_by(VO, description="Het profiel, ten hoogste 80 tekens.", default=None)


@input_type("Welke leerling is uitgeloot.")
class DrawOutPupilInput:
    pupil_id: strawberry.ID = seen_by(VO, description="De leerling.")


@input_type("Van welke leerling de status wordt teruggezet.")
class UndoPlacementInput:
    pupil_id: strawberry.ID = seen_by(VO, description="De leerling.")


@input_type("Naar welke school van de voorkeurslijst de leerling gaat.")
class ReassignInput:
    pupil_id: strawberry.ID = seen_by(VO, description="De leerling.")
    school_id: strawberry.ID = seen_by(VO, description="De school, op plaats 2 of lager van de lijst.")
    department_id: strawberry.ID = seen_by(VO, description="De afdeling die daar op de lijst staat.")


@input_type("Dat u meer tijd nodig heeft, en wanneer u dat aan de ouders heeft verteld.")
class DeferDecisionInput:
    pupil_id: strawberry.ID = seen_by(VO, description="De leerling.")
    parents_informed_at: datetime | None = seen_by(
        VO,
        description="Wanneer u de ouders heeft gesproken. Verplicht; `null` haalt het uitstel weg.",
        default=strawberry.UNSET,
    )


@input_type("Waarom de leerling niet bij u geplaatst kan worden.")
class RegisterNotPlaceableInput:
    pupil_id: strawberry.ID = seen_by(VO, description="De leerling.")
    explanation: str = seen_by(VO, description="De toelichting. Zij wordt vastgelegd, en staat in geen mail.")


@input_type("Waarom de leerling niet komt.")
class WithdrawPupilInput:
    pupil_id: strawberry.ID = seen_by(VO, description="De leerling.")
    reason: str = seen_by(VO, description="De reden. Zij wordt vastgelegd, en staat in geen mail.")


@input_type("Welke leerlingen u plaatst, en waar.")
class PlacePupilsInput:
    pupil_ids: list[strawberry.ID] = seen_by(VO, description="De leerlingen, ten hoogste 100.")
    department_id: strawberry.ID = seen_by(VO, description="De afdeling van uw school.")


@input_type("Welke leerlingen zijn uitgeloot.")
class DrawOutPupilsInput:
    pupil_ids: list[strawberry.ID] = seen_by(VO, description="De leerlingen, ten hoogste 100.")


@output_type("Wat er met een van de gekozen leerlingen is gebeurd.")
class HandledPupil:
    pupil_id: strawberry.ID = seen_by(VO, description="De leerling.")
    code: str | None = seen_by(
        VO, description="Waarom het niet kon, voor programma's; leeg als het is gelukt."
    )
    message: str = seen_by(VO, description="Waarom het niet kon, in gewone taal; leeg als het is gelukt.")
    error: UserError | None = seen_by(
        VO, description="Waarom het niet kon, met de gegevens erbij; leeg als het is gelukt."
    )


def _chosen(pupil_ids: list[str]) -> dict[str, UUID]:
    """Each pupil once, as it was given. What is no id is nobody's, and its own alone."""
    given: dict[Any, str] = {}
    for one in pupil_ids:
        pupil_id = uuid_of(one)
        given.setdefault(one if pupil_id == NOWHERE else pupil_id, one)
    return {one: uuid_of(one) for one in given.values()}


async def place_pupils(*, viewer: Viewer, pupil_ids: list[str], department_id: UUID) -> list[Outcome]:
    return await handling_many.place_pupils(
        viewer=viewer, pupils=_chosen(pupil_ids), department_id=department_id
    )


async def draw_out_pupils(*, viewer: Viewer, pupil_ids: list[str]) -> list[Outcome]:
    return await handling_many.draw_out_pupils(viewer=viewer, pupils=_chosen(pupil_ids))


async def _results(info: Info, outcomes: list[Outcome]) -> list[HandledPupil]:
    found = []
    for one in outcomes:
        error = REFUSALS.instance(refusal=one.refusal, role=info.context.role) if one.refusal else None
        found.append(
            HandledPupil(
                pupil_id=strawberry.ID(one.pupil),
                code=error.code if error else None,
                message=error.message if error else "",
                error=error,
            )
        )
    return found


async def defer_decision(*, viewer: Viewer, pupil_id: UUID, parents_informed_at: datetime | None) -> UUID:
    """Nothing is taken back by who forgot to fill something in."""
    informed_at = stated(
        "parents_informed_at", parents_informed_at, reason="Vul in wanneer u de ouders heeft gesproken."
    )
    return await handling.defer_decision(viewer=viewer, pupil_id=pupil_id, parents_informed_at=informed_at)


RESULTS = {"results": list[HandledPupil]}
TOLD = {"results": "Wat er met elke leerling is gebeurd, in uw volgorde."}


@output_type("Wat de VO-school doet met een aanmelding.")
class HandlingMutation:
    place_pupils = mutations.act(
        place_pupils,
        takes=PlacePupilsInput,
        gives=RESULTS,
        told=TOLD,
        load=_results,
        as_given=("pupil_ids",),
        seen_by=VO,
        description="Plaatst een keuze van leerlingen, elk met een eigen stap en een eigen antwoord.",
    )
    draw_out_pupils = mutations.act(
        draw_out_pupils,
        takes=DrawOutPupilsInput,
        gives=RESULTS,
        told=TOLD,
        load=_results,
        as_given=("pupil_ids",),
        seen_by=VO,
        description="Zet een keuze van leerlingen op uitgeloot, elk met een eigen stap en een eigen antwoord.",
    )
    decide_priority = mutations.step(
        handling.decide_priority,
        takes=DecidePriorityInput,
        gives=PUPIL,
        load=shown,
        description="Kent voorrang toe of wijst haar af. Het kan anders zolang de leerling niet is geplaatst.",
    )
    place_pupil = mutations.step(
        handling.place_pupil,
        takes=PlacePupilInput,
        gives=PUPIL,
        load=shown,
        description="Plaatst een leerling, zolang er plaats is voor het advies.",
    )
    draw_out_pupil = mutations.step(
        handling.draw_out_pupil,
        takes=DrawOutPupilInput,
        gives=PUPIL,
        load=shown,
        description="Zet een leerling op uitgeloot. Dat kan als alle plaatsen bezet zijn.",
    )
    undo_placement = mutations.step(
        handling.undo_placement,
        takes=UndoPlacementInput,
        gives=PUPIL,
        load=shown,
        description="Zet de status terug: de leerling is weer zonder status.",
    )
    reassign = mutations.step(
        handling.reassign,
        takes=ReassignInput,
        gives=PUPIL,
        load=shown,
        description="Plaatst een leerling door na de centrale plaatsing. U ziet de leerling daarna niet meer.",
    )
    defer_decision = mutations.step(
        defer_decision,
        takes=DeferDecisionInput,
        gives=PUPIL,
        load=shown,
        description="Legt vast dat u meer tijd nodig heeft, en dat de ouders dat weten.",
    )
    register_not_placeable = mutations.step(
        handling.register_not_placeable,
        takes=RegisterNotPlaceableInput,
        gives=PUPIL,
        load=shown,
        description="Legt vast dat een leerling niet bij u geplaatst kan worden. De aanmelding eindigt.",
    )
    withdraw_pupil = mutations.step(
        handling.withdraw_pupil,
        takes=WithdrawPupilInput,
        gives=PUPIL,
        load=shown,
        description="Trekt de aanmelding in van een leerling die niet komt.",
    )
