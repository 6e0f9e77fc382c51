"""A region lets machines read its exports (rule 39): which, and what it reads of them; and the command line."""

import asyncio
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from models import Account, AuditEntry, Integrator, IntegratorSecret, SecondarySchool
from resolvers import machines, sessions
from rules.vocabulary import Role
from schema.roles import SCHEMAS
from tests.journeys.asking import admin_of
from tests.journeys.integrating import FIELDS, HANDED, LIST, enters, grant, is_nobody, let_in, made, refused
from tests.statements import counted
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]


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
