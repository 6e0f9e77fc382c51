"""Compiled selections answer exactly as the stock executor does."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from graphql import ExecutionResult, parse, validate
from hypothesis import HealthCheck, given, settings
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from compiled import Cache, CompiledExecutor
from tests.compiled.documents import RIGHT, WRONG, People, documents, people
from tests.compiled.rich import SCHEMA

# The stock executor leaves awaitables behind when a sibling fails; so do we.
pytestmark = pytest.mark.filterwarnings("ignore:.*was never awaited")


def answer(
    executor_class: type[Any], text: Any, rows: Any, *, cache: Cache | None = None, **variables: Any
) -> ExecutionResult:
    document = parse(text) if isinstance(text, str) else text
    own = {"compiled": cache} if executor_class is CompiledExecutor else {}
    executor = executor_class.build(
        SCHEMA.core,
        document,
        context_value={"people": rows},
        raw_variable_values=variables,
        is_awaitable=optimized_is_awaitable,
        hide_suggestions=True,
        **own,
    )
    assert not isinstance(executor, list), executor

    async def run() -> ExecutionResult:
        result = executor.execute_operation()
        return cast(ExecutionResult, await result if executor.is_awaitable(result) else result)

    return asyncio.run(run())


def seen(result: ExecutionResult) -> Any:
    """Data in order, and every error with all it says."""
    return repr(result.data), [
        (e.message, e.path, e.locations, repr(e.original_error)) for e in result.errors or []
    ]


def both(text: str, rows: Any, **variables: Any) -> Any:
    document = parse(text)
    stock = answer(StrawberryGraphQLCoreExecutionContext, document, rows, **variables)
    mine = answer(CompiledExecutor, document, rows, **variables)
    assert seen(mine) == seen(stock)
    return mine


class TestCompiledAgainstStock:
    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(text=documents(), rows=people())
    def test_every_document_over_every_row_has_the_same_answer_and_the_same_errors(
        self, text: str, rows: list[Any]
    ) -> None:
        document = parse(text)
        if validate(SCHEMA.core, document):
            return
        stock = answer(StrawberryGraphQLCoreExecutionContext, document, rows)
        cache: Cache = {}
        given: list[dict[str, Any]] = [{}, {"yes": False, "no": True}, {}]
        for variables in given:
            mine = answer(CompiledExecutor, document, rows, cache=cache, **variables)
            stock = answer(StrawberryGraphQLCoreExecutionContext, document, rows, **variables)
            assert seen(mine) == seen(stock)


def row(**differs: Any) -> Any:
    import random

    made = People(random.Random(1), wrong=0).person(2)
    for name, value in differs.items():
        setattr(made, name, value)
    return made


FIELDS = {
    **{name: name for name in RIGHT if name not in ("toy", "toys")},
    "boss": "boss { name }",
    "friends": "friends { name }",
    "rivals": "rivals { id __typename }",
    "home": "home { name code }",
    "toys": "toys { name }",
}


class TestOneWrongValueAtATime:
    @pytest.mark.parametrize("field", FIELDS)
    def test_a_value_that_does_not_fit_is_reported_as_the_stock_executor_does(self, field: str) -> None:
        for value in WRONG:
            both(f"{{ maybePeople {{ {FIELDS[field]} }} }}", [row(), row(**{field: value})])
            both(f"{{ maybePeople {{ {FIELDS[field]} }} }}", [row(**{field: [value]})])

    @pytest.mark.parametrize("kind", [tuple, list, set, dict.fromkeys, iter])
    def test_a_list_of_another_kind_is_judged_as_the_stock_executor_does(self, kind: Any) -> None:
        stock, mine = (
            answer(executor, "{ maybePeople { tags } }", [row(tags=kind(["a"]))])
            for executor in (StrawberryGraphQLCoreExecutionContext, CompiledExecutor)
        )
        assert seen(mine) == seen(stock)


class TestWhatIsCompiled:
    def compiled(self, text: str, rows: Any, **variables: Any) -> list[bool]:
        cache: Cache = {}
        answer(CompiledExecutor, text, rows, cache=cache, **variables)
        return [function is not None for _, function in cache.values()]

    def test_a_list_of_plain_attributes_is_one_function(self) -> None:
        text = (
            "{ people { ...F home { name residents { id } } } } fragment F on Person { id name: nick grid }"
        )
        assert self.compiled(text, [row(), row()]) == [True]

    def test_a_resolver_leaves_its_own_level_to_the_standard_executor_only(self) -> None:
        # The list and its one row are not compiled; the boss below the row is.
        assert self.compiled("{ people { greeting boss { name } } }", [row(boss=row())]) == [
            False,
            False,
            True,
        ]

    @pytest.mark.parametrize("condition", ["@skip(if: $v)", "@include(if: $v)"])
    def test_nothing_with_a_condition_is_kept(self, condition: str) -> None:
        text = f"query ($v: Boolean!) {{ people {{ name {condition} }} }}"
        assert self.compiled(text, [row()], v=True) == [False, False]

    def test_one_document_with_other_variables_shows_other_fields(self) -> None:
        document: Any = parse(
            "query ($v: Boolean!) { people { id ...F @include(if: $v) } } fragment F on Person { name }"
        )
        cache: Cache = {}
        with_name: Any = answer(CompiledExecutor, document, [row()], cache=cache, v=True)
        without: Any = answer(CompiledExecutor, document, [row()], cache=cache, v=False)
        assert [list(with_name.data["people"][0]), list(without.data["people"][0])] == [
            ["id", "name"],
            ["id"],
        ]

    def test_selections_that_share_only_their_first_node_are_told_apart(self) -> None:
        text = """query ($v: Boolean!) {
            people { boss { id } }
            ... @include(if: $v) { people { boss { name } } }
        }"""
        document: Any = parse(text)
        cache: Cache = {}
        rows = [row(boss=row(id="b", name="Bo"))]
        small = answer(CompiledExecutor, document, rows, cache=cache, v=False)
        large = answer(CompiledExecutor, document, rows, cache=cache, v=True)
        assert small.data == {"people": [{"boss": {"id": "b"}}]}
        assert large.data == {"people": [{"boss": {"id": "b", "name": "Bo"}}]}

    def test_a_null_where_none_may_be_is_the_standard_executors_error(self) -> None:
        result = both("{ maybePeople { id height } }", [row(), row(height=None), row()])
        assert [one is None for one in result.data["maybePeople"]] == [False, True, False]
        assert result.errors
        assert "Person.height" in result.errors[0].message

    def test_an_exception_among_the_rows_is_raised_and_not_shown_as_a_row(self) -> None:
        from tests.compiled.documents import Alarm

        result = both("{ maybePeople { id name } }", [row(), Alarm("stop")])
        assert result.errors
        assert result.errors[0].message == "stop"

    def test_a_generator_is_not_used_up_by_the_function(self) -> None:
        stock = answer(
            StrawberryGraphQLCoreExecutionContext, "{ maybePeople { id } }", (r for r in [row(id="1")])
        )
        mine = answer(CompiledExecutor, "{ maybePeople { id } }", (r for r in [row(id="1")]))
        assert seen(mine) == seen(stock)
        assert mine.data == {"maybePeople": [{"id": "1"}]}

    def test_it_is_the_compiled_function_that_answers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def stock(*_args: Any, **_more: Any) -> Any:
            raise AssertionError("the standard executor was asked")

        monkeypatch.setattr(StrawberryGraphQLCoreExecutionContext, "complete_list_value", stock)
        fields = "id name age active paint paints rank born day tags grid"
        text = f"{{ people {{ {fields} home {{ name }} rivals {{ id }} }} }}"
        result = answer(CompiledExecutor, text, [row(rivals=[row(), None])])
        assert result.errors is None

    def test_a_row_may_be_any_object_with_the_attributes(self) -> None:
        assert both("{ people { name } }", [SimpleNamespace(name="a"), row(name="b")]).data == {
            "people": [{"name": "a"}, {"name": "b"}]
        }
