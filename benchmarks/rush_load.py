"""The load of `benchmarks.rush`: families and schools over HTTP, from one process, a bounded number at a time.

Nothing of Loket is imported here. A request's time begins when the person presses the button, so that waiting
for a free connection counts too.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import uvloop

MOST_AT_ONCE = 100
PATIENCE = 30.0
MOST_TRIES = 20
# Below the five seconds after which the server lets go of a connection that is not used.
KEPT = 3.0

LOGIN = """mutation Inloggen($input: LoginInput!) { login(input: $input) {
  session { token role expiresAt } errors { code message ... on TooManyAttempts { retryAfterSeconds }
    ... on SignInBusy { retryAfterSeconds } } } }"""
START = """query Startscherm { viewer { role displayName } currentPeriods { kind opensAt closesAt }
  child { id firstName fullName adviceLabel listLength loginStatus individualWindows { region closesAt }
    enrolment { id status version canFinalize missing acceptEquivalentDepartment finalizedAt
      preferences { rank department { id name school { id name } } }
      priorityClaim { ground status siblingName siblingClass } multipleBirth { isMultiple allApplyHere } } }
  secondarySchools { id name city priorityGrounds departments { id name openToChild } } }"""
SAVE = """mutation Bewaren($input: SaveEnrolmentInput!) { saveEnrolment(input: $input) {
  enrolment { id version canFinalize missing preferences { rank department { id name school { name } } } }
  notices errors { code message path } } }"""
FINALISE = """mutation Definitief($input: FinalizeEnrolmentInput!) { finalizeEnrolment(input: $input) {
  enrolment { id status version finalizedAt } errors { code message path } } }"""
LIST = """query Lijst($after: String) { pupils(first: 50, after: $after) { totalCount
  pageInfo { hasNextPage endCursor }
  nodes { id fullName birthDate originSchool advice adviceLabel
    enrolment { status version finalizedAt preferences { rank department { name school { name } } }
      priorityClaim { ground status } } } } }"""


@dataclass
class Found:
    """What one kind of request took, in seconds, and what else than an answer came."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    busy: int = 0


class Failed(Exception):
    """The answer was none, or said no."""


class Portal:
    """The portal's server in front of the API: it keeps connections, and tells each caller's address."""

    def __init__(self, *, port: int) -> None:
        self._port = port
        self._idle: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)
        self.found: dict[str, Found] = {}

    async def ask(
        self, kind: str, document: str, *, address: str, token: str = "", **variables: Any
    ) -> dict[str, Any]:
        """The data of the answer, with the wait of whoever is told to come back later. Raises `Failed`."""
        noted = self.found.setdefault(kind, Found())
        body = json.dumps({"query": document, "variables": variables}).encode()
        try:
            for _ in range(MOST_TRIES):
                began = time.perf_counter()
                async with asyncio.timeout(PATIENCE):
                    async with self._turn:
                        status, wait, content = await self._post(body, address, token)
                answer = json.loads(content) if status == 200 else {}
                busy = wait or _told_to_wait(answer)
                if busy:
                    noted.busy += 1
                    await asyncio.sleep(busy)
                    continue
                noted.seconds.append(time.perf_counter() - began)
                fault = _fault(status, answer)
                if fault:
                    raise Failed(fault)
                return dict(answer["data"])
            raise Failed("busy to the last")
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as fault:
            noted.errors.append(type(fault).__name__)
            raise Failed(type(fault).__name__) from fault
        except Failed as failed:
            noted.errors.append(str(failed))
            raise

    async def _post(self, body: bytes, address: str, token: str) -> tuple[int, float, bytes]:
        reader, writer = await self._connection()
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        head = (
            f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{bearer}"
            f"X-Forwarded-For: {address}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            writer.write(head.encode() + body)
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            content = await reader.readexactly(int(headers["content-length"]))
        except BaseException:
            writer.close()
            raise
        self._idle.append((time.monotonic(), reader, writer))
        return int(first.split()[1]), float(headers.get("retry-after", 0)), content

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            since, reader, writer = self._idle.pop()
            if time.monotonic() - since < KEPT and not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self._port)


def _told_to_wait(answer: dict[str, Any]) -> float:
    login = (answer.get("data") or {}).get("login") or {}
    waits = [error.get("retryAfterSeconds") or 0 for error in login.get("errors", ())]
    return float(max(waits, default=0))


def _fault(status: int, answer: dict[str, Any]) -> str:
    if status != 200:
        return f"HTTP {status}"
    if answer.get("errors"):
        return str(answer["errors"][0]["message"])
    for payload in answer["data"].values():
        if isinstance(payload, dict) and payload.get("errors"):
            return str(payload["errors"][0]["code"])
    return ""


@dataclass(frozen=True)
class Family:
    """A family, its password, and when it does what: seconds from the beginning."""

    username: str
    password: str
    address: str
    signs_in: float
    saves: float
    finalises: float
    token: str = ""


def moments(*, families: int, minutes: float, chance: Random) -> list[tuple[float, float, float]]:
    """When each signs in, saves and finalises: ever more as the end comes near, twice the average in its last minute."""
    scale = minutes / 10
    found = []
    for _ in range(families):
        saving, reading = chance.uniform(5, 20) * scale, chance.uniform(20, 120) * scale
        finalises = (140 + 600 * chance.random() ** 0.5) * scale
        found.append((finalises - saving - reading, finalises - saving, finalises))
    return found


async def _family(portal: Portal, family: Family, at: Callable[[float], Awaitable[None]]) -> None:
    """Sign in, read, save a complete draft, finalise."""

    async def ask(kind: str, document: str, token: str = "", **variables: Any) -> dict[str, Any]:
        return await portal.ask(kind, document, address=family.address, token=token, **variables)

    await at(family.signs_in)
    given = {"username": family.username, "password": family.password}
    token = (await ask("sign in", LOGIN, input=given))["login"]["session"]["token"]
    seen = await ask("start screen", START, token)
    child, version = seen["child"], (seen["child"]["enrolment"] or {"version": 0})["version"]
    fitting = [
        {"departmentId": department["id"]}
        for school in seen["secondarySchools"]
        for department in [one for one in school["departments"] if one["openToChild"]][:1]
    ]
    Random(family.username).shuffle(fitting)
    await at(family.saves)
    form = {"expectedVersion": version, "preferences": fitting[: child["listLength"]]}
    saved = (await ask("save", SAVE, token, input=form))["saveEnrolment"]["enrolment"]
    await at(family.finalises)
    await ask("finalise", FINALISE, token, input={"expectedVersion": saved["version"]})


async def _school(portal: Portal, school: tuple[str, str, str], *, every: float, until: float) -> None:
    """Staff of a secondary school that looks at its list again and again, page after page."""
    username, password, address = school
    end = time.monotonic() + until
    await asyncio.sleep(Random(username).uniform(0, every))
    given = {"username": username, "password": password}
    answer = await portal.ask("sign in", LOGIN, address=address, input=given)
    token = answer["login"]["session"]["token"]
    while time.monotonic() < end:
        after, more = None, True
        while more:
            seen = await portal.ask("list of a school", LIST, address=address, token=token, after=after)
            page = seen["pupils"]["pageInfo"]
            after, more = page["endCursor"], page["hasNextPage"]
        await asyncio.sleep(every)


def rush(
    *, port: int, families: list[Family], schools: list[tuple[str, str, str]], every: float
) -> dict[str, Found]:
    """Everybody at their own time; what was found by kind of request."""

    async def all_of_them() -> dict[str, Found]:
        portal, began = Portal(port=port), time.monotonic()

        async def at(moment: float) -> None:
            await asyncio.sleep(began + moment - time.monotonic())

        until = max(family.finalises for family in families)
        await asyncio.gather(
            *(_family(portal, family, at) for family in families),
            *(_school(portal, school, every=every, until=until) for school in schools),
            return_exceptions=True,
        )
        return portal.found

    return uvloop.run(all_of_them())


def finalise(*, port: int, families: list[Family], at_once: int) -> tuple[float, Found]:
    """These families, who saved before, finalise as fast as it goes: the seconds, and what was found."""

    async def all_of_them() -> tuple[float, Found]:
        portal, left = Portal(port=port), iter(families)

        async def one_after_the_other() -> None:
            for family in left:
                await portal.ask("finalise", FINALISE, address=family.address, token=family.token, input={})

        began = time.perf_counter()
        await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
        return time.perf_counter() - began, portal.found["finalise"]

    return uvloop.run(all_of_them())
