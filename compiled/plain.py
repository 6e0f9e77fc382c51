"""The two ways out of compiled code; either way the standard executor does the value."""

from typing import Any

from graphql import Undefined
from strawberry.execution import optimized_is_awaitable


class NotPlain(Exception):
    """The selection holds something only the standard executor can do: known before any row is seen."""


class Surprise(Exception):
    """A row or value is not what the function is for: known when it comes along."""


def refuse_odd(value: Any) -> None:
    """Nothing that the standard executor would await, raise or take for null."""
    if value is None or value is Undefined or isinstance(value, Exception) or optimized_is_awaitable(value):
        raise Surprise
