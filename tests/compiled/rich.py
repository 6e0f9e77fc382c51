"""A schema with every shape the executors can meet, for comparing them. Rows are any objects."""

import enum
from collections.abc import Generator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar, cast

import strawberry
from strawberry.permission import BasePermission
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

Moment = strawberry.scalar(
    name="Moment",
    serialize=lambda moment: None if moment.year < 2000 else moment.isoformat(),
    parse_value=datetime.fromisoformat,
)
MomentType = type("MomentType", (), {})
AwareType = type("AwareType", (), {})
Day = strawberry.scalar(name="Date", serialize=date.isoformat, parse_value=date.fromisoformat)
Row = strawberry.Parent[Any]
Item = TypeVar("Item")


class Awaited:
    """A value that must be awaited first."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __await__(self) -> Generator[None, None, Any]:
        yield from ()
        return self.value


def _louder(text: str) -> Any:
    return Awaited(text) if text == "later" else text.upper()


Aware = strawberry.scalar(name="String2", serialize=_louder, parse_value=str.lower)


class Raises:
    """A row most of whose attributes raise."""

    id = "9"
    name = "raises"

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"no {name}")


class Alarm(Exception):
    """An exception that looks like a row."""

    id = "8"
    name = "alarm"


@strawberry.enum
class Paint(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


@strawberry.enum
class Rank(enum.Enum):
    ONE = 1
    YES = "yes"


@strawberry.input
class Shape:
    sides: int = 4
    paint: Paint | None = Paint.BLUE
    names: list[str] = strawberry.field(default_factory=list)
    day: date | None = None
    inner: "Shape | None" = strawberry.UNSET

    def __post_init__(self) -> None:
        if self.sides < 0:
            raise ValueError("fewer than no sides")


@strawberry.interface
class Named:
    name: str


@strawberry.interface
class Weighed(Named):
    weight: float | None


@strawberry.type
class Thing(Weighed):
    paint: Paint | None = None


@strawberry.type
class Pet(Named):
    owner: "Person | None" = None

    @strawberry.field
    def call(self, times: int = 1) -> str:
        return " ".join([self.name] * times)


@strawberry.type
class Place:
    name: str
    code: strawberry.ID | None
    residents: "list[Person]"


@strawberry.type
class Stone:
    """Of no interface and no union."""

    name: str


@strawberry.type
class Box(Generic[Item]):
    item: Item
    items: list[Item]


class Never(BasePermission):
    message = "not you"

    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        return bool(source.id != "12")


WRONG: list[Any] = [
    None,
    "text",
    7,
    2**40,
    True,
    1.5,
    float("nan"),
    float("inf"),
    [],
    [None],
    ["a", None, 3],
    {"a": 1},
    {"red"},
    Awaited("later"),
    Awaited(None),
    Awaited(3),
    Alarm("as a value"),
    ValueError("as a value"),
    Raises(),
    object(),
    datetime(2026, 2, 9, 9),
    datetime(1999, 2, 9, 9),
    Thing(name="los", weight=None),
    Paint.BLUE,
]
Either = Annotated["Person | Place | Thing | Pet", strawberry.union("Either")]


@strawberry.type
class Person:
    id: strawberry.ID
    name: str
    nick: str | None
    age: int | None
    height: int
    score: float | None
    active: bool
    paint: Paint | None
    paints: list[Paint]
    rank: Rank | None
    born: datetime | None
    day: date | None
    price: Decimal | None
    extra: JSON | None  # type: ignore[valid-type]
    seen: MomentType | None  # type: ignore[valid-type]
    loud: AwareType | None  # type: ignore[valid-type]
    tags: list[str]
    grid: list[list[int | None]] | None
    boss: "Person | None"
    friends: "list[Person]"
    rivals: "list[Person | None] | None"
    home: Place
    toys: list[Thing]
    toy: Named | None
    heavy: list[Weighed]
    owned: list[Named | None] | None
    find: Either | None
    finds: list[Either]
    box: Box[int] | None

    @strawberry.field
    def greeting(self, loud: bool = False) -> str:
        return f"{'HALLO' if loud else 'hallo'} {self.name}"

    @strawberry.field
    def echo(
        root: Row,  # noqa: N805
        text: str = "x",
        id: strawberry.ID | None = None,
        whole: int | None = 3,
        part: float | None = None,
        yes: bool | None = None,
        paint: Paint = Paint.RED,
        rank: Rank | None = None,
    ) -> str:
        return repr((root.id, text, id, whole, part, yes, paint, rank))

    @strawberry.field
    def built(
        root: Row,  # noqa: N805
        shape: Shape | None = None,
        shapes: list[Shape | None] | None = None,
        on: date | None = None,
        price: Decimal | None = None,
        extra: JSON | None = None,  # type: ignore[valid-type]
        words: list[str] = ["one"],  # noqa: B006 - each call gets a list of its own
    ) -> str:
        # What it got is its own: the next row must not see this.
        words.append("more")
        if shape:
            shape.names.append("own")
        return repr((root.id, shape, shapes, on, price, extra, words))

    @strawberry.field
    def required(self, nth: int, shape: Shape | None = strawberry.UNSET) -> str | None:
        return f"{nth} {shape is strawberry.UNSET}" if nth >= 0 else None

    @strawberry.field
    def friend(self, nth: int = 0) -> "Person":
        return self.friends[nth] if len(self.friends) > nth else self

    @strawberry.field
    def some(self, most: int | None = 2) -> "list[Person] | None":
        return self.friends[:most] if isinstance(self.friends, list) else None

    @strawberry.field
    def chosen(self, nth: int = 0) -> Either | None:
        return self.finds[nth] if len(self.finds) > nth else None

    @strawberry.field
    def odd(self, nth: int = 0) -> str | None:
        return cast(str | None, WRONG[nth])

    @strawberry.field
    def odder(self, nth: int = 0) -> list[Paint]:
        return cast(list[Paint], WRONG[nth])

    @strawberry.field
    def named(self, other: Annotated[int, strawberry.argument(name="info")] = 0) -> int:
        return other

    @strawberry.field
    async def slow(self) -> int:
        return 7

    @strawberry.field
    def asked(self, info: strawberry.Info) -> str:
        return ".".join(str(key) for key in info.path.as_list())  # type: ignore[attr-defined]

    @strawberry.field(permission_classes=[Never])  # type: ignore[untyped-decorator]
    def guarded(self) -> str:
        return "in"


@strawberry.type
class Query:
    @strawberry.field
    async def people(self, info: strawberry.Info) -> list[Person]:
        return cast(list[Person], info.context["people"])

    @strawberry.field
    def maybe_people(self, info: strawberry.Info) -> list[Person | None] | None:
        return cast(list[Person | None], info.context["people"])

    @strawberry.field
    def person(self, info: strawberry.Info) -> Person | None:
        return cast(Person, info.context["people"][0])

    @strawberry.field
    def either(self, info: strawberry.Info) -> Either | None:
        return cast(Either | None, info.context["people"][0])

    @strawberry.field
    def all(self, info: strawberry.Info) -> list[Either | None] | None:
        return cast(list[Either | None], info.context["people"])


SCHEMA = strawberry.Schema(
    Query,
    types=[Thing, Pet, Stone],
    config=StrawberryConfig(scalar_map={MomentType: Moment, AwareType: Aware, date: Day}),
)
CORE = SCHEMA._schema
