"""`./loket serve` and `./loket worker`: settings from the environment, refused with every mistake at once."""

import asyncio
import json
import os
import re
import secrets
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from cryptography.fernet import Fernet

from models import OutboxMail, Region, RegionGroup, database
from resolvers import clock
from sandbox.state import free_port
from settings import SANDBOX_MARK
from tests.breakable import SmtpServer
from tests.starting.running import BEGINS_WITHIN, Process, asked

pytestmark = pytest.mark.xdist_group("production")

PAGES = (
    "",
    "/dev",
    "/dev/",
    "/dev/personas.json",
    "/dev/mails.json",
    "/dev/examples.json",
    "/dev/mail-examples",
    "/dev/clock",
    "/dev/portal",
    "/dev/sdl/parent",
)
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'account'::regclass"


@dataclass
class Production:
    """A database with roles of its own, and what production has in its environment."""

    folder: Path
    smtp: SmtpServer
    environment: dict[str, str]
    begun: list[Process] = field(default_factory=list)

    def begin(self, command: str, **changed: str) -> Process:
        """An empty value takes a variable away."""
        environment = {name: value for name, value in {**self.environment, **changed}.items() if value}
        log = self.folder / f"{command}-{len(self.begun)}.log"
        self.begun.append(Process(command, log=log, environment=environment))
        return self.begun[-1]

    def refused(self, command: str, **changed: str) -> dict[str, str]:
        """What is said of each variable when this command does not start."""
        process = self.begin(command, **changed)
        assert process.ended() == 2, process.said()
        head, *lines = process.said().splitlines()
        assert head == "Loket does not start; these settings are wrong:"
        for value in {*self.environment.values(), *changed.values()} - {""}:
            assert value not in process.said()
        return dict(line.strip().split(": ", 1) for line in lines)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """A database nobody has migrated yet."""
    folder = tmp_path_factory.mktemp("production")
    name, password = f"productie_{uuid4().hex[:8]}", secrets.token_urlsafe(16)
    asyncio.run(
        _as_admin(
            f"CREATE ROLE {name}_owner LOGIN PASSWORD '{password}'",
            f"CREATE ROLE {name} LOGIN PASSWORD '{password}'",
            f"CREATE DATABASE {name} OWNER {name}_owner",
        )
    )
    place = os.environ["LOKET_TEST_OWNER_URL"].rpartition("@")[2].partition("/")[0]
    smtp = SmtpServer(folder=folder)
    (folder / "files").mkdir()
    made = Production(
        folder=folder,
        smtp=smtp,
        environment={
            "DATABASE_URL": f"postgresql://{name}:{password}@{place}/{name}",
            "DATABASE_OWNER_URL": f"postgresql://{name}_owner:{password}@{place}/{name}",
            "REDIS_URL": os.environ["REDIS_URL"].replace("db=0", "db=8"),
            "SMTP_URL": smtp.url,
            "FILES_URL": f"file://{folder / 'files'}",
            "LINK_KEY": secrets.token_urlsafe(32),
            "BSN_KEYS": Fernet.generate_key().decode(),
            "BSN_INDEX_KEY": secrets.token_urlsafe(32),
            "PORT": str(free_port()),
        },
    )
    try:
        yield made
    finally:
        for process in made.begun:
            if process.runs:
                process.tell(signal.SIGKILL, group=True)
        smtp.kill()
        asyncio.run(
            _as_admin(f"DROP DATABASE {name} WITH (FORCE)", f"DROP ROLE {name}", f"DROP ROLE {name}_owner")
        )


@pytest.fixture(scope="module")
def production(empty: Production) -> Production:
    """The same, migrated as its owner by the command for it."""
    process = empty.begin("migrate")
    assert process.ended() == 0, process.said()
    assert "0001_schools_and_pupils" in process.said()
    return empty


async def _as_admin(*statements: str) -> None:
    admin = await asyncpg.connect(f"{os.environ['LOKET_TEST_OWNER_URL'].rpartition('/')[0]}/postgres")
    try:
        for statement in statements:
            await admin.execute(statement)
    finally:
        await admin.close()


@pytest.fixture
def api(production: Production) -> Iterator[tuple[Process, str]]:
    """A running API and its address."""
    process = production.begin("serve")
    address = f"http://127.0.0.1:{production.environment['PORT']}"
    answers(process, address)
    yield process, address
    if process.runs:
        process.tell(signal.SIGTERM)
        process.ended()


def answers(process: Process, address: str) -> None:
    until = time.monotonic() + BEGINS_WITHIN
    while time.monotonic() < until:
        assert process.runs, process.said()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0:
                break
        time.sleep(0.05)
    assert asked(f"{address}/healthz")[0] == 200


@pytest.mark.parametrize("command", ["serve", "worker"])
class TestAStart:
    def test_is_refused_with_every_mistake_at_once_and_no_value(
        self, empty: Production, command: str
    ) -> None:
        said = empty.refused(
            command,
            LINK_KEY=f"{SANDBOX_MARK}0123456789012345678901234567",
            BSN_INDEX_KEY="",
            BSN_KEYS="bm8ga2V5",
            SMTP_URL="post://loket:geheim@mail.example",
            PORT="eighty-eighty",
        )
        assert said.pop("DATABASE_URL").startswith("the database lacks 0001_schools_and_pupils, ")
        assert said == {
            "LINK_KEY": "is a sandbox secret; make one of production's own",
            "BSN_INDEX_KEY": "is not set",
            "BSN_KEYS": "key 1 is not a Fernet key (32 bytes, urlsafe base64)",
            "SMTP_URL": "must begin with smtp:// or smtps:// or smtp+tls://",
            "PORT": "Input should be a valid integer, unable to parse string as an integer",
        }

    def test_is_refused_with_nothing_set_at_all(self, empty: Production, command: str) -> None:
        said = empty.refused(command, **dict.fromkeys(empty.environment, ""))
        needed = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "LINK_KEY", "BSN_KEYS", "BSN_INDEX_KEY")
        assert said == dict.fromkeys(needed, "is not set")

    def test_is_refused_by_a_database_that_is_behind(self, empty: Production, command: str) -> None:
        # Only what this test knows to be behind: the module's own may be migrated by now.
        said = empty.refused(
            command, DATABASE_URL=empty.environment["DATABASE_OWNER_URL"].rpartition("/")[0] + "/postgres"
        )
        assert list(said) == ["DATABASE_URL"]
        assert re.fullmatch(r"the database lacks 0001_.*; run \./loket migrate first", said["DATABASE_URL"])

    @pytest.mark.parametrize(
        ("right", "wrong", "fault"),
        [
            (r"@.*?/", "@127.0.0.1:1/", "ConnectionRefusedError"),
            (r"(//\w+:)[^@]*", r"\1another", "InvalidPasswordError"),
            (r"/\w+$", "/no_such_database", "InvalidCatalogNameError"),
        ],
    )
    def test_is_refused_by_a_database_that_is_away(
        self, empty: Production, command: str, right: str, wrong: str, fault: str
    ) -> None:
        url = re.sub(right, wrong, empty.environment["DATABASE_URL"])
        said = empty.refused(command, DATABASE_URL=url, REDIS_URL="")
        assert said == {
            "REDIS_URL": "is not set",
            "DATABASE_URL": f"the database does not let us in ({fault})",
        }


class TestTheApi:
    def test_is_alive_and_ready_and_answers(self, api: tuple[Process, str]) -> None:
        _, address = api
        assert asked(f"{address}/healthz") == (200, {"status": "alive"})
        checks = {"database": "ok", "queue": "ok", "migrations": "ok"}
        assert asked(f"{address}/readyz") == (200, {"status": "ready", "checks": checks})
        assert asked(f"{address}/graphql", {"query": "{ viewer { role } }"}) == (
            200,
            {"data": {"viewer": None}},
        )

    def test_has_nothing_of_the_sandbox(self, api: tuple[Process, str]) -> None:
        _, address = api
        for page in PAGES:
            assert asked(address + page)[0] == 404, page
            assert asked(address + page, {"period": "APPLICATION"})[0] == 404, page

    @pytest.mark.parametrize("processes", ["1", pytest.param("2", marks=pytest.mark.long)])
    async def test_answers_what_it_has_begun_before_it_ends(
        self, production: Production, processes: str
    ) -> None:
        process = production.begin("serve", WEB_PROCESSES=processes)
        address = f"http://127.0.0.1:{production.environment['PORT']}"
        await asyncio.to_thread(answers, process, address)
        body = {
            "query": 'mutation { requestPasswordReset(input: { username: "10001" }) { errors { code } } }'
        }
        owner, onlooker = [
            await asyncpg.connect(production.environment["DATABASE_OWNER_URL"]) for _ in range(2)
        ]
        async with owner.transaction():
            # So long the request cannot be answered.
            await owner.execute("LOCK TABLE account IN ACCESS EXCLUSIVE MODE")
            asking = asyncio.create_task(asyncio.to_thread(asked, f"{address}/graphql", body))
            async with asyncio.timeout(30):
                while not await onlooker.fetchval(WAITING):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            process.tell(signal.SIGTERM)
            await asyncio.sleep(1)
        await owner.close()
        await onlooker.close()
        assert await asking == (200, {"data": {"requestPasswordReset": {"errors": []}}})
        assert await asyncio.to_thread(process.ended) in (0, -signal.SIGTERM)
        assert "Traceback" not in process.said()


class TestTrustedDocuments:
    def test_are_all_that_runs_where_that_is_asked(self, production: Production) -> None:
        file, id_ = manifest(production, "query Who { viewer { role } }")
        process = production.begin("serve", TRUSTED_DOCUMENTS=file, TRUSTED_DOCUMENTS_ONLY="true")
        address = f"http://127.0.0.1:{production.environment['PORT']}"
        answers(process, address)
        assert asked(f"{address}/graphql", {"documentId": id_}) == (200, {"data": {"viewer": None}})
        status, refused = asked(f"{address}/graphql", {"query": "query Who { viewer { role } }"})
        assert (status, refused["errors"][0]["extensions"]["code"]) == (400, "DOCUMENT_NOT_TRUSTED")
        process.tell(signal.SIGTERM)
        process.ended()

    @pytest.mark.parametrize("processes", ["1", "2"])
    def test_that_no_role_can_run_start_nothing(self, production: Production, processes: str) -> None:
        file, id_ = manifest(production, "query Who { hunter2 }")
        process = production.begin("serve", TRUSTED_DOCUMENTS=file, WEB_PROCESSES=processes)
        assert process.ended() == 2, process.said()
        assert process.said().splitlines() == [
            "Loket does not start; these settings are wrong:",
            f"  TRUSTED_DOCUMENTS: {id_} is valid for no role; ./loket trusted says why",
        ]


def manifest(production: Production, text: str) -> tuple[str, str]:
    """A file with one document, and its id."""
    file = production.folder / f"{uuid4().hex}.json"
    id_ = f"sha256:{sha256(text.encode()).hexdigest()}"
    file.write_text(json.dumps({id_: text}), "utf-8")
    return str(file), id_


class TestTheWorker:
    async def test_delivers_and_ends_when_told_to(self, production: Production) -> None:
        await asyncio.to_thread(production.smtp.start)
        process = production.begin("worker")
        await database.connect(url=production.environment["DATABASE_URL"], pool_size=2)
        try:
            await _write_mail()
        finally:
            await database.close()
        until = time.monotonic() + 90
        while not production.smtp.taken() and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.1)  # another process takes it on
        assert sum(production.smtp.taken().values()) == 1, process.said()
        process.tell(signal.SIGTERM)
        assert await asyncio.to_thread(process.ended) == 0
        assert "worker ended" in process.said()
        assert "Traceback" not in process.said()


async def _write_mail() -> None:
    group = await RegionGroup.create(id=uuid4(), code="NOORD")
    region = await Region.create(
        id=uuid4(),
        group=group,
        code="AMSTELLAND",
        name="Amstelland",
        portal_url="https://portaal.example.org/inloggen",
        sender_address="elk@example.org",
    )
    identity, now = uuid4(), clock.real_now()
    await OutboxMail.create(
        id=identity,
        kind="ParentLoginSent",
        recipient="ouder@example.org",
        payload={"first_name": "Zoë", "elk_number": "12345", "valid_until": None},
        unique_key=str(identity),
        message_id=f"<{identity}@example.org>",
        region_id=region.id,
        created_at=now,
        due_at=now,
    )
