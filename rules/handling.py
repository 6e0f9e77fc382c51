"""Rules 27 to 37: what a secondary school may do with an enrolment, and why it may not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from rules.calendar import in_dutch
from rules.input import wrong_at
from rules.refusal import Refusal
from rules.steps import NotFound, StateConflict
from rules.vocabulary import Colour, PlacementStatus, PriorityDecision, PriorityStatus

LETTER = "V"
PRIORITY_COLOURS = {
    PriorityStatus.REQUESTED: Colour.WHITE,
    PriorityStatus.GRANTED: Colour.BLUE,
    PriorityStatus.REJECTED: Colour.RED,
}
"""Rule 27: the dot of a priority claim."""

DECIDED = {
    PriorityDecision.GRANT: PriorityStatus.GRANTED,
    PriorityDecision.REJECT: PriorityStatus.REJECTED,
}
UNPLACED = (PlacementStatus.NONE, PlacementStatus.DRAWN_OUT)
STATES = {
    PlacementStatus.NONE: "zonder status",
    PlacementStatus.PLACED: "geplaatst",
    PlacementStatus.DRAWN_OUT: "uitgeloot",
    PlacementStatus.NOT_PLACEABLE: "niet plaatsbaar",
    PlacementStatus.WITHDRAWN: "teruggetrokken",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Seats:
    """A capacity group: how many seats, and how many of them are taken."""

    group: str
    seats: int
    placed: int

    @property
    def free(self) -> int:
        return max(0, self.seats - self.placed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Handled:
    """The enrolment as the rules look at it. `own_school`: of who acts. `preferences`: in order, where they matter."""

    own_school: UUID
    first_school: UUID
    department: UUID
    placement: PlacementStatus
    priority: PriorityStatus | None
    moved: bool
    accepts_equivalent: bool
    applied_for: UUID
    """The department that the pupil came for: of the first choice, or where it was moved to."""
    was_drawn_out: bool = False
    deferred: bool = False
    preferences: Sequence[tuple[UUID, UUID]] = ()
    """School and department of each line."""


def decide(*, handled: Handled, decision: PriorityDecision) -> PriorityStatus:
    """Rule 27: grant or reject, at the first choice; corrected until the pupil is placed.

    Raises `NoPriorityClaim`, `StateConflict`.
    """
    if handled.priority is None or handled.moved:
        raise NoPriorityClaim()
    if handled.placement not in UNPLACED:
        raise _conflict(handled, step="decidePriority")
    return DECIDED[decision]


def place(*, handled: Handled, department: UUID, seats: Seats | None) -> None:
    """Rules 28, 37 and 41: at the level applied for, or at another of the school where the family said so.

    `seats`: of the group that the pupil's advice uses there, without the pupil itself; None: there is none.

    Raises `DepartmentNotAppliedFor`, `DepartmentClosedToAdvice`, `NoSeatsLeft`, `StateConflict`.
    """
    if handled.placement not in (PlacementStatus.NONE, PlacementStatus.DRAWN_OUT, PlacementStatus.PLACED):
        raise _conflict(handled, step="placePupil")
    if department != handled.department and not handled.accepts_equivalent:
        raise DepartmentNotAppliedFor().at("department_id")
    if seats is None:
        raise DepartmentClosedToAdvice().at("department_id")
    if not seats.free:
        raise NoSeatsLeft(group=seats.group, seats=seats.seats).at("department_id")


def draw_out(*, handled: Handled, seats: Seats | None) -> None:
    """Rule 30: drawn out, while there is no seat left for this advice. Raises `SeatsLeft`, `StateConflict`."""
    _only(handled, PlacementStatus.NONE, step="drawOutPupil")
    if seats is not None and seats.free:
        raise SeatsLeft(group=seats.group, free=seats.free)


def reassign(*, handled: Handled, school: UUID, department: UUID, seats: Seats | None) -> None:
    """Rule 31: the school of the first choice sends a pupil on to one of its preferences 2 and on.

    `seats`: there, for the pupil's advice; who was moved there and has no status yet counts as placed.

    Raises `NotFirstChoiceSchool`, `NotOnTheList`, `DepartmentClosedToAdvice`, `NoSeatsLeft`, `StateConflict`.
    """
    if handled.moved or handled.own_school != handled.first_school:
        raise NotFirstChoiceSchool()
    if handled.placement not in UNPLACED:
        raise _conflict(handled, step="reassign")
    if (school, department) not in handled.preferences[1:]:
        raise NotOnTheList().at("department_id")
    if seats is None:
        raise DepartmentClosedToAdvice().at("department_id")
    if not seats.free:
        raise NoSeatsLeft(group=seats.group, seats=seats.seats, there=True).at("department_id")


def defer(*, handled: Handled, parents_informed_at: datetime, since: datetime, now: datetime) -> None:
    """Rule 32: more time, once the parents were told. `since`: when the pupil came to this school.

    Raises `InvalidValue`, `StateConflict`.
    """
    _only(handled, PlacementStatus.NONE, step="deferDecision")
    # To the minute, as people see and type it.
    if not since.replace(second=0, microsecond=0) <= parents_informed_at <= now:
        reason = f"Vul in wanneer u de ouders heeft gesproken: tussen {in_dutch(moment=since)} en nu."
        raise wrong_at("parents_informed_at", reason=reason)


def leave(*, handled: Handled, step: str, also_placed: bool) -> None:
    """Rules 33 and 34: an enrolment ends at this school. A placed pupil only withdraws. Raises `StateConflict`."""
    if handled.placement is PlacementStatus.PLACED and not also_placed:
        raise _conflict(handled, step=step)


@dataclass(frozen=True, slots=True)
class Undone:
    """How a pupil stands once the last decision is taken back."""

    placement: PlacementStatus
    deferred: bool
    drawn_out: bool


def undo(*, handled: Handled) -> Undone:
    """The last decision is taken back: placed, drawn out, or more time. What was before it stands again.

    Raises `StateConflict`.
    """
    match handled.placement:
        case PlacementStatus.PLACED if handled.was_drawn_out:
            return Undone(PlacementStatus.DRAWN_OUT, deferred=handled.deferred, drawn_out=True)
        case PlacementStatus.PLACED:
            return Undone(PlacementStatus.NONE, deferred=handled.deferred, drawn_out=False)
        case PlacementStatus.DRAWN_OUT | PlacementStatus.NONE:
            return Undone(PlacementStatus.NONE, deferred=False, drawn_out=False)
        case _:
            raise _conflict(handled, step="undoPlacement")


def _only(handled: Handled, state: PlacementStatus, *, step: str) -> None:
    if handled.placement is not state:
        raise _conflict(handled, step=step)


def _conflict(handled: Handled, *, step: str) -> StateConflict:
    return StateConflict(
        step=step,
        state=handled.placement.value,
        explanation=(
            f"Deze leerling is al {STATES[handled.placement]}. Zet eerst de status terug als dat niet klopt."
            if handled.placement is not PlacementStatus.NONE
            else "Deze leerling heeft nog geen status. Bekijk de leerling opnieuw."
        ),
    )


@dataclass(eq=False)
class PupilLeft(NotFound):
    """The pupil was at this school, and is not any more. `how`: REVOKED, CORRECTED, REASSIGNED or ENDED."""

    how: str = ""

    @property
    def message(self) -> str:
        why = {
            "REVOKED": "de ouders hebben de aanmelding ongedaan gemaakt",
            "CORRECTED": "de basisschool heeft de aanmelding beëindigd of het advies gewijzigd",
            "REASSIGNED": "de leerling is doorgeplaatst naar een andere school",
        }.get(self.how, "de aanmelding is beëindigd")
        return f"Deze leerling is niet meer bij uw school aangemeld: {why}. Ververs de lijst."


@dataclass(eq=False)
class NoPriorityClaim(Refusal):
    """Rule 27: there is nothing to decide."""

    code: ClassVar[str] = "NO_PRIORITY_CLAIM"

    @property
    def message(self) -> str:
        return "Voor deze leerling is geen voorrang aangevraagd."


@dataclass(eq=False)
class DepartmentNotAppliedFor(Refusal):
    """Rule 37: no exception for one pupil."""

    code: ClassVar[str] = "DEPARTMENT_NOT_APPLIED_FOR"

    @property
    def message(self) -> str:
        return (
            "De leerling is voor een andere afdeling aangemeld. Plaats op het niveau van de aanmelding. Een "
            "uitzondering voor één leerling kan niet: past dat niveau niet, vraag dan de regio om de "
            "capaciteitsgroep te verruimen. Dat geldt dan voor alle leerlingen met dit advies."
        )


@dataclass(eq=False)
class DepartmentClosedToAdvice(Refusal):
    """Rule 37: no seat of this department is for the pupil's advice."""

    code: ClassVar[str] = "DEPARTMENT_CLOSED_TO_ADVICE"

    @property
    def message(self) -> str:
        return (
            "Deze afdeling heeft geen plaatsen voor het advies van deze leerling. Plaats op het niveau van de "
            "aanmelding, of vraag de regio om de capaciteitsgroep te verruimen."
        )


@dataclass(eq=False)
class NoSeatsLeft(Refusal):
    """Capacity is a fact: the last seat went to somebody else."""

    code: ClassVar[str] = "NO_SEATS_LEFT"
    group: str = ""
    seats: int = 0
    there: bool = False
    """At the school that the pupil would be moved to."""

    @property
    def message(self) -> str:
        if self.there:
            return (
                f"Alle {self.seats} plaatsen van {self.group} op die school zijn bezet of al vergeven. Controleer de "
                "uitslag van de centrale plaatsing, of neem contact op met de helpdesk."
            )
        return (
            f"Alle {self.seats} plaatsen van {self.group} zijn bezet. Deze leerling is niet geplaatst. Loot de "
            "leerling uit, of vraag de regio om de capaciteitsgroep te verruimen."
        )


@dataclass(eq=False)
class SeatsLeft(Refusal):
    """Rule 30: nobody is drawn out where there is room."""

    code: ClassVar[str] = "SEATS_LEFT"
    group: str = ""
    free: int = 0

    @property
    def message(self) -> str:
        left = "is nog 1 plaats" if self.free == 1 else f"zijn nog {self.free} plaatsen"
        return f"Er {left} vrij bij {self.group}. Plaats daar eerst leerlingen; daarna kunt u uitloten."


@dataclass(eq=False)
class NotFirstChoiceSchool(Refusal):
    """Rule 31: only the school of the first choice sends a pupil on, once."""

    code: ClassVar[str] = "NOT_FIRST_CHOICE_SCHOOL"

    @property
    def message(self) -> str:
        return (
            "Alleen de school van eerste voorkeur plaatst een leerling door. Klopt de doorplaatsing niet? Neem "
            "contact op met de helpdesk."
        )


@dataclass(eq=False)
class NotOnTheList(Refusal):
    """Rule 31: the target is one of preferences 2 and on."""

    code: ClassVar[str] = "NOT_ON_THE_LIST"

    @property
    def message(self) -> str:
        return (
            "Deze school en afdeling staan niet op plaats 2 of lager van de voorkeurslijst. Kies een school van "
            "de lijst, of neem contact op met de helpdesk."
        )
