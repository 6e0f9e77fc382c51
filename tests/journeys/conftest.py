"""What several journeys stand on."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from schema import files_http
from tests.journeys.one_school import OneSchool, one_school


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
