"""The Oki-doc: its sections, declared once, and what may be said in them."""

from rules.oki_doc.content import Change, Problem, diff, merged, missing_for_final, validate, visible
from rules.oki_doc.sections import SECTIONS, Field, Kind, Section
from rules.oki_doc.view import Line, SectionView, present

__all__ = [
    "SECTIONS",
    "Change",
    "Field",
    "Kind",
    "Line",
    "Problem",
    "Section",
    "SectionView",
    "diff",
    "merged",
    "missing_for_final",
    "present",
    "validate",
    "visible",
]
