"""The standard executor, which hands lists and objects to compiled functions."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLOutputType, GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetailsList
from graphql.language import FieldNode
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from compiled.plain import NotPlain
from compiled.writer import Compiled, compile_selection

Cache = dict[tuple[Any, ...], tuple[list[FieldNode], Compiled | None]]

_MISSING = object()


def _compiled_first(standard: Callable[..., Any]) -> Callable[..., Any]:
    def complete(
        self: "CompiledExecutor",
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        made = self._made_by_function(return_type, field_details_list, result)
        if made is not _MISSING:
            return made
        return standard(self, return_type, field_details_list, info, path, result, position_context)

    return complete


class CompiledExecutor(StrawberryGraphQLCoreExecutionContext):
    """The standard executor, which hands plain selections to compiled functions.

    `compiled` is the cache of the document at hand; without one, functions live for one request.
    """

    def __init__(self, *args: Any, compiled: Cache | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.compiled: Cache = {} if compiled is None else compiled

    complete_list_value = _compiled_first(StrawberryGraphQLCoreExecutionContext.complete_list_value)
    complete_object_value = _compiled_first(StrawberryGraphQLCoreExecutionContext.complete_object_value)

    def _made_by_function(
        self, type_: GraphQLOutputType, field_details_list: FieldDetailsList, result: Any
    ) -> Any:
        if self.middleware_manager and self.middleware_manager.middlewares:
            return _MISSING
        # Two selections that share their first node may differ in the rest: every node counts.
        key = (id(type_), *[id(details.node) for details in field_details_list])
        known = self.compiled.get(key)
        if known is None:
            # The nodes are kept so that their ids stay theirs.
            nodes = [details.node for details in field_details_list]
            known = self.compiled[key] = nodes, self._compile(type_, field_details_list)
        nodes, function = known
        if function is None:
            return _MISSING
        try:
            return function(result, self)
        except NotPlain:
            # A type that only a row brought up: from now on it is not tried.
            self.compiled[key] = nodes, None
        except Exception:  # noqa: BLE001, S110 - the standard executor repeats it and reports
            pass
        return _MISSING

    def _compile(self, type_: GraphQLOutputType, field_details_list: FieldDetailsList) -> Compiled | None:
        try:
            return compile_selection(self, type_, field_details_list)
        except (NotPlain, RecursionError):
            return None
