"""The Oki-doc: its sections, declared once, and what may be said in them."""

from rules.oki_doc.content import (
    Change,
    Problem,
    adviezen_named,
    diff,
    files_named,
    merged,
    missing_for_final,
    validate,
    visible,
)
from rules.oki_doc.declared import Field, Kind, Row, Section
from rules.oki_doc.sections import SECTIONS
from rules.oki_doc.view import Line, SectionView, present

__all__ = [
    "SECTIONS",
    "Change",
    "Field",
    "Kind",
    "Line",
    "Problem",
    "Row",
    "Section",
    "SectionView",
    "adviezen_named",
    "diff",
    "files_named",
    "merged",
    "missing_for_final",
    "present",
    "validate",
    "visible",
]
