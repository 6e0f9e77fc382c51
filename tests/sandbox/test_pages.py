"""What /dev is asked by a page, a script or somebody else's page."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from emails.kinds import PriorityDecided
from resolvers import clock
from rules.calendar import AMSTERDAM
from rules.vocabulary import Role
from sandbox import pages, smtp
from schema.sdl import ROOT

HOST = "127.0.0.1:8000"


@pytest.fixture
async def here(database: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at the machine itself."""
    monkeypatch.setattr(clock, "_movable", True)
    transport = httpx.ASGITransport(app=Starlette(routes=pages.routes()))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
        yield client


class TestTheSchemaOfARole:
    @pytest.mark.parametrize("role", Role)
    async def test_is_the_committed_one_in_capitals_or_not(self, here: httpx.AsyncClient, role: Role) -> None:
        committed = (ROOT / "schema" / "sdl" / f"{role.value.lower()}.graphql").read_text("utf-8")
        for name in (role.value, role.value.lower()):
            answer = await here.get(f"/dev/sdl/{name}")
            assert (answer.status_code, answer.text) == (200, committed)

    @pytest.mark.parametrize("name", ["teacher", "PARENTS", "%00"])
    async def test_of_nobody_is_not_there(self, here: httpx.AsyncClient, name: str) -> None:
        answer = await here.get(f"/dev/sdl/{name}")
        assert answer.status_code == 404
        assert "PO_EDITOR" in answer.text


class TestTheClock:
    async def moved(
        self, here: httpx.AsyncClient, body: Any, **headers: str
    ) -> tuple[int, dict[str, str], datetime]:
        answer = await here.post("/dev/clock", json=body, headers=headers)
        return answer.status_code, answer.json(), await clock.now()

    @pytest.mark.parametrize(
        ("wall", "moment"),
        [
            ("2027-03-17T10:00", "2027-03-17T10:00:00+01:00"),
            ("2027-07-01T16:30", "2027-07-01T16:30:00+02:00"),
            ("2027-03-28T03:00", "2027-03-28T03:00:00+02:00"),
        ],
    )
    async def test_is_set_as_a_clock_in_amsterdam_shows_it(
        self, here: httpx.AsyncClient, wall: str, moment: str
    ) -> None:
        status, answer, now = await self.moved(here, {"amsterdam": wall})
        assert status == 200
        assert timedelta() <= now - datetime.fromisoformat(moment) < timedelta(minutes=1)
        assert datetime.fromisoformat(answer["now"]).tzinfo is not None

    @pytest.mark.parametrize("wall", ["2027-03-17T10:00+01:00", "morgen", "", None, 10])
    async def test_of_amsterdam_takes_no_zone_and_no_nonsense(
        self, here: httpx.AsyncClient, wall: Any
    ) -> None:
        assert (await self.moved(here, {"amsterdam": wall}))[0] == 400

    @pytest.mark.parametrize(
        "moment",
        ["9999-12-31T23:59:59Z", "2048-01-01T00:00:00Z", "2006-12-31T23:59:59Z", "0001-01-01T00:00:00Z"],
    )
    async def test_goes_no_further_than_a_year_that_everything_can_reckon_with(
        self, here: httpx.AsyncClient, moment: str
    ) -> None:
        before = await clock.now()
        status, answer, now = await self.moved(here, {"now": moment})
        assert status == 400
        assert "2007" in answer["error"]
        assert "2047" in answer["error"]
        assert abs(now - before) < timedelta(minutes=1)

    @pytest.mark.parametrize("moment", ["2007-01-01T00:00:00+00:00", "2047-12-31T23:59:59+00:00"])
    async def test_goes_as_far_as_that_and_comes_back(self, here: httpx.AsyncClient, moment: str) -> None:
        for to in (moment, "2027-03-17T10:00:00+01:00"):
            status, _, now = await self.moved(here, {"now": to})
            assert status == 200
            assert now - datetime.fromisoformat(to) < timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Content-Type": "text/plain"}, 415),
            ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
            ({"Content-Type": ""}, 415),
            ({"Origin": "https://elders.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Origin": "http://127.0.0.1.elders.example"}, 403),
            ({"Origin": "http://[::1"}, 403),
            ({"Host": "elders.example"}, 403),
            ({"Host": "elders.example:8000"}, 403),
        ],
    )
    async def test_is_not_moved_by_somebody_elses_page(
        self, here: httpx.AsyncClient, headers: dict[str, str], status: int
    ) -> None:
        before = await clock.now()
        refused = await self.moved(here, {"now": "2027-03-17T10:00:00+01:00"}, **headers)
        assert refused[0] == status
        assert refused[1]["error"]
        assert abs(refused[2] - before) < timedelta(minutes=1)

    @pytest.mark.parametrize(
        "headers",
        [
            {"Content-Type": "application/json; charset=utf-8"},
            {"Origin": f"http://{HOST}"},
            {"Origin": "http://localhost:3000", "Host": "localhost:8000"},
            {"Host": "[::1]:8000"},
        ],
    )
    async def test_is_moved_from_this_machine(self, here: httpx.AsyncClient, headers: dict[str, str]) -> None:
        assert (await self.moved(here, {"now": "2027-03-17T10:00:00+01:00"}, **headers))[0] == 200


class TestTheMails:
    def test_bear_the_time_of_the_procedures_clock(self) -> None:
        letter = EmailMessage()
        letter["Date"] = format_datetime(datetime(2027, 3, 17, 10, 0, tzinfo=AMSTERDAM))
        received = smtp.as_json(content=letter.as_bytes(), to="ouder@example.org")
        assert datetime.fromisoformat(received["sentAt"]) == datetime(2027, 3, 17, 10, 0, tzinfo=AMSTERDAM)

    @pytest.mark.parametrize("date", [None, "gisteren", "Wed, 17 Mar 2027 10:00:00 -0000"])
    def test_without_a_readable_time_still_have_one(self, date: str | None) -> None:
        content = f"Date: {date}\r\n\r\nhallo".encode() if date else b"\r\nhallo"
        received = smtp.as_json(content=content, to="ouder@example.org")
        assert datetime.fromisoformat(received["sentAt"]).tzinfo is not None

    async def test_are_all_shown_in_every_shape(self, here: httpx.AsyncClient) -> None:
        page = (await here.get("/dev/mail-examples")).text
        assert len(list(PriorityDecided.examples())) > 1
        assert "niet gehonoreerd" in page
