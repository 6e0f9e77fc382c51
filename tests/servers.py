"""The servers of one test run: started once by the process that runs pytest, shared by its workers."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
from cryptography.fernet import Fernet

from models import database
from sandbox.postgres import Postgres, Urls
from sandbox.valkey import Valkey

TEMPLATE = "loket_template"


class Servers:
    """An embedded PostgreSQL with a migrated template, and a Valkey."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="loket-test-"))
        self._postgres = Postgres(folder=self._folder / "pg", durable=False)
        self._valkey = Valkey(log_folder=self._folder)

    def start(self) -> None:
        """Bring both up and put what tests need into the environment, where workers inherit it."""
        urls = self._postgres.start()
        asyncio.run(_make_template(urls))
        os.environ.update(
            {
                "ENVIRONMENT": "test",
                "LOKET_TEST_OWNER_URL": urls.owner,
                "LOKET_TEST_APPLICATION_URL": urls.application,
                "DATABASE_URL": urls.application,
                "DATABASE_OWNER_URL": urls.owner,
                "REDIS_URL": self._valkey.start(),
                "SMTP_URL": "smtp://127.0.0.1:9",
                "FILES_URL": (self._folder / "files").as_uri(),
                "LINK_KEY": "sandbox-links-for-tests-only-0123456789",
                "BSN_KEYS": Fernet.generate_key().decode(),
                "BSN_INDEX_KEY": "sandbox-bsn-index-for-tests-only-0123456789",
            }
        )
        (self._folder / "files").mkdir()

    def stop(self) -> None:
        self._valkey.stop()
        self._postgres.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


async def _make_template(urls: Urls) -> None:
    admin = await asyncpg.connect(urls.of(database="postgres").owner)
    await admin.execute(f"CREATE DATABASE {TEMPLATE}")
    template = urls.of(database=TEMPLATE)
    await database.migrate(owner_url=template.owner, application_url=template.application)
    await admin.close()


class Lent:
    """One database of this process, lent to one test after the other; emptied in between.

    Making one takes ten times as long as emptying it. What a test did to the tables themselves is seen,
    and then the next one gets another.
    """

    def __init__(self) -> None:
        self._name = ""
        self._shape = ""

    async def take(self) -> Urls:
        """Nobody's but the caller's, and empty."""
        if not self._name:
            self._name = f"test_{uuid4().hex}"
            await clone(name=self._name)
            async with self._owner() as owner:
                self._shape = await owner.fetchval(_SHAPE)
        return _urls().of(database=self._name)

    async def give_back(self) -> None:
        """Whoever is still connected is cut off first."""
        try:
            async with self._owner() as owner:
                await owner.execute(_ALONE)
                await owner.execute(_EMPTY)
                as_it_was = await owner.fetchval(_SHAPE) == self._shape
        except asyncpg.PostgresError:
            as_it_was = False
        if not as_it_was:
            name, self._name = self._name, ""
            await drop(name=name)

    @asynccontextmanager
    async def _owner(self) -> AsyncIterator[asyncpg.Connection]:
        owner = await asyncpg.connect(_urls().of(database=self._name).owner)
        try:
            yield owner
        finally:
            await owner.close()


_ALONE = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTY = """
DO $$
DECLARE place text;
BEGIN
    -- No guard and no foreign key looks on.
    SET LOCAL session_replication_role = replica;
    SET LOCAL lock_timeout = '20s';
    FOR place IN SELECT format('%I', tablename) FROM pg_tables
                  WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations' LOOP
        EXECUTE 'DELETE FROM ' || place;
    END LOOP;
    FOR place IN SELECT format('%I', sequencename) FROM pg_sequences WHERE schemaname = 'public' LOOP
        PERFORM setval(place, 1, false);
    END LOOP;
END $$
"""
_SHAPE = """
SELECT md5(string_agg(said, ';' ORDER BY said)) FROM (
    SELECT concat_ws(',', relname, relkind, relowner, relacl, relrowsecurity)
      FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(',', relname, attname, atttypid, attnotnull, attacl, attisdropped)
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(',', conname, contype, conrelid) FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(',', tgname, tgenabled, tgrelid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT concat_ws(',', rulename, ev_class) FROM pg_rewrite
     WHERE ev_class IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    UNION ALL
    SELECT concat_ws(',', proname, prosrc, proowner) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(',', setdatabase, setrole, setconfig::text) FROM pg_db_role_setting
    UNION ALL
    SELECT concat_ws(',', app, name) FROM tortoise_migrations
) AS said(said)
"""


async def clone(*, name: str) -> Urls:
    """A fresh database of the template's tables, for one test."""
    admin = await asyncpg.connect(_urls().of(database="postgres").owner)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    await admin.close()
    return _urls().of(database=name)


def _urls() -> Urls:
    return Urls(os.environ["LOKET_TEST_OWNER_URL"], os.environ["LOKET_TEST_APPLICATION_URL"])


async def drop(*, name: str) -> None:
    admin = await asyncpg.connect(_urls().of(database="postgres").owner)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()
