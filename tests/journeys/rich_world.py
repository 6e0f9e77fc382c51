"""A world in which every question has an answer with everything in it: so many children, each with all there is."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from models import (
    Account,
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
from resolvers import sessions
from rules.uploads import UploadState
from rules.vocabulary import LoginRequestState, LoginStatus, Role
from tests.journeys.applied import WEEK, applied
from tests.journeys.integrating import made
from tests.machines import machine
from tests.world import Person, World

AT: dict[Role, Any] = {
    Role.PO_EDITOR: lambda world: {"primary_school_id": world.primary.id},
    Role.PO_MONITOR: lambda world: {"primary_school_id": world.primary.id},
    Role.VO_STAFF: lambda world: {"secondary_school_id": world.schools[0].id},
    Role.REGION_ADMIN: lambda world: {"region_id": world.amstelland.id},
    Role.PROJECT_LEAD: lambda world: {"region_id": world.amstelland.id},
}
"""Where the people of a role work."""


async def person_of(world: World, role: Role, *, pupil: Pupil) -> Person:
    """Somebody of this role, signed in; a parent is that of `pupil`."""
    if role is Role.PUBLIC:
        return world.nobody()
    if role is Role.PARENT:
        return await world.at_home(pupil, world.amsterdam)
    if role is Role.INTEGRATOR:
        return await machine(world)
    return await world.staff(role, **AT[role](world))


async def children(world: World, *, count: int) -> list[Pupil]:
    """Children on the list of the first school; and as many from elsewhere, who left, and who could not be placed and
    ask for a login again. As many results wait for a child."""
    author = await world.account(
        Role.PO_EDITOR, username=f"{uuid4().hex}@example.org", primary_school=world.primary
    )
    found = [await _child(world, number=number, author=author.id) for number in range(count)]
    left = {"status": "WITHDRAWN", "withdrawn_at": WEEK, "withdrawn_by": "PARENT"}
    gone = {"status": "WITHDRAWN", "placement_status": "NOT_PLACEABLE", "withdrawn_at": WEEK}
    for number in range(count):
        await applied(world, outside=True, form={"placement_status": "DRAWN_OUT", "drawn_out_at": WEEK})
        await applied(world, form=left)
        pupil = await applied(world, last_name=f"Elders {number}", form=gone)
        await LoginRequest.create(
            id=uuid4(), region=world.amstelland, school_year=world.year, pupil=pupil, created_at=WEEK,
            state=LoginRequestState.OPEN, confirmed_at=WEEK,
        )  # fmt: skip
        await TestResult.create(
            id=uuid4(), primary_school=world.primary, school_year=world.year, advice_id="HAVO",
            eck_id=uuid4().hex, delivered_at=WEEK,
        )  # fmt: skip
    return found


async def _child(world: World, *, number: int, author: UUID) -> Pupil:
    pupil = await applied(
        world,
        first_name=f"Lot {number}",
        minute=number,
        form={
            "priority_ground": "SIBLING", "priority_status": "REQUESTED", "sibling_name": "Bo", "is_multiple": True,
            "all_apply_here": True, "transfer_meeting": True, "open_supplement": True,
        },
    )  # fmt: skip
    form = await Enrolment.get(pupil_id=pupil.id)
    await Preference.bulk_create(
        Preference(id=uuid4(), enrolment=form, rank=rank + 1, department=world.departments[f"{rank}-HAVO"])
        for rank in range(5)
    )
    await ParentLogin.create(
        pupil=pupil, region=world.amstelland, status=LoginStatus.ACTIVATED, email="ouder@example.org"
    )
    await Note.create(
        id=uuid4(), pupil=pupil, author_name="Anne", author_account_id=author, primary_school_id=world.primary.id,
        organisation_name=world.primary.name, text="Belt liever.", shared=True, created_at=WEEK,
    )  # fmt: skip
    supplement = await Supplement.create(
        id=uuid4(), pupil=pupil, enrolment=form, school=world.schools[0], question="Rekenen?", asked_at=WEEK,
        answer="Gaat goed.", answered_at=WEEK + timedelta(hours=1),
    )  # fmt: skip
    for kind, of in (("ATTACHMENT", None), ("SUPPLEMENT", supplement)):
        await Upload.create(
            id=uuid4(), kind=kind, owner_id=author, pupil=pupil, supplement=of, filename="brief.pdf",
            declared_size=5, size=5, state=UploadState.RELEASED, storage_key=uuid4().hex, created_at=WEEK, received_at=WEEK,
        )  # fmt: skip
    return pupil


async def more(world: World, person: Person, role: Role, *, count: int) -> None:
    """So many sessions of the same account, and so many machines of a region."""
    if role is Role.PUBLIC:
        return
    account = await Account.get(id=person.account_id)
    for number in range(count):
        session, _ = sessions.new_session(account=account, user_agent="")
        await session.save(force_create=True)
        if role is Role.REGION_ADMIN:
            await made(world, person, name=f"Systeem {number}")


async def ids_of(world: World, person: Person, role: Role, *, pupil: Pupil) -> dict[str, str]:
    """For each question that takes an id: one that is there for this person."""
    found = {"pupil": str(pupil.id)}
    if role in (Role.PO_EDITOR, Role.PARENT, Role.VO_STAFF):
        about = {
            Role.PO_EDITOR: {"kind": "OKI_DOC", "pupilId": str(pupil.id)},
            Role.PARENT: {"kind": "APPLICATION_FORM"},
            Role.VO_STAFF: {"pupilId": str(pupil.id)},
        }[role]
        act = "createOsoDossier" if role is Role.VO_STAFF else "createDocument"
        found["document"] = (await person.done(act, "document { id }", **about))["document"]["id"]
        upload = await Upload.create(
            id=uuid4(), kind="ATTACHMENT", owner_id=person.account_id, pupil=pupil, filename="brief.pdf",
            declared_size=5, created_at=WEEK,
        )  # fmt: skip
        found["upload"] = str(upload.id)
    if role in (Role.VO_STAFF, Role.REGION_ADMIN, Role.INTEGRATOR):
        asked = {"kind": "ENROLMENTS", "format": "CSV"}
        found["export"] = (await person.done("createExport", "export { id }", **asked))["export"]["id"]
    return found
