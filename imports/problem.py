"""What is wrong in a file, said so that whoever made it finds the place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong. Line 0 is the file as a whole; line 1 is its first line."""

    line: int
    column: str
    reason: str

    @property
    def place(self) -> str:
        """Where: "regel 12, kolom Postcode"."""
        return ", ".join(
            part
            for part in (
                f"regel {self.line}" if self.line else "",
                f"kolom {self.column}" if self.column else "",
            )
            if part
        )

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}" if self.place else self.reason


class Unreadable(Exception):
    """The file cannot be read any further; `problem` says where and why."""

    def __init__(self, reason: str, *, line: int = 0) -> None:
        super().__init__(reason)
        self.problem = Problem(line, "", reason)
