"""The rows of the step table about an enrolment at a secondary school (rules 26 to 37)."""

from rules.calendar import Window
from rules.step import ENROLMENT, LOGIN, PLACEMENT, PO, PRIORITY, VO, Step, states
from rules.vocabulary import EnrolmentStatus, LoginStatus, PlacementStatus, PriorityStatus

OF_SECONDARY_SCHOOLS = (
    Step(
        name="decidePriority",
        dutch="Over voorrang besluiten",
        rules=(27,),
        roles=VO,
        window=Window.HANDLING,
        when={
            ENROLMENT: states(EnrolmentStatus.FINAL),
            PLACEMENT: states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT),
        },
        then={PRIORITY: states(PriorityStatus.GRANTED, PriorityStatus.REJECTED)},
        tells=("PriorityDecided",),
    ),
    Step(
        name="placePupil",
        dutch="Plaatsen",
        rules=(28, 32, 37, 41),
        roles=VO,
        window=Window.PLACING,
        when={
            ENROLMENT: states(EnrolmentStatus.FINAL),
            PLACEMENT: states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT, PlacementStatus.PLACED),
        },
        then={PLACEMENT: PlacementStatus.PLACED},
    ),
    Step(
        name="drawOutPupil",
        dutch="Uitloten",
        rules=(30,),
        roles=VO,
        window=Window.UNTIL_CENTRAL_PLACEMENT,
        when={ENROLMENT: states(EnrolmentStatus.FINAL), PLACEMENT: states(PlacementStatus.NONE)},
        then={PLACEMENT: PlacementStatus.DRAWN_OUT},
    ),
    Step(
        name="undoPlacement",
        dutch="Status terugzetten",
        rules=(28, 30),
        roles=VO,
        window=Window.PLACING,
        when={
            ENROLMENT: states(EnrolmentStatus.FINAL),
            PLACEMENT: states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT, PlacementStatus.PLACED),
        },
        then={PLACEMENT: PlacementStatus.NONE},
    ),
    Step(
        name="reassign",
        dutch="Doorplaatsen",
        rules=(31,),
        roles=VO,
        window=Window.FROM_CENTRAL_PLACEMENT,
        when={
            ENROLMENT: states(EnrolmentStatus.FINAL),
            PLACEMENT: states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT),
        },
        then={PLACEMENT: PlacementStatus.NONE},
    ),
    Step(
        name="deferDecision",
        dutch="Meer tijd nodig",
        rules=(32,),
        roles=VO,
        window=Window.HANDLING,
        when={ENROLMENT: states(EnrolmentStatus.FINAL), PLACEMENT: states(PlacementStatus.NONE)},
    ),
    Step(
        name="registerNotPlaceable",
        dutch="Niet plaatsbaar",
        rules=(22, 33),
        roles=VO,
        window=Window.HANDLING,
        when={
            ENROLMENT: states(EnrolmentStatus.FINAL),
            PLACEMENT: states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT),
        },
        then={
            ENROLMENT: EnrolmentStatus.WITHDRAWN,
            PLACEMENT: PlacementStatus.NOT_PLACEABLE,
            LOGIN: LoginStatus.ENROLMENT_STARTED,
        },
        moves_from={LOGIN: states(LoginStatus.ENROLMENT_FINAL)},
        tells=("NotPlaceable", "PupilNotPlaceable", "EnrolmentWithdrawn"),
    ),
    Step(
        name="withdrawPupil",
        dutch="Terugtrekken",
        rules=(34,),
        roles=VO,
        window=Window.HANDLING,
        when={
            ENROLMENT: states(EnrolmentStatus.FINAL),
            PLACEMENT: states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT, PlacementStatus.PLACED),
        },
        then={
            ENROLMENT: EnrolmentStatus.WITHDRAWN,
            PLACEMENT: PlacementStatus.WITHDRAWN,
            LOGIN: LoginStatus.ENROLMENT_STARTED,
        },
        moves_from={LOGIN: states(LoginStatus.ENROLMENT_FINAL)},
        tells=("EnrolmentWithdrawn",),
    ),
    Step(
        name="requestSupplement",
        dutch="Aanvulling vragen",
        rules=(26,),
        roles=VO,
        window=Window.FROM_HANDLING_ON,
        when={ENROLMENT: states(EnrolmentStatus.FINAL)},
        tells=("SupplementAsked",),
    ),
    Step(
        name="answerSupplement",
        dutch="Aanvulling geven",
        rules=(26,),
        roles=PO,
        window=Window.FROM_HANDLING_ON,
        when={ENROLMENT: states(EnrolmentStatus.FINAL)},
    ),
    Step(
        name="setTransferMeeting",
        dutch="Tafelmiddag aanvinken",
        rules=(35,),
        roles=VO,
        window=Window.FROM_HANDLING_ON,
        when={
            ENROLMENT: states(EnrolmentStatus.FINAL),
            PLACEMENT: states(PlacementStatus.NONE, PlacementStatus.DRAWN_OUT, PlacementStatus.PLACED),
        },
    ),
    Step(
        name="requestTransferMeeting",
        dutch="Tafelmiddag vragen",
        rules=(35,),
        roles=PO,
        window=Window.FROM_HANDLING_ON,
        when={ENROLMENT: states(EnrolmentStatus.FINAL)},
    ),
)
