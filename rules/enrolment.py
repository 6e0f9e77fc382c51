"""Rules 16 to 22: the form of a family. What is missing, what is wrong, when it may be definitive."""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from rules.calendar import PeriodClosed
from rules.refusal import Refusal
from rules.vocabulary import PriorityGround

MOST_PREFERENCES = 10
GROUNDS = {
    PriorityGround.SIBLING: "broer of zus op deze school",
    PriorityGround.STAFF_CHILD: "kind van een medewerker",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One line of the list, with what the rules need to know of it."""

    department_id: UUID
    department: str
    school_id: UUID
    school: str
    open_to_child: bool
    grounds: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """What a family has filled in. Everything but the list is about the first preference only."""

    choices: tuple[Choice, ...] = ()
    ground: PriorityGround | None = None
    sibling_name: str = ""
    sibling_class: str = ""
    accept_equivalent_department: bool = False
    is_multiple: bool = False
    all_apply_here: bool = False
    not_at: frozenset[UUID] = frozenset()
    """Schools that cannot place the child (rule 33): not to be its first choice again."""


def may_revoke(*, in_application: bool, decided: bool) -> None:
    """Rule 22: in the application period always; in a window of its own until the school begins to decide.

    Raises `BeingHandled`: it says the same whatever the school decided (rule 23).
    """
    if decided and not in_application:
        raise BeingHandled()


def in_the_way(*, closed: Refusal | None, not_placing: bool, elsewhere: str | None) -> list[str]:
    """Why no form, however full, can be definitive now (rules 2, 3 and 11): what finalising would say.

    Dutch, one item each; as a rule there is nothing. `elsewhere`: the region with a definitive one.
    """
    found = []
    if closed is not None:
        found.append(closed.about(act="Aanmelden") if isinstance(closed, PeriodClosed) else closed.message)
    if not_placing:
        found.append(CannotEnrol().message)
    if elsewhere is not None:
        found.append(AlreadyEnrolledElsewhere(region=elsewhere).message)
    return found


def missing(*, form: Form, list_length: int | None) -> list[str]:
    """What must still be done before the form can be definitive, in the order of the form (rules 17-20).

    Dutch, one sentence an item. Empty: it can be finalised.
    """
    if list_length is None:
        return [
            "Met dit advies verloopt de aanmelding niet via dit formulier. Neem contact op met de basisschool."
        ]
    return [*_about_the_list(form, list_length), *_about_priority(form)]


def still_fits(*, form: Form, list_length: int | None) -> bool:
    """Rule 7: whether a definitive list is still one by the advice as it is now: its length, its departments."""
    return list_length is not None and not _about_the_list(form, list_length)


def _about_the_list(form: Form, list_length: int) -> list[str]:
    found = []
    short = list_length - len(form.choices)
    if short > 0:
        schools = "1 school" if short == 1 else f"{short} scholen"
        found.append(f"Kies nog {schools}. Uw lijst moet precies {list_length} scholen hebben.")
    if short < 0:
        found.append(f"Uw lijst heeft te veel scholen. Kies er precies {list_length}.")
    # By id: two schools of one name are two schools.
    names = {choice.school_id: choice.school for choice in form.choices}
    for school_id, times in Counter(choice.school_id for choice in form.choices).items():
        if times > 1:
            found.append(
                f"{names[school_id]} staat {times} keer op uw lijst. Kies elke school maar één keer."
            )
    if form.choices and form.choices[0].school_id in form.not_at:
        found.append(
            f"{form.choices[0].school} kan uw kind niet plaatsen. Kies een andere school als eerste voorkeur."
        )
    for rank, choice in enumerate(form.choices, start=1):
        if not choice.open_to_child:
            found.append(
                f"Voorkeur {rank}: {choice.department} van {choice.school} past niet bij het advies van uw kind."
                " Kies een andere afdeling."
            )
    return found


def _about_priority(form: Form) -> list[str]:
    if form.ground is None:
        return []
    if not form.choices:
        return ["U vraagt voorrang aan. Kies daarvoor eerst de school van uw eerste voorkeur."]
    first = form.choices[0]
    if form.ground not in first.grounds:
        return [f"{first.school} geeft geen voorrang voor: {GROUNDS[form.ground]}. Haal de voorrang weg."]
    found = []
    if form.ground is PriorityGround.SIBLING:
        if not form.sibling_name:
            found.append("Vul bij de voorrang de naam van de broer of zus in.")
        if not form.sibling_class:
            found.append("Vul bij de voorrang de klas van de broer of zus in.")
    return found


def fitting(*, form: Form, first_school_before: UUID | None) -> tuple[Form, list[str]]:
    """What stays when the first preference went to another school (rules 18-20), and what to tell.

    Priority claims that the new first school does not have go; one that it has stays, and is to be looked at. A claim that was wrong from the
    start, or of a list that is empty for a moment, stays: it stands in `missing`, and nothing a family
    typed is lost behind its back.
    """
    first = form.choices[0] if form.choices else None
    if first is None or first_school_before in (None, first.school_id):
        return form, []
    if form.ground is None:
        return form, []
    if form.ground in first.grounds:
        told = (
            f"U heeft {first.school} op de eerste plaats gezet. Uw aanvraag voor voorrang ({GROUNDS[form.ground]}) "
            "is blijven staan. Kijk na of zij ook voor deze school klopt."
        )
        return form, [told]
    told = (
        "U heeft een andere school op de eerste plaats gezet. Uw aanvraag voor voorrang "
        f"({GROUNDS[form.ground]}) geldt daar niet en is weggehaald."
    )
    kept = Form(
        choices=form.choices,
        accept_equivalent_department=form.accept_equivalent_department,
        is_multiple=form.is_multiple,
        all_apply_here=form.all_apply_here,
    )
    return kept, [told]


@dataclass(eq=False)
class EnrolmentIncomplete(Refusal):
    """Rule 21: finalising is possible once nothing is missing; `missing` says what is."""

    code: ClassVar[str] = "ENROLMENT_INCOMPLETE"
    missing: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return "De aanmelding kan nog niet definitief worden. " + " ".join(self.missing)


@dataclass(eq=False)
class AlreadyEnrolledElsewhere(Refusal):
    """Rule 2: a pupil has at most one definitive enrolment over all linked regions."""

    code: ClassVar[str] = "ALREADY_ENROLLED_ELSEWHERE"
    region: str = ""

    @property
    def message(self) -> str:
        where = f" in de regio {self.region}" if self.region else " in een andere regio"
        return (
            f"Uw kind is al definitief aangemeld{where}. U kunt uw kind in één regio aanmelden. "
            "Maak eerst die aanmelding ongedaan."
        )


@dataclass(eq=False)
class TooManyPreferences(Refusal):
    """No form has this many lines: `most` is where saving ends."""

    code: ClassVar[str] = "TOO_MANY_PREFERENCES"
    most: int = MOST_PREFERENCES

    @property
    def message(self) -> str:
        return f"Op een lijst passen ten hoogste {self.most} scholen."


@dataclass(eq=False)
class EnrolmentFinal(Refusal):
    """What is definitive is not edited: undo it first (rule 22)."""

    code: ClassVar[str] = "ENROLMENT_FINAL"

    @property
    def message(self) -> str:
        return "De aanmelding is definitief. Maak haar eerst ongedaan als u iets wilt wijzigen."


@dataclass(eq=False)
class BeingHandled(Refusal):
    """Rule 22: the school has begun to handle an enrolment that came after the application period."""

    code: ClassVar[str] = "BEING_HANDLED"

    @property
    def message(self) -> str:
        return (
            "De school behandelt de aanmelding van uw kind al. Wilt u iets veranderen? Neem contact op met de "
            "school."
        )


@dataclass(eq=False)
class NothingToRevoke(Refusal):
    """Only what is definitive can be undone (rule 22)."""

    code: ClassVar[str] = "NOTHING_TO_REVOKE"

    @property
    def message(self) -> str:
        return (
            "Er is geen definitieve aanmelding om ongedaan te maken. Heeft u haar al ongedaan gemaakt? "
            "Dan hoeft u niets meer te doen."
        )


@dataclass(eq=False)
class CannotEnrol(Refusal):
    """Rule 11: the primary school gave a reason not to place this pupil."""

    code: ClassVar[str] = "CANNOT_ENROL"

    @property
    def message(self) -> str:
        return "Uw kind kan nu niet worden aangemeld. Neem contact op met de basisschool."
