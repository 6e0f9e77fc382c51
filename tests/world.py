"""Two linked regions with schools and pupils, and people who talk to Loket over GraphQL.

Everything a journey does goes through the real application: HTTP over ASGI, PostgreSQL, Valkey, the
worker drained in this process, and a real SMTP conversation with the sandbox's sink.
"""

import io
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
from pypdf import PdfReader

from app import create_app
from models import (
    Account,
    Address,
    Advice,
    CapacityGroup,
    Department,
    Guardian,
    OkiDoc,
    ParentLogin,
    Period,
    PrimarySchool,
    Pupil,
    Region,
    RegionGroup,
    SchoolYear,
    SecondarySchool,
    TestResult,
)
from resolvers import clock, passwords, sessions, throttle
from rules.calendar import AMSTERDAM
from rules.identifiers import sort_name
from rules.vocabulary import LoginStatus, OkiDocStatus, PeriodKind, PupilOrigin, Role
from sandbox import smtp
from sandbox.state import free_port
from schema import files_http
from schema.roles import SCHEMAS
from settings import Settings
from tests.machines import grant_nothing
from workers.drain import drain

PASSWORD = "Zonnige-brugklas-2027"
HAVO_UP = ["VMBO_GL/TL", "HAVO", "VWO"]
ALL = ["VMBO_BB", *HAVO_UP]


def at(text: str) -> datetime:
    """A moment on the wall clock in Amsterdam: 2027-03-17 10:00."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


PERIODS = {
    PeriodKind.LOGIN_REQUEST: ("2027-03-08 00:00", "2027-03-15 00:00"),
    PeriodKind.PARENT_LOGIN_SENDING: ("2027-03-08 00:00", "2027-03-25 00:00"),
    PeriodKind.APPLICATION: ("2027-03-15 00:00", "2027-03-25 00:00"),
    PeriodKind.HANDLING: ("2027-03-25 00:00", "2027-05-20 16:00"),
    PeriodKind.DECENTRAL_LOTTERY: ("2027-04-19 00:00", "2027-04-24 00:00"),
    PeriodKind.CENTRAL_PLACEMENT: ("2027-05-17 00:00", "2027-05-20 00:00"),
    PeriodKind.ANNOUNCEMENT: ("2027-05-20 16:00", None),
}
ADVIEZEN = (
    (
        "PRAKTIJKONDERWIJS",
        "praktijkonderwijs",
        2,
        None,
        "De basisschool meldt uw kind aan bij de praktijkschool.",
    ),
    ("VMBO_BB", "vmbo-b", 3, 2, ""),
    ("VMBO_GL/TL", "vmbo-gl/tl", 6, 5, ""),
    ("HAVO", "havo", 8, 5, ""),
    ("VWO", "vwo", 10, 5, ""),
)


class Person:
    """Somebody with a token, or nobody with none."""

    def __init__(
        self, http: httpx.AsyncClient, token: str | None = None, *, account_id: UUID | None = None
    ) -> None:
        self.http = http
        self.token = token
        self.account_id = account_id

    async def post(self, query: str, **variables: Any) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        # In ASCII, so that also half a surrogate pair can be sent.
        body = json.dumps({"query": query, "variables": variables})
        return await self.http.post("/graphql", content=body, headers=headers)

    async def ask(self, query: str, **variables: Any) -> Any:
        """The `data` of an answer that has no errors."""
        answer = await self.post(query, **variables)
        body = answer.json()
        assert "errors" not in body, body
        return body["data"]

    async def do(self, mutation: str, fields: str, **given: Any) -> Any:
        """One mutation with `given` as its input: its payload, errors and all."""
        name = mutation[0].upper() + mutation[1:]
        query = f"mutation($input: {name}Input!) {{ it: {mutation}(input: $input) {{ {fields} errors {{ __typename code message path }} }} }}"
        return (await self.ask(query, input=given))["it"]

    async def done(self, mutation: str, fields: str, **given: Any) -> Any:
        """The same, where nothing may be refused."""
        payload = await self.do(mutation, fields, **given)
        assert payload["errors"] == [], payload["errors"]
        return payload


@dataclass
class World:
    http: httpx.AsyncClient
    settings: Settings
    mails_folder: Path
    group: RegionGroup
    year: SchoolYear
    amstelland: Region
    amsterdam: Region
    primary: PrimarySchool
    schools: list[SecondarySchool] = field(default_factory=list)
    departments: dict[str, Department] = field(default_factory=dict)
    numbers: int = 10000

    def nobody(self) -> Person:
        return Person(self.http)

    async def sign_in(self, username: str, password: str = PASSWORD) -> Person:
        person = self.nobody()
        payload = await person.done("login", "session { token role }", username=username, password=password)
        return Person(self.http, payload["session"]["token"])

    async def staff(self, role: Role, **at_school: Any) -> Person:
        """A new account of this role, signed in by its password."""
        username = f"{role.value.lower()}.{uuid4().hex[:6]}@example.org"
        account = await self.account(role, username=username, email=username, **at_school)
        person = await self.sign_in(username, PASSWORD + (username if role is Role.INTEGRATOR else ""))
        person.account_id = account.id
        return person

    async def account(self, role: Role, *, username: str, **more: Any) -> Account:
        """An account with a password; of a family under its ELK number when `pupil` is given."""
        pupil = more.get("pupil")
        if pupil is not None:
            more = {
                "realm": f"{self.group.id}:{self.year.id}",
                "region": self.amstelland,
                "group": self.group,
                "school_year": self.year,
                **more,
            }
        account = await Account.create(
            id=uuid4(),
            username=username,
            role=role,
            display_name="Anne de Wit",
            password_hash=None if role is Role.INTEGRATOR else await passwords.hashed(password=PASSWORD),
            created_at=clock.real_now(),
            **more,
        )
        if role is Role.INTEGRATOR:
            await grant_nothing(account=account, secret=PASSWORD + username)
        return account

    async def editor(self) -> Person:
        return await self.staff(Role.PO_EDITOR, primary_school_id=self.primary.id)

    async def vo_staff(self, school: int = 0) -> Person:
        return await self.staff(Role.VO_STAFF, secondary_school_id=self.schools[school].id)

    async def pupil(
        self,
        *,
        first_name: str = "Zoë",
        last_name: str = "Berg",
        infix: str = "van der",
        advice: str | None = "HAVO",
        final: bool = True,
        tested: bool = True,
        email: str = "ouder@example.org",
        school: PrimarySchool | None = None,
        region: Region | None = None,
        outside: bool = False,
    ) -> Pupil:
        """A pupil ready to be sent a login, unless told otherwise."""
        self.numbers += 1
        now = await clock.now()
        pupil = await Pupil.create(
            id=uuid4(),
            school_year=self.year,
            group=self.group,
            region=region or self.amstelland,
            primary_school=None if outside else school or self.primary,
            origin=PupilOrigin.OUTSIDE if outside else PupilOrigin.HOME,
            elk_number=("B" if outside else "") + str(self.numbers),
            first_name=first_name,
            infix=infix,
            last_name=last_name,
            sort_name=sort_name(first_name=first_name, infix=infix, last_name=last_name),
            birth_date=date(2015, 2, 3),
            class_group="8a",
            advice_id=advice,
            provisional_advice_id=advice,
            created_at=now,
            updated_at=now,
        )
        await Address.create(
            id=uuid4(),
            pupil=pupil,
            street="Dorpsstraat",
            house_number="1a",
            postcode="1181 AB",
            city="Amstelveen",
        )
        await Guardian.create(
            id=uuid4(), pupil=pupil, position=1, first_name="Noor", last_name="Jansen", email=email
        )
        if not outside:
            await OkiDoc.create(
                id=uuid4(),
                pupil=pupil,
                status=OkiDocStatus.FINAL if final else OkiDocStatus.CONCEPT,
                sections={"advice": {"motivation": "Werkt hard."}},
                finalized_at=now if final else None,
                updated_at=now,
            )
        if tested:
            await TestResult.create(
                id=uuid4(), pupil=pupil, school_year=self.year, advice_id=advice, delivered_at=now
            )
        return pupil

    async def mails(self) -> list[dict[str, Any]]:
        """Let the worker deliver, then read the mailbox: newest first."""
        await drain(settings=self.settings)
        return smtp.received(folder=self.mails_folder)

    async def pdf_text(self, person: Person, document_id: str) -> str:
        """What a PDF says that this person asked for, made by the worker and fetched by its link."""
        asked = "query($id: ID!) { document(id: $id) { status url } }"
        document = (await person.ask(asked, id=document_id))["document"]
        if document["status"] != "READY":
            await drain(settings=self.settings)
            document = (await person.ask(asked, id=document_id))["document"]
        assert document["status"] == "READY"
        got = await self.http.get(urlsplit(document["url"]).path)
        assert got.status_code == 200
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(got.content)).pages)

    async def parent(self, pupil: Pupil, *, region: str = "AMSTELLAND") -> Person:
        """The parents of a pupil, by the whole way: login sent, mail read, password set, signed in."""
        editor = await self.editor()
        await editor.done("sendParentLogin", "pupil { id }", pupilId=str(pupil.id), region=region)
        mail = next(one for one in await self.mails() if f" {pupil.elk_number}" in one["text"])
        return await self.account_by_mail(pupil, mail)

    async def account_by_mail(self, pupil: Pupil, mail: dict[str, Any]) -> Person:
        """The parents set their password by the link of mail 1, and sign in."""
        await self.nobody().done(
            "activateAccount", "session { role }", token=token_in(mail), password=PASSWORD
        )
        return await self.sign_in(pupil.elk_number)

    async def at_home(self, pupil: Pupil, *regions: Region) -> Person:
        """The parents of a pupil, signed in, whose logins for these regions are active: straight into the tables."""
        to = (await Guardian.get(pupil_id=pupil.id, position=1)).email
        for region in regions:
            await ParentLogin.create(pupil=pupil, region=region, status=LoginStatus.ACTIVATED, email=to)
        account = await self.account(Role.PARENT, username=pupil.elk_number, pupil=pupil)
        session, signed_in = sessions.new_session(account=account, user_agent="")
        await session.save(force_create=True)
        return Person(self.http, signed_in.token, account_id=account.id)

    def choice(self, school: int, advice: str = "HAVO") -> dict[str, str]:
        """A line of the list: the department of this school that takes this advice."""
        return {"departmentId": str(self.departments[f"{school}-{advice}"].id)}


def token_in(mail: dict[str, Any]) -> str:
    """The token of the link in a mail, from its text part."""
    found = re.search(r"[?&]token=([\w-]+)", mail["text"])
    assert found, mail["text"]
    return found[1]


@asynccontextmanager
async def make_world(*, settings: Settings, folder: Path) -> AsyncIterator[World]:
    """The world of one test, on an empty database."""
    port = free_port()
    sink = smtp.start(folder=folder / "mails", port=port)
    settings = settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
    app = create_app(
        settings,
        schemas=SCHEMAS,
        authenticate=sessions.viewer_of,
        checks={},
        routes=files_http.routes(),
    )
    # Counters of its own: what one test tries too often must not count in another.
    prefix, throttle.PREFIX = throttle.PREFIX, f"test:{uuid4().hex}:"
    try:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(throttle.connected(url=settings.redis_url))
            transport = httpx.ASGITransport(app=app, client=("192.0.2.10", 4711))
            http = await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url="http://loket.test", timeout=20)
            )
            yield await _people_a_region(http=http, settings=settings, mails_folder=folder / "mails")
    finally:
        throttle.PREFIX = prefix
        sink.stop()


async def _people_a_region(*, http: httpx.AsyncClient, settings: Settings, mails_folder: Path) -> World:
    group = await RegionGroup.create(id=uuid4(), code="NOORD")
    year = await SchoolYear.create(
        id=uuid4(), name="2026-2027", starts_on=date(2026, 8, 1), ends_on=date(2027, 8, 1)
    )
    for code, label, level, length, other_way in ADVIEZEN:
        await Advice.create(code=code, label=label, level=level, list_length=length, other_way=other_way)
    regions = [await _region(code, group=group, year=year) for code in ("AMSTELLAND", "AMSTERDAM")]
    primary = await PrimarySchool.create(
        id=uuid4(), region=regions[0], brin="12AB", name="De Peppel", email="peppel@example.org"
    )
    world = World(
        http=http,
        settings=settings,
        mails_folder=mails_folder,
        group=group,
        year=year,
        amstelland=regions[0],
        amsterdam=regions[1],
        primary=primary,
    )
    for place in range(6):
        await secondary_school(world, place, region=regions[0])
    await secondary_school(world, 6, region=regions[1])
    return world


async def _region(code: str, *, group: RegionGroup, year: SchoolYear) -> Region:
    region = await Region.create(
        id=uuid4(),
        group=group,
        code=code,
        name=code.title(),
        portal_url=f"https://{code.lower()}.example.org/portaal",
        sender_address=f"elk@{code.lower()}.example.org",
        helpdesk="helpdesk@example.org",
        project_lead_email="projectleider@example.org",
    )
    for kind, (opens, closes) in PERIODS.items():
        await Period.create(
            id=uuid4(),
            region=region,
            school_year=year,
            kind=kind,
            opens_at=at(opens),
            closes_at=at(closes) if closes else None,
        )
    return region


async def secondary_school(world: World, place: int, *, region: Region) -> None:
    """A secondary school with a department for each advice; the first two of the world give priority."""
    school = await SecondarySchool.create(
        id=uuid4(),
        region=region,
        brin=f"20V{chr(65 + place)}",
        name=f"Het Veenlicht {place}",
        priority_grounds=["SIBLING", "STAFF_CHILD"] if place == 0 else ["SIBLING"] if place == 1 else [],
    )
    world.schools.append(school)
    for advice in ALL:
        department = await Department.create(
            id=uuid4(), school=school, school_year=world.year, code=advice, name=advice.lower()
        )
        await CapacityGroup.create(
            id=uuid4(), department=department, name=advice.lower(), seats=2, adviezen=[advice]
        )
        world.departments[f"{place}-{advice}"] = department


def one_second_before(moment: str) -> datetime:
    return at(moment) - timedelta(seconds=1)
