"""The tijdpad of a region in one year (rule 3)."""

from collections.abc import Iterator
from datetime import UTC, date
from typing import Any
from uuid import UUID, uuid4

from imports import Row
from models import Period, SchoolYear
from resolvers.imports.batch import Batch
from resolvers.imports.ground import Ground, YearRow
from rules.calendar import Span
from rules.vocabulary import PeriodKind

Place = tuple[UUID, UUID]


async def take(*, batch: Batch, ground: Ground, rows: list[Row]) -> None:
    """Periods by region, year and kind. A year that is not there yet begins with its tijdpad, on 1 August."""
    present = {
        (there["region_id"], there["school_year_id"], there["kind"]): there
        for there in await batch.connection.fetch("SELECT * FROM period")
    }
    spans: dict[Place, dict[PeriodKind, Span]] = {}
    for (region_id, year_id, kind), there in present.items():
        spans.setdefault((region_id, year_id), {})[PeriodKind(kind)] = Span(
            there["opens_at"], there["closes_at"]
        )
    said: dict[Place, dict[PeriodKind, Row]] = {}
    for row in batch.each(rows):
        region, year = ground.region_of(batch, row), _year(batch, ground, row)
        if region is None or year is None:
            continue
        kind, closes_at = row.get("kind"), row.get("closes_at")
        wanted: dict[str, Any] = {
            "opens_at": row.get("opens_at").astimezone(UTC),
            "closes_at": closes_at.astimezone(UTC) if closes_at else None,
        }
        place = (region.id, year.id)
        spans.setdefault(place, {})[kind] = Span(wanted["opens_at"], wanted["closes_at"])
        said.setdefault(place, {})[kind] = row
        there = present.get((*place, kind.value))
        if there is None:
            wanted |= {"region_id": region.id, "school_year_id": year.id, "kind": kind}
        merged = batch.merge(Period, present=there, wanted=wanted)
        batch.count(merged)
        batch.trace(Period, merged, row=row, region_id=region.id)
    for place, lines in said.items():
        for kind, column, reason in disagreements(spans[place]):
            # Named at the line that brought the period, else at whichever line made it wrong.
            row = lines.get(kind) or next(iter(lines.values()))
            batch.wrong(row, column, reason)


def _year(batch: Batch, ground: Ground, row: Row) -> YearRow | None:
    name = row.get("school_year") or ground.year
    if name is None or name in ground.years:
        return ground.year_of(batch, row)
    first = int(name[:4])
    made = YearRow(uuid4(), name, date(first, 8, 1), closed=False)
    ground.years[name] = made
    wanted = {"id": made.id, "name": name, "starts_on": made.starts_on, "ends_on": date(first + 1, 8, 1)}
    merged = batch.merge(SchoolYear, present=None, wanted=wanted)
    batch.trace(SchoolYear, merged, row=row)
    return made


def disagreements(spans: dict[PeriodKind, Span]) -> Iterator[tuple[PeriodKind, str, str]]:
    """Rule 3: handling runs from the end of the application period to the announcement, and the two
    lottery windows lie inside it, one after the other. (kind, column, reason) for each that does not."""
    application, handling = spans.get(PeriodKind.APPLICATION), spans.get(PeriodKind.HANDLING)
    announcement = spans.get(PeriodKind.ANNOUNCEMENT)
    if handling is None:
        return
    if application is not None and handling.opens_at != application.closes_at:
        yield PeriodKind.HANDLING, "opens_at", "De behandelperiode begint als de aanmeldweek sluit."
    if announcement is not None and handling.closes_at != announcement.opens_at:
        yield PeriodKind.HANDLING, "closes_at", "De behandelperiode sluit op het moment van de bekendmaking."
    earlier = handling.opens_at
    for kind in (PeriodKind.DECENTRAL_LOTTERY, PeriodKind.CENTRAL_PLACEMENT):
        span = spans.get(kind)
        if span is None or span.closes_at is None or handling.closes_at is None:
            continue
        if span.opens_at < handling.opens_at or span.closes_at > handling.closes_at:
            yield kind, "opens_at", "Deze periode ligt niet binnen de behandelperiode."
        elif span.opens_at < earlier:
            yield kind, "opens_at", "De centrale plaatsing begint pas na de decentrale loting."
        earlier = span.closes_at
