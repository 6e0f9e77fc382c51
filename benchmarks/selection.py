"""What a list costs: the stock executor, the compiled selection, and the floor under both.

    python -m benchmarks.selection [--rows 500] [--children 100] [--rounds 40]

Two lists: one of plain attributes, and the page of a secondary school, whose form is a resolver with an
argument. The three are measured in turns in the same run, so that the ratios stand whatever the machine is
doing. The floor is the same answer written out by hand, with nothing between row and dictionary.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import strawberry
from graphql import DocumentNode, GraphQLSchema, parse
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as Stock

from benchmarks import selection_page
from benchmarks.asked import PAGE
from compiled import Cache, CompiledExecutor
from rules.vocabulary import Colour, LoginStatus, Role
from schema.build import RoleSchema
from schema.visibility import EVERYONE, computed_for, output_type, seen_by


def _plain() -> Any:
    return seen_by(EVERYONE, description="Een veld.")


@output_type("Een ouderinlog.")
class Login:
    status: LoginStatus = _plain()
    colour: Colour = _plain()
    letters: str | None = _plain()


@output_type("Een kind.")
class Child:
    id: strawberry.ID = _plain()
    elk_number: str = _plain()
    first_name: str = _plain()
    infix: str | None = _plain()
    last_name: str = _plain()
    birth_date: date = _plain()
    advice: str | None = _plain()
    list_length: int | None = _plain()
    group: str = _plain()
    outside: bool = _plain()
    changed_at: datetime = _plain()
    logins: list[Login] = _plain()


@output_type("De vragen.")
class Query:
    @computed_for(EVERYONE, description="De kinderen.")
    async def children(self, info: strawberry.Info) -> list[Child]:
        return info.context  # type: ignore[no-any-return]


@dataclass(slots=True)
class LoginRow:
    status: LoginStatus
    colour: Colour
    letters: str | None


@dataclass(slots=True)
class ChildRow:
    id: str
    elk_number: str
    first_name: str
    infix: str | None
    last_name: str
    birth_date: date
    advice: str | None
    list_length: int | None
    group: str
    outside: bool
    changed_at: datetime
    logins: list[LoginRow]


DOCUMENT = """{ children {
    id elkNumber firstName infix lastName birthDate advice listLength group outside changedAt
    logins { status colour letters }
} }"""
FIELDS = 12 + 2 * 3
SCHEMA = RoleSchema(role=Role.PUBLIC, query=Query, mutation=None, types=[])


def rows(count: int) -> list[ChildRow]:
    """Children with two logins each."""
    return [
        ChildRow(
            id=f"00000000-0000-0000-0000-{number:012}",
            elk_number=f"{number:05}",
            first_name="Noor",
            infix="van der",
            last_name=f"Łukaszewicz {number}",
            birth_date=date(2014, 5, 31),
            advice="HAVO_TM_VWO",
            list_length=5,
            group="8a",
            outside=False,
            changed_at=datetime(2026, 2, 9, 9, tzinfo=UTC),
            logins=[
                LoginRow(LoginStatus.SENT, Colour.BLUE, None),
                LoginRow(LoginStatus.NOT_SENT, Colour.WHITE, None),
            ],
        )
        for number in range(count)
    ]


def by_hand(children: list[ChildRow]) -> dict[str, Any]:
    """The floor."""
    return {
        "children": [
            {
                "id": child.id,
                "elkNumber": child.elk_number,
                "firstName": child.first_name,
                "infix": child.infix,
                "lastName": child.last_name,
                "birthDate": child.birth_date.isoformat(),
                "advice": child.advice,
                "listLength": child.list_length,
                "group": child.group,
                "outside": child.outside,
                "changedAt": child.changed_at.isoformat(),
                "logins": [
                    {"status": login.status.name, "colour": login.colour.name, "letters": login.letters}
                    for login in child.logins
                ],
            }
            for child in children
        ]
    }


def executed(executor_class: type[Any], schema: GraphQLSchema, document: DocumentNode, **more: Any) -> Any:
    """The document through an executor."""
    executor = executor_class.build(schema, document, is_awaitable=optimized_is_awaitable, **more)
    result = LOOP.run_until_complete(executor.execute_operation())
    assert result.errors is None, result.errors
    return result.data


LOOP = asyncio.new_event_loop()


def measure(
    *, schema: GraphQLSchema, text: str, context: Any, hand: Callable[[], Any], rounds: int
) -> dict[str, float]:
    """Median seconds of each way, taken in turns."""
    document, cache = parse(text), Cache()
    ways: dict[str, Callable[[], Any]] = {
        "stock": lambda: executed(Stock, schema, document, context_value=context),
        "compiled": lambda: executed(
            CompiledExecutor, schema, document, context_value=context, compiled=cache
        ),
        "by hand": hand,
    }
    assert ways["stock"]() == ways["compiled"]() == ways["by hand"]()
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in taken.items()}


def tell(what: str, found: dict[str, float], fields: int) -> None:
    print(what)
    for name, seconds in found.items():
        floors = seconds / found["by hand"]
        print(
            f"{name:>9}: {seconds * 1000:8.2f} ms  {seconds / fields * 1e6:6.2f} µs a field  ×{floors:.1f} of the floor"
        )
    print(f"compiled is {found['stock'] / found['compiled']:.1f} times as fast as stock")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=500)
    arguments.add_argument("--children", type=int, default=100)
    arguments.add_argument("--rounds", type=int, default=40)
    given = arguments.parse_args()
    plain = rows(given.rows)
    found = measure(
        schema=SCHEMA.core, text=DOCUMENT, context=plain, hand=lambda: by_hand(plain), rounds=given.rounds
    )
    tell(f"{given.rows} rows × {FIELDS} fields, all attributes", found, given.rows * FIELDS)
    children = selection_page.children(given.children)
    selection_page.pupils().resolve = lambda _root, info, **_given: selection_page.page_of(info.context)
    found = measure(
        schema=selection_page.CORE,
        text=PAGE,
        context=children,
        hand=lambda: selection_page.by_hand(children),
        rounds=given.rounds,
    )
    fields = selection_page.FIELDS
    tell(f"{given.children} children × {fields} fields, the form a resolver", found, given.children * fields)


if __name__ == "__main__":
    main()
