"""Exports: as files on request, and as rows. Both come from the columns declared in `exports/` (rule 39)."""

from datetime import date, datetime
from typing import Annotated, Any, Generic, cast

import strawberry

from exports.columns import READERS, Column, ExportList, Shape
from exports.lists import LISTS
from resolvers import clock, export_rows, exports
from resolvers.viewer import Viewer
from rules.vocabulary import ExportKind, FileFormat, JobStatus
from schema.answers import ClientError
from schema.connection import LARGEST_EXPORT_PAGE, After, Connection, First, Key, Node, page
from schema.context import Info
from schema.documents import Identity
from schema.mutation import Mutations
from schema.overview import Year
from schema.refusals import REFUSALS
from schema.scalars import uuid_of
from schema.selection import node_fields
from schema.visibility import computed_for, input_type, output_type, seen_by

ExportKindEnum = strawberry.enum(
    ExportKind,
    description=(
        "ENROLMENTS: Aanmeldingen. WITHDRAWN: Terugtrekkers. DECENTRAL_LOTTERY: Decentrale loting. "
        "CENTRAL_PLACEMENT: Centrale plaatsing en loting. OUTSIDE_PUPILS: Buitenleerlingen."
    ),
)
FileFormatEnum = strawberry.enum(
    FileFormat,
    description="CSV: tekst met puntkomma's, voor systemen. XLSX: om te openen als spreadsheet; nummers houden daar hun nullen.",
)
TYPES: dict[Shape, Any] = {
    Shape.TEXT: str | None,
    Shape.CODE: str | None,
    Shape.NUMBER: int | None,
    Shape.DATE: date | None,
    Shape.MOMENT: datetime | None,
    Shape.YES_NO: bool | None,
    Shape.SEALED: str | None,
}


def _row_type(one: ExportList) -> type:
    """The type of a row: a field for each column, seen by whom sees the column."""
    said: dict[str, Any] = {
        "id": seen_by(READERS, description="Het kenmerk van de aanmelding."),
        "changed_at": seen_by(
            READERS, description="Wanneer er voor het laatst iets in deze regel veranderde."
        ),
        "left": seen_by(
            READERS,
            description="Of de leerling nu niet in deze export staat; de rest van de regel is dan leeg. Dat kan ook als hij er nooit "
            "in stond.",
        ),
    }
    types: dict[str, Any] = {"id": strawberry.ID, "changed_at": datetime, "left": bool}
    for column in one.columns:
        said[column.name] = seen_by(column.roles, description=_described(column))
        types[column.name] = TYPES[column.shape]
    made = type(one.row, (), {**said, "__annotations__": types, "__module__": __name__})
    return output_type(one.description)(made)


def _described(column: Column) -> str:
    """With what the codes mean, as the file has their words."""
    words = " ".join(
        f"{code}: {word.lower() or 'nog geen status'}." for code, word in (column.words or {}).items()
    )
    return f"{column.description} {words}".strip()


ROWS = {kind: _row_type(one) for kind, one in LISTS.items()}


@output_type("Een bladzijde uit een export.")
class ExportConnection(Connection[Node], Generic[Node]):
    changed_until: datetime = seen_by(
        READERS,
        description=(
            "Geef dit van de eerste bladzijde de volgende keer als `changedSince`: dan mist u niets. Soms komt een "
            "regel twee keer; de laatste telt."
        ),
    )


ChangedSince = Annotated[
    datetime | None,
    strawberry.argument(
        description=(
            "Alleen regels die sinds dit moment zijn veranderd, ook die er niet meer in staan (`left`). Gebruik "
            "`changedUntil` van de vorige keer."
        )
    ),
]
OfDepartment = Annotated[
    strawberry.ID | None, strawberry.argument(description="Alleen deze afdeling; leeg is alle.")
]


def _rows(one: ExportList) -> Any:
    """The question of an export: its rows by pages of 500 at most."""
    row: Any = ROWS[one.kind]

    async def resolve(
        self: Any,
        info: Info,
        changed_since: ChangedSince = None,
        department_id: OfDepartment = None,
        school_year: Year = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        viewer = cast(Viewer, info.context.viewer)
        if not export_rows.may_read(viewer=viewer, kind=one.kind):
            return None
        if changed_since is not None and changed_since.tzinfo is None:
            raise ClientError("`changedSince` is een moment met tijdzone.", code="BAD_CHANGED_SINCE")
        if changed_since and export_rows.is_ahead(changed_since=changed_since, now=await clock.now()):
            raise ClientError(
                "`changedSince` ligt in de toekomst. Gebruik `changedUntil` van de vorige keer.",
                code="BAD_CHANGED_SINCE",
            )
        asked = await export_rows.asked_by(
            viewer=viewer,
            kind=one.kind,
            school_year=school_year,
            department_id=uuid_of(department_id) if department_id is not None else None,
            changed_since=changed_since,
        )
        until = await export_rows.unchanged_from()

        async def fetch(*, after: Key | None, limit: int) -> Any:
            return await export_rows.page_of(
                viewer=viewer, asked=asked, wanted=node_fields(info), after=after, limit=limit
            )

        async def count() -> int:
            return await export_rows.count(viewer=viewer, asked=asked)

        found = await page(
            info, question=one.query, about=asked, first=first, after=after, fetch=fetch, count=count,
            key=lambda found: (found.id,), largest=LARGEST_EXPORT_PAGE,
        )  # fmt: skip
        found.changed_until = until
        return found

    resolve.__name__ = one.kind.value.lower()
    resolve.__annotations__["return"] = ExportConnection[row] | None
    description = f"De export {one.title}, regel voor regel; leeg voor een koppeling die haar niet mag lezen."
    return computed_for(READERS, name=one.query, description=description)(resolve)


@output_type("Een bestand met veel leerlingen dat u heeft aangevraagd.")
class Export:
    id: strawberry.ID = seen_by(READERS, description="Het kenmerk van de export.")
    kind: ExportKind = seen_by(READERS, description="Welke export het is.")
    format: FileFormat = seen_by(READERS, description="Wat voor bestand het is.")
    status: JobStatus = seen_by(READERS, description="Hoe het ermee staat. Vraag dit op tot er READY staat.")
    progress: int = seen_by(READERS, description="Hoe ver het bestand is, in procenten.")
    row_count: int | None = seen_by(
        READERS, description="Hoeveel regels er in het bestand staan, zonder de kop."
    )
    filename: str = seen_by(READERS, description="De naam van het bestand.")
    requested_at: datetime = seen_by(READERS, description="Wanneer het is aangevraagd.")
    expires_at: datetime | None = seen_by(
        READERS, description="Tot wanneer u hier een link krijgt; vraag daarna een nieuwe export aan."
    )
    url: str | None = seen_by(
        READERS,
        description="Waar u het bestand een kwartier lang ophaalt; leeg als het er niet (meer) is.",
    )


@input_type("Welke export u wilt hebben.")
class CreateExportInput:
    kind: ExportKind = seen_by(READERS, description="Welke export.")
    format: FileFormat = seen_by(READERS, description="Wat voor bestand.")
    department_id: strawberry.ID | None = seen_by(
        READERS, description="Alleen deze afdeling; leeg is alle.", default=None
    )
    reason: str | None = seen_by(
        READERS,
        description="Waar u de export voor nodig heeft. Bij Buitenleerlingen staat dit in het logboek.",
        default=None,
    )
    school_year: str | None = seen_by(
        READERS, description="Een ander schooljaar, zoals 2025-2026; leeg is het huidige.", default=None
    )


async def _export(info: Info, export_id: Any) -> Any:
    return await exports.export(viewer=cast(Viewer, info.context.viewer), export_id=export_id)


@output_type("Exports.")
class ExportQuery:
    @computed_for(READERS, description="Een export die u heeft aangevraagd.")
    async def export(self, info: Info, id: Identity) -> Export | None:
        found: Any = await _export(info, uuid_of(id))
        return cast(Export | None, found)

    export_enrolments = _rows(LISTS[ExportKind.ENROLMENTS])
    export_withdrawn = _rows(LISTS[ExportKind.WITHDRAWN])
    export_decentral_lottery = _rows(LISTS[ExportKind.DECENTRAL_LOTTERY])
    export_central_placement = _rows(LISTS[ExportKind.CENTRAL_PLACEMENT])
    export_outside_pupils = _rows(LISTS[ExportKind.OUTSIDE_PUPILS])


mutations = Mutations(REFUSALS)


@output_type("Exports aanvragen.")
class ExportMutation:
    create_export = mutations.act(
        exports.create_export,
        takes=CreateExportInput,
        gives={"export": Export},
        seen_by=READERS,
        description="Vraagt een export aan als bestand. Hij is meestal binnen een paar tellen klaar.",
        load=_export,
    )
