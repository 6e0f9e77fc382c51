"""A region lets machines read its exports (rule 39): which, of whom, from where, until when, and how fast."""

import asyncio
import logging
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from models import Account, AuditEntry, Export, Integrator, IntegratorSecret, SecondarySchool, Session
from resolvers import clock, files, machines, passwords, sessions, throttle
from rules.integrator import REQUESTS
from rules.vocabulary import ExportKind, FileFormat, JobStatus, Role
from schema.roles import SCHEMAS
from tests.journeys.asking import admin_of
from tests.statements import counted
from tests.world import Person, World
from workers.housekeeping import SESSION_REMEMBERED, sweep

ROOT = Path(__file__).resolve().parents[2]
FIELDS = (
    "integrator { id name username schools { id name } kinds networks expiresAt createdAt revokedAt lastUsedAt "
    "active secretExpiresAt }"
)
HANDED = f"{FIELDS} secret"
LIST = f"{{ {FIELDS.replace('integrator', 'integrators', 1)} }}"
ME = "{ viewer { role displayName } }"


def grant(world: World, *schools: int, **changes: Any) -> dict[str, Any]:
    """What a region fills in, right in every field but for the changes."""
    ids = [str(world.schools[place].id) for place in schools or (0, 1)]
    return {"name": "Magister Amstelland", "schoolIds": ids, "kinds": ["ENROLMENTS"], **changes}


async def made(world: World, admin: Person | None = None, **changes: Any) -> dict[str, Any]:
    """A machine of Amstelland: what the region read when it made it."""
    admin = admin or await admin_of(world)
    done: dict[str, Any] = await admin.done("createIntegrator", HANDED, **grant(world, **changes))
    return {**done["integrator"], "secret": done["secret"]}


async def refused(admin: Person, act: str = "createIntegrator", **given: Any) -> list[tuple[str, list[str]]]:
    """Why not, and where."""
    payload = await admin.do(act, FIELDS, **given)
    assert payload["integrator"] is None
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def enters(world: World, machine: dict[str, Any], secret: str | None = None) -> Person | None:
    """The machine with this secret, signed in; None when it was not let in."""
    nobody = world.nobody()
    given = {"username": machine["username"], "password": secret or machine["secret"]}
    payload = await nobody.do("login", "session { token role expiresAt }", **given)
    if payload["errors"]:
        assert [error["code"] for error in payload["errors"]] == ["WRONG_CREDENTIALS"]
        return None
    assert payload["session"]["role"] == "INTEGRATOR"
    return Person(world.http, payload["session"]["token"])


async def let_in(world: World, machine: dict[str, Any], secret: str | None = None) -> Person:
    person = await enters(world, machine, secret)
    assert person is not None
    return person


async def is_nobody(person: Person) -> bool:
    """Whether its token is not good any more."""
    answer = await person.post(ME)
    if answer.status_code == 200:
        return False
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    return True


def from_(world: World, person: Person, address: str) -> Person:
    """The same token, sent from elsewhere."""
    app = world.http._transport.app  # type: ignore[attr-defined]
    transport = httpx.ASGITransport(app=app, client=(address, 4711))
    return Person(httpx.AsyncClient(transport=transport, base_url="http://loket.test"), person.token)


class TestARegion:
    async def test_makes_a_machine_and_reads_its_secret_once(self, world: World) -> None:
        admin = await admin_of(world)
        machine = await made(world, admin)
        assert machine["name"] == "Magister Amstelland"
        assert machine["username"].startswith("magister-amstelland-")
        assert [school["name"] for school in machine["schools"]] == ["Het Veenlicht 0", "Het Veenlicht 1"]
        assert (machine["kinds"], machine["networks"]) == (["ENROLMENTS"], [])
        assert (machine["active"], machine["revokedAt"], machine["lastUsedAt"]) == (True, None, None)
        assert machine["secret"].startswith("loket_")
        assert len(machine["secret"]) == len("loket_") + 43
        (listed,) = (await admin.ask(LIST))["integrators"]
        assert listed == {name: value for name, value in machine.items() if name != "secret"}

    async def test_keeps_the_secret_nowhere(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        admin = await admin_of(world)
        machine = await made(world, admin)
        rotated = await admin.done("rotateIntegratorSecret", HANDED, id=machine["id"])
        secrets = (machine["secret"], rotated["secret"])
        assert len(set(secrets)) == 2
        rows = [
            *await Account.all().values(),
            *await Integrator.all().values(),
            *await IntegratorSecret.all().values(),
            *await AuditEntry.all().values(),
        ]
        hashes = [machines.digest(secret=one) for one in secrets]
        for secret in secrets:
            assert secret not in str(rows)
            assert secret not in caplog.text
        audit = str(await AuditEntry.all().values())
        assert not [one for one in hashes if one in audit]

    async def test_leaves_who_did_what_in_the_audit(self, world: World) -> None:
        admin = await admin_of(world)
        machine = await made(world, admin, networks=["192.0.2.0/24"])
        await admin.done("rotateIntegratorSecret", HANDED, id=machine["id"], overlapHours=3)
        await admin.done("revokeIntegrator", FIELDS, id=machine["id"])
        await admin.done("revokeIntegrator", FIELDS, id=machine["id"])
        acts = await AuditEntry.filter(entity="Integrator", entity_id=machine["id"]).order_by("id")
        assert [one.act for one in acts] == [
            "createIntegrator",
            "rotateIntegratorSecret",
            "revokeIntegrator",
        ]
        assert {(one.account_id, one.role, one.region_id) for one in acts} == {
            (admin.account_id, "REGION_ADMIN", world.amstelland.id)
        }
        assert acts[0].after == {
            "name": "Magister Amstelland",
            "username": machine["username"],
            "schools": [str(world.schools[0].id), str(world.schools[1].id)],
            "kinds": ["ENROLMENTS"],
            "networks": ["192.0.2.0/24"],
        }
        assert acts[1].after == {"overlap_hours": 3}

    async def test_grants_no_school_of_another_region(self, world: World) -> None:
        admin = await admin_of(world)
        elsewhere = world.schools[6].id
        ids = [str(world.schools[0].id), str(elsewhere), "geen-school", str(world.primary.id)]
        assert await refused(admin, **grant(world, schoolIds=ids)) == [
            ("NOT_FOUND", ["schoolIds", place]) for place in ("1", "2", "3")
        ]
        assert not await Integrator.all().exists()
        assert not await Account.filter(role=Role.INTEGRATOR).exists()

    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"schoolIds": []}, ["schoolIds"]),
            ({"kinds": []}, ["kinds"]),
            ({"name": ""}, ["name"]),
            ({"name": " \t "}, ["name"]),
            ({"name": "n" * 81}, ["name"]),
            ({"name": "Magister\nAmstelland\x07"}, ["name"]),
            ({"networks": ["192.0.2.0/24", "192.0.2.7/24"]}, ["networks", "1"]),
            ({"networks": ["192.0.2.0/33"]}, ["networks", "0"]),
            ({"networks": ["300.0.0.1"]}, ["networks", "0"]),
            ({"networks": [""]}, ["networks", "0"]),
            ({"networks": ["fe80::1%eth0"]}, ["networks", "0"]),
            ({"networks": ["2001:db8::1/48"]}, ["networks", "0"]),
            ({"networks": ["loket.example.org"]}, ["networks", "0"]),
            ({"networks": ["192.0.2.1'); DROP TABLE session; --"]}, ["networks", "0"]),
            ({"networks": ["192.0.2.1"] * 101}, ["networks"]),
            ({"expiresAt": "2020-01-01T00:00:00+01:00"}, ["expiresAt"]),
            ({"expiresAt": "9999-12-31T23:59:59-23:00"}, ["expiresAt"]),
        ],
    )
    async def test_reads_where_it_filled_in_what_cannot_be(
        self, world: World, changes: dict[str, Any], path: list[str]
    ) -> None:
        assert await refused(await admin_of(world), **grant(world, **changes)) == [("INVALID_VALUE", path)]

    async def test_reads_all_that_is_wrong_at_once(self, world: World) -> None:
        given = grant(world, name="", kinds=[], networks=["x"], schoolIds=[str(world.schools[6].id)])
        assert await refused(await admin_of(world), **given) == [
            ("INVALID_VALUE", ["name"]),
            ("NOT_FOUND", ["schoolIds", "0"]),
            ("INVALID_VALUE", ["kinds"]),
            ("INVALID_VALUE", ["networks", "0"]),
        ]

    async def test_may_name_a_thing_twice_and_a_name_in_any_letters(self, world: World) -> None:
        twice = grant(world, 1, 0, 1, kinds=["WITHDRAWN", "ENROLMENTS", "WITHDRAWN"], name="  Łódź   李 2 ")
        admin = await admin_of(world)
        machine = await made(world, admin, **{**twice, "networks": ["192.0.2.1", "192.0.2.1/32"]})
        assert len(machine["schools"]) == 2
        assert machine["kinds"] == ["ENROLMENTS", "WITHDRAWN"]
        assert machine["networks"] == ["192.0.2.1/32"]
        assert machine["name"] == "Łódź 李 2"
        assert machine["username"].startswith("lodz-2-")
        again = await made(world, admin, **twice)
        assert again["username"] != machine["username"]

    async def test_has_machines_that_no_other_region_sees_or_touches(self, world: World) -> None:
        machine = await made(world)
        other = await admin_of(world, "AMSTERDAM")
        assert (await other.ask(LIST))["integrators"] == []
        for act in ("rotateIntegratorSecret", "revokeIntegrator"):
            assert await refused(other, act, id=machine["id"]) == [("NOT_FOUND", ["id"])]
            assert await refused(other, act, id="geen") == [("NOT_FOUND", ["id"])]
        assert await enters(world, machine)

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGION_ADMIN}))
    async def test_is_the_only_one_that_has_these_acts(self, role: Role) -> None:
        schema = SCHEMAS[role].core
        assert schema.mutation_type is not None
        acts = {"createIntegrator", "rotateIntegratorSecret", "revokeIntegrator"}
        assert not acts & set(schema.mutation_type.fields)
        assert schema.query_type is not None
        assert "integrators" not in schema.query_type.fields
        assert "Integrator" not in schema.type_map

    async def test_lists_any_number_of_machines_in_as_many_statements(self, world: World) -> None:
        admin = await admin_of(world)
        taken = []
        for _ in range(2):
            for _ in range(3):
                await let_in(world, await made(world, admin))
            async with counted() as seen:
                assert (await admin.ask(LIST))["integrators"]
            taken.append(len(seen))
        # One says who asks.
        assert taken == [5, 5]

    async def test_gets_another_machine_under_the_same_idempotency_key(self, world: World) -> None:
        """An answer that holds a secret is not kept, and so not given again."""
        admin = await admin_of(world)
        query = "mutation($input: CreateIntegratorInput!) { createIntegrator(input: $input) { secret } }"
        headers = {"Authorization": f"Bearer {admin.token}", "Idempotency-Key": "een"}
        body = {"query": query, "variables": {"input": grant(world)}}
        answers = [
            (await world.http.post("/graphql", json=body, headers=headers)).json()["data"] for _ in range(2)
        ]
        assert len({one["createIntegrator"]["secret"] for one in answers}) == 2


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
        person = await let_in(world, machine := await made(world))
        session = await Session.get(account__username=machine["username"])
        assert await sessions.viewer_of_session(session_id=session.id, address="198.51.100.1")
        await Integrator.filter(id=machine["id"]).update(networks=["192.0.2.0/24"])
        assert await sessions.viewer_of_session(session_id=session.id, address="192.0.2.1")
        assert await sessions.viewer_of_session(session_id=session.id, address="198.51.100.1") is None
        assert person.token

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


def typed(*words: str) -> tuple[int, str, str]:
    """A command on this test's database, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "cli.py", "integrator", *words],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


class TestAtTheCommandLine:
    async def test_a_machine_is_made_listed_given_another_secret_and_revoked(self, world: World) -> None:
        first = world.schools[0]
        school = ("--school", first.brin.lower(), "--school", "het veenlicht 1")
        kinds = ("--kind", "enrolments", "--kind", "OUTSIDE_PUPILS")
        rest = ("--network", "192.0.2.0/24", "--expires", "2036-08-01")
        made = await asyncio.to_thread(typed, "create", "AMSTELLAND", "SOMtoday", *school, *kinds, *rest)
        assert made[0] == 0, made
        said = dict(line.split(": ", 1) for line in made[1].splitlines() if ": " in line)
        machine = {"username": said["gebruikersnaam"], "secret": said["geheim"]}
        person = await let_in(world, machine)
        viewer = await sessions.viewer_of(token=person.token or "", address="192.0.2.10")
        assert viewer is not None
        assert set(viewer.granted_school_ids) == {first.id, world.schools[1].id}
        assert viewer.granted_kinds == ("ENROLMENTS", "OUTSIDE_PUPILS")

        listed = await asyncio.to_thread(typed, "list", "AMSTELLAND")
        assert listed[0] == 0
        assert machine["username"] in listed[1]
        assert "werkt, tot 2036-07-31 22:00+0000" in listed[1]
        assert machine["secret"] not in listed[1]

        rotated = await asyncio.to_thread(typed, "rotate", machine["username"], "--overlap-hours", "0")
        assert rotated[0] == 0, rotated
        assert await enters(world, machine) is None
        fresh = dict(line.split(": ", 1) for line in rotated[1].splitlines() if ": " in line)["geheim"]
        person = await let_in(world, machine, fresh)

        revoked = await asyncio.to_thread(typed, "revoke", machine["username"])
        assert revoked[0] == 0
        assert "ingetrokken" in revoked[1]
        assert await is_nobody(person)
        acts = await AuditEntry.filter(entity="Integrator").order_by("id")
        assert [(one.act, one.role, one.account_id) for one in acts] == [
            ("createIntegrator", "REGION_ADMIN", None),
            ("rotateIntegratorSecret", "REGION_ADMIN", None),
            ("revokeIntegrator", "REGION_ADMIN", None),
        ]

    async def test_what_cannot_be_is_said_and_nothing_is_made(self, world: World) -> None:
        await SecondarySchool.create(
            id=uuid4(), region=world.amstelland, brin=world.schools[0].brin, location="02", name="Tweede"
        )
        right = ("create", "AMSTELLAND", "X", "--school", "20VB", "--kind", "WITHDRAWN")
        for words, why in (
            (("list", "NERGENS"), "Er is geen regio met code NERGENS."),
            (("create", "AMSTELLAND", "X", "--kind", "WITHDRAWN"), "kies ten minste één school"),
            (("create", "AMSTELLAND", "X", "--school", "20VB"), "kies ten minste één soort"),
            ((*right, "--school", "20VG"), "20VG: deze VO-school is er niet in deze regio."),
            ((*right, "--school", "20VA"), "20VA: dit zijn er meer"),
            ((*right, "--network", "overal"), "Netwerk: schrijf een adres"),
            ((*right, "--expires", "2020-01-01"), "Einddatum: kies een moment in de toekomst"),
            ((*right, "--expires", "morgen"), "morgen: schrijf de einddatum"),
            (("rotate", "niemand"), "Er is geen koppeling met gebruikersnaam niemand."),
            (("revoke", "niemand"), "Er is geen koppeling met gebruikersnaam niemand."),
        ):
            status, out, err = await asyncio.to_thread(typed, *words)
            assert (status, out) == (1, ""), words
            assert why in err, words
            assert "Traceback" not in err
        assert not await Integrator.all().exists()


async def used(admin: Person) -> datetime | None:
    """When the one machine of the region was used, as the region reads it."""
    ((listed,),) = [(await admin.ask(LIST))["integrators"]]
    return datetime.fromisoformat(listed["lastUsedAt"]) if listed["lastUsedAt"] else None
