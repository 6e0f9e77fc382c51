"""The one road to rows: from a viewer to what they may reach.

Nothing else starts a query on pupil data (a test reads the source and fails otherwise). Out of scope
is *not found*, never *forbidden*: who may not see a child does not learn that it exists.
"""

from collections.abc import Collection
from datetime import date
from typing import Any, Protocol, TypeVar
from uuid import UUID

from tortoise.expressions import F, Q, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models import (
    Document,
    Enrolment,
    LoginRequest,
    Note,
    ParentLogin,
    Preference,
    Pupil,
    Supplement,
    TestResult,
    Upload,
)
from resolvers.viewer import Viewer
from rules.steps import NotFound
from rules.vocabulary import (
    EnrolmentStatus,
    ExportKind,
    LoginRequestState,
    PlacementStatus,
    PupilOrigin,
    Role,
    UploadKind,
)

NOTHING = UUID(int=0)


def pupils(viewer: Viewer) -> QuerySet[Pupil]:
    """The pupils this viewer reaches, of every school year (rules 4, 15, 25)."""
    match viewer.role:
        case Role.PO_EDITOR | Role.PO_MONITOR if viewer.primary_school_id:
            return Pupil.filter(primary_school_id=viewer.primary_school_id)
        case Role.VO_STAFF if viewer.secondary_school_id:
            return Pupil.filter(id__in=Subquery(_handled_by(viewer.secondary_school_id).values("pupil_id")))
        case Role.REGION_ADMIN if viewer.region_id:
            return Pupil.filter(
                Q(region_id=viewer.region_id)
                | Q(id__in=Subquery(ParentLogin.filter(region_id=viewer.region_id).values("pupil_id")))
                | Q(id__in=Subquery(Enrolment.filter(region_id=viewer.region_id).values("pupil_id")))
            )
        case Role.PROJECT_LEAD if viewer.region_id:
            return Pupil.filter(id__in=Subquery(_not_placeable_in(viewer.region_id).values("pupil_id")))
        case _:
            return Pupil.filter(id=child_of(viewer))


def child_of(viewer: Viewer) -> UUID:
    """The pupil of a family; of whoever is no family there is none (rule 15)."""
    return viewer.pupil_id if viewer.role is Role.PARENT and viewer.pupil_id else NOTHING


def enrolments(viewer: Viewer) -> QuerySet[Enrolment]:
    """The forms this viewer reaches. A school: those it handles now, definitive, and no others.
    The project lead: those that ended because a school could not place the child (rule 33)."""
    match viewer.role:
        case Role.VO_STAFF if viewer.secondary_school_id:
            return _handled_by(viewer.secondary_school_id)
        case Role.PO_EDITOR | Role.PO_MONITOR if viewer.primary_school_id:
            return Enrolment.filter(pupil__primary_school_id=viewer.primary_school_id)
        case Role.REGION_ADMIN if viewer.region_id:
            return Enrolment.filter(region_id=viewer.region_id)
        case Role.PROJECT_LEAD if viewer.region_id:
            return _not_placeable_in(viewer.region_id)
        case _:
            return Enrolment.filter(pupil_id=child_of(viewer))


def _handled_by(school_id: UUID) -> QuerySet[Enrolment]:
    return Enrolment.filter(handling_school_id=school_id, status=EnrolmentStatus.FINAL)


def _not_placeable_in(region_id: UUID) -> QuerySet[Enrolment]:
    return Enrolment.filter(region_id=region_id, placement_status=PlacementStatus.NOT_PLACEABLE)


def admitted(viewer: Viewer) -> QuerySet[Pupil]:
    """`pupils` of a secondary school, each with the form by which the school has it: `enrolments__…` is that form and
    no other, as a pupil has one definitive form (rule 2). So a list can be narrowed and put in order by it, from an
    index, and its columns come along."""
    school = viewer.secondary_school_id if viewer.role is Role.VO_STAFF else None
    return Pupil.filter(
        enrolments__handling_school_id=school or NOTHING, enrolments__status=EnrolmentStatus.FINAL
    )


def listed(viewer: Viewer, *, school_year_id: UUID | None) -> QuerySet[Pupil]:
    """`admitted` in one year."""
    return admitted(viewer).filter(
        enrolments__school_year_id=school_year_id or NOTHING, school_year_id=school_year_id or NOTHING
    )


def left(viewer: Viewer, *, pupil_id: UUID) -> QuerySet[Enrolment]:
    """The forms by which this school had a pupil that it may have no more: for saying why, and nothing else."""
    school = viewer.secondary_school_id or NOTHING
    return Enrolment.filter(pupil_id=pupil_id, school_year_id=viewer.school_year_id).filter(
        Q(handling_school_id=school, status=EnrolmentStatus.WITHDRAWN) | Q(first_school_id=school, moved=True)
    )


def placed_in(*, group_ids: Collection[UUID]) -> QuerySet[Enrolment]:
    """Who has a seat in these groups: numbers only, for what is left."""
    return Enrolment.filter(placed_group_id__in=list(group_ids), placement_status=PlacementStatus.PLACED)


def moved_to(*, department_id: UUID, adviezen: Collection[str]) -> QuerySet[Enrolment]:
    """Who was moved to this department, with one of these adviezen, and waits for a seat: numbers only."""
    return Enrolment.filter(
        handling_department_id=department_id,
        moved=True,
        status=EnrolmentStatus.FINAL,
        placement_status=PlacementStatus.NONE,
        pupil__advice_id__in=list(adviezen),
    )


def exported(
    viewer: Viewer, *, kind: ExportKind, school_year_id: UUID | None, department_id: UUID | None = None
) -> QuerySet[Enrolment]:
    """Rule 39: the forms that are in an export now, of the schools that this viewer has exports of.

    Withdrawn: undone by the family or ended by the school; a child that a school cannot place is no such one.
    """
    forms = Enrolment.filter(_in_exports_of(viewer), school_year_id=school_year_id or NOTHING)
    if department_id is not None:
        forms = forms.filter(handling_department_id=department_id)
    match kind:
        case ExportKind.ENROLMENTS:
            return forms.filter(status=EnrolmentStatus.FINAL)
        case ExportKind.WITHDRAWN:
            by = (Role.PARENT.value, Role.VO_STAFF.value)
            ended = forms.filter(status=EnrolmentStatus.WITHDRAWN, withdrawn_by__in=by)
            return ended.exclude(placement_status=PlacementStatus.NOT_PLACEABLE)
        case ExportKind.DECENTRAL_LOTTERY:
            return forms.filter(
                status=EnrolmentStatus.FINAL, placement_status=PlacementStatus.NONE, moved=False
            )
        case ExportKind.CENTRAL_PLACEMENT:
            return forms.filter(status=EnrolmentStatus.FINAL, placement_status=PlacementStatus.DRAWN_OUT)
        case ExportKind.OUTSIDE_PUPILS:
            return forms.filter(status=EnrolmentStatus.FINAL, pupil__origin=PupilOrigin.OUTSIDE)


def once_exported(
    viewer: Viewer, *, kind: ExportKind, school_year_id: UUID | None, department_id: UUID | None = None
) -> QuerySet[Enrolment]:
    """The forms that are in an export of this viewer or may have been: by id alone, to say which are not any more."""
    if kind is ExportKind.WITHDRAWN:
        # What ended stays so.
        return exported(viewer, kind=kind, school_year_id=school_year_id, department_id=department_id)
    reached = _in_exports_of(viewer)
    if viewer.role is not Role.REGION_ADMIN:
        # Whom the school of the first choice sent on.
        reached |= Q(first_school_id__in=_schools_of(viewer))
    forms = Enrolment.filter(reached, school_year_id=school_year_id or NOTHING, finalized_at__isnull=False)
    if kind is ExportKind.OUTSIDE_PUPILS:
        forms = forms.filter(pupil__origin=PupilOrigin.OUTSIDE)
    if department_id is not None:
        forms = forms.filter(Q(handling_department_id=department_id) | Q(first_department_id=department_id))
    return forms


def _in_exports_of(viewer: Viewer) -> Q:
    if viewer.role is Role.REGION_ADMIN:
        return Q(region_id=viewer.region_id or NOTHING)
    return Q(handling_school_id__in=_schools_of(viewer))


def _schools_of(viewer: Viewer) -> list[UUID]:
    if viewer.role is Role.VO_STAFF and viewer.secondary_school_id:
        return [viewer.secondary_school_id]
    if viewer.role is Role.INTEGRATOR:
        return list(viewer.granted_school_ids)
    return []


def notes_of(viewer: Viewer, *, pupil_ids: list[UUID]) -> QuerySet[Note]:
    """Rule 12: of pupils in reach, the own organisation's notes and what the other side shared.

    What one secondary school shared is for PO: the school that a pupil goes to next does not read it.
    """
    found = Note.filter(pupil_id__in=pupil_ids)
    if viewer.primary_school_id:
        return found.filter(Q(primary_school_id=viewer.primary_school_id) | Q(shared=True))
    if viewer.secondary_school_id:
        by_primary = Q(shared=True, primary_school_id__isnull=False)
        return found.filter(Q(secondary_school_id=viewer.secondary_school_id) | by_primary)
    return found.filter(id=NOTHING)


def supplements(viewer: Viewer, *, pupil_ids: Collection[UUID]) -> QuerySet[Supplement]:
    """Rule 26: of pupils in reach, what the own secondary school asked; for their primary school, all of it."""
    asked = Supplement.filter(pupil_id__in=list(pupil_ids))
    if viewer.role is Role.VO_STAFF and viewer.secondary_school_id:
        return asked.filter(school_id=viewer.secondary_school_id)
    if viewer.role is Role.PO_EDITOR and viewer.primary_school_id:
        return asked.filter(pupil__primary_school_id=viewer.primary_school_id)
    return asked.filter(id=NOTHING)


def awaited(viewer: Viewer, *, announced: Collection[tuple[UUID, UUID]]) -> QuerySet[Supplement]:
    """The questions to this primary school that are still open. `announced`: the regions and years that know the
    outcome; in the others a pupil that was moved shows no sooner than anyone may know (rule 23)."""
    still = Q(school_id=F("enrolment__handling_school_id")) | ~Q(
        *(Q(enrolment__region_id=region, enrolment__school_year_id=year) for region, year in announced),
        join_type="OR",
    )
    return Supplement.filter(
        still if announced else Q(),
        pupil__primary_school_id=viewer.primary_school_id or NOTHING,
        enrolment__status=EnrolmentStatus.FINAL,
        answered_at__isnull=True,
    )


def uploads(viewer: Viewer) -> QuerySet[Upload]:
    """Files of pupils in reach, and those of no pupil that this viewer sent: dossiers.

    A secondary school reads those of supplements where they answer its own question (rule 26).
    """
    found = Upload.filter(
        Q(pupil_id__in=Subquery(pupils(viewer).values("id")))
        | Q(pupil_id__isnull=True, owner_id=viewer.account_id)
    )
    if viewer.role is Role.VO_STAFF:
        own = Supplement.filter(school_id=viewer.secondary_school_id or NOTHING)
        found = found.filter(
            Q(kind__not=UploadKind.SUPPLEMENT) | Q(supplement_id__in=Subquery(own.values("id")))
        )
    return found


def tray(viewer: Viewer) -> QuerySet[TestResult]:
    """Results of tests that wait at a primary school for a child that is not here yet."""
    return TestResult.filter(primary_school_id=viewer.primary_school_id or NOTHING, pupil_id__isnull=True)


def documents(viewer: Viewer) -> QuerySet[Document]:
    """The PDFs this viewer asked for, of pupils in reach: what was made of a child leaves with it."""
    return Document.filter(
        requested_by_id=viewer.account_id, pupil_id__in=Subquery(pupils(viewer).values("id"))
    )


def invitations(*, token_hash: str) -> QuerySet[ParentLogin]:
    """The login that the link of mail 1 opens, while it is good: who holds the link needs no session."""
    return ParentLogin.filter(token_hash=token_hash, token_used=False)


def named(*, elk_number: str, birth_date: date, group_id: UUID, school_year_id: UUID) -> QuerySet[Pupil]:
    """The child that a family names without a session (rule 24): for a step that answers the same to anyone."""
    return Pupil.filter(
        group_id=group_id, school_year_id=school_year_id, elk_number=elk_number, birth_date=birth_date
    )


def login_requests(viewer: Viewer) -> QuerySet[LoginRequest]:
    """What families asked of this region (rule 24). Nobody sees one whose address is not confirmed yet."""
    if viewer.role is Role.REGION_ADMIN and viewer.region_id:
        return LoginRequest.filter(region_id=viewer.region_id).exclude(state=LoginRequestState.UNCONFIRMED)
    return LoginRequest.filter(id=NOTHING)


def unconfirmed(*, token_hash: str) -> QuerySet[LoginRequest]:
    """The registration that the link of its mail confirms: who holds the link needs no session."""
    return LoginRequest.filter(token_hash=token_hash, state=LoginRequestState.UNCONFIRMED)


def registrations(*, region_id: UUID, school_year_id: UUID, email: str) -> QuerySet[LoginRequest]:
    """What came in from this address, for the step that adds to it: who registers is shown nothing."""
    return LoginRequest.filter(
        region_id=region_id, school_year_id=school_year_id, pupil_id__isnull=True, email__iexact=email
    )


async def locked_child_of(request: LoginRequest) -> Pupil | None:
    """The child that a request from this module is about, locked; None while it has yet to be made."""
    if request.pupil_id is None:
        return None
    return await Pupil.filter(id=request.pupil_id).select_for_update(of=("pupil",)).get()


def alike(
    *, group_id: UUID, school_year_id: UUID, bsn_indexes: Collection[str], names: Collection[tuple[str, date]]
) -> QuerySet[Pupil]:
    """Children of linked regions with one of these BSNs, or a name that begins so on that day of birth: for the
    region, which decides whether a request is about one of them (rule 24)."""
    found = Q(bsn_index__in=list(bsn_indexes))
    for name, born in names:
        found |= Q(birth_date=born, sort_name__startswith=name)
    return Pupil.filter(found, group_id=group_id, school_year_id=school_year_id)


async def locked_pupil(viewer: Viewer, *, pupil_id: UUID) -> Pupil:
    """The row, locked until the transaction ends. Raises `NotFound` out of scope."""
    pupil = await pupils(viewer).filter(id=pupil_id).select_for_update(of=("pupil",)).first()
    if pupil is None:
        raise NotFound()
    if viewer.role is Role.VO_STAFF and not await enrolments(viewer).filter(pupil_id=pupil_id).exists():
        # Waiting for the lock, the subquery above saw the state of before it.
        raise NotFound()
    return pupil


async def elk_numbers(*, group_id: UUID, school_year_id: UUID | None) -> set[str]:
    """The ELK numbers in use: numbers only, for giving out the next."""
    taken = Pupil.filter(group_id=group_id, school_year_id=school_year_id)
    return {str(number) for number in await taken.values_list("elk_number", flat=True)}


async def highest_elk_number(*, group_id: UUID, school_year_id: UUID | None, outside: bool = False) -> int:
    """The highest of five digits in use, 0 where there is none. `outside`: of those that begin with a B."""
    first, last = ("B", "B99999") if outside else ("", "99999")
    taken = Pupil.filter(
        group_id=group_id, school_year_id=school_year_id, elk_number__gte=first, elk_number__lte=last
    )
    highest = await taken.order_by("-elk_number").limit(1).values_list("elk_number", flat=True)
    return int(str(highest[0])[-5:]) if highest else 0


def at_school_of(pupil: Pupil) -> QuerySet[Pupil]:
    """The pupils of this one's school and year, itself included."""
    return Pupil.filter(primary_school_id=pupil.primary_school_id, school_year_id=pupil.school_year_id)


async def bsn_taken(*, index: str, pupil: Pupil) -> bool:
    """Whether another pupil of this year has this BSN; who, nobody learns."""
    return (
        await Pupil.filter(bsn_index=index, school_year_id=pupil.school_year_id).exclude(id=pupil.id).exists()
    )


def with_bsn() -> QuerySet[Pupil]:
    """Every child with a BSN, in a fixed order: for `bsn_keys` alone, which shows nobody anything."""
    return Pupil.filter(bsn_encrypted__isnull=False).order_by("id")


def requests_with_bsn() -> QuerySet[LoginRequest]:
    """The same of what families asked and nobody decided yet."""
    return LoginRequest.filter(bsn_encrypted__isnull=False).order_by("id")


async def one(queryset: QuerySet[Any]) -> Any:
    """The one row of a scoped query, or `NotFound`."""
    row = await queryset.first()
    if row is None:
        raise NotFound()
    return row


M = TypeVar("M", bound=Model)


def of(pupil: Pupil, model: type[M]) -> QuerySet[M]:
    """What belongs to a pupil that came from this module: guardians, Oki-doc, logins, forms."""
    return model.filter(pupil_id=pupil.id)


class Found(Protocol):
    """A pupil that came from this module, whole or as the columns of a page."""

    @property
    def id(self) -> UUID: ...


def of_all(pupils: Collection[Found], model: type[M]) -> QuerySet[M]:
    """The same for a page of pupils, in one statement."""
    return of_ids([pupil.id for pupil in pupils], model)


def of_ids(pupil_ids: Collection[UUID], model: type[M]) -> QuerySet[M]:
    """The same by the ids of pupils that came from this module."""
    return model.filter(pupil_id__in=list(pupil_ids))


def lines_of(*, enrolment_ids: Collection[UUID]) -> QuerySet[Preference]:
    """The lists of forms that came from this module, each in its order."""
    return Preference.filter(enrolment_id__in=list(enrolment_ids)).order_by("enrolment_id", "rank")
