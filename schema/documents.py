"""PDFs and uploads: asked for and announced here, fetched and sent at /files/."""

from datetime import datetime
from typing import Annotated, Any, cast

import strawberry

from resolvers import documents, oso_export, uploads
from resolvers.viewer import Viewer
from rules.steps import STEPS
from rules.uploads import UploadState
from rules.vocabulary import DocumentKind, JobStatus, Role, UploadKind
from schema.context import Info
from schema.mutation import Mutations
from schema.pupil import FAMILY, Pupil
from schema.pupil_steps import shown
from schema.refusals import REFUSALS
from schema.scalars import uuid_of
from schema.visibility import Roles, computed_for, input_type, output_type, seen_by

ASKERS: Roles = STEPS["createDocument"].roles
SENDERS: Roles = STEPS["createUpload"].roles
PO: Roles = frozenset({Role.PO_EDITOR})
VO: Roles = STEPS["createOsoDossier"].roles

DocumentKindEnum = strawberry.enum(
    DocumentKind, description="OKI_DOC: het Oki-doc. APPLICATION_FORM: het aanmeldformulier."
)
JobStatusEnum = strawberry.enum(
    JobStatus,
    description="QUEUED: aangevraagd. RUNNING: wordt gemaakt. READY: klaar. FAILED: mislukt, vraag opnieuw.",
)
UploadKindEnum = strawberry.enum(
    UploadKind,
    description=(
        "ATTACHMENT: bijlage bij het Oki-doc. SUPPLEMENT: antwoord op een vraag van een school. "
        "FAMILY_DOCUMENT: document van de ouders. OSO_DOSSIER: dossier uit de leerlingadministratie."
    ),
)
UploadStateEnum = strawberry.enum(
    UploadState,
    description=(
        "AWAITING: nog niet ontvangen. QUARANTINE: wordt gecontroleerd. RELEASED: goed. "
        "REFUSED: geweigerd, zie `refusal`. REMOVED: verwijderd."
    ),
)


@output_type("Een bestand dat u heeft aangevraagd: een pdf, of een dossier.")
class Document:
    id: strawberry.ID = seen_by(ASKERS, VO, description="Het kenmerk van de aanvraag.")
    kind: DocumentKind = seen_by(ASKERS, description="Wat voor pdf het is.")
    status: JobStatus = seen_by(
        ASKERS, VO, description="Hoe het ermee staat. Vraag dit op tot er READY staat."
    )
    filename: str = seen_by(ASKERS, VO, description="De naam van het bestand.")
    requested_at: datetime = seen_by(ASKERS, VO, description="Wanneer het is aangevraagd.")
    url: str | None = seen_by(
        ASKERS,
        VO,
        description="Waar u het een kwartier lang ophaalt; leeg als het er niet is. Elke vraag geeft een nieuwe link.",
    )


@output_type("Een bestand dat u verstuurt.")
class Upload:
    id: strawberry.ID = seen_by(SENDERS, description="Het kenmerk van het bestand.")
    kind: UploadKind = seen_by(SENDERS, description="Wat voor bestand het is.")
    filename: str = seen_by(SENDERS, description="De naam van het bestand.")
    state: UploadState = seen_by(SENDERS, description="Hoe het ermee staat.")
    refusal: str = seen_by(SENDERS, description="Waarom het is geweigerd; anders leeg.")
    url: str | None = seen_by(
        SENDERS,
        description=(
            "Waar het bestand heen gaat met PUT zolang het niet is ontvangen; daarna waar u het ophaalt. "
            "De link werkt een kwartier."
        ),
    )


@input_type("Welke pdf u wilt hebben.")
class CreateDocumentInput:
    kind: DocumentKind = seen_by(ASKERS, description="Wat voor pdf.")
    pupil_id: strawberry.ID | None = seen_by(
        ASKERS, description="Het kind; ouders laten dit leeg.", default=None
    )
    region: str | None = seen_by(
        ASKERS,
        description=(
            "De code van de regio; leeg is de eigen regio, en voor ouders de regio waar de aanmelding "
            "definitief is, of anders die van hun inlog."
        ),
        default=None,
    )


@input_type("Van welke leerling u het dossier wilt hebben.")
class CreateOsoDossierInput:
    pupil_id: strawberry.ID = seen_by(VO, description="De leerling.")


@input_type("Het bestand dat u gaat versturen.")
class CreateUploadInput:
    kind: UploadKind = seen_by(SENDERS, description="Wat voor bestand.")
    filename: str = seen_by(SENDERS, description="De naam van het bestand.")
    size: int = seen_by(SENDERS, description="Hoe groot het is, in bytes.")
    pupil_id: strawberry.ID | None = seen_by(
        SENDERS,
        description="Het kind; ouders laten dit leeg, en bij een dossier is het niet nodig.",
        default=None,
    )


@input_type("Welke bijlage weg moet.")
class RemoveAttachmentInput:
    upload_id: strawberry.ID = seen_by(PO, description="Het kenmerk van de bijlage.")


@input_type("Welk document weg moet.")
class RemoveFamilyDocumentInput:
    upload_id: strawberry.ID = seen_by(FAMILY, description="Het kenmerk van het document.")


Identity = Annotated[strawberry.ID, strawberry.argument(description="Het kenmerk.")]


def _viewer(info: Info) -> Viewer:
    return cast(Viewer, info.context.viewer)


@output_type("Pdf's en bestanden.")
class DocumentQuery:
    @computed_for(ASKERS, VO, description="Een bestand dat u heeft aangevraagd.")
    async def document(self, info: Info, id: Identity) -> Document | None:
        found: Any = await documents.document(viewer=_viewer(info), document_id=uuid_of(id))
        return cast(Document | None, found)

    @computed_for(SENDERS, description="Een bestand dat u heeft verstuurd.")
    async def upload(self, info: Info, id: Identity) -> Upload | None:
        found: Any = await uploads.upload(viewer=_viewer(info), upload_id=uuid_of(id))
        return cast(Upload | None, found)


async def _document(info: Info, document_id: Any) -> Any:
    return await documents.document(viewer=_viewer(info), document_id=document_id)


async def _upload(info: Info, upload_id: Any) -> Any:
    return await uploads.upload(viewer=_viewer(info), upload_id=upload_id)


mutations = Mutations(REFUSALS)


@output_type("Pdf's aanvragen, bestanden versturen.")
class DocumentMutation:
    create_document = mutations.step(
        documents.create_document,
        takes=CreateDocumentInput,
        gives={"document": Document},
        description="Vraagt een pdf aan. Hij is meestal binnen een paar tellen klaar.",
        load=_document,
    )
    create_oso_dossier = mutations.act(
        oso_export.create_oso_dossier,
        takes=CreateOsoDossierInput,
        gives={"document": Document},
        seen_by=VO,
        description=(
            "Vraagt het Oki-doc aan als OSO-dossier, met de bijlagen, voor uw leerlingadministratie. "
            "Wat u niet mag zien, staat er niet in."
        ),
        load=_document,
    )
    # No step with an Idempotency-Key: its answer is a link to send bytes to, a secret of its asker.
    create_upload = mutations.act(
        uploads.create_upload,
        takes=CreateUploadInput,
        gives={"upload": Upload},
        seen_by=SENDERS,
        description="Kondigt een bestand aan. Stuur de bytes daarna met PUT naar `url`.",
        load=_upload,
    )
    remove_attachment = mutations.step(
        uploads.remove_attachment,
        takes=RemoveAttachmentInput,
        gives={"pupil": Pupil},
        description="Haalt een bijlage uit het dossier.",
        load=shown,
    )
    remove_family_document = mutations.step(
        uploads.remove_family_document,
        takes=RemoveFamilyDocumentInput,
        gives={"pupil": Pupil},
        description="Haalt een document weg dat u heeft gestuurd. Dat kan zolang u er een mag sturen.",
        load=shown,
    )
