"""The sweep: what has had its time goes. Wherever a row has a file, the file goes first."""

import logging
from datetime import timedelta

from tortoise.connection import get_connection
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from models import Delivery, Document, Export, IdempotencyKey, LoginRequest, OutboxMail, Upload
from resolvers import clock, files
from resolvers.imports import deliveries
from rules.exports import OFFERED
from rules.login_request import CONFIRM_WITHIN
from rules.uploads import UploadState
from rules.vocabulary import JobStatus, LoginRequestState, UploadKind
from workers import exporting, metrics

log = logging.getLogger("loket.sweep")

DOCUMENT_LIVES = timedelta(days=1)
UPLOAD_AWAITED = timedelta(days=1)
EXPORT_REMEMBERED = timedelta(days=1)
DOSSIER_LIVES = timedelta(days=1)
READ_DOSSIER_LIVES = timedelta(hours=1)
ANSWER_LIVES = timedelta(days=2)
# Revoked and expired sessions stay visible for a while to the person whose they were.
SESSION_REMEMBERED = timedelta(days=30)
AT_ONCE = 200


async def sweep(*, store: files.Store) -> int:
    """One round. Returns how many things went."""
    gone = await _documents(store=store) + await _uploads(store=store) + await _deliveries(store=store)
    gone += await _exports(store=store) + await _unconfirmed()
    real = clock.real_now()
    gone += await IdempotencyKey.filter(created_at__lt=real - ANSWER_LIVES).delete()
    gone += (await get_connection("default").execute_query(_SESSIONS, [real - SESSION_REMEMBERED]))[0]
    await metrics.measure()
    return gone


_SESSIONS = """
DELETE FROM session s
 WHERE s.expires_at < $1 AND NOT EXISTS (
     SELECT 1 FROM integrator i
      WHERE i.account_id = s.account_id AND NOT EXISTS (
          SELECT 1 FROM session l WHERE l.account_id = s.account_id AND l.last_seen_at > s.last_seen_at))
"""
"""The last of a machine stays: it says when the machine was used (rule 39)."""


async def _documents(*, store: files.Store) -> int:
    """A PDF is a copy: it can always be asked for again."""
    before = await clock.now() - DOCUMENT_LIVES
    old = await Document.filter(created_at__lt=before, status__in=[JobStatus.READY, JobStatus.FAILED]).limit(
        AT_ONCE
    )
    for document in old:
        await store.delete_all_of(folder="documents", row_id=document.id)
        await document.delete()
    return len(old)


async def _unconfirmed() -> int:
    """Rule 24: what a family told and did not confirm was never asked: nothing of it stays."""
    before = await clock.now() - CONFIRM_WITHIN
    old = LoginRequest.filter(state=LoginRequestState.UNCONFIRMED, created_at__lte=before)
    async with in_transaction():
        gone = [row.id for row in await old.limit(AT_ONCE).select_for_update(skip_locked=True)]
        await OutboxMail.filter(link="login_request", link_id__in=gone).delete()
        return await LoginRequest.filter(id__in=gone).delete()


async def _deliveries(*, store: files.Store) -> int:
    """Files no worker took in, and reports that were there long enough: they name pupils by their numbers."""
    real = clock.real_now()
    never_taken = await Delivery.filter(finished_at=None, created_at__lt=real - deliveries.AWAITED).limit(
        AT_ONCE
    )
    told = await Delivery.filter(finished_at__lt=real - deliveries.REPORT_LIVES).limit(AT_ONCE)
    for delivery in never_taken:
        await store.delete_all_of(folder=deliveries.FOLDER, row_id=delivery.id)
        await Delivery.filter(id=delivery.id).update(
            status=JobStatus.FAILED, finished_at=real, lease_token=None, lease_until=None
        )
    for delivery in told:
        await store.delete_all_of(folder=deliveries.FOLDER, row_id=delivery.id)
        await delivery.delete()
    return len(never_taken) + len(told)


async def _exports(*, store: files.Store) -> int:
    """The file once its links have ended; what is left of it, a day later."""
    real = clock.real_now()
    read = await Export.filter(ready_at__lt=real - 2 * OFFERED, storage_key__not="").limit(AT_ONCE)
    for export in read:
        await store.delete_all_of(folder=exporting.FOLDER, row_id=export.id)
        await Export.filter(id=export.id).update(storage_key="")
    old = Export.filter(created_at__lt=real - EXPORT_REMEMBERED, storage_key="")
    return len(read) + await old.filter(status__in=[JobStatus.READY, JobStatus.FAILED]).delete()


async def _uploads(*, store: files.Store) -> int:
    """What never came, and dossiers that were read or left: their content is in the Oki-doc by then."""
    now = await clock.now()
    never_came = await Upload.filter(state=UploadState.AWAITING, created_at__lt=now - UPLOAD_AWAITED).limit(
        AT_ONCE
    )
    read = await Upload.filter(
        Q(created_at__lt=now - DOSSIER_LIVES) | Q(read_at__lt=now - READ_DOSSIER_LIVES),
        kind=UploadKind.OSO_DOSSIER,
        state__not=UploadState.REMOVED,
    ).limit(AT_ONCE)
    for upload in never_came:
        await store.delete_all_of(folder="uploads", row_id=upload.id)
        await upload.delete()
    for upload in read:
        await store.delete_all_of(folder="uploads", row_id=upload.id)
        await Upload.filter(id=upload.id).update(state=UploadState.REMOVED, storage_key="")
    return len(never_came) + len(read)
