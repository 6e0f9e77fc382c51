"""Rules 5 to 7: the Oki-doc, edited by PO alone, concept or definitive."""

from typing import Any
from uuid import UUID, uuid4

from tortoise.connection import get_connection

from models import Address, Enrolment, Guardian, OkiDoc, Pupil, Region, RegionGroup, SchoolYear, TestResult
from models.bsn import BsnVault
from models.region import Advice
from resolvers import scope
from resolvers.oki_doc_edit import AddressInput, Edit, GuardianInput, checked
from resolvers.step import Act, take
from resolvers.viewer import Viewer
from rules import oki_doc as rule
from rules.dossier import ElkNumbersUsedUp, OkiDocIncomplete, PlacedAlready, PupilKnown
from rules.identifiers import sort_name
from rules.input import wrong_at
from rules.reconsideration import ReconsiderationNeeded, is_open
from rules.refusal import Refusals
from rules.steps import NotFound, Stale
from rules.vocabulary import OkiDocStatus, PlacementStatus
from settings import load


def vault() -> BsnVault:
    """The BSN's keys of this installation."""
    settings = load()
    return BsnVault(keys=list(settings.bsn_keys), index_key=settings.bsn_index_key)


async def create_pupil(*, viewer: Viewer, edit: Edit) -> UUID:
    """A pupil of the own school, with an Oki-doc as concept and the next free ELK number (rules 2 and 6).

    Raises `Refusals` naming every field that is wrong, `PupilKnown`, `YearClosed`, `ElkNumbersUsedUp`.
    """
    assert viewer.region_id is not None
    region = await Region.get(id=viewer.region_id)
    async with take("createPupil", viewer=viewer, region=region) as act:
        year = await SchoolYear.get(id=viewer.school_year_id)
        typed = checked(edit=edit, year_begins=year.starts_on, is_new=True)
        assert typed.first_name
        assert typed.last_name
        assert typed.birth_date
        pupil = Pupil(
            id=uuid4(),
            school_year_id=viewer.school_year_id,
            group_id=region.group_id,
            region_id=region.id,
            primary_school_id=viewer.primary_school_id,
            elk_number=await next_elk_number(group_id=region.group_id, school_year_id=viewer.school_year_id),
            first_name=typed.first_name,
            last_name=typed.last_name,
            birth_date=typed.birth_date,
            created_at=act.now,
            updated_at=act.now,
        )
        act.create(pupil)
        act.pupil = pupil
        await _write_identity(act=act, edit=typed)
        await _write_advice(act=act, edit=typed)
        oki_doc = OkiDoc(id=uuid4(), pupil_id=pupil.id, sections={}, updated_at=act.now)
        await act.flush()
        act.create(oki_doc)
        await _write_family(act=act, edit=typed)
        if edit.sections:
            act.change(oki_doc, sections=_merged({}, edit.sections))
    return pupil.id


async def update_oki_doc(*, viewer: Viewer, pupil_id: UUID, expected_version: int, edit: Edit) -> UUID:
    """Rule 6: only PO edits. A definitive Oki-doc that is corrected stands as concept again.

    Raises `NotFound`, `Stale`, `PlacedAlready`, `ReconsiderationNeeded`, `Refusals` of wrong fields.
    """
    async with take("updateOkiDoc", viewer=viewer, pupil_id=pupil_id) as act:
        oki_doc = await _editable(act=act, expected_version=expected_version)
        year = await SchoolYear.get(id=act.child.school_year_id)
        typed = checked(edit=edit, year_begins=year.starts_on, is_new=False)
        await _write_identity(act=act, edit=typed)
        changed_family = await _write_family(act=act, edit=typed)
        await _write_advice(act=act, edit=typed)
        act.change(oki_doc, sections=_merged(oki_doc.sections, edit.sections))
        if act.changes_anything or changed_family:
            act.change(oki_doc, version=oki_doc.version + 1, status=OkiDocStatus.CONCEPT, finalized_at=None)
    return pupil_id


async def finalize_oki_doc(*, viewer: Viewer, pupil_id: UUID, expected_version: int) -> UUID:
    """Rule 6: the Oki-doc is definitive. Asked again, the answer is the same.

    Raises `NotFound`, `Stale`, `OkiDocIncomplete`, `PlacedAlready`.
    """
    async with take("finalizeOkiDoc", viewer=viewer, pupil_id=pupil_id) as act:
        oki_doc = await _editable(act=act, expected_version=expected_version)
        guardians = await scope.of(act.child, Guardian).count()
        has_home = await scope.of(act.child, Address).exists()
        missing = rule.missing_for_final(guardians=guardians, has_home=has_home)
        if missing:
            raise OkiDocIncomplete(missing=tuple(missing))
        if oki_doc.status is not OkiDocStatus.FINAL:
            act.change(
                oki_doc,
                status=OkiDocStatus.FINAL,
                finalized_at=act.now,
                version=oki_doc.version + 1,
            )
    return pupil_id


async def next_elk_number(*, group_id: UUID, school_year_id: UUID | None, outside: bool = False) -> str:
    """The lowest free number above all in use, else the lowest gap; the group's row is locked (rule 2)."""
    await RegionGroup.filter(id=group_id).select_for_update().first()
    used = await scope.elk_numbers(group_id=group_id, school_year_id=school_year_id)
    mark = "B" if outside else ""
    highest = max((int(number[-5:]) for number in used if number.startswith("B") is outside), default=9999)
    if highest < 99999:
        return f"{mark}{highest + 1}"
    free = (f"{mark}{number}" for number in range(10000, 100000) if f"{mark}{number}" not in used)
    number = next(free, None)
    if number is None:
        raise ElkNumbersUsedUp()
    return number


async def _editable(*, act: Act, expected_version: int) -> OkiDoc:
    oki_doc = await scope.of(act.child, OkiDoc).first()
    if oki_doc is None:
        raise NotFound()
    if oki_doc.version != expected_version:
        refusal = Stale(current_version=oki_doc.version)
        refusal.path = ("expected_version",)
        refusal.there_now = act.child.id
        raise refusal
    placed = scope.of(act.child, Enrolment).filter(placement_status=PlacementStatus.PLACED)
    if await placed.exists():
        raise PlacedAlready()
    return oki_doc


def _merged(sections: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The sections after the edit; every problem is named at once."""
    merged = rule.merged(sections=sections, given=given)
    problems = rule.validate(merged)
    if problems:
        wrong = (wrong_at("sections", *one.path.split("."), reason=one.message) for one in problems[:20])
        raise Refusals(*wrong)
    return merged


async def _write_identity(*, act: Act, edit: Edit) -> None:
    pupil = act.child
    columns = ("first_name", "official_names", "infix", "last_name", "birth_date", "gender")
    values = {name: getattr(edit, name) for name in columns if getattr(edit, name) is not None}
    if edit.group is not None:
        values["class_group"] = edit.group
    if edit.test_exemption is not None:
        values["test_exemption"] = edit.test_exemption
    if edit.reconsideration_motivation is not None:
        values["reconsideration_motivation"] = edit.reconsideration_motivation
    act.change(pupil, **values)
    act.change(
        pupil,
        sort_name=sort_name(first_name=pupil.first_name, infix=pupil.infix, last_name=pupil.last_name),
    )
    if edit.bsn is not None:
        await write_bsn(act=act, bsn=edit.bsn)


async def write_bsn(*, act: Act, bsn: str) -> None:
    """The BSN of the step's child, encrypted; empty takes it away. Raises `PupilKnown`."""
    pupil = act.child
    if not bsn:
        act.change(pupil, bsn_encrypted=None, bsn_index=None)
        return
    index = vault().index(bsn=bsn)
    if index == pupil.bsn_index:
        return
    # Of two editors with one BSN at the same moment the second waits here, and then sees the first.
    await get_connection("default").execute_query("SELECT pg_advisory_xact_lock(hashtext($1))", [index])
    if await scope.bsn_taken(index=index, pupil=pupil):
        raise PupilKnown().at("bsn")
    act.change(pupil, bsn_encrypted=vault().encrypt(bsn=bsn), bsn_index=index, bsn_doubtful=False)


async def _write_family(*, act: Act, edit: Edit) -> bool:
    """Home and carers, replaced as a whole; whether anything is different now."""
    changed = False
    if edit.address is not None:
        home = await scope.of(act.child, Address).filter(position=1).first()
        said = {name: getattr(edit.address, name) for name in AddressInput.__dataclass_fields__}
        values = {name: value for name, value in said.items() if value is not None}
        if home is None:
            act.create(Address(id=uuid4(), pupil_id=act.child.id, position=1, **values))
            changed = True
        else:
            changed = any(getattr(home, name) != value for name, value in values.items())
            act.change(home, **values)
    if edit.guardians is not None:
        present = await scope.of(act.child, Guardian).order_by("position")
        names = tuple(GuardianInput.__dataclass_fields__)
        before = [tuple(getattr(row, name) for name in names) for row in present]
        wanted = [tuple(getattr(row, name) for name in names) for row in edit.guardians]
        if before != wanted:
            changed = True
            for row in present:
                act.delete(row)
            for position, values_of_one in enumerate(wanted, start=1):
                act.create(
                    Guardian(
                        id=uuid4(),
                        pupil_id=act.child.id,
                        position=position,
                        **dict(zip(names, values_of_one, strict=True)),
                    )
                )
    return changed


async def _write_advice(*, act: Act, edit: Edit) -> None:
    """The definitive advice cannot be set while the duty to reconsider stands."""
    pupil = act.child
    levels = {advice.code: advice for advice in await Advice.all()}
    for name, given in (("provisional_advice_id", edit.provisional_advice), ("advice_id", edit.advice)):
        if given is None:
            continue
        if given and given not in levels:
            reason = "Advies: dit advies staat niet op de landelijke lijst."
            raise wrong_at(name.removesuffix("_id"), reason=reason)
        act.change(pupil, **{name: given or None})
    if edit.advice:
        test = await scope.of(pupil, TestResult).select_related("advice").first()
        provisional = levels.get(pupil.provisional_advice_id or "")
        if (
            test is not None
            and test.advice is not None
            and is_open(
                school_level=provisional.level if provisional else levels[edit.advice].level,
                test_level=test.advice.level,
                motivation=pupil.reconsideration_motivation,
                definitive_level=levels[edit.advice].level,
            )
        ):
            shown = provisional or levels[edit.advice]
            raise ReconsiderationNeeded(test_advice=test.advice.label, school_advice=shown.label)
