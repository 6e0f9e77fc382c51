"""What jobs work with: connections and pools that outlive one job. One set for a process."""

from dataclasses import dataclass
from typing import Any

from resolvers import files, oso_export
from settings import Settings
from workers.deliveries import LEASE_SECONDS, Intake
from workers.exporting import Exporter
from workers.outbox import Delivery, Pace
from workers.press import Press
from workers.quarantine import Quarantine


@dataclass(kw_only=True, slots=True)
class Equipment:
    """`open_equipment` makes it; `close` gives everything back."""

    delivery: Delivery
    press: Press
    intake: Intake
    exporter: Exporter
    quarantine: Quarantine
    store: files.Store
    making: "Making"

    def stop(self) -> None:
        """Finish what is under way, begin nothing new."""
        self.delivery.stop()
        self.press.stop()
        self.intake.stop()
        self.exporter.stop()

    async def close(self) -> None:
        await self.delivery.close()
        await self.making.close()


class Making:
    """Makes what is asked for: dossiers here, PDFs in a pool that is started when the first one is asked for."""

    def __init__(self) -> None:
        self._pool: Any = None

    async def __call__(self, *, kind: str, content: dict[str, Any]) -> bytes:
        if content.get("format") == oso_export.FORMAT:
            return await oso_export.written(content=content)
        from workers.pdf import PdfPool  # Its processes and fonts only where a PDF is made.

        if self._pool is None:
            self._pool = PdfPool()
        made: bytes = await self._pool.make(kind=kind, content=content)
        return made

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


def open_equipment(*, settings: Settings, pace: Pace | None = None) -> Equipment:
    store = files.Store(url=settings.files_url)
    making = Making()
    return Equipment(
        delivery=Delivery(smtp_url=settings.smtp_url, pace=pace),
        press=Press(make=making, store=store),
        intake=Intake(store=store, seconds=pace.lease if pace else LEASE_SECONDS),
        exporter=Exporter(store=store),
        quarantine=Quarantine(clamav_url=settings.clamav_url, store=store),
        store=store,
        making=making,
    )
