"""The list that a secondary school opens all day is one compiled function, form and preferences included."""

import asyncio
import json
from typing import Any, cast

import pytest
from graphql import ExecutionResult, parse, validate
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from benchmarks.asked import PAGE
from benchmarks.selection_page import CORE, by_hand, children, page_of, pupils
from compiled import Cache, CompiledExecutor


def answer(executor_class: type[Any], text: str, rows: list[Any], **more: Any) -> ExecutionResult:
    executor = executor_class.build(
        CORE, parse(text), context_value=rows, is_awaitable=optimized_is_awaitable, **more
    )

    async def run() -> ExecutionResult:
        return cast(ExecutionResult, await executor.execute_operation())

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def without_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pupils(), "resolve", lambda _root, info, **_given: page_of(info.context))


def test_the_page_is_asked_of_the_schema_as_it_is() -> None:
    assert not validate(CORE, parse(PAGE))


def test_its_nodes_are_one_function() -> None:
    cache: Cache = {}
    result = answer(CompiledExecutor, PAGE, children(3), compiled=cache)
    assert result.errors is None
    assert result.data == by_hand(children(3))
    made = {type_nodes[0].name.value: function is not None for type_nodes, function in cache.values()}
    # The connection counts with an await; below it nothing is left to the standard executor.
    assert made == {"pupils": False, "nodes": True}


@pytest.mark.parametrize("region", ["null", '"AMSTELLAND"', '"ELDERS"', "5"])
def test_a_form_of_a_region_is_the_same_from_either_executor(region: str) -> None:
    text = PAGE.replace("enrolment {", f"enrolment(region: {region}) {{")
    rows = children(3)
    rows[1].parts["enrolment"].clear()
    for one in rows:
        one.parts["default_region"] = "AMSTELLAND"  # type: ignore[assignment]
    rows[2].parts.clear()
    told = [
        json.dumps([result.data, [error.formatted for error in result.errors or []]]).encode()
        for result in (
            answer(executor, text, rows)
            for executor in (StrawberryGraphQLCoreExecutionContext, CompiledExecutor)
        )
    ]
    assert told[0] == told[1]
