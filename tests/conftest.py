"""What every test may ask for: a database of its own, time that stands still, an application to talk to."""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import database as db
from resolvers import clock, nudge
from settings import Settings, load
from tests.servers import Lent, Servers
from tests.world import World, make_world

APPLICATION_WEEK = datetime(2027, 3, 17, 9, 0, tzinfo=UTC)
"""The third day of the application week of the region in `tests/region.py`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also storms, kill tests at length and big data")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.stash[_SERVERS] = servers = Servers()
        servers.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    servers = config.stash.get(_SERVERS, None)
    if servers is not None:
        servers.stop()


_SERVERS = pytest.StashKey[Servers]()
_lent = Lent()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Groups stay with one worker and are the longest: begun first, nobody waits for them at the end.
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="only with --long"))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[None]:
    """An empty database and an empty file store of this test alone; the pool is the application role's."""
    urls = await _lent.take()
    monkeypatch.setenv("DATABASE_URL", urls.application)
    monkeypatch.setenv("DATABASE_OWNER_URL", urls.owner)
    monkeypatch.setenv("FILES_URL", tmp_path_factory.mktemp("files").as_uri())
    load.cache_clear()
    await db.connect(url=urls.application, pool_size=10)
    try:
        yield
    finally:
        await db.close()
        await _lent.give_back()
        load.cache_clear()


@pytest.fixture
def settings() -> Settings:
    return load()


@pytest.fixture(autouse=True)
def _time_stands_still_only_where_asked() -> Iterator[None]:
    yield
    clock.stand_still(at=None)
    nudge.through(None)


@pytest.fixture
def standing_clock() -> datetime:
    """The clock stands in the application week; a test moves it with `clock.stand_still`."""
    clock.stand_still(at=APPLICATION_WEEK)
    return APPLICATION_WEEK


@pytest.fixture(scope="session")
def standards() -> Path:
    """The published standards: a folder with `oso/`, `edexml/` and `doorstroomtoets/`, named in STANDARDS_DIR."""
    folder = os.environ.get("STANDARDS_DIR")
    if not folder:
        pytest.skip("STANDARDS_DIR names no folder with the published standards")
    return Path(folder)


@pytest.fixture
def valkey_url() -> str:
    return os.environ["REDIS_URL"]


@pytest.fixture
async def world(database: None, standing_clock: datetime, tmp_path: Path) -> AsyncIterator[World]:
    """Two linked regions, and people who talk to Loket over GraphQL."""
    async with make_world(settings=load(), folder=tmp_path) as made:
        yield made
