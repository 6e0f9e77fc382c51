"""A region is set up from files: rows of `imports` are judged against what is there, and written in bulk.

Messages of other systems come in one by one: what of them cannot be taken does not stop the others.
"""

from resolvers.imports.dossier_report import DossierReport, dossiers_in_words
from resolvers.imports.dossiers import take_dossiers
from resolvers.imports.report import Report, in_words
from resolvers.imports.result_report import ResultReport, result_in_words
from resolvers.imports.run import Say, run
from resolvers.imports.toetsresultaten import take_results

__all__ = [
    "DossierReport",
    "Report",
    "ResultReport",
    "Say",
    "dossiers_in_words",
    "in_words",
    "result_in_words",
    "run",
    "take_dossiers",
    "take_results",
]
