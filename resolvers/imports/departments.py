"""Departments and their capacity groups: who may sit where, and on how many seats (rule 37)."""

from typing import Any
from uuid import UUID

from imports import Row
from imports.cells import key
from models import CapacityGroup, Department
from resolvers.imports.batch import Batch
from resolvers.imports.ground import AdviceRow, Ground, SchoolRow


async def take(*, batch: Batch, ground: Ground, rows: list[Row]) -> None:
    """One line a capacity group; a department with several has several lines."""
    departments = {
        (there["school_id"], there["school_year_id"], there["code"]): there
        for there in await batch.connection.fetch("SELECT * FROM department")
    }
    groups = {
        (there["department_id"], there["name"]): there
        for there in await batch.connection.fetch("SELECT * FROM capacity_group")
    }
    taken = dict(await batch.connection.fetch(_PLACED))
    taking = _Adviezen({place: there["adviezen"] for place, there in groups.items()})
    made: dict[tuple[UUID, UUID, str], UUID] = {}
    for row in batch.each(rows):
        school, year = ground.secondary_of(batch, row), ground.year_of(batch, row)
        adviezen = [ground.advice_of(batch, row, "adviezen", text) for text in row.get("adviezen")]
        if school is None or year is None or None in adviezen:
            continue
        code = row.get("code") or key(row.get("name"))[:40]
        place = (school.id, year.id, code)
        department_id = made.get(place)
        if department_id is None:
            department_id = made[place] = _department(batch, row, departments.get(place), place, school)
        _group(batch, row, department_id, groups, [one for one in adviezen if one], taken, school)
        taking.put(row, department_id, row.get("group") or row.get("name"), adviezen)
    for row, advice in taking.doubles():
        batch.wrong(
            row, "adviezen", f"Het advies {advice.label} staat al in een andere groep van deze afdeling."
        )


def _department(batch: Batch, row: Row, there: Any, place: tuple[UUID, UUID, str], school: SchoolRow) -> UUID:
    wanted = {"name": row.get("name")}
    if there is None:
        wanted |= dict(zip(("school_id", "school_year_id", "code"), place, strict=True))
    merged = batch.merge(Department, present=there, wanted=wanted)
    batch.trace(Department, merged, row=row, region_id=school.region_id)
    return merged.id  # type: ignore[no-any-return]


def _group(
    batch: Batch,
    row: Row,
    department_id: UUID,
    groups: dict[tuple[UUID, str], Any],
    adviezen: list[AdviceRow],
    taken: dict[UUID, int],
    school: SchoolRow,
) -> None:
    name, seats = row.get("group") or row.get("name"), row.get("seats")
    there = groups.get((department_id, name))
    if there is not None and seats < taken.get(there["id"], 0):
        said = f"Er zijn al {taken[there['id']]} leerlingen geplaatst: minder plaatsen kan niet."
        batch.wrong(row, "seats", said)
        return
    ordered = sorted(set(adviezen), key=lambda one: (one.level, one.code))
    wanted: dict[str, Any] = {"seats": seats, "adviezen": [one.code for one in ordered]}
    if there is None:
        wanted |= {"department_id": department_id, "name": name}
    merged = batch.merge(CapacityGroup, present=there, wanted=wanted)
    batch.count(merged)
    batch.trace(CapacityGroup, merged, row=row, region_id=school.region_id)


class _Adviezen:
    """An advice stands in at most one group of a department: counting what is there and what comes."""

    def __init__(self, present: dict[tuple[UUID, str], list[str]]) -> None:
        self._codes = {place: set(codes) for place, codes in present.items()}
        self._lines: list[tuple[Row, UUID, str, list[AdviceRow | None]]] = []

    def put(self, row: Row, department_id: UUID, name: str, adviezen: list[AdviceRow | None]) -> None:
        self._codes[department_id, name] = {one.code for one in adviezen if one}
        self._lines.append((row, department_id, name, adviezen))

    def doubles(self) -> list[tuple[Row, AdviceRow]]:
        by_department: dict[UUID, dict[str, str]] = {}
        for (department_id, name), codes in self._codes.items():
            for code in codes:
                by_department.setdefault(department_id, {}).setdefault(code, name)
        return [
            (row, one)
            for row, department_id, name, adviezen in self._lines
            for one in adviezen
            if one is not None and by_department[department_id][one.code] != name
        ]


_PLACED = """
SELECT placed_group_id, count(*) FROM enrolment
WHERE placement_status = 'PLACED' AND status = 'FINAL' AND placed_group_id IS NOT NULL GROUP BY 1
"""
