"""The same document through both executors, and what they say byte by byte."""

import asyncio
import json
from typing import Any, cast

from graphql import DocumentNode, ExecutionResult, parse
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from compiled import Cache, CompiledExecutor
from tests.compiled.rich import CORE

Stock = StrawberryGraphQLCoreExecutionContext


def answer(
    executor_class: type[Any],
    text: str | DocumentNode,
    rows: Any,
    /,
    *,
    cache: Cache | None = None,
    **variables: Any,
) -> ExecutionResult:
    document = parse(text) if isinstance(text, str) else text
    own = {"compiled": cache} if executor_class is CompiledExecutor else {}
    executor = executor_class.build(
        CORE,
        document,
        context_value={"people": rows},
        raw_variable_values=variables,
        is_awaitable=optimized_is_awaitable,
        hide_suggestions=True,
        **own,
    )
    if isinstance(executor, list):
        return ExecutionResult(None, executor)

    async def run() -> ExecutionResult:
        result = executor.execute_operation()
        return cast(ExecutionResult, await result if executor.is_awaitable(result) else result)

    return asyncio.run(run())


def seen(result: ExecutionResult) -> tuple[bytes, list[str]]:
    """The bytes that go out, keys in their order, and what each error came from."""
    errors = result.errors or []
    out = {"data": result.data, "errors": [error.formatted for error in errors]}
    return json.dumps(out, default=repr).encode(), [repr(error.original_error) for error in errors]


def both(
    text: str | DocumentNode, rows: Any, /, *, cache: Cache | None = None, **variables: Any
) -> ExecutionResult:
    """The answer, which is the same whoever gives it."""
    document = parse(text) if isinstance(text, str) else text
    stock = answer(Stock, document, rows, **variables)
    mine = answer(CompiledExecutor, document, rows, cache=cache, **variables)
    assert seen(mine) == seen(stock)
    return mine
