"""The child, as each role sees it. Visibility stands beside each field."""

from datetime import date, datetime
from typing import Any, cast

import strawberry

from rules.oki_doc.identity import ABROAD, ADDRESS_KINDS
from rules.vocabulary import (
    Colour,
    LoginStatus,
    NotPlacingReason,
    PlacementStatus,
    PupilOrigin,
    Role,
    WindowReason,
)
from schema.enrolment import Enrolment, ListedDepartment, MultipleBirth, PriorityClaim, RegionCode
from schema.file import HAVE_FILES, File
from schema.oki_doc import OkiDoc, OkiDocTest
from schema.supplement_types import Moment, Supplement
from schema.visibility import PRIMARY_SCHOOL, Roles, computed_for, output_type, seen_by

PO: Roles = frozenset({Role.PO_EDITOR})
FAMILY: Roles = frozenset({Role.PARENT})
VO: Roles = frozenset({Role.VO_STAFF})
REGION: Roles = frozenset({Role.REGION_ADMIN})
LEAD: Roles = frozenset({Role.PROJECT_LEAD})
NAMED: Roles = PRIMARY_SCHOOL | FAMILY | VO | REGION | LEAD
IN_FULL: Roles = NAMED - {Role.PO_MONITOR}
RESULT: Roles = PO | FAMILY | VO
FILE: Roles = PO | FAMILY | VO | REGION
HAVE_WINDOWS: Roles = PO | FAMILY | REGION

LoginStatusEnum = strawberry.enum(LoginStatus, description="Hoe het met de ouderinlog staat.")
NotPlacingReasonEnum = strawberry.enum(
    NotPlacingReason, description="Reden niet plaatsen VO: uitgeschreven, verhuisd of groep-8-doubleerder."
)
WindowReasonEnum = strawberry.enum(
    WindowReason,
    description=(
        "ADVICE_CORRECTED: het advies is gewijzigd. RESTORED: de basisschool had de aanmelding beëindigd. NOT_PLACEABLE: de school kan het kind niet plaatsen."
    ),
)
PupilOriginEnum = strawberry.enum(
    PupilOrigin,
    description="HOME: van een basisschool in deze of een gekoppelde regio. OUTSIDE: buitenleerling.",
)


_KINDS = "; ".join(
    f"{code}: {meaning}"
    for code, meaning in {**ADDRESS_KINDS, ABROAD: "adres in het buitenland, op één regel"}.items()
)


@output_type("Een school.")
class School:
    id: strawberry.ID = seen_by(NAMED, description="Het kenmerk van de school.")
    name: str = seen_by(NAMED, description="De naam van de school.")


@output_type("Een adres van een kind.")
class Address:
    kind: str = seen_by(
        FILE, description=f"Wat voor adres het is ({_KINDS}); leeg als een mens het heeft ingevuld."
    )
    street: str = seen_by(FILE, description="De straat.")
    house_number: str = seen_by(FILE, description="Het huisnummer met toevoeging.")
    postcode: str = seen_by(FILE, description="De postcode, zoals 1181 AB.")
    city: str = seen_by(FILE, description="De woonplaats.")
    country: str = seen_by(FILE, description="Het land.")
    secret: bool = seen_by(
        PO, FAMILY, description="Het adres is geheim: alleen de basisschool en het gezin zien het."
    )
    detail: str = seen_by(FILE, description="Een omschrijving van de plek, zoals 3-hoog-achter.")


@output_type("Een ouder of verzorger, in de volgorde van het Oki-doc.")
class Guardian:
    position: int = seen_by(
        PO, FAMILY, VO, description="De plaats in de volgorde; mail 1 gaat naar de eerste."
    )
    initials: str = seen_by(PO, FAMILY, VO, description="De voorletters.")
    first_name: str = seen_by(PO, FAMILY, VO, description="De voornaam.")
    infix: str = seen_by(PO, FAMILY, VO, description="Het tussenvoegsel.")
    last_name: str = seen_by(PO, FAMILY, VO, description="De achternaam.")
    relation: str = seen_by(PO, FAMILY, VO, description="De relatie tot het kind.")
    legal_representative: bool = seen_by(PO, FAMILY, VO, description="Heeft het wettelijk gezag.")
    email: str = seen_by(PO, FAMILY, VO, description="Het e-mailadres.")
    phone: str = seen_by(PO, FAMILY, VO, description="Het telefoonnummer.")
    deceased: bool = seen_by(PO, FAMILY, VO, description="Is overleden.")


@output_type("De ouderinlog van een kind in een regio.")
class ParentLogin:
    region: str = seen_by(PRIMARY_SCHOOL, REGION, description="De code van de regio.")
    region_name: str = seen_by(PRIMARY_SCHOOL, REGION, description="De naam van de regio.")
    status: LoginStatus = seen_by(PRIMARY_SCHOOL, REGION, description="De stand van de ouderinlog.")
    colour: Colour = seen_by(PRIMARY_SCHOOL, REGION, description="De kleur van het bolletje.")
    letters: str | None = seen_by(PRIMARY_SCHOOL, REGION, description="AG of AV in het bolletje, of leeg.")
    label: str = seen_by(PRIMARY_SCHOOL, REGION, description="Wat het bolletje betekent.")
    sent_at: datetime | None = seen_by(PO, REGION, description="Wanneer de ouderinlog is verstuurd.")
    activated_at: datetime | None = seen_by(PO, REGION, description="Wanneer het account is geactiveerd.")
    email: str = seen_by(PO, REGION, description="Het adres waar de ouderinlog heen ging.")


@output_type("Het referentieniveau voor een onderdeel van de doorstroomtoets.")
class ReferenceLevel:
    part: str = seen_by(RESULT, description="De code van het onderdeel, zoals REKENEN of LEZEN.")
    name: str = seen_by(RESULT, description="Het onderdeel in woorden.")
    level: str = seen_by(RESULT, description="Het niveau, zoals 1F of 1S.")


@output_type("Een score van de doorstroomtoets, van de hele toets of van een onderdeel.")
class TestScore:
    kind: str = seen_by(
        RESULT,
        description="Wat er is geteld: Toetsscore, Standaardscore, Aantal opgaven, Aantal goed, Detailscore of Percentielscore.",
    )
    part: str = seen_by(RESULT, description="De code van het onderdeel; leeg bij de hele toets.")
    name: str = seen_by(RESULT, description="Het onderdeel in woorden; leeg bij de hele toets.")
    value: str = seen_by(RESULT, description="De score.")


@output_type("Het resultaat van de doorstroomtoets.")
class TestResult:
    advice: str | None = seen_by(
        FILE, description="De code van het toetsadvies; leeg zolang PO het niet heeft bevestigd."
    )
    advice_label: str | None = seen_by(FILE, description="Het toetsadvies in woorden.")
    advice_text: str = seen_by(
        PO, description="Het toetsadvies zoals het is geschreven; leeg als dat er niet is."
    )
    advice_to_confirm: bool = seen_by(
        PO, description="Niet met zekerheid te lezen: bevestig het toetsadvies met `confirmTestAdvice`."
    )
    test_name: str = seen_by(RESULT, description="De naam van de toets; leeg als die niet bekend is.")
    test_version: str = seen_by(RESULT, description="De versie van de toets, zoals op papier.")
    taken_at: datetime | None = seen_by(RESULT, description="Wanneer het kind de toets maakte.")
    delivered_at: datetime = seen_by(PO, REGION, description="Wanneer het resultaat is aangeleverd.")
    reference_levels: list[ReferenceLevel] = seen_by(
        RESULT, description="De referentieniveaus, per onderdeel."
    )
    scores: list[TestScore] = seen_by(RESULT, description="De scores.")
    counts: bool = seen_by(
        PO,
        description="De uitslag is van dit schooljaar. Die van een ander jaar telt niet mee: niet voor de ouderinlog, "
        "en niet voor de heroverweging.",
    )
    dossier: OkiDocTest | None = seen_by(  # type: ignore[valid-type]
        RESULT, description="De toets zoals zij in het dossier van de school staat; anders leeg."
    )
    reconsideration_open: bool = seen_by(
        PO, description="Het toetsadvies is hoger: heroverweeg het schooladvies, of leg uit waarom niet."
    )


PlacementStatusEnum = strawberry.enum(
    PlacementStatus,
    description="NONE: nog geen besluit. PLACED: geplaatst. DRAWN_OUT: uitgeloot. NOT_PLACEABLE: niet plaatsbaar. "
    "WITHDRAWN: teruggetrokken.",
)


@output_type("De uitkomst van de aanmelding, vanaf de bekendmaking.")
class PlacementResult:
    status: PlacementStatus = seen_by(FAMILY, description="De uitkomst.")
    message: str = seen_by(
        FAMILY, description="De uitkomst in woorden, met wie u kunt bellen als dat nodig is."
    )
    school: str | None = seen_by(FAMILY, description="De school waar het kind is geplaatst.")
    department: str | None = seen_by(FAMILY, description="De afdeling waar het kind is geplaatst.")


@output_type("Een notitie: van de eigen organisatie, of gedeeld tussen PO en VO.")
class Note:
    id: strawberry.ID = seen_by(PO, VO, description="Het kenmerk van de notitie.")
    text: str = seen_by(PO, VO, description="De tekst.")
    shared: bool = seen_by(PO, VO, description="Of PO en VO haar allebei lezen.")
    author_name: str = seen_by(PO, VO, description="Wie haar schreef.")
    organisation_name: str = seen_by(PO, VO, description="De school van wie haar schreef.")
    about_transfer_meeting: bool = seen_by(PO, VO, description="Of zij over de tafelmiddag gaat.")
    created_at: datetime = seen_by(PO, VO, description="Wanneer zij is geschreven.")


def _of_region(root: Any, part: str, region: str | None) -> Any:
    """What a family has in the region named, else in the one it means."""
    return root.parts[part].get(root.parts["default_region"] if region is None else region)


def _login_status(root: strawberry.Parent[Any], region: RegionCode = None) -> LoginStatus | None:
    return cast(LoginStatus | None, _of_region(root, "login_status", region))


def _enrolment(root: strawberry.Parent[Any], region: RegionCode = None) -> Enrolment | None:
    if region is None and "default_region" not in root.parts:
        return cast(Enrolment | None, next(iter(root.parts["enrolment"].values()), None))
    return cast(Enrolment | None, _of_region(root, "enrolment", region))


def _placement_result(root: strawberry.Parent[Any], region: RegionCode = None) -> PlacementResult | None:
    by_region = root.parts["placement_result"]
    own = _of_region(root, "placement_result", region)
    anywhere = next((found for found in by_region.values() if found is not None), None)
    return cast(PlacementResult | None, own if region is not None or own is not None else anywhere)


@output_type("Waar een leerling staat bij de school van de aanmelding.")
class Placement:
    department: ListedDepartment = seen_by(VO, description="De afdeling van de aanmelding of plaatsing.")
    first_choice: ListedDepartment = seen_by(
        VO, description="De afdeling van eerste voorkeur; na doorplaatsing is die van een andere school."
    )
    track: str = seen_by(VO, description="De richting; leeg als er geen is gekozen.")
    profile: str = seen_by(VO, description="Het profiel; leeg als er geen is gekozen.")
    enrolled_at: datetime = seen_by(VO, description="Wanneer de ouders de aanmelding definitief maakten.")
    placed_at: datetime | None = seen_by(VO, description="Wanneer de leerling is geplaatst.")
    moved_at: datetime | None = seen_by(VO, description="Wanneer de leerling is doorgeplaatst.")
    parents_informed_at: datetime | None = seen_by(
        VO, description="Wanneer de ouders hoorden dat u meer tijd nodig heeft."
    )


@output_type("Een kind van dezelfde geboorte dat ook bij uw school is aangemeld.")
class TwinAtThisSchool:
    id: strawberry.ID = seen_by(VO, description="Het kenmerk van dat kind.")
    full_name: str = seen_by(VO, description="Roepnaam, tussenvoegsel en achternaam.")


@output_type("Dat een school een kind niet kon plaatsen. Waarom staat er niet bij.")
class NotPlaceable:
    school: School = seen_by(LEAD, description="De school die dit heeft vastgelegd.")
    registered_at: datetime = seen_by(LEAD, description="Wanneer de school dit vastlegde.")


@output_type("Een eigen aanmeldtijd: alleen dit gezin kan dan aanmelden.")
class IndividualWindow:
    region: str = seen_by(HAVE_WINDOWS, description="De code van de regio.")
    opens_at: datetime = seen_by(HAVE_WINDOWS, description="Vanaf wanneer.")
    closes_at: datetime = seen_by(HAVE_WINDOWS, description="Tot wanneer.")
    reason: WindowReason = seen_by(HAVE_WINDOWS, description="Waarom het gezin deze tijd heeft.")


@output_type("Een kind dat naar het voortgezet onderwijs gaat.")
class Pupil:
    id: strawberry.ID = seen_by(NAMED, description="Het kenmerk van dit kind.")
    elk_number: str = seen_by(IN_FULL, description="Het ELK-nummer: ook de gebruikersnaam van de ouders.")
    first_name: str = seen_by(NAMED, description="De roepnaam.")
    infix: str = seen_by(NAMED, description="Het tussenvoegsel.")
    last_name: str = seen_by(NAMED, description="De achternaam.")
    full_name: str = seen_by(NAMED, description="Roepnaam, tussenvoegsel en achternaam.")
    official_names: str = seen_by(PO, FAMILY, VO, description="De officiële voornamen.")
    birth_date: date = seen_by(FILE, description="De geboortedatum.")
    gender: str = seen_by(FILE, description="M, V, O of leeg.")
    group: str = seen_by(PRIMARY_SCHOOL, REGION, description="De groep waarin het kind zit, zoals 8a.")
    origin: PupilOrigin = seen_by(
        PO, VO, REGION, description="Van een basisschool hier, of een buitenleerling."
    )
    origin_school: str = seen_by(
        FAMILY, VO, REGION, description="De school van een buitenleerling, zoals opgegeven."
    )
    advice: str | None = seen_by(
        PRIMARY_SCHOOL, FAMILY, VO, REGION, description="De code van het definitieve advies."
    )
    advice_label: str | None = seen_by(
        PRIMARY_SCHOOL, FAMILY, VO, REGION, description="Het definitieve advies in woorden."
    )
    list_length: int | None = seen_by(
        PO,
        FAMILY,
        REGION,
        description="Hoeveel scholen de voorkeurslijst telt; leeg als dit advies een andere weg gaat.",
    )
    provisional_advice: str | None = seen_by(PO, description="De code van het voorlopige schooladvies.")
    test_exemption: str = seen_by(PO, REGION, description="De wettelijke grond waarom er geen toets is.")
    reconsideration_motivation: str = seen_by(
        PO, FAMILY, description="Waarom een hoger toetsadvies het advies niet heeft verhoogd."
    )
    reconsideration_open: bool = seen_by(
        PO,
        description="Het toetsadvies is hoger dan het schooladvies. Stel het advies bij, of leg uit waarom niet.",
    )
    eck_id: str = seen_by(PO, description="Het ECK-iD; leeg als het niet bekend is.")
    school_key: str = seen_by(PO, description="De leerlingsleutel in het systeem van de school (LAS-key).")
    not_placing_reason: NotPlacingReason | None = seen_by(PO, REGION, description="Reden niet plaatsen VO.")
    primary_school: School | None = seen_by(
        FILE | LEAD, description="De basisschool; leeg bij een buitenleerling."
    )
    parent_logins: list[ParentLogin] = seen_by(
        PRIMARY_SCHOOL, REGION, description="De ouderinlog, per regio (kolommen 'Ouderinlog')."
    )
    address: Address | None = seen_by(FILE, description="Het woonadres; leeg als het geheim is voor u.")
    addresses: list[Address] = seen_by(
        FILE,
        description=(
            "Alle adressen, het woonadres eerst; voor VO-school en regio ten hoogste het woonadres. "
            "Leeg als het geheim is voor u."
        ),
    )
    guardians: list[Guardian] = seen_by(PO, FAMILY, VO, description="De ouders en verzorgers, in volgorde.")
    test_result: TestResult | None = seen_by(FILE, description="Het resultaat van de doorstroomtoets.")
    bsn: str | None = seen_by(PO, description="Het BSN. Wie het leest, wordt vastgelegd.")
    bsn_doubtful: bool = seen_by(
        PO, description="Het BSN dat binnenkwam klopt niet, en is niet bewaard. Vul het goede BSN in."
    )
    individual_windows: list[IndividualWindow] = seen_by(
        PO, FAMILY, REGION, description="Eigen aanmeldtijden van dit gezin, de laatste voorop."
    )
    oki_doc: OkiDoc | None = seen_by(
        PO,
        FAMILY,
        VO,
        description="Het Oki-doc; leeg bij een buitenleerling. Wie het leest, wordt vastgelegd.",
    )
    priority_claim: PriorityClaim | None = seen_by(
        VO, description="De aanvraag voor voorrang bij uw school; leeg als er geen is."
    )
    multiple_birth: MultipleBirth | None = seen_by(
        VO, description="Wat de ouders zeggen over een tweeling of meerling."
    )
    twins_at_this_school: list[TwinAtThisSchool] = seen_by(
        VO,
        description=(
            "Kinderen die ook bij uw school zijn aangemeld en van dezelfde geboorte lijken: dezelfde "
            "geboortedatum en achternaam, en hetzelfde woonadres of e-mailadres van een ouder. Een geheim adres "
            "telt niet mee. Wat de ouders zelf zeggen, staat in `multipleBirth`."
        ),
    )
    not_placeable: list[NotPlaceable] = seen_by(
        LEAD, description="Welke scholen het kind niet konden plaatsen, de eerste voorop."
    )
    placement_status: PlacementStatus | None = seen_by(VO, description="De stand van de plaatsing.")
    placement: Placement | None = seen_by(VO, description="Waar en hoe de leerling staat bij uw school.")
    moved_after_central_placement: bool = seen_by(
        VO, description="Of de leerling na de centrale plaatsing naar uw school is doorgeplaatst."
    )
    transfer_meeting: bool = seen_by(
        PO, VO, description="Of er een gesprek op de tafelmiddag is gevraagd bij de school van de aanmelding."
    )
    open_supplement: bool = seen_by(PO, VO, description="Of de basisschool nog een aanvulling moet geven.")
    supplements: list[Supplement] = seen_by(
        PO, VO, description="De gevraagde aanvullingen: wat openstaat eerst, dan de nieuwste."
    )
    course: list[Moment] = seen_by(
        PO, description="Het verloop van deze leerling, het oudste eerst; de uitkomst vanaf de bekendmaking."
    )
    notes: list[Note] = seen_by(PO, VO, description="De notities, de oudste eerst.")
    attachments: list[File] = seen_by(HAVE_FILES, description="De bijlagen bij het Oki-doc, de oudste eerst.")
    family_documents: list[File] = seen_by(
        FAMILY,
        VO,
        description="De documenten die de ouders van een buitenleerling stuurden, de oudste eerst.",
    )
    enrolment_history: list[Enrolment] = seen_by(
        FAMILY, description="Wat ongedaan is gemaakt, het laatste eerst."
    )

    login_status: LoginStatus | None = computed_for(
        FAMILY, description="De stand van de ouderinlog; leeg van een regio die er niet is."
    )(_login_status)
    enrolment: Enrolment | None = computed_for(
        FAMILY, VO, description="De aanmelding; leeg als er nog niets is bewaard."
    )(_enrolment)
    placement_result: PlacementResult | None = computed_for(
        FAMILY, description="De uitkomst; leeg tot de bekendmaking."
    )(_placement_result)
