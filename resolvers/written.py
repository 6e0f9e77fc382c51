"""Hot reads: the ORM writes a statement once for each shape of what it is asked, the driver runs it ever after (ADR 0005).

    @written
    def _logins(*, pupil_ids: Sequence[UUID]) -> Select:
        return scope.of_ids(pupil_ids, ParentLogin).values_list("pupil_id", "status")

    rows = await _logins(pupil_ids=ids)

Writing costs as much as running. So the function below `@written` is called with marks in the place of values, and
where a mark lands among the parameters its value goes from then on. What is None, a bool, an enum's member, an empty
collection, a `Shape` or `Fixed` belongs to the shape; a function may look at those, and at nothing else of what it is given. It is held to
that: each statement is written twice, with other marks, and must be the same; and every value must reach it.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache, update_wrapper
from itertools import count
from typing import Any, Generic, ParamSpec, Protocol
from uuid import UUID, uuid4

from tortoise.connection import get_connection

from resolvers.rows import sql_of
from resolvers.viewer import Viewer

P = ParamSpec("P")


class Shape(str):
    """A text that belongs to the shape: the function may look at it."""

    __slots__ = ()


class Fixed(int):
    """A number that belongs to the shape: where a plan for any number would be another than one for this."""


Records = Sequence[Any]
MOST_SHAPES = 1024
"""Of one function; beyond that the shape used longest ago is written anew."""


class Select(Protocol):
    """What `values_list()` and `count()` of a queryset give."""

    query: Any

    def _make_query(self) -> None: ...


class Statement:
    """SQL, and for each of its parameters the place of its value among what is given."""

    __slots__ = ("_places", "sql")

    def __init__(self, *, sql: str, places: list[int]) -> None:
        self.sql = sql
        self._places = places

    def values(self, given: list[Any]) -> list[Any]:
        return [given[place] for place in self._places]


class written(Generic[P]):  # noqa: N801 - a decorator
    """`build` makes a query of its arguments; to call it is to run that and to get the driver's records.

    A text that says which columns to read is a `Shape`, not a value.
    """

    def __init__(self, build: Callable[P, Select]) -> None:
        self._build = build
        self._known: OrderedDict[tuple[Any, ...], Statement] = OrderedDict()
        update_wrapper(self, build)

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Records:
        statement, given = self._statement(args, kwargs)
        _, records = await get_connection("default").execute_query(statement.sql, statement.values(given))
        return records

    async def anew(self, *args: P.args, **kwargs: P.kwargs) -> Records:
        """The same, written for these values alone: for what must be looked at, such as a name that is sought."""
        sql, values = _sql_of(self._build(*args, **kwargs))
        _, records = await get_connection("default").execute_query(sql, values)
        return records

    def sql(self, *args: P.args, **kwargs: P.kwargs) -> tuple[str, list[Any]]:
        """What is run, and the values that go with it."""
        statement, given = self._statement(args, kwargs)
        return statement.sql, statement.values(given)

    def _statement(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Statement, list[Any]]:
        shape: list[Any] = []
        given: list[Any] = []
        for value in args:
            _take(value, shape, given)
        for name, value in kwargs.items():
            shape.append(name)
            _take(value, shape, given)
        key = tuple(shape)
        statement = self._known.get(key)
        if statement is not None:
            self._known.move_to_end(key)
            return statement, given
        statement = self._known[key] = _write(self._build, args, kwargs)
        if len(self._known) > MOST_SHAPES:
            self._known.popitem(last=False)
        return statement, given


def _take(value: Any, shape: list[Any], given: list[Any]) -> None:
    """Add what belongs to the shape to the one, and what is a value to the other."""
    if value is None or isinstance(value, bool | Enum | Shape | Fixed):
        shape.append(value)
    elif isinstance(value, list | tuple | set | frozenset):
        shape.append(bool(value))
        if value:
            given.append(value if isinstance(value, list) else list(value))
    elif is_dataclass(value) and not isinstance(value, type):
        shape.append(type(value))
        for name in _names(type(value)):
            _take(getattr(value, name), shape, given)
    else:
        shape.append(type(value))
        given.append(value)


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


class _Mark:
    """Stands for a value. `needed`: it must reach the statement; of the viewer only what scoping asks for does."""

    __slots__ = ("many", "needed", "stands_as")

    def __init__(self, stands_as: Any, *, many: bool, needed: bool) -> None:
        self.stands_as = stands_as
        self.many = many
        self.needed = needed

    def is_in(self, parameter: Any) -> bool:
        """The ORM writes an id as a text; the driver takes either."""
        if isinstance(self.stands_as, UUID) and isinstance(parameter, str):
            return parameter == str(self.stands_as)
        return type(parameter) is type(self.stands_as) and parameter == self.stands_as


def _write(build: Callable[..., Select], args: Sequence[Any], kwargs: dict[str, Any]) -> Statement:
    """The statement of this shape. Raises `TypeError` for a function that looks at a value, or leaves one out."""
    (sql, parameters, marks), again = (_once(build, args, kwargs) for _ in range(2))
    places = [_place(value, marks) for value in parameters]
    always = [value if place is None else None for place, value in zip(places, parameters, strict=True)]
    others = [_place(value, again[2]) for value in again[1]]
    same = [value if place is None else None for place, value in zip(others, again[1], strict=True)]
    if (sql, places, always) != (again[0], others, same):
        raise TypeError(f"{build.__qualname__} looks at a value: its statement is not the same for another")
    if missing := {place for place, mark in enumerate(marks) if mark.needed} - set(places):
        raise TypeError(f"{build.__qualname__} leaves out a value: {sorted(missing)}")
    return _told(sql, places, always, marks)


def _told(sql: str, places: list[int | None], always: list[Any], marks: list[_Mark]) -> Statement:
    """What is always the same stands in the text: so a plan for all values may use an index of some rows alone."""
    numbers: list[int] = []

    def parameter(found: re.Match[str]) -> str:
        place = places[int(found["number"]) - 1]
        if place is None:
            return f"{found['before']}{_literal(always[int(found['number']) - 1])}{found['after']}"
        if place not in numbers:
            numbers.append(place)
        mine = f"${numbers.index(place) + 1}"
        if not marks[place].many:
            return f"{found['before']}{mine}{found['after']}"
        # A list is one parameter, however long: the statement stays the same.
        if found["before"] not in _ARRAYS or found["after"] != ")":
            raise TypeError(f"a list of one value stands elsewhere than after IN in: {sql}")
        return f"{_ARRAYS[found['before']]} ({mine})"

    return Statement(sql=_PARAMETER.sub(parameter, sql), places=numbers)


_PARAMETER = re.compile(r"(?P<before>(?:NOT IN|IN) \(|)\$(?P<number>\d+)(?P<after>\)?)")
_ARRAYS = {"IN (": "= ANY", "NOT IN (": "<> ALL"}


def _literal(value: Any) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case str():
            return "'" + value.replace("'", "''") + "'"
    raise TypeError(f"no literal for a {type(value).__name__}")


def _once(
    build: Callable[..., Select], args: Sequence[Any], kwargs: dict[str, Any]
) -> tuple[str, list[Any], list[_Mark]]:
    marks: list[_Mark] = []
    # In the order of `_take`; a generator in the call itself would run last.
    by_place = [_marked(value, marks) for value in args]
    by_name = {name: _marked(value, marks) for name, value in kwargs.items()}
    select = build(*by_place, **by_name)
    sql, parameters = _sql_of(select)
    return sql, parameters, marks


def _sql_of(select: Select) -> tuple[str, list[Any]]:
    """What is annotated would be selected twice: by its name, and among the columns, which have numbers."""
    select._make_query()
    chosen = select.query._selects
    numbered = [one for one in chosen if (one.alias or "").isdigit()]
    select.query._selects = numbered or chosen
    return sql_of(select.query)


def _marked(value: Any, marks: list[_Mark], *, needed: bool = True) -> Any:
    if value is None or isinstance(value, bool | Enum | Shape | Fixed):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        if not value:
            return value
        mark = _other(next(iter(value)))
        marks.append(_Mark(mark, many=True, needed=needed))
        return [mark]
    if is_dataclass(value) and not isinstance(value, type):
        needed = not isinstance(value, Viewer)
        marked = {name: _marked(getattr(value, name), marks, needed=needed) for name in _names(type(value))}
        return replace(value, **marked)
    mark = _other(value)
    marks.append(_Mark(mark, many=False, needed=needed))
    return mark


_numbers = count(1)


def _other(value: Any) -> Any:
    """Another value of this kind, that no statement holds by itself."""
    number = next(_numbers)
    match value:
        case UUID():
            return uuid4()
        case str():
            # Short: the ORM refuses what is longer than the column.
            return f"~{number}"
        case datetime():
            return datetime(1, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
        case date():
            return date(1, 1, 1) + timedelta(days=number)
        case int():
            return 1_900_000_000 + number
    raise TypeError(f"no mark stands for a {type(value).__name__}")


def _place(value: Any, marks: list[_Mark]) -> int | None:
    return next((place for place, mark in enumerate(marks) if mark.is_in(value)), None)
