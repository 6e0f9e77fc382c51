"""What a roster did, row by row, as the person at the keyboard reads it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from imports.edexml import Outcome, Row
from resolvers.imports.report import Report


@dataclass(kw_only=True, slots=True)
class RosterReport(Report):
    """Counts are of pupils. Unlike other files, a row that is wrong does not stop the rest.

    `problems`: why nothing of the file could be read; `named`: what is said once for the whole file.
    """

    kind: str = "EDEXML"
    rows: list[Row] = field(default_factory=list)
    named: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not self.problems and not self.count(Outcome.REFUSED)

    def count(self, outcome: Outcome, *, name: str = "") -> int:
        """How many rows ended so, of this kind or of all."""
        return sum(row.outcome is outcome and name in ("", row.name) for row in self.rows)


def in_words(*, report: RosterReport) -> Iterator[str]:
    """Line by line, in Dutch."""
    for problem in sorted(report.problems):
        at = f", {problem.place}" if problem.place else ""
        yield f"{report.filename}{at}: {problem.reason}"
    if report.problems:
        yield "EDEXML: niets ingelezen."
        return
    yield from map(str, report.rows)
    for said in report.named:
        yield f"let op: {said}"
    done = ", ".join(
        f"{report.count(outcome, name='leerling')} {outcome}"
        for outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.SAME, Outcome.PASSED, Outcome.REFUSED)
    )
    invited = report.count(Outcome.INVITED)
    refused = report.count(Outcome.REFUSED, name="leerkracht")
    staff = f"; leerkrachten: {invited} uitgenodigd" if invited or refused else ""
    staff += f", {refused} niet ingelezen" if refused else ""
    yield f"EDEXML, leerlingen: {done}{staff}{' (proef: niets opgeslagen)' if report.dry_run else ''}."
