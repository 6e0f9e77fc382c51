"""Files that come in (rules 5, 24, 26): announced, received, judged by content, released."""

import asyncio
import hashlib
from collections.abc import AsyncIterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.expressions import Q
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from imports.pictures import pixels_of
from models import Enrolment, OkiDoc, TestResult, Upload
from resolvers import audit, clock, scope
from resolvers.file_links import Use, url
from resolvers.files import Store, Stored, TooManyBytes, new_key, store
from resolvers.nudge import nudge
from resolvers.step import Act, take
from resolvers.viewer import Viewer
from rules import uploads as rule
from rules.calendar import Window, closed
from rules.dossier import PlacedAlready
from rules.filenames import served_name
from rules.oki_doc.dossier import without_upload
from rules.refusal import Refusal
from rules.steps import NotFound
from rules.uploads import FileRefused, UploadNotReady, UploadReceived, UploadSizeDiffers, UploadState
from rules.vocabulary import OkiDocStatus, PlacementStatus, UploadKind
from settings import load

FOLDER = "uploads"
HEAD = 4096
TAIL = 4096
RECEIVING_SECONDS = 300

LOST = "Dit bestand is niet goed aangekomen. Verstuur het opnieuw."
INFECTED = "In dit bestand is een virus gevonden. Het is verwijderd. Controleer uw computer of telefoon."


async def create_upload(
    *, viewer: Viewer, kind: UploadKind, filename: str, size: int, pupil_id: UUID | None = None
) -> UUID:
    """Announce a file; the answer holds the link to send its bytes to.

    Raises `NotFound`, `UploadKindNotYours`, `OnlyForOutsidePupils`, `UploadEmpty`, `UploadTooLarge`,
    `TooManyUploads`, and `PeriodClosed` for family documents outside their window (rule 3).
    """
    if pupil_id is None:
        pupil_id = viewer.pupil_id
    sort = rule.SORTS[kind]
    if sort.needs_pupil and pupil_id is None:
        raise NotFound().at("pupil_id")
    async with take("createUpload", viewer=viewer, pupil_id=pupil_id) as act:
        rule.may_begin(kind=kind, role=viewer.role, size=size, origin=act.pupil.origin if act.pupil else None)
        if kind is UploadKind.FAMILY_DOCUMENT:
            refusal = closed(window=Window.FAMILY_DOCUMENTS, calendar=act.calendar, now=act.now)
            if refusal is not None:
                raise refusal
        there = scope.of(act.pupil, Upload) if act.pupil else _own(viewer)
        awaited = Q(state=UploadState.AWAITING, created_at__gt=rule.awaited_since(now=act.now))
        living = there.filter(Q(state__in=rule.RECEIVED) | awaited, kind=kind, read_at=None)
        rule.may_add(kind=kind, living=await living.count())
        upload = Upload(
            id=uuid4(),
            kind=kind,
            owner_id=viewer.account_id,
            pupil_id=pupil_id,
            filename=rule.clean_filename(given=filename),
            declared_size=size,
            state=UploadState.AWAITING,
            created_at=act.now,
        )
        act.create(upload)
    return upload.id


async def receive(
    *,
    viewer: Viewer,
    upload_id: UUID,
    chunks: AsyncIterable[bytes],
    announced: int | None = None,
    files: Store | None = None,
) -> Upload:
    """Take the bytes in. Nothing is half there: until they are whole and judged the upload waits.

    `announced`: the Content-Length, if there is one; more than was declared is not even read.
    The same bytes again, as after an answer that was lost, are as welcome as the first time.

    Raises `NotFound`, `UploadReceived` (other bytes came before), `UploadNotReady` (refused or removed),
    `UploadSizeDiffers`, `FileRefused`.
    """
    files = files or store()
    upload = await _own(viewer).filter(id=upload_id).first()
    if upload is None or (upload.state == UploadState.AWAITING and not await _awaited(upload)):
        raise NotFound()
    if upload.state in rule.RECEIVED:
        return await _heard_again(upload=upload, chunks=chunks)
    if upload.state != UploadState.AWAITING:
        raise UploadNotReady(state=upload.state)
    if announced is not None and announced > upload.declared_size:
        raise UploadSizeDiffers(size=announced, declared_size=upload.declared_size)
    key = new_key(folder=FOLDER, row_id=upload.id)
    try:
        async with asyncio.timeout(RECEIVING_SECONDS):
            stored = await files.receive(key=key, chunks=chunks, most=upload.declared_size)
    except TimeoutError:
        raise UploadSizeDiffers(size=0, declared_size=upload.declared_size) from None
    except TooManyBytes:
        raise UploadSizeDiffers(size=upload.declared_size + 1, declared_size=upload.declared_size) from None
    try:
        if stored.size != upload.declared_size:
            raise UploadSizeDiffers(size=stored.size, declared_size=upload.declared_size)
        content_type = await _judged(upload=upload, stored=stored, files=files)
    except FileRefused as refused:
        await _settle(
            upload=upload, was=UploadState.AWAITING, state=UploadState.REFUSED, refusal=refused.message
        )
        await files.delete(key=key)
        raise
    except BaseException:
        await files.delete(key=key)
        raise
    scanned = load().clamav_url is not None
    kept = await _settle(
        upload=upload,
        was=UploadState.AWAITING,
        state=UploadState.QUARANTINE if scanned else UploadState.RELEASED,
        content_type=content_type,
        filename=served_name(given=upload.filename, content_type=content_type),
        size=stored.size,
        sha256=stored.sha256,
        storage_key=key,
        received_at=await clock.now(),
    )
    if not kept:  # The same link was used twice at once; the first one counts.
        await files.delete(key=key)
        await upload.refresh_from_db()
        return _same(upload=upload, sha256=stored.sha256)
    if scanned:
        await nudge("scan_uploads")
    return upload


async def _awaited(upload: Upload) -> bool:
    """Whether its place is still kept; on the clock it was announced by."""
    announced: datetime = upload.created_at
    return announced > rule.awaited_since(now=await clock.now())


async def _heard_again(*, upload: Upload, chunks: AsyncIterable[bytes]) -> Upload:
    digest, size = hashlib.sha256(), 0
    try:
        async with asyncio.timeout(RECEIVING_SECONDS):
            async for chunk in chunks:
                size += len(chunk)
                if size > upload.size:
                    break
                digest.update(chunk)
    except TimeoutError:
        raise UploadReceived() from None
    return _same(upload=upload, sha256=digest.hexdigest() if size == upload.size else "")


def _same(*, upload: Upload, sha256: str) -> Upload:
    if upload.state not in rule.RECEIVED:
        raise UploadNotReady(state=upload.state)
    if upload.sha256 != sha256:
        raise UploadReceived()
    return upload


async def _judged(*, upload: Upload, stored: Stored, files: Store) -> str:
    head = await files.part(key=stored.key, start=0, end=min(HEAD, stored.size))
    tail = await files.part(key=stored.key, start=max(0, stored.size - TAIL), end=stored.size)
    looks_like = rule.type_of(head=head)
    whole, pixels = b"", None
    if looks_like in rule.DOCUMENT_TYPES:
        whole = await files.part(key=stored.key, start=0, end=stored.size)
    if looks_like in (rule.JPEG, rule.PNG):
        pixels = await asyncio.to_thread(pixels_of, whole)
    return rule.judge(kind=upload.kind, head=head, tail=tail, pixels=pixels, whole=whole)


async def _settle(*, upload: Upload, was: UploadState, state: UploadState, **values: Any) -> bool:
    """Move an upload on, if nobody did already, with its line in the audit."""
    async with in_transaction():
        moved = await Upload.filter(id=upload.id, state=was).update(state=state, **values)
        if not moved:
            return False
        row = audit.entry(
            viewer=None,
            act=f"upload.{state.lower()}",
            at=await clock.now(),
            entity="Upload",
            entity_id=upload.id,
            before={"state": was},
            after={"state": state, **({"sha256": values["sha256"]} if "sha256" in values else {})},
            pupil_id=upload.pupil_id,
        )
        row.account_id = upload.owner_id
        await row.save(force_create=True)
    upload.update_from_dict({"state": state, **values})
    return True


async def in_quarantine(*, limit: int = 50) -> list[Upload]:
    """What waits for the scanner, longest first."""
    return await Upload.filter(state=UploadState.QUARANTINE).order_by("received_at").limit(limit)


async def release(*, upload_id: UUID) -> None:
    """The scanner found nothing: schools may see it."""
    upload = await Upload.get(id=upload_id)
    await _settle(upload=upload, was=UploadState.QUARANTINE, state=UploadState.RELEASED)


async def refuse(*, upload_id: UUID, words: str) -> None:
    """It stays out, with the reason for who sent it; its bytes go."""
    upload = await Upload.get(id=upload_id)
    if await _settle(
        upload=upload, was=UploadState.QUARANTINE, state=UploadState.REFUSED, refusal=words, storage_key=""
    ):
        await store().delete_all_of(folder=FOLDER, row_id=upload_id)


async def remove_attachment(*, viewer: Viewer, upload_id: UUID) -> UUID:
    """Rule 5: PO takes an attachment out of the file. Returns the pupil.

    Where it stands in the Oki-doc it goes from there too, and that is a correction (rule 6): a new version, and
    concept again. Raises `NotFound`; `PlacedAlready` when it stands in an Oki-doc that may not change any more.
    """
    return await _removed("removeAttachment", viewer=viewer, upload_id=upload_id, kind=UploadKind.ATTACHMENT)


async def remove_family_document(*, viewer: Viewer, upload_id: UUID) -> UUID:
    """Rule 24: a family takes back a document that it sent. Returns the pupil.

    Raises `NotFound`, and `PeriodClosed` where it may not send one either.
    """
    return await _removed(
        "removeFamilyDocument", viewer=viewer, upload_id=upload_id, kind=UploadKind.FAMILY_DOCUMENT
    )


async def _removed(step: str, *, viewer: Viewer, upload_id: UUID, kind: UploadKind) -> UUID:
    found = await scope.uploads(viewer).filter(id=upload_id, kind=kind).first()
    if found is None or found.pupil_id is None:
        raise NotFound().at("upload_id")
    pupil_id: UUID = found.pupil_id
    async with take(step, viewer=viewer, pupil_id=pupil_id) as act:
        upload = await scope.of(act.child, Upload).filter(id=upload_id).select_for_update().first()
        if upload is None or upload.state == UploadState.REMOVED:
            raise NotFound().at("upload_id")
        act.change(upload, state=UploadState.REMOVED, storage_key="")
        if kind is UploadKind.ATTACHMENT:
            await _taken_out_of_oki_doc(act=act, upload=str(upload_id))
    await store().delete_all_of(folder=FOLDER, row_id=upload_id)
    return pupil_id


async def _taken_out_of_oki_doc(*, act: Act, upload: str) -> None:
    """The rows that point at it go, of the sections and of the test that a dossier brought."""
    oki_doc = await scope.of(act.child, OkiDoc).first()
    if oki_doc is None:
        return
    test = await scope.of(act.child, TestResult).select_for_update(of=("test_result",)).first()
    sections = without_upload(oki_doc.sections, upload=upload)
    content = without_upload(test.content, upload=upload) if test is not None else None
    if sections == oki_doc.sections and (test is None or content == test.content):
        return
    if await scope.of(act.child, Enrolment).filter(placement_status=PlacementStatus.PLACED).exists():
        raise PlacedAlready()
    if test is not None:
        act.change(test, content=content)
    act.change(
        oki_doc,
        sections=sections,
        version=oki_doc.version + 1,
        status=OkiDocStatus.CONCEPT,
        finalized_at=None,
    )


@dataclass(frozen=True, slots=True)
class UploadRow:
    """A file as its sender sees it. `url`: where to send it, or once it is released, to fetch it."""

    id: UUID
    kind: UploadKind
    filename: str
    state: UploadState
    refusal: str
    url: str | None


async def upload(*, viewer: Viewer, upload_id: UUID) -> UploadRow | None:
    """One of the viewer's own uploads and how it stands; None for any other."""
    found = await _own(viewer).filter(id=upload_id).first()
    if found is None:
        return None
    link = None
    if found.state == UploadState.AWAITING and await _awaited(found):
        link = url(use=Use.SEND, row_id=found.id, viewer=viewer)
    elif (
        found.kind is not UploadKind.OSO_DOSSIER  # Nobody needs it back, and it holds more than Loket keeps.
        and await readable(viewer=viewer, upload_id=found.id) is not None
    ):
        link = url(use=Use.UPLOAD, row_id=found.id, viewer=viewer)
    return UploadRow(
        id=found.id,
        kind=found.kind,
        filename=found.filename,
        state=UploadState(found.state),
        refusal=found.refusal,
        url=link,
    )


async def readable(*, viewer: Viewer, upload_id: UUID) -> Upload | None:
    """A released file this viewer may read at this moment; nothing in every other case."""
    upload = await scope.uploads(viewer).filter(id=upload_id, state=UploadState.RELEASED).first()
    return upload if upload is not None and viewer.role in rule.READERS[upload.kind] else None


async def why_not(*, viewer: Viewer, upload_id: UUID) -> Refusal:
    """Why an upload cannot be read: only whoever sent it learns more than that it is not found."""
    own = await _own(viewer).filter(id=upload_id).first()
    if own is None or own.state in (UploadState.RELEASED, UploadState.REMOVED):
        return NotFound().at("upload_id")
    return UploadNotReady(state=own.state).at("upload_id")


def _own(viewer: Viewer) -> QuerySet[Upload]:
    return scope.uploads(viewer).filter(owner_id=viewer.account_id)
