"""The step table: every act of the procedure, who may do it, in which state and when.

One row a step. The resolver of the same name does it, `schema/` offers it, the diagram in `docs/` is
drawn from it, and `resolvers/step.py` refuses whatever it does not allow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from rules.calendar import Window
from rules.refusal import Refusal
from rules.vocabulary import (
    EnrolmentStatus,
    LoginRequestState,
    LoginStatus,
    OkiDocStatus,
    PlacementStatus,
    PriorityStatus,
    Role,
)

# An axis is one state machine of the child; a step may look at several and move one or two.
LOGIN = "parent_login"
LOGIN_REQUEST = "login_request"
OKI_DOC = "oki_doc"
ENROLMENT = "enrolment"
PRIORITY = "priority"
PLACEMENT = "placement"

AXES: Mapping[str, type[StrEnum]] = {
    OKI_DOC: OkiDocStatus,
    LOGIN_REQUEST: LoginRequestState,
    LOGIN: LoginStatus,
    ENROLMENT: EnrolmentStatus,
    PRIORITY: PriorityStatus,
    PLACEMENT: PlacementStatus,
}

NOTHING = ""
"""The state of what is not there yet."""

PO = frozenset({Role.PO_EDITOR})
FAMILY = frozenset({Role.PARENT})
VO = frozenset({Role.VO_STAFF})
REGION = frozenset({Role.REGION_ADMIN})
ANYONE = frozenset({Role.PUBLIC})


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One row. `when`: per axis the states it starts from (an axis not named: any; `NOTHING`: none yet).

    `then`: per axis the state it leads to, or those one of which it leads to. `moves_from`: per axis the
    states it moves where the others stay as they are. `tells`: the mails it writes.
    """

    name: str
    dutch: str
    rules: tuple[int, ...]
    roles: frozenset[Role]
    window: Window = Window.ALWAYS
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)
    then: Mapping[str, str | frozenset[str]] = field(default_factory=dict)
    moves_from: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tells: tuple[str, ...] = ()

    def moves(self, *, axis: str) -> list[tuple[str, str]]:
        """From which state to which on one axis, in the order of its states; empty: it moves nothing."""
        if axis not in self.then:
            return []
        every = [state.value for state in AXES[axis]]
        before = self.moves_from.get(axis, self.when.get(axis, frozenset(every)))
        after = self.then[axis]
        reached = {after} if isinstance(after, str) else after
        return [
            (start, end) for start in (NOTHING, *every) for end in every if start in before and end in reached
        ]


def _row(**row: object) -> Step:
    return Step(**row)  # type: ignore[arg-type]


def _states(*states: str) -> frozenset[str]:
    return frozenset(states)


_TABLE = (
    _row(
        name="createPupil",
        dutch="Leerling toevoegen",
        rules=(4, 5),
        roles=PO,
        when={OKI_DOC: _states(NOTHING)},
        then={OKI_DOC: OkiDocStatus.CONCEPT},
    ),
    _row(
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
            ENROLMENT: _states(EnrolmentStatus.FINAL),
            LOGIN: _states(LoginStatus.ENROLMENT_FINAL),
        },
        tells=("EnrolmentFellBack", "EnrolmentWithdrawn"),
    ),
    _row(
        name="finalizeOkiDoc",
        dutch="Oki-doc definitief maken",
        rules=(6,),
        roles=PO,
        then={OKI_DOC: OkiDocStatus.FINAL},
        moves_from={OKI_DOC: _states(OkiDocStatus.CONCEPT)},
    ),
    _row(
        name="confirmTestAdvice",
        dutch="Toetsadvies bevestigen",
        rules=(8,),
        roles=PO,
    ),
    _row(
        name="importOsoDossier",
        dutch="Dossier overnemen",
        rules=(5, 6),
        roles=PO,
        then={OKI_DOC: OkiDocStatus.CONCEPT},
    ),
    _row(
        name="createUpload",
        dutch="Bestand toevoegen",
        rules=(5, 24, 26),
        roles=PO | FAMILY,
    ),
    _row(
        name="createDocument",
        dutch="Pdf aanvragen",
        rules=(5, 15, 23),
        roles=PO | FAMILY,
    ),
    _row(
        name="createOsoDossier",
        dutch="OSO-dossier aanvragen",
        rules=(26,),
        roles=VO,
    ),
    _row(
        name="removeAttachment",
        dutch="Bijlage verwijderen",
        rules=(5, 6),
        roles=PO,
        then={OKI_DOC: OkiDocStatus.CONCEPT},
    ),
    _row(
        name="removeFamilyDocument",
        dutch="Document van de ouders verwijderen",
        rules=(24,),
        roles=FAMILY,
        window=Window.FAMILY_DOCUMENTS,
    ),
    _row(
        name="sendParentLogin",
        dutch="Ouderinlog versturen",
        rules=(8, 9),
        roles=PO,
        window=Window.SENDING,
        when={
            OKI_DOC: _states(OkiDocStatus.FINAL),
            LOGIN: _states(LoginStatus.NOT_SENT, LoginStatus.SENT),
        },
        then={LOGIN: LoginStatus.SENT, LOGIN_REQUEST: LoginRequestState.APPROVED},
        moves_from={LOGIN_REQUEST: _states(LoginRequestState.OPEN)},
        tells=("ParentLoginSent",),
    ),
    _row(
        name="requestParentLogin",
        dutch="Inlog aanvragen",
        rules=(2, 24),
        roles=ANYONE,
        window=Window.REQUESTING,
        when={LOGIN: _states(LoginStatus.NOT_SENT, LoginStatus.SENT)},
        then={
            LOGIN: LoginStatus.SENT,
            LOGIN_REQUEST: _states(LoginRequestState.OPEN, LoginRequestState.APPROVED),
        },
        moves_from={LOGIN_REQUEST: _states(NOTHING, LoginRequestState.OPEN)},
        tells=("ParentLoginSent",),
    ),
    _row(
        name="registerOutsidePupil",
        dutch="Buitenleerling opgeven",
        rules=(24, 47),
        roles=ANYONE,
        window=Window.REQUESTING,
        when={LOGIN_REQUEST: _states(NOTHING, LoginRequestState.UNCONFIRMED)},
        then={LOGIN_REQUEST: LoginRequestState.UNCONFIRMED},
        tells=("LoginRequestConfirm",),
    ),
    _row(
        name="confirmLoginRequest",
        dutch="E-mailadres bevestigen",
        rules=(24,),
        roles=ANYONE,
        window=Window.REQUESTING,
        when={LOGIN_REQUEST: _states(LoginRequestState.UNCONFIRMED)},
        then={LOGIN_REQUEST: LoginRequestState.OPEN},
    ),
    _row(
        name="approveLoginRequest",
        dutch="Aanvraag goedkeuren",
        rules=(24, 47),
        roles=REGION,
        window=Window.REQUESTING,
        when={
            LOGIN_REQUEST: _states(LoginRequestState.OPEN),
            LOGIN: _states(LoginStatus.NOT_SENT, LoginStatus.SENT),
        },
        then={LOGIN_REQUEST: LoginRequestState.APPROVED, LOGIN: LoginStatus.SENT},
        tells=("ParentLoginSent",),
    ),
    _row(
        name="declineLoginRequest",
        dutch="Aanvraag afwijzen",
        rules=(24,),
        roles=REGION,
        when={LOGIN_REQUEST: _states(LoginRequestState.OPEN)},
        then={LOGIN_REQUEST: LoginRequestState.DECLINED},
        tells=("LoginRequestDeclined",),
    ),
    _row(
        name="activateAccount",
        dutch="Wachtwoord instellen",
        rules=(14,),
        roles=ANYONE,
        when={LOGIN: _states(LoginStatus.SENT)},
        then={LOGIN: LoginStatus.ACTIVATED},
    ),
    _row(
        name="requestPasswordReset",
        dutch="Wachtwoord vergeten",
        rules=(14, 46),
        roles=ANYONE,
        tells=("PasswordReset", "ParentLoginSent"),
    ),
    _row(
        name="resetPassword",
        dutch="Nieuw wachtwoord instellen",
        rules=(14,),
        roles=ANYONE,
    ),
    _row(
        name="saveEnrolment",
        dutch="Aanmelding invullen",
        rules=(16, 17, 18, 19, 20),
        roles=FAMILY,
        window=Window.APPLYING,
        when={
            ENROLMENT: _states(NOTHING, EnrolmentStatus.CONCEPT),
            LOGIN: _states(LoginStatus.SENT, LoginStatus.ACTIVATED, LoginStatus.ENROLMENT_STARTED),
        },
        then={ENROLMENT: EnrolmentStatus.CONCEPT, LOGIN: LoginStatus.ENROLMENT_STARTED},
    ),
    _row(
        name="finalizeEnrolment",
        dutch="Aanmelding definitief maken",
        rules=(2, 17, 21),
        roles=FAMILY,
        window=Window.APPLYING,
        when={
            ENROLMENT: _states(EnrolmentStatus.CONCEPT),
            LOGIN: _states(LoginStatus.ENROLMENT_STARTED),
        },
        then={
            ENROLMENT: EnrolmentStatus.FINAL,
            LOGIN: LoginStatus.ENROLMENT_FINAL,
            PRIORITY: PriorityStatus.REQUESTED,
            PLACEMENT: PlacementStatus.NONE,
        },
        moves_from={PRIORITY: _states(NOTHING), PLACEMENT: _states(NOTHING)},
        tells=("Enrolled",),
    ),
    _row(
        name="revokeEnrolment",
        dutch="Aanmelding ongedaan maken",
        rules=(22,),
        roles=FAMILY,
        window=Window.APPLYING,
        when={
            ENROLMENT: _states(EnrolmentStatus.FINAL),
            LOGIN: _states(LoginStatus.ENROLMENT_FINAL),
        },
        then={ENROLMENT: EnrolmentStatus.WITHDRAWN, LOGIN: LoginStatus.ENROLMENT_STARTED},
    ),
    _row(
        name="setNotPlacingReason",
        dutch="Reden niet plaatsen VO",
        rules=(11,),
        roles=PO,
        then={ENROLMENT: EnrolmentStatus.WITHDRAWN, LOGIN: LoginStatus.ENROLMENT_STARTED},
        moves_from={
            ENROLMENT: _states(EnrolmentStatus.FINAL),
            LOGIN: _states(LoginStatus.ENROLMENT_FINAL),
        },
        tells=("EnrolmentWithdrawn",),
    ),
    _row(
        name="decidePriority",
        dutch="Over voorrang besluiten",
        rules=(27,),
        roles=VO,
        window=Window.HANDLING,
        when={ENROLMENT: _states(EnrolmentStatus.FINAL), PLACEMENT: _states(PlacementStatus.NONE)},
        then={PRIORITY: _states(PriorityStatus.GRANTED, PriorityStatus.REJECTED)},
        tells=("PriorityDecided",),
    ),
    _row(
        name="placePupil",
        dutch="Plaatsen",
        rules=(28, 32, 37, 41),
        roles=VO,
        window=Window.PLACING,
        when={
            ENROLMENT: _states(EnrolmentStatus.FINAL),
            PLACEMENT: _states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT, PlacementStatus.PLACED),
        },
        then={PLACEMENT: PlacementStatus.PLACED},
    ),
    _row(
        name="drawOutPupil",
        dutch="Uitloten",
        rules=(30,),
        roles=VO,
        window=Window.UNTIL_CENTRAL_PLACEMENT,
        when={ENROLMENT: _states(EnrolmentStatus.FINAL), PLACEMENT: _states(PlacementStatus.NONE)},
        then={PLACEMENT: PlacementStatus.DRAWN_OUT},
    ),
    _row(
        name="resetPlacement",
        dutch="Status terugzetten",
        rules=(28, 30),
        roles=VO,
        window=Window.PLACING,
        when={
            ENROLMENT: _states(EnrolmentStatus.FINAL),
            PLACEMENT: _states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT, PlacementStatus.PLACED),
        },
        then={PLACEMENT: PlacementStatus.NONE},
    ),
    _row(
        name="reassign",
        dutch="Doorplaatsen",
        rules=(31,),
        roles=VO,
        window=Window.FROM_CENTRAL_PLACEMENT,
        when={
            ENROLMENT: _states(EnrolmentStatus.FINAL),
            PLACEMENT: _states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT),
        },
        then={PLACEMENT: PlacementStatus.NONE},
    ),
    _row(
        name="deferDecision",
        dutch="Meer tijd nodig",
        rules=(32,),
        roles=VO,
        window=Window.HANDLING,
        when={ENROLMENT: _states(EnrolmentStatus.FINAL), PLACEMENT: _states(PlacementStatus.NONE)},
    ),
    _row(
        name="registerNotPlaceable",
        dutch="Niet plaatsbaar",
        rules=(22, 33),
        roles=VO,
        window=Window.HANDLING,
        when={
            ENROLMENT: _states(EnrolmentStatus.FINAL),
            PLACEMENT: _states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT),
        },
        then={
            ENROLMENT: EnrolmentStatus.WITHDRAWN,
            PLACEMENT: PlacementStatus.NOT_PLACEABLE,
            LOGIN: LoginStatus.ENROLMENT_STARTED,
        },
        moves_from={LOGIN: _states(LoginStatus.ENROLMENT_FINAL)},
        tells=("NotPlaceable", "PupilNotPlaceable", "EnrolmentWithdrawn"),
    ),
    _row(
        name="withdrawPupil",
        dutch="Terugtrekken",
        rules=(34,),
        roles=VO,
        window=Window.HANDLING,
        when={
            ENROLMENT: _states(EnrolmentStatus.FINAL),
            PLACEMENT: _states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT, PlacementStatus.PLACED),
        },
        then={
            ENROLMENT: EnrolmentStatus.WITHDRAWN,
            PLACEMENT: PlacementStatus.WITHDRAWN,
            LOGIN: LoginStatus.ENROLMENT_STARTED,
        },
        moves_from={LOGIN: _states(LoginStatus.ENROLMENT_FINAL)},
        tells=("EnrolmentWithdrawn",),
    ),
    _row(
        name="requestSupplement",
        dutch="Aanvulling vragen",
        rules=(26,),
        roles=VO,
        window=Window.FROM_HANDLING_ON,
        when={ENROLMENT: _states(EnrolmentStatus.FINAL)},
        tells=("SupplementAsked",),
    ),
    _row(
        name="answerSupplement",
        dutch="Aanvulling geven",
        rules=(26,),
        roles=PO,
        window=Window.FROM_HANDLING_ON,
        when={ENROLMENT: _states(EnrolmentStatus.FINAL)},
    ),
    _row(
        name="setTransferMeeting",
        dutch="Tafelmiddag aanvinken",
        rules=(35,),
        roles=VO,
        window=Window.FROM_HANDLING_ON,
        when={
            ENROLMENT: _states(EnrolmentStatus.FINAL),
            PLACEMENT: _states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT, PlacementStatus.PLACED),
        },
    ),
    _row(
        name="requestTransferMeeting",
        dutch="Tafelmiddag vragen",
        rules=(35,),
        roles=PO,
        window=Window.FROM_HANDLING_ON,
        when={ENROLMENT: _states(EnrolmentStatus.FINAL)},
    ),
    _row(
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
