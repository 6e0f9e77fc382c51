"""A file of a child, as its readers see it."""

from datetime import datetime

import strawberry

from rules.vocabulary import Role
from schema.visibility import Roles, output_type, seen_by

HAVE_FILES: Roles = frozenset({Role.PO_EDITOR, Role.PARENT, Role.VO_STAFF})


@output_type("Een bestand bij een kind. Wie het ophaalt, wordt vastgelegd.")
class File:
    id: strawberry.ID = seen_by(HAVE_FILES, description="Het kenmerk van het bestand.")
    filename: str = seen_by(HAVE_FILES, description="De naam van het bestand.")
    title: str | None = seen_by(HAVE_FILES, description="Wat het is, als dat erbij is gezegd.")
    content_type: str = seen_by(HAVE_FILES, description="Het soort bestand, zoals application/pdf.")
    size: int = seen_by(HAVE_FILES, description="Hoe groot het is, in bytes.")
    added_at: datetime = seen_by(HAVE_FILES, description="Wanneer het is ontvangen.")
    url: str | None = seen_by(
        HAVE_FILES,
        description=(
            "Waar u het een kwartier lang ophaalt; leeg zolang het wordt gecontroleerd. "
            "Elke vraag geeft een nieuwe link."
        ),
    )
