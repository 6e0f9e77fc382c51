"""Which fields a client selected, so that nothing else is read."""

from collections.abc import Iterable
from typing import Any

from strawberry.types.nodes import FragmentSpread, InlineFragment, SelectedField
from strawberry.utils.str_converters import to_snake_case

from schema.context import Info


def selected(info: Info, *path: str) -> frozenset[str]:
    """The python names of the fields below this one, or below `path` (graphql names) under it."""
    level: list[Any] = list(_fields(field.selections for field in info.selected_fields))
    for step in path:
        level = [inner for field in level if field.name == step for inner in _fields([field.selections])]
    return frozenset(to_snake_case(field.name) for field in level)


def node_fields(info: Info) -> frozenset[str]:
    """The fields selected on the nodes of a connection, through `nodes` or `edges { node }`."""
    return selected(info, "nodes") | selected(info, "edges", "node")


def _fields(selections: Iterable[list[Any]]) -> Iterable[SelectedField]:
    for group in selections:
        for one in group:
            if isinstance(one, SelectedField):
                yield one
            elif isinstance(one, FragmentSpread | InlineFragment):
                yield from _fields([one.selections])
