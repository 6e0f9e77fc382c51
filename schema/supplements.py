"""What VO and PO ask each other about a pupil, one mutation a step."""

import strawberry

from resolvers import supplements, transfer_meeting
from rules.vocabulary import Role
from schema.mutation import Mutations
from schema.pupil import Pupil
from schema.pupil_steps import shown
from schema.refusals import REFUSALS
from schema.visibility import Roles, input_type, output_type, seen_by

VO: Roles = frozenset({Role.VO_STAFF})
PO: Roles = frozenset({Role.PO_EDITOR})
PUPIL = {"pupil": Pupil}

mutations = Mutations(REFUSALS)


@input_type("Wat u de basisschool vraagt. De vraag staat in geen mail.")
class RequestSupplementInput:
    pupil_id: strawberry.ID = seen_by(VO, description="De leerling.")
    question: str = seen_by(VO, description="De vraag, ten hoogste 4000 tekens.")


@input_type("Uw antwoord op een vraag: in woorden, met bestanden, of allebei.")
class AnswerSupplementInput:
    pupil_id: strawberry.ID = seen_by(PO, description="De leerling.")
    supplement_id: strawberry.ID | None = seen_by(
        PO, description="De vraag; niet nodig als er één openstaat bij deze leerling.", default=None
    )
    answer: str | None = seen_by(PO, description="Het antwoord, ten hoogste 4000 tekens.", default=None)
    upload_ids: list[strawberry.ID] | None = seen_by(
        PO, description="Bestanden die u met `createUpload` stuurde, als SUPPLEMENT.", default=None
    )


@input_type("Of u een gesprek op de tafelmiddag wilt.")
class SetTransferMeetingInput:
    pupil_id: strawberry.ID = seen_by(VO, description="De leerling.")
    wanted: bool = seen_by(VO, description="Of u het gesprek wilt.")
    note: str | None = seen_by(
        VO, description="Waarover; de basisschool leest het ook. Ten hoogste 4000 tekens.", default=None
    )


@input_type("Dat u een gesprek op de tafelmiddag wilt.")
class RequestTransferMeetingInput:
    pupil_id: strawberry.ID = seen_by(PO, description="De leerling.")
    note: str | None = seen_by(
        PO,
        description="Waarover; de VO-school van de aanmelding leest het ook. Ten hoogste 4000 tekens.",
        default=None,
    )


@output_type("Wat VO-school en basisschool elkaar vragen.")
class SupplementMutation:
    request_supplement = mutations.step(
        supplements.request_supplement,
        takes=RequestSupplementInput,
        gives=PUPIL,
        load=shown,
        description="Vraagt de basisschool om een aanvulling op het Oki-doc. Zij krijgt een mail zonder de vraag.",
    )
    answer_supplement = mutations.step(
        supplements.answer_supplement,
        takes=AnswerSupplementInput,
        gives=PUPIL,
        load=shown,
        description="Beantwoordt een vraag om een aanvulling. Alleen de school die vroeg, leest het antwoord.",
    )
    set_transfer_meeting = mutations.step(
        transfer_meeting.set_transfer_meeting,
        takes=SetTransferMeetingInput,
        gives=PUPIL,
        load=shown,
        description="Vinkt een gesprek op de tafelmiddag aan of uit.",
    )
    request_transfer_meeting = mutations.step(
        transfer_meeting.request_transfer_meeting,
        takes=RequestTransferMeetingInput,
        gives=PUPIL,
        load=shown,
        description="Vraagt de VO-school van de aanmelding om een gesprek op de tafelmiddag.",
    )
