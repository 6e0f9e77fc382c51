"""What PO does with a pupil, one mutation a step."""

from typing import Any

import strawberry

from resolvers import family_child, not_placing, notes, oki_doc, parent_login, pupils, test_results
from resolvers.family_file import Reading
from rules.vocabulary import NotPlacingReason, Role
from schema.context import Info
from schema.mutation import Mutations, stated
from schema.oki_doc import (
    CreatePupilInput,
    FinalizeOkiDocInput,
    UpdateOkiDocInput,
    create_pupil,
    update_oki_doc,
)
from schema.pupil import Pupil
from schema.refusals import REFUSALS
from schema.selection import selected
from schema.visibility import Roles, input_type, output_type, seen_by

PO: Roles = frozenset({Role.PO_EDITOR})
WRITERS: Roles = frozenset({Role.PO_EDITOR, Role.VO_STAFF})
PUPIL = {"pupil": Pupil}

mutations = Mutations(REFUSALS)


@input_type("Naar wie de ouderinlog gaat. Eén leerling per keer: controleer eerst het e-mailadres.")
class SendParentLoginInput:
    pupil_id: strawberry.ID = seen_by(PO, description="De leerling.")
    region: str = seen_by(PO, description="De code van de regio van het ouderportaal.")


@input_type("Welk advies de toetsaanbieder bedoelt, waar Loket het niet met zekerheid kon lezen.")
class ConfirmTestAdviceInput:
    pupil_id: strawberry.ID = seen_by(PO, description="De leerling.")
    advice: str = seen_by(PO, description="De code van het toetsadvies, uit de landelijke lijst.")


@input_type("Reden niet plaatsen VO.")
class SetNotPlacingReasonInput:
    pupil_id: strawberry.ID = seen_by(PO, description="De leerling.")
    reason: NotPlacingReason | None = seen_by(
        PO, description="De reden. Verplicht; `null` haalt haar weg.", default=strawberry.UNSET
    )
    confirm_withdrawal: bool | None = seen_by(
        PO,
        description="Nodig als de leerling al is aangemeld: de aanmelding wordt dan ingetrokken.",
        default=None,
    )


@input_type("Een notitie bij een leerling.")
class AddNoteInput:
    pupil_id: strawberry.ID = seen_by(WRITERS, description="De leerling.")
    text: str = seen_by(WRITERS, description="De tekst, ten hoogste 4000 tekens.")
    shared_with_secondary: bool | None = seen_by(
        WRITERS,
        description=(
            "Ook te lezen voor de VO-school van de aanmelding. Een VO-school leest haar eigen notities altijd: voor "
            "haar maakt dit niets uit."
        ),
        default=None,
    )
    shared_with_primary: bool | None = seen_by(
        Role.VO_STAFF, description="Ook te lezen voor de basisschool.", default=None
    )


async def shown(info: Info, pupil_id: Any) -> Any:
    """The pupil after the step, as this viewer sees it."""
    viewer = info.context.viewer
    assert viewer is not None
    wanted = selected(info, "pupil")
    if viewer.role is Role.PARENT:
        return await family_child.child(viewer=viewer, wanted=wanted, reading=Reading())
    return await pupils.pupil(viewer=viewer, pupil_id=pupil_id, wanted=wanted)


async def add_note(
    *,
    viewer: Any,
    pupil_id: Any,
    text: str,
    shared_with_secondary: bool | None,
    shared_with_primary: bool | None,
) -> Any:
    by_secondary = viewer.role is Role.VO_STAFF
    shared = bool(shared_with_primary if by_secondary else shared_with_secondary)
    return await notes.add_note(viewer=viewer, pupil_id=pupil_id, text=text, shared=shared)


async def set_not_placing_reason(
    *, viewer: Any, pupil_id: Any, reason: NotPlacingReason | None, confirm_withdrawal: bool | None
) -> Any:
    """No reason is taken away by who forgot to choose one."""
    return await not_placing.set_not_placing_reason(
        viewer=viewer,
        pupil_id=pupil_id,
        reason=stated("reason", reason, reason="Kies een reden."),
        confirm_withdrawal=confirm_withdrawal,
    )


@output_type("Wat de basisschool doet.")
class PupilMutation:
    create_pupil = mutations.step(
        create_pupil,
        takes=CreatePupilInput,
        gives=PUPIL,
        load=shown,
        description="Voegt een leerling van uw school toe, met een Oki-doc als concept.",
    )
    update_oki_doc = mutations.step(
        update_oki_doc,
        takes=UpdateOkiDocInput,
        gives=PUPIL,
        load=shown,
        description="Wijzigt het Oki-doc. Een definitief Oki-doc staat daarna weer op voorlopig.",
    )
    finalize_oki_doc = mutations.step(
        oki_doc.finalize_oki_doc,
        takes=FinalizeOkiDocInput,
        gives=PUPIL,
        load=shown,
        description="Zet het Oki-doc op definitief.",
    )
    confirm_test_advice = mutations.step(
        test_results.confirm_test_advice,
        takes=ConfirmTestAdviceInput,
        gives=PUPIL,
        load=shown,
        description="Bevestigt welk advies de doorstroomtoets gaf, waar dat niet met zekerheid te lezen was.",
    )
    send_parent_login = mutations.step(
        parent_login.send_parent_login,
        takes=SendParentLoginInput,
        gives=PUPIL,
        load=shown,
        description="Verstuurt de ouderinlog naar het e-mailadres van de eerste ouder in het Oki-doc.",
    )
    set_not_placing_reason = mutations.step(
        set_not_placing_reason,
        takes=SetNotPlacingReasonInput,
        gives=PUPIL,
        load=shown,
        description="Legt vast waarom een leerling niet in het VO wordt geplaatst.",
    )
    add_note = mutations.step(
        add_note,
        takes=AddNoteInput,
        gives=PUPIL,
        load=shown,
        description="Voegt een notitie toe, voor de eigen organisatie of gedeeld.",
    )
