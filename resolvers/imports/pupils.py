"""The list of pupils: who is new, who is known, what is different; a whole region in seconds.

No viewer stands behind a file: it is the region's own, taken in by whoever runs the machine. So this module
reads pupils of a group and year directly, and nothing of it is reachable from the schema.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from imports import Row
from models import Pupil
from models.bsn import BsnVault
from resolvers.imports.batch import Batch, Merged
from resolvers.imports.ground import AdviceRow, Ground, RegionRow, SchoolRow, YearRow
from resolvers.imports.pupil_parts import Parts
from resolvers.imports.pupil_register import Register, name_of
from rules.dossier import UNLIKELY_AGE, is_of_an_age
from rules.identifiers import sort_name
from rules.reconsideration import is_open
from rules.vocabulary import PupilOrigin
from settings import load

_PLAIN = ("first_name", "official_names", "infix", "last_name", "birth_date", "gender", "class_group",
          "test_exemption", "origin_school", "eck_id", "school_key")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a child belongs."""

    region: RegionRow
    year: YearRow
    school: SchoolRow | None
    outside: bool


@dataclass(frozen=True, slots=True)
class _Adviezen:
    provisional: AdviceRow | None
    definitive: AdviceRow | None
    test: AdviceRow | None


async def take(*, batch: Batch, ground: Ground, rows: list[Row]) -> None:
    """Match each line by ELK number, else BSN, else school, name and birth date; then stage what differs."""
    settings = load()
    vault = BsnVault(keys=list(settings.bsn_keys), index_key=settings.bsn_index_key)
    lines = []
    for row in rows:
        place = _place(batch, ground, row)
        if place is not None:
            index = vault.index(bsn=row.get("bsn")) if "bsn" in row.values else None
            lines.append((row, place, index))
    register = await Register.read(
        connection=batch.connection,
        years={place.year.id for _, place, _ in lines},
        groups={place.region.group_id for _, place, _ in lines},
        elk_numbers=[row.get("elk_number") for row, _, _ in lines if "elk_number" in row.values],
        bsn_indexes=[index for _, _, index in lines if index],
        schools={
            place.school.id for row, place, _ in lines if place.school and "elk_number" not in row.values
        },
    )
    parts = await Parts.read(batch=batch, pupil_ids=register.ids())
    for row, place, index in batch.each(lines):
        adviezen = _adviezen(batch, ground, row)
        number = row.get("elk_number")
        there, refusal = register.match(
            number=number,
            bsn_index=index,
            group_id=place.region.group_id,
            year_id=place.year.id,
            school_id=place.school.id if place.school else None,
            name=name_of(first_name=row.get("first_name"), last_name=row.get("last_name")),
            birth_date=row.get("birth_date"),
        )
        if refusal is not None:
            batch.wrong(row, *refusal)
            continue
        if adviezen is None or not _reconsidered(batch, row, ground, there, adviezen):
            continue
        if there is None and number is None:
            number = await register.next_number(place.region.group_id, place.year.id, outside=place.outside)
            if number is None:
                batch.wrong(row, "elk_number", "Alle ELK-nummers van dit schooljaar zijn in gebruik.")
                continue
        encrypt = partial(vault.encrypt, bsn=row.get("bsn", ""))
        merged = _pupil(batch, row, there, place, adviezen, number, index, encrypt)
        if any(row.get(key) or (there and there[key]) for key in ("eck_id", "school_key")):
            batch.came[merged.id] = row
        parts.take(row=row, pupil=merged, there=there, place=place.school, year_id=place.year.id,
                   outside=place.outside, test=adviezen.test, region_id=place.region.id)  # fmt: skip


def _place(batch: Batch, ground: Ground, row: Row) -> _Place | None:
    """A home pupil is where its school is; an outside one where it registers (rule 47)."""
    outside = bool(row.get("outside", row.get("elk_number", "").startswith("B")))
    year = ground.year_of(batch, row)
    school, region = None, None
    if outside:
        region = ground.region_of(batch, row)
    else:
        school = ground.primary_of(batch, row)
        region = next((one for one in ground.regions.values() if school and one.id == school.region_id), None)
    if year is None or region is None:
        return None
    if not is_of_an_age(born=row.get("birth_date"), year_begins=year.starts_on):
        batch.wrong(row, "birth_date", UNLIKELY_AGE)
        return None
    return _Place(region, year, school, outside)


def _adviezen(batch: Batch, ground: Ground, row: Row) -> _Adviezen | None:
    found = []
    before = len(batch.report.problems)
    for column in ("provisional_advice", "advice", "test_advice"):
        text = row.get(column)
        found.append(ground.advice_of(batch, row, column, text) if text else None)
    return None if len(batch.report.problems) > before else _Adviezen(*found)


def _reconsidered(batch: Batch, row: Row, ground: Ground, there: Any, adviezen: _Adviezen) -> bool:
    """A definitive advice below the test's needs a motivation before it can be set."""
    if adviezen.definitive is None or (there is not None and there["advice_id"] == adviezen.definitive.code):
        return True
    by_code = {one.code: one for one in ground.adviezen.values()}
    known = by_code.get(there["test_advice_id"] or "") if there else None
    # What the test's maker delivered goes before what the list says of it.
    test = known if there and there["test_delivered"] else adviezen.test or known
    if is_open(
        school_level=None,
        definitive_level=adviezen.definitive.level,
        test_level=test.level if test else None,
        motivation=row.get("motivation") or (there["reconsideration_motivation"] if there else ""),
        reopened=there is not None and bool(there["test_reopens"]) and "motivation" not in row.values,
    ):
        assert test is not None
        said = (
            f"Het toetsadvies ({test.label}) is hoger dan het advies ({adviezen.definitive.label})."
            " Stel het advies bij, of vul in waarom dat niet gebeurt."
        )
        batch.wrong(row, "motivation" if "motivation" in row.values else "advice", said)
        return False
    return True


def _pupil(
    batch: Batch,
    row: Row,
    there: Any,
    place: _Place,
    adviezen: _Adviezen,
    number: str | None,
    index: str | None,
    encrypt: Any,
) -> Merged:
    wanted: dict[str, Any] = {name: row.values[name] for name in _PLAIN if name in row.values}
    wanted["sort_name"] = sort_name(
        first_name=row.get("first_name"),
        infix=row.get("infix", there["infix"] if there else ""),
        last_name=row.get("last_name"),
    )
    if place.school is not None:
        wanted |= {"primary_school_id": place.school.id, "region_id": place.region.id}
    if "origin_brin" in row.values:
        brin, location = row.get("origin_brin")
        wanted["origin_brin"] = brin + (location or "")
    if "motivation" in row.values:
        wanted["reconsideration_motivation"] = row.get("motivation")
    for column, advice in (
        ("provisional_advice_id", adviezen.provisional),
        ("advice_id", adviezen.definitive),
    ):
        if advice is not None:
            wanted[column] = advice.code
    if index is not None and (there is None or there["bsn_index"] != index):
        wanted |= {"bsn_index": index, "bsn_encrypted": encrypt(), "bsn_doubtful": False}
    if there is None:
        wanted |= {
            "elk_number": number,
            "school_year_id": place.year.id,
            "group_id": place.region.group_id,
            "region_id": place.region.id,
            "origin": PupilOrigin.OUTSIDE if place.outside else PupilOrigin.HOME,
            "created_at": batch.at,
            "updated_at": batch.at,
        }
    return batch.merge(Pupil, present=there, wanted=wanted, stamp={"updated_at": batch.at})
