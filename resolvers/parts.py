"""All the parts of a pupil: importing this module registers how each is read."""

from resolvers import (
    dossier,
    enrolment_parts,
    family,
    file_lists,
    handled,
    not_placeable,
    notes,
    seen_by_primary,
    supplements,
    test_results,
    twins,
)
from resolvers.pupils import LOADERS

__all__ = [
    "LOADERS",
    "dossier",
    "enrolment_parts",
    "family",
    "file_lists",
    "handled",
    "not_placeable",
    "notes",
    "seen_by_primary",
    "supplements",
    "test_results",
    "twins",
]
