"""Ariadne: the same types, schema first, on its own server for Starlette.

    DATABASE_URL=… PORT=8304 python -m benchmarks.peers.ariadne_peer

Resolvers and dataloaders as its documentation has them, a parsed and validated document kept, and orjson for the answer.
Its packages are in `requirements.txt` beside this file.
"""

# They are not among those that are checked with.
# mypy: disable-error-code="import-not-found,untyped-decorator,misc"

from functools import lru_cache
from http import HTTPStatus
from typing import Any

from aiodataloader import DataLoader
from ariadne import (
    ObjectType,
    QueryType,
    ScalarType,
    make_executable_schema,
)
from ariadne.asgi import GraphQL
from ariadne.asgi.handlers import GraphQLHTTPHandler
from graphql import parse, validate
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.peers.reads import Reads, Row, login_columns
from benchmarks.peers.serving import account_of, answer, application, serve
from rules.parent_login import DOTS
from rules.vocabulary import (
    Colour,
    EnrolmentStatus,
    LoginStatus,
    NotPlacingReason,
    PlacementStatus,
    PupilOrigin,
)

TYPES = """
scalar DateTime
scalar Date

type Query {
  pupils(first: Int = 50): PupilConnection!
  pupil(id: ID!): Pupil
  exportEnrolments(first: Int = 50, after: String): ExportedEnrolmentConnection!
}

type PupilConnection { nodes: [Pupil!]! totalCount: Int! }

type Pupil {
  id: ID!
  elkNumber: String!
  firstName: String!
  infix: String!
  lastName: String!
  officialNames: String!
  birthDate: Date!
  gender: String!
  group: String!
  advice: String
  adviceLabel: String
  origin: PupilOrigin!
  notPlacingReason: NotPlacingReason
  placementStatus: PlacementStatus
  enrolment: Enrolment
  parentLogins: [ParentLogin!]!
}

type Enrolment {
  id: ID!
  version: Int!
  status: EnrolmentStatus!
  acceptEquivalentDepartment: Boolean!
  finalizedAt: DateTime
  preferences: [Preference!]!
}

type Preference { rank: Int! department: Department! }
type Department { id: ID! name: String! school: School! }
type School { id: ID! name: String! }

type ParentLogin {
  region: String!
  regionName: String!
  status: LoginStatus!
  colour: Colour!
  letters: String
  label: String!
  sentAt: DateTime
  activatedAt: DateTime
}

type PageInfo { hasNextPage: Boolean! endCursor: String }
type ExportedEnrolmentConnection { nodes: [ExportedEnrolment!]! pageInfo: PageInfo! }

type ExportedEnrolment {
  id: ID!
  elkNumber: String
  firstName: String
  infix: String
  lastName: String
  birthDate: Date
  advice: String
  primarySchool: String
  primarySchoolBrin: String
  school: String
  department: String
  enrolledAt: DateTime
  placementStatus: String
  priorityGround: String
  priorityStatus: String
  acceptEquivalentDepartment: Boolean
  isMultiple: Boolean
  placedAt: DateTime
}
"""
WORDS = (EnrolmentStatus, PlacementStatus, PupilOrigin, NotPlacingReason, LoginStatus, Colour)
ENUMS = "\n".join(f"enum {words.__name__} {{ {' '.join(words.__members__)} }}" for words in WORDS)

query = QueryType()
connection = ObjectType("PupilConnection")
pupil_type = ObjectType("Pupil")
enrolment_type = ObjectType("Enrolment")
preference_type = ObjectType("Preference")
department_type = ObjectType("Department")
login_type = ObjectType("ParentLogin")
moment = ScalarType("DateTime", serializer=lambda value: value.isoformat())
day = ScalarType("Date", serializer=lambda value: value.isoformat())


@query.field("pupils")
async def _pupils(_root: Any, info: Any, first: int) -> Row:
    return {"nodes": await info.context["reads"].pupils(first)}


@connection.field("totalCount")
async def _total_count(_page: Row, info: Any) -> int:
    return int(await info.context["reads"].count())


@query.field("pupil")
async def _pupil(_root: Any, info: Any, id: str) -> Row | None:
    found: Row | None = await info.context["reads"].pupil(id)
    return found


@query.field("exportEnrolments")
async def _export_enrolments(_root: Any, info: Any, first: int, after: str | None = None) -> Row:
    rows = await info.context["reads"].exported(first + 1, after)
    shown = rows[:first]
    page_info = {"has_next_page": len(rows) > first, "end_cursor": shown[-1]["id"] if shown else None}
    return {"nodes": shown, "page_info": page_info}


pupil_type.set_alias("group", "class_group")


@pupil_type.field("enrolment")
async def _enrolment(pupil: Row, info: Any) -> Any:
    return await info.context["forms"].load(pupil["id"])


@pupil_type.field("parentLogins")
async def _parent_logins(pupil: Row, info: Any) -> list[Row]:
    regions = await info.context["regions"].load(info.context["reads"].me.group_id)
    logins = await info.context["logins"].load(pupil["id"])
    return [
        {"region": region["code"], "region_name": region["name"], **login}
        for region, login in login_columns(pupil, regions, logins)
    ]


@login_type.field("colour")
def _colour(login: Row, _info: Any) -> str:
    return DOTS[LoginStatus(login["status"])].colour.value


@login_type.field("letters")
def _letters(login: Row, _info: Any) -> str | None:
    return DOTS[LoginStatus(login["status"])].letters


@login_type.field("label")
def _label(login: Row, _info: Any) -> str:
    return DOTS[LoginStatus(login["status"])].label


@enrolment_type.field("preferences")
async def _preferences(form: Row, info: Any) -> Any:
    return await info.context["lines"].load(form["id"])


@preference_type.field("department")
async def _department(line: Row, info: Any) -> Any:
    return await info.context["departments"].load(line["department_id"])


@department_type.field("school")
async def _school(department: Row, info: Any) -> Any:
    return await info.context["schools"].load(department["school_id"])


schema = make_executable_schema(
    [TYPES, ENUMS],
    query,
    connection,
    pupil_type,
    enrolment_type,
    preference_type,
    department_type,
    login_type,
    moment,
    day,
    convert_names_case=True,
)

_parsed = lru_cache(parse)
_valid = lru_cache(validate)


class Handler(GraphQLHTTPHandler):
    async def create_json_response(self, request: Request, result: Any, success: bool) -> Response:
        answered = success or result.get("data") is not None
        return answer(result, HTTPStatus.OK if answered else HTTPStatus.BAD_REQUEST)


async def _context(request: Request, _data: Any) -> dict[str, Any]:
    pool = request.app.state.pool
    reads = Reads(pool, await account_of(request, pool))
    loaders = ("forms", "lines", "departments", "schools", "regions", "logins")
    return {
        "request": request,
        "reads": reads,
        **{name: DataLoader(getattr(reads, name)) for name in loaders},
    }


_graphql = GraphQL(
    schema,
    context_value=_context,
    http_handler=Handler(),
    explorer=None,
    query_parser=lambda _context, data: _parsed(data["query"]),
    query_validator=lambda schema, document, rules=None, *_a, **_k: _valid(
        schema, document, tuple(rules) if rules else None
    ),
)
app = application([Route("/graphql", _graphql)])

if __name__ == "__main__":
    serve(app)
