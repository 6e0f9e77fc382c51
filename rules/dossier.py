"""Rules 2, 6 and 7: what keeps an Oki-doc from being edited or made definitive."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from rules.refusal import Refusal

YOUNGEST, OLDEST = 8, 20
UNLIKELY_AGE = f"Een kind van groep 8 is {YOUNGEST} tot {OLDEST} jaar. Klopt het jaartal?"


def is_of_an_age(*, born: date, year_begins: date) -> bool:
    """Whether somebody born then may be in group 8 in the school year that begins then."""
    return YOUNGEST <= year_begins.year - born.year <= OLDEST


@dataclass(eq=False)
class OkiDocIncomplete(Refusal):
    """Rule 6: what a definitive Oki-doc must say; `missing` names it, one sentence an item."""

    code: ClassVar[str] = "OKI_DOC_INCOMPLETE"
    missing: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return "Het Oki-doc kan nog niet definitief worden. " + " ".join(self.missing)


@dataclass(eq=False)
class PlacedAlready(Refusal):
    """Rules 3 and 7: an Oki-doc is edited until the pupil is placed."""

    code: ClassVar[str] = "PLACED_ALREADY"
    leaves: bool = False
    """The pupil is to leave: only its secondary school ends the enrolment then."""

    @property
    def message(self) -> str:
        if self.leaves:
            return (
                "Deze leerling is al geplaatst. Komt de leerling niet? Neem contact op met de VO-school: die trekt "
                "de aanmelding in. Daarna kunt u de reden vastleggen."
            )
        return (
            "Deze leerling is al geplaatst. Het Oki-doc kan niet meer worden gewijzigd. "
            "Neem contact op met de helpdesk als er iets niet klopt."
        )


@dataclass(eq=False)
class PupilKnown(Refusal):
    """Rule 2: a child stands in the system once a year."""

    code: ClassVar[str] = "PUPIL_KNOWN"
    what_now = "Neem contact op met de helpdesk."

    @property
    def message(self) -> str:
        return f"Een leerling met dit BSN staat dit schooljaar al in het systeem. {self.what_now}"


@dataclass(eq=False)
class ElkNumbersUsedUp(Refusal):
    """Rule 2: five digits per group of linked regions are all in use."""

    code: ClassVar[str] = "ELK_NUMBERS_USED_UP"

    @property
    def message(self) -> str:
        return "Alle ELK-nummers van dit schooljaar zijn in gebruik. Neem contact op met de helpdesk."
