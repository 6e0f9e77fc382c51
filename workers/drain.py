"""Everything that is due, once, in this process: for journeys that read the mails a person would."""

from settings import Settings
from workers.equipment import Equipment, open_equipment
from workers.jobs import JOBS


async def drain(*, settings: Settings, equipment: Equipment | None = None) -> int:
    """Run every job until none finds anything to do. Returns how much was done."""
    own = equipment is None
    equipment = equipment or open_equipment(settings=settings)
    done = 0
    try:
        while round_did := [await job.work(equipment) for name, job in JOBS.items() if name != "sweep"]:
            if not sum(round_did):
                break
            done += sum(round_did)
    finally:
        if own:
            await equipment.close()
    return done
