"""How many PDFs one person may have in the making (rules 5 and 15)."""

from dataclasses import dataclass
from typing import ClassVar

from rules.refusal import Refusal

MOST_WAITING = 20
"""A class, nearly; more at once would let others wait for their one."""


@dataclass(eq=False)
class TooManyDocuments(Refusal):
    """As many PDFs as one person may have in the making are being made."""

    code: ClassVar[str] = "TOO_MANY_DOCUMENTS"
    most: int = 0

    @property
    def message(self) -> str:
        return f"Er worden al {self.most} pdf's voor u gemaakt. Wacht tot er een klaar is en probeer het dan opnieuw."


def may_ask(*, waiting: int) -> None:
    """Raises `TooManyDocuments` when there are as many in the making as there may be."""
    if waiting >= MOST_WAITING:
        raise TooManyDocuments(most=MOST_WAITING)
