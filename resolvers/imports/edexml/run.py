"""One EDEXML file, one transaction: read, judged row by row; what is right is written, the rest says why not.

No viewer stands behind a file: whoever runs the machine takes it in, and nothing of this is reachable from
the schema.
"""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tortoise.connection import get_connection

from imports import Kind, Problem, Unreadable
from imports.edexml import Judged, Outcome, Roster, fields, judge, read
from imports.edexml.reader import PIECE
from resolvers import clock
from resolvers.imports.batch import Batch
from resolvers.imports.edexml import pupils, teachers
from resolvers.imports.edexml.pupils import Place
from resolvers.imports.edexml.report import RosterReport
from resolvers.imports.ground import Ground, YearRow
from resolvers.imports.run import Say
from resolvers.nudge import nudge

KIND = Kind(name="edexml", dutch="EDEXML", columns=())
# Why a child does not come in without anything being wrong.
NOT_HERE = {"NOT_GROUP_8", "LEFT_SCHOOL"}


class _Undone(Exception):
    """Ends the transaction without a trace."""


def _silent(_text: str) -> None:
    return None


async def run(
    *,
    path: Path,
    dry_run: bool = False,
    invite_teachers: bool = False,
    confirm_overwrite: bool = False,
    region: str | None = None,
    year: str | None = None,
    say: Say = _silent,
) -> RosterReport:
    """Take in a school's roster. Each row is written whole or not at all; the same file twice changes nothing.

    A definitive Oki-doc changes only with `confirm_overwrite` (rule 6).
    """
    report = RosterReport(filename=path.name, dry_run=dry_run)
    try:
        roster = await asyncio.to_thread(_roster, path)
        judged = judge(roster=roster)
    except OSError as away:
        report.problems.append(Problem(0, "", f"Dit bestand is niet te openen ({away.strerror})."))
        return report
    except Unreadable as unreadable:
        report.problems.append(unreadable.problem)
        return report
    at = await clock.now()
    try:
        async with get_connection("default").acquire_connection() as connection, connection.transaction():
            # Two imports at once would each judge what the other is about to change.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('loket import'))")
            ground = await Ground.read(connection=connection, at=at, region=region, year=year)
            report.problems += ground.lacking(makes_years=False, makes_regions=False)
            if report.problems:
                raise _Undone
            batch = Batch(kind=KIND, connection=connection, at=at, report=report, say=say)
            await _take(batch, ground, judged, invite=invite_teachers, confirm=confirm_overwrite)
            if dry_run:
                raise _Undone
    except _Undone:
        pass
    if not report.problems:
        report.rows = judged.rows
        report.named = list(_named(roster, judged))
        if judged.teachers and not invite_teachers:
            report.named.append(
                "leerkrachten zijn niet uitgenodigd; dat gebeurt alleen met --invite-teachers."
            )
    if report.count(Outcome.INVITED) and not dry_run:
        await nudge("deliver_mails")
    return report


def _roster(path: Path) -> Roster:
    with path.open("rb") as file:
        return read(pieces=iter(partial(file.read, PIECE), b""))


async def _take(batch: Batch, ground: Ground, judged: Judged, *, invite: bool, confirm: bool) -> None:
    place = _place(ground, judged)
    _judge_leaving(ground, judged)
    if place is None:
        for row in (*judged.pupils, *judged.teachers):
            row.reasons[:0] = judged.school.reasons
            row.outcome = Outcome.REFUSED
        return
    await pupils.take(batch=batch, place=place, pupils=judged.pupils, confirm=confirm)
    for pupil in judged.pupils:
        if pupil.codes & NOT_HERE:
            pupil.outcome = Outcome.PASSED
    if invite:
        await teachers.take(batch=batch, place=place, teachers=judged.teachers)
    else:
        for teacher in judged.teachers:
            teacher.outcome = Outcome.PASSED if teacher.reasons else Outcome.READ
    await batch.write()


def _place(ground: Ground, judged: Judged) -> Place | None:
    """The school by its BRIN and location, and the year the file is of; what is wrong with either, both said."""
    row = judged.school
    school = None
    if "brin" in row.values:
        brin, location = row.values["brin"], row.values["location"]
        school = ground.primary.get((brin, location))
        named = ground.regions.get(ground.region) if ground.region else None
        if school is None:
            row.refuse(
                "OTHER_SCHOOL", f"De basisschool {row.key} is van geen regio in Loket.{_others(ground, brin)}"
            )
        elif named is not None and named.id != school.region_id:
            row.refuse("OTHER_SCHOOL", f"De basisschool {row.key} hoort niet bij de regio {named.code}.")
    year = _year(ground, judged)
    if row.reasons or school is None or year is None:
        return None
    region = next(one for one in ground.regions.values() if one.id == school.region_id)
    return Place(region=region, school=school, year=year)


def _others(ground: Ground, brin: str) -> str:
    """Locations of the same school that are known: which one is meant, the file must say."""
    known = sorted(place for one, place in ground.primary if one == brin)
    return f" Van deze school kent Loket vestiging {', '.join(known)}." if known else ""


def _year(ground: Ground, judged: Judged) -> YearRow | None:
    """Rule 1: the year asked for, else the current one; a file of another year is not taken."""
    row, of_file = judged.school, judged.school.values.get("school_year")
    begun = [one for one in ground.years.values() if one.starts_on <= ground.today]
    wanted = ground.years.get(ground.year) if ground.year else (begun[-1] if begun else None)
    if wanted is None:
        row.refuse("NO_YEAR", "Er is nog geen schooljaar. Lees eerst het tijdpad in.")
    elif wanted.closed:
        row.refuse("YEAR_CLOSED", f"Het schooljaar {wanted.name} is afgesloten.")
    elif of_file is not None and of_file < wanted.name:
        row.refuse("OLDER_YEAR", f"Het bestand is van schooljaar {of_file}, en niet van {wanted.name}.")
    elif of_file is not None and of_file > wanted.name:
        said = f"Het bestand is van schooljaar {of_file}; nu is het {wanted.name}."
        row.refuse("NEWER_YEAR", f"{said} Geef bij het inlezen --year {of_file}, als dat jaar er al is.")
    return wanted


def _judge_leaving(ground: Ground, judged: Judged) -> None:
    for pupil in judged.pupils:
        left_on = pupil.values.get("left_on")
        if left_on is not None and left_on <= ground.today:
            said = f"Deze leerling heeft de school verlaten op {left_on:%d-%m-%Y}."
            known = (
                " Staat de leerling in Loket? Kies daar de reden 'uitgeschreven'." if pupil.is_group_8 else ""
            )
            pupil.refuse("LEFT_SCHOOL", said + known)


def _named(roster: Roster, judged: Judged) -> Iterator[str]:
    """What holds for the whole file, or is left out of it; each thing said once."""
    kinds = {row.shape for row in roster.rows}
    if fields.LOCATION in kinds:
        yield f"vestigingen zijn niet bewaard: alle leerlingen horen bij de school {judged.school.key}."
    if fields.COMBINED_GROUP in kinds:
        yield "samengestelde groepen zijn niet bewaard: een leerling staat in Loket bij de eigen groep."
    if any(group.values.get("year_group") == fields.COMBINED for group in judged.groups):
        yield "in een combinatiegroep telt de jaargroep van de leerling zelf."
    for name in ("leerling", "leerkracht"):
        if roster.dropped.get(name):
            names = ", ".join(sorted(roster.dropped[name]))
            yield f"niet bewaard, want Loket heeft het niet nodig, bij {name}: {names}."
    if roster.additions:
        yield "toevoegingen zijn niet gelezen: die zijn van elk pakket anders."
    for path, line in roster.unknown.items():
        yield f"{path} (regel {line}) hoort niet bij EDEXML en is niet gelezen."
