"""What a link to a file opens, asked again at each use: whose it is, and whether its child is in reach."""

from dataclasses import dataclass
from uuid import UUID

from models import Export
from resolvers import audit, documents, exports, files, uploads
from resolvers.file_links import Link, Use
from resolvers.viewer import Viewer
from rules.uploads import PDF, XML
from rules.vocabulary import FileFormat

CONTENT_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Download:
    """A file this viewer may have at this moment. `what`: how the audit names its reading."""

    what: str
    row_id: UUID
    pupil_id: UUID | None
    filename: str
    content_type: str
    size: int
    sha256: str
    key: str
    store: files.Store
    export: Export | None = None


async def opened(*, viewer: Viewer, link: Link) -> Download | None:
    """The file behind a link, or nothing: no longer there, no longer theirs, no longer in reach."""
    match link.use:
        case Use.DOCUMENT:
            return await _document(viewer=viewer, document_id=link.row_id)
        case Use.UPLOAD:
            return await _upload(viewer=viewer, upload_id=link.row_id)
        case Use.EXPORT:
            return await _export(viewer=viewer, export_id=link.row_id)
        case _:
            return None


async def record(*, viewer: Viewer, found: Download) -> None:
    """Reading a file of a child leaves a trace (rule 26), and so does fetching an export (rule 39)."""
    if found.export is not None:
        await exports.record(
            viewer=viewer, act="read.export", export=found.export, rows=found.export.row_count
        )
    if found.pupil_id is not None:
        await audit.record_read(
            viewer=viewer, what=found.what, entity_id=found.row_id, pupil_id=found.pupil_id
        )


async def _document(*, viewer: Viewer, document_id: UUID) -> Download | None:
    document = await documents.readable(viewer=viewer, document_id=document_id)
    if document is None or not document.storage_key:
        return None
    return Download(
        what=document.kind.lower(),
        row_id=document.id,
        pupil_id=document.pupil_id,
        filename=document.filename,
        content_type=XML if document.filename.endswith(".xml") else PDF,
        size=document.size,
        sha256=document.sha256,
        key=document.storage_key,
        store=files.store(),
    )


async def _export(*, viewer: Viewer, export_id: UUID) -> Download | None:
    export = await exports.readable(viewer=viewer, export_id=export_id)
    if export is None:
        return None
    return Download(
        what="export",
        row_id=export.id,
        pupil_id=None,
        filename=export.filename,
        content_type=CONTENT_TYPES[export.format],
        size=export.size,
        sha256=export.sha256,
        key=export.storage_key,
        store=files.store(),
        export=export,
    )


async def _upload(*, viewer: Viewer, upload_id: UUID) -> Download | None:
    upload = await uploads.readable(viewer=viewer, upload_id=upload_id)
    if upload is None or not upload.storage_key:
        return None
    return Download(
        what=upload.kind.lower(),
        row_id=upload.id,
        pupil_id=upload.pupil_id,
        filename=upload.filename,
        content_type=upload.content_type or "application/octet-stream",
        size=upload.size,
        sha256=upload.sha256,
        key=upload.storage_key,
        store=files.store(),
    )
