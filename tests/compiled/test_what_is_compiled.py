"""Which selections become functions, what is kept of them, and for whom."""

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from graphql import GraphQLObjectType, MiddlewareManager, Undefined, parse
from strawberry.execution import optimized_is_awaitable
from strawberry.types.arguments import InputContext
from strawberry.types.field import StrawberryField

from compiled import Cache, CompiledExecutor, writer
from compiled.declared import DEFINITION
from tests.compiled.answers import Stock, answer, both, seen
from tests.compiled.rich import CORE, Alarm, Awaited, Person, Pet, Place, Rank, Shape, Thing
from tests.compiled.rows import row

pytestmark = pytest.mark.filterwarnings("ignore:.*was never awaited")


def compiled(text: str, rows: Any, **variables: Any) -> list[bool]:
    cache: Cache = {}
    both(text, rows, cache=cache, **variables)
    return [function is not None for _, function in cache.values()]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the compiled function may answer."""

    def stock(*_args: Any, **_more: Any) -> Any:
        raise AssertionError("the standard executor was asked")

    monkeypatch.setattr(Stock, "complete_list_value", stock)
    monkeypatch.setattr(Stock, "complete_object_value", stock)


class TestOneFunction:
    def test_is_a_list_of_plain_attributes(self) -> None:
        text = (
            "{ people { ...F home { name residents { id } } } } fragment F on Person { id name: nick grid }"
        )
        assert compiled(text, [row(), row()]) == [True]

    @pytest.mark.parametrize(
        "field",
        [
            "id name age score active paint paints rank born day price extra seen loud tags grid",
            "home { name } rivals { id } box { item items }",
            "greeting loud: greeting(loud: true)",
            'echo(text: "a", paint: BLUE, rank: ONE)',
            "built(shape: {sides: 3}, words: [])",
            "required(nth: 1) some(most: 1) { friend { id } }",
            "toys { name weight } heavy { name } owned { name ... on Pet { call } }",
            "chosen { __typename } finds { ... on Thing { weight } ... on Place { code } }",
        ],
    )
    @pytest.mark.usefixtures("alone")
    def test_answers_alone(self, field: str) -> None:
        things = [Thing(name="bal", weight=1.0), Place(name="hier", code=None, residents=[])]
        differs = {
            "rank": Rank.ONE,
            "day": date(2014, 5, 31),
            "rivals": [row(), None],
            "finds": things,
            "owned": [Pet(name="Rik"), None],
        }
        result = answer(CompiledExecutor, f"{{ people {{ {field} }} }}", [row(**differs)])
        assert result.errors is None
        assert result.data

    @pytest.mark.usefixtures("alone")
    def test_answers_alone_with_variables(self) -> None:
        text = "query ($b: Boolean, $s: Shape) { people { greeting(loud: $b) built(shape: $s) } }"
        result = answer(CompiledExecutor, text, [row(name="a")], b=True, s={"sides": 3})
        assert result.errors is None
        assert result.data
        assert result.data["people"][0]["greeting"] == "HALLO a"

    @pytest.mark.parametrize("field", ["slow", "asked", "guarded"])
    def test_leaves_what_awaits_asks_or_guards_to_the_standard_executor(self, field: str) -> None:
        # The list and its one row are not compiled; the boss below the row is.
        text = f"{{ people {{ {field} boss {{ name }} }} }}"
        assert compiled(text, [row(boss=row())]) == [False, False, True]

    def test_leaves_a_directive_it_does_not_know(self) -> None:
        assert compiled("{ people @other { id } }", [row()]) == [False, False]

    def test_leaves_an_argument_that_strawberry_itself_does_not_get_through(self) -> None:
        assert both("{ maybePeople { named(info: 1) } }", [row()]).errors

    def test_leaves_an_input_that_builds_itself_of_info(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def build(_type: type, _value: Any, context: InputContext) -> Shape:
            return Shape(sides=len(context.info.field_name) if context.info else 0)

        monkeypatch.setattr(Shape.__strawberry_definition__, "from_input", build)  # type: ignore[attr-defined]
        result: Any = both("{ maybePeople { built(shape: {}) } }", [row()])
        assert "sides=5" in result.data["maybePeople"][0]["built"]

    @pytest.mark.parametrize("where", ["people { ...F(b: $v) }", "...G(b: $v)"])
    def test_leaves_fragments_with_variables_of_their_own(self, where: str) -> None:
        document = parse(
            f"""query ($v: Boolean!) {{ {where} }}
            fragment F($b: Boolean!) on Person {{ greeting(loud: $b) }}
            fragment G($b: Boolean!) on Query {{ people {{ greeting(loud: $b) }} }}""",
            experimental_fragment_arguments=True,
        )
        cache: Cache = {}
        told: list[Any] = [both(document, [row()], cache=cache, v=loud).data for loud in (True, False)]
        assert told[0] != told[1]

    def test_leaves_what_is_larger_than_it_wants(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(writer, "MOST_FIELDS", 2)
        assert compiled("{ people { id name } }", [row()]) == [True]
        assert compiled("{ people { id name home { name } } }", [row()]) == [False, False, True]

    @pytest.mark.parametrize("depth", [25, 150, 190])
    def test_leaves_what_is_deeper_than_python_nests(self, depth: int) -> None:
        text = "{ people { " + "friends { " * depth + "id" + " }" * (depth + 1) + " }"
        assert compiled(text, [row(friends=[])])[0] is False

    def test_is_not_made_where_middleware_looks_on(self) -> None:
        looked: list[str] = []

        def look(resolve: Any, source: Any, info: Any, **given: Any) -> Any:
            looked.append(info.field_name)
            return resolve(source, info, **given)

        executor = CompiledExecutor.build(
            CORE,
            parse("{ maybePeople { id } }"),
            context_value={"people": [row()]},
            middleware=MiddlewareManager(look),
            is_awaitable=cast(Any, optimized_is_awaitable),
        )
        assert not isinstance(executor, list)
        executor.execute_operation()
        assert looked == ["maybePeople", "id"]

    @pytest.mark.parametrize("field", ["name", "greeting"])
    def test_leaves_a_field_that_somebody_else_resolves(
        self, field: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person = cast(GraphQLObjectType, CORE.type_map["Person"])
        monkeypatch.setattr(person.fields[field], "resolve", lambda *_, **_given: "other")
        assert both(f"{{ people {{ {field} }} }}", [row()]).data == {"people": [{field: "other"}]}

    def test_leaves_an_attribute_that_somebody_else_reads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        field = cast(GraphQLObjectType, CORE.type_map["Person"]).fields["name"].extensions[DEFINITION]
        monkeypatch.setattr(field, "default_resolver", lambda _row, name: f"my {name}")
        assert both("{ people { name } }", [row()]).data == {"people": [{"name": "my name"}]}

    @pytest.mark.parametrize("name", ["name", "greeting"])
    def test_leaves_a_field_of_a_class_of_its_own(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        class Own(StrawberryField):
            def get_result(self, *_args: Any, **_given: Any) -> Any:
                return "own"

        field = cast(GraphQLObjectType, CORE.type_map["Person"]).fields[name].extensions[DEFINITION]
        monkeypatch.setattr(field, "__class__", Own)
        assert both(f"{{ people {{ {name} }} }}", [row()]).data == {"people": [{name: "own"}]}

    def test_leaves_a_type_that_somebody_else_judges(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(CORE.type_map["Thing"], "is_type_of", lambda *_: False)
        assert both("{ maybePeople { toys { name } } }", [row(toys=[Thing(name="x", weight=1)])]).errors

    def test_leaves_a_type_that_somebody_else_tells(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(CORE.type_map["Named"], "resolve_type", lambda *_: "Pet")
        text = "{ people { owned { __typename } } }"
        monkeypatch.setattr(CORE.type_map["Pet"], "is_type_of", None)
        assert both(text, [row(owned=[Thing(name="x", weight=1)])]).data == {
            "people": [{"owned": [{"__typename": "Pet"}]}]
        }


class TestWhatIsKept:
    @pytest.mark.parametrize("condition", ["@skip(if: $v)", "@include(if: $v)"])
    def test_nothing_with_a_condition(self, condition: str) -> None:
        text = f"query ($v: Boolean!) {{ people {{ name {condition} }} }}"
        assert compiled(text, [row()], v=True) == [False, False]

    def test_nothing_that_would_show_the_fields_of_other_variables(self) -> None:
        document = parse(
            "query ($v: Boolean!) { people { id ...F @include(if: $v) } } fragment F on Person { name }"
        )
        cache: Cache = {}
        with_name: Any = both(document, [row()], cache=cache, v=True)
        without: Any = both(document, [row()], cache=cache, v=False)
        assert [list(with_name.data["people"][0]), list(without.data["people"][0])] == [
            ["id", "name"],
            ["id"],
        ]

    def test_selections_that_share_only_their_first_node_are_told_apart(self) -> None:
        document = parse(
            """query ($v: Boolean!) {
            people { boss { id } }
            ... @include(if: $v) { people { boss { name } } }
        }"""
        )
        cache: Cache = {}
        rows = [row(boss=row(id="b", name="Bo"))]
        small = answer(CompiledExecutor, document, rows, cache=cache, v=False)
        large = answer(CompiledExecutor, document, rows, cache=cache, v=True)
        assert small.data == {"people": [{"boss": {"id": "b"}}]}
        assert large.data == {"people": [{"boss": {"id": "b", "name": "Bo"}}]}

    @pytest.mark.parametrize(
        "asked",
        [
            "greeting(loud: $b)",
            "built(shape: {sides: $n})",
            "built(words: [$t])",
            "built(shapes: [$s, {inner: $s}])",
        ],
    )
    def test_no_value_of_a_variable(self, asked: str) -> None:
        document = parse(
            f'query ($b: Boolean, $n: Int = 5, $t: String = "t", $s: Shape) {{ people {{ {asked} }} }}'
        )
        cache: Cache = {}
        answers = [
            seen(both(document, [row()], cache=cache, **given))[0]
            for given in ({"b": True, "n": 1, "t": "a", "s": {"sides": 7}}, {}, {"b": True, "n": 2, "t": "b"})
        ]
        assert answers[0] != answers[1]
        assert next(iter(cache.values()))[1] is not None

    def test_no_argument_that_a_resolver_changed(self) -> None:
        # `built` adds to its list and to its input; every row and request gets them as they were sent.
        for text in (
            '{ people { built(words: ["a"], shape: {names: ["b"]}) } }',
            'query ($w: [String!]! = ["a"]) { people { built(words: $w) } }',
            "{ people { built } }",
        ):
            document, cache = parse(text), Cache()
            answers = [both(document, [row(id="1"), row(id="1")], cache=cache).data for _ in range(2)]
            assert answers[0] == answers[1]
            assert answers[0]["people"][0] == answers[0]["people"][1]  # type: ignore[index]

    def test_a_selection_whose_types_prove_not_plain_is_not_tried_again(self) -> None:
        cache: Cache = {}
        text = parse("{ people { finds { ... on Person { slow } } } }")
        both(text, [row(finds=[Thing(name="x", weight=1)])], cache=cache)
        assert next(iter(cache.values()))[1] is not None
        real = object.__new__(Person)
        real.__dict__.update(vars(row()))
        both(text, [row(finds=[real])], cache=cache)
        assert next(iter(cache.values()))[1] is None


class TestWhatSurprises:
    def test_a_null_where_none_may_be_is_the_standard_executors_error(self) -> None:
        result: Any = both("{ maybePeople { id height } }", [row(), row(height=None), row()])
        assert [one is None for one in result.data["maybePeople"]] == [False, True, False]
        assert "Person.height" in result.errors[0].message

    @pytest.mark.parametrize("odd", [None, Undefined, Alarm("stop"), Awaited(None), Awaited(row())], ids=repr)
    def test_what_is_no_row_is_none_though_nothing_of_it_is_asked(self, odd: Any) -> None:
        both("{ people { __typename } }", [row(), odd])
        both("{ maybePeople { boss { __typename } home { __typename } } }", [row(boss=odd), row(home=odd)])

    def test_what_a_scalar_writes_may_have_to_be_awaited(self) -> None:
        assert both("{ people { loud } }", [row(loud="later")]).data == {"people": [{"loud": "later"}]}

    def test_an_exception_among_the_rows_is_raised_and_not_shown_as_a_row(self) -> None:
        result = both("{ maybePeople { id name } }", [row(), Alarm("stop")])
        assert result.errors
        assert result.errors[0].message == "stop"

    def test_a_resolver_that_raises_is_reported_where_it_stands(self) -> None:
        text = "query ($n: Int) { maybePeople { id some { id } friend(nth: $n) { id } } }"
        result: Any = both(text, [row(friends=None), row()], n=0)
        assert result.errors[0].path == ["maybePeople", 0, "friend"]

    def test_a_generator_is_not_used_up_by_the_function(self) -> None:
        stock = answer(Stock, "{ maybePeople { id } }", (r for r in [row(id="1")]))
        mine = answer(CompiledExecutor, "{ maybePeople { id } }", (r for r in [row(id="1")]))
        assert seen(mine) == seen(stock)
        assert mine.data == {"maybePeople": [{"id": "1"}]}

    def test_a_row_may_be_any_object_with_the_attributes(self) -> None:
        assert both("{ people { name } }", [SimpleNamespace(name="a"), row(name="b")]).data == {
            "people": [{"name": "a"}, {"name": "b"}]
        }
