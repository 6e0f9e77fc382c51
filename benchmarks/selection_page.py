"""The page of a secondary school without its database: rows, and the answer written out by hand."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

from graphql import GraphQLField, GraphQLObjectType

from rules.vocabulary import EnrolmentStatus, PlacementStatus, PupilOrigin, Role
from schema.connection import Page
from schema.roles import SCHEMAS

CORE = SCHEMAS[Role.VO_STAFF].core
FIELDS = 12 + 6 + 3 * (1 + 2 + 2)


@dataclass(slots=True)
class School:
    id: str
    name: str


@dataclass(slots=True)
class Department:
    id: str
    name: str
    school: School


@dataclass(slots=True)
class Preference:
    rank: int
    department: Department


@dataclass(slots=True)
class Form:
    id: str
    version: int
    status: EnrolmentStatus
    accept_equivalent_department: bool
    finalized_at: datetime | None
    preferences: list[Preference]


@dataclass(slots=True)
class Child:
    id: str
    elk_number: str
    first_name: str
    infix: str
    last_name: str
    official_names: str
    birth_date: date
    gender: str
    advice: str | None
    advice_label: str | None
    origin: PupilOrigin
    placement_status: PlacementStatus | None
    parts: dict[str, dict[str, Form]]


def children(count: int) -> list[Child]:
    """Children with three schools on their list each."""
    departments = [Department(f"d{n}", "havo", School(f"s{n}", f"De Schakel {n}")) for n in range(3)]
    return [
        Child(
            id=f"00000000-0000-0000-0000-{number:012}",
            elk_number=f"{number:05}",
            first_name="Noor",
            infix="van der",
            last_name=f"Łukaszewicz {number}",
            official_names="Noor Anna",
            birth_date=date(2014, 5, 31),
            gender="V",
            advice="HAVO",
            advice_label="havo",
            origin=PupilOrigin.HOME,
            placement_status=PlacementStatus.NONE,
            parts={
                "enrolment": {
                    "AMSTELLAND": Form(
                        id=f"f{number}",
                        version=number,
                        status=EnrolmentStatus.FINAL,
                        accept_equivalent_department=False,
                        finalized_at=datetime(2027, 3, 17, 9, tzinfo=UTC),
                        preferences=[Preference(rank, one) for rank, one in enumerate(departments, 1)],
                    )
                }
            },
        )
        for number in range(count)
    ]


def pupils() -> GraphQLField:
    """The root field of the list."""
    query = cast(GraphQLObjectType, CORE.query_type)
    return cast(GraphQLField, query.fields["pupils"])


def page_of(rows: list[Any]) -> Page:
    """What the root field gives."""

    async def count() -> int:
        return len(rows)

    return Page(nodes=rows, more=False, behind=False, count=count, cursor=repr)


def by_hand(rows: list[Child]) -> dict[str, Any]:
    """The floor."""
    return {"pupils": {"totalCount": len(rows), "nodes": [_child(row) for row in rows]}}


def _child(row: Child) -> dict[str, Any]:
    form = next(iter(row.parts["enrolment"].values()), None)
    return {
        "id": row.id,
        "elkNumber": row.elk_number,
        "firstName": row.first_name,
        "infix": row.infix,
        "lastName": row.last_name,
        "officialNames": row.official_names,
        "birthDate": row.birth_date.isoformat(),
        "gender": row.gender,
        "advice": row.advice,
        "adviceLabel": row.advice_label,
        "origin": row.origin.name,
        "placementStatus": row.placement_status.name if row.placement_status else None,
        "enrolment": form
        and {
            "id": form.id,
            "version": form.version,
            "status": form.status.name,
            "acceptEquivalentDepartment": form.accept_equivalent_department,
            "finalizedAt": form.finalized_at and form.finalized_at.isoformat(),
            "preferences": [
                {
                    "rank": one.rank,
                    "department": {
                        "id": one.department.id,
                        "name": one.department.name,
                        "school": {"id": one.department.school.id, "name": one.department.school.name},
                    },
                }
                for one in form.preferences
            ],
        },
    }
