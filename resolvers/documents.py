"""PDFs on request (rules 5, 15, 23): what they say is frozen in the request, the worker makes them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from models import Document
from resolvers import audit, scope
from resolvers.document_content import content_of
from resolvers.file_links import Use, url
from resolvers.nudge import nudge
from resolvers.step import take
from resolvers.viewer import Viewer
from rules.steps import NotFound
from rules.vocabulary import DocumentKind, JobStatus, Role

MAKERS = frozenset({Role.PO_EDITOR, Role.PARENT})


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A PDF as its asker sees it. `url` is fresh each time it is asked for, and only when READY."""

    id: UUID
    kind: DocumentKind
    status: JobStatus
    filename: str
    requested_at: datetime
    url: str | None


async def create_document(*, viewer: Viewer, kind: DocumentKind, pupil_id: UUID | None = None) -> UUID:
    """Ask for a PDF of a child's Oki-doc or application form. A family needs no `pupil_id`.

    Raises `NotFound`: child out of reach, or nothing of this kind is there.
    """
    if viewer.role is Role.PARENT:
        pupil_id = viewer.pupil_id
    if pupil_id is None:
        raise NotFound().at("pupil_id")
    async with take(
        "createDocument", viewer=viewer, pupil_id=pupil_id, rule_judges_window=True
    ) as act:  # A closed year is readable (rule 1).
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
