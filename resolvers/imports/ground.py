"""What the lines of a file stand on: regions, years, schools, adviezen that are there already."""

from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from imports import Problem, Row
from imports.cells import key
from resolvers.imports.batch import Batch
from rules.calendar import AMSTERDAM


@dataclass(frozen=True, slots=True)
class RegionRow:
    id: UUID
    code: str
    name: str
    group_id: UUID


@dataclass(frozen=True, slots=True)
class YearRow:
    id: UUID
    name: str
    starts_on: date
    closed: bool


@dataclass(frozen=True, slots=True)
class SchoolRow:
    id: UUID
    name: str
    region_id: UUID


@dataclass(frozen=True, slots=True)
class AdviceRow:
    code: str
    label: str
    level: int


@dataclass(kw_only=True)
class Ground:
    """Read once an import. `region` and `year`: what was said on the command line."""

    region: str | None
    year: str | None
    today: date
    regions: dict[str, RegionRow]
    years: dict[str, YearRow]
    primary: dict[tuple[str, str], SchoolRow]
    secondary: dict[tuple[str, str], SchoolRow]
    adviezen: dict[str, AdviceRow]

    @classmethod
    async def read(cls, *, connection: Any, at: datetime, region: str | None, year: str | None) -> "Ground":
        regions = [
            RegionRow(*row) for row in await connection.fetch("SELECT id, code, name, group_id FROM region")
        ]
        years = [
            YearRow(*row)
            for row in await connection.fetch(
                "SELECT id, name, starts_on, closed FROM school_year ORDER BY starts_on"
            )
        ]
        adviezen = [
            AdviceRow(*row) for row in await connection.fetch("SELECT code, label, level FROM advice")
        ]
        return cls(
            region=region,
            year=year,
            today=at.astimezone(AMSTERDAM).date(),
            regions={one.code: one for one in regions},
            years={one.name: one for one in years},
            primary=await _schools(connection, "primary_school"),
            secondary=await _schools(connection, "secondary_school"),
            adviezen={name: one for one in adviezen for name in (key(one.code), key(one.label))},
        )

    def lacking(self, *, makes_years: bool, makes_regions: bool) -> list[Problem]:
        """What every line would stumble over, said once."""
        found = []
        if self.region is not None and not makes_regions and self.region not in self.regions:
            known = (
                f"Bekend zijn: {', '.join(sorted(self.regions))}."
                if self.regions
                else "Er zijn nog geen regio's."
            )
            found.append(Problem(0, "", f"--region: de regio {self.region} is onbekend. {known}"))
        if self.year is not None and not makes_years and self.year not in self.years:
            found.append(
                Problem(
                    0, "", f"--year: het schooljaar {self.year} is er nog niet. Lees eerst het tijdpad in."
                )
            )
        return found

    def region_of(self, batch: Batch, row: Row) -> RegionRow | None:
        """The region the line names, else the one of the command line, else the only one there is."""
        code = row.get("region") or self.region
        if code is None:
            if len(self.regions) == 1:
                return next(iter(self.regions.values()))
            said = (
                "Er zijn nog geen regio's."
                if not self.regions
                else "Zeg welke regio: in een kolom, of met --region."
            )
            batch.wrong(row, "region", said)
            return None
        found = self.regions.get(code) or next(
            (one for one in self.regions.values() if key(one.code) == key(code)), None
        )
        if found is None:
            batch.wrong(
                row, "region", f"De regio {code} is onbekend. Bekend zijn: {', '.join(sorted(self.regions))}."
            )
        return found

    def year_of(self, batch: Batch, row: Row) -> YearRow | None:
        """The school year the line names, else of the command line, else the current one (rule 1)."""
        name = row.get("school_year") or self.year
        found = self.year_named(name)
        if found is None:
            batch.wrong(
                row, "school_year", f"Het schooljaar {name or ''} is er nog niet. Lees eerst het tijdpad in."
            )
        elif found.closed:
            batch.wrong(row, "school_year", f"Het schooljaar {found.name} is afgesloten.")
            return None
        return found

    def year_named(self, name: str | None) -> YearRow | None:
        """The school year of this name; without one the current year, the last that has begun."""
        if name is not None:
            return self.years.get(name)
        begun = [one for one in self.years.values() if one.starts_on <= self.today]
        return begun[-1] if begun else None

    def primary_of(self, batch: Batch, row: Row) -> SchoolRow | None:
        return self._school(batch, row, self.primary, "basisschool")

    def secondary_of(self, batch: Batch, row: Row) -> SchoolRow | None:
        return self._school(batch, row, self.secondary, "VO-school")

    def _school(
        self, batch: Batch, row: Row, known: dict[tuple[str, str], SchoolRow], what: str
    ) -> SchoolRow | None:
        brin, location = row.get("brin"), row.get("location")
        found = known.get((brin, location))
        if found is None:
            batch.wrong(
                row, "brin", f"De BRIN {brin} met vestiging {location} is onbekend: zo'n {what} is er niet."
            )
            return None
        region = row.get("region") or self.region
        named = self.regions.get(region) if region else None
        if named is not None and named.id != found.region_id:
            batch.wrong(row, "brin", f"Deze {what} ({found.name}) hoort niet bij de regio {named.code}.")
            return None
        return found

    def advice_of(self, batch: Batch, row: Row, column: str, text: str) -> AdviceRow | None:
        """By code or by description, however it is spelled."""
        found = self.adviezen.get(key(text))
        if found is None:
            alike = get_close_matches(key(text), self.adviezen, n=1)
            said = f"Bedoelt u {self.adviezen[alike[0]].label}?" if alike else "Gebruik de landelijke lijst."
            batch.wrong(row, column, f"Het advies {text[:40]} is onbekend. {said}")
        return found


async def _schools(connection: Any, table: str) -> dict[tuple[str, str], SchoolRow]:
    rows = await connection.fetch(f"SELECT brin, location, id, name, region_id FROM {table}")  # noqa: S608
    return {(brin, location): SchoolRow(*rest) for brin, location, *rest in rows}
