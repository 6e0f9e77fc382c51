"""The five exports (rules 22, 29, 30, 39), column by column."""

from exports.columns import Column, ExportList, Shape
from rules.vocabulary import ExportKind, PlacementStatus, PriorityGround, PriorityStatus, Role

OF_SCHOOLS = frozenset({Role.VO_STAFF, Role.INTEGRATOR})
"""What is between a family, a primary and a secondary school: the region does not read it."""

LONGEST_LIST = 5
"""So many choices have columns of their own: the longest list of any advice (rule 17)."""

STATUSES = {
    PlacementStatus.NONE.value: "",
    PlacementStatus.PLACED.value: "Geplaatst",
    PlacementStatus.DRAWN_OUT.value: "Uitgeloot",
    PlacementStatus.NOT_PLACEABLE.value: "Niet plaatsbaar",
    PlacementStatus.WITHDRAWN.value: "Teruggetrokken",
}
GROUNDS = {
    PriorityGround.SIBLING.value: "Broer of zus",
    PriorityGround.STAFF_CHILD.value: "Kind van medewerker",
}
DECISIONS = {
    PriorityStatus.REQUESTED.value: "Aangevraagd",
    PriorityStatus.GRANTED.value: "Gehonoreerd",
    PriorityStatus.REJECTED.value: "Niet gehonoreerd",
}
ENDED_BY = {Role.PARENT.value: "Ouders", Role.VO_STAFF.value: "VO-school"}


def _c(name: str, header: str, description: str, sql: str, **more: object) -> Column:
    return Column(name=name, header=header, description=description, sql=sql, **more)  # type: ignore[arg-type]


NAME = (
    _c("elk_number", "ELK-nummer", "Het ELK-nummer.", "p.elk_number", width=11),
    _c("first_name", "Roepnaam", "De roepnaam.", "p.first_name"),
    _c("infix", "Tussenvoegsel", "Het tussenvoegsel van de achternaam.", "p.infix"),
    _c("last_name", "Achternaam", "De achternaam.", "p.last_name", width=20),
    _c("birth_date", "Geboortedatum", "De geboortedatum.", "p.birth_date", shape=Shape.DATE),
)
HOME = (
    _c("street", "Straat", "De straat van het woonadres; leeg als het geheim is.", "ad.street", width=22),
    _c("house_number", "Huisnummer", "Het huisnummer.", "ad.house_number", width=11),
    _c("postcode", "Postcode", "De postcode.", "ad.postcode", width=10),
    _c("city", "Woonplaats", "De woonplaats.", "ad.city", width=24),
)
ORIGIN = (
    _c("primary_school", "Basisschool", "De school waar de leerling vandaan komt.",
       "coalesce(ps.name, p.origin_school)", width=26),
    _c("primary_school_brin", "BRIN basisschool", "Het brinnummer van die school, met de vestiging.",
       "coalesce(ps.brin || ps.location, p.origin_brin)", width=16),
    _c("advice", "Advies", "Het definitieve advies, als code.", "p.advice_id", shape=Shape.TEXT, width=22),
)  # fmt: skip
ENROLLED_AT = _c(
    "enrolled_at", "Aangemeld op", "Wanneer de aanmelding definitief werd.", "e.finalized_at",
    shape=Shape.MOMENT, width=17,
)  # fmt: skip
HERE = (
    _c("school", "School", "De school die de aanmelding behandelt.", "hs.name", width=26),
    _c("department", "Afdeling", "De afdeling waar de leerling nu bij staat.", "hd.name", width=22),
)
PRIORITY = (
    # A claim is about the first choice: where a pupil was moved to there is none.
    _c("priority_ground", "Voorrang op grond van", "Waarom voorrang is aangevraagd.",
       "CASE WHEN NOT e.moved THEN e.priority_ground END", shape=Shape.CODE, words=GROUNDS, width=21),
    _c("priority_status", "Voorrang", "Wat over de voorrang is besloten.",
       "CASE WHEN NOT e.moved THEN e.priority_status END", shape=Shape.CODE, words=DECISIONS, width=17),
)  # fmt: skip
TWINS = (
    _c("is_multiple", "Meerling", "Of de leerling volgens de ouders een meerling is.", "e.is_multiple",
       shape=Shape.YES_NO, width=10),
    _c("all_apply_here", "Meerling hier aangemeld", "Of alle kinderen van de meerling zich hier aanmelden.",
       "e.all_apply_here", shape=Shape.YES_NO, width=23),
)  # fmt: skip
EQUIVALENT = _c(
    "accept_equivalent_department", "Gelijkwaardige afdeling", "Of een gelijkwaardige afdeling ook goed is.",
    "e.accept_equivalent_department", shape=Shape.YES_NO, width=22,
)  # fmt: skip
STATUS = _c(
    "placement_status", "Status", "Wat de school heeft besloten.", "e.placement_status",
    shape=Shape.CODE, words=STATUSES, width=15,
)  # fmt: skip
MOVED = _c(
    "moved_after_central_placement", "Overgezet na CP&L",
    "Of de leerling na de centrale plaatsing door de school van eerste voorkeur is doorgeplaatst.", "e.moved",
    shape=Shape.YES_NO, width=18,
)  # fmt: skip


def _choices(*, first: int) -> tuple[Column, ...]:
    """School and department of each line of the list, from rank `first` on, in columns of their own."""
    found = []
    for rank in range(first, LONGEST_LIST + 1):
        found += [
            _c(f"choice{rank}_school", f"School {rank}e keuze", f"De school van voorkeur {rank}.",
               f"s{rank}.name", width=26),
            _c(f"choice{rank}_department", f"Afdeling {rank}e keuze", f"De afdeling van voorkeur {rank}.",
               f"d{rank}.name", width=22),
        ]  # fmt: skip
    return tuple(found)


ENROLMENTS = ExportList(
    kind=ExportKind.ENROLMENTS,
    query="exportEnrolments",
    row="ExportedEnrolment",
    title="Aanmeldingen",
    filename="aanmeldingen",
    description="Een regel van de export Aanmeldingen: een leerling die nu definitief is aangemeld.",
    columns=(
        *NAME,
        *HOME,
        *ORIGIN,
        ENROLLED_AT,
        *HERE,
        *_choices(first=1),
        MOVED,
        STATUS,
        _c("track", "Richting", "De richting waarin de leerling is geplaatst.", "e.track"),
        _c("profile", "Profiel", "Het profiel waarin de leerling is geplaatst.", "e.profile"),
        _c("placed_at", "Geplaatst op", "Wanneer de leerling is geplaatst.", "e.placed_at",
           shape=Shape.MOMENT, width=17),
        _c("parents_informed_at", "Ouders ingelicht op", "Wanneer de ouders hoorden dat de school meer tijd nodig heeft.",
           "e.parents_informed_at", shape=Shape.MOMENT, width=18),
        *PRIORITY,
        _c("sibling_name", "Naam broer of zus", "De broer of zus op deze school.",
           "CASE WHEN NOT e.moved THEN e.sibling_name END", roles=OF_SCHOOLS, width=20),
        _c("sibling_class", "Klas broer of zus", "De klas van die broer of zus.",
           "CASE WHEN NOT e.moved THEN e.sibling_class END", roles=OF_SCHOOLS, width=16),
        EQUIVALENT,
        *TWINS,
        _c("transfer_meeting", "Tafelmiddag", "Of er een gesprek op de tafelmiddag is gevraagd.",
           "e.transfer_meeting", shape=Shape.YES_NO, roles=OF_SCHOOLS, width=12),
        _c("open_supplement", "Aanvulling open", "Of er nog een vraag om een aanvulling openstaat.",
           "e.open_supplement", shape=Shape.YES_NO, roles=OF_SCHOOLS, width=15),
    ),
)  # fmt: skip

WITHDRAWN = ExportList(
    kind=ExportKind.WITHDRAWN,
    query="exportWithdrawn",
    row="ExportedWithdrawal",
    title="Terugtrekkers",
    filename="terugtrekkers",
    description="Een regel van de export Terugtrekkers: een aanmelding die de ouders of de VO-school hebben teruggetrokken.",
    columns=(
        *NAME,
        *HERE,
        ENROLLED_AT,
        _c("withdrawn_at", "Teruggetrokken op", "Wanneer de aanmelding werd beëindigd.", "e.withdrawn_at",
           shape=Shape.MOMENT, width=18),
        _c("withdrawn_by", "Teruggetrokken door", "Wie de aanmelding beëindigde: de ouders of de VO-school.",
           "e.withdrawn_by", shape=Shape.CODE, words=ENDED_BY, width=19),
    ),
)  # fmt: skip

DECENTRAL_LOTTERY = ExportList(
    kind=ExportKind.DECENTRAL_LOTTERY,
    query="exportDecentralLottery",
    row="ExportedForDecentralLottery",
    title="Decentrale loting",
    filename="decentrale-loting",
    description="Een regel van de export Decentrale loting: een leerling zonder status bij de afdeling.",
    columns=(
        *NAME,
        *ORIGIN,
        ENROLLED_AT,
        *HERE,
        *PRIORITY,
        EQUIVALENT,
        *TWINS,
        _c("twins_here", "Tweeling op deze school", "Of er een kind van dezelfde geboorte bij deze school is aangemeld.",
           "tw.here", shape=Shape.YES_NO, width=22),
        _c("twins", "ELK-nummers meerling", "De ELK-nummers van die kinderen.", "tw.numbers", width=22),
    ),
)  # fmt: skip

CENTRAL_PLACEMENT = ExportList(
    kind=ExportKind.CENTRAL_PLACEMENT,
    query="exportCentralPlacement",
    row="ExportedForCentralPlacement",
    title="Centrale plaatsing en loting",
    filename="centrale-plaatsing-en-loting",
    description="Een regel van de export Centrale plaatsing en loting: een leerling die is uitgeloot.",
    columns=(
        *NAME,
        *ORIGIN,
        ENROLLED_AT,
        *HERE,
        *_choices(first=2),
        *TWINS,
    ),
)

OUTSIDE_PUPILS = ExportList(
    kind=ExportKind.OUTSIDE_PUPILS,
    query="exportOutsidePupils",
    row="ExportedOutsidePupil",
    title="Buitenleerlingen",
    filename="buitenleerlingen",
    description="Een regel van de export Buitenleerlingen, met BSN en brinnummer. Elke keer lezen wordt vastgelegd.",
    columns=(
        *NAME,
        _c("bsn", "BSN", "Het burgerservicenummer.", "p.bsn_encrypted", shape=Shape.SEALED, width=11),
        _c("origin_school", "School van herkomst", "De school waar de leerling vandaan komt.", "p.origin_school", width=26),
        _c("origin_brin", "BRIN", "Het brinnummer van die school.", "p.origin_brin", width=9),
        *HOME,
        _c("advice", "Advies", "Het definitieve advies, als code.", "p.advice_id", width=22),
        ENROLLED_AT,
        *HERE,
        STATUS,
    ),
)  # fmt: skip

LISTS = {
    one.kind: one for one in (ENROLMENTS, WITHDRAWN, DECENTRAL_LOTTERY, CENTRAL_PLACEMENT, OUTSIDE_PUPILS)
}
