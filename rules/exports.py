"""Rule 39: how many files with many pupils one person may have in the making, and how long they are there."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from rules.identifiers import is_bsn
from rules.input import wrong_at
from rules.refusal import Refusal

MOST_WAITING = 5

OFFERED = timedelta(minutes=15)
"""So long a link is given once a file is ready; each link works as long again, and then the file is deleted."""


@dataclass(eq=False)
class TooManyExports(Refusal):
    """As many exports as one person may have in the making are being made."""

    code: ClassVar[str] = "TOO_MANY_EXPORTS"
    most: int = 0

    @property
    def message(self) -> str:
        return f"Er worden al {self.most} exports voor u gemaakt. Wacht tot er een klaar is en probeer het dan opnieuw."


def may_be_kept(*, reason: str) -> None:
    """The audit keeps the reason as it stands, for good: no BSN in it. Raises `InvalidValue`."""
    if any(is_bsn(number) for number in re.findall(r"\d{9}", re.sub(r"[ .-]", "", reason))):
        raise wrong_at("reason", reason="Zet geen BSN in de reden.")


def may_ask(*, waiting: int) -> None:
    """Raises `TooManyExports` when there are as many in the making as there may be."""
    if waiting >= MOST_WAITING:
        raise TooManyExports(most=MOST_WAITING)
