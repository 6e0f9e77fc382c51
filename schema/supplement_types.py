"""What PO and VO read of each other's questions, and the course of a pupil as PO may know it."""

from datetime import datetime

import strawberry

from rules.course import CourseKind
from rules.vocabulary import Role
from schema.file import File
from schema.visibility import Roles, output_type, seen_by

PO: Roles = frozenset({Role.PO_EDITOR})
BOTH: Roles = frozenset({Role.PO_EDITOR, Role.VO_STAFF})

CourseKindEnum = strawberry.enum(
    CourseKind,
    description="Wat er gebeurde; `what` zegt het in woorden. RESULT: de uitkomst, vanaf de bekendmaking.",
)


@output_type("Een vraag van een VO-school om een aanvulling, en het antwoord van de basisschool.")
class Supplement:
    id: strawberry.ID = seen_by(BOTH, description="Het kenmerk van de vraag.")
    question: str = seen_by(BOTH, description="De vraag.")
    asked_at: datetime = seen_by(BOTH, description="Wanneer zij is gesteld.")
    school_name: str = seen_by(BOTH, description="De VO-school die haar stelde.")
    answer: str | None = seen_by(BOTH, description="Het antwoord in woorden; leeg als er geen is.")
    answered_at: datetime | None = seen_by(BOTH, description="Wanneer de basisschool antwoordde.")
    open: bool = seen_by(BOTH, description="Of de VO-school nog op een antwoord wacht.")
    files: list[File] = seen_by(BOTH, description="De bestanden bij het antwoord.")


@output_type("Een moment in het verloop van een leerling.")
class Moment:
    at: datetime = seen_by(PO, description="Wanneer het was.")
    kind: CourseKind = seen_by(PO, description="Wat er gebeurde, als vaste naam.")
    what: str = seen_by(PO, description="Wat er gebeurde, in woorden.")
