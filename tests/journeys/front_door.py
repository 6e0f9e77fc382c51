"""What the stories about signing in share: a town with a school, a child, and a portal that talks GraphQL."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast
from uuid import UUID, uuid4

import httpx

from app import create_app
from models import (
    Account,
    Advice,
    Guardian,
    OkiDoc,
    OutboxMail,
    ParentLogin,
    Period,
    PrimarySchool,
    Pupil,
    Region,
    RegionGroup,
    SchoolYear,
)
from resolvers import clock, passwords, sessions, throttle
from resolvers.parent_login import send_parent_login
from resolvers.viewer import Viewer
from rules.vocabulary import LoginStatus, OkiDocStatus, PeriodKind, Role
from schema.roles import SCHEMAS
from settings import load
from workers.compose import compose

NOW = datetime.fromisoformat("2027-03-17T10:00:00+01:00")
APPLICATION_ENDS = datetime.fromisoformat("2027-03-25T17:00:00+01:00")
STAFF_PASSWORD = "blauwe fiets in de regen"
PARENT_PASSWORD = "drie eenden op het gras"

LOGIN = """mutation Login($input: LoginInput!) {
  login(input: $input) { session { token expiresAt role } errors {
    __typename code message path
    ... on TooManyAttempts { retryAfterSeconds } ... on SignInBusy { retryAfterSeconds } } } }"""
BY_LINK = """mutation ByLink($input: %s!) {
  %s(input: $input) { session { token role } errors {
    __typename code message path ... on PasswordTooWeak { reason } } } }"""
FORGOT = """mutation Forgot($input: RequestPasswordResetInput!) {
  requestPasswordReset(input: $input) { errors { code message path } } }"""


@dataclass
class Portal:
    """Somebody's browser, at one address on the internet."""

    address: str = "192.0.2.10"
    token: str | None = None

    def __post_init__(self) -> None:
        app = create_app(load(), schemas=SCHEMAS, authenticate=sessions.viewer_of, checks={})
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=(self.address, 5000)), base_url="http://loket"
        )

    async def post(self, document: str, **variables: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": document, "variables": variables}
        return await self.http.post("/graphql", json=body, headers=headers)

    async def ask(self, document: str, **variables: Any) -> Any:
        """The answer's data; anything but an answer fails the test."""
        answer = (await self.post(document, **variables)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def login(self, username: str, password: str, region: str | None = None) -> Any:
        given = {"username": username, "password": password, "region": region}
        payload = (await self.ask(LOGIN, input=given))["login"]
        if payload["session"]:
            self.token = payload["session"]["token"]
        return payload

    async def by_link(self, act: str, token: str, password: str) -> Any:
        document = BY_LINK % (f"{act[0].upper()}{act[1:]}Input", act)
        payload = (await self.ask(document, input={"token": token, "password": password}))[act]
        if payload["session"]:
            self.token = payload["session"]["token"]
        return payload

    async def forgot(self, username: str, region: str | None = None) -> Any:
        answer = await self.ask(FORGOT, input={"username": username, "region": region})
        return answer["requestPasswordReset"]["errors"]


def code(payload: Any) -> str:
    """The one reason that a payload says no."""
    assert payload["session"] is None
    (error,) = payload["errors"]
    return cast(str, error["code"])


@dataclass
class Town:
    """Two linked regions, a school with an editor, and one child whose parents wait for a mail."""

    group: RegionGroup
    region: Region
    other_region: Region
    year: SchoolYear
    school: PrimarySchool
    editor: Account
    pupil: Pupil
    guardian: Guardian
    seen: set[UUID] = field(default_factory=set)

    def editor_viewer(self) -> Viewer:
        return Viewer(
            account_id=self.editor.id,
            session_id=uuid4(),
            role=Role.PO_EDITOR,
            display_name="Anne de Wit",
            region_id=self.region.id,
            group_id=self.group.id,
            region_code=self.region.code,
            school_year_id=self.year.id,
            primary_school_id=self.school.id,
        )

    async def send_login(self, *, region: Region | None = None) -> str:
        """PO sends the login; the token in mail 1."""
        await send_parent_login(
            viewer=self.editor_viewer(), pupil_id=self.pupil.id, region=(region or self.region).code
        )
        return token_in(await self.new_mail())

    async def new_mails(self) -> list[EmailMessage]:
        """The letters written since the last look, as the worker sends them."""
        rows = await OutboxMail.filter(region_id__in=[self.region.id, self.other_region.id])
        fresh = [row for row in rows if row.id not in self.seen]
        self.seen |= {row.id for row in fresh}
        return [await letter(row) for row in fresh]

    async def new_mail(self) -> EmailMessage:
        (only,) = await self.new_mails()
        return only

    async def login_status(self, *, region: Region | None = None) -> LoginStatus:
        login = await ParentLogin.get(pupil_id=self.pupil.id, region_id=(region or self.region).id)
        return login.status


async def letter(row: OutboxMail) -> EmailMessage:
    region = await Region.get(id=row.region_id)
    written = compose(
        row={name: getattr(row, name) for name in row._meta.fields_db_projection}, region=region
    )
    return message_from_bytes(written.content, policy=default)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return cast(str, body.get_content())


def token_in(mail: EmailMessage) -> str:
    found = re.search(r"token=([\w-]+)", text_of(mail))
    assert found is not None
    return found[1]


async def a_town() -> Town:
    tag = uuid4().hex[:8]
    year, _ = await SchoolYear.get_or_create(
        name="2026-2027",
        defaults={"id": uuid4(), "starts_on": date(2026, 8, 1), "ends_on": date(2027, 8, 1)},
    )
    group = await RegionGroup.create(id=uuid4(), code=f"G{tag}")
    region, other = [await _region(group=group, year=year, code=f"{code}{tag}") for code in ("AMS", "DAM")]
    school = await PrimarySchool.create(
        id=uuid4(), region=region, brin=tag[:4], location=tag[4:6], name="De Peppel"
    )
    editor = await Account.create(
        id=uuid4(),
        username=f"anne.{tag}@peppel.example",
        role=Role.PO_EDITOR,
        display_name="Anne de Wit",
        email=f"anne.{tag}@peppel.example",
        primary_school=school,
        password_hash=await passwords.hashed(password=STAFF_PASSWORD),
        created_at=NOW,
    )
    advice, _ = await Advice.get_or_create(
        code="HAVO", defaults={"label": "havo", "level": 80, "list_length": 5}
    )
    pupil, guardian = await _child(region=region, group=group, year=year, school=school, advice=advice)
    return Town(group, region, other, year, school, editor, pupil, guardian)


async def _region(*, group: RegionGroup, year: SchoolYear, code: str) -> Region:
    region = await Region.create(
        id=uuid4(),
        group=group,
        code=code,
        name="Amstelland",
        portal_url="https://portaal.example/inloggen",
        sender_address="elk@portaal.example",
    )
    spans = {
        PeriodKind.PARENT_LOGIN_SENDING: (NOW - timedelta(days=30), NOW + timedelta(days=5)),
        PeriodKind.APPLICATION: (NOW - timedelta(days=2), APPLICATION_ENDS),
        PeriodKind.HANDLING: (APPLICATION_ENDS, NOW + timedelta(days=60)),
    }
    for kind, (opens_at, closes_at) in spans.items():
        await Period.create(
            id=uuid4(), region=region, school_year=year, kind=kind, opens_at=opens_at, closes_at=closes_at
        )
    return region


async def _child(
    *, region: Region, group: RegionGroup, year: SchoolYear, school: PrimarySchool, advice: Advice
) -> tuple[Pupil, Guardian]:
    pupil = await Pupil.create(
        id=uuid4(),
        school_year=year,
        group=group,
        region=region,
        primary_school=school,
        elk_number="78018",
        first_name="Zoë",
        last_name="Okafor",
        sort_name="okafor zoe",
        birth_date=date(2015, 5, 31),
        advice=advice,
        provisional_advice=advice,
        test_exemption="Kort in Nederland",
        created_at=NOW,
        updated_at=NOW,
    )
    await OkiDoc.create(id=uuid4(), pupil=pupil, status=OkiDocStatus.FINAL, finalized_at=NOW, updated_at=NOW)
    guardian = await Guardian.create(
        id=uuid4(), pupil=pupil, position=1, last_name="Okafor", email="ouder@thuis.example"
    )
    return pupil, guardian


@asynccontextmanager
async def a_town_with_a_door(*, valkey_url: str) -> AsyncIterator[Town]:
    """A town at the third day of the application week, its throttle counting for this test alone."""
    stand()
    prefix, throttle.PREFIX = throttle.PREFIX, f"test:{uuid4().hex}:"
    try:
        async with throttle.connected(url=valkey_url):
            yield await a_town()
    finally:
        throttle.PREFIX = prefix


def later(**delta: float) -> None:
    """Move the procedure's clock on from where it stands."""
    global _now
    _now += timedelta(**delta)
    clock.stand_still(at=_now)


def stand() -> None:
    """The procedure's clock at the third day of the application week."""
    global _now
    _now = NOW
    clock.stand_still(at=_now)


_now = NOW
