"""A dossier of a school's own system: sent as an upload, taken in here."""

import json
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any, cast

import strawberry

from resolvers import oso_dossier
from rules.dossier_import import Report
from rules.steps import STEPS
from schema.context import Info
from schema.done import Keep
from schema.mutation import Mutations
from schema.pupil import Pupil
from schema.pupil_steps import shown
from schema.refusals import REFUSALS
from schema.visibility import Roles, input_type, output_type, seen_by

PO: Roles = STEPS["importOsoDossier"].roles


@output_type("Een veld dat door het dossier verandert.")
class DossierDifference:
    path: str = seen_by(PO, description="Welk veld het is.")
    label: str = seen_by(PO, description="De naam van het veld.")
    before: str = seen_by(PO, description="Wat er stond; leeg als er niets stond.")
    after: str = seen_by(PO, description="Wat er komt te staan; leeg als het weggaat.")


@output_type("Een document uit het dossier.")
class DossierAttachment:
    filename: str = seen_by(PO, description="De naam van het bestand.")
    description: str = seen_by(PO, description="Wat het volgens het dossier is.")
    problem: str = seen_by(PO, description="Waarom het niet is overgenomen; leeg als dat wel is gebeurd.")


@output_type("Iets wat u over het dossier moet weten.")
class DossierRemark:
    path: str = seen_by(PO, description="Waar in het dossier.")
    message: str = seen_by(PO, description="Uitleg in gewone taal.")
    code: str = seen_by(PO, description="De vaste naam van deze opmerking.")
    severity: str = seen_by(
        PO,
        description=("NOTICE: om te weten. LOST: iets is niet overgenomen. CONFIRM: controleer dit zelf."),
    )


@output_type("Wat een dossier met een leerling heeft gedaan, of bij een proef zou doen.")
class DossierReport:
    outcome: str = seen_by(
        PO, description="CREATED: nieuwe leerling. UPDATED: gewijzigd. UNCHANGED: niets anders."
    )
    dry_run: bool = seen_by(PO, description="Het was een proef: er is niets bewaard.")
    overwrites_final: bool = seen_by(
        PO, description="Het dossier wijzigt een definitief Oki-doc; dat moet u bevestigen."
    )
    differences: list[DossierDifference] = seen_by(PO, description="Wat er verandert, veld voor veld.")
    attachments: list[DossierAttachment] = seen_by(PO, description="De documenten uit het dossier.")
    remarks: list[DossierRemark] = seen_by(PO, description="Wat u moet weten of controleren.")


@input_type("Welk dossier u wilt overnemen.")
class ImportOsoDossierInput:
    upload_id: strawberry.ID = seen_by(PO, description="Het bestand dat u heeft verstuurd (OSO_DOSSIER).")
    dry_run: bool | None = seen_by(PO, description="Alleen laten zien wat er zou gebeuren.", default=None)
    confirm_overwrite: bool | None = seen_by(
        PO, description="Ja: een definitief Oki-doc mag worden gewijzigd.", default=None
    )
    pupil_id: strawberry.ID | None = seen_by(
        PO, description="Bij welke leerling het dossier hoort, als het BSN dat niet zegt.", default=None
    )
    new_pupil: bool | None = seen_by(
        PO, description="Ja: dit is een nieuwe leerling, ook al is er een met deze naam.", default=None
    )


class _Answer:
    """The child, and what the dossier did."""

    def __init__(self, *, pupil: Any, report: Report) -> None:
        self.pupil, self.report = pupil, report


async def _load(info: Info, imported: oso_dossier.Imported) -> _Answer:
    pupil = await shown(info, imported.pupil_id) if imported.pupil_id else None
    return _Answer(pupil=pupil, report=imported.report)


def _put(imported: oso_dossier.Imported) -> list[Any]:
    return [imported.pupil_id, imported.elk_number, json.dumps(asdict(imported.report))]


async def _take(_info: Info, kept: list[Any]) -> oso_dossier.Imported:
    pupil_id, elk_number, report = kept
    said = json.loads(report, object_hook=lambda fields: SimpleNamespace(**fields))
    return oso_dossier.Imported(pupil_id=pupil_id, elk_number=elk_number, report=cast(Report, said))


mutations = Mutations(REFUSALS)


@output_type("Dossiers uit leerlingadministraties.")
class OsoMutation:
    import_oso_dossier = mutations.step(
        oso_dossier.import_oso_dossier,
        takes=ImportOsoDossierInput,
        gives={"pupil": Pupil, "report": DossierReport},
        load=_load,
        keep=Keep(put=_put, take=_take),
        description="Neemt een OSO-dossier over: een nieuwe leerling, of wijzigingen bij een bekende.",
    )
