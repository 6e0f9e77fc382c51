"""How mails, PDFs and uploads stand, measured in the database: it shows also when no worker lives."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from prometheus_client import Gauge

from resolvers import clock
from workers import lease

log = logging.getLogger("loket.metrics")

EVERY_SECONDS = 15.0
STRUGGLING_AFTER = 5

_LATEST: Final = "mostrecent"
DUE = Gauge("loket_mails_due", "Mails that wait and are due.", multiprocess_mode=_LATEST)
WAITING = Gauge("loket_mails_waiting", "Mails not sent yet, due or not.", multiprocess_mode=_LATEST)
STRUGGLING = Gauge(
    "loket_mails_struggling", "Mails that failed five times or more.", multiprocess_mode=_LATEST
)
OLDEST = Gauge(
    "loket_mail_oldest_seconds", "Age of the oldest mail that is not sent.", multiprocess_mode=_LATEST
)
DOCUMENTS = Gauge("loket_documents_waiting", "PDFs asked for and not made.", multiprocess_mode=_LATEST)
DELIVERIES = Gauge(
    "loket_deliveries_waiting", "Deliveries of dossiers not taken in yet.", multiprocess_mode=_LATEST
)
EXPORTS = Gauge("loket_exports_waiting", "Exports asked for and not made.", multiprocess_mode=_LATEST)
QUARANTINE = Gauge("loket_uploads_in_quarantine", "Uploads not yet judged.", multiprocess_mode=_LATEST)

_STAND = """
SELECT count(*) FILTER (WHERE due_at <= $1) AS due,
       count(*) AS waiting,
       count(*) FILTER (WHERE attempts >= $2) AS struggling,
       coalesce(extract(epoch FROM $1 - min(created_at)), 0)::float AS oldest,
       (SELECT count(*) FROM document WHERE status IN ('QUEUED', 'RUNNING')) AS documents,
       (SELECT count(*) FROM delivery WHERE finished_at IS NULL AND due_at IS NOT NULL) AS deliveries,
       (SELECT count(*) FROM export WHERE status IN ('QUEUED', 'RUNNING')) AS exports,
       (SELECT count(*) FROM upload WHERE state = 'QUARANTINE') AS quarantine
  FROM outbox_mail WHERE sent_at IS NULL AND cancelled_at IS NULL
"""


async def measure() -> None:
    """Set the gauges to how it stands now."""
    stand = (await lease.fetch(_STAND, await clock.now(), STRUGGLING_AFTER))[0]
    DUE.set(stand["due"])
    WAITING.set(stand["waiting"])
    STRUGGLING.set(stand["struggling"])
    OLDEST.set(max(0.0, stand["oldest"]))
    DOCUMENTS.set(stand["documents"])
    DELIVERIES.set(stand["deliveries"])
    EXPORTS.set(stand["exports"])
    QUARANTINE.set(stand["quarantine"])


@asynccontextmanager
async def measured() -> AsyncIterator[None]:
    """For the API's lifespan: gauges that follow the database, whether or not a worker is there."""

    async def follow() -> None:
        while True:
            try:
                await measure()
            except Exception as fault:  # noqa: BLE001 - measuring goes on
                log.warning("cannot measure: %s", type(fault).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    task = asyncio.create_task(follow())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
