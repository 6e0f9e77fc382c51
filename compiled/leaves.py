"""Scalars and enums on their way out.

What is already as it must be is told by its class alone. Anything else goes to the type's own
`coerce_output_value`, and what that raises is a surprise like any other.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLNamedType,
    GraphQLString,
    Undefined,
)
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema_converter import CustomGraphQLEnumType

from compiled.plain import Surprise, refuse_odd

# By the type itself: somebody's own scalar may carry the same name.
UNLESS: dict[GraphQLNamedType, str] = {
    GraphQLString: "type({0}) is not str",
    GraphQLBoolean: "{0} is not True and {0} is not False",
    GraphQLInt: "type({0}) is not int or not -2147483648 <= {0} <= 2147483647",
    GraphQLFloat: "type({0}) is not float or not -1e999 < {0} < 1e999",
}
"""When a value still has to be coerced, for the scalars of the specification."""

WRITTEN: dict[Any, tuple[type, str]] = {
    date.isoformat: (date, "{0}.isoformat()"),
    datetime.isoformat: (datetime, "{0}.isoformat()"),
}
"""How a value of one class is written, by what a scalar serialises with."""


UUIDS: set[type] = {UUID}
"""Classes of UUIDs that have come along, a driver's own among them: the ID of one is its text."""


def id_of(value: Any) -> Any:
    """The ID of a value that is neither a text nor of one of these classes."""
    if isinstance(value, UUID):
        refuse_odd(value)
        UUIDS.add(type(value))
    return _ID(value)


def coercion(type_: GraphQLLeafType) -> Callable[[Any], Any]:
    """Serialises one value as the standard executor would, or gives it up."""
    coerce = type_.coerce_output_value

    def leaf(value: Any) -> Any:
        refuse_odd(value)
        return judged(coerce(value))

    return leaf


def judged(written: Any) -> Any:
    """What a scalar of somebody's own wrote: no null, nothing to await."""
    if written is None or written is Undefined or optimized_is_awaitable(written):
        raise Surprise
    return written


def names_of(type_: GraphQLLeafType) -> dict[Any, str] | None:
    """The names of an enum by its values and by its members; None for any other type."""
    if type(type_) not in (GraphQLEnumType, CustomGraphQLEnumType):
        return None
    values = {value.value: name for name, value in type_.values.items()}  # type: ignore[union-attr]
    members = getattr(type_, "wrapped_cls", ())
    return {**values, **{member: values[member.value] for member in members if member.value in values}}


_ID = coercion(GraphQLID)
