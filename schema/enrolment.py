"""The enrolment of a family: what it may choose, its form, and the acts on it."""

from datetime import datetime
from types import SimpleNamespace
from typing import Annotated, Any, cast

import strawberry

from resolvers import enrolment as use
from resolvers import family_child, schools
from resolvers.family_file import Reading
from resolvers.viewer import Viewer
from rules.vocabulary import Colour, EndedBy, EnrolmentStatus, PriorityGround, PriorityStatus, Role
from schema.context import Info
from schema.done import Keep
from schema.mutation import Mutations
from schema.refusals import REFUSALS
from schema.scalars import uuid_of
from schema.visibility import Roles, computed_for, input_type, output_type, seen_by

FAMILY: Roles = frozenset({Role.PARENT})
FORM: Roles = frozenset({Role.PARENT, Role.VO_STAFF})

ColourEnum = strawberry.enum(Colour, description="De kleur van een bolletje.")
EnrolmentStatusEnum = strawberry.enum(
    EnrolmentStatus,
    description="CONCEPT: nog niet definitief. FINAL: definitief. WITHDRAWN: beëindigd: door de ouders, de basisschool of de VO-school.",
)
EndedByEnum = strawberry.enum(
    EndedBy, description="FAMILY: de ouders. PRIMARY_SCHOOL: de basisschool. SECONDARY_SCHOOL: de VO-school."
)
PriorityGroundEnum = strawberry.enum(
    PriorityGround, description="SIBLING: broer of zus op de school. STAFF_CHILD: kind van een medewerker."
)
PriorityStatusEnum = strawberry.enum(
    PriorityStatus, description="REQUESTED: aangevraagd. GRANTED: toegekend. REJECTED: afgewezen."
)

RegionCode = Annotated[
    str | None, strawberry.argument(description="De code van de regio; leeg is de regio van uw inlog.")
]


@output_type("Een afdeling waar het kind kan worden aangemeld.")
class OfferedDepartment:
    id: strawberry.ID = seen_by(FAMILY, description="Het kenmerk van de afdeling.")
    name: str = seen_by(FAMILY, description="De naam van de afdeling.")
    open_to_child: bool = seen_by(FAMILY, description="Of de afdeling past bij het advies van uw kind.")


@output_type("Een school voor voortgezet onderwijs die u kunt kiezen.")
class OfferedSchool:
    id: strawberry.ID = seen_by(FAMILY, description="Het kenmerk van de school.")
    name: str = seen_by(FAMILY, description="De naam van de school.")
    street: str = seen_by(FAMILY, description="De straat.")
    house_number: str = seen_by(FAMILY, description="Het huisnummer.")
    postcode: str = seen_by(FAMILY, description="De postcode.")
    city: str = seen_by(FAMILY, description="De plaats.")
    email: str = seen_by(FAMILY, description="Het e-mailadres van de school.")
    phone: str = seen_by(FAMILY, description="Het telefoonnummer van de school.")
    website: str = seen_by(FAMILY, description="De website van de school.")
    priority_grounds: list[PriorityGround] = seen_by(
        FAMILY, description="Waarvoor deze school voorrang geeft aan wie haar op de eerste plaats zet."
    )
    departments: list[OfferedDepartment] = seen_by(FAMILY, description="De afdelingen van de school.")


@output_type("De school van een voorkeur.")
class ListedSchool:
    id: strawberry.ID = seen_by(FORM, description="Het kenmerk van de school.")
    name: str = seen_by(FORM, description="De naam van de school.")


@output_type("De afdeling van een voorkeur.")
class ListedDepartment:
    id: strawberry.ID = seen_by(FORM, description="Het kenmerk van de afdeling.")
    name: str = seen_by(FORM, description="De naam van de afdeling.")
    school: ListedSchool = seen_by(FORM, description="De school van deze afdeling.")


@output_type("Een regel van de voorkeurslijst.")
class Preference:
    rank: int = seen_by(FORM, description="De plaats op de lijst; 1 is de eerste voorkeur.")
    department: ListedDepartment = seen_by(FORM, description="De gekozen afdeling.")


@output_type("De aanvraag voor voorrang bij de school van eerste voorkeur.")
class PriorityClaim:
    ground: PriorityGround = seen_by(FORM, description="Waarom er voorrang wordt gevraagd.")
    status: PriorityStatus | None = seen_by(
        FORM, description="Hoe het staat; leeg zolang de aanmelding niet definitief is."
    )
    colour: Colour | None = seen_by(
        FORM, description="De kleur van het bolletje: wit aangevraagd, blauw toegekend, rood afgewezen."
    )
    letter: str = seen_by(FORM, description="De letter in het bolletje: V.")
    sibling_name: str = seen_by(FORM, description="De naam van de broer of zus.")
    sibling_class: str = seen_by(FORM, description="De klas van de broer of zus.")


@output_type("Of het kind er een van een meerling is.")
class MultipleBirth:
    is_multiple: bool = seen_by(FORM, description="Het kind is er een van een meerling.")
    all_apply_here: bool = seen_by(
        FORM, description="Alle kinderen van de meerling melden zich dit jaar aan bij deze school."
    )


@output_type("Een aanmelding: de voorkeurslijst en wat bij de eerste voorkeur hoort.")
class Enrolment:
    id: strawberry.ID = seen_by(FORM, description="Het kenmerk van deze aanmelding.")
    region: str = seen_by(FORM, description="De code van de regio waarin is aangemeld.")
    status: EnrolmentStatus = seen_by(FORM, description="Concept, definitief of beëindigd.")
    version: int = seen_by(
        FORM, description="De versie. Geef haar mee als `expectedVersion` bij de volgende stap."
    )
    can_finalize: bool = seen_by(
        FORM, description="Of de aanmelding nu definitief kan worden; van wat definitief is, staat hier nee."
    )
    missing: list[str] = seen_by(
        FORM,
        description=(
            "Wat er nog moet gebeuren, in de volgorde van het formulier; van wat definitief is niets. Vooraan staat "
            "wat buiten het formulier in de weg staat, zoals een periode die niet open is."
        ),
    )
    preferences: list[Preference] = seen_by(FORM, description="De voorkeurslijst, op volgorde.")
    priority_claim: PriorityClaim | None = seen_by(
        FORM, description="De aanvraag voor voorrang, als die er is."
    )
    accept_equivalent_department: bool = seen_by(
        FORM, description="Een gelijkwaardige afdeling van dezelfde school is ook goed."
    )
    multiple_birth: MultipleBirth = seen_by(FORM, description="Of het kind er een van een meerling is.")
    finalized_at: datetime | None = seen_by(FORM, description="Wanneer de aanmelding definitief is gemaakt.")
    withdrawn_at: datetime | None = seen_by(FAMILY, description="Wanneer de aanmelding is beëindigd.")
    withdrawn_by: EndedBy | None = seen_by(FAMILY, description="Wie de aanmelding heeft beëindigd.")


@input_type("Een keuze op de voorkeurslijst.")
class PreferenceInput:
    department_id: strawberry.ID = seen_by(FAMILY, description="De gekozen afdeling.")


@input_type("De aanvraag voor voorrang. Alleen bij de school van eerste voorkeur.")
class PriorityClaimInput:
    ground: PriorityGround = seen_by(FAMILY, description="Waarom u voorrang vraagt.")
    sibling_name: str | None = seen_by(FAMILY, description="De naam van de broer of zus.", default=None)
    sibling_class: str | None = seen_by(FAMILY, description="De klas van de broer of zus.", default=None)


@input_type("Of uw kind er een van een meerling is.")
class MultipleBirthInput:
    is_multiple: bool = seen_by(FAMILY, description="Mijn kind is er een van een meerling.")
    all_apply_here: bool | None = seen_by(
        FAMILY,
        description="Alle kinderen melden zich dit jaar aan bij de school van eerste voorkeur.",
        default=None,
    )


@input_type("De aanmelding zoals u haar nu heeft ingevuld. Wat u niet beantwoordt, telt als nee.")
class SaveEnrolmentInput:
    expected_version: int = seen_by(
        FAMILY, description="De versie die u heeft gezien; 0 als er nog niets is bewaard."
    )
    preferences: list[PreferenceInput] = seen_by(FAMILY, description="De voorkeurslijst, op volgorde.")
    region: str | None = seen_by(FAMILY, description="De regio; leeg is de regio van uw inlog.", default=None)
    priority_claim: PriorityClaimInput | None = seen_by(
        FAMILY, description="De aanvraag voor voorrang.", default=None
    )
    accept_equivalent_department: bool | None = seen_by(
        FAMILY, description="Een gelijkwaardige afdeling van dezelfde school is ook goed.", default=None
    )
    multiple_birth: MultipleBirthInput | None = seen_by(
        FAMILY, description="Of uw kind er een van een meerling is.", default=None
    )


@input_type("Welke aanmelding definitief wordt.")
class FinalizeEnrolmentInput:
    expected_version: int | None = seen_by(FAMILY, description="De versie die u heeft gezien.", default=None)
    region: str | None = seen_by(FAMILY, description="De regio; leeg is de regio van uw inlog.", default=None)


@input_type("Welke aanmelding ongedaan wordt gemaakt.")
class RevokeEnrolmentInput:
    expected_version: int | None = seen_by(FAMILY, description="De versie die u heeft gezien.", default=None)
    region: str | None = seen_by(FAMILY, description="De regio; leeg is de regio van uw inlog.", default=None)


async def save_enrolment(
    *,
    viewer: Viewer,
    expected_version: int,
    preferences: list[PreferenceInput],
    region: str | None,
    priority_claim: PriorityClaimInput | None,
    accept_equivalent_department: bool | None,
    multiple_birth: MultipleBirthInput | None,
) -> use.Saved:
    """The input as the use case takes it: an unanswered question counts as no."""
    claim = None
    if priority_claim is not None:
        claim = use.Claim(
            ground=priority_claim.ground,
            sibling_name=priority_claim.sibling_name or "",
            sibling_class=priority_claim.sibling_class or "",
        )
    filled = use.Filled(
        department_ids=[uuid_of(line.department_id) for line in preferences],
        claim=claim,
        accept_equivalent_department=bool(accept_equivalent_department),
        is_multiple=bool(multiple_birth and multiple_birth.is_multiple),
        all_apply_here=bool(multiple_birth and multiple_birth.is_multiple and multiple_birth.all_apply_here),
    )
    return await use.save_enrolment(
        viewer=viewer, filled=filled, expected_version=expected_version, region=region
    )


async def _form(info: Info, region: str) -> Any:
    """The form of this region as it is now; none where the last one has ended."""
    viewer = cast(Viewer, info.context.viewer)
    child = await family_child.child(viewer=viewer, wanted={"enrolment"}, reading=Reading())
    return child.parts["enrolment"].get(region) if child else None


async def _saved(info: Info, kept: list[Any]) -> Any:
    region, notices = kept
    return SimpleNamespace(enrolment=await _form(info, region), notices=notices)


KEEP = Keep(put=lambda form: form.region, take=_form)
mutations = Mutations(REFUSALS)


@output_type("Wat een gezin doet.")
class EnrolmentMutation:
    save_enrolment = mutations.step(
        save_enrolment,
        takes=SaveEnrolmentInput,
        gives={"enrolment": Enrolment, "notices": list[str]},
        told={"notices": "Wat er met uw antwoorden is gebeurd, en wat u nog moet nakijken."},
        keep=Keep(put=lambda saved: [saved.enrolment.region, saved.notices], take=_saved),
        description="Bewaart de aanmelding, ook als zij nog niet compleet is.",
    )
    finalize_enrolment = mutations.step(
        use.finalize_enrolment,
        takes=FinalizeEnrolmentInput,
        gives={"enrolment": Enrolment},
        keep=KEEP,
        description="Maakt de aanmelding definitief. U krijgt daarvan een mail.",
    )
    revoke_enrolment = mutations.step(
        use.revoke_enrolment,
        takes=RevokeEnrolmentInput,
        gives={"enrolment": Enrolment},
        keep=KEEP,
        description="Maakt een definitieve aanmelding ongedaan. Daarna staat er een nieuw concept klaar.",
    )


@output_type("Wat een gezin kan kiezen.")
class EnrolmentQuery:
    @computed_for(FAMILY, description="De scholen die u kunt kiezen, met hun afdelingen.")
    async def secondary_schools(self, info: Info, region: RegionCode = None) -> list[OfferedSchool]:
        viewer = cast(Viewer, info.context.viewer)
        found: Any = await schools.secondary_schools(
            viewer=viewer, region=region, reading=info.context.reading
        )
        return cast(list[OfferedSchool], found)
