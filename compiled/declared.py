"""What strawberry made of a field or a type, as long as it is what strawberry makes when left alone.

Anything that somebody put in its place (a resolve function, a type resolver, a field class, an extension)
is not plain.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLArgument,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_enum_type,
    is_specified_scalar_type,
)
from graphql.execution.values import get_argument_values
from graphql.language import FieldNode, VariableNode
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.types.union import StrawberryUnion

from compiled.plain import NotPlain, Surprise

DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF
_CONVERTER = "strawberry.schema.schema_converter"
_OF_FIELD = f"{_CONVERTER}.GraphQLCoreConverter.from_resolver.<locals>."
_OF_OBJECT = f"{_CONVERTER}.GraphQLCoreConverter.from_object.<locals>._get_is_type_of.<locals>.is_type_of"
_OF_ABSTRACT = (
    f"{_CONVERTER}.GraphQLCoreConverter.from_interface.<locals>._get_resolve_type.<locals>.resolve_type",
    "strawberry.types.union.StrawberryUnion.get_type_resolver.<locals>._resolve_union_type",
)
_TAKEN = {"_source", "info"}
"""How strawberry calls what it passes itself: an argument of that name does not get through."""

Executor = StrawberryGraphQLCoreExecutionContext
Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field that is an attribute of its row."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A field that is a plain function of its row and its arguments.

    `fixed` are arguments that are the same for every request. Otherwise `given` makes them: once a call when
    they are `steady`, for every row when a row could change what the next one gets.
    """

    function: Callable[..., Any]
    row_first: bool
    row_names: tuple[str, ...]
    fixed: Arguments | None
    given: Callable[[Executor], Arguments]
    steady: bool


def source_of(executor: Executor, field: GraphQLField | None, node: FieldNode) -> Attribute | Call:
    """Where the value of a field comes from."""
    declared = field.extensions.get(DEFINITION) if field else None
    if (
        field is None
        or not isinstance(declared, StrawberryField)
        or declared.extensions
        or declared.is_subscription
        or type(declared).get_result is not StrawberryField.get_result
    ):
        raise NotPlain
    if declared.base_resolver is not None:
        if _name(field.resolve) != f"{_OF_FIELD}_resolver":
            raise NotPlain
        return _call(executor, field, declared, declared.base_resolver, node)
    if (
        _name(field.resolve) not in (f"{_OF_FIELD}_get_basic_result", f"{_OF_FIELD}_resolver")
        or declared.arguments
        or declared.default_resolver is not getattr
        or not declared.python_name.isidentifier()
        or iskeyword(declared.python_name)
    ):
        raise NotPlain
    return Attribute(declared.python_name)


def _name(function: Any) -> str:
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"


def _call(
    executor: Executor,
    field: GraphQLField,
    declared: StrawberryField,
    resolver: StrawberryResolver[Any],
    node: FieldNode,
) -> Call:
    function = resolver.wrapped_func
    if (
        type(resolver) is not StrawberryResolver
        or resolver.info_parameter
        or not (inspect.isfunction(function) or inspect.ismethod(function))
        or _TAKEN & set(field.args)
    ):
        raise NotPlain
    _refuse_own_building(field.args.values())
    # Strawberry's own way from a field to its schema.
    converter = cast(Any, executor.schema)._strawberry_schema.schema_converter

    def given(executor: Executor) -> Arguments:
        values = get_argument_values(
            field, node, executor.variable_values, hide_suggestions=executor.hide_suggestions
        )
        return convert_arguments(values, declared.arguments, converter.scalar_registry, converter.config)

    steady = all(_is_steady(argument) for argument in field.args.values())
    asks = any(isinstance(argument.value, VariableNode) for argument in node.arguments or ())
    try:
        fixed = given(executor) if steady and not asks else None
    except Exception:  # noqa: BLE001 - the standard executor says what is wrong with it
        raise NotPlain from None
    names = [one.name for one in (resolver.parent_parameter, resolver.root_parameter) if one]
    return Call(
        function=function,
        row_first=resolver.self_parameter is not None,
        row_names=tuple(dict.fromkeys(names)),
        fixed=fixed,
        given=given,
        steady=steady,
    )


def _is_steady(argument: GraphQLArgument) -> bool:
    """Its values cannot be changed by whoever gets them."""
    type_ = argument.type.of_type if isinstance(argument.type, GraphQLNonNull) else argument.type
    return is_specified_scalar_type(type_) or is_enum_type(type_)  # type: ignore[arg-type]


def _refuse_own_building(arguments: Any, seen: frozenset[str] = frozenset()) -> None:
    """An input that builds itself from `info` cannot be built without."""
    for argument in arguments:
        type_ = get_named_type(argument.type)
        if isinstance(type_, GraphQLInputObjectType) and type_.name not in seen:
            definition = type_.extensions.get(DEFINITION)
            if not isinstance(definition, StrawberryObjectDefinition) or definition.from_input:
                raise NotPlain
            _refuse_own_building(type_.fields.values(), seen | {type_.name})


def classes_of(type_: GraphQLObjectType) -> tuple[type, ...] | None:
    """The classes whose rows pass for this type; None when any row does."""
    if type_.is_type_of is None:
        return None
    definition = type_.extensions.get(DEFINITION)
    if (
        _name(type_.is_type_of) != _OF_OBJECT
        or not isinstance(definition, StrawberryObjectDefinition)
        or definition.concrete_of
    ):
        raise NotPlain
    return (*[interface.origin for interface in definition.interfaces], definition.origin)


def refuse_unless_by_class(abstract: GraphQLAbstractType) -> None:
    """Only where strawberry itself tells what a row is, by the row's class."""
    if _name(abstract.resolve_type) not in _OF_ABSTRACT:
        raise NotPlain
    definition = abstract.extensions.get(DEFINITION)
    if type(definition) not in (StrawberryObjectDefinition, StrawberryUnion):
        raise NotPlain


def type_of_class(schema: GraphQLSchema, abstract: GraphQLAbstractType, row: type) -> GraphQLObjectType:
    """The object type that strawberry declares for this class; a class without is a surprise."""
    definition: Any = getattr(row, "__strawberry_definition__", None)
    type_ = schema.get_type(definition.name) if isinstance(definition, StrawberryObjectDefinition) else None
    if (
        not isinstance(type_, GraphQLObjectType)
        or type_.extensions.get(DEFINITION) is not definition
        or type_.extensions[DEFINITION].is_graphql_generic
        or type_.extensions[DEFINITION].concrete_of
        or not schema.is_sub_type(abstract, type_)
    ):
        raise Surprise
    return type_
