"""A test's maker delivers, and somebody at the command line takes it in."""

from itertools import count
from typing import Any
from uuid import uuid4

from models import AuditEntry, PrimarySchool, Pupil
from models import TestResult as Result
from resolvers.imports import ResultReport, take_results
from resolvers.imports.result_report import Became
from tests.imports.messages import written
from tests.world import World

EARLY, LATE = "2027-02-10T11:44:00Z", "2027-02-20T09:00:00+01:00"
_NUMBERS = count(1)


async def deliver(world: World, *messages: Any, **options: Any) -> ResultReport:
    """A file with these messages, taken in."""
    path = world.mails_folder.parent / f"uitslagen-{next(_NUMBERS)}.json"
    path.write_bytes(written(list(messages)))
    return await take_results(path=path, **options)


async def became(world: World, *messages: Any, **options: Any) -> list[Became]:
    """The same: what became of each message, in the order of the file."""
    report = await deliver(world, *messages, **options)
    assert report.problem == ""
    return [line.became for line in sorted(report.lines, key=lambda one: one.number)]


async def known(world: World, *, eck_id: str = "eck-noor", school_key: str = "", **more: Any) -> Pupil:
    """A pupil that the makers of tests know by these, and that has no result yet."""
    pupil = await world.pupil(tested=False, **more)
    await Pupil.filter(id=pupil.id).update(eck_id=eck_id, school_key=school_key)
    await pupil.refresh_from_db()
    return pupil


async def elsewhere(world: World, brin: str = "99ZZ") -> PrimarySchool:
    """Another primary school of the region."""
    return await PrimarySchool.create(id=uuid4(), region=world.amstelland, brin=brin, name="De Brug")


async def everything() -> list[Any]:
    """All there is of results, and of their traces."""
    columns = ("id", "pupil_id", "primary_school_id", "advice_id", "eck_id", "school_key", "delivered_at")
    rows = await Result.all().values_list(*columns, "reopens", "content")
    return [sorted(map(str, rows)), await AuditEntry.all().count()]


async def result_of(pupil: Pupil) -> Result:
    return await Result.get(pupil_id=pupil.id)
