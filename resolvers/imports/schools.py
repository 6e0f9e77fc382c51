"""Primary and secondary schools, each by BRIN and location."""

from imports import Row
from imports.cells import SchoolKind
from models import PrimarySchool, SecondarySchool
from resolvers.imports.batch import Batch
from resolvers.imports.ground import Ground

_COLUMNS = (
    "name",
    "street",
    "house_number",
    "postcode",
    "city",
    "email",
    "phone",
    "website",
    "priority_grounds",
)


async def take(*, batch: Batch, ground: Ground, rows: list[Row]) -> None:
    """A school keeps its region: its pupils' ELK numbers and its departments live there."""
    tables = {SchoolKind.PRIMARY: PrimarySchool, SchoolKind.SECONDARY: SecondarySchool}
    present = {}
    for kind, model in tables.items():
        for there in await batch.connection.fetch(f'SELECT * FROM "{model._meta.db_table}"'):  # noqa: S608
            present[kind, there["brin"], there["location"]] = there
    for row in batch.each(rows):
        region = ground.region_of(batch, row)
        if region is None:
            continue
        kind, brin, location = row.get("kind"), row.get("brin"), row.get("location")
        known = present.get((kind, brin, location))
        if known is not None and known["region_id"] != region.id:
            batch.wrong(row, "brin", f"De school {brin}{location} hoort al bij een andere regio.")
            continue
        wanted = {name: row.values[name] for name in _COLUMNS if name in row.values}
        if known is None:
            wanted |= {"brin": brin, "location": location, "region_id": region.id}
        model = tables[kind]
        merged = batch.merge(model, present=known, wanted=wanted)
        batch.count(merged)
        batch.trace(model, merged, row=row, region_id=region.id)
