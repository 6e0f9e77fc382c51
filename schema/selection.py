"""Which fields a client selected, so that nothing else is read."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
)
from strawberry.utils.str_converters import to_snake_case

from schema.context import Info

Fragments = Mapping[str, FragmentDefinitionNode]
_python_name = lru_cache(maxsize=4096)(to_snake_case)


def selected(info: Info, *path: str) -> frozenset[str]:
    """The python names of the fields below this one, or below `path` (graphql names) under it."""
    raw = info._raw_info
    level = list(_below(raw.field_nodes, raw.fragments))
    for step in path:
        level = list(_below((node for node in level if node.name.value == step), raw.fragments))
    return frozenset(_python_name(node.name.value) for node in level)


def node_fields(info: Info) -> frozenset[str]:
    """The fields selected on the nodes of a connection, through `nodes` or `edges { node }`."""
    return selected(info, "nodes") | selected(info, "edges", "node")


def _below(nodes: Iterable[FieldNode], fragments: Fragments) -> Iterator[FieldNode]:
    for node in nodes:
        if node.selection_set is not None:
            yield from _fields(node.selection_set, fragments)


def _fields(selections: SelectionSetNode, fragments: Fragments) -> Iterator[FieldNode]:
    for one in selections.selections:
        if isinstance(one, FieldNode):
            yield one
        elif isinstance(one, InlineFragmentNode):
            yield from _fields(one.selection_set, fragments)
        elif isinstance(one, FragmentSpreadNode):
            yield from _fields(fragments[one.name.value].selection_set, fragments)
