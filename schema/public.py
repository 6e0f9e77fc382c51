"""Signing in and out, and what anyone who is signed in may ask about themselves."""

from datetime import datetime
from typing import Annotated, cast

import strawberry

from resolvers import accounts, periods, sessions
from resolvers.viewer import Viewer
from rules.vocabulary import PeriodKind, Role
from schema.context import Info
from schema.mutation import Mutations
from schema.refusals import REFUSALS
from schema.visibility import ALONE, EVERYONE, SIGNED_IN, computed_for, input_type, output_type, seen_by

RoleEnum = strawberry.enum(
    Role,
    description=(
        "Wie iemand is. PUBLIC: niet ingelogd. PARENT: ouder of verzorger. PO_EDITOR en PO_MONITOR: "
        "basisschool, met en zonder het recht om te wijzigen. VO_STAFF: school voor voortgezet "
        "onderwijs. REGION_ADMIN: beheerder van de regio. PROJECT_LEAD: projectleider. "
        "INTEGRATOR: een systeem."
    ),
)
PeriodKindEnum = strawberry.enum(
    PeriodKind,
    description=(
        "De perioden van het tijdpad: ouderinlog versturen, inlog aanvragen, aanmeldperiode, "
        "behandelperiode, decentrale loting, centrale plaatsing en loting, bekendmaking."
    ),
)


@output_type("Een sessie: wat u na het inloggen krijgt.")
class Session:
    token: str = seen_by(
        EVERYONE,
        description="Stuur dit mee als `Authorization: Bearer …`. Het is alleen nu te zien. Geheim houden.",
    )
    expires_at: datetime = seen_by(
        EVERYONE,
        description="Uiterlijk dan eindigt de sessie. Gebruikt u haar 60 minuten niet, dan eindigt zij al.",
    )
    role: Role = seen_by(EVERYONE, description="De rol waarmee u bent ingelogd; zij bepaalt het schema.")


@output_type("Een plek waar u bent ingelogd.")
class OpenSession:
    id: strawberry.ID = seen_by(SIGNED_IN, description="Het kenmerk van de sessie.")
    device: str = seen_by(SIGNED_IN, description="Wat het apparaat of programma over zichzelf zegt.")
    created_at: datetime = seen_by(SIGNED_IN, description="Wanneer u daar heeft ingelogd.")
    last_seen_at: datetime = seen_by(
        SIGNED_IN, description="Wanneer de sessie voor het laatst is gebruikt, op een minuut na."
    )
    expires_at: datetime = seen_by(SIGNED_IN, description="Wanneer de sessie uiterlijk eindigt.")
    current: bool = seen_by(SIGNED_IN, description="Of dit de sessie is waarmee u dit nu vraagt.")


@output_type("De school waar u voor werkt.")
class OwnSchool:
    id: strawberry.ID = seen_by(EVERYONE, description="Het kenmerk van de school.")
    name: str = seen_by(EVERYONE, description="De naam van de school.")


@output_type("Wie er is ingelogd.", name="Viewer")
class SignedInViewer:
    role: Role = seen_by(EVERYONE, description="Uw rol.")
    display_name: str = seen_by(EVERYONE, description="Uw naam, zoals u die in het portaal ziet.")
    school: OwnSchool | None = seen_by(
        EVERYONE, description="Uw school; leeg als u niet bij een school hoort."
    )


@output_type("Een periode van het tijdpad die nu open is.")
class CurrentPeriod:
    kind: PeriodKind = seen_by(SIGNED_IN, description="Welke periode.")
    opens_at: datetime = seen_by(SIGNED_IN, description="Vanaf wanneer.")
    closes_at: datetime | None = seen_by(
        SIGNED_IN, description="Tot wanneer; op dat moment zelf is zij dicht. Leeg: zonder einde."
    )
    seconds_left: int | None = seen_by(
        SIGNED_IN, description="Hoeveel seconden zij nog open is, naar de klok van de server."
    )


@output_type("Over uzelf en het moment.")
class PublicQuery:
    @computed_for(EVERYONE, description="Wie u bent; leeg als u niet bent ingelogd.")
    async def viewer(self, info: Info) -> SignedInViewer | None:
        viewer = info.context.viewer
        if viewer is None:
            return None
        school_id = viewer.primary_school_id or viewer.secondary_school_id
        school = None
        if school_id is not None and viewer.school_name is not None:
            school = OwnSchool(id=strawberry.ID(str(school_id)), name=viewer.school_name)
        return SignedInViewer(role=viewer.role, display_name=viewer.display_name, school=school)

    @computed_for(
        SIGNED_IN, description="De perioden die nu open zijn in uw regio, in de volgorde van het jaar."
    )
    async def current_periods(
        self,
        info: Info,
        region: Annotated[
            str | None,
            strawberry.argument(description="De code van een andere gekoppelde regio; leeg is de uwe."),
        ] = None,
    ) -> list[CurrentPeriod]:
        viewer = cast(Viewer, info.context.viewer)
        found = await periods.current_periods(viewer=viewer, region=region, reading=info.context.reading)
        return cast(list[CurrentPeriod], found)

    @computed_for(SIGNED_IN, description="Waar u nu bent ingelogd, het laatst gebruikt eerst.")
    async def sessions(self, info: Info) -> list[OpenSession]:
        viewer = cast(Viewer, info.context.viewer)
        return cast(list[OpenSession], await sessions.sessions_of(viewer=viewer))


@input_type("Waarmee u inlogt.")
class LoginInput:
    username: str = seen_by(
        EVERYONE, description="Uw gebruikersnaam. Voor ouders is dat het ELK-nummer van het kind."
    )
    password: str = seen_by(EVERYONE, description="Uw wachtwoord.")
    region: str | None = seen_by(
        EVERYONE,
        description="De code van de regio van dit portaal. Nodig als ELK-nummers in meer regio's bestaan.",
        default=None,
    )


@input_type("Welke sessie u beëindigt.")
class RevokeSessionInput:
    session_id: strawberry.ID = seen_by(SIGNED_IN, description="Het kenmerk van de sessie.")


@input_type("Waarmee u uw eerste wachtwoord instelt.")
class ActivateAccountInput:
    token: str = seen_by(EVERYONE, description="Wat in de link van de mail achter `token=` staat.")
    password: str = seen_by(EVERYONE, description="Het wachtwoord dat u kiest: 8 tot en met 128 tekens.")


@input_type("Waarmee u een nieuw wachtwoord instelt.")
class ResetPasswordInput:
    token: str = seen_by(EVERYONE, description="Wat in de link van de mail achter `token=` staat.")
    password: str = seen_by(EVERYONE, description="Het wachtwoord dat u kiest: 8 tot en met 128 tekens.")


@input_type("Wie een nieuw wachtwoord wil.")
class RequestPasswordResetInput:
    username: str = seen_by(
        EVERYONE, description="Uw gebruikersnaam. Voor ouders is dat het ELK-nummer van het kind."
    )
    region: str | None = seen_by(EVERYONE, description="De code van de regio van dit portaal.", default=None)


mutations = Mutations(REFUSALS)


async def _sessions_left(info: Info, _ended: None) -> list[OpenSession]:
    viewer = cast(Viewer, info.context.viewer)
    return cast(list[OpenSession], await sessions.sessions_of(viewer=viewer))


@output_type("In- en uitloggen.")
class PublicMutation:
    login = mutations.sign_in(
        sessions.login,
        takes=LoginInput,
        gives={"session": Session},
        seen_by=EVERYONE,
        description="Logt in. Een onbekende naam en een verkeerd wachtwoord geven hetzelfde antwoord.",
    )
    activate_account = mutations.sign_in(
        accounts.activate_account,
        takes=ActivateAccountInput,
        gives={"session": Session},
        seen_by=EVERYONE,
        description=(
            "Stelt het eerste wachtwoord in met de link uit de mail en logt in. De link werkt één keer. "
            "Ook de link voor een nieuw wachtwoord kan hier."
        ),
    )
    request_password_reset = mutations.sign_in(
        accounts.request_password_reset,
        takes=RequestPasswordResetInput,
        gives={},
        seen_by=EVERYONE,
        description=(
            "Vraagt een mail met een link voor een nieuw wachtwoord. Het antwoord is hetzelfde als er geen "
            "account is. Was het account nog niet geactiveerd, dan komt de eerste mail opnieuw."
        ),
    )
    reset_password = mutations.sign_in(
        accounts.reset_password,
        takes=ResetPasswordInput,
        gives={"session": Session},
        seen_by=EVERYONE,
        description=(
            "Stelt een nieuw wachtwoord in met de link uit de mail en logt in. Andere sessies eindigen. "
            "Ook de link uit de eerste mail kan hier."
        ),
    )
    logout = mutations.act(
        sessions.logout,
        takes=None,
        gives={},
        seen_by=EVERYONE,
        description=(
            "Beëindigt deze sessie. Het token werkt daarna niet meer. Staat in een verzoek zonder andere "
            "handelingen."
        ),
        metadata={ALONE: True},
    )
    revoke_session = mutations.act(
        sessions.revoke_session,
        takes=RevokeSessionInput,
        gives={"sessions": list[OpenSession]},
        seen_by=SIGNED_IN,
        description="Beëindigt een van uw sessies, bijvoorbeeld op een apparaat dat u kwijt bent.",
        load=_sessions_left,
    )
