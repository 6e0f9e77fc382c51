"""The pupils of a roster: new ones as concept, known ones changed where that may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from imports.edexml import Outcome, PupilRow
from models import Pupil
from models.bsn import BsnVault
from resolvers.imports.batch import Batch
from resolvers.imports.edexml.match import Known
from resolvers.imports.ground import RegionRow, SchoolRow, YearRow
from resolvers.imports.pupil_parts import enrolled_of, stage_oki_doc
from resolvers.imports.pupil_register import Register
from rules.dossier import UNLIKELY_AGE, is_of_an_age
from rules.identifiers import sort_name
from rules.vocabulary import OkiDocStatus, PlacementStatus, PupilOrigin
from settings import load

_PLAIN = ("last_name", "official_names", "birth_date", "class_group")
_LABELS = {
    "first_name": "roepnaam",
    "official_names": "voornamen",
    "infix": "tussenvoegsel",
    "last_name": "achternaam",
    "birth_date": "geboortedatum",
    "gender": "geslacht",
    "class_group": "groep",
    "bsn_index": "BSN",
    "eck_id": "ECK-iD",
    "school_key": "sleutel",
    "bsn_doubtful": "BSN gemarkeerd",
}
# What a system knows a child by is no part of its Oki-doc.
_NOT_OF_OKI_DOC = {"eck_id", "school_key", "bsn_doubtful"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Whose file it is, and of which year."""

    region: RegionRow
    school: SchoolRow
    year: YearRow


async def take(*, batch: Batch, place: Place, pupils: list[PupilRow], confirm: bool) -> None:
    """Match, judge and stage every child that may come in; the others say why not.

    `confirm`: definitive Oki-docs may change too.
    """
    _judge(batch, place, pupils)
    coming = [pupil for pupil in pupils if not pupil.reasons]
    settings = load()
    vault = BsnVault(keys=list(settings.bsn_keys), index_key=settings.bsn_index_key)
    indexes = {pupil.bsn: vault.index(bsn=pupil.bsn) for pupil in coming if pupil.bsn}
    register = await Register.read(
        connection=batch.connection,
        years=[place.year.id],
        groups=[place.region.group_id],
        elk_numbers=[],
        bsn_indexes=list(indexes.values()),
        schools=[place.school.id],
        eck_ids=[pupil.eck_id for pupil in coming if pupil.eck_id],
    )
    known = Known(rows=register.rows(), school_id=place.school.id, indexes=indexes)
    enrolled = await enrolled_of(connection=batch.connection, pupil_ids=register.ids())
    for pupil, there in batch.each(known.match(pupils=coming)):
        wanted = _wanted(pupil, there, known.index(pupil), vault)
        if there is None:
            number = await register.next_number(place.region.group_id, place.year.id, outside=False)
            if number is None:
                pupil.refuse("NUMBERS_USED_UP", "Alle ELK-nummers van dit schooljaar zijn in gebruik.")
                continue
            wanted |= _beginning(batch, place, number)
            pupil.note("ELK_NUMBER", f"ELK-nummer {number}. Het Oki-doc staat klaar als concept.")
        elif enrolled.get(there["id"]) == PlacementStatus.PLACED.value and _changes(there, wanted):
            pupil.refuse("PLACED", "Deze leerling is al geplaatst: alleen de helpdesk wijzigt nog iets.")
            continue
        elif there["oki_doc_status"] == OkiDocStatus.FINAL.value and not confirm:
            _spare(pupil, there, wanted)
        _stage(batch, place, pupil, there, wanted)


def _judge(batch: Batch, place: Place, pupils: list[PupilRow]) -> None:
    """What only the year and the day can tell."""
    begins = place.year.starts_on
    for pupil in pupils:
        born = pupil.values.get("birth_date")
        if pupil.is_group_8 and born is not None and not is_of_an_age(born=born, year_begins=begins):
            pupil.refuse("IMPOSSIBLE_AGE", UNLIKELY_AGE)


def _wanted(pupil: PupilRow, there: Any, index: str | None, vault: BsnVault) -> dict[str, Any]:
    """What the file says, as columns. What it does not say stays; an achternaam says whether there is a
    tussenvoegsel, and a first name that was made out of others is for new children alone."""
    values = pupil.values
    wanted: dict[str, Any] = {name: values[name] for name in _PLAIN if name in values}
    wanted["infix"] = values.get("infix", "")
    if there is None or "first_name" in values:
        wanted["first_name"] = pupil.called
    if values.get("gender"):
        wanted["gender"] = values["gender"]
    wanted |= {
        name: said for name, said in (("eck_id", pupil.eck_id), ("school_key", pupil.school_key)) if said
    }
    known_index = there["bsn_index"] if there is not None else None
    if index is not None and index != known_index:
        encrypted = vault.encrypt(bsn=pupil.bsn or "")
        wanted |= {"bsn_index": index, "bsn_encrypted": encrypted, "bsn_doubtful": False}
    elif pupil.bsn_fails and known_index is None:
        wanted["bsn_doubtful"] = True
    first_name = wanted["first_name"] if "first_name" in wanted else there["first_name"]
    wanted["sort_name"] = sort_name(
        first_name=first_name, infix=wanted["infix"], last_name=wanted["last_name"]
    )
    return wanted


def _beginning(batch: Batch, place: Place, number: str) -> dict[str, Any]:
    return {
        "elk_number": number,
        "school_year_id": place.year.id,
        "group_id": place.region.group_id,
        "region_id": place.region.id,
        "primary_school_id": place.school.id,
        "origin": PupilOrigin.HOME,
        "created_at": batch.at,
        "updated_at": batch.at,
    }


def _changes(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> set[str]:
    return {name for name, value in wanted.items() if there[name] != value}


def _spare(pupil: PupilRow, there: Mapping[str, Any], wanted: dict[str, Any]) -> None:
    """Rule 6: a definitive Oki-doc is never overwritten in silence. What is no part of it is taken."""
    kept = _changes(there, wanted) - _NOT_OF_OKI_DOC
    for name in kept:
        del wanted[name]
    wanted.pop("bsn_encrypted", None)
    named = [label for name, label in _LABELS.items() if name in kept]
    if named:
        said = f"ELK-nummer {there['elk_number']}: het Oki-doc is definitief. Niet overgenomen: {', '.join(named)}."
        pupil.note(
            "FINAL", f"{said} Met --confirm-overwrite gebeurt dat wel; het Oki-doc is dan weer concept."
        )


def _stage(batch: Batch, place: Place, pupil: PupilRow, there: Any, wanted: dict[str, Any]) -> None:
    merged = batch.merge(Pupil, present=there, wanted=wanted, stamp={"updated_at": batch.at})
    if not batch.count(merged):
        pupil.outcome = Outcome.SAME
        return
    pupil.outcome = Outcome.NEW if merged.is_new else Outcome.CHANGED
    if not merged.is_new:
        changed = [label for name, label in _LABELS.items() if name in merged.after]
        pupil.note("CHANGED", f"ELK-nummer {there['elk_number']}: {', '.join(changed)}.")
    if (merged.is_new or set(merged.after) - _NOT_OF_OKI_DOC) and stage_oki_doc(
        batch=batch, pupil_id=merged.id, there=there
    ):
        said = "Het Oki-doc was definitief en is nu concept: de school controleert het en maakt het weer definitief."
        pupil.note("OKI_DOC_CONCEPT", said)
    _record(batch, place, pupil, merged.id, merged.before, merged.after)


def _record(
    batch: Batch,
    place: Place,
    pupil: PupilRow,
    pupil_id: UUID,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
) -> None:
    batch.record(
        entity="Pupil",
        entity_id=pupil_id,
        before=before,
        after=after,
        line=pupil.line,
        pupil_id=pupil_id,
        region_id=place.region.id,
    )
