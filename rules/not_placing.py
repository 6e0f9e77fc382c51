"""Rule 11: marking a pupil as not placing withdraws an enrolment, so a person confirms it."""

from dataclasses import dataclass
from typing import ClassVar

from rules.refusal import Refusal


@dataclass(eq=False)
class ConfirmWithdrawal(Refusal):
    """The pupil is enrolled; ask again with the confirmation to withdraw."""

    code: ClassVar[str] = "CONFIRM_WITHDRAWAL"

    @property
    def message(self) -> str:
        return (
            "Deze leerling is al definitief aangemeld. Met deze reden wordt de aanmelding ingetrokken "
            "en krijgen de ouders bericht. Bevestig dat u dit wilt."
        )
