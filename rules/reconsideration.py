"""A test advice above the school's advice obliges the school to reconsider: raise it, or motivate why not."""

from dataclasses import dataclass
from typing import ClassVar

from rules.refusal import Refusal


def is_open(
    *, school_level: int | None, test_level: int | None, motivation: str, definitive_level: int | None = None
) -> bool:
    """Whether the duty still stands. Levels order the list of adviezen; a lower test never lowers an advice.

    `school_level`: of the provisional advice. It ends when the definitive advice is at or above the
    test's, or when a motivation says why not.
    """
    if school_level is None or test_level is None or test_level <= school_level:
        return False
    if motivation.strip():
        return False
    return definitive_level is None or definitive_level < test_level


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
