"""The servers of one test run: started once by the process that runs pytest, shared by its workers."""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

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
                "FILES_URL": f"file://{self._folder / 'files'}",
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


async def clone(*, name: str) -> Urls:
    """A fresh database of the template's tables, for one test."""
    urls = Urls(os.environ["LOKET_TEST_OWNER_URL"], os.environ["LOKET_TEST_APPLICATION_URL"])
    admin = await asyncpg.connect(urls.of(database="postgres").owner)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    await admin.close()
    return urls.of(database=name)


async def drop(*, name: str) -> None:
    owner = os.environ["LOKET_TEST_OWNER_URL"]
    admin = await asyncpg.connect(f"{owner.rpartition('/')[0]}/postgres")
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()
