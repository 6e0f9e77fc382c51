"""What a case of the comparison gives: its figures of each turn, and those of its floor in the same turn."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One case. `mine` and `floor` are of the same turns, in `unit`; of a duration less is better, of a rate more.

    `p50` and `p99` are milliseconds, `cpu_ms` and `statements` are of one piece of work, `memory` is the most that
    the process of Loket that did it held, in MB. None: it cannot be told.
    """

    name: str
    unit: str
    mine: Sequence[float]
    floor_name: str = ""
    floor: Sequence[float] = field(default_factory=tuple)
    p50: float | None = None
    p99: float | None = None
    cpu_ms: float | None = None
    statements: float | None = None
    memory: float | None = None
    note: str = ""

    @property
    def ratios(self) -> list[float]:
        """Turn by turn: whatever else the machine does, it does to both."""
        return [mine / floor for mine, floor in zip(self.mine, self.floor, strict=True)] if self.floor else []

    def words(self) -> str:
        """For who ran this case alone."""
        lines = [f"{self.name}: {_spread(self.mine)} {self.unit}"]
        if self.floor:
            lines.append(f"  floor, {self.floor_name}: {_spread(self.floor)}")
            lines.append(f"  ratio {_spread(self.ratios, digits=2)}")
        known = {
            "p50 ms": self.p50,
            "p99 ms": self.p99,
            "CPU ms": self.cpu_ms,
            "statements": self.statements,
            "MB": self.memory,
        }
        said = [f"{name} {value:.1f}" for name, value in known.items() if value is not None]
        lines.extend(f"  {words}" for words in (", ".join(said), self.note) if words)
        return "\n".join(lines)


def percentile(values: Sequence[float], part: int) -> float:
    """Of seconds, in milliseconds."""
    fast = sorted(values)
    return 1000 * fast[min(len(fast) - 1, len(fast) * part // 100)]


def _spread(found: Sequence[float], *, digits: int = 1) -> str:
    middle, least, most = (f"{one:.{digits}f}" for one in (statistics.median(found), min(found), max(found)))
    return f"{middle} ({least} to {most})"
