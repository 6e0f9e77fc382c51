"""Results of the doorstroomtoets, message by message: to their child, to the tray, or said why not.

One file is one transaction; a message that cannot be taken does not stop the others. The last delivery wins, by the
sender's moment: the same file twice changes nothing, and an older one after a newer changes nothing either.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tortoise.connection import get_connection

from imports import Kind, Unreadable, cells
from imports.toetsresultaten import Message, Result, read
from resolvers import clock
from resolvers.imports.batch import Batch
from resolvers.imports.ground import Ground, RegionRow, SchoolRow, YearRow
from resolvers.imports.report import Report
from resolvers.imports.result_desk import Delivery, Desk, Refused, known_by
from resolvers.imports.result_report import Became, Line, ResultReport
from resolvers.imports.run import Say, Undone, silent
from rules.test_delivery import is_of_later

KIND = Kind(name="toetsresultaten", dutch="toetsresultaten", columns=())


async def take_results(
    *,
    path: Path,
    school: str | None = None,
    region: str | None = None,
    year: str | None = None,
    dry_run: bool = False,
    say: Say = silent,
) -> ResultReport:
    """Take in a file of messages `Leerlingresultaat`.

    `school`: the BRIN the file is of, for files that do not say it; `region`: only its schools and pupils.
    """
    report = ResultReport(filename=path.name, dry_run=dry_run)
    try:
        content = await asyncio.to_thread(path.read_bytes)
        messages = await asyncio.to_thread(read, content)
    except OSError as away:
        report.problem = f"Dit bestand is niet te openen ({away.strerror})."
        return report
    except Unreadable as unreadable:
        report.problem = str(unreadable.problem)
        return report
    at = await clock.now()
    try:
        async with get_connection("default").acquire_connection() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('loket import'))")
            ground = await Ground.read(connection=connection, at=at, region=region, year=year)
            place = _place(ground, school)
            batch = Batch(
                kind=KIND,
                connection=connection,
                at=at,
                report=Report(kind=KIND.dutch, filename=path.name),
                say=say,
            )
            report.lines += await _take(batch, ground, place, messages)
            await batch.write()
            if dry_run:
                raise Undone
    except Refused as refused:
        report.problem = str(refused)
    except Undone:
        pass
    return report


@dataclass(frozen=True, slots=True)
class _Place:
    """What was said at the command line, and so holds for every message."""

    year: YearRow
    region: RegionRow | None
    school: SchoolRow | None


def _place(ground: Ground, school: str | None) -> _Place:
    for problem in ground.lacking(makes_years=False, makes_regions=False):
        raise Refused(str(problem))
    year = ground.year_named(ground.year)
    if year is None:
        raise Refused("Er is nog geen schooljaar. Lees eerst het tijdpad in.")
    if year.closed:
        raise Refused(f"Het schooljaar {year.name} is afgesloten.")
    region = ground.regions[ground.region] if ground.region else None
    found = _school_named(ground, school) if school else None
    if region and found and found.region_id != region.id:
        raise Refused(f"--school: deze school hoort niet bij de regio {region.code}.")
    return _Place(year, region, found)


def _school_named(ground: Ground, text: str) -> SchoolRow:
    try:
        brin, location = cells.brin(text)
    except cells.Wrong as wrong:
        raise Refused(f"--school: {wrong}") from None
    found = [
        school for (known, at), school in ground.primary.items() if known == brin and location in (None, at)
    ]
    if not found:
        raise Refused(f"--school: er is geen basisschool met de BRIN {text}.")
    if len(found) > 1:
        raise Refused(f"--school: {brin} heeft meer vestigingen. Noem ook de vestiging, zoals {brin}00.")
    return found[0]


async def _take(batch: Batch, ground: Ground, place: _Place, messages: list[Message]) -> list[Line]:
    """The lines of the report; what is to be written lies in the batch."""
    lines, taking = [], []
    for message in messages:
        result = message.result
        try:
            if result is None:
                raise Refused(" ".join(map(str, message.wrong)))
            school = _school_of(ground, place, result)
            _judge(result, place, batch.at, school)
            taking.append(Delivery(message.number, result, school))
        except Refused as refused:
            lines.append(_not_taken(message.number, result, refused))
    desk = await Desk.read(batch=batch, ground=ground, year=place.year, region=place.region, taking=taking)
    # The latest first: of two in one file the earlier one finds the later one there.
    for one in batch.each(sorted(taking, key=lambda one: one.result.delivered_at, reverse=True)):
        try:
            lines.append(desk.take(one))
        except Refused as refused:
            lines.append(_not_taken(one.number, one.result, refused))
    return lines


def _not_taken(number: int, result: Result | None, refused: Refused) -> Line:
    whose = known_by(result) if result else ""
    return Line(number=number, became=Became.NOT_TAKEN, whose=whose, more=(str(refused),))


def _school_of(ground: Ground, place: _Place, result: Result) -> SchoolRow | None:
    """The school of the command line, else of the routing beside the message, else nobody's."""
    if result.brin is None:
        return place.school
    found = ground.primary.get(result.brin)
    if found is None or (place.region and found.region_id != place.region.id):
        raise Refused(f"Het bericht is van een andere school ({''.join(result.brin)}).")
    if place.school and found.id != place.school.id:
        raise Refused(f"Het bericht is van een andere school: {found.name}.")
    return found


def _judge(result: Result, place: _Place, now: datetime, school: SchoolRow | None) -> None:
    if result.school_year != place.year.name:
        raise Refused(
            f"Dit resultaat is van het schooljaar {result.school_year}, niet van {place.year.name}."
        )
    if not result.is_definitive:
        raise Refused(
            f"Dit resultaat is nog niet definitief (versie: {result.edition[:40] or 'leeg'})."
            " Wacht op de definitieve levering."
        )
    if is_of_later(result.delivered_at, now=now):
        raise Refused("Het bericht heeft een datum die nog moet komen. Vraag de toetsaanbieder om een nieuw.")
    if not result.eck_id and school is None:
        raise Refused("Bij dit bericht staat alleen een LAS-key. Zeg met --school van welke school het is.")
