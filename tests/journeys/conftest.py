"""What several journeys stand on."""

from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from starlette.applications import Starlette

from schema import files_http
from tests.journeys.house import house as house
from tests.journeys.one_school import OneSchool, one_school


def pytest_configure(config: pytest.Config) -> None:
    """How often hostile input is drawn. Each try changes the database: there is nothing to shrink to."""
    settings.register_profile(
        "hostile",
        max_examples=60 if config.getoption("--long") else 5,
        deadline=None,
        derandomize=not config.getoption("--long"),
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    # Each row of acts has families of its own: there is something to shrink to.
    settings.register_profile(
        "machine",
        max_examples=100 if config.getoption("--long") else 3,
        deadline=None,
        derandomize=not config.getoption("--long"),
        database=None,
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if config.getoption("--long") else [])],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who holds links to files, and nothing else."""
    transport = httpx.ASGITransport(app=Starlette(routes=files_http.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def school(database: None) -> OneSchool:
    """One primary school with one pupil, an editor and the family."""
    return await one_school()
