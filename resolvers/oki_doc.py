"""Rules 5 to 7: the Oki-doc, edited by PO alone, concept or definitive."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from models import Address, Enrolment, Guardian, OkiDoc, Pupil, Region, RegionGroup, TestResult
from models.bsn import BsnVault
from models.region import Advice
from resolvers import scope
from resolvers.step import Act, take
from resolvers.viewer import Viewer
from rules import oki_doc as rule
from rules.dossier import ElkNumbersUsedUp, OkiDocIncomplete, PlacedAlready, PupilKnown
from rules.identifiers import sort_name
from rules.input import Checks, InvalidValue
from rules.reconsideration import ReconsiderationNeeded, is_open
from rules.refusal import Refusals
from rules.steps import NotFound, Stale
from rules.vocabulary import OkiDocStatus, PlacementStatus
from settings import load


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressInput:
    """A home as PO types it."""

    street: str
    house_number: str
    postcode: str
    city: str
    country: str = "Nederland"
    secret: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardianInput:
    """A carer as PO types it; the order of the list is the order of the Oki-doc."""

    last_name: str
    first_name: str = ""
    initials: str = ""
    infix: str = ""
    relation: str = ""
    legal_representative: bool = True
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """What PO changes; None leaves a part as it is."""

    first_name: str | None = None
    official_names: str | None = None
    infix: str | None = None
    last_name: str | None = None
    birth_date: date | None = None
    gender: str | None = None
    group: str | None = None
    bsn: str | None = None
    address: AddressInput | None = None
    guardians: list[GuardianInput] | None = None
    provisional_advice: str | None = None
    advice: str | None = None
    reconsideration_motivation: str | None = None
    test_exemption: str | None = None
    sections: dict[str, Any] = field(default_factory=dict)


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
        checked = _checked(edit, is_new=True)
        assert checked.first_name
        assert checked.last_name
        assert checked.birth_date
        pupil = Pupil(
            id=uuid4(),
            school_year_id=viewer.school_year_id,
            group_id=region.group_id,
            region_id=region.id,
            primary_school_id=viewer.primary_school_id,
            elk_number=await next_elk_number(group_id=region.group_id, school_year_id=viewer.school_year_id),
            first_name=checked.first_name,
            last_name=checked.last_name,
            birth_date=checked.birth_date,
            created_at=act.now,
            updated_at=act.now,
        )
        act.create(pupil)
        act.pupil = pupil
        await _write_identity(act=act, edit=checked)
        await _write_advice(act=act, edit=checked)
        oki_doc = OkiDoc(id=uuid4(), pupil_id=pupil.id, sections={}, updated_at=act.now)
        await act.flush()
        act.create(oki_doc)
        await _write_family(act=act, edit=checked)
        if edit.sections:
            act.change(oki_doc, sections=_merged({}, edit.sections))
    return pupil.id


async def update_oki_doc(*, viewer: Viewer, pupil_id: UUID, expected_version: int, edit: Edit) -> UUID:
    """Rule 6: only PO edits. A definitive Oki-doc that is corrected stands as concept again.

    Raises `NotFound`, `Stale`, `PlacedAlready`, `ReconsiderationNeeded`, `Refusals` of wrong fields.
    """
    async with take("updateOkiDoc", viewer=viewer, pupil_id=pupil_id) as act:
        oki_doc = await _editable(act=act, expected_version=expected_version)
        checked = _checked(edit, is_new=False)
        await _write_identity(act=act, edit=checked)
        changed_family = await _write_family(act=act, edit=checked)
        await _write_advice(act=act, edit=checked)
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


async def next_elk_number(*, group_id: UUID, school_year_id: UUID | None) -> str:
    """The lowest free number above all in use, else the lowest gap; the group's row is locked (rule 2)."""
    await RegionGroup.filter(id=group_id).select_for_update().first()
    used = await scope.elk_numbers(group_id=group_id, school_year_id=school_year_id)
    highest = max((int(number) for number in used if number.isdigit()), default=9999)
    if highest < 99999:
        return str(highest + 1)
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


def _merged(sections: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Sections as sent replace those that are there; every problem is named at once."""
    merged = {**sections, **{name: content for name, content in given.items() if content is not None}}
    problems = rule.validate(merged)
    if problems:
        raise Refusals(
            *(
                InvalidValue(field=problem.path, reason=problem.message).at(
                    "sections", *problem.path.split(".")
                )
                for problem in problems[:20]
            )
        )
    return merged


def _checked(edit: Edit, *, is_new: bool) -> Edit:
    """Every typed field in its one spelling; raises `Refusals` with all that is wrong."""
    checks = Checks()
    values: dict[str, Any] = {}
    for name, label in (("first_name", "Roepnaam"), ("last_name", "Achternaam")):
        given = getattr(edit, name)
        if given is not None or is_new:
            values[name] = checks.name(_camel(name), given or "", label=label, longest=100)
    for name, label, longest in (
        ("official_names", "Voornamen", 200),
        ("infix", "Tussenvoegsel", 40),
        ("group", "Groep", 64),
    ):
        given = getattr(edit, name)
        if given is not None:
            values[name] = checks.name(_camel(name), given, label=label, longest=longest, required=False)
    if edit.birth_date is not None or is_new:
        values["birth_date"] = _birth_date(checks, edit.birth_date)
    if edit.gender is not None:
        if edit.gender not in ("", "M", "V", "O"):
            checks.wrong("gender", "Geslacht: kies M, V of O, of laat het leeg.")
        values["gender"] = edit.gender
    if edit.bsn is not None:
        values["bsn"] = checks.bsn("bsn", edit.bsn)
    if edit.address is not None:
        values["address"] = _address(checks, edit.address)
    if edit.guardians is not None:
        values["guardians"] = _guardians(checks, edit.guardians)
    for name, label in (("reconsideration_motivation", "Motivering"), ("test_exemption", "Ontheffing toets")):
        given = getattr(edit, name)
        if given is not None:
            longest = 200 if name == "test_exemption" else 4000
            values[name] = checks.text(_camel(name), given, label=label, longest=longest)
    checks.done()
    return replace(edit, **values)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


def _birth_date(checks: Checks, given: date | None) -> date | None:
    if given is None or not date(1990, 1, 1) <= given <= date(2100, 1, 1):
        checks.wrong("birthDate", "Geboortedatum: vul de geboortedatum van het kind in.")
    return given


def _address(checks: Checks, given: AddressInput) -> AddressInput:
    return AddressInput(
        street=checks.text("address.street", given.street, label="Straat", longest=120),
        house_number=checks.text("address.houseNumber", given.house_number, label="Huisnummer", longest=20),
        postcode=checks.postcode("address.postcode", given.postcode, country=given.country),
        city=checks.text("address.city", given.city, label="Woonplaats", longest=80),
        country=checks.text("address.country", given.country, label="Land", longest=60) or "Nederland",
        secret=given.secret,
    )


def _guardians(checks: Checks, given: list[GuardianInput]) -> list[GuardianInput]:
    if len(given) > 10:
        checks.wrong("guardians", "Ouders: vul ten hoogste tien ouders of verzorgers in.")
        return []
    return [
        GuardianInput(
            last_name=checks.name(f"guardians.{place}.lastName", one.last_name, label="Achternaam ouder"),
            first_name=checks.name(
                f"guardians.{place}.firstName",
                one.first_name,
                label="Voornaam ouder",
                longest=100,
                required=False,
            ),
            initials=checks.text(
                f"guardians.{place}.initials", one.initials, label="Voorletters", longest=40
            ),
            infix=checks.text(f"guardians.{place}.infix", one.infix, label="Tussenvoegsel", longest=40),
            relation=checks.text(f"guardians.{place}.relation", one.relation, label="Relatie", longest=60),
            legal_representative=one.legal_representative,
            email=checks.email(f"guardians.{place}.email", one.email, label="E-mailadres ouder"),
            phone=checks.text(f"guardians.{place}.phone", one.phone, label="Telefoonnummer", longest=30),
        )
        for place, one in enumerate(given)
    ]


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
        await _write_bsn(act=act, bsn=edit.bsn)


async def _write_bsn(*, act: Act, bsn: str) -> None:
    pupil = act.child
    if not bsn:
        act.change(pupil, bsn_encrypted=None, bsn_index=None)
        return
    index = vault().index(bsn=bsn)
    if index == pupil.bsn_index:
        return
    if await scope.bsn_taken(index=index, pupil=pupil):
        raise PupilKnown().at("bsn")
    act.change(pupil, bsn_encrypted=vault().encrypt(bsn=bsn), bsn_index=index, bsn_doubtful=False)


async def _write_family(*, act: Act, edit: Edit) -> bool:
    """Home and carers, replaced as a whole; whether anything is different now."""
    changed = False
    if edit.address is not None:
        home = await scope.of(act.child, Address).filter(position=1).first()
        values = {name: getattr(edit.address, name) for name in AddressInput.__dataclass_fields__}
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
            refusal = InvalidValue(
                field=name.removesuffix("_id"), reason="Advies: dit advies staat niet op de landelijke lijst."
            )
            raise refusal.at(name.removesuffix("_id"))
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
