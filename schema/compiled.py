"""A selection of plain attributes becomes one Python function.

graphql-core's machinery per field is over nine tenths of the cost of a list. When everything below
an object or a list is an attribute of its row, the selection is compiled into a function and cached
with its document. Whatever is not plain (a resolver, an argument, an abstract type, a directive) is
left to the standard executor, and so is every row that surprises the function: a null where none may
be, an exception, an awaitable, a value that does not fit. The standard executor then does that value
over, so that errors are its own, word for word.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    Undefined,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetails, FieldDetailsList
from graphql.language import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.field import StrawberryField

Compiled = Callable[[Any], Any]
Cache = dict[tuple[Any, ...], tuple[list[FieldNode], Compiled | None]]

_MISSING = object()


class Surprise(Exception):
    """The row is not what the compiled function is for."""


class NotPlain(Exception):
    """The selection holds something only the standard executor can do."""


class CompiledExecutor(StrawberryGraphQLCoreExecutionContext):
    """The standard executor, which hands plain selections to compiled functions.

    `compiled` is the cache of the document at hand; without one, functions live for one request.
    """

    def __init__(self, *args: Any, compiled: Cache | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.compiled: Cache = {} if compiled is None else compiled

    def complete_list_value(
        self,
        return_type: GraphQLList[Any],
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        made = self._made_by_function(return_type, field_details_list, result)
        if made is not _MISSING:
            return made
        return super().complete_list_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        made = self._made_by_function(return_type, field_details_list, result)
        if made is not _MISSING:
            return made
        return super().complete_object_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def _made_by_function(
        self, type_: GraphQLOutputType, field_details_list: FieldDetailsList, result: Any
    ) -> Any:
        function = self._function_for(type_, field_details_list)
        if function is None:
            return _MISSING
        try:
            return function(result)
        except Exception:  # noqa: BLE001 - the standard executor repeats it and reports
            return _MISSING

    def _function_for(
        self, type_: GraphQLOutputType, field_details_list: FieldDetailsList
    ) -> Compiled | None:
        if self.middleware_manager and self.middleware_manager.middlewares:
            return None
        # Two selections that share their first node may differ in the rest: every node counts.
        key = (id(type_), *[id(details.node) for details in field_details_list])
        known = self.compiled.get(key)
        if known is None:
            # The nodes are kept so that their ids stay theirs.
            known = [details.node for details in field_details_list], self._compile(type_, field_details_list)
            self.compiled[key] = known
        return known[1]

    def _compile(self, type_: GraphQLOutputType, field_details_list: FieldDetailsList) -> Compiled | None:
        try:
            return _Writer(self).function(type_, field_details_list)
        except NotPlain:
            return None


class _Writer:
    """Writes the source of one function, with one inner function per object type in the selection."""

    def __init__(self, executor: CompiledExecutor) -> None:
        self._executor = executor
        self._lines: list[str] = []
        self._names: dict[str, Any] = {"Surprise": Surprise}

    def function(self, type_: GraphQLOutputType, field_details_list: FieldDetailsList) -> Compiled:
        self._refuse_directives(field_details_list)
        expression = self._not_null("value", type_, field_details_list)
        self._lines.append(f"def compiled(value):\n    return {expression}")
        exec("\n".join(self._lines), self._names)  # noqa: S102 - only names of our own schema go in
        return cast(Compiled, self._names["compiled"])

    def _bind(self, prefix: str, thing: Any) -> str:
        name = f"{prefix}{len(self._names)}"
        self._names[name] = thing
        return name

    def _value(self, source: str, type_: GraphQLOutputType, nodes: FieldDetailsList) -> str:
        """An expression for a value that may be null unless its type says otherwise."""
        if isinstance(type_, GraphQLNonNull):
            return self._not_null(source, type_.of_type, nodes)
        return f"None if {source} is None else {self._not_null(source, type_, nodes)}"

    def _not_null(self, source: str, type_: GraphQLOutputType, nodes: FieldDetailsList) -> str:
        if isinstance(type_, GraphQLList):
            item = self._value("item", type_.of_type, nodes)
            name = self._bind("list", None)
            self._lines.append(
                f"def {name}(items):\n"
                "    if type(items) is not list and type(items) is not tuple:\n"
                "        raise Surprise\n"
                f"    return [{item} for item in items]"
            )
            return f"{name}({source})"
        if is_leaf_type(type_):
            return self._leaf(source, type_)
        if isinstance(type_, GraphQLObjectType) and not type_.is_type_of:
            return f"{self._object(type_, nodes)}({source})"
        raise NotPlain

    def _leaf(self, source: str, type_: GraphQLLeafType) -> str:
        if isinstance(type_, GraphQLEnumType):
            return f"{self._bind('names', _names(type_))}[{source}]"
        careful = f"{self._bind('leaf', _careful(type_))}({source})"
        quick = _QUICK.get(type_.name)
        if quick is None:
            return careful
        condition, written = quick
        self._names.update(datetime=datetime, date=date)
        return f"({written.format(source)} if {condition.format(source)} else {careful})"

    def _object(self, type_: GraphQLObjectType, nodes: FieldDetailsList) -> str:
        for details in nodes:
            if details.node.selection_set:
                self._refuse_anything_conditional(details.node.selection_set, set())
        grouped = self._executor.collect_subfields(type_, nodes).grouped_field_set
        name = self._bind("object", None)
        plain = self._bind("plain", set())
        check = self._bind("check", _check_plain)
        body = [f"def {name}(row):", f"    if type(row) not in {plain}:", f"        {check}(row, {plain})"]
        pairs = []
        for index, (response_name, details_list) in enumerate(grouped.items()):
            field_name = details_list[0].node.name.value
            if field_name == "__typename":
                pairs.append(f"{response_name!r}: {type_.name!r}")
                continue
            field = self._executor.schema.get_field(type_, field_name)
            body.append(f"    v{index} = row.{_attribute(field)}")
            value = self._value(f"v{index}", cast(GraphQLField, field).type, details_list)
            pairs.append(f"{response_name!r}: {value}")
        body.append(f"    return {{{', '.join(pairs)}}}")
        self._lines.extend(body)
        return name

    def _refuse_anything_conditional(self, selection_set: SelectionSetNode, seen: set[str]) -> None:
        for node in selection_set.selections:
            if node.directives:
                raise NotPlain
            if isinstance(node, FragmentSpreadNode):
                spread = node.name.value
                fragment = self._executor.fragments.get(spread)
                if fragment is None or fragment.variable_signatures:
                    raise NotPlain
                if spread not in seen:
                    seen.add(spread)
                    self._refuse_anything_conditional(fragment.definition.selection_set, seen)
            elif isinstance(node, InlineFragmentNode):
                self._refuse_anything_conditional(node.selection_set, seen)

    @staticmethod
    def _refuse_directives(nodes: FieldDetailsList) -> None:
        """`@skip` on the field itself was decided before; inside fragments with variables it is not."""
        details: FieldDetails
        for details in nodes:
            if details.fragment_variable_values is not None or details.defer_usage is not None:
                raise NotPlain


def _attribute(field: GraphQLField | None) -> str:
    """The Python attribute a field stands for, if that is all there is to it."""
    declared = field.extensions.get("strawberry-definition") if field else None
    if (
        not isinstance(declared, StrawberryField)
        or not declared.is_basic_field
        or declared.arguments
        or declared.default_resolver is not getattr
        or type(declared).get_result is not StrawberryField.get_result
    ):
        raise NotPlain
    return declared.python_name


# What is already as it must be, or nearly, is told by its class alone.
_QUICK = {
    "String": ("type({0}) is str", "{0}"),
    "ID": ("type({0}) is str", "{0}"),
    "Boolean": ("{0} is True or {0} is False", "{0}"),
    "Int": ("type({0}) is int and -2147483648 <= {0} <= 2147483647", "{0}"),
    "Date": ("type({0}) is date", "{0}.isoformat()"),
    "DateTime": ("type({0}) is datetime and {0}.tzinfo is not None", "{0}.isoformat()"),
}


def _careful(type_: GraphQLLeafType) -> Compiled:
    """Serialises one value as the standard executor would, or gives it up."""
    coerce = type_.coerce_output_value

    def leaf(value: Any) -> Any:
        if (
            value is None
            or value is Undefined
            or isinstance(value, Exception)
            or optimized_is_awaitable(value)
        ):
            raise Surprise
        written = coerce(value)
        if written is None or written is Undefined:
            raise Surprise
        return written

    return leaf


def _names(type_: GraphQLEnumType) -> dict[Any, str]:
    """The names of an enum by its values and by its members; anything else is a surprise."""
    values = {value.value: name for name, value in type_.values.items()}
    members = getattr(type_, "wrapped_cls", ())
    return {**values, **{member: values[member.value] for member in members if member.value in values}}


def _check_plain(row: Any, plain: set[type]) -> None:
    """Once per class of row: nothing that the standard executor would await, raise or take for null."""
    if row is None or row is Undefined or isinstance(row, Exception) or optimized_is_awaitable(row):
        raise Surprise
    plain.add(type(row))
