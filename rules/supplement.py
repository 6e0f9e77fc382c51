"""Rules 26 and 35: what a secondary school asks the primary school about a pupil, and when that school may know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from rules.calendar import Calendar, PeriodClosed
from rules.input import wrong_at
from rules.refusal import Refusal
from rules.steps import NotFound, StateConflict
from rules.vocabulary import EnrolmentStatus, PeriodKind, PlacementStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A supplement as the rules look at it. `awaited`: the school that asked still waits for the answer."""

    id: UUID
    answer: str
    files: frozenset[UUID]
    answered: bool
    awaited: bool

    def says(self, *, answer: str, files: frozenset[UUID]) -> bool:
        """Whether this is the answer it has."""
        return self.answered and (self.answer, self.files) == (answer, files)


def is_awaited(
    *, answered: bool, enrolment: EnrolmentStatus, asked_by: UUID, handled_by: UUID | None, announced: bool
) -> bool:
    """Whether a question is still open, as the primary school reads it.

    Where the pupil was moved to another school it learns no sooner than anyone (rule 23): until then the question
    stands, and nobody reads its answer.
    """
    if answered or enrolment is not EnrolmentStatus.FINAL:
        return False
    return asked_by == handled_by or not announced


def tells_primary_school(*, moved: bool, calendar: Calendar, now: datetime) -> None:
    """Rule 23: what a school says to PO of a pupil that was moved there tells where it was moved to.

    Raises `PeriodClosed` up to the announcement.
    """
    at = calendar.opening(PeriodKind.ANNOUNCEMENT)
    if moved and (at is None or now < at):
        raise PeriodClosed(opens_at=at, too_early=at is not None)


def needs_primary_school(*, there_is_one: bool) -> None:
    """Rule 47: what is for the primary school, or of it, is not for an outside pupil. Raises `NoPrimarySchool`."""
    if not there_is_one:
        raise NoPrimarySchool()


def said(*, answer: str, files: Sequence[UUID]) -> None:
    """An answer is words, files, or both. Raises `InvalidValue`."""
    if not answer and not files:
        raise wrong_at("answer", reason="Geef een antwoord, voeg een bestand toe, of doe allebei.")


def answer_to(
    *, asked: Sequence[Asked], chosen: UUID | None, answer: str, files: frozenset[UUID]
) -> Asked | None:
    """The question that this answers, the newest first in `asked`; None where it is the answer that is there already.

    Raises `NotFound`, `NoOpenSupplement`, `SupplementAnswered`, `SupplementNotChosen`.
    """
    meant = [one for one in asked if chosen in (None, one.id)]
    if chosen is not None and not meant:
        raise NotFound().at("supplement_id")
    if any(one.says(answer=answer, files=files) for one in meant):
        return None
    open_ones = [one for one in meant if one.awaited]
    if len(open_ones) > 1:
        raise SupplementNotChosen(supplement_ids=tuple(str(one.id) for one in open_ones)).at("supplement_id")
    if open_ones:
        return open_ones[0]
    if any(one.answered for one in meant):
        raise SupplementAnswered()
    raise NoOpenSupplement()


def may_meet(*, wanted: bool, placement: PlacementStatus) -> None:
    """Rule 35: a pupil that was drawn out is not met here. Raises `StateConflict`."""
    if wanted and not is_met(placement=placement):
        raise StateConflict(
            step="setTransferMeeting",
            state=placement.value,
            explanation="Deze leerling is uitgeloot. Een gesprek op de tafelmiddag kan alleen met de school die plaatst.",
        )


def is_met(*, placement: PlacementStatus) -> bool:
    """Whether the tick may stand at this school."""
    return placement in (PlacementStatus.NONE, PlacementStatus.PLACED)


@dataclass(eq=False)
class NoPrimarySchool(Refusal):
    """Rule 47: an outside child has no primary school here: nobody to ask, nobody who would read it."""

    code: ClassVar[str] = "NO_PRIMARY_SCHOOL"

    @property
    def message(self) -> str:
        return (
            "Deze leerling komt van een school buiten de regio. Die school werkt niet met Loket. Overleg met de "
            "ouders. Een document kunnen zij sturen via het ouderportaal."
        )


@dataclass(eq=False)
class NoOpenSupplement(Refusal):
    """Nobody waits for an answer: nothing was asked, or the pupil is not at that school any more."""

    code: ClassVar[str] = "NO_OPEN_SUPPLEMENT"

    @property
    def message(self) -> str:
        return "Er staat geen vraag om een aanvulling meer open bij deze leerling. U hoeft niets te doen."


@dataclass(eq=False)
class SupplementAnswered(Refusal):
    """The answer is there, and it is another one."""

    code: ClassVar[str] = "SUPPLEMENT_ANSWERED"

    @property
    def message(self) -> str:
        return (
            "Deze vraag is al beantwoord, en de VO-school kan het antwoord hebben gelezen. Wilt u iets toevoegen? "
            "Maak dan een notitie die de VO-school ook leest."
        )


@dataclass(eq=False)
class SupplementNotChosen(Refusal):
    """More than one question is open: which one this answers, a person must say."""

    code: ClassVar[str] = "SUPPLEMENT_NOT_CHOSEN"
    supplement_ids: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return "Er staat meer dan één vraag open bij deze leerling. Kies welke u beantwoordt."
