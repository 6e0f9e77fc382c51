"""What one run found, as tables and a plot for docs/performance.md."""

import math
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measured import Measured
from benchmarks.reads import Series
from sandbox.state import ROOT

BEGIN, END = "<!-- measured: ./loket bench --write -->", "<!-- measured, to here -->"
PAPER = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "performance.svg"
CASES = {
    "PAGE": "a page of 100 children, with form and list (VO)",
    "ONE": "one child, with form and list (VO)",
    "ROWS": "5,000 rows in ten pages (region)",
    "OVERVIEW": "a class with its logins (PO)",
    "START": "the whole start screen (parent)",
}
Sweep = Mapping[str, Mapping[int, Mapping[str, float]]]
"""By case, then by pupils in the table, then by who: milliseconds of an answer."""


@dataclass(frozen=True)
class Goal:
    """Something that should hold, and what was found."""

    words: str
    least: float
    found: float
    less: bool = False

    @property
    def verdict(self) -> str:
        if math.isnan(self.found):
            return ""
        return (
            "met" if (self.found <= self.least if self.less else self.found >= self.least) else "**not met**"
        )


@dataclass(frozen=True, kw_only=True)
class Results:
    """Everything of one run."""

    rows: Mapping[str, int]
    compared: int
    gates: str
    series: Sequence[Series]
    work: Sequence[Measured]
    sweep: Sweep

    def of(self, case: str, name: str) -> Series | None:
        return next((one for one in self.series if (one.case, one.name.split(":")[0]) == (case, name)), None)

    def ratio(self, case: str, name: str) -> float:
        """How many times as fast Loket is as this one."""
        mine, other = self.of(case, "Loket"), self.of(case, name)
        return mine.ratio(other) if mine and other else math.nan

    def work_ratio(self, begin: str) -> float:
        found = next((one for one in self.work if one.name.startswith(begin) and one.floor), None)
        return statistics.median(found.ratios) if found else math.nan

    def goals(self) -> list[Goal]:
        """The goals that the project set itself."""
        start = self.of("START", "Loket")
        memory = max((one.memory for one in self.series if one.name == "Loket"), default=math.nan)
        return [
            Goal("a page, of the floor", 0.6, self.ratio("PAGE", "floor")),
            Goal("a page, of PostGraphile", 3, self.ratio("PAGE", "PostGraphile")),
            Goal("one child, of the floor", 0.4, self.ratio("ONE", "floor")),
            Goal("one child, of PostGraphile", 1, self.ratio("ONE", "PostGraphile")),
            Goal("5,000 rows, times the floor's time", 2, 1 / self.ratio("ROWS", "floor"), less=True),
            Goal("statements of the start screen", 3, start.statements if start else math.nan, less=True),
            Goal("mails, of the floor", 0.6, self.work_ratio("mails")),
            Goal("two processes, of one", 1.7, self.work_ratio("two processes")),
            Goal("MB of a process after the run", 150, memory, less=True),
        ]


def machine() -> str:
    """What it ran on."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return (
        f"{os.cpu_count()} cores ({names[0] if names else platform.machine()}), {memory:.0f} GB, "
        f"Python {platform.python_version()}, PostgreSQL 18" + (f"; commit {commit}" if commit else "")
    )


def words(found: Results, *, when: str) -> str:
    """The tables."""
    rows = ", ".join(f"{count:,} {name.replace('_', ' ')}s" for name, count in found.rows.items())
    said = [
        f"Measured on {when}: {machine()}.",
        "",
        f"The database held {rows}. {found.compared} answers of everyone were compared as JSON before anything was timed:"
        f" no difference. On the same build: {found.gates}.",
        "",
        "| goal | set | found | |",
        "|---|---|---|---|",
        *(
            f"| {goal.words} | {'≤' if goal.less else '≥'} {goal.least:g} | {_figure(goal.found)} |"
            f" {goal.verdict} |"
            for goal in found.goals()
        ),
        "",
        "| read | by | answers/s | p50 ms | p99 ms | CPU ms | statements | MB | Loket is |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_read(found, one) for one in found.series),
        "",
        "| work | Loket | floor | ratio | p50 ms | p99 ms | CPU ms | statements | MB |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_work(one) for one in found.work),
    ]
    notes = [f"- {one.name}: {one.note}" for one in found.work if one.note]
    return "\n".join([*said, "", *notes] if notes else said)


def _read(found: Results, one: Series) -> str:
    middle = statistics.median
    ratio = found.ratio(one.case, one.name.split(":")[0])
    told = "" if one.name == "Loket" else f"{_figure(ratio)} ×"
    return (
        f"| {CASES[one.case]} | {one.name} | {middle(one.rate):,.1f} | {middle(one.p50):.1f} |"
        f" {middle(one.p99):.1f} | {middle(one.cpu):.2f} | {one.statements:.0f} | {one.memory:.0f} | {told} |"
    )


def _work(one: Measured) -> str:
    floor = f"{statistics.median(one.floor):,.1f} ({one.floor_name})" if one.floor else ""
    ratio = (
        f"{statistics.median(one.ratios):.2f} ({min(one.ratios):.2f} to {max(one.ratios):.2f})"
        if one.ratios
        else ""
    )
    rest = (one.p50, one.p99, one.cpu_ms, one.statements, one.memory)
    figures = " | ".join("" if value is None else _figure(value) for value in rest)
    return f"| {one.name} | {statistics.median(one.mine):,.1f} {one.unit} | {floor} | {ratio} | {figures} |"


def _figure(value: float) -> str:
    return "not measured" if math.isnan(value) else f"{value:,.2f}".rstrip("0").rstrip(".")


SHORT = {"PAGE": "a page of 100", "ONE": "one child", "ROWS": "5,000 rows", "OVERVIEW": "a class"}
COLOURS = {"PAGE": "#1f5fa8", "ONE": "#2e8b57", "ROWS": "#b8460e", "OVERVIEW": "#7b3fa0"}
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 70, 250, 40, 60


def plot(sweep: Sweep) -> str:
    """Milliseconds of an answer against the pupils in the table, both in powers of ten; the floor dashed."""
    sizes = sorted({size for by_size in sweep.values() for size in by_size})
    costs = [cost for by_size in sweep.values() for who in by_size.values() for cost in who.values()]
    low, high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))

    def x(size: float) -> float:
        span = math.log10(sizes[-1]) - math.log10(sizes[0]) or 1
        return LEFT + (math.log10(size) - math.log10(sizes[0])) / span * (WIDTH - LEFT - RIGHT)

    def y(cost: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(cost) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-weight="bold">Milliseconds of an answer, by the pupils in the table</text>',
    ]
    for power in range(low, high + 1):
        at = y(10**power)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10**power:g}</text>')
    for size in sizes:
        parts.append(
            f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 22}" text-anchor="middle">{size:,}</text>'
        )
    for case, by_size in sweep.items():
        for who, dashes in (("Loket", ""), ("floor", ' stroke-dasharray="5 4"')):
            points = " ".join(f"{x(size):.1f},{y(by_size[size][who]):.1f}" for size in sorted(by_size))
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{COLOURS[case]}" stroke-width="2"{dashes}/>'
            )
        last = by_size[sizes[-1]]["Loket"]
        parts.append(
            f'<text x="{WIDTH - RIGHT + 10}" y="{y(last) + 4:.1f}" fill="{COLOURS[case]}">{SHORT[case]}: {last:.1f} ms</text>'
        )
    parts.append(
        f'<text x="{LEFT}" y="{HEIGHT - 12}" fill="#555">One connection. Whole: Loket. Dashed: SQL by hand, without GraphQL.</text></svg>'
    )
    return "\n".join(parts) + "\n"


def write(found: Results, *, when: str) -> None:
    """Into the paper, between its marks, and the plot beside it."""
    before, _, rest = PAPER.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAPER.write_text(f"{before}{BEGIN}\n\n{words(found, when=when)}\n\n{END}{after}", "utf-8")
    if found.sweep:
        PLOT.write_text(plot(found.sweep), "utf-8")
