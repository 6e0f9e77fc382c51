"""Who may begin without a school that sends a login (rule 24): asking, registering, and the region's answer."""

from dataclasses import fields
from datetime import date, datetime
from types import SimpleNamespace
from typing import Annotated, Any, cast

import strawberry

from resolvers import login_request_list as use
from resolvers import login_requests, registration
from resolvers import pupils as pupil_rows
from resolvers.login_requests import Decided
from resolvers.viewer import Viewer
from rules.registration import Carer, Home, Registration
from rules.vocabulary import LoginRequestState, PupilOrigin
from schema.answers import ClientError
from schema.connection import LARGEST_PAGE
from schema.context import Info
from schema.done import Keep
from schema.mutation import Mutations
from schema.pupil import REGION, Address, Pupil, School
from schema.refusals import REFUSALS
from schema.scalars import uuid_of
from schema.selection import selected
from schema.visibility import EVERYONE, computed_for, input_type, output_type, seen_by

LoginRequestStateEnum = strawberry.enum(
    LoginRequestState,
    description=(
        "UNCONFIRMED: het e-mailadres is nog niet bevestigd; niemand ziet de aanvraag. OPEN: wacht op de regio. "
        "APPROVED: goedgekeurd, of meteen beantwoord. DECLINED: afgewezen."
    ),
)


@output_type("Een ouder of verzorger die een kind van buiten heeft opgegeven.")
class RequestingGuardian:
    initials: str = seen_by(REGION, description="De voorletters.")
    first_name: str = seen_by(REGION, description="De voornaam.")
    infix: str = seen_by(REGION, description="Het tussenvoegsel.")
    last_name: str = seen_by(REGION, description="De achternaam.")
    relation: str = seen_by(REGION, description="De relatie tot het kind.")
    phone: str = seen_by(REGION, description="Het telefoonnummer.")


@output_type("Een kind in deze of een gekoppelde regio om wie het misschien gaat.")
class PossibleDuplicate:
    elk_number: str = seen_by(REGION, description="Het ELK-nummer.")
    full_name: str = seen_by(REGION, description="Roepnaam, tussenvoegsel en achternaam.")
    region: str = seen_by(REGION, description="De code van de regio waar het staat.")
    primary_school: str | None = seen_by(
        REGION, description="De naam van de basisschool; leeg bij een buitenleerling."
    )
    same_bsn: bool = seen_by(REGION, description="Het BSN is hetzelfde.")
    same_name_and_birth_date: bool = seen_by(
        REGION, description="Roepnaam, achternaam en geboortedatum zijn hetzelfde."
    )


@output_type("Een gezin dat om een inlog vraagt.")
class LoginRequest:
    id: strawberry.ID = seen_by(REGION, description="Het kenmerk van de aanvraag.")
    state: LoginRequestState = seen_by(REGION, description="Hoe het ermee staat.")
    origin: PupilOrigin = seen_by(
        REGION, description="HOME: een kind uit een gekoppelde regio. OUTSIDE: een kind van buiten."
    )
    created_at: datetime = seen_by(REGION, description="Wanneer het is gevraagd.")
    confirmed_at: datetime | None = seen_by(
        REGION, description="Wanneer het gezin van buiten zijn e-mailadres heeft bevestigd."
    )
    decided_at: datetime | None = seen_by(REGION, description="Wanneer erover is besloten.")
    reason: str = seen_by(REGION, description="Waarom de aanvraag is afgewezen, zoals het gezin het las.")
    elk_number: str | None = seen_by(
        REGION, description="Het ELK-nummer; leeg zolang een kind van buiten er nog geen heeft."
    )
    first_name: str = seen_by(REGION, description="De roepnaam.")
    infix: str = seen_by(REGION, description="Het tussenvoegsel.")
    last_name: str = seen_by(REGION, description="De achternaam.")
    full_name: str = seen_by(REGION, description="Roepnaam, tussenvoegsel en achternaam.")
    official_names: str | None = seen_by(REGION, description="De officiële voornamen, als die zijn ingevuld.")
    birth_date: date = seen_by(REGION, description="De geboortedatum.")
    gender: str | None = seen_by(REGION, description="M, V, O of leeg.")
    has_bsn: bool = seen_by(REGION, description="Of er een BSN bekend is. Het nummer zelf staat hier niet.")
    primary_school: School | None = seen_by(
        REGION, description="De basisschool van een kind uit een gekoppelde regio."
    )
    email: str = seen_by(
        REGION,
        description=(
            "Bij een kind van buiten het bevestigde adres; anders waar de inlog heen ging. Leeg: er is er geen."
        ),
    )
    address: Address | None = seen_by(REGION, description="Het opgegeven woonadres; leeg als het geheim is.")
    guardian: RequestingGuardian | None = seen_by(
        REGION, description="Wie het kind van buiten heeft opgegeven."
    )
    origin_school: str | None = seen_by(REGION, description="De opgegeven school van een kind van buiten.")
    origin_brin: str | None = seen_by(REGION, description="Het opgegeven brinnummer van die school.")
    advice: str | None = seen_by(REGION, description="De code van het opgegeven advies.")
    advice_label: str | None = seen_by(REGION, description="Het opgegeven advies in woorden.")
    possible_duplicates: list[PossibleDuplicate] = seen_by(
        REGION,
        description="Kinderen die er al staan en op dit kind lijken. Kijk hiernaar voordat u goedkeurt.",
    )
    other_requests: list[strawberry.ID] = seen_by(
        REGION, description="De kenmerken van andere open aanvragen die over dit kind lijken te gaan."
    )
    primary_school_here: School | None = seen_by(
        REGION,
        description="De opgegeven school is een basisschool in deze of een gekoppelde regio. Die verstuurt zelf.",
    )


@output_type("De aanvragen van een inlog.")
class LoginRequestQuery:
    @computed_for(REGION, description="Wie om een inlog vraagt in uw regio, de oudste aanvraag eerst.")
    async def login_requests(
        self,
        info: Info,
        state: Annotated[
            LoginRequestState | None,
            strawberry.argument(description="Hoe het ermee staat; leeg is wat op u wacht (OPEN)."),
        ] = None,
        first: Annotated[int, strawberry.argument(description="Hoeveel u er wilt: ten hoogste 100.")] = 100,
        after: Annotated[
            str | None,
            strawberry.argument(description="Het kenmerk van de laatste aanvraag die u al heeft."),
        ] = None,
        school_year: Annotated[
            str | None,
            strawberry.argument(description="Een ander schooljaar, zoals 2025-2026; leeg is het huidige."),
        ] = None,
    ) -> list[LoginRequest]:
        if not 0 <= first <= LARGEST_PAGE:
            raise ClientError(f"`first` is hier 0 tot en met {LARGEST_PAGE}.", code="BAD_PAGE_SIZE")
        found = await use.login_requests(
            viewer=cast(Viewer, info.context.viewer),
            state=state,
            school_year=school_year,
            first=first,
            after=uuid_of(after) if after is not None else None,
            wanted=selected(info),
        )
        return cast(list[LoginRequest], found)


@input_type("Voor welk kind u een inlog vraagt.")
class RequestParentLoginInput:
    elk_number: str = seen_by(EVERYONE, description="Het ELK-nummer van uw kind.")
    birth_date: date = seen_by(EVERYONE, description="De geboortedatum van uw kind.")
    region: str = seen_by(EVERYONE, description="De code van de regio waar u uw kind wilt aanmelden.")


@input_type("Waar een kind van buiten woont.")
class OutsideAddressInput:
    street: str = seen_by(EVERYONE, description="De straat.")
    house_number: str = seen_by(EVERYONE, description="Het huisnummer met toevoeging.")
    postcode: str = seen_by(EVERYONE, description="De postcode, zoals 1181 AB.")
    city: str = seen_by(EVERYONE, description="De woonplaats.")
    country: str | None = seen_by(EVERYONE, description="Het land; leeg is Nederland.", default=None)
    secret: bool | None = seen_by(EVERYONE, description="Het adres is geheim.", default=None)


@input_type("De ouder of verzorger die het kind opgeeft.")
class OutsideGuardianInput:
    last_name: str = seen_by(EVERYONE, description="De achternaam.")
    first_name: str | None = seen_by(EVERYONE, description="De voornaam.", default=None)
    initials: str | None = seen_by(EVERYONE, description="De voorletters.", default=None)
    infix: str | None = seen_by(EVERYONE, description="Het tussenvoegsel.", default=None)
    relation: str | None = seen_by(EVERYONE, description="De relatie tot het kind.", default=None)
    phone: str | None = seen_by(
        EVERYONE, description="Het telefoonnummer, voor als de regio een vraag heeft.", default=None
    )


@input_type("Een kind dat niet op een basisschool in deze of een gekoppelde regio zit: een buitenleerling.")
class RegisterOutsidePupilInput:
    region: str = seen_by(EVERYONE, description="De code van de regio waar u uw kind wilt aanmelden.")
    first_name: str = seen_by(EVERYONE, description="De roepnaam.")
    last_name: str = seen_by(EVERYONE, description="De achternaam.")
    birth_date: date = seen_by(EVERYONE, description="De geboortedatum.")
    address: OutsideAddressInput = seen_by(EVERYONE, description="Het woonadres.")
    email: str = seen_by(EVERYONE, description="Uw e-mailadres. U krijgt daar een mail om het te bevestigen.")
    guardian: OutsideGuardianInput = seen_by(EVERYONE, description="Wie u bent.")
    origin_school: str = seen_by(EVERYONE, description="De naam en plaats van de basisschool.")
    advice: str = seen_by(EVERYONE, description="De code van het definitieve advies, zoals HAVO_TM_VWO.")
    infix: str | None = seen_by(EVERYONE, description="Het tussenvoegsel.", default=None)
    official_names: str | None = seen_by(EVERYONE, description="De officiële voornamen.", default=None)
    gender: str | None = seen_by(EVERYONE, description="M, V, O of leeg.", default=None)
    bsn: str | None = seen_by(EVERYONE, description="Het BSN van uw kind.", default=None)
    origin_brin: str | None = seen_by(
        EVERYONE, description="Het brinnummer van de basisschool, zoals 12AB.", default=None
    )


@input_type("Waarmee u uw e-mailadres bevestigt.")
class ConfirmLoginRequestInput:
    token: str = seen_by(EVERYONE, description="Wat in de link van de mail achter `token=` staat.")


@input_type("Welke aanvraag u goedkeurt.")
class ApproveLoginRequestInput:
    id: strawberry.ID = seen_by(REGION, description="De aanvraag.")
    email: str | None = seen_by(
        REGION,
        description="Alleen nodig als er geen adres van de ouders bekend is: het adres dat u heeft nagevraagd.",
        default=None,
    )
    confirm_duplicate: bool | None = seen_by(
        REGION,
        description="Ja: dit is een ander kind, ook al is er een met deze naam en geboortedatum.",
        default=None,
    )


@input_type("Welke aanvraag u afwijst, en waarom.")
class DeclineLoginRequestInput:
    id: strawberry.ID = seen_by(REGION, description="De aanvraag.")
    reason: str = seen_by(
        REGION,
        description="De reden, in uw woorden: zij gaat per mail naar het gezin. Ten hoogste 500 tekens.",
    )


def _said(given: Any) -> dict[str, Any]:
    """The fields of an input; what was left empty is as the use case has it."""
    filled = {one.name: getattr(given, one.name) for one in fields(given)}
    return {name: value for name, value in filled.items() if value is not None}


async def register_outside_pupil(*, request_ip: str, region: str, **given: Any) -> None:
    told = {name: value for name, value in given.items() if value is not None}
    told["address"], told["guardian"] = Home(**_said(told["address"])), Carer(**_said(told["guardian"]))
    await registration.register_outside_pupil(
        region=region, registration=Registration(**told), request_ip=request_ip
    )


async def _decided(info: Info, done: Decided) -> Any:
    """The child and the request after the decision, each as the region sees it now."""
    viewer = cast(Viewer, info.context.viewer)
    pupil, request = selected(info, "pupil"), selected(info, "loginRequest")
    return SimpleNamespace(
        pupil=await pupil_rows.pupil(viewer=viewer, pupil_id=done.pupil_id, wanted=pupil)
        if done.pupil_id and pupil
        else None,
        login_request=await use.login_request(viewer=viewer, request_id=done.request_id, wanted=request)
        if request
        else None,
    )


async def _decided_before(_info: Info, kept: list[Any]) -> Decided:
    request_id, pupil_id = kept
    return Decided(request_id=request_id, pupil_id=pupil_id)


KEEP = Keep(put=lambda done: [done.request_id, done.pupil_id], take=_decided_before)
mutations = Mutations(REFUSALS)
DECIDED = {"pupil": Pupil, "login_request": LoginRequest}


@output_type("Een inlog vragen, en daarover besluiten.")
class LoginRequestMutation:
    request_parent_login = mutations.sign_in(
        login_requests.request_parent_login,
        takes=RequestParentLoginInput,
        gives={},
        seen_by=EVERYONE,
        description=(
            "Vraagt een inlog voor een kind uit een gekoppelde regio. Het antwoord is altijd hetzelfde. Kennen wij "
            "het kind en een e-mailadres van de ouders, dan gaat de mail daarheen. Anders kijkt de regio ernaar."
        ),
    )
    register_outside_pupil = mutations.sign_in(
        register_outside_pupil,
        takes=RegisterOutsidePupilInput,
        gives={},
        seen_by=EVERYONE,
        description=(
            "Geeft een buitenleerling op. U krijgt een mail om uw e-mailadres te bevestigen; daarna kijkt de regio "
            "naar de aanvraag."
        ),
    )
    confirm_login_request = mutations.sign_in(
        registration.confirm_login_request,
        takes=ConfirmLoginRequestInput,
        gives={},
        seen_by=EVERYONE,
        description=(
            "Bevestigt het e-mailadres met de link uit de mail. De link werkt één keer. Van een andere link is het "
            "antwoord LINK_INVALID; een portaal kan dit dus als eerste proberen."
        ),
    )
    approve_login_request = mutations.step(
        login_requests.approve_login_request,
        takes=ApproveLoginRequestInput,
        gives=DECIDED,
        load=_decided,
        keep=KEEP,
        description=(
            "Keurt een aanvraag goed: het gezin krijgt de mail met de inlog. Een kind van buiten krijgt eerst een "
            "ELK-nummer met een B."
        ),
    )
    decline_login_request = mutations.step(
        login_requests.decline_login_request,
        takes=DeclineLoginRequestInput,
        gives=DECIDED,
        load=_decided,
        keep=KEEP,
        description="Wijst een aanvraag af. Het gezin leest de reden in een mail, als er een bevestigd adres is.",
    )
