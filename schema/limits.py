"""How much one document may ask.

The numbers leave room for whole portals and for introspection; what they stop is a document made to
keep a process busy, and ten passwords tried in one request under ten aliases.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    Visitor,
    get_named_type,
    visit,
)
from graphql.language import DirectiveNode
from graphql.type import GraphQLList, GraphQLNonNull

from schema.scalars import is_clean
from schema.visibility import ALONE, SIGN_IN

TOKENS = 4000
DEPTH = 12
INTROSPECTION_DEPTH = 20
FIELDS = 3000
ALIASES = 60
DIRECTIVES = 60
DEFINITIONS = 60
SAME_FIELD_PAIRS = 20_000
MUTATIONS = 10
COST = 100_000
ROOT_COST = 100
LIST_COST = 10
LARGEST_PAGE = 500


class TooMuch(GraphQLError):
    """The document asks more than one request may."""

    def __init__(self, message: str, *, code: str = "LIMIT_EXCEEDED") -> None:
        super().__init__(message, extensions={"code": code})


def check_shape(document: DocumentNode) -> None:
    """What can be seen without the schema; done before validation, whose own work grows with it."""
    if len(document.definitions) > DEFINITIONS:
        raise TooMuch(f"Een document heeft hier ten hoogste {DEFINITIONS} onderdelen.")
    visit(document, _TextsAndDirectives())
    walk = _Shape(_fragments(document))
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            walk.selection_set(definition.selection_set, depth=1, limit=DEPTH, paths={}, inside=())
    # Validation also goes through the fragments that nobody uses.
    for name in walk.fragments.keys() - walk.reached:
        unused = walk.fragments[name].selection_set
        walk.selection_set(unused, depth=1, limit=DEPTH, paths={}, inside=(name,))


def check_meaning(*, schema: GraphQLSchema, document: DocumentNode) -> None:
    """What needs the schema; done on a valid document."""
    fragments = _fragments(document)
    sign_ins = 0
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode):
            continue
        root = schema.get_root_type(definition.operation)
        if root is None:
            continue
        if definition.operation is OperationType.MUTATION:
            acts = [
                schema.get_field(root, node.name.value)
                for node in root_fields(definition.selection_set, fragments)
            ]
            if len(acts) > MUTATIONS:
                raise TooMuch(f"Ten hoogste {MUTATIONS} handelingen per verzoek.")
            sign_ins += sum(is_marked(act, SIGN_IN) for act in acts)
            # What came after it would run as who had just left.
            if len(acts) > 1 and any(is_marked(act, ALONE) for act in acts):
                raise TooMuch(
                    "Uitloggen doet u in een verzoek zonder andere handelingen.", code="LOGOUT_ALONE"
                )
        if _cost(schema, root, definition.selection_set, fragments, top=True) > COST:
            raise TooMuch("Deze vraag is te groot. Vraag minder velden, of kleinere bladzijden.")
    if sign_ins > 1:
        raise TooMuch("Eén aanmelding of wachtwoordhandeling per verzoek.", code="ONE_SIGN_IN_PER_DOCUMENT")


def root_fields(
    selection_set: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]
) -> list[FieldNode]:
    """The fields at the root, through fragments and under every alias."""
    found: list[FieldNode] = []
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            found.append(node)
        elif isinstance(node, InlineFragmentNode):
            found += root_fields(node.selection_set, fragments)
        elif isinstance(node, FragmentSpreadNode):
            found += root_fields(fragments[node.name.value].selection_set, fragments)
    return found


def is_marked(act: GraphQLField | None, mark: str) -> bool:
    """Whether a mutation was declared as a step, or as a sign-in."""
    declared: Any = act.extensions.get("strawberry-definition") if act else None
    return bool(declared is not None and declared.metadata.get(mark))


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }


class _TextsAndDirectives(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.directives = 0

    def enter_directive(self, _node: DirectiveNode, *_args: Any) -> None:
        self.directives += 1
        if self.directives > DIRECTIVES:
            raise TooMuch(f"Ten hoogste {DIRECTIVES} directives per document.")

    def enter_string_value(self, node: StringValueNode, *_args: Any) -> None:
        if not is_clean(node.value):
            raise TooMuch("Een tekst bevat tekens die niet bestaan.", code="BAD_CHARACTERS")


Paths = dict[str, Any]


@dataclass(slots=True)
class _Shape:
    """Walks a document with every fragment written out, within a budget.

    Fields under the same response path are compared with each other during validation: their
    pairs are what that work grows with.
    """

    fragments: dict[str, FragmentDefinitionNode]
    visited: int = 0
    aliases: int = 0
    pairs: int = 0
    reached: set[str] = field(default_factory=set)

    def selection_set(
        self,
        selection_set: SelectionSetNode,
        *,
        depth: int,
        limit: int,
        paths: Paths,
        inside: tuple[str, ...],
    ) -> None:
        if depth > limit:
            raise TooMuch(f"De vraag is te diep genest: ten hoogste {limit} lagen.")
        for node in selection_set.selections:
            self.visited += 1
            if self.visited > FIELDS:
                raise TooMuch(f"Ten hoogste {FIELDS} velden per document.")
            if isinstance(node, FieldNode):
                self._field(node, depth=depth, limit=limit, paths=paths, inside=inside)
            elif isinstance(node, InlineFragmentNode):
                self.selection_set(node.selection_set, depth=depth, limit=limit, paths=paths, inside=inside)
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                # A circle, or a fragment that is not there, is for validation to report.
                if name in self.fragments and name not in inside:
                    self.reached.add(name)
                    self.selection_set(
                        self.fragments[name].selection_set,
                        depth=depth,
                        limit=limit,
                        paths=paths,
                        inside=(*inside, name),
                    )

    def _field(
        self, node: FieldNode, *, depth: int, limit: int, paths: Paths, inside: tuple[str, ...]
    ) -> None:
        if node.alias:
            self.aliases += 1
            if self.aliases > ALIASES:
                raise TooMuch(f"Ten hoogste {ALIASES} aliassen per document.")
        here = paths.setdefault(node.alias.value if node.alias else node.name.value, {})
        count = here[None] = here.get(None, 0) + 1
        self.pairs += count - 1
        if self.pairs > SAME_FIELD_PAIRS:
            raise TooMuch("Hetzelfde veld staat er te vaak.")
        if node.selection_set:
            deeper = INTROSPECTION_DEPTH if node.name.value in ("__schema", "__type") else limit
            self.selection_set(node.selection_set, depth=depth + 1, limit=deeper, paths=here, inside=inside)


def _cost(
    schema: GraphQLSchema,
    parent: GraphQLNamedType,
    selection_set: SelectionSetNode,
    fragments: dict[str, FragmentDefinitionNode],
    *,
    top: bool = False,
) -> int:
    """Fields times the rows they may be asked for; a root field counts as a question to the database."""
    total = 0
    for node in selection_set.selections:
        if isinstance(node, FragmentSpreadNode):
            fragment = fragments[node.name.value]
            inner = schema.get_type(fragment.type_condition.name.value) or parent
            total += _cost(schema, inner, fragment.selection_set, fragments, top=top)
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            inner = (schema.get_type(condition.name.value) if condition else None) or parent
            total += _cost(schema, inner, node.selection_set, fragments, top=top)
        elif isinstance(node, FieldNode) and not node.name.value.startswith("__"):
            asked = schema.get_field(cast(GraphQLObjectType, parent), node.name.value)
            total += ROOT_COST if top else 1
            if asked is not None and node.selection_set:
                below = _cost(schema, get_named_type(asked.type), node.selection_set, fragments)
                total += _rows(node, asked, parent) * below
    return total


def _rows(node: FieldNode, asked: GraphQLField, parent: GraphQLNamedType) -> int:
    if "first" in asked.args:
        given = next((a.value for a in node.arguments or () if a.name.value == "first"), None)
        if isinstance(given, IntValueNode):
            return max(1, min(int(given.value), LARGEST_PAGE))
        return LARGEST_PAGE if given is not None else LIST_COST
    nullable = asked.type.of_type if isinstance(asked.type, GraphQLNonNull) else asked.type
    if isinstance(nullable, GraphQLList) and not parent.name.endswith("Connection"):
        return LIST_COST
    return 1
