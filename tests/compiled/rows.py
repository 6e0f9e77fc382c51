"""Rows to compare executors over; now and then with something wrong in them."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import strawberry
from hypothesis import strategies as st

from tests.compiled.rich import WRONG, Paint, Person, Pet, Place, Rank, Stone, Thing

RIGHT: dict[str, list[Any]] = {
    "id": ["1", UUID(int=5), 12, "12"],
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
    "day": [None, date(2014, 5, 31), datetime(2026, 2, 9, 9, tzinfo=UTC)],
    "price": [None, Decimal("1.50")],
    "extra": [None, {"a": [1, None]}, 5],
    "seen": [None, datetime(2026, 2, 9, 9, tzinfo=UTC)],
    "loud": [None, "luid"],
    "tags": [[], ["a", "b"], ("c",)],
    "grid": [None, [], [[1, None], [2]]],
    "toy": [None, Thing(name="bal", weight=0.5), Pet(name="Rik")],
    "toys": [[], [Thing(name="bal", weight=0.5), Thing(name="pop", weight=None)]],
    "heavy": [[], [Thing(name="bal", weight=0.5)]],
    "owned": [None, [Pet(name="Rik"), None, Thing(name="bal", weight=1)]],
    "find": [None, Pet(name="Rik"), Place(name="hier", code=None, residents=[])],
    "finds": [[], [Thing(name="bal", weight=2), Place(name="hier", code=strawberry.ID("x"), residents=[])]],
    "box": [None, SimpleNamespace(item=1, items=[1, 2])],
}


def cast_to(type_: type, row: Any) -> Any:
    """A row that says itself which type it is."""
    return strawberry.cast(type_, row)


class Subclass(Thing):
    """Of a declared class, and not declared."""


ODD_ROWS: list[Any] = [
    SimpleNamespace(name="no type", weight=1.0),
    cast_to(Pet, SimpleNamespace(name="cast", owner=None)),
    cast_to(Pet, Thing(name="cast", weight=1)),
    cast_to(Thing, Thing(name="cast", weight=1)),
    cast_to(Pet, Place(name="cast", code=None, residents=[])),
    Subclass(name="sub", weight=1),
    Stone(name="of no union"),
    {"__typename": "Thing", "name": "a mapping"},
    Place(name="not of the interface", code=None, residents=[]),
]
"""Rows that abstract types judge by more than their class."""


class People:
    """Makes rows, now and then with something wrong in them."""

    def __init__(self, choose: random.Random, *, wrong: float, declared: float = 0) -> None:
        self._choose = choose
        self._wrong = wrong
        self._declared = declared

    def _maybe(self, right: Any) -> Any:
        if self._choose.random() < self._wrong:
            return self._choose.choice([*WRONG, *ODD_ROWS])
        return right

    def person(self, depth: int) -> Any:
        row = {name: self._maybe(self._choose.choice(values)) for name, values in RIGHT.items()}
        row["boss"] = self._maybe(self.person(depth - 1) if depth and self._choose.random() < 0.5 else None)
        row["friends"] = self._maybe(self.people(depth - 1))
        row["rivals"] = self._maybe([*self.people(depth - 1), None] if self._choose.random() < 0.5 else None)
        home = SimpleNamespace(
            name="Diemen", code=self._maybe("x"), residents=self._maybe(self.people(depth - 1))
        )
        row["home"] = self._maybe(home)
        for list_of_rows in ("owned", "finds", "heavy"):
            if isinstance(row[list_of_rows], list):
                row[list_of_rows] = [self._maybe(one) for one in row[list_of_rows]]
        if self._choose.random() < self._wrong / 2:
            del row[self._choose.choice(list(row))]
        if self._choose.random() < self._declared:
            # A declared class, as abstract types need it.
            declared = Person.__new__(Person)
            declared.__dict__.update(row)
            return declared
        return SimpleNamespace(**row)

    def people(self, depth: int) -> list[Any]:
        if depth < 0:
            return []
        rows = [self.person(depth) for _ in range(self._choose.randint(0, 3))]
        return [self._maybe(row) for row in rows]


@st.composite
def people(draw: st.DrawFn) -> list[Any]:
    choose = draw(st.randoms(use_true_random=False))
    wrong, declared = draw(st.sampled_from([0, 0, 0.02, 0.1])), draw(st.sampled_from([0, 0.3, 1, 1]))
    rows = People(choose, wrong=wrong, declared=declared).people(2)
    return rows or [People(choose, wrong=0).person(1)]


def row(**differs: Any) -> Any:
    """One row with nothing wrong but what is said."""
    made = People(random.Random(1), wrong=0).person(2)
    for name, value in differs.items():
        setattr(made, name, value)
    return made
