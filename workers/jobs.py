"""Every piece of work there is, by the name of its nudge.

A job takes no arguments: what is to be done stands in PostgreSQL. It may run at any time, twice, or
in two processes at once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from workers import housekeeping
from workers.equipment import Equipment


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """`every`: seconds between two looks when nobody nudges. It returns how much it did."""

    work: Callable[[Equipment], Awaitable[int]]
    every: float


async def deliver_mails(equipment: Equipment) -> int:
    return (await equipment.delivery.deliver_due()).handled


async def make_documents(equipment: Equipment) -> int:
    return await equipment.press.make_due()


async def take_deliveries(equipment: Equipment) -> int:
    return await equipment.intake.take_due()


async def make_exports(equipment: Equipment) -> int:
    return await equipment.exporter.make_due()


async def scan_uploads(equipment: Equipment) -> int:
    return await equipment.quarantine.judge_waiting()


async def sweep(equipment: Equipment) -> int:
    return await housekeeping.sweep(store=equipment.store)


JOBS = {
    "deliver_mails": Job(work=deliver_mails, every=10),
    "make_documents": Job(work=make_documents, every=10),
    "take_deliveries": Job(work=take_deliveries, every=10),
    "make_exports": Job(work=make_exports, every=10),
    "scan_uploads": Job(work=scan_uploads, every=30),
    "sweep": Job(work=sweep, every=60),
}
