"""What every refusal has in common. The refusals themselves stand beside the rule that raises them."""

from typing import Any, ClassVar


class Refusal(Exception):
    """An anticipated "no", in Dutch, for the person at the screen.

    A subclass is a dataclass (`@dataclass(eq=False)`) whose fields are the facts of this
    refusal: plain values (str, int, bool, datetime, date, or lists of these), which clients read
    as fields of a GraphQL type with the name of the class. `code` is what programs compare.
    """

    code: ClassVar[str]
    path: tuple[str, ...] = ()
    there_now: Any = None
    """What is there now, where a client can go on from it: the payload shows it beside the refusal."""

    @property
    def message(self) -> str:
        """One or two Dutch sentences, B1: what is wrong and what to do."""
        raise NotImplementedError

    def at(self, *path: str) -> "Refusal":
        """The same refusal, pointing at the input field it is about."""
        self.path = path
        return self

    def __str__(self) -> str:
        return f"{self.code} {'.'.join(self.path)}".strip()


class Refusals(Exception):
    """Several refusals at once, so that a person reads everything that is wrong in one go."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(*refusals)
        self.refusals = refusals
