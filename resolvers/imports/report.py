"""What an import did, or why it did nothing, as the person at the keyboard reads it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from imports import Problem


@dataclass(kw_only=True, slots=True)
class Report:
    """Counts are of lines of the file. With a problem nothing was written."""

    kind: str
    filename: str
    dry_run: bool = False
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not self.problems


def in_words(*, report: Report) -> Iterator[str]:
    """Line by line, in Dutch."""
    for problem in sorted(report.problems):
        yield (
            f"{report.filename}, {problem.place}: {problem.reason}"
            if problem.place
            else (f"{report.filename}: {problem.reason}")
        )
    for notice in sorted(report.notices):
        yield f"let op, {notice}"
    if report.problems:
        many = len(report.problems)
        yield f"{report.kind}: niets ingelezen, {'er is 1 fout' if many == 1 else f'er zijn {many} fouten'}."
        return
    done = f"{report.created} nieuw, {report.changed} gewijzigd, {report.unchanged} ongewijzigd"
    yield f"{report.kind}: {done}{' (proef: niets opgeslagen)' if report.dry_run else ''}."
