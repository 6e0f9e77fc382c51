"""Rules 16 to 22: a family saves, finalises and undoes an enrolment."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from emails import Enrolled
from models import Enrolment, Guardian, ParentLogin, Preference
from models.region import Advice
from resolvers import scope
from resolvers.enrolment_forms import EnrolmentRow, choices_for, form_of, frozen, is_decided, not_at, shown
from resolvers.regions import region_of_family
from resolvers.step import Act, take
from resolvers.viewer import Viewer
from rules import enrolment as rule
from rules.enrolment import (
    MOST_PREFERENCES,
    AlreadyEnrolledElsewhere,
    CannotEnrol,
    EnrolmentFinal,
    EnrolmentIncomplete,
    Form,
    NothingToRevoke,
    TooManyPreferences,
)
from rules.input import Checks
from rules.steps import NotFound, Stale
from rules.vocabulary import (
    EnrolmentStatus,
    LoginStatus,
    PeriodKind,
    PlacementStatus,
    PriorityGround,
    PriorityStatus,
    Role,
)

ONE_FINAL = "enrolment_one_final"
"""The constraint that keeps rule 2 in the database."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """A form after saving, and what the family should be told about it."""

    enrolment: EnrolmentRow
    notices: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    ground: PriorityGround
    sibling_name: str = ""
    sibling_class: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """What a family sends with `saveEnrolment`."""

    department_ids: list[UUID]
    claim: Claim | None = None
    accept_equivalent_department: bool = False
    is_multiple: bool = False
    all_apply_here: bool = False


async def save_enrolment(
    *, viewer: Viewer, filled: Filled, expected_version: int, region: str | None
) -> Saved:
    """Keep a draft, incomplete or wrong as it may be (rule 16).

    Raises `NotFound` (a department that is not there or of another region), `Stale`, `EnrolmentFinal`,
    `PeriodClosed`, `CannotEnrol`, `TooManyPreferences`.
    """
    async with _taken("saveEnrolment", viewer=viewer, region=region) as act:
        current = await _live(act)
        version = current.version if current else 0
        if version != expected_version:
            refusal = await _stale(act, current)
            if current is not None:
                refusal.there_now = Saved(enrolment=refusal.there_now, notices=[])
            raise refusal
        if current is not None and current.status is EnrolmentStatus.FINAL:
            raise EnrolmentFinal()
        _may_enrol(act)
        before = await form_of(enrolment=current, pupil=act.child) if current else Form()
        typed = replace(await _typed(act=act, filled=filled), not_at=not_at(current))
        form, notices = rule.fitting(
            form=typed, first_school_before=before.choices[0].school_id if before.choices else None
        )
        assert act.region is not None
        enrolment = current or _fresh(act, region_id=act.region.id, group_id=act.region.group_id)
        if current is None:
            act.create(enrolment)
        act.change(
            enrolment,
            version=version + 1,
            priority_ground=form.ground,
            sibling_name=form.sibling_name,
            sibling_class=form.sibling_class,
            accept_equivalent_department=form.accept_equivalent_department,
            is_multiple=form.is_multiple,
            all_apply_here=form.all_apply_here,
        )
        await _write_list(act=act, enrolment=enrolment, form=form, is_new=current is None)
        await _move_dot(act=act, region_id=act.region.id, to=LoginStatus.ENROLMENT_STARTED)
        row = await _shown(act=act, enrolment=enrolment, form=form)
    return Saved(enrolment=row, notices=notices)


async def finalize_enrolment(
    *, viewer: Viewer, expected_version: int | None, region: str | None
) -> EnrolmentRow:
    """Make the form definitive, link the pupil to the first-choice school, send mail 2 (rule 21).

    Asked again, the answer is the same, also when the period has closed in between. Raises `EnrolmentIncomplete`, `AlreadyEnrolledElsewhere`,
    `Stale`, `PeriodClosed`, `NotFound` (nothing saved yet).
    """
    try:
        async with _taken("finalizeEnrolment", viewer=viewer, region=region, rule_judges_window=True) as act:
            enrolment = await _live(act)
            refusal = act.closed()
            if refusal is not None and (enrolment is None or enrolment.status is EnrolmentStatus.CONCEPT):
                raise refusal
            if enrolment is None:
                raise EnrolmentIncomplete(
                    missing=tuple(rule.missing(form=Form(), list_length=await list_length_of(act)))
                )
            form = await form_of(enrolment=enrolment, pupil=act.child)
            length = await list_length_of(act)
            # Asked again it is the same answer; of another version of the form it is not the same question.
            asked = (
                (enrolment.version,) if enrolment.status is EnrolmentStatus.CONCEPT else _of_final(enrolment)
            )
            if expected_version is not None and expected_version not in asked:
                raise await _stale(act, enrolment)
            if enrolment.status is EnrolmentStatus.CONCEPT:
                _may_enrol(act)
                elsewhere = await _elsewhere(act)
                if elsewhere is not None:
                    raise AlreadyEnrolledElsewhere(region=elsewhere)
                missing = rule.missing(form=form, list_length=length)
                if missing:
                    raise EnrolmentIncomplete(missing=tuple(missing))
                await _finalize(act=act, enrolment=enrolment, form=form)
    except IntegrityError as clash:
        # Another region's commit came between our look and our write: the constraint decides.
        if ONE_FINAL not in str(clash):
            raise
        raise AlreadyEnrolledElsewhere() from None
    assert act.region is not None
    return shown(enrolment=enrolment, form=form, list_length=length, region=act.region.code)


def _of_final(enrolment: Enrolment) -> tuple[int, int]:
    """The version that was made definitive, and what it became."""
    return enrolment.version - 1, enrolment.version


async def revoke_enrolment(
    *, viewer: Viewer, expected_version: int | None, region: str | None
) -> EnrolmentRow:
    """Undo a definitive enrolment; it stays as withdrawn, and a fresh concept begins from it (rule 22).

    Raises `NothingToRevoke`, `Stale`, `PeriodClosed`, `BeingHandled`.
    """
    async with _taken("revokeEnrolment", viewer=viewer, region=region) as act:
        enrolment = await _live(act)
        if enrolment is None or enrolment.status is not EnrolmentStatus.FINAL:
            raise NothingToRevoke()
        if expected_version is not None and expected_version != enrolment.version:
            raise await _stale(act, enrolment)
        rule.may_revoke(
            in_application=act.calendar.is_open(PeriodKind.APPLICATION, act.now),
            decided=is_decided(enrolment),
        )
        fresh = await withdraw(act=act, enrolment=enrolment, by=Role.PARENT)
        form = await form_of(enrolment=enrolment, pupil=act.child)
        row = await _shown(act=act, enrolment=fresh, form=form)
    return row


async def withdraw(*, act: Act, enrolment: Enrolment, by: Role) -> Enrolment:
    """End a definitive form and begin a concept with the same answers. The school loses sight of it."""
    act.change(enrolment, status=EnrolmentStatus.WITHDRAWN, withdrawn_at=act.now, withdrawn_by=by.value)
    await act.flush()
    fresh = _fresh(act, region_id=enrolment.region_id, group_id=enrolment.group_id)
    act.create(fresh)
    act.change(
        fresh,
        version=enrolment.version + 1,
        priority_ground=enrolment.priority_ground,
        sibling_name=enrolment.sibling_name,
        sibling_class=enrolment.sibling_class,
        accept_equivalent_department=enrolment.accept_equivalent_department,
        is_multiple=enrolment.is_multiple,
        all_apply_here=enrolment.all_apply_here,
        not_at=enrolment.not_at,
    )
    for line in await scope.lines_of(enrolment_ids=[enrolment.id]):
        act.create(
            Preference(id=uuid4(), enrolment_id=fresh.id, rank=line.rank, department_id=line.department_id)
        )
    await _move_dot(act=act, region_id=enrolment.region_id, to=LoginStatus.ENROLMENT_STARTED)
    return fresh


@asynccontextmanager
async def _taken(
    name: str, *, viewer: Viewer, region: str | None, rule_judges_window: bool = False
) -> AsyncIterator[Act]:
    if viewer.pupil_id is None:
        raise NotFound()
    pupil = await scope.one(scope.pupils(viewer))
    chosen = await region_of_family(code=region, pupil=pupil, viewer=viewer)
    async with take(
        name,
        viewer=viewer,
        pupil_id=viewer.pupil_id,
        region=chosen,
        rule_judges_window=rule_judges_window,
    ) as act:
        yield act


async def _live(act: Act) -> Enrolment | None:
    """The concept or definitive form of this child in this region."""
    assert act.region is not None
    live = scope.of(act.child, Enrolment).filter(region_id=act.region.id)
    return await live.exclude(status=EnrolmentStatus.WITHDRAWN).first()


async def _stale(act: Act, current: Enrolment | None) -> Stale:
    """Two phones, one form: the second is shown what the first saved."""
    refusal = Stale(current_version=current.version if current else 0)
    refusal.path = ("expected_version",)
    if current is not None:
        form = await form_of(enrolment=current, pupil=act.child)
        refusal.there_now = await _shown(act=act, enrolment=current, form=form)
    return refusal


async def _shown(*, act: Act, enrolment: Enrolment, form: Form) -> EnrolmentRow:
    """The form as it is now, while it may be worked on, and whether it could be definitive."""
    in_the_way = rule.in_the_way(
        closed=act.closed(),
        not_placing=act.child.not_placing_reason is not None,
        elsewhere=await _elsewhere(act),
    )
    assert act.region is not None
    return shown(
        enrolment=enrolment,
        form=form,
        list_length=await list_length_of(act),
        region=act.region.code,
        in_the_way=in_the_way,
    )


async def _elsewhere(act: Act) -> str | None:
    """Rule 2: the linked region in which this child is definitively enrolled already."""
    assert act.region is not None
    others = (
        scope.of(act.child, Enrolment).filter(status=EnrolmentStatus.FINAL).exclude(region_id=act.region.id)
    )
    found = await others.select_related("region").first()
    return found.region.name if found is not None else None


def _may_enrol(act: Act) -> None:
    if act.child.not_placing_reason is not None:
        raise CannotEnrol()


async def list_length_of(act: Act) -> int | None:
    """Rule 17: exactly, by advice, from the data."""
    advice = await Advice.get_or_none(code=act.child.advice_id)
    return advice.list_length if advice else None


def _fresh(act: Act, *, region_id: UUID, group_id: UUID) -> Enrolment:
    pupil = act.child
    return Enrolment(
        id=uuid4(),
        pupil_id=pupil.id,
        region_id=region_id,
        group_id=group_id,
        school_year_id=pupil.school_year_id,
        status=EnrolmentStatus.CONCEPT,
        version=0,
        created_at=act.now,
        updated_at=act.now,
    )


async def _typed(*, act: Act, filled: Filled) -> Form:
    """The form as sent. Raises when a department is not of this region and year, or a text is too long."""
    assert act.region is not None
    if len(filled.department_ids) > MOST_PREFERENCES:
        raise TooManyPreferences().at("preferences")
    known = await choices_for(department_ids=filled.department_ids, pupil=act.child, region_id=act.region.id)
    for place, department_id in enumerate(filled.department_ids):
        if department_id not in known:
            raise NotFound().at("preferences", str(place), "department_id")
    claim = filled.claim
    name = klas = ""
    if claim is not None and claim.ground is PriorityGround.SIBLING:
        checks = Checks()
        name = checks.text(
            "priorityClaim.siblingName", claim.sibling_name, label="Naam broer of zus", longest=120
        )
        klas = checks.text("priorityClaim.siblingClass", claim.sibling_class, label="Klas", longest=40)
        checks.done()
    return Form(
        choices=tuple(known[department_id] for department_id in filled.department_ids),
        ground=claim.ground if claim else None,
        sibling_name=name,
        sibling_class=klas,
        accept_equivalent_department=filled.accept_equivalent_department,
        is_multiple=filled.is_multiple,
        all_apply_here=filled.all_apply_here,
    )


async def _write_list(*, act: Act, enrolment: Enrolment, form: Form, is_new: bool) -> None:
    """Replace the lines of the list; the audit holds the old and the new order."""
    await act.flush()
    wanted = [choice.department_id for choice in form.choices]
    lines = scope.lines_of(enrolment_ids=[enrolment.id])
    present = [] if is_new else [line.department_id for line in await lines]
    if present == wanted:
        return
    if present:
        await lines.delete()
    await Preference.bulk_create(
        Preference(id=uuid4(), enrolment_id=enrolment.id, rank=rank, department_id=department_id)
        for rank, department_id in enumerate(wanted, start=1)
    )
    act.record(
        entity="Enrolment",
        entity_id=enrolment.id,
        before={"preferences": [str(one) for one in present]},
        preferences=[str(one) for one in wanted],
    )


async def _move_dot(*, act: Act, region_id: UUID, to: LoginStatus) -> None:
    """The PO dot follows the form (rules 10 and 13): AG while started, AV once definitive."""
    login = await scope.of(act.child, ParentLogin).filter(region_id=region_id).first()
    if login is not None:
        act.change(login, status=to)


async def _finalize(*, act: Act, enrolment: Enrolment, form: Form) -> None:
    first = form.choices[0]
    act.change(
        enrolment,
        status=EnrolmentStatus.FINAL,
        version=enrolment.version + 1,
        finalized_at=act.now,
        form=frozen(form=form, advice=act.child.advice_id),
        first_school_id=first.school_id,
        first_department_id=first.department_id,
        handling_school_id=first.school_id,
        handling_department_id=first.department_id,
        placement_status=PlacementStatus.NONE,
        priority_status=PriorityStatus.REQUESTED if form.ground else None,
    )
    await _move_dot(act=act, region_id=enrolment.region_id, to=LoginStatus.ENROLMENT_FINAL)
    until = max(
        (span.closes_at for span in act.calendar.own_windows if span.closes_at and span.holds(act.now)),
        default=None,
    )
    if to := await address_of(act=act, region_id=enrolment.region_id):
        act.mail(
            Enrolled(first_name=act.child.first_name, until=until),
            to=to,
            unique_key=f"enrolled:{enrolment.id}",
            link="portal",
        )


async def address_of(*, act: Act, region_id: UUID) -> str:
    """Where a family is written to: the first parent, else where the login of this region went. Empty: nowhere."""
    guardian = await scope.of(act.child, Guardian).order_by("position").first()
    if guardian is not None and guardian.email:
        return str(guardian.email)
    login = await scope.of(act.child, ParentLogin).filter(region_id=region_id).first()
    return login.email if login else ""
