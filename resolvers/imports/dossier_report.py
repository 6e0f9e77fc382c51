"""What became of each file of a delivery of dossiers, as the person at the keyboard reads it.

It names fields and documents, never what stands in them: what is printed is kept in more places than the dossier.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from rules.dossier_import import Report
from rules.oki_doc.dossier import Severity


class Became(StrEnum):
    """What became of one file."""

    CREATED = "nieuw"
    UPDATED = "gewijzigd"
    UNCHANGED = "ongewijzigd"
    REFUSED = "niet ingelezen"


_ASKS = {Severity.NOTICE: "let op", Severity.LOST: "niet overgenomen", Severity.CONFIRM: "controleer dit"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One file. `reason`: why nothing of it came in. `notes`: what else to know of it."""

    filename: str
    became: Became
    reason: str = ""
    elk_number: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, *, filename: str, elk_number: str, report: Report) -> "Line":
        """What became of a dossier that came in."""
        return cls(
            filename=filename,
            became=Became[report.outcome],
            elk_number=elk_number,
            notes=tuple(_notes(report)),
        )

    def __str__(self) -> str:
        if self.became is Became.REFUSED:
            return f"{self.filename}: {self.became}. {self.reason}"
        known = f" (ELK-nummer {self.elk_number})" if self.elk_number else ""
        return f"{self.filename}: {self.became}{known}."


def _notes(report: Report) -> Iterator[str]:
    """What changed, which documents did not come in, what a person must look at."""
    if report.overwrites_final:
        yield "let op: het Oki-doc was definitief, en is na deze wijziging weer voorlopig."
    changed = list(dict.fromkeys(one.label for one in report.differences))
    if changed:
        yield f"anders dan het was: {'; '.join(changed)}."
    for document in report.attachments:
        if document.problem:
            yield f"{_ASKS[Severity.LOST]}: {document.problem}"
    for remark in report.remarks:
        # Documents were named above, each with its own reason.
        if not remark.code.startswith("ATTACHMENT_"):
            yield f"{_ASKS[remark.severity]}: {remark.message}"


@dataclass(kw_only=True, slots=True)
class DossierReport:
    """Of a whole delivery. With a `problem` no file was looked at."""

    dry_run: bool = False
    problem: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not self.problem and all(line.became is not Became.REFUSED for line in self.lines)

    def count(self, became: Became) -> int:
        return sum(line.became is became for line in self.lines)


def dossiers_in_words(*, report: DossierReport) -> Iterator[str]:
    """File by file, in Dutch."""
    if report.problem:
        yield report.problem
        return
    for line in report.lines:
        yield str(line)
        yield from (f"  {one}" for one in line.notes)
    done = ", ".join(f"{report.count(became)} {became}" for became in Became)
    yield f"dossiers: {done}{' (proef: niets opgeslagen)' if report.dry_run else ''}."
