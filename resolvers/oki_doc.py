"""Rules 5 to 7: the Oki-doc, edited by PO alone, concept or definitive."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from models import (
    Address,
    Enrolment,
    Guardian,
    OkiDoc,
    Pupil,
    Region,
    RegionGroup,
    SchoolYear,
    TestResult,
    Upload,
)
from models.bsn import BsnVault
from models.region import Advice
from resolvers import scope
from resolvers.adviezen import advice_labels
from resolvers.lock import alone
from resolvers.oki_doc_edit import AddressInput, Edit, GuardianInput, checked
from resolvers.step import Act, take
from resolvers.tray import take_in_step
from resolvers.viewer import Viewer
from rules import oki_doc as rule
from rules.dossier import ElkNumbersUsedUp, OkiDocIncomplete, PlacedAlready, PupilKnown
from rules.identifiers import sort_name
from rules.input import wrong_at
from rules.reconsideration import ReconsiderationNeeded, is_open
from rules.refusal import Refusals
from rules.steps import NotFound, Stale
from rules.uploads import RECEIVED
from rules.vocabulary import OkiDocStatus, PlacementStatus, UploadKind
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
        await take_in_step(act=act)
        await _write_advice(act=act, edit=typed)
        oki_doc = OkiDoc(id=uuid4(), pupil_id=pupil.id, sections={}, updated_at=act.now)
        await act.flush()
        act.create(oki_doc)
        await _write_family(act=act, edit=typed)
        if edit.sections:
            await _write_sections(act=act, oki_doc=oki_doc, given=edit.sections)
    return pupil.id


async def update_oki_doc(*, viewer: Viewer, pupil_id: UUID, expected_version: int, edit: Edit) -> UUID:
    """Rule 6: only PO edits. A definitive Oki-doc that is corrected stands as concept again.

    Raises `NotFound`, `Stale`, `PlacedAlready`, `ReconsiderationNeeded`, `Refusals` of wrong fields.
    """
    async with take("updateOkiDoc", viewer=viewer, pupil_id=pupil_id) as act:
        oki_doc = await _editable(act=act, expected_version=expected_version)
        year = await SchoolYear.get(id=act.child.school_year_id)
        typed = checked(edit=edit, year_begins=year.starts_on, is_new=False)
        await _write_keys(act=act, edit=typed)
        if act.changes_anything:
            # No part of the Oki-doc: with its keys alone it stays as definitive as it is.
            await take_in_step(act=act)
        await _write_identity(act=act, edit=typed)
        changed_family = await _write_family(act=act, edit=typed)
        await _write_advice(act=act, edit=typed)
        await _write_sections(act=act, oki_doc=oki_doc, given=edit.sections)
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
        has_home = await scope.of(act.child, Address).exclude(street="").exists()
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


async def next_elk_number(*, group_id: UUID, school_year_id: UUID | None) -> str:
    """The lowest free number above all in use, else the lowest gap; the group's row is locked (rule 2)."""
    await RegionGroup.filter(id=group_id).select_for_update().first()
    highest = await scope.highest_elk_number(group_id=group_id, school_year_id=school_year_id)
    if highest < 99999:
        return str(max(highest, 9999) + 1)
    used = await scope.elk_numbers(group_id=group_id, school_year_id=school_year_id)
    free = next((number for number in range(10000, 100000) if str(number) not in used), None)
    if free is None:
        raise ElkNumbersUsedUp()
    return str(free)


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


async def _write_sections(*, act: Act, oki_doc: OkiDoc, given: dict[str, Any]) -> None:
    """A row of documents may point at the child's own attachments alone: any other id is not found."""
    there = dict(rule.files_named(oki_doc.sections)).values()
    named = {path: file for path, file in rule.files_named(given) if file not in there}
    if named:
        own = scope.of(act.child, Upload).filter(kind=UploadKind.ATTACHMENT, state__in=RECEIVED)
        ids = {str(one) for one in await own.values_list("id", flat=True)}
        for path, file in named.items():
            if file not in ids:
                raise NotFound().at("sections", *path.split("."))
    act.change(oki_doc, sections=_merged(oki_doc.sections, given, await advice_labels()))


def _merged(sections: dict[str, Any], given: dict[str, Any], adviezen: Mapping[str, str]) -> dict[str, Any]:
    """The sections after the edit; every problem is named at once."""
    merged = rule.merged(sections=sections, given=given)
    problems = rule.validate(merged)
    if not problems:
        problems = [
            rule.Problem(path, "Kies een advies van de landelijke lijst.")
            for path, code in rule.adviezen_named(given)
            if code not in adviezen and not code.isdigit()
        ]
    if problems:
        wrong = (wrong_at("sections", *one.path.split("."), reason=one.message) for one in problems[:20])
        raise Refusals(*wrong)
    return merged


async def _write_keys(*, act: Act, edit: Edit) -> None:
    """What systems know the child by; a result that waits under them is its own from now on."""
    keys = {"eck_id": edit.eck_id, "school_key": edit.school_key}
    for name, value in keys.items():
        if value and value != getattr(act.child, name) and await key_taken(act=act, **{name: value}):
            raise wrong_at(name, reason="Een andere leerling van uw school heeft deze sleutel al.")
    act.change(act.child, **{name: value for name, value in keys.items() if value is not None})


async def key_taken(*, act: Act, **key: str) -> bool:
    """Whether another pupil of the same school and year has this `school_key` or `eck_id`."""
    pupil = act.child
    there = scope.at_school_of(pupil).filter(**key).exclude(id=pupil.id)
    return await there.exists()


async def _write_identity(*, act: Act, edit: Edit) -> None:
    pupil = act.child
    await _write_keys(act=act, edit=edit)
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
    """Encrypt and index it. Raises `PupilKnown` when another pupil of this year has it (rule 2)."""
    pupil = act.child
    if not bsn:
        act.change(pupil, bsn_encrypted=None, bsn_index=None, bsn_doubtful=False)
        return
    index = vault().index(bsn=bsn)
    if index == pupil.bsn_index:
        return
    # Of two editors with one BSN at the same moment the second waits here, and then sees the first.
    await alone(index)
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
    """The definitive advice cannot be set while the duty to reconsider stands; a motivation saved now counts."""
    pupil = act.child
    adviezen = {advice.code: advice for advice in await Advice.all()}
    for name, given in (("provisional_advice_id", edit.provisional_advice), ("advice_id", edit.advice)):
        if given is None:
            continue
        if given and given not in adviezen:
            reason = "Advies: dit advies staat niet op de landelijke lijst."
            raise wrong_at(name.removesuffix("_id"), reason=reason)
        act.change(pupil, **{name: given or None})
    test = await scope.of(pupil, TestResult).select_for_update(of=("test_result",)).first()
    if test is None:
        return
    if edit.reconsideration_motivation:
        act.change(test, reopens=False)
    said = adviezen.get(test.advice_id or "")
    if edit.advice and is_open(
        school_level=None,
        definitive_level=adviezen[edit.advice].level,
        test_level=said.level if said else None,
        motivation=pupil.reconsideration_motivation,
        reopened=test.reopens,
    ):
        assert said is not None
        raise ReconsiderationNeeded(test_advice=said.label, school_advice=adviezen[edit.advice].label)
