"""Stock Strawberry: Loket's types as its documentation has one write them, on its own server for Starlette.

    DATABASE_URL=… PORT=8303 python -m benchmarks.peers.stock

A dataloader for each kind of thing that nests, its caches for parsing and validation, and orjson for the answer.
"""

from datetime import date, datetime
from typing import Any

import orjson
import strawberry
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache

from benchmarks.peers.reads import Reads, Row, login_columns
from benchmarks.peers.serving import account_of, application, serve
from rules.parent_login import DOTS
from rules.vocabulary import (
    Colour,
    EnrolmentStatus,
    LoginStatus,
    NotPlacingReason,
    PlacementStatus,
    PupilOrigin,
)

for _words in (EnrolmentStatus, PlacementStatus, PupilOrigin, NotPlacingReason, LoginStatus, Colour):
    strawberry.enum(_words)


class Context(dict[str, Any]):
    """Of one request: who asks, and the loaders."""

    def __init__(self, reads: Reads) -> None:
        super().__init__()
        self.reads = reads
        self.forms: DataLoader[str, Row | None] = DataLoader(load_fn=reads.forms)
        self.lines: DataLoader[str, list[Row]] = DataLoader(load_fn=reads.lines)
        self.departments: DataLoader[str, Row] = DataLoader(load_fn=reads.departments)
        self.schools: DataLoader[str, Row] = DataLoader(load_fn=reads.schools)
        self.regions: DataLoader[str, list[Row]] = DataLoader(load_fn=reads.regions)
        self.logins: DataLoader[str, list[Row]] = DataLoader(load_fn=reads.logins)


Info = strawberry.Info[Context, None]


@strawberry.type
class School:
    id: strawberry.ID
    name: str


@strawberry.type
class Department:
    id: strawberry.ID
    name: str
    school_id: strawberry.Private[str]

    @strawberry.field
    async def school(self, info: Info) -> School:
        return School(**await info.context.schools.load(self.school_id))


@strawberry.type
class Preference:
    rank: int
    department_id: strawberry.Private[str]

    @strawberry.field
    async def department(self, info: Info) -> Department:
        return Department(**await info.context.departments.load(self.department_id))


@strawberry.type
class Enrolment:
    id: strawberry.ID
    version: int
    status: EnrolmentStatus
    accept_equivalent_department: bool
    finalized_at: datetime | None

    @strawberry.field
    async def preferences(self, info: Info) -> list[Preference]:
        return [
            Preference(rank=line["rank"], department_id=line["department_id"])
            for line in await info.context.lines.load(self.id)
        ]


@strawberry.type
class ParentLogin:
    region: str
    region_name: str
    status: LoginStatus
    sent_at: datetime | None
    activated_at: datetime | None

    @strawberry.field
    def colour(self) -> Colour:
        return DOTS[self.status].colour

    @strawberry.field
    def letters(self) -> str | None:
        return DOTS[self.status].letters

    @strawberry.field
    def label(self) -> str:
        return DOTS[self.status].label


@strawberry.type
class Pupil:
    id: strawberry.ID
    elk_number: str
    first_name: str
    infix: str
    last_name: str
    official_names: str
    birth_date: date
    gender: str
    group: str
    advice: str | None
    advice_label: str | None
    origin: PupilOrigin
    not_placing_reason: NotPlacingReason | None
    placement_status: PlacementStatus | None
    row: strawberry.Private[Row]

    @strawberry.field
    async def enrolment(self, info: Info) -> Enrolment | None:
        found = await info.context.forms.load(self.id)
        if found is None:
            return None
        return Enrolment(
            id=found["id"],
            version=found["version"],
            status=EnrolmentStatus(found["status"]),
            accept_equivalent_department=found["accept_equivalent_department"],
            finalized_at=found["finalized_at"],
        )

    @strawberry.field
    async def parent_logins(self, info: Info) -> list[ParentLogin]:
        regions = await info.context.regions.load(info.context.reads.me.group_id or "")
        logins = await info.context.logins.load(self.id)
        return [
            ParentLogin(
                region=region["code"],
                region_name=region["name"],
                status=LoginStatus(login["status"]),
                sent_at=login["sent_at"],
                activated_at=login["activated_at"],
            )
            for region, login in login_columns(self.row, regions, logins)
        ]


def _pupil(row: Row) -> Pupil:
    reason, status = row["not_placing_reason"], row.get("placement_status")
    return Pupil(
        id=row["id"],
        elk_number=row["elk_number"],
        first_name=row["first_name"],
        infix=row["infix"],
        last_name=row["last_name"],
        official_names=row["official_names"],
        birth_date=row["birth_date"],
        gender=row["gender"],
        group=row["class_group"],
        advice=row["advice"],
        advice_label=row["advice_label"],
        origin=PupilOrigin(row["origin"]),
        not_placing_reason=NotPlacingReason(reason) if reason else None,
        placement_status=PlacementStatus(status) if status else None,
        row=row,
    )


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Pupils:
    nodes: list[Pupil]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        return await info.context.reads.count()


@strawberry.type
class ExportedEnrolment:
    id: strawberry.ID
    elk_number: str | None
    first_name: str | None
    infix: str | None
    last_name: str | None
    birth_date: date | None
    advice: str | None
    primary_school: str | None
    primary_school_brin: str | None
    school: str | None
    department: str | None
    enrolled_at: datetime | None
    placement_status: str | None
    priority_ground: str | None
    priority_status: str | None
    accept_equivalent_department: bool | None
    is_multiple: bool | None
    placed_at: datetime | None


@strawberry.type
class ExportedEnrolments:
    nodes: list[ExportedEnrolment]
    page_info: PageInfo


@strawberry.type
class Query:
    @strawberry.field
    async def pupils(self, info: Info, first: int = 50) -> Pupils:
        return Pupils(nodes=[_pupil(row) for row in await info.context.reads.pupils(first)])

    @strawberry.field
    async def pupil(self, info: Info, id: strawberry.ID) -> Pupil | None:
        row = await info.context.reads.pupil(id)
        return _pupil(row) if row else None

    @strawberry.field
    async def export_enrolments(
        self, info: Info, first: int = 50, after: str | None = None
    ) -> ExportedEnrolments:
        rows = await info.context.reads.exported(first + 1, after)
        shown = rows[:first]
        return ExportedEnrolments(
            nodes=[ExportedEnrolment(**row) for row in shown],
            page_info=PageInfo(
                has_next_page=len(rows) > first, end_cursor=shown[-1]["id"] if shown else None
            ),
        )


schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache])


class Endpoint(GraphQL[Context, None]):
    async def get_context(self, request: Any, response: Any) -> Any:
        pool = request.app.state.pool
        return Context(Reads(pool, await account_of(request, pool)))

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)


app = application([Route("/graphql", Endpoint(schema, graphql_ide=None))])

if __name__ == "__main__":
    serve(app)
