"""Two APIs and two workers on one database and one queue: what is done at one door is done, for everybody and once."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from models import Account, AuditEntry, Document, Export, Note, OutboxMail, Period, Pupil
from rules import sign_in
from rules.vocabulary import PeriodKind, Role
from sandbox import smtp
from tests.breakable import Valkey
from tests.journeys.asking import admin_of
from tests.journeys.exported import CREATE, ONE
from tests.journeys.house import House
from tests.journeys.integrating import FIELDS, enters, is_nobody, made
from tests.world import PASSWORD, Person, World, at

pytestmark = pytest.mark.xdist_group("two of each")

FAMILIES = 24
PATIENCE_SECONDS = 120.0
FINALIZE = "mutation { finalizeEnrolment(input: {}) { enrolment { status version } errors { code } } }"
SEND = (
    'mutation($id: ID!) { sendParentLogin(input: {pupilId: $id, region: "AMSTELLAND"}) { errors { code } } }'
)
NOTE = (
    "mutation($id: ID!) { addNote(input: {pupilId: $id, text: "
    '"Belt terug.", sharedWithSecondary: false}) { errors { code } } }'
)


@dataclass
class Street:
    """Two houses, and the door of each."""

    houses: tuple[House, House]
    doors: tuple[httpx.AsyncClient, httpx.AsyncClient]

    def both(self, person: Person) -> tuple[Person, Person]:
        """The same person, before the one and before the other."""
        one, other = (Person(door, person.token) for door in self.doors)
        return one, other


@pytest.fixture
async def street(world: World, tmp_path: Path) -> AsyncIterator[Street]:
    """Both APIs run; of the queue nobody else hears."""
    valkey = Valkey(folder=tmp_path)
    valkey.start()
    houses = []
    async with AsyncExitStack() as stack:
        stack.callback(valkey.kill)
        for name in ("one", "other"):
            folder = tmp_path / name
            folder.mkdir()
            house = House(world=world, folder=folder, changed={"REDIS_URL": valkey.url})
            stack.callback(house.end)
            houses.append(house)
        for house in houses:
            await house.start()
        doors = [await stack.enter_async_context(house.client()) for house in houses]
        yield Street(houses=(houses[0], houses[1]), doors=(doors[0], doors[1]))


async def begin_listeners(street: Street) -> None:
    """A worker in each house. Both have looked when they began; from now on they do what they are told of."""
    for house in street.houses:
        house.start_listener()
    for house in street.houses:
        await asyncio.to_thread(house.begun[-1].says, "listens for nudges")


async def comes(there: Callable[[], Awaitable[bool]], *, street: Street) -> None:
    """Wait for it; nobody looks by himself, so that what is never told never comes."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await there():  # noqa: ASYNC110 - other processes do it
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail("\n".join(process.said()[-2000:] for house in street.houses for process in house.begun))


async def step(person: Person, query: str, *, key: str, **variables: Any) -> Any:
    """The answer to a step under a key."""
    headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": key}
    answer = await person.http.post(
        "/graphql", json={"query": query, "variables": variables}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def at_once(street: Street, person: Person, query: str, *, key: str, **variables: Any) -> Any:
    """The same step under one key at both doors, and once more at each; what all of them were told."""
    people = street.both(person)
    told = await asyncio.gather(*(step(one, query, key=key, **variables) for one in people))
    told += [await step(one, query, key=key, **variables) for one in people]
    assert all(one == told[0] for one in told), told
    return told[0]


async def family(world: World, number: int) -> Person:
    """A form that is filled in, straight over this process's own door."""
    pupil = await world.pupil(email=f"ouder{number}@example.org")
    parent = await world.at_home(pupil, world.amstelland)
    choices = [world.choice(place) for place in range(5)]
    await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
    return parent


async def logins(world: World, street: Street, *, count: int) -> None:
    """A school sends logins; each is asked twice at once and twice again."""
    editor = await world.editor()
    pupils = [await world.pupil(email=f"thuis{number}@example.org") for number in range(count)]

    async def send(pupil: Pupil) -> None:
        told = await at_once(street, editor, SEND, key=f"login-{pupil.id}", id=str(pupil.id))
        assert told == {"data": {"sendParentLogin": {"errors": []}}}

    await asyncio.gather(*map(send, pupils))


class TestWhatIsSent:
    async def test_goes_out_once_however_often_and_wherever_it_was_asked(
        self, world: World, street: Street
    ) -> None:
        families = [await family(world, number) for number in range(FAMILIES)]
        await begin_listeners(street)

        async def finalise(parent: Person) -> None:
            told = await at_once(street, parent, FINALIZE, key="now")
            assert told["data"]["finalizeEnrolment"]["enrolment"] == {"status": "FINAL", "version": 2}

        await asyncio.gather(*map(finalise, families), logins(world, street, count=FAMILIES))

        async def all_sent() -> bool:
            return await OutboxMail.exclude(sent_at=None).count() == 2 * FAMILIES

        await comes(all_sent, street=street)
        for house in street.houses:
            house.begun[-1].tell(signal.SIGTERM)
            assert await asyncio.to_thread(house.begun[-1].ended) == 0
        taken = [mail["messageId"] for mail in smtp.received(folder=world.mails_folder)]
        assert sorted(taken) == sorted(await OutboxMail.all().values_list("message_id", flat=True))
        assert len(set(taken)) == 2 * FAMILIES
        finals = AuditEntry.filter(act="finalizeEnrolment", entity="Enrolment")
        assert await finals.count() == FAMILIES

    async def test_is_a_pdf_or_an_export_that_the_other_house_may_make_and_show(
        self, world: World, street: Street
    ) -> None:
        parent, editor, staff = await family(world, 0), await world.editor(), await world.vo_staff()
        await begin_listeners(street)
        for asked, shown in (street.both(parent), street.both(parent)[::-1]):
            made = await asked.done("createDocument", "document { id }", kind="APPLICATION_FORM")
            id_ = made["document"]["id"]

            async def made_pdf(id_: str = id_) -> bool:
                return bool((await Document.get(id=id_)).status == "READY")

            await comes(made_pdf, street=street)
            read = "query($id: ID!) { document(id: $id) { url } }"
            url = (await shown.ask(read, id=id_))["document"]["url"]
            assert (await shown.http.get(urlsplit(url).path)).content.startswith(b"%PDF")
        for asked, shown in (street.both(staff), street.both(staff)[::-1]):
            id_ = (await asked.done("createExport", CREATE, kind="ENROLMENTS", format="CSV"))["export"]["id"]

            async def made_export(id_: str = id_) -> bool:
                return bool((await Export.get(id=id_)).status == "READY")

            await comes(made_export, street=street)
            export = (await shown.ask(ONE, id=id_))["export"]
            assert (await shown.http.get(urlsplit(export["url"]).path)).status_code == 200
        pupil = await world.pupil()
        told = await at_once(street, editor, NOTE, key="note", id=str(pupil.id))
        assert told == {"data": {"addNote": {"errors": []}}}
        assert await Note.filter(pupil_id=pupil.id).count() == 1


class TestWhatIsDecidedAtOneDoor:
    async def test_holds_at_the_other_at_the_next_request(self, world: World, street: Street) -> None:
        await sessions(world, street)
        await machines(world, street)
        await periods(world, street)
        await guesses(world, street)


async def sessions(world: World, street: Street) -> None:
    for here, there in (street.doors, street.doors[::-1]):
        account = await an_editor(world)
        signed_in = [await enters_by_password(door, account.username) for door in (here, here, there)]
        for person in signed_in:
            for one in street.both(person):
                assert not await is_nobody(one)
        # Signing out at the one ends that session at the other, and no other session.
        await Person(here, signed_in[0].token).ask("mutation { logout { errors { code } } }")
        assert await is_nobody(Person(there, signed_in[0].token))
        listed = (await Person(here, signed_in[2].token).ask("{ sessions { id current } }"))["sessions"]
        (other,) = [one["id"] for one in listed if not one["current"]]
        await Person(here, signed_in[2].token).done("revokeSession", "", sessionId=other)
        assert await is_nobody(Person(there, signed_in[1].token))
        left = street.both(signed_in[2])
        assert [await is_nobody(one) for one in left] == [False, False]
        await Account.filter(id=account.id).update(active=False)
        assert [await is_nobody(one) for one in left] == [True, True]


async def an_editor(world: World) -> Account:
    return await world.account(
        Role.PO_EDITOR, username=f"{uuid4().hex}@example.org", primary_school_id=world.primary.id
    )


async def enters_by_password(door: httpx.AsyncClient, username: str) -> Person:
    payload = await Person(door).done("login", "session { token }", username=username, password=PASSWORD)
    return Person(door, payload["session"]["token"])


async def machines(world: World, street: Street) -> None:
    admin = street.both(await admin_of(world))
    machine = await made(world, admin[0])
    person = await enters(world, machine)
    assert person is not None
    assert [await is_nobody(one) for one in street.both(person)] == [False, False]
    await admin[0].done("revokeIntegrator", FIELDS, id=machine["id"])
    assert [await is_nobody(one) for one in street.both(person)[::-1]] == [True, True]


async def periods(world: World, street: Street) -> None:
    """Shortened, extended, shortened and extended, as a region does in the table that the calendar is read from."""
    parents = street.both(await family(world, 0))
    applying = Period.filter(region=world.amstelland, kind=PeriodKind.APPLICATION)
    for act, door in (("finalizeEnrolment", 0), ("revokeEnrolment", 1)):
        await applying.update(closes_at=at("2027-03-16 00:00"))
        for parent in parents:
            assert "APPLICATION" not in await open_to(parent)
            assert [one["code"] for one in (await parent.do(act, ""))["errors"]] == ["PERIOD_CLOSED"]
        await applying.update(closes_at=at("2027-03-28 00:00"))
        for parent in parents:
            assert "APPLICATION" in await open_to(parent)
        await parents[door].done(act, "")


async def open_to(person: Person) -> list[str]:
    return [one["kind"] for one in (await person.ask("{ currentPeriods { kind } }"))["currentPeriods"]]


async def guesses(world: World, street: Street) -> None:
    """As many as one door would allow, spread over both."""
    account = await an_editor(world)
    codes = []
    for number in range(sign_in.STRANGER.free + 1):
        nobody = Person(street.doors[number % 2])
        payload = await nobody.do("login", "session { token }", username=account.username, password="mis")
        codes.append(payload["errors"][0]["code"])
    assert codes == ["WRONG_CREDENTIALS"] * sign_in.STRANGER.free + ["TOO_MANY_ATTEMPTS"]
    for door in street.doors:
        payload = await Person(door).do(
            "login", "session { token }", username=account.username, password=PASSWORD
        )
        assert [one["code"] for one in payload["errors"]] == ["TOO_MANY_ATTEMPTS"]
