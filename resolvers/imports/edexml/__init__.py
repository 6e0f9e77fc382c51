"""A school's own export of its groups, pupils and teachers: what of it becomes pupils and accounts, row by row."""

from resolvers.imports.edexml.report import RosterReport, in_words
from resolvers.imports.edexml.run import run

__all__ = ["RosterReport", "in_words", "run"]
