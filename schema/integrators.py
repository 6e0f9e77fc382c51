"""The machines of a region (rule 39): who reads its exports by itself, and how that begins and ends."""

from datetime import datetime
from typing import cast

import strawberry

from resolvers import integrators as use
from resolvers.viewer import Viewer
from rules.integrator import LONGEST_NAME, LONGEST_OVERLAP_HOURS, OVERLAP_HOURS
from rules.vocabulary import ExportKind
from schema.context import Info
from schema.mutation import Mutations
from schema.pupil import REGION, School
from schema.refusals import REFUSALS
from schema.visibility import computed_for, input_type, output_type, seen_by


@output_type("Een koppeling: een systeem dat zelf exports leest.")
class Integrator:
    id: strawberry.ID = seen_by(REGION, description="Het kenmerk van de koppeling.")
    name: str = seen_by(REGION, description="De naam die u haar gaf.")
    username: str = seen_by(REGION, description="De gebruikersnaam waarmee het systeem inlogt.")
    schools: list[School] = seen_by(REGION, description="De VO-scholen waarvan zij exports mag lezen.")
    kinds: list[ExportKind] = seen_by(REGION, description="De soorten exports die zij mag lezen.")
    networks: list[str] = seen_by(
        REGION, description="De netwerken waar verzoeken vandaan mogen komen; leeg is overal vandaan."
    )
    expires_at: datetime | None = seen_by(
        REGION, description="Vanaf wanneer zij niet meer werkt; leeg als er geen einddatum is."
    )
    created_at: datetime = seen_by(REGION, description="Wanneer zij is gemaakt.")
    revoked_at: datetime | None = seen_by(REGION, description="Wanneer zij is ingetrokken.")
    last_used_at: datetime | None = seen_by(
        REGION, description="Wanneer zij voor het laatst is gebruikt, op een minuut na; leeg is nog nooit."
    )
    active: bool = seen_by(REGION, description="Of zij nu werkt: niet ingetrokken en niet verlopen.")
    secret_expires_at: datetime | None = seen_by(
        REGION, description="Tot wanneer ook het vorige geheim nog werkt; leeg als er maar één geheim werkt."
    )


@output_type("De koppelingen van een regio.")
class IntegratorQuery:
    @computed_for(REGION, description="De koppelingen van uw regio, de nieuwste eerst, ook die voorbij zijn.")
    async def integrators(self, info: Info) -> list[Integrator]:
        found = await use.integrators(viewer=cast(Viewer, info.context.viewer))
        return cast(list[Integrator], found)


@input_type("Wat een systeem mag lezen, waarvandaan en tot wanneer.")
class CreateIntegratorInput:
    name: str = seen_by(REGION, description=f"Een naam, ten hoogste {LONGEST_NAME} tekens.")
    school_ids: list[strawberry.ID] = seen_by(REGION, description="De VO-scholen: een of meer van uw regio.")
    kinds: list[ExportKind] = seen_by(REGION, description="De soorten exports: een of meer.")
    networks: list[str] | None = seen_by(
        REGION,
        description=(
            "Waar verzoeken vandaan mogen komen: adressen of reeksen (CIDR), IPv4 of IPv6, zoals 192.0.2.0/24. "
            "Leeg is overal vandaan."
        ),
        default=None,
    )
    expires_at: datetime | None = seen_by(
        REGION, description="Vanaf wanneer zij niet meer werkt; leeg is tot u haar intrekt.", default=None
    )


@input_type("Welke koppeling een ander geheim krijgt.")
class RotateIntegratorSecretInput:
    id: strawberry.ID = seen_by(REGION, description="De koppeling.")
    overlap_hours: int = seen_by(
        REGION,
        description=(
            f"Hoeveel uur het geheim van nu nog werkt: 0 (meteen niet meer) tot en met {LONGEST_OVERLAP_HOURS}. "
            "Een geheim dat al aan het aflopen was, eindigt meteen."
        ),
        default=OVERLAP_HOURS,
    )


@input_type("Welke koppeling u intrekt.")
class RevokeIntegratorInput:
    id: strawberry.ID = seen_by(REGION, description="De koppeling.")


mutations = Mutations(REFUSALS)
HANDED = {"integrator": Integrator, "secret": str}
TOLD = {"secret": "Het geheim: het wachtwoord van het systeem. U ziet het alleen nu. Leeg als het niet kon."}


@output_type("Koppelingen maken en beëindigen.")
class IntegratorMutation:
    create_integrator = mutations.sign_in(
        use.create_integrator,
        takes=CreateIntegratorInput,
        gives=HANDED,
        told=TOLD,
        seen_by=REGION,
        description="Maakt een koppeling: het systeem logt in met haar gebruikersnaam en het geheim.",
    )
    rotate_integrator_secret = mutations.sign_in(
        use.rotate_integrator_secret,
        takes=RotateIntegratorSecretInput,
        gives=HANDED,
        told=TOLD,
        seen_by=REGION,
        description="Geeft een koppeling een ander geheim. Het geheim van nu werkt nog even, zodat er niets stilvalt.",
    )
    revoke_integrator = mutations.act(
        use.revoke_integrator,
        takes=RevokeIntegratorInput,
        gives={"integrator": Integrator},
        seen_by=REGION,
        description="Trekt een koppeling in. Zij werkt meteen niet meer, en komt niet terug.",
    )
