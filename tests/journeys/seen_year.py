"""The year of these children, by the steps that people take: from the login to the announcement, in four stops."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from models import CapacityGroup, Region, RegionGroup, Upload
from resolvers import clock
from schema.seen_in_states import ROLE, State, Who
from tests.journeys.handling import AFTER_CENTRAL, HANDLING, done, listed, seats
from tests.journeys.seen_children import Child, made, other_school
from tests.machines import machine
from tests.world import PASSWORD, Person, World, at, one_second_before, token_in

LAST_SECOND = "2027-05-20 16:00"
STAYS = (
    State.NOT_SENT, State.SENT, State.ACTIVE, State.CONCEPT, State.UNDONE, State.FELL_BACK, State.NOT_GOING,
)  # fmt: skip
MOVES = {
    State.MOVED_TOLD: State.MOVED,
    State.MOVED_PLACED_TOLD: State.MOVED_PLACED,
    State.MOVED_DEFERRED_TOLD: State.MOVED_DEFERRED,
}
ON_PAPER = (State.PLACED_TOLD, State.NOT_PLACEABLE_TOLD, State.MOVED_PLACED_TOLD)
HANDLED = {
    State.DECIDED_TOLD: State.DECIDED,
    State.PLACED_TOLD: State.PLACED,
    State.DRAWN_OUT_TOLD: State.DRAWN_OUT,
    State.NOT_PLACEABLE_TOLD: State.NOT_PLACEABLE,
    State.WITHDRAWN_TOLD: State.WITHDRAWN,
    **dict.fromkeys(MOVES, State.DRAWN_OUT),
}
"""Where a child stands once the first school has dealt with it, by where it ends up."""


@dataclass
class Year:
    world: World
    children: list[Child]
    people: dict[Who, Person] = field(default_factory=dict)

    def to(self, *states: State) -> list[Child]:
        return [child for child in self.children if child.to in states]

    def person(self, who: Who) -> Person:
        return self.people[who]


async def begin(world: World) -> Year:
    """Everybody is there, and nothing has been sent yet."""
    roads = [*STAYS, *HANDLED, State.OUTSIDE_MOVED]
    year = Year(world, [Child(number, to) for number, to in enumerate(roads)])
    unlinked = await _unlinked_region()
    other = await other_school(world)
    places: dict[Who, dict[str, Any]] = {
        Who.PO_EDITOR: {"primary_school_id": world.primary.id},
        Who.PO_MONITOR: {"primary_school_id": world.primary.id},
        Who.OTHER_PO: {"primary_school_id": other.id},
        Who.VO_FIRST: {"secondary_school_id": world.schools[0].id},
        Who.VO_SECOND: {"secondary_school_id": world.schools[1].id},
        Who.VO_THIRD: {"secondary_school_id": world.schools[2].id},
        Who.VO_ELSEWHERE: {"secondary_school_id": world.schools[5].id},
        Who.REGION: {"region_id": world.amstelland.id},
        Who.LEAD: {"region_id": world.amstelland.id},
        Who.LINKED_REGION: {"region_id": world.amsterdam.id},
        Who.LINKED_LEAD: {"region_id": world.amsterdam.id},
        Who.UNLINKED_REGION: {"region_id": unlinked.id},
    }
    for who, place in places.items():
        year.people[who] = await world.staff(ROLE[who], **place)
    # Of a school that is on nobody's list.
    year.people[Who.INTEGRATOR] = await machine(world, schools=[5])
    year.people[Who.PUBLIC] = world.nobody()
    await CapacityGroup.all().update(seats=50)
    for child in year.children:
        await made(world, child)
    return year


async def _unlinked_region() -> Region:
    """A region of another group, in the same school year."""
    group = await RegionGroup.create(id=uuid4(), code="ZUID")
    return await Region.create(
        id=uuid4(), group=group, code="ZUIDERLAND", name="Zuiderland", portal_url="https://zuid.example.org/",
        sender_address="elk@zuid.example.org", project_lead_email="zuid@example.org",
    )  # fmt: skip


async def walk(year: Year) -> AsyncIterator[str]:
    """Four stops; at each of them every child stands in the state that it says."""
    await _applied(year)
    yield "the application week"
    await _handled(year)
    yield "the handling of the first school"
    await _moved(year)
    clock.stand_still(at=one_second_before(LAST_SECOND))
    yield "the last second before the announcement"
    await _told(year)
    yield "after the announcement"


async def _applied(year: Year) -> None:
    world, editor = year.world, year.person(Who.PO_EDITOR)
    for child in year.children:
        if not child.is_outside and child.to is not State.NOT_SENT:
            await editor.done("sendParentLogin", "", pupilId=child.id, region="AMSTELLAND")
            child.state = State.SENT
    by_address = {mail["to"]: mail for mail in await world.mails()}
    for child in year.children:
        if child.is_outside:
            child.parent = await world.at_home(child.pupil, world.amstelland)
        elif child.to not in (State.NOT_SENT, State.SENT):
            token = token_in(by_address[child.email])
            given = {"token": token, "password": PASSWORD}
            session = (await world.nobody().done("activateAccount", "session { token }", **given))["session"]
            child.parent, child.state = Person(world.http, session["token"]), State.ACTIVE
    for child in year.children:
        if child.is_outside:
            await send(year, child, child.parent, kind="FAMILY_DOCUMENT", fact="family_document")
        else:
            await send(year, child, editor, kind="ATTACHMENT", fact="attachment")
            for fact, shared in (("note_po", False), ("note_po_shared", True)):
                given = {"pupilId": child.id, "text": child.canary(fact)}
                await editor.done("addNote", "", sharedWithSecondary=shared, **given)
        if child.parent is not None and child.to is not State.ACTIVE:
            await _enrolled(year, child)
    for (child,) in (year.to(State.UNDONE), year.to(State.FELL_BACK), year.to(State.NOT_GOING)):
        child.state = child.to
        if child.to is State.UNDONE:
            assert child.parent is not None
            await child.parent.done("revokeEnrolment", "")
        elif child.to is State.FELL_BACK:
            given = {"pupilId": child.id, "advice": "VMBO_BB"}
            await editor.done("updateOkiDoc", "", expectedVersion=1, **given)
        else:
            given = {"pupilId": child.id, "reason": "MOVED"}
            await editor.done("setNotPlacingReason", "", confirmWithdrawal=True, **given)
    await _on_paper(year)


async def _on_paper(year: Year) -> None:
    """PDFs and dossiers that were asked for while the child was there."""
    editor, first = year.person(Who.PO_EDITOR), year.person(Who.VO_FIRST)
    for child in year.children:
        asked = [(child.parent, "createDocument", {"kind": "APPLICATION_FORM"})] if child.parent else []
        if child.to in ON_PAPER:
            asked.append((editor, "createDocument", {"kind": "OKI_DOC", "pupilId": child.id}))
            asked.append((first, "createOsoDossier", {"pupilId": child.id}))
        for person, mutation, given in asked:
            made = await person.done(mutation, "document { id }", **given)
            child.documents.append(made["document"]["id"])
    await year.world.mails()


async def _enrolled(year: Year, child: Child) -> None:
    assert child.parent is not None
    claim = {"ground": "SIBLING", "siblingName": child.canary("claim"), "siblingClass": child.canary("claim")}
    form = {
        "preferences": [year.world.choice(school) for school in range(5)],
        "priorityClaim": claim,
        "acceptEquivalentDepartment": True,
        "multipleBirth": {"isMultiple": True, "allApplyHere": True},
    }
    await child.parent.done("saveEnrolment", "", expectedVersion=0, **form)
    child.state = State.CONCEPT
    if child.to is not State.CONCEPT:
        await child.parent.done("finalizeEnrolment", "")
        child.state = State.OUTSIDE_FINAL if child.is_outside else State.FINAL


async def send(year: Year, child: Child, person: Person | None, *, kind: str, fact: str) -> str:
    """A file whose name, and whose bytes, are a canary."""
    assert person is not None
    content = child.file(fact)
    given = {"kind": kind, "filename": f"{child.canary(fact)}.pdf", "size": len(content), "pupilId": child.id}
    made = (await person.done("createUpload", "upload { id url }", **given))["upload"]
    sent = await year.world.http.put(urlsplit(made["url"]).path, content=content)
    assert sent.status_code == 201, sent.text
    await Upload.filter(id=made["id"]).update(title=child.canary(fact))  # Dossiers bring titles.
    child.uploads.append(made["id"])
    return str(made["id"])


async def _handled(year: Year) -> None:
    world, first, editor = year.world, year.person(Who.VO_FIRST), year.person(Who.PO_EDITOR)
    clock.stand_still(at=at(HANDLING))
    for child in year.to(*HANDLED):
        pupil, told = child.pupil, child.canary
        await done(first, "decidePriority", pupil, decision="GRANT")
        for fact, shared in (("note_first", False), ("note_first_shared", True)):
            await done(first, "addNote", pupil, text=told(fact), sharedWithPrimary=shared)
        await done(first, "setTransferMeeting", pupil, wanted=True, note=told("meeting_note"))
        await done(first, "requestSupplement", pupil, question=told("supplement"))
        file = await send(year, child, editor, kind="SUPPLEMENT", fact="answer_file")
        given = {"pupilId": child.id, "answer": told("answer"), "uploadIds": [file]}
        await editor.done("answerSupplement", "", **given)
        await done(first, "requestSupplement", pupil, question=f"{told('supplement')}?")
        child.state = State.DECIDED
    (placed,) = year.to(State.PLACED_TOLD)
    said = {"track": placed.canary("track"), "profile": placed.canary("track")}
    await done(first, "placePupil", placed.pupil, **world.choice(0), **said)
    placed.state = State.PLACED
    await seats(world, 1)
    for child in year.to(*HANDLED):
        child.state = HANDLED[child.to]
        if child.state is State.DRAWN_OUT:
            await done(first, "drawOutPupil", child.pupil)
        elif child.state is State.NOT_PLACEABLE:
            await done(first, "registerNotPlaceable", child.pupil, explanation=child.canary("explanation"))
        elif child.state is State.WITHDRAWN:
            await done(first, "withdrawPupil", child.pupil, reason=child.canary("explanation"))
    await world.mails()


async def _moved(year: Year) -> None:
    world, first, second = year.world, year.person(Who.VO_FIRST), year.person(Who.VO_SECOND)
    clock.stand_still(at=at(AFTER_CENTRAL))
    for child in [*year.to(*MOVES), *year.to(State.OUTSIDE_MOVED)]:
        await done(first, "reassign", child.pupil, **listed(1, world))
        child.state = MOVES.get(child.to, State.OUTSIDE_MOVED)
        if child.is_outside:
            continue
        await done(second, "addNote", child.pupil, text=child.canary("note_second"))
        if child.state is State.MOVED_PLACED:
            said = {"track": child.canary("track"), "profile": child.canary("track")}
            await done(second, "placePupil", child.pupil, **world.choice(1), **said)
        elif child.state is State.MOVED_DEFERRED:
            informed = at(AFTER_CENTRAL).isoformat()
            await done(second, "deferDecision", child.pupil, parentsInformedAt=informed)
    await world.mails()


async def _told(year: Year) -> None:
    """The receiver may now say to PO what it has to say."""
    second = year.person(Who.VO_SECOND)
    clock.stand_still(at=at("2027-05-20 16:00"))
    for child in year.to(*MOVES):
        told = child.canary
        await done(second, "addNote", child.pupil, text=told("note_second_shared"), sharedWithPrimary=True)
        await done(second, "requestSupplement", child.pupil, question=told("supplement_second"))
        await done(second, "setTransferMeeting", child.pupil, wanted=True)
    for child in year.children:
        if child.to in HANDLED:
            child.state = child.to
        elif child.is_outside:
            child.state = State.OUTSIDE_MOVED_TOLD
    await year.world.mails()
