"""Documents and rows to compare executors with: any valid selection, over rows that may be wrong."""

import random
from collections.abc import Generator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from tests.compiled.rich import Paint, Rank, Thing

LEAVES = {
    "Person": [
        "id",
        "name",
        "nick",
        "age",
        "height",
        "score",
        "active",
        "paint",
        "paints",
        "rank",
        "born",
        "day",
        "tags",
        "grid",
        "__typename",
    ],
    "Place": ["name", "code", "__typename"],
    "Named": ["name", "__typename"],
    "Thing": ["name", "weight", "__typename"],
}
COMPUTED = ["greeting", "greeting(loud: true)", "slow"]
NESTED = {
    "Person": {
        "boss": "Person",
        "friends": "Person",
        "rivals": "Person",
        "home": "Place",
        "toy": "Named",
        "toys": "Thing",
    },
    "Place": {"residents": "Person"},
    "Named": {},
    "Thing": {},
}
VARIABLES = {"yes": "true", "no": "false"}
CONDITIONS = ["", "", "", "", " @skip(if: $yes)", " @include(if: $yes)", " @include(if: $no)"]


class Awaited:
    """An attribute that must be awaited first."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __await__(self) -> Generator[None, None, Any]:
        yield from ()
        return self.value


class Raises:
    """A row one of whose attributes raises."""

    id = "9"
    name = "raises"

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"no {name}")


class Alarm(Exception):
    """An exception that looks like a row."""

    id = "8"
    name = "alarm"


class Document:
    """Writes one document, with choices drawn from `choose`."""

    def __init__(self, choose: random.Random, *, conditions: bool, computed: bool) -> None:
        self._choose = choose
        self._conditions = conditions
        self._computed = computed
        self.fragments: dict[str, str] = {}

    def _if(self) -> str:
        return self._choose.choice(CONDITIONS) if self._conditions else ""

    def selection(self, type_: str, depth: int) -> str:
        parts = []
        for _ in range(self._choose.randint(1, 5)):
            kind = self._choose.random()
            nested = NESTED[type_]
            if kind < 0.25 and nested and depth:
                field = self._choose.choice(list(nested))
                parts.append(f"{self._alias(field)}{self._if()} {self.selection(nested[field], depth - 1)}")
            elif kind < 0.35 and depth:
                parts.append(f"... on {type_}{self._if()} {self.selection(type_, depth - 1)}")
            elif kind < 0.42 and depth:
                parts.append(f"...{self._if()} {self.selection(type_, depth - 1)}")
            elif kind < 0.55 and depth:
                parts.append(f"...{self._fragment(type_, depth - 1)}{self._if()}")
            elif kind < 0.6 and self._computed and type_ == "Person":
                field = self._choose.choice(COMPUTED)
                parts.append(f"c{COMPUTED.index(field)}: {field}{self._if()}")
            else:
                parts.append(f"{self._alias(self._choose.choice(LEAVES[type_]))}{self._if()}")
        return "{ " + " ".join(parts) + " }"

    def _alias(self, field: str) -> str:
        # An alias belongs to one field, so that merged selections agree.
        return self._choose.choice([field, field, f"{field.strip('_')}X: {field}"])

    def _fragment(self, type_: str, depth: int) -> str:
        if self.fragments and self._choose.random() < 0.3:
            known = [name for name in self.fragments if name.startswith(type_) and self.fragments[name]]
            if known:
                return self._choose.choice(known)
        name = f"{type_}{len(self.fragments)}"
        self.fragments[name] = ""
        self.fragments[name] = f"fragment {name} on {type_} {self.selection(type_, depth)}"
        return name

    def text(self) -> str:
        roots = ["people", "maybePeople", "person", "either { __typename ... on Person { name } }"]
        asked = []
        for root in self._choose.sample(roots, self._choose.randint(1, 3)):
            asked.append(root if "{" in root else f"{root} {self.selection('Person', 3)}")
            if "{" not in root and self._choose.random() < 0.3:
                asked.append(f"{root} {self.selection('Person', 2)}")
        written = "\n".join([f"{{ {' '.join(asked)} }}", *self.fragments.values()])
        declared = [
            f"${name}: Boolean = {default}" for name, default in VARIABLES.items() if f"${name}" in written
        ]
        return f"query Q{'(' + ', '.join(declared) + ')' if declared else ''} {written}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document over the rich schema; some with conditions, some with resolvers, some plain."""
    choose = draw(st.randoms(use_true_random=False))
    return Document(choose, conditions=draw(st.booleans()), computed=draw(st.booleans())).text()


RIGHT: dict[str, list[Any]] = {
    "id": ["1", UUID(int=5), 12],
    "name": ["Zoë", "van der Łaan", ""],
    "nick": ["z", None],
    "age": [None, 11, -1],
    "height": [120, 0],
    "score": [None, 1.5, 2],
    "active": [True, False],
    "paint": [None, Paint.RED, "blue"],
    "paints": [[], [Paint.RED, "blue"], (Paint.BLUE,)],
    "rank": [None, Rank.ONE, "yes"],
    "born": [None, datetime(2026, 2, 9, 9, tzinfo=UTC)],
    "day": [None, date(2014, 5, 31)],
    "tags": [[], ["a", "b"], ("c",)],
    "grid": [None, [], [[1, None], [2]]],
    "toy": [None, Thing(name="bal", weight=0.5)],
    "toys": [[], [Thing(name="bal", weight=0.5), Thing(name="pop", weight=None)]],
}
WRONG: list[Any] = [
    None,
    "text",
    7,
    2**40,
    True,
    1.5,
    float("nan"),
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
    Thing(name="los", weight=None),
    Paint.BLUE,
]


class People:
    """Makes rows, now and then with something wrong in them."""

    def __init__(self, choose: random.Random, *, wrong: float) -> None:
        self._choose = choose
        self._wrong = wrong

    def _maybe(self, right: Any) -> Any:
        return self._choose.choice(WRONG) if self._choose.random() < self._wrong else right

    def person(self, depth: int) -> Any:
        row = {name: self._maybe(self._choose.choice(values)) for name, values in RIGHT.items()}
        row["boss"] = self._maybe(self.person(depth - 1) if depth and self._choose.random() < 0.5 else None)
        row["friends"] = self._maybe(self.people(depth - 1))
        row["rivals"] = self._maybe([*self.people(depth - 1), None] if self._choose.random() < 0.5 else None)
        home = SimpleNamespace(
            name="Diemen", code=self._maybe("x"), residents=self._maybe(self.people(depth - 1))
        )
        row["home"] = self._maybe(home)
        if self._choose.random() < self._wrong / 2:
            del row[self._choose.choice(list(row))]
        return SimpleNamespace(**row)

    def people(self, depth: int) -> list[Any]:
        if depth < 0:
            return []
        rows = [self.person(depth) for _ in range(self._choose.randint(0, 3))]
        return [self._maybe(row) for row in rows]


@st.composite
def people(draw: st.DrawFn) -> list[Any]:
    choose = draw(st.randoms(use_true_random=False))
    rows = People(choose, wrong=draw(st.sampled_from([0, 0.02, 0.1]))).people(2)
    return rows or [People(choose, wrong=0).person(1)]
