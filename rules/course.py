"""Rule 13: the course of one pupil, as its primary school may know it, in words.

Not in it, as PO does not know it: what was decided about priority, why a school could not place the pupil, and
before the announcement anything of the outcome (rule 23): not a place, nor a school it was moved to.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from rules.calendar import in_dutch
from rules.vocabulary import EnrolmentStatus, PlacementStatus, Role, WindowReason


class CourseKind(StrEnum):
    """What happened."""

    LOGIN_SENT = "LOGIN_SENT"
    ACTIVATED = "ACTIVATED"
    ENROLMENT_STARTED = "ENROLMENT_STARTED"
    ENROLMENT_FINAL = "ENROLMENT_FINAL"
    REVOKED = "REVOKED"
    FELL_BACK = "FELL_BACK"
    ENDED_BY_SCHOOL = "ENDED_BY_SCHOOL"
    SUPPLEMENT_ASKED = "SUPPLEMENT_ASKED"
    SUPPLEMENT_ANSWERED = "SUPPLEMENT_ANSWERED"
    TRANSFER_MEETING_ASKED = "TRANSFER_MEETING_ASKED"
    TRANSFER_MEETING_OFF = "TRANSFER_MEETING_OFF"
    NOT_PLACEABLE = "NOT_PLACEABLE"
    WITHDRAWN = "WITHDRAWN"
    WINDOW_OPENED = "WINDOW_OPENED"
    RESULT = "RESULT"


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the course."""

    at: datetime
    kind: CourseKind
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """The parent login of one region."""

    region: str
    sent_at: datetime | None
    activated_at: datetime | None

    def moments(self) -> Iterator[Moment]:
        if self.sent_at is not None:
            yield Moment(self.sent_at, CourseKind.LOGIN_SENT, f"Ouderinlog verstuurd ({self.region}).")
        if self.activated_at is not None:
            yield Moment(self.activated_at, CourseKind.ACTIVATED, f"Ouderinlog geactiveerd ({self.region}).")


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """One enrolment. `handled_by`, `department`: of the placement; `announced_at`: None until the outcome is known.

    `fell_back`: the advice was corrected, as far as the trace says. `goes_on`: it began from an ended one by itself.
    """

    id: UUID
    status: EnrolmentStatus
    placement: PlacementStatus
    began_at: datetime
    goes_on: bool
    finalized_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    fell_back: bool
    placed_at: datetime | None
    deferred: bool
    first_school: str
    handled_by: str
    department: str
    announced_at: datetime | None

    def moments(self) -> Iterator[Moment]:
        if not self.goes_on:
            yield Moment(
                self.began_at, CourseKind.ENROLMENT_STARTED, "De ouders zijn begonnen met de aanmelding."
            )
        if self.finalized_at is not None:
            what = f"Definitief aangemeld bij {self.first_school}."
            yield Moment(self.finalized_at, CourseKind.ENROLMENT_FINAL, what)
        if self.ended_at is not None:
            yield Moment(self.ended_at, *self._ended())
        yield from self._outcome()

    def _ended(self) -> tuple[CourseKind, str]:
        if self.placement is PlacementStatus.NOT_PLACEABLE:
            what = f"{self.handled_by} kan de leerling niet plaatsen. De aanmelding daar is beëindigd."
            return CourseKind.NOT_PLACEABLE, what
        if self.ended_by == Role.VO_STAFF:
            return (
                CourseKind.WITHDRAWN,
                "De leerling is teruggetrokken: de VO-school heeft de aanmelding beëindigd.",
            )
        if self.ended_by == Role.PARENT:
            return CourseKind.REVOKED, "De ouders hebben de aanmelding ongedaan gemaakt."
        if self.fell_back:
            return CourseKind.FELL_BACK, "De aanmelding is weer concept: het advies is gewijzigd."
        return CourseKind.ENDED_BY_SCHOOL, "De basisschool heeft de aanmelding beëindigd."

    def _outcome(self) -> Iterator[Moment]:
        """Rule 23: from the announcement on, not a second earlier."""
        if self.announced_at is None or self.status is not EnrolmentStatus.FINAL:
            return
        at = self.announced_at
        if self.placement is PlacementStatus.PLACED:
            what = f"Geplaatst op {self.handled_by}, afdeling {self.department}."
            yield Moment(max(at, self.placed_at or at), CourseKind.RESULT, what)
        elif self.deferred:
            yield Moment(at, CourseKind.RESULT, f"{self.handled_by} heeft meer tijd nodig voor een besluit.")
        elif self.placement is PlacementStatus.DRAWN_OUT:
            yield Moment(at, CourseKind.RESULT, "In de centrale plaatsing niet geplaatst.")


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnWindow:
    """An application period for this family alone."""

    opens_at: datetime
    closes_at: datetime
    reason: str

    def moments(self) -> Iterator[Moment]:
        why = {
            WindowReason.ADVICE_CORRECTED.value: "het advies is gewijzigd",
            WindowReason.RESTORED.value: "de aanmelding was door de basisschool beëindigd",
            WindowReason.NOT_PLACEABLE.value: "de VO-school kan de leerling niet plaatsen",
        }.get(self.reason)
        what = f"De ouders kunnen de aanmelding wijzigen tot {in_dutch(moment=self.closes_at)}"
        yield Moment(self.opens_at, CourseKind.WINDOW_OPENED, f"{what}: {why}." if why else f"{what}.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A supplement."""

    school: str
    asked_at: datetime
    answered_at: datetime | None

    def moments(self) -> Iterator[Moment]:
        yield Moment(
            self.asked_at, CourseKind.SUPPLEMENT_ASKED, f"{self.school} heeft om een aanvulling gevraagd."
        )
        if self.answered_at is not None:
            what = f"De basisschool heeft {self.school} de aanvulling gegeven."
            yield Moment(self.answered_at, CourseKind.SUPPLEMENT_ANSWERED, what)


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """What was asked about the transfer meeting; a repetition is not told again."""

    at: datetime
    wanted: bool
    by: str

    def moments(self) -> Iterator[Moment]:
        who = "De basisschool" if self.by == Role.PO_EDITOR else "De VO-school"
        if self.wanted:
            what = f"{who} heeft om een gesprek op de tafelmiddag gevraagd."
            yield Moment(self.at, CourseKind.TRANSFER_MEETING_ASKED, what)
        else:
            what = f"{who} wil geen gesprek op de tafelmiddag meer."
            yield Moment(self.at, CourseKind.TRANSFER_MEETING_OFF, what)


Part = Login | Form | OwnWindow | Question | Meeting


def course(*, parts: Iterable[Part]) -> Sequence[Moment]:
    """All that happened, the oldest first; of the same moment, as one thing follows from the other."""
    order = {kind: place for place, kind in enumerate(CourseKind)}
    found = [moment for part in parts for moment in part.moments()]
    return sorted(found, key=lambda moment: (moment.at, order[moment.kind]))
