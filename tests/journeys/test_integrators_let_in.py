"""What a machine gets with its secret (rule 39): while it may, from where it may, and as fast as it may."""

import asyncio
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from models import Account, Export, Integrator, IntegratorSecret, Session
from resolvers import clock, file_links, files, machines, passwords, sessions, throttle
from rules.integrator import REQUESTS
from rules.steps import NotFound
from rules.vocabulary import ExportKind, FileFormat, JobStatus
from schema import files_http
from tests.journeys.asking import admin_of
from tests.journeys.integrating import (
    FIELDS,
    HANDED,
    LIST,
    ME,
    enters,
    from_,
    is_nobody,
    let_in,
    made,
    refused,
    used,
)
from tests.machines import machine as machine_of
from tests.statements import counted
from tests.world import World
from workers.housekeeping import SESSION_REMEMBERED, sweep


class TestAMachine:
    async def test_signs_in_with_its_secret_and_is_what_it_was_granted(self, world: World) -> None:
        machine = await made(world, kinds=["WITHDRAWN", "ENROLMENTS"])
        person = await let_in(world, machine)
        assert (await person.ask(ME))["viewer"] == {
            "role": "INTEGRATOR",
            "displayName": "Magister Amstelland",
        }
        viewer = await sessions.viewer_of(token=person.token or "")
        assert viewer is not None
        assert set(viewer.granted_school_ids) == {world.schools[0].id, world.schools[1].id}
        assert viewer.granted_kinds == ("ENROLMENTS", "WITHDRAWN")
        assert viewer.region_id == world.amstelland.id

    async def test_reads_nothing_of_an_export_it_was_not_granted_and_all_of_the_others(
        self, world: World
    ) -> None:
        person = await let_in(world, await made(world, kinds=["ENROLMENTS"]))
        answer = await person.ask("{ exportOutsidePupils { totalCount } exportEnrolments { totalCount } }")
        assert answer == {"exportOutsidePupils": None, "exportEnrolments": {"totalCount": 0}}

    async def test_that_was_granted_nothing_is_somebody_with_nothing(self, world: World) -> None:
        person = await machine_of(world, schools=(), kinds=())
        viewer = await sessions.viewer_of(token=person.token or "")
        assert viewer is not None
        assert (viewer.granted_school_ids, viewer.granted_kinds) == ((), ())

    async def test_is_asked_after_in_one_statement_as_everybody_is(self, world: World) -> None:
        person = await let_in(world, await made(world, networks=["192.0.2.0/24"]))
        async with counted() as seen:
            assert await sessions.viewer_of(token=person.token or "", address="192.0.2.10")
        assert len(seen) == 1
        editor = await world.editor()
        async with counted() as seen:
            viewer = await sessions.viewer_of(token=editor.token or "", address="192.0.2.10")
        assert len(seen) == 1
        assert viewer is not None
        assert (viewer.granted_school_ids, viewer.granted_kinds) == ((), ())

    @pytest.mark.parametrize("wrong", ["", "loket_", "loket_" + "A" * 43, "{secret} ", "{hash}"])
    async def test_is_not_let_in_by_anything_else(self, world: World, wrong: str) -> None:
        machine = await made(world)
        typed = wrong.format(secret=machine["secret"], hash=machines.digest(secret=machine["secret"]))
        assert await enters(world, machine, typed or " ") is None

    async def test_is_not_let_in_by_the_secret_of_another(self, world: World) -> None:
        one, other = await made(world), await made(world)
        assert await enters(world, one, other["secret"]) is None
        editor = await Account.filter(username__startswith="region_admin").first()
        assert editor is not None
        assert await enters(world, {"username": editor.username, "secret": one["secret"]}) is None

    async def test_with_a_wrong_secret_costs_what_an_unknown_name_costs(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        machine = await made(world)
        looks: list[str | None] = []
        real = passwords.matches

        async def looked(*, password: str, stored: str | None) -> bool:
            looks.append(stored)
            return await real(password=password, stored=stored)

        monkeypatch.setattr(passwords, "matches", looked)
        taken = []
        for name in (machine["username"], "niemand-1a2b"):
            async with counted() as seen:
                assert await enters(world, {"username": name}, "een verkeerd geheim") is None
            taken.append(len([one for one in seen if "audit_entry" not in one]))
        assert taken[0] == taken[1]
        assert looks == [None, None]

    async def test_is_seen_to_be_used_by_the_region(self, world: World) -> None:
        admin = await admin_of(world)
        machine = await made(world, admin)
        before = clock.real_now()
        person = await let_in(world, machine)
        await Session.filter(account__username=machine["username"]).update(
            last_seen_at=before - timedelta(minutes=5)
        )
        assert await used(admin) == before - timedelta(minutes=5)
        await person.ask(ME)
        at = await used(admin)
        assert at is not None
        assert before <= at <= clock.real_now()

    async def test_is_remembered_to_have_been_used_when_its_sessions_are_swept_away(
        self, world: World
    ) -> None:
        admin = await admin_of(world)
        machine = await made(world, admin)
        for _ in range(3):
            await let_in(world, machine)
        await let_in(world, machine)
        long_ago = clock.real_now() - SESSION_REMEMBERED - timedelta(days=1)
        for place, session in enumerate(await Session.all().order_by("created_at")):
            at = long_ago - timedelta(hours=10 - place)
            await Session.filter(id=session.id).update(last_seen_at=at, expires_at=at)
        last = await Session.all().order_by("-last_seen_at").first()
        assert last is not None
        await sweep(store=files.Store(url=world.settings.files_url))
        assert await Session.all().values_list("id", flat=True) == [last.id]

    async def test_keeps_no_session_beyond_its_own_end(self, world: World) -> None:
        ends = clock.real_now() + timedelta(hours=2)
        machine = await made(world, expiresAt=ends.isoformat())
        await let_in(world, machine)
        session = await Session.get(account__username=machine["username"])
        assert session.expires_at == ends

    async def test_that_has_expired_is_nobody_at_once(self, world: World) -> None:
        admin = await admin_of(world)
        machine = await made(world, admin, expiresAt=(clock.real_now() + timedelta(days=2)).isoformat())
        person = await let_in(world, machine)
        assert not await is_nobody(person)
        await Integrator.filter(id=machine["id"]).update(expires_at=clock.real_now())
        assert await is_nobody(person)
        assert await enters(world, machine) is None
        ((listed,),) = [(await admin.ask(LIST))["integrators"]]
        assert (listed["active"], listed["revokedAt"]) == (False, None)
        assert await refused(admin, "rotateIntegratorSecret", id=machine["id"]) == [
            ("INTEGRATOR_ENDED", ["id"])
        ]

    async def test_that_has_lost_its_grant_is_nobody(self, world: World) -> None:
        """An account of a machine alone opens nothing."""
        person = await let_in(world, machine := await made(world))
        await IntegratorSecret.all().delete()
        await Integrator.filter(id=machine["id"]).delete()
        assert await is_nobody(person)


class TestAnotherSecret:
    async def test_works_and_so_does_the_one_before_for_a_week(self, world: World) -> None:
        admin = await admin_of(world)
        machine = await made(world, admin)
        person = await let_in(world, machine)
        before = clock.real_now()
        done = await admin.done("rotateIntegratorSecret", HANDED, id=machine["id"])
        ends = datetime.fromisoformat(done["integrator"]["secretExpiresAt"])
        assert timedelta() <= ends - before - timedelta(days=7) < timedelta(minutes=1)
        assert await let_in(world, machine)
        assert await let_in(world, machine, done["secret"])
        assert not await is_nobody(person)
        await IntegratorSecret.filter(expires_at__isnull=False).update(expires_at=clock.real_now())
        assert await enters(world, machine) is None
        assert await let_in(world, machine, done["secret"])
        ((listed,),) = [(await admin.ask(LIST))["integrators"]]
        assert listed["secretExpiresAt"] is None

    async def test_ends_a_session_with_the_secret_that_opened_it(self, world: World) -> None:
        admin = await admin_of(world)
        machine = await made(world, admin)
        await let_in(world, machine)
        done = await admin.done("rotateIntegratorSecret", HANDED, id=machine["id"], overlapHours=2)
        ends = datetime.fromisoformat(done["integrator"]["secretExpiresAt"])
        await let_in(world, machine)
        opened = await Session.filter(account__username=machine["username"])
        assert [one.expires_at for one in opened] == [ends, ends]
        await let_in(world, machine, done["secret"])
        latest = await Session.filter(account__username=machine["username"]).order_by("-created_at").first()
        assert latest is not None
        assert latest.expires_at > ends

    async def test_without_overlap_ends_the_one_before_and_its_sessions_at_once(self, world: World) -> None:
        admin = await admin_of(world)
        machine = await made(world, admin)
        person = await let_in(world, machine)
        done = await admin.done("rotateIntegratorSecret", HANDED, id=machine["id"], overlapHours=0)
        assert await is_nobody(person)
        assert await enters(world, machine) is None
        assert await let_in(world, machine, done["secret"])

    async def test_ends_one_that_was_on_its_way_out(self, world: World) -> None:
        admin = await admin_of(world)
        machine = await made(world, admin)
        second = await admin.done("rotateIntegratorSecret", HANDED, id=machine["id"])
        person = await let_in(world, machine)
        third = await admin.done("rotateIntegratorSecret", HANDED, id=machine["id"])
        assert await enters(world, machine) is None
        assert await is_nobody(person)
        assert await let_in(world, machine, second["secret"])
        assert await let_in(world, machine, third["secret"])

    async def test_is_given_to_one_after_the_other_by_two_who_ask_at_once(self, world: World) -> None:
        admin = await admin_of(world)
        machine = await made(world, admin)
        asked = [admin.done("rotateIntegratorSecret", HANDED, id=machine["id"]) for _ in range(4)]
        secrets = [done["secret"] for done in await asyncio.gather(*asked)]
        good = [one for one in (machine["secret"], *secrets) if await enters(world, machine, one)]
        assert len(good) == 2
        assert await IntegratorSecret.filter(expires_at__isnull=True).count() == 1

    @pytest.mark.parametrize("hours", [-1, 24 * 90 + 1, 2**31 - 1])
    async def test_has_an_overlap_that_can_be(self, world: World, hours: int) -> None:
        admin = await admin_of(world)
        machine = await made(world, admin)
        given = {"id": machine["id"], "overlapHours": hours}
        assert await refused(admin, "rotateIntegratorSecret", **given) == [
            ("INVALID_VALUE", ["overlapHours"])
        ]


class TestAMachineThatIsRevoked:
    async def test_is_nobody_at_once(self, world: World) -> None:
        admin = await admin_of(world)
        machine = await made(world, admin)
        rotated = await admin.done("rotateIntegratorSecret", HANDED, id=machine["id"])
        person = await let_in(world, machine)
        done = await admin.done("revokeIntegrator", FIELDS, id=machine["id"])
        assert done["integrator"]["revokedAt"]
        assert done["integrator"]["active"] is False
        assert await is_nobody(person)
        assert await enters(world, machine) is None
        assert await enters(world, machine, rotated["secret"]) is None
        again = await admin.done("revokeIntegrator", FIELDS, id=machine["id"])
        assert again["integrator"] == done["integrator"]
        assert await refused(admin, "rotateIntegratorSecret", id=machine["id"]) == [
            ("INTEGRATOR_ENDED", ["id"])
        ]

    @pytest.mark.parametrize("left", ["account", "integrator", "session"])
    async def test_is_nobody_by_each_of_what_ended(self, world: World, left: str) -> None:
        """Its account, itself and its sessions: one of the three is enough."""
        admin = await admin_of(world)
        machine = await made(world, admin)
        person = await let_in(world, machine)
        await admin.done("revokeIntegrator", FIELDS, id=machine["id"])
        if left != "account":
            await Account.filter(username=machine["username"]).update(active=True)
        if left != "integrator":
            await Integrator.filter(id=machine["id"]).update(revoked_at=None)
        if left != "session":
            await Session.filter(account__username=machine["username"]).update(revoked_at=None)
        assert await is_nobody(person)

    async def test_has_no_export_that_waits_for_it(self, world: World) -> None:
        admin = await admin_of(world)
        machine, other = await made(world, admin), await made(world, admin)
        for one, status in ((machine, "QUEUED"), (machine, "RUNNING"), (machine, "READY"), (other, "QUEUED")):
            account = await Account.get(username=one["username"])
            await Export.create(
                id=uuid4(), kind=ExportKind.ENROLMENTS, format=FileFormat.CSV, requested_by=account,
                school_year_id=world.year.id, reach={}, status=JobStatus(status), filename="aanmeldingen.csv",
                lease_token=uuid4(), due_at=clock.real_now(), created_at=clock.real_now(),
            )  # fmt: skip
        await admin.done("revokeIntegrator", FIELDS, id=machine["id"])
        theirs = await Export.filter(requested_by__username=machine["username"]).order_by("status")
        assert [(one.status, one.lease_token is None) for one in theirs] == [
            (JobStatus.FAILED, True),
            (JobStatus.FAILED, True),
            (JobStatus.READY, False),
        ]
        assert (await Export.get(requested_by__username=other["username"])).status is JobStatus.QUEUED


class TestTheNetworksOfAMachine:
    @pytest.mark.parametrize(
        ("networks", "inside", "outside"),
        [
            (["198.51.100.0/24"], "198.51.100.255", "198.51.101.0"),
            (["198.51.100.7"], "198.51.100.7", "198.51.100.8"),
            (["2001:db8:12::/48"], "2001:db8:12:ffff::9", "2001:db8:13::1"),
            (["2001:db8::1"], "2001:0DB8:0:0::1", "2001:db8::2"),
            (["198.51.100.0/24"], "::ffff:198.51.100.9", "::ffff:198.51.101.9"),
            (["::ffff:198.51.100.0/120"], "198.51.100.9", "198.51.101.9"),
            (["203.0.113.0/24", "2001:db8::/32"], "2001:db8::9%eth0", "198.51.100.9"),
            (["0.0.0.0/0"], "203.0.113.9", "2001:db8::9"),
            (["198.51.100.0/24"], "198.51.100.1", ""),
            (["198.51.100.0/24"], "198.51.100.1", "unix:"),
        ],
    )
    async def test_are_where_its_token_is_good(
        self, world: World, networks: list[str], inside: str, outside: str
    ) -> None:
        machine = await made(world)
        person = await let_in(world, machine)
        assert not await is_nobody(from_(world, person, outside))
        checked = await made(world, networks=networks)
        await Integrator.filter(id=machine["id"]).update(networks=checked["networks"])
        assert await is_nobody(from_(world, person, outside))
        assert not await is_nobody(from_(world, person, inside))

    async def test_are_where_its_secret_is_good(self, world: World) -> None:
        elsewhere = await made(world, networks=["198.51.100.0/24"])
        here = await made(world, networks=["198.51.100.0/24", "192.0.2.10"])
        assert await enters(world, elsewhere) is None
        assert await enters(world, here)

    async def test_bind_its_links_to_files_too(self, world: World) -> None:
        person = await machine_of(world, networks=["192.0.2.0/24"])
        viewer = await sessions.viewer_of(token=person.token or "", address="192.0.2.10")
        assert viewer is not None
        link = urlsplit(file_links.url(use=file_links.Use.SEND, row_id=uuid4(), viewer=viewer)).path
        # There is no such file; only who is somebody is told so.
        inside = await person.http.put(link, content=b"x")
        outside = await from_(world, person, "198.51.100.1").http.put(link, content=b"x")
        assert (inside.status_code, outside.status_code) == (404, 404)
        assert inside.json()["message"] == NotFound().message
        assert outside.json()["message"] == files_http.GONE

    async def test_bind_nobody_else(self, world: World) -> None:
        editor = await world.editor()
        assert not await is_nobody(from_(world, editor, "not-an-address"))


class TestTheBudgetOfAMachine:
    async def test_is_its_own_and_says_when_to_come_back(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(throttle, "_now", lambda: 1_800_000_000.0)
        admin = await admin_of(world)
        person, other = [await let_in(world, await made(world, admin)) for _ in range(2)]
        answers = [await person.post(ME) for _ in range(REQUESTS.capacity + 1)]
        assert {answer.status_code for answer in answers[:-1]} == {200}
        last = answers[-1]
        assert last.status_code == 429
        assert last.headers["retry-after"] == "1"
        (error,) = last.json()["errors"]
        assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfterSeconds": 1}
        assert "te veel verzoeken" in error["message"]
        assert (await other.post(ME)).status_code == 200
        assert (await admin.post(ME)).status_code == 200
        monkeypatch.setattr(throttle, "_now", lambda: 1_800_000_000.0 + REQUESTS.seconds)
        assert (await person.post(ME)).status_code == 200
        assert (await person.post(ME)).status_code == 429

    async def test_is_no_budget_of_people(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(throttle, "_now", lambda: 1_800_000_000.0)
        editor = await world.editor()
        answers = [await editor.post("{ __typename }") for _ in range(REQUESTS.capacity + 20)]
        assert {answer.status_code for answer in answers} == {200}
