"""Who is there: the pupils of a school or region, one pupil, a parent's own child."""

from functools import partial
from typing import Annotated, Any, cast

import strawberry

from resolvers import family_child, not_placeable
from resolvers import pupils as use
from resolvers.viewer import Viewer
from rules.vocabulary import LoginStatus, PlacementStatus, PriorityStatus, Role
from schema.connection import After, Connection, First, Key, page
from schema.context import Info
from schema.pupil import FAMILY, LEAD, VO, Pupil
from schema.scalars import uuid_of
from schema.selection import node_fields, selected
from schema.visibility import PRIMARY_SCHOOL, computed_for, input_type, output_type, seen_by

LISTS = PRIMARY_SCHOOL | {Role.REGION_ADMIN}
DETAIL = frozenset({Role.PO_EDITOR, Role.VO_STAFF, Role.REGION_ADMIN})

Year = Annotated[
    str | None, strawberry.argument(description="Een ander schooljaar, zoals 2025-2026; leeg is het huidige.")
]


@input_type("Waarop een lijst met leerlingen wordt beperkt. Wat leeg is, beperkt niet.")
class PupilFilter:
    search: str | None = seen_by(
        LISTS | VO,
        description="Delen van de naam; voor wie het ELK-nummer ziet ook dat hele nummer.",
        default=None,
    )
    login_status: LoginStatus | None = seen_by(
        PRIMARY_SCHOOL, Role.REGION_ADMIN, description="De stand van de ouderinlog.", default=None
    )
    group: str | None = seen_by(
        PRIMARY_SCHOOL, Role.REGION_ADMIN, description="De groep, zoals 8a.", default=None
    )
    region: str | None = seen_by(
        PRIMARY_SCHOOL,
        Role.REGION_ADMIN,
        description="De code van een regio. Met `loginStatus`: de regio waarvan de ouderinlog telt; leeg is de eigen "
        "regio. Zonder `loginStatus` krijgt een regio hiermee alleen de leerlingen van die regio.",
        default=None,
    )
    department_id: strawberry.ID | None = seen_by(
        VO, description="De afdeling van de aanmelding of plaatsing.", default=None
    )
    placement_status: PlacementStatus | None = seen_by(
        VO, description="De stand van de plaatsing; NONE is wie nog geen status heeft.", default=None
    )
    priority_status: PriorityStatus | None = seen_by(
        VO, description="Hoe het staat met de aanvraag voor voorrang bij uw school.", default=None
    )
    undecided_priority: bool | None = seen_by(
        VO, description="Of u nog over voorrang moet besluiten: gevraagd, en nog zonder status.", default=None
    )
    moved: bool | None = seen_by(
        VO, description="Of de leerling na de centrale plaatsing is doorgeplaatst.", default=None
    )
    transfer_meeting: bool | None = seen_by(
        VO, description="Of er een gesprek op de tafelmiddag is gevraagd.", default=None
    )
    open_supplement: bool | None = seen_by(
        VO,
        Role.PO_EDITOR,
        description="Of er nog een aanvulling van de basisschool wordt verwacht.",
        default=None,
    )


def _narrowed(given: PupilFilter | None, school_year: str | None) -> use.PupilFilter:
    if given is None:
        return use.PupilFilter(school_year=school_year)
    return use.PupilFilter(
        search=given.search or None,
        login_status=given.login_status or None,
        group=given.group or None,
        region=given.region or None,
        open_supplement=given.open_supplement,
        school_year=school_year,
    )


@output_type("Leerlingen.")
class OverviewQuery:
    @computed_for(LISTS, description="De leerlingen die u mag zien, op naam.")
    async def pupils(
        self,
        info: Info,
        filter: Annotated[
            PupilFilter | None, strawberry.argument(description="Waarop de lijst wordt beperkt.")
        ] = None,
        school_year: Year = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[Pupil]:
        viewer = cast(Viewer, info.context.viewer)
        narrowed = _narrowed(filter, school_year)

        async def fetch(*, after: Key | None, limit: int) -> Any:
            return await use.page_of(
                viewer=viewer,
                narrowed=narrowed,
                wanted=node_fields(info),
                after=cast(Any, after),
                limit=limit,
            )

        return cast(
            Connection[Pupil],
            await page(
                info,
                question="pupils",
                about=narrowed,
                first=first,
                after=after,
                fetch=fetch,
                count=partial(use.total, viewer=viewer, narrowed=narrowed),
                key=lambda row: (row.sort_name, row.id),
            ),
        )

    @computed_for(DETAIL, description="Eén leerling; leeg als u die niet mag zien of als die er niet is.")
    async def pupil(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Het kenmerk.")]
    ) -> Pupil | None:
        viewer = cast(Viewer, info.context.viewer)
        row = await use.pupil(viewer=viewer, pupil_id=uuid_of(id), wanted=selected(info))
        return cast(Pupil | None, row)

    @computed_for(
        LEAD, description="De kinderen die een school niet kon plaatsen, op naam; waarom staat er niet bij."
    )
    async def not_placeable_pupils(self, info: Info, school_year: Year = None) -> list[Pupil]:
        viewer = cast(Viewer, info.context.viewer)
        found = await not_placeable.pupils(viewer=viewer, school_year=school_year, wanted=selected(info))
        return cast(list[Pupil], found)

    @computed_for(FAMILY, description="Uw kind.")
    async def child(self, info: Info) -> Pupil | None:
        viewer = cast(Viewer, info.context.viewer)
        found = await family_child.child(viewer=viewer, wanted=selected(info), reading=info.context.reading)
        return cast(Pupil | None, found)
