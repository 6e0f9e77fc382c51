"""A test advice above the school's advice obliges the school to reconsider: raise it, or motivate why not."""

from dataclasses import dataclass
from typing import ClassVar

from rules.refusal import Refusal

LEAST_LETTERS = 10
SAYS_TOO_LITTLE = "leg in een paar woorden uit waarom u het advies niet bijstelt."


def says_why(motivation: str) -> bool:
    """Whether this is an explanation at all: a dot or an x is none."""
    return sum(letter.isalpha() for letter in motivation) >= LEAST_LETTERS


def is_open(
    *,
    school_level: int | None,
    test_level: int | None,
    motivation: str,
    definitive_level: int | None = None,
    reopened: bool = False,
) -> bool:
    """Whether the duty stands. Levels order the list of adviezen; a lower test never lowers an advice.

    The school's advice is the definitive one, and until that is there the provisional one (`school_level`).
    The duty ends when it is at or above the test's, or when a motivation says why not; one that is older
    than what the test says now (`reopened`) says nothing.
    """
    advised = school_level if definitive_level is None else definitive_level
    if advised is None or test_level is None or test_level <= advised:
        return False
    return reopened or not says_why(motivation)


def reopens(*, motivation: str, before: int | None, after: int | None) -> bool:
    """Whether a test advice that comes, or rises above what it was, is news to a motivation that is there."""
    return says_why(motivation) and after is not None and (before is None or after > before)


@dataclass(eq=False)
class TestAdviceConfirmed(Refusal):
    """PO has said once which advice the test's is: that stands, as does the duty it may have brought."""

    code: ClassVar[str] = "TEST_ADVICE_CONFIRMED"

    @property
    def message(self) -> str:
        return (
            "Het toetsadvies is al bevestigd en blijft zo staan. Klopt het niet? Laat de toetsaanbieder de uitslag "
            "opnieuw aanleveren, of neem contact op met de helpdesk van de regio."
        )


@dataclass(eq=False)
class ReconsiderationNeeded(Refusal):
    """The definitive advice cannot be set before the duty to reconsider is met."""

    code: ClassVar[str] = "RECONSIDERATION_NEEDED"
    test_advice: str = ""
    school_advice: str = ""

    @property
    def message(self) -> str:
        return (
            f"Het toetsadvies ({self.test_advice}) is hoger dan het schooladvies ({self.school_advice}). "
            "Stel het advies bij, of leg uit waarom u dat niet doet."
        )
