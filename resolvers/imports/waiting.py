"""Pupils came with a file: results of tests that waited for them in the tray are theirs from now on."""

from resolvers.imports.batch import Batch
from resolvers.tray import take_from_tray


async def take(*, batch: Batch) -> None:
    """After `batch.write`, for the pupils in `batch.came`; say it, and trace it.

    A line that set a definitive advice below the test's is wrong, as it would be with the result there before.
    """
    if not batch.came:
        return
    motivated = {pupil_id for pupil_id, row in batch.came.items() if "motivation" in row.values}
    for one in await take_from_tray(
        connection=batch.connection, pupil_ids=list(batch.came), motivated=motivated
    ):
        row = batch.came[one.pupil_id]
        batch.record(
            entity="TestResult",
            entity_id=one.result_id,
            before=one.before,
            after=one.after,
            line=row.line,
            pupil_id=one.pupil_id,
            region_id=one.region_id,
        )
        if not one.after:
            continue
        if one.opens and "advice" in row.values:
            said = (
                f"Er wacht een toetsadvies ({one.label}) dat hoger is dan dit advies."
                " Stel het advies bij, of vul in waarom dat niet gebeurt."
            )
            batch.wrong(row, "advice", said)
        else:
            batch.notice(row, "de toetsuitslag die op deze leerling wachtte, is nu gekoppeld.")
    await batch.write()
