"""An OSO dossier, bytes to facts. Pure: no network, no DTD, no entities, no clock, no database."""

from rules.oki_doc.dossier import Dossier, Remark

MOST_BYTES = 25_000_000
"""More is refused unread: look at a file's size before reading it."""


class Unreadable(Exception):
    """Nothing of this dossier can be taken. `message`: Dutch, with what to do; `code`: for programs."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def read(content: bytes) -> Dossier:
    """What the dossier says. Whatever cannot be right is a remark; raises `Unreadable` and nothing else."""
    raise NotImplementedError


def validated(content: bytes, *, folder: str) -> list[Remark]:
    """What the published schema in `OSO_SCHEMA_DIR` says is wrong with a file that `read` took."""
    raise NotImplementedError
