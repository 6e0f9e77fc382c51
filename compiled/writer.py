"""Writes the source of one function for one selection.

The function is one level of loops and assignments: every value stands in a variable of its own and is
completed in place, statement by statement, so that no row and no field costs a call.

    def compiled(v0, executor):
        c2 = None
        if type(v0) is not list and type(v0) is not tuple: raise Surprise
        r1 = []
        for v1 in v0:
            if type(v1) is not c2: c2 = check3(v1)
            v4 = v1.name
            if type(v4) is not str: v4 = leaf5(v4)
            v1 = {'name': v4}
            r1.append(v1)
        v0 = r1
        return v0
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLField,
    GraphQLID,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.language import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE

from compiled.declared import (
    Attribute,
    Call,
    Executor,
    classes_of,
    refuse_unless_by_class,
    source_of,
    type_of_class,
)
from compiled.leaves import UNLESS, UUIDS, WRITTEN, coercion, id_of, judged, names_of
from compiled.plain import NotPlain, Surprise, refuse_odd

Compiled = Callable[[Any, Executor], Any]

MOST_FIELDS = 2_000
"""A selection that fragments blow up beyond this stays with the standard executor."""
CONDITIONS = {"skip", "include"}


def compile_selection(executor: Executor, type_: GraphQLOutputType, nodes: FieldDetailsList) -> Compiled:
    """A function that answers as the standard executor would, or raises; NotPlain when none can."""
    for details in nodes:
        if details.fragment_variable_values is not None or details.defer_usage is not None:
            raise NotPlain
        # Whether the field itself is there was decided before; @stream and whatever else was not.
        if any(directive.name.value not in CONDITIONS for directive in details.node.directives or ()):
            raise NotPlain
        if details.node.selection_set:
            _refuse_directives(executor, details.node.selection_set, set())
    return _Writer(executor).function(type_, nodes)


def _refuse_directives(executor: Executor, selection_set: SelectionSetNode, seen: set[str]) -> None:
    """Below, nothing may depend on variables but arguments."""
    for node in selection_set.selections:
        if node.directives:
            raise NotPlain
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            fragment = executor.fragments.get(name)
            if fragment is None or fragment.variable_signatures:
                raise NotPlain
            if name not in seen:
                seen.add(name)
                _refuse_directives(executor, fragment.definition.selection_set, seen)
        elif isinstance(node, (FieldNode, InlineFragmentNode)) and node.selection_set:
            _refuse_directives(executor, node.selection_set, seen)


class _Writer:
    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._lines: list[str] = []
        self._first: list[str] = []
        self._indent = 1
        self._fields = 0
        self._lists = 0
        self._things: dict[str, Any] = {"Surprise": Surprise}

    def function(self, type_: GraphQLOutputType, nodes: FieldDetailsList) -> Compiled:
        self._complete("v0", type_, nodes)
        self._write("return v0")
        source = "\n".join(["def compiled(v0, executor):", *self._first, *self._lines])
        try:
            exec(source, self._things)  # noqa: S102 - only names out of a schema and a valid document go in
        except (SyntaxError, RecursionError, MemoryError):
            # Deeper than Python nests.
            raise NotPlain from None
        return cast(Compiled, self._things["compiled"])

    def _write(self, line: str) -> None:
        self._lines.append("    " * self._indent + line)

    @contextmanager
    def _under(self, line: str) -> Iterator[None]:
        self._write(line)
        self._indent += 1
        yield
        self._indent -= 1

    def _new(self, prefix: str) -> str:
        self._things[name := f"{prefix}{len(self._things)}"] = None
        return name

    def _bind(self, prefix: str, thing: Any) -> str:
        self._things[name := self._new(prefix)] = thing
        return name

    def _at_first(self, name: str, value: str) -> str:
        self._first.append(f"    {name} = {value}")
        return name

    def _complete(self, value: str, type_: GraphQLOutputType, nodes: FieldDetailsList) -> None:
        """Statements that turn the variable into what is answered. None is a surprise where none may be."""
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        nullable = inner is type_
        if is_leaf_type(inner):
            self._leaf(value, inner, nullable)
        elif nullable:
            with self._under(f"if {value} is not None:"):
                self._composite(value, inner, nodes)
        else:
            self._composite(value, inner, nodes)

    def _composite(self, value: str, type_: GraphQLOutputType, nodes: FieldDetailsList) -> None:
        if isinstance(type_, GraphQLList):
            self._list(value, type_, nodes)
        elif isinstance(type_, GraphQLObjectType):
            self._object(value, type_, nodes)
        elif is_abstract_type(type_):
            refuse_unless_by_class(type_)
            self._write(f"{value} = {self._bind('each', _ByClass(type_, nodes))}({value}, executor)")
        else:
            raise NotPlain

    def _leaf(self, value: str, type_: GraphQLLeafType, nullable: bool) -> None:
        present = f" and {value} is not None" if nullable else ""
        if type_ is GraphQLID:
            known, other = self._bind("uuids", UUIDS), self._bind("id", id_of)
            written = f"str({value}) if type({value}) in {known} else {other}({value})"
            self._write(f"if type({value}) is not str{present}: {value} = {written}")
            return
        coerce = self._bind("leaf", coercion(type_))
        unless = UNLESS.get(type_)
        if unless:
            condition = unless.format(value)
            condition = f"({condition})" if " or " in condition else condition
            self._write(f"if {condition}{present}: {value} = {coerce}({value})")
            return
        names = names_of(type_)
        if names is not None:
            guard = f"if {value} is not None: " if nullable else ""
            self._write(f"{guard}{value} = {self._bind('names', names)}[{value}]")
            return
        usual = WRITTEN.get(type_.coerce_output_value)
        if usual is not None:
            class_, written = usual
            self._write(
                f"if type({value}) is {self._bind('class', class_)}: {value} = {written.format(value)}"
            )
            self._write(f"{f'elif {value} is not None' if nullable else 'else'}: {value} = {coerce}({value})")
        elif nullable:
            with self._under(f"if {value} is not None:"):
                self._coerced(value, type_)
        else:
            self._coerced(value, type_)

    def _coerced(self, value: str, type_: GraphQLLeafType) -> None:
        self._refuse_odd(value, None)
        self._write(f"{value} = {self._bind('write', type_.coerce_output_value)}({value})")
        self._write(f"if type({value}) is not str: {value} = {self._bind('judged', judged)}({value})")

    def _refuse_odd(self, value: str, classes: tuple[type, ...] | None) -> None:
        """Looked at once for each class of value, and not again while the class stays the same."""
        last = self._at_first(self._new("c"), "None")
        check = self._bind("check", _check(classes))
        self._write(f"if type({value}) is not {last}: {last} = {check}({value})")

    def _list(self, value: str, type_: GraphQLList[Any], nodes: FieldDetailsList) -> None:
        self._write(f"if type({value}) is not list and type({value}) is not tuple: raise Surprise")
        made, item = self._new("r"), self._new("v")
        self._write(f"{made} = []")
        self._lists += 1
        with self._under(f"for {item} in {value}:"):
            if self._lists > 1 and not is_leaf_type(get_named_type(type_)):
                self._item_once(made, item, type_.of_type, nodes)
            else:
                self._complete(item, type_.of_type, nodes)
                self._write(f"{made}.append({item})")
        self._lists -= 1
        self._write(f"{value} = {made}")

    def _item_once(self, made: str, item: str, type_: GraphQLOutputType, nodes: FieldDetailsList) -> None:
        """Rows of a list often hold the same few things: each object is completed once. It is kept as long as the
        function runs, so that no other can have its identity."""
        known, row, there = self._at_first(self._new("o"), "{}"), self._new("v"), self._new("v")
        self._write(f"{there} = {known}.get(id({item}))")
        self._write(f"if {there} is not None: {made}.append({there}[1]); continue")
        self._write(f"{row} = {item}")
        self._complete(item, type_, nodes)
        self._write(f"{known}[id({row})] = {row}, {item}")
        self._write(f"{made}.append({item})")

    def _object(self, value: str, type_: GraphQLObjectType, nodes: FieldDetailsList) -> None:
        classes = classes_of(type_)
        self._refuse_odd(value, classes)
        if classes is not None:
            # One row of a class may be cast to another type.
            self._write(f"if getattr({value}, {TYPE_CAST_ATTRIBUTE!r}, None) is not None: raise Surprise")
        pairs = []
        for response_name, details in self._executor.collect_subfields(
            type_, nodes
        ).grouped_field_set.items():
            self._fields += 1
            if self._fields > MOST_FIELDS:
                raise NotPlain
            node = details[0].node
            if node.name.value == "__typename":
                pairs.append(f"{response_name!r}: {type_.name!r}")
                continue
            field = self._executor.schema.get_field(type_, node.name.value)
            source = source_of(self._executor, field, node)
            name = self._new("v")
            read = f"{value}.{source.name}" if isinstance(source, Attribute) else self._call(source, value)
            self._write(f"{name} = {read}")
            self._complete(name, cast(GraphQLField, field).type, details)
            pairs.append(f"{response_name!r}: {name}")
        self._write(f"{value} = {{{', '.join(pairs)}}}")

    def _call(self, call: Call, row: str) -> str:
        function = self._bind("resolve", call.function)
        first = [row] if call.row_first else []
        named = dict.fromkeys(call.row_names, row)
        if call.fixed is None:
            given = f"{self._bind('given', call.given)}(executor)"
            spread = self._at_first(self._new("a"), given) if call.steady else given
            return f"{function}({', '.join([*first, f'**{{**{spread}, {_dict(named)}}}' if named else f'**{spread}'])})"
        named = {**{name: self._bind("given", one) for name, one in call.fixed.items()}, **named}
        if inspect.isfunction(call.function):
            # In their places, as far as they go: that is the cheapest call.
            code = call.function.__code__
            for name in code.co_varnames[len(first) : code.co_argcount]:
                if name not in named:
                    break
                first.append(named.pop(name))
        return f"{function}({', '.join([*first, *[f'{name}={one}' for name, one in named.items()]])})"


def _dict(named: dict[str, str]) -> str:
    return ", ".join(f"{name!r}: {one}" for name, one in named.items())


def _check(classes: tuple[type, ...] | None) -> Callable[[Any], type]:
    """Tells the class of a value whose class is fit; what is fit is remembered."""
    fit: set[type] = set()

    def check(value: Any) -> type:
        row = type(value)
        if row not in fit:
            if classes is not None and not issubclass(row, classes):
                raise Surprise
            refuse_odd(value)
            fit.add(row)
        return row

    return check


class _ByClass:
    """One function for each class of row that has come along."""

    def __init__(self, abstract: GraphQLAbstractType, nodes: FieldDetailsList) -> None:
        self._abstract = abstract
        self._nodes = nodes
        self._functions: dict[type, Compiled] = {}

    def __call__(self, row: Any, executor: Executor) -> Any:
        function = self._functions.get(type(row))
        if function is None:
            type_ = type_of_class(executor.schema, self._abstract, type(row))
            function = self._functions[type(row)] = compile_selection(executor, type_, self._nodes)
        if getattr(row, TYPE_CAST_ATTRIBUTE, None) is not None:
            raise Surprise
        return function(row, executor)
