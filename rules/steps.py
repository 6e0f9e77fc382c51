"""The step table: every act of the procedure, who may do it, in which state and when.

One row a step. The resolver of the same name does it, `schema/` offers it, the diagram in `docs/` is
drawn from it, and `resolvers/step.py` refuses whatever it does not allow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rules.calendar import Window
from rules.refusal import Refusal
from rules.step import (
    ANYONE,
    ENROLMENT,
    FAMILY,
    LOGIN,
    LOGIN_REQUEST,
    NOTHING,
    OKI_DOC,
    PLACEMENT,
    PO,
    PRIORITY,
    REGION,
    VO,
    Step,
    states,
)
from rules.steps_of_schools import OF_SECONDARY_SCHOOLS
from rules.vocabulary import (
    EnrolmentStatus,
    LoginRequestState,
    LoginStatus,
    OkiDocStatus,
    PlacementStatus,
    PriorityStatus,
)

_TABLE = (
    Step(
        name="createPupil",
        dutch="Leerling toevoegen",
        rules=(4, 5),
        roles=PO,
        when={OKI_DOC: states(NOTHING)},
        then={OKI_DOC: OkiDocStatus.CONCEPT},
    ),
    Step(
        name="updateOkiDoc",
        dutch="Oki-doc bewerken",
        rules=(5, 6, 7),
        roles=PO,
        then={
            OKI_DOC: OkiDocStatus.CONCEPT,
            ENROLMENT: EnrolmentStatus.WITHDRAWN,
            LOGIN: LoginStatus.ENROLMENT_STARTED,
        },
        moves_from={
            ENROLMENT: states(EnrolmentStatus.FINAL),
            LOGIN: states(LoginStatus.ENROLMENT_FINAL),
        },
        tells=("EnrolmentFellBack", "EnrolmentWithdrawn"),
    ),
    Step(
        name="finalizeOkiDoc",
        dutch="Oki-doc definitief maken",
        rules=(6,),
        roles=PO,
        then={OKI_DOC: OkiDocStatus.FINAL},
        moves_from={OKI_DOC: states(OkiDocStatus.CONCEPT)},
    ),
    Step(
        name="confirmTestAdvice",
        dutch="Toetsadvies bevestigen",
        rules=(8,),
        roles=PO,
    ),
    Step(
        name="importOsoDossier",
        dutch="Dossier overnemen",
        rules=(5, 6),
        roles=PO,
        then={OKI_DOC: OkiDocStatus.CONCEPT},
    ),
    Step(
        name="createUpload",
        dutch="Bestand toevoegen",
        rules=(5, 24, 26),
        roles=PO | FAMILY,
    ),
    Step(
        name="createDocument",
        dutch="Pdf aanvragen",
        rules=(5, 15, 23),
        roles=PO | FAMILY,
    ),
    Step(
        name="createOsoDossier",
        dutch="OSO-dossier aanvragen",
        rules=(26,),
        roles=VO,
    ),
    Step(
        name="removeAttachment",
        dutch="Bijlage verwijderen",
        rules=(5, 6),
        roles=PO,
        then={OKI_DOC: OkiDocStatus.CONCEPT},
    ),
    Step(
        name="removeFamilyDocument",
        dutch="Document van de ouders verwijderen",
        rules=(24,),
        roles=FAMILY,
        window=Window.FAMILY_DOCUMENTS,
    ),
    Step(
        name="sendParentLogin",
        dutch="Ouderinlog versturen",
        rules=(8, 9),
        roles=PO,
        window=Window.SENDING,
        when={
            OKI_DOC: states(OkiDocStatus.FINAL),
            LOGIN: states(LoginStatus.NOT_SENT, LoginStatus.SENT),
        },
        then={LOGIN: LoginStatus.SENT, LOGIN_REQUEST: LoginRequestState.APPROVED},
        moves_from={LOGIN_REQUEST: states(LoginRequestState.OPEN)},
        tells=("ParentLoginSent",),
    ),
    Step(
        name="requestParentLogin",
        dutch="Inlog aanvragen",
        rules=(2, 24),
        roles=ANYONE,
        window=Window.REQUESTING,
        when={LOGIN: states(LoginStatus.NOT_SENT, LoginStatus.SENT)},
        then={
            LOGIN: LoginStatus.SENT,
            LOGIN_REQUEST: states(LoginRequestState.OPEN, LoginRequestState.APPROVED),
        },
        moves_from={LOGIN_REQUEST: states(NOTHING, LoginRequestState.OPEN)},
        tells=("ParentLoginSent",),
    ),
    Step(
        name="registerOutsidePupil",
        dutch="Buitenleerling opgeven",
        rules=(24, 47),
        roles=ANYONE,
        window=Window.REQUESTING,
        when={LOGIN_REQUEST: states(NOTHING, LoginRequestState.UNCONFIRMED)},
        then={LOGIN_REQUEST: LoginRequestState.UNCONFIRMED},
        tells=("LoginRequestConfirm",),
    ),
    Step(
        name="confirmLoginRequest",
        dutch="E-mailadres bevestigen",
        rules=(24,),
        roles=ANYONE,
        window=Window.REQUESTING,
        when={LOGIN_REQUEST: states(LoginRequestState.UNCONFIRMED)},
        then={LOGIN_REQUEST: LoginRequestState.OPEN},
    ),
    Step(
        name="approveLoginRequest",
        dutch="Aanvraag goedkeuren",
        rules=(24, 47),
        roles=REGION,
        window=Window.REQUESTING,
        when={
            LOGIN_REQUEST: states(LoginRequestState.OPEN),
            LOGIN: states(LoginStatus.NOT_SENT, LoginStatus.SENT),
        },
        then={LOGIN_REQUEST: LoginRequestState.APPROVED, LOGIN: LoginStatus.SENT},
        tells=("ParentLoginSent",),
    ),
    Step(
        name="declineLoginRequest",
        dutch="Aanvraag afwijzen",
        rules=(24,),
        roles=REGION,
        when={LOGIN_REQUEST: states(LoginRequestState.OPEN)},
        then={LOGIN_REQUEST: LoginRequestState.DECLINED},
        tells=("LoginRequestDeclined",),
    ),
    Step(
        name="activateAccount",
        dutch="Wachtwoord instellen",
        rules=(14,),
        roles=ANYONE,
        when={LOGIN: states(LoginStatus.SENT)},
        then={LOGIN: LoginStatus.ACTIVATED},
    ),
    Step(
        name="requestPasswordReset",
        dutch="Wachtwoord vergeten",
        rules=(14, 46),
        roles=ANYONE,
        tells=("PasswordReset", "ParentLoginSent"),
    ),
    Step(
        name="resetPassword",
        dutch="Nieuw wachtwoord instellen",
        rules=(14,),
        roles=ANYONE,
    ),
    Step(
        name="saveEnrolment",
        dutch="Aanmelding invullen",
        rules=(16, 17, 18, 19, 20),
        roles=FAMILY,
        window=Window.APPLYING,
        when={
            ENROLMENT: states(NOTHING, EnrolmentStatus.CONCEPT),
            LOGIN: states(LoginStatus.SENT, LoginStatus.ACTIVATED, LoginStatus.ENROLMENT_STARTED),
        },
        then={ENROLMENT: EnrolmentStatus.CONCEPT, LOGIN: LoginStatus.ENROLMENT_STARTED},
    ),
    Step(
        name="finalizeEnrolment",
        dutch="Aanmelding definitief maken",
        rules=(2, 17, 21),
        roles=FAMILY,
        window=Window.APPLYING,
        when={
            ENROLMENT: states(EnrolmentStatus.CONCEPT),
            LOGIN: states(LoginStatus.ENROLMENT_STARTED),
        },
        then={
            ENROLMENT: EnrolmentStatus.FINAL,
            LOGIN: LoginStatus.ENROLMENT_FINAL,
            PRIORITY: PriorityStatus.REQUESTED,
            PLACEMENT: PlacementStatus.NONE,
        },
        moves_from={PRIORITY: states(NOTHING), PLACEMENT: states(NOTHING)},
        tells=("Enrolled",),
    ),
    Step(
        name="revokeEnrolment",
        dutch="Aanmelding ongedaan maken",
        rules=(22,),
        roles=FAMILY,
        window=Window.APPLYING,
        when={
            ENROLMENT: states(EnrolmentStatus.FINAL),
            LOGIN: states(LoginStatus.ENROLMENT_FINAL),
        },
        then={ENROLMENT: EnrolmentStatus.WITHDRAWN, LOGIN: LoginStatus.ENROLMENT_STARTED},
    ),
    Step(
        name="setNotPlacingReason",
        dutch="Reden niet plaatsen VO",
        rules=(11,),
        roles=PO,
        then={ENROLMENT: EnrolmentStatus.WITHDRAWN, LOGIN: LoginStatus.ENROLMENT_STARTED},
        moves_from={
            ENROLMENT: states(EnrolmentStatus.FINAL),
            LOGIN: states(LoginStatus.ENROLMENT_FINAL),
        },
        tells=("EnrolmentWithdrawn",),
    ),
    *OF_SECONDARY_SCHOOLS,
    Step(
        name="addNote",
        dutch="Notitie toevoegen",
        rules=(12,),
        roles=PO | VO,
    ),
)

STEPS: Mapping[str, Step] = {row.name: row for row in _TABLE}


@dataclass(eq=False)
class StateConflict(Refusal):
    """The step does not start from the state the child is in: a person was here before."""

    code: ClassVar[str] = "STATE_CONFLICT"
    step: str = ""
    state: str = ""
    explanation: str = "Dit kan niet in de huidige stand van deze leerling. Bekijk de leerling opnieuw."

    @property
    def message(self) -> str:
        return self.explanation


@dataclass(eq=False)
class NotFound(Refusal):
    """What is asked for does not exist, or is not this person's to see: the answer is the same."""

    code: ClassVar[str] = "NOT_FOUND"

    @property
    def message(self) -> str:
        return "Dit is niet gevonden. Ververs de pagina en probeer het opnieuw."


@dataclass(eq=False)
class Stale(Refusal):
    """Somebody else saved in the meantime. `current_version` is what is there now."""

    code: ClassVar[str] = "STALE"
    current_version: int = 0

    @property
    def message(self) -> str:
        return "Iemand anders heeft dit intussen gewijzigd. Bekijk eerst wat er nu staat en probeer het dan opnieuw."
