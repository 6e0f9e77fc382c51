"""Who sees what of a child, and when: the half of visibility that depends on the moment (rules 7, 12, 23 to 36).

`schema/visibility.py` says beside each field which roles have it. Here stands, for each fact that is kept of a child,
in which states of its year it is there and in which each viewer reads it. Written by hand from the rules, to be
reviewed line by line: `docs/visibility-by-state.md` is made from it, and a test compares it with what everyone
really gets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rules.vocabulary import Role


class State(StrEnum):
    """Where a child stands in the year, each with the Dutch head of its column."""

    NOT_SENT = "inlog niet verstuurd"
    SENT = "inlog verstuurd"
    ACTIVE = "inlog actief"
    CONCEPT = "concept"
    FINAL = "definitief"
    UNDONE = "ongedaan gemaakt"
    FELL_BACK = "terug naar concept"
    NOT_GOING = "reden niet plaatsen"
    DECIDED = "voorrang besloten"
    PLACED = "geplaatst"
    DRAWN_OUT = "uitgeloot"
    NOT_PLACEABLE = "niet plaatsbaar"
    WITHDRAWN = "teruggetrokken"
    MOVED = "doorgeplaatst"
    MOVED_PLACED = "daar geplaatst"
    MOVED_DEFERRED = "daar meer tijd"
    DECIDED_TOLD = "bekendgemaakt: geen besluit"
    PLACED_TOLD = "bekendgemaakt: geplaatst"
    DRAWN_OUT_TOLD = "bekendgemaakt: uitgeloot"
    NOT_PLACEABLE_TOLD = "bekendgemaakt: niet plaatsbaar"
    WITHDRAWN_TOLD = "bekendgemaakt: teruggetrokken"
    MOVED_TOLD = "bekendgemaakt: doorgeplaatst"
    MOVED_PLACED_TOLD = "bekendgemaakt: daar geplaatst"
    MOVED_DEFERRED_TOLD = "bekendgemaakt: daar meer tijd"
    OUTSIDE_FINAL = "buitenleerling: definitief"
    OUTSIDE_MOVED = "buitenleerling: doorgeplaatst"
    OUTSIDE_MOVED_TOLD = "bekendgemaakt: buitenleerling"


class Who(StrEnum):
    """Who looks, seen from one child."""

    FAMILY = "het gezin"
    PO_EDITOR = "de basisschool (invoeren)"
    PO_MONITOR = "de basisschool (monitoring)"
    VO_FIRST = "de VO-school van eerste voorkeur"
    VO_SECOND = "de VO-school van tweede voorkeur, waarheen wordt doorgeplaatst"
    REGION = "de beheerder van de regio"
    LEAD = "de projectleider van de regio"
    OTHER_FAMILY = "een ander gezin"
    OTHER_PO = "een andere basisschool"
    VO_THIRD = "de VO-school van derde voorkeur"
    VO_ELSEWHERE = "een VO-school die niet op de lijst staat"
    LINKED_REGION = "de beheerder van een gekoppelde regio waar het kind niets heeft"
    UNLINKED_REGION = "de beheerder van een regio die niet is gekoppeld"
    LINKED_LEAD = "de projectleider van een gekoppelde regio"
    INTEGRATOR = "een systeem (integrator)"
    PUBLIC = "wie niet is ingelogd"


ROLE: Mapping[Who, Role] = {
    Who.FAMILY: Role.PARENT,
    Who.OTHER_FAMILY: Role.PARENT,
    Who.PO_EDITOR: Role.PO_EDITOR,
    Who.OTHER_PO: Role.PO_EDITOR,
    Who.PO_MONITOR: Role.PO_MONITOR,
    Who.VO_FIRST: Role.VO_STAFF,
    Who.VO_SECOND: Role.VO_STAFF,
    Who.VO_THIRD: Role.VO_STAFF,
    Who.VO_ELSEWHERE: Role.VO_STAFF,
    Who.REGION: Role.REGION_ADMIN,
    Who.LINKED_REGION: Role.REGION_ADMIN,
    Who.UNLINKED_REGION: Role.REGION_ADMIN,
    Who.LEAD: Role.PROJECT_LEAD,
    Who.LINKED_LEAD: Role.PROJECT_LEAD,
    Who.INTEGRATOR: Role.INTEGRATOR,
    Who.PUBLIC: Role.PUBLIC,
}

States = frozenset[State]

ALWAYS: States = frozenset(State)
OUTSIDE: States = frozenset(state for state in State if state.name.startswith("OUTSIDE"))
AT_HOME: States = ALWAYS - OUTSIDE
NEVER: States = frozenset()

LOGIN_SENT: States = AT_HOME - {State.NOT_SENT}
SIGNED_IN: States = ALWAYS - {State.NOT_SENT, State.SENT}
"""The family has a password (rule 14)."""
IN_MAIL_1: States = SIGNED_IN | {State.SENT}
FORM_BEGUN: States = ALWAYS - {State.NOT_SENT, State.SENT, State.ACTIVE}
TOLD: States = frozenset(state for state in State if state.name.endswith("_TOLD"))
"""From the announcement on (rule 23)."""
MOVED: States = frozenset(state for state in State if "MOVED" in state.name)
"""Handed on to the second preference (rule 31): the first school has the child no more."""
NOT_PLACEABLE: States = frozenset({State.NOT_PLACEABLE, State.NOT_PLACEABLE_TOLD})
GONE_BY_SCHOOL: States = NOT_PLACEABLE | {State.WITHDRAWN, State.WITHDRAWN_TOLD}
ENDED_BEFORE: States = frozenset({State.UNDONE, State.FELL_BACK, State.NOT_GOING})
ENDED: States = ENDED_BEFORE | GONE_BY_SCHOOL
"""No definitive form any more: no secondary school has the child (rules 7, 11, 22, 33, 34)."""
AT_FIRST: States = FORM_BEGUN - MOVED - ENDED - {State.CONCEPT}
AT_SECOND: States = MOVED
HANDLED: States = AT_HOME & FORM_BEGUN - ENDED_BEFORE - {State.CONCEPT, State.FINAL}
"""The first school has dealt with the child: decided priority, written notes, asked questions, asked to meet."""
PLACED: States = frozenset({State.PLACED, State.PLACED_TOLD, State.MOVED_PLACED, State.MOVED_PLACED_TOLD})
DRAWN_OUT: States = frozenset({State.DRAWN_OUT, State.DRAWN_OUT_TOLD})
DEFERRED: States = frozenset({State.MOVED_DEFERRED, State.MOVED_DEFERRED_TOLD})

Seen = Mapping[Who, States]

WITHDREW: States = frozenset({State.UNDONE, State.WITHDRAWN, State.WITHDRAWN_TOLD})
"""Undone by the family or ended by the school: on the school's list of who withdrew (rule 22)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Something kept of a child. A viewer sees it where it is `there` and their own states say so.

    `paths`: the fields of `Pupil` that tell it; the longest that fits decides whose a field is. `=` after a path:
    only that value of it, or of the `kind` of a row. Without viewers it stands in the audit alone.
    """

    title: str
    paths: tuple[str, ...] = ()
    there: States = ALWAYS
    seen: Seen = field(default_factory=dict)

    def seen_by(self, who: Who, state: State) -> bool:
        return state in self.there and state in self.seen.get(who, NEVER)


def _fact(title: str, *paths: str, there: States = ALWAYS, **seen: States) -> Fact:
    return Fact(
        title=title, paths=paths, there=there, seen={Who[name]: states for name, states in seen.items()}
    )


def _with_school(title: str, *paths: str, there: States = ALWAYS, **seen: States) -> Fact:
    """The school that has the child reads it too."""
    return _fact(title, *paths, there=there, VO_FIRST=AT_FIRST, VO_SECOND=AT_SECOND, **seen)


# fmt: off
FACTS: Mapping[str, Fact] = {
    # Who the child is (rules 4, 15, 25, 33).
    "name": _with_school("naam", "id", "firstName", "infix", "lastName", "fullName",
        FAMILY=IN_MAIL_1, PO_EDITOR=AT_HOME, PO_MONITOR=AT_HOME, REGION=ALWAYS, LEAD=NOT_PLACEABLE),
    "elk_number": _with_school("ELK-nummer", "elkNumber",
        FAMILY=IN_MAIL_1, PO_EDITOR=AT_HOME, REGION=ALWAYS, LEAD=NOT_PLACEABLE),
    "official_names": _with_school("officiële voornamen", "officialNames", FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME),
    "birth": _with_school("geboortedatum en geslacht", "birthDate", "gender",
        FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME, REGION=ALWAYS),
    "group": _fact("groep", "group", FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME, PO_MONITOR=AT_HOME, REGION=ALWAYS),
    "origin": _with_school("of het een buitenleerling is", "origin", PO_EDITOR=AT_HOME, REGION=ALWAYS),
    "origin_school": _with_school("school van een buitenleerling", "originSchool", there=OUTSIDE,
        FAMILY=SIGNED_IN, REGION=ALWAYS),
    "primary_school": _with_school("basisschool", "primarySchool", there=AT_HOME,
        FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME, REGION=ALWAYS, LEAD=NOT_PLACEABLE),
    "bsn": _fact("BSN", "bsn", "bsnDoubtful", there=AT_HOME, PO_EDITOR=AT_HOME),
    "keys": _fact("ECK-iD en leerlingsleutel", "eckId", "schoolKey", there=AT_HOME, PO_EDITOR=AT_HOME),
    "address": _with_school("woonadres", "address", "addresses", there=AT_HOME,
        FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME, REGION=ALWAYS),
    "other_address": _fact("ander adres", "addresses=post", there=AT_HOME, FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME),
    "secret_address": _fact("geheim woonadres", "address=secret", "addresses=secret", there=OUTSIDE, FAMILY=SIGNED_IN),
    "guardians": _with_school("ouders en verzorgers", "guardians", FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME),
    "email": _with_school("e-mailadres van de ouders", "guardians.email", "parentLogins.email",
        FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME, REGION=LOGIN_SENT | OUTSIDE),
    "twins": _with_school("kinderen van dezelfde geboorte bij deze school", "twinsAtThisSchool", there=AT_HOME),

    # Advice, test, Oki-doc (rules 6 to 8, 26, 47).
    "advice": _with_school("definitief advies", "advice", "adviceLabel", "listLength",
        FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME, PO_MONITOR=AT_HOME, REGION=ALWAYS),
    "provisional_advice": _fact("voorlopig advies", "provisionalAdvice", there=AT_HOME, PO_EDITOR=AT_HOME),
    "reconsideration": _fact("motivering bij de heroverweging", "reconsiderationMotivation", "reconsiderationOpen",
        there=AT_HOME, FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME),
    "exemption": _fact("grond voor geen toets", "testExemption", there=AT_HOME,
        FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME, REGION=ALWAYS),
    "test_advice": _with_school("toetsadvies", "testResult", there=AT_HOME,
        FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME, REGION=ALWAYS),
    "test": _with_school("toets: scores en niveaus", "testResult.testName", "testResult.testVersion",
        "testResult.takenAt", "testResult.referenceLevels", "testResult.scores", "testResult.dossier", there=AT_HOME,
        FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME),
    "oki_doc": _with_school("Oki-doc", "okiDoc", there=AT_HOME, FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME),
    "attachment": _with_school("bijlage bij het Oki-doc", "attachments", there=AT_HOME,
        FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME),
    "family_document": _with_school("document van het gezin", "familyDocuments", there=OUTSIDE, FAMILY=SIGNED_IN),

    # The login (rules 4, 8 to 11).
    "login": _fact("stand van de ouderinlog", "loginStatus", "parentLogins",
        FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME, PO_MONITOR=AT_HOME, REGION=ALWAYS),
    "login_moments": _fact("ouderinlog: momenten", "parentLogins.sentAt", "parentLogins.activatedAt", there=LOGIN_SENT,
        PO_EDITOR=AT_HOME, REGION=ALWAYS),
    "not_placing": _fact("reden niet plaatsen VO", "notPlacingReason", there=frozenset({State.NOT_GOING}),
        PO_EDITOR=AT_HOME, REGION=ALWAYS),

    # The form (rules 13, 16 to 22, 25).
    "list": _with_school("voorkeurslijst", "enrolment.preferences", there=FORM_BEGUN, FAMILY=SIGNED_IN),
    "form": _with_school("aanmelding: stand, versie, antwoorden", "enrolment", "multipleBirth", there=FORM_BEGUN,
        FAMILY=SIGNED_IN),
    # A claim is about the first choice: the school a child is moved to reads none of it.
    "claim": _fact("voorrang: aanvraag", "enrolment.priorityClaim", there=FORM_BEGUN,
        FAMILY=SIGNED_IN, VO_FIRST=AT_FIRST),
    "history": _fact("beëindigde aanmelding", "enrolmentHistory", there=ENDED, FAMILY=SIGNED_IN),
    "own_window": _fact("eigen aanmeldtijd", "individualWindows", there=NOT_PLACEABLE,
        FAMILY=SIGNED_IN, PO_EDITOR=AT_HOME, REGION=ALWAYS),
    "course": _fact("verloop, zonder uitkomst", "course", there=LOGIN_SENT, PO_EDITOR=AT_HOME),

    # What the school decides (rules 23, 27 to 34). PO knows no priority, and before the announcement no place.
    "decision": _fact("voorrang: besluit",
        *(f"enrolment.priorityClaim.{sign}" for sign in ("status=GRANTED", "status=REJECTED", "colour=BLUE", "colour=RED")),
        there=HANDLED, FAMILY=HANDLED - ENDED, VO_FIRST=AT_FIRST & HANDLED),
    "claim_to_decide": _fact("voorrang: waarover deze school besluit", "priorityClaim", there=FORM_BEGUN,
        VO_FIRST=AT_FIRST),
    "applied": _with_school("afdeling en moment van aanmelding", "placement", there=FORM_BEGUN),
    "status": _with_school("besluit over de plaatsing", "placementStatus", there=PLACED | DRAWN_OUT | GONE_BY_SCHOOL),
    "track": _with_school("richting, profiel en moment van plaatsing", "placement.track", "placement.profile",
        "placement.placedAt", there=PLACED),
    "moved": _with_school("dat het kind is doorgeplaatst", "movedAfterCentralPlacement", "placement.movedAt", there=MOVED),
    "deferred": _with_school("dat de school meer tijd nodig heeft", "placement.parentsInformedAt", there=DEFERRED),
    "refused": _fact("dat een school niet kan plaatsen", "notPlaceable", "course=NOT_PLACEABLE", there=NOT_PLACEABLE,
        PO_EDITOR=AT_HOME, LEAD=NOT_PLACEABLE),
    "withdrawn": _fact("dat een school het kind heeft teruggetrokken", "course=WITHDRAWN",
        there=GONE_BY_SCHOOL - NOT_PLACEABLE, PO_EDITOR=AT_HOME),
    "explanation": _fact("toelichting of reden van de school", there=GONE_BY_SCHOOL),
    "result": _fact("uitslag", "placementResult", there=TOLD, FAMILY=TOLD),
    "result_in_course": _fact("uitslag in het verloop", "course=RESULT",
        there=TOLD & (PLACED | DRAWN_OUT | DEFERRED), PO_EDITOR=TOLD),

    # What PO and VO tell each other (rules 12, 26, 35).
    "note_po": _fact("notitie van PO, eigen", "notes", there=AT_HOME, PO_EDITOR=AT_HOME),
    "note_po_shared": _with_school("notitie van PO, gedeeld", "notes", there=AT_HOME, PO_EDITOR=AT_HOME),
    "note_first": _fact("notitie van de eerste school, eigen", "notes", there=HANDLED, VO_FIRST=AT_FIRST),
    "note_first_shared": _fact("notitie van de eerste school, gedeeld", "notes", there=HANDLED,
        PO_EDITOR=AT_HOME, VO_FIRST=AT_FIRST),
    "note_second": _fact("notitie van de tweede school, eigen", "notes", there=MOVED & AT_HOME, VO_SECOND=AT_SECOND),
    "note_second_shared": _fact("notitie van de tweede school, gedeeld", "notes", there=MOVED & TOLD & AT_HOME,
        PO_EDITOR=TOLD, VO_SECOND=AT_SECOND),
    "meeting_note": _fact("notitie bij de warme overdracht", "notes", there=HANDLED,
        PO_EDITOR=AT_HOME, VO_FIRST=AT_FIRST),
    # The tick goes when the child does; before the announcement PO reads what was asked instead.
    "meeting": _fact("warme overdracht gevraagd", "transferMeeting", there=HANDLED - GONE_BY_SCHOOL,
        PO_EDITOR=HANDLED - {State.DRAWN_OUT_TOLD}, VO_FIRST=AT_FIRST - DRAWN_OUT, VO_SECOND=AT_SECOND & TOLD),
    "supplement": _fact("aanvulling: vraag van de eerste school", "supplements", there=HANDLED,
        PO_EDITOR=AT_HOME, VO_FIRST=AT_FIRST),
    "answer": _fact("aanvulling: antwoord van PO", "supplements.answer", there=HANDLED,
        PO_EDITOR=AT_HOME, VO_FIRST=AT_FIRST),
    "answer_file": _fact("aanvulling: bestand bij het antwoord", "supplements.files", there=HANDLED,
        PO_EDITOR=AT_HOME, VO_FIRST=AT_FIRST),
    "supplement_second": _fact("aanvulling: vraag van de tweede school", "supplements",
        there=MOVED & TOLD & AT_HOME, PO_EDITOR=TOLD, VO_SECOND=AT_SECOND),
    # Of a school that has the child no more nothing is awaited; PO learns that at the announcement.
    "awaited": _fact("aanvulling: dat er een openstaat", "openSupplement", there=HANDLED - GONE_BY_SCHOOL,
        PO_EDITOR=AT_HOME, VO_FIRST=AT_FIRST, VO_SECOND=AT_SECOND & TOLD),
    "awaited_which": _fact("aanvulling: welke vraag openstaat", "supplements.open", there=HANDLED - GONE_BY_SCHOOL,
        PO_EDITOR=AT_HOME, VO_FIRST=AT_FIRST, VO_SECOND=AT_SECOND & TOLD),
}
# fmt: on


_BY_PATH: Mapping[str, str] = {path: name for name in reversed([*FACTS]) for path in FACTS[name].paths}


def fact_of(path: str) -> str | None:
    """The fact that a field tells, by the longest path that fits: `course=RESULT.what`, `enrolment.status=FINAL`."""
    while path:
        if path in _BY_PATH:
            return _BY_PATH[path]
        path = path[: max(path.rfind("."), path.rfind("="), 0)]
    return None


NAMED = frozenset({"name", "elk_number", "birth"})
AT_A_SCHOOL: States = AT_FIRST | AT_SECOND
IN_EXPORTS: Mapping[Who, tuple[tuple[States, frozenset[str]], ...]] = {
    Who.VO_FIRST: ((WITHDREW, NAMED), (OUTSIDE & AT_FIRST, frozenset({"bsn"}))),
    Who.VO_SECOND: ((OUTSIDE & AT_SECOND, frozenset({"bsn"})),),
    Who.REGION: (
        (AT_A_SCHOOL | WITHDREW, frozenset({"list", "form", "applied", "moved"})),
        (AT_A_SCHOOL, frozenset({"claim", "decision", "status", "track", "deferred"})),
        (OUTSIDE & AT_A_SCHOOL, frozenset({"bsn"})),
    ),
}
"""Rule 39: what somebody reads in the rows of exports and not in the fields of `Pupil`."""


def may_export(who: Who, state: State) -> frozenset[str]:
    """The facts that exports tell this viewer of a child: none but what it sees anyway, and these."""
    more = (facts for states, facts in IN_EXPORTS.get(who, ()) if state in states)
    return frozenset(name for name, fact in FACTS.items() if fact.seen_by(who, state)).union(*more)
