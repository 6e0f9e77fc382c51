"""A region is set up from files: rows of `imports` are judged against what is there, and written in bulk."""

from resolvers.imports.report import Report, in_words
from resolvers.imports.run import Say, run

__all__ = ["Report", "Say", "in_words", "run"]
