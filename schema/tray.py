"""What waits at a primary school: results of tests whose child is not here yet."""

from datetime import datetime
from typing import Annotated, cast

import strawberry

from resolvers import tray as use
from resolvers.viewer import Viewer
from schema.answers import ClientError
from schema.context import Info
from schema.pupil import PO
from schema.visibility import computed_for, output_type, seen_by


@output_type("Een toetsuitslag die wacht op een leerling die hier nog niet bekend is.")
class WaitingTestResult:
    id: strawberry.ID = seen_by(PO, description="Het kenmerk van de uitslag.")
    eck_id: str = seen_by(PO, description="Het ECK-iD van de leerling; leeg als dat er niet bij staat.")
    school_key: str = seen_by(
        PO, description="De leerlingsleutel in uw systeem (LAS-key); leeg als die ontbreekt."
    )
    test_name: str = seen_by(PO, description="De naam van de toets.")
    advice: str | None = seen_by(
        PO, description="De code van het toetsadvies; leeg als het niet te lezen is."
    )
    advice_label: str | None = seen_by(PO, description="Het toetsadvies in woorden.")
    advice_text: str = seen_by(PO, description="Het toetsadvies zoals de toetsaanbieder het schreef.")
    delivered_at: datetime = seen_by(PO, description="Wanneer de uitslag is aangeleverd.")


@output_type("Wat op leerlingen wacht.")
class TrayQuery:
    @computed_for(
        PO,
        description="De toetsuitslagen van uw school die op een leerling wachten, de nieuwste eerst. Voeg de leerling"
        " toe, of vul bij de leerling het ECK-iD of de leerlingsleutel in: dan hoort de uitslag erbij.",
    )
    async def test_result_tray(
        self,
        info: Info,
        first: Annotated[
            int, strawberry.argument(description="Hoeveel er ten hoogste komen: 1 tot en met 200.")
        ] = 200,
    ) -> list[WaitingTestResult]:
        if not 1 <= first <= use.MOST_SHOWN:
            raise ClientError(f"`first` is hier 1 tot en met {use.MOST_SHOWN}.", code="BAD_PAGE_SIZE")
        viewer = cast(Viewer, info.context.viewer)
        return cast(list[WaitingTestResult], await use.waiting(viewer=viewer, limit=first))
