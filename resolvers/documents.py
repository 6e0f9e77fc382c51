"""PDFs on request (rules 5, 15, 23): what they say is frozen in the request, the worker makes them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from models import Document, Enrolment, Region
from resolvers import audit, scope
from resolvers.document_content import content_of
from resolvers.file_links import Use, url
from resolvers.nudge import nudge
from resolvers.regions import region_named, region_of_family
from resolvers.step import take
from resolvers.viewer import Viewer
from rules import documents as rule
from rules.steps import NotFound
from rules.vocabulary import DocumentKind, EnrolmentStatus, JobStatus, Role

MAKERS = frozenset({Role.PO_EDITOR, Role.PARENT, Role.VO_STAFF})


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A PDF as its asker sees it. `url` is fresh each time it is asked for, and only when READY."""

    id: UUID
    kind: DocumentKind
    status: JobStatus
    filename: str
    requested_at: datetime
    url: str | None


async def create_document(
    *, viewer: Viewer, kind: DocumentKind, pupil_id: UUID | None = None, region: str | None = None
) -> UUID:
    """Ask for a PDF of a child's Oki-doc or application form. A family needs no `pupil_id`.

    Raises `NotFound`: child or region out of reach, or nothing of this kind is there; `TooManyDocuments`.
    """
    if pupil_id is None:
        pupil_id = viewer.pupil_id
    if pupil_id is None:
        raise NotFound().at("pupil_id")
    chosen = await _region(viewer=viewer, pupil_id=pupil_id, code=region)
    async with take(
        "createDocument", viewer=viewer, pupil_id=pupil_id, region=chosen, rule_judges_window=True
    ) as act:  # A closed year is readable (rule 1).
        making = scope.documents(viewer).filter(status__in=[JobStatus.QUEUED, JobStatus.RUNNING])
        rule.may_ask(waiting=await making.count())
        said = await content_of(kind=kind, act=act)
        document = Document(
            id=uuid4(),
            kind=kind,
            pupil_id=pupil_id,
            region_id=act.region.id if act.region else None,
            requested_by_id=viewer.account_id,
            content=said.payload(),
            filename=said.filename(),
            due_at=act.now,
            created_at=act.now,
        )
        await document.save(force_create=True)
        act.record(entity="Document", entity_id=document.id, kind=kind.value)
        # What the PDF says has been read here; its downloads are recorded each on their own.
        read = audit.entry(
            viewer=viewer,
            act=f"read.{kind.lower()}",
            at=act.now,
            entity="Document",
            entity_id=document.id,
            pupil_id=pupil_id,
        )
        await read.save(force_create=True)
    await nudge("make_documents")
    return document.id


async def _region(*, viewer: Viewer, pupil_id: UUID, code: str | None) -> Region:
    """The one named; without a name the pupil's own for a school, for a family the one with its definitive
    enrolment (rule 2: there is one at most), else the one it means."""
    pupil = await scope.one(scope.pupils(viewer).filter(id=pupil_id))
    if viewer.role is not Role.PARENT:
        named = code is not None
        return await (region_named(code=code, viewer=viewer) if named else Region.get(id=pupil.region_id))
    if code is None:
        final = scope.of(pupil, Enrolment).filter(status=EnrolmentStatus.FINAL)
        found = await final.select_related("region").first()
        if found is not None:
            return found.region
    return await region_of_family(code=code, pupil=pupil, viewer=viewer)


async def document(*, viewer: Viewer, document_id: UUID) -> DocumentRow | None:
    """One of the viewer's own requests, while its child is in reach; else None."""
    found = await _own(viewer=viewer, document_id=document_id)
    if found is None:
        return None
    link = None
    if found.status is JobStatus.READY:
        link = url(use=Use.DOCUMENT, row_id=found.id, viewer=viewer)
    return DocumentRow(
        id=found.id,
        kind=found.kind,
        status=found.status,
        filename=found.filename,
        requested_at=found.created_at,
        url=link,
    )


async def readable(*, viewer: Viewer, document_id: UUID) -> Document | None:
    """A PDF that is there and that this viewer may have at this moment."""
    found = await _own(viewer=viewer, document_id=document_id)
    return found if found is not None and found.status is JobStatus.READY else None


async def _own(*, viewer: Viewer, document_id: UUID) -> Document | None:
    """The moment a child leaves, nobody who no longer reaches it reaches what was made of it either."""
    if viewer.role not in MAKERS:
        return None
    return await scope.documents(viewer).filter(id=document_id).first()
