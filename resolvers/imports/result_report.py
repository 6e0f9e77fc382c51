"""What became of each message of a file with test results, as the person at the keyboard reads it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Became(StrEnum):
    """What became of one message; the value says it where nothing more is to be said."""

    NEW = "ingelezen"
    CHANGED = "ingelezen, in plaats van een eerdere levering"
    SAME = "stond er al zo"
    OLDER = "niet gebruikt: er is een latere levering"
    WAITS = "wacht: deze leerling is nog niet bekend"
    NOT_TAKEN = "niet ingelezen"


IN_ORDER = frozenset({Became.NEW, Became.CHANGED, Became.SAME, Became.OLDER, Became.WAITS})


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One message, by its place in the file. `whose`: the child as far as it is known; `more`: what else to know."""

    number: int
    became: Became
    whose: str = ""
    more: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = f"bericht {self.number}{f' ({self.whose})' if self.whose else ''}: {self.became.value}."
        return " ".join((said, *self.more))


@dataclass(kw_only=True, slots=True)
class ResultReport:
    """Of one file. With a `problem` nothing of it was read."""

    filename: str
    dry_run: bool = False
    problem: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether every message is where it belongs."""
        return not self.problem and all(line.became in IN_ORDER for line in self.lines)

    def count(self, *became: Became) -> int:
        return sum(line.became in became for line in self.lines)


def result_in_words(*, report: ResultReport) -> Iterator[str]:
    """Line by line, in Dutch."""
    if report.problem:
        yield f"{report.filename}: {report.problem}"
        return
    yield from (f"{report.filename}, {line}" for line in sorted(report.lines, key=lambda one: one.number))
    done = ", ".join(
        f"{report.count(*became)} {word}"
        for word, became in (
            ("nieuw", (Became.NEW,)),
            ("gewijzigd", (Became.CHANGED,)),
            ("ongewijzigd", (Became.SAME, Became.OLDER)),
            ("wachten op hun leerling", (Became.WAITS,)),
            ("niet ingelezen", (Became.NOT_TAKEN,)),
        )
    )
    yield f"toetsresultaten: {done}{' (proef: niets opgeslagen)' if report.dry_run else ''}."
