"""A dossier of which nothing can be taken."""


class Unreadable(Exception):
    """Nothing of this dossier can be taken. `message`: Dutch, with what to do; `code`: for programs."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
