"""The gate: compiled selections answer exactly as the stock executor does, to the byte."""

from typing import Any

import pytest
from graphql import parse
from hypothesis import HealthCheck, given, settings

from compiled import Cache, CompiledExecutor
from tests.compiled.answers import Stock, answer, both, seen
from tests.compiled.documents import documents, given_variables
from tests.compiled.rich import WRONG
from tests.compiled.rows import ODD_ROWS, RIGHT, people, row

# The stock executor leaves awaitables behind when a sibling fails; so do we.
pytestmark = pytest.mark.filterwarnings("ignore:.*was never awaited")


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=documents(), rows=people(), requests=given_variables())
def test_every_document_over_every_row_has_the_same_answer_and_the_same_errors(
    text: str, rows: list[Any], requests: list[dict[str, Any]]
) -> None:
    # Also what validation would refuse: an executor must not depend on it.
    document = parse(text)
    cache: Cache = {}
    for variables in requests:
        both(document, rows, cache=cache, **variables)


FIELDS = {
    **{name: name for name in RIGHT if name not in ("toy", "toys", "heavy", "owned", "find", "finds", "box")},
    "boss": "boss { name }",
    "friends": "friends { name }",
    "rivals": "rivals { id __typename }",
    "home": "home { name code }",
    "toys": "toys { name }",
    "toy": "toy { name ... on Pet { call(times: 2) } }",
    "heavy": "heavy { __typename name weight }",
    "owned": "owned { ... on Named { name } __typename }",
    "find": "find { __typename ... on Named { name } ... on Place { code } }",
    "finds": "finds { ... on Thing { weight } ... on Place { name } }",
    "box": "box { item items }",
}


@pytest.mark.parametrize("field", FIELDS)
def test_one_wrong_value_is_reported_as_the_stock_executor_does(field: str) -> None:
    for value in [*WRONG, *ODD_ROWS]:
        both(f"{{ maybePeople {{ {FIELDS[field]} }} }}", [row(), row(**{field: value})])
        both(f"{{ maybePeople {{ {FIELDS[field]} }} }}", [row(**{field: [value]})])


@pytest.mark.parametrize("field", ["odd", "odder"])
def test_one_wrong_value_of_a_resolver_too(field: str) -> None:
    for nth in range(len(WRONG) + 1):
        both(f"{{ maybePeople {{ id {field}(nth: {nth}) }} }}", [row(), row()])


@pytest.mark.parametrize("kind", [tuple, list, set, dict.fromkeys, iter])
def test_a_list_of_another_kind_is_judged_as_the_stock_executor_does(kind: Any) -> None:
    stock, mine = (
        answer(executor, "{ maybePeople { tags } }", [row(tags=kind(["a"]))])
        for executor in (Stock, CompiledExecutor)
    )
    assert seen(mine) == seen(stock)
