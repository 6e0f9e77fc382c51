"""What a secondary school sees of those who enrol with it: its list, and what each department counts."""

from typing import Annotated, Any, cast

import strawberry

from resolvers import admissions as use
from resolvers.admissions import AdmissionFilter
from resolvers.viewer import Viewer
from rules.vocabulary import PupilOrder
from schema.connection import After, Connection, First, Key, page
from schema.context import Info
from schema.overview import PupilFilter, Year
from schema.pupil import VO, Pupil
from schema.scalars import uuid_of
from schema.selection import node_fields, selected
from schema.visibility import computed_for, output_type, seen_by

PupilOrderEnum = strawberry.enum(
    PupilOrder, description="NAME: op naam. ENROLLED_AT: op het moment van de aanmelding, de eerste voorop."
)


@output_type("De plaatsen van een afdeling, en voor welke adviezen zij zijn.")
class CapacityGroup:
    id: strawberry.ID = seen_by(VO, description="Het kenmerk van de capaciteitsgroep.")
    name: str = seen_by(VO, description="De naam van de capaciteitsgroep.")
    adviezen: list[str] = seen_by(VO, description="De codes van de adviezen die er een plaats krijgen.")
    seats: int = seen_by(VO, description="Hoeveel plaatsen er zijn.")
    placed: int = seen_by(VO, description="Hoeveel leerlingen er een plaats hebben.")
    seats_left: int = seen_by(VO, description="Hoeveel plaatsen er nog vrij zijn.")


@output_type("Een afdeling van uw school, met wat er in de lijst staat.")
class Department:
    id: strawberry.ID = seen_by(VO, description="Het kenmerk van de afdeling.")
    name: str = seen_by(VO, description="De naam van de afdeling.")
    capacity: int = seen_by(VO, description="Hoeveel plaatsen de afdeling heeft, over alle groepen.")
    seats_left: int = seen_by(VO, description="Hoeveel plaatsen er nog vrij zijn, over alle groepen.")
    groups: list[CapacityGroup] = seen_by(VO, description="De capaciteitsgroepen van de afdeling, op naam.")
    enrolled_count: int = seen_by(VO, description="Hoeveel leerlingen er in de lijst staan.")
    placed_count: int = seen_by(VO, description="Hoeveel daarvan zijn geplaatst.")
    drawn_out_count: int = seen_by(VO, description="Hoeveel daarvan zijn uitgeloot.")
    without_status_count: int = seen_by(VO, description="Hoeveel daarvan nog geen status hebben.")
    undecided_priority_count: int = seen_by(
        VO, description="Bij hoeveel daarvan u nog over voorrang moet besluiten."
    )
    moved_count: int = seen_by(VO, description="Hoeveel daarvan na de centrale plaatsing zijn doorgeplaatst.")


def _narrowed(given: PupilFilter | None, school_year: str | None) -> AdmissionFilter:
    if given is None:
        return AdmissionFilter(school_year=school_year)
    return AdmissionFilter(
        search=given.search or None,
        department_id=uuid_of(given.department_id) if given.department_id is not None else None,
        placement_status=given.placement_status,
        priority_status=given.priority_status,
        undecided_priority=given.undecided_priority,
        moved=given.moved,
        transfer_meeting=given.transfer_meeting,
        open_supplement=given.open_supplement,
        school_year=school_year,
    )


@output_type("Wie zich bij een school aanmeldt.")
class AdmissionQuery:
    @computed_for(
        VO,
        name="pupils",
        description="De leerlingen die nu bij uw school zijn aangemeld. Wie weg is, staat er niet meer in.",
    )
    async def pupils_of_school(
        self,
        info: Info,
        filter: Annotated[
            PupilFilter | None, strawberry.argument(description="Waarop de lijst wordt beperkt.")
        ] = None,
        order: Annotated[
            PupilOrder, strawberry.argument(description="De volgorde van de lijst.")
        ] = PupilOrder.NAME,
        school_year: Year = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[Pupil]:
        viewer = cast(Viewer, info.context.viewer)
        narrowed = _narrowed(filter, school_year)

        known: int | None = None

        async def fetch(*, after: Key | None, limit: int) -> Any:
            nonlocal known
            rows, known = await use.page_of(
                viewer=viewer,
                narrowed=narrowed,
                wanted=node_fields(info),
                after=cast(Any, after),
                limit=limit,
                order=order,
                counted="total_count" in selected(info),
            )
            return rows

        async def count() -> int:
            return await use.total(viewer=viewer, narrowed=narrowed) if known is None else known

        return cast(
            Connection[Pupil],
            await page(
                info,
                question="pupils",
                about=(order, narrowed),
                first=first,
                after=after,
                fetch=fetch,
                count=count,
                key=lambda row: (row.sort_name if order is PupilOrder.NAME else use.enrolled_at(row), row.id),
            ),
        )

    @computed_for(VO, description="De afdelingen van uw school, op naam, met hoe vol zij zijn.")
    async def departments(self, info: Info, school_year: Year = None) -> list[Department]:
        viewer = cast(Viewer, info.context.viewer)
        found = await use.departments(viewer=viewer, school_year=school_year)
        return cast(list[Department], found)
