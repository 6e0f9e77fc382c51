"""Whose dossier it is (rules 5 and 6): a number says so, or a person does; it is never guessed."""

from uuid import UUID

from models import Pupil
from resolvers import scope
from resolvers.lock import alone
from resolvers.oki_doc import vault
from resolvers.viewer import Viewer
from rules.dossier_import import DossierMatchUnsure
from rules.identifiers import sort_name
from rules.oki_doc.dossier import Dossier
from rules.steps import NotFound


async def whose(*, viewer: Viewer, dossier: Dossier, pupil_id: UUID | None, new_pupil: bool) -> UUID | None:
    """By BSN, else by ELK number; a name and birth date, or a key, only raise the question.

    A dossier has a place for the key of a school's system alone; what Loket hands over holds the ELK number there.
    In the caller's transaction: of two dossiers of one child the second waits here, and then finds the first.

    Raises `NotFound` for a pupil out of reach, `DossierMatchUnsure`.
    """
    own = scope.pupils(viewer).filter(school_year_id=viewer.school_year_id)
    if pupil_id is not None:
        if not await own.filter(id=pupil_id).exists():
            raise NotFound().at("pupil_id")
        return pupil_id
    name, born = _name(dossier.pupil["first_name"], dossier.pupil["last_name"]), dossier.pupil["birth_date"]
    await alone(f"dossier {viewer.primary_school_id} {born} {name}")
    bsn, key = dossier.pupil["bsn"], dossier.pupil.get("school_key")
    if bsn:
        found = await own.filter(bsn_index=vault().index(bsn=bsn)).first()
        if found is not None:
            if not _same_name(found, name) and found.birth_date != born:
                raise _unsure(found)
            return found.id
    if new_pupil:
        return None
    same_day = await own.filter(birth_date=born) if born is not None else []
    for one in same_day:
        if key and one.elk_number == key and not (bsn and one.bsn_index):
            return one.id
    alike = [one for one in same_day if _same_name(one, name)]
    if not alike and key:
        alike = await own.filter(school_key=key)
    if alike:
        raise _unsure(*alike)
    return None


def _name(first_name: str, last_name: str) -> str:
    return sort_name(first_name=first_name, infix="", last_name=last_name)


def _same_name(pupil: Pupil, name: str) -> bool:
    return _name(pupil.first_name, pupil.last_name) == name


def _unsure(*pupils: Pupil) -> DossierMatchUnsure:
    refusal = DossierMatchUnsure(pupil_ids=tuple(str(one.id) for one in pupils))
    refusal.path = ("pupil_id",)
    return refusal
