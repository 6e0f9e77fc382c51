"""The application around the endpoint: alive, ready, measured, and opened and closed in order."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import httpx
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app import create_app
from tests.schema.small import SCHEMAS, authenticate


async def fine() -> None:
    """A check that finds nothing wrong."""


async def gone() -> None:
    raise ConnectionError("postgresql://loket:hunter2@db")


def application(*, proxies: tuple[str, ...] = (), **given: Any) -> Any:
    settings: Any = SimpleNamespace(link_key="k" * 32, trusted_proxies=proxies)
    return create_app(settings, schemas=SCHEMAS, authenticate=authenticate, **{"checks": {}, **given})


def client(app: Any, address: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 1234))
    return httpx.AsyncClient(transport=transport, base_url="http://loket")


class TestTheApplication:
    async def test_it_is_alive_whatever_else_is_down(self) -> None:
        response = await client(application(checks={"database": gone})).get("/healthz")
        assert (response.status_code, response.json()) == (200, {"status": "alive"})

    async def test_it_is_ready_when_every_check_is(self) -> None:
        ready = await client(application(checks={"database": fine, "queue": fine})).get("/readyz")
        assert (ready.status_code, ready.json()["checks"]) == (200, {"database": "ok", "queue": "ok"})

    async def test_it_names_what_is_not_ready_and_nothing_more(self) -> None:
        response = await client(application(checks={"database": gone, "queue": fine})).get("/readyz")
        assert (response.status_code, response.json()["checks"]) == (
            503,
            {"database": "failed", "queue": "ok"},
        )
        assert "hunter2" not in response.text

    async def test_requests_are_counted_by_role_and_kind_and_never_by_what_a_client_names(self) -> None:
        http = client(application())
        await http.post("/graphql", json={"query": "query Hunter2 { role }"})
        text = (await http.get("/metrics")).text
        assert 'loket_graphql_requests_total{kind="query",role="PUBLIC",status="200"}' in text
        assert "Hunter2" not in text

    async def test_routes_of_others_are_served(self) -> None:
        async def hello(_request: Any) -> PlainTextResponse:
            return PlainTextResponse("hallo")

        assert (await client(application(routes=[Route("/files/x", hello)])).get("/files/x")).text == "hallo"

    async def test_what_is_opened_is_closed_in_reverse_and_memory_is_frozen_in_between(self) -> None:
        order: list[str] = []

        def opens(name: str) -> Callable[[], Any]:
            @asynccontextmanager
            async def opened() -> AsyncIterator[None]:
                order.append(f"+{name}")
                yield
                order.append(f"-{name}")

            return opened

        app = application(opened=[opens("database"), opens("queue")])
        gc.unfreeze()
        async with app.router.lifespan_context(app):
            assert gc.get_freeze_count() > 0
            order.append("serving")
        gc.unfreeze()
        assert order == ["+database", "+queue", "serving", "-queue", "-database"]

    async def test_an_address_is_only_believed_from_a_proxy_we_know(self) -> None:
        from tests.schema import small

        login = {"query": 'mutation { login(input: {username: "1", password: "2"}) { session { token } } }'}
        forged = {"X-Forwarded-For": "203.0.113.7"}
        small.calls.clear()
        app = application(proxies=("10.0.0.1",))
        await client(app, "10.0.0.1").post("/graphql", json=login, headers=forged)
        await client(app, "198.51.100.9").post("/graphql", json=login, headers=forged)
        assert [address for address, _ in small.calls] == ["203.0.113.7", "198.51.100.9"]
