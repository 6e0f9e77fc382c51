"""Regions and who is linked with whom (rule 2), the list of adviezen (rule 17) and the older codes for them."""

from uuid import UUID

from imports import Row
from imports.cells import key
from models import Advice, OsoCode, Region, RegionGroup
from resolvers.imports.batch import Batch
from resolvers.imports.ground import Ground

_COLUMNS = (
    "name",
    "portal_url",
    "sender_address",
    "helpdesk",
    "information_url",
    "project_lead_email",
    "individual_window_days",
)


async def take_regions(*, batch: Batch, ground: Ground, rows: list[Row]) -> None:
    """Regions by their code; those linked as one share ELK numbers. A region never changes its links."""
    groups: dict[str, UUID] = dict(await batch.connection.fetch("SELECT code, id FROM region_group"))
    present = {row["code"]: row for row in await batch.connection.fetch("SELECT * FROM region")}
    for row in batch.each(rows):
        code, group = row.get("code"), row.get("group") or row.get("code")
        there = present.get(code)
        if group not in groups:
            made = batch.merge(RegionGroup, present=None, wanted={"code": group})
            batch.trace(RegionGroup, made, row=row)
            groups[group] = made.id
        if there is not None and "group" in row.values and there["group_id"] != groups[group]:
            batch.wrong(
                row, "group", "Een regio verandert niet van koppeling: de ELK-nummers zijn al gedeeld."
            )
            continue
        wanted = {name: row.values[name] for name in _COLUMNS if name in row.values}
        if there is None:
            wanted |= {"code": code, "group_id": groups[group]}
        merged = batch.merge(Region, present=there, wanted=wanted)
        batch.count(merged)
        batch.trace(Region, merged, row=row, region_id=merged.id)


async def take_adviezen(*, batch: Batch, ground: Ground, rows: list[Row]) -> None:
    """The list of adviezen. A length that forms already follow stays as it is (rule 17)."""
    present = {row["code"]: row for row in await batch.connection.fetch("SELECT * FROM advice")}
    in_use = {row["advice_id"] for row in await batch.connection.fetch(_IN_USE)}
    for row in batch.each(rows):
        code = row.get("code").upper()
        there = present.get(code)
        wanted = {
            "code": code,
            "label": row.get("label"),
            "level": row.get("level"),
            "list_length": row.get("list_length"),
            "other_way": row.get("other_way", ""),
        }
        if there is not None and code in in_use and there["list_length"] != wanted["list_length"]:
            said = "Er zijn al aanmeldingen met dit advies: het aantal scholen kan dit jaar niet meer anders."
            batch.wrong(row, "list_length", said)
            continue
        merged = batch.merge(Advice, present=there, wanted=wanted)
        batch.count(merged)
        batch.trace(Advice, merged, row=row)


async def take_adviescodes(*, batch: Batch, ground: Ground, rows: list[Row]) -> None:
    """What the older codes of dossiers are read as; `geen` takes an advice away, an empty cell says nothing."""
    present = {row["code"]: row for row in await batch.connection.fetch("SELECT * FROM oso_code")}
    for row in batch.each(rows):
        wanted = {"code": row.get("code")}
        if "text" in row.values:
            wanted["text"] = row.get("text")
        named = row.get("advice")
        if named and key(named) in ("geen", "onbekend"):
            wanted["advice_id"] = None
        elif named:
            advice = ground.advice_of(batch, row, "advice", named)
            if advice is None:
                continue
            wanted["advice_id"] = advice.code
        merged = batch.merge(OsoCode, present=present.get(row.get("code")), wanted=wanted)
        batch.count(merged)
        batch.trace(OsoCode, merged, row=row)


_IN_USE = """
SELECT DISTINCT pupil.advice_id FROM enrolment JOIN pupil ON pupil.id = enrolment.pupil_id
JOIN school_year ON school_year.id = enrolment.school_year_id
WHERE enrolment.status = 'FINAL' AND NOT school_year.closed
"""
