"""Chance that falls the same way on every machine: demo data, never the procedure."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")

_ALL = (1 << 64) - 1


class Dice:
    """SplitMix64. Equal seeds throw equal numbers; seeds next to each other have nothing in common."""

    def __init__(self, *seed: int) -> None:
        self._state = 0
        for part in seed:
            self._state = (self._state * 0x2545F4914F6CDD1D + part + 1) & _ALL
            self._throw()

    def _throw(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & _ALL
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _ALL
        return mixed ^ (mixed >> 31)

    def below(self, end: int) -> int:
        return self._throw() % end

    def between(self, first: int, last: int) -> int:
        return first + self._throw() % (last - first + 1)

    def one(self, choices: Sequence[T]) -> T:
        return choices[self._throw() % len(choices)]

    def chance(self, percent: int) -> bool:
        return self._throw() % 100 < percent

    def weighted(self, weights: Mapping[T, int]) -> T:
        left = self._throw() % sum(weights.values())
        for choice, weight in weights.items():
            left -= weight
            if left < 0:
                return choice
        raise AssertionError("weights are positive")

    def shuffled(self, items: Sequence[T]) -> list[T]:
        rest = list(items)
        return [rest.pop(self._throw() % len(rest)) for _ in range(len(rest))]
