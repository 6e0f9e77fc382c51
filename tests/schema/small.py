"""A small schema for three roles, and the endpoint in front of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

import httpx
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route

from resolvers.idempotency import Kept
from resolvers.viewer import Viewer
from rules.refusal import Refusal, Refusals
from rules.vocabulary import Role
from schema.build import build_schemas
from schema.connection import After, Connection, First, page
from schema.context import Info
from schema.done import Keep
from schema.errors import RefusalTypes, told_to
from schema.http import GraphQLEndpoint
from schema.idempotency import IdempotencyKeyBusy, IdempotencyKeyReused
from schema.mutation import Mutations
from schema.trusted import NONE, Trusted
from schema.visibility import EVERYONE, SIGNED_IN, computed_for, input_type, output_type, seen_by


@dataclass(eq=False)
class WindowShut(Refusal):
    """A refusal with facts."""

    code: ClassVar[str] = "WINDOW_SHUT"
    opens_at: datetime
    missing: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return "Dit kan nu niet."


@dataclass(eq=False)
class Unlisted(Refusal):
    """A refusal that no table knows."""

    code: ClassVar[str] = "UNLISTED"

    @property
    def message(self) -> str:
        return "Dat gaat niet."


SECRET = "hunter" + "2"
EDITOR = Role.PO_EDITOR
OPENS = datetime(2026, 2, 9, 9, tzinfo=UTC)

REFUSALS = RefusalTypes(
    {
        WindowShut: told_to(
            EDITOR, description="Dicht.", opens_at="Wanneer het opengaat.", missing="Wat mist."
        ),
        IdempotencyKeyReused: told_to(SIGNED_IN, description="Sleutel hoort bij iets anders."),
        IdempotencyKeyBusy: told_to(SIGNED_IN, description="Nog bezig."),
    }
)
MUTATIONS = Mutations(REFUSALS)
calls: list[Any] = []


@output_type("Een kind.")
class Child:
    id: strawberry.ID = seen_by(SIGNED_IN, description="Het nummer.")
    name: str = seen_by(SIGNED_IN, description="De naam.")
    secret_note: str = seen_by(EDITOR, description="Een notitie die alleen de school ziet.")


@output_type("Een sessie.")
class Session:
    token: str = seen_by(EVERYONE, description="De sleutel van deze sessie.")


@input_type("Wie, en waarom.")
class MarkChildInput:
    child_id: strawberry.ID = seen_by(EDITOR, description="Welk kind.")
    why: str | None = seen_by(EDITOR, description="Waarom.", default=None)
    others: list[strawberry.ID] = seen_by(EDITOR, description="Welke nog meer.", default_factory=list)


@input_type("Naam en wachtwoord.")
class LoginInput:
    username: str = seen_by(EVERYONE, description="De gebruikersnaam.")
    password: str = seen_by(EVERYONE, description="Het wachtwoord.")


@dataclass
class Row:
    id: UUID
    name: str
    secret_note: str = "geheim"


ROWS = [Row(UUID(int=number + 1), f"kind {number:03}") for number in range(250)]


async def mark_child(*, viewer: Viewer, child_id: UUID, why: str | None, others: list[UUID]) -> Row:
    calls.append((viewer.role, child_id, others))
    await asyncio.sleep(0.05)
    match why:
        case "shut":
            raise WindowShut(OPENS, ("advice",)).at("child_id")
        case "unlisted":
            raise Unlisted()
        case "both":
            raise Refusals(WindowShut(OPENS), Unlisted())
        case "bug":
            raise RuntimeError(SECRET)
    return Row(child_id, "Noor")


async def found(_info: Info, kept: list[Any]) -> Row | None:
    child_id, name = kept
    return None if child_id in gone else Row(child_id, name)


KEEP = Keep(put=lambda row: [row.id, row.name], take=found)
gone: set[UUID] = set()
"""Children that nobody reaches any more."""


async def login(*, request_ip: str, username: str, password: str) -> Session:
    calls.append((request_ip, username))
    return Session(token=password)


async def logout(*, token: str | None) -> None:
    calls.append(token)


@output_type("De vragen.")
class Query:
    @computed_for(EVERYONE, description="Wie vraagt.")
    def role(self, info: Info) -> str:
        return info.context.role

    @computed_for(EVERYONE, description="Een fout van ons.")
    async def bug(self) -> str | None:
        raise RuntimeError(SECRET)

    @computed_for(EVERYONE, description="Wat u zegt.")
    def echo(self, text: Annotated[str, strawberry.argument(description="Wat.")]) -> str:
        return text

    @computed_for(EVERYONE, description="Een half teken.")
    def half(self) -> str:
        return "\ud800"

    @computed_for(SIGNED_IN, description="De kinderen.")
    async def children(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        search: Annotated[str | None, strawberry.argument(description="Zoek op naam.")] = None,
    ) -> Connection[Child]:
        async def fetch(*, after: tuple[Any, ...] | None, limit: int) -> list[Row]:
            calls.append(("fetch", limit))
            return [row for row in ROWS if after is None or (row.name, row.id) > after][:limit]

        async def count() -> int:
            calls.append("count")
            return len(ROWS)

        found: Connection[Child] = await page(
            info, question="children", about=search, first=first, after=after, fetch=fetch, count=count,
            key=lambda row: (row.name, row.id),
        )  # fmt: skip
        return found


@output_type("De handelingen.")
class Mutation:
    mark_child = MUTATIONS.step(
        mark_child, takes=MarkChildInput, gives={"child": Child}, seen_by=EDITOR, keep=KEEP,
        description="Merk een kind.",
    )  # fmt: skip
    login = MUTATIONS.sign_in(
        login, takes=LoginInput, gives={"session": Session}, seen_by=EVERYONE, description="Log in."
    )
    logout = MUTATIONS.act(logout, takes=None, gives={}, seen_by=EVERYONE, description="Log uit.")


SCHEMAS = build_schemas(query=Query, mutation=Mutation, refusals=REFUSALS)


@dataclass
class Answers:
    """The table of answers, in memory."""

    kept: dict[tuple[UUID, str], Kept] = field(default_factory=dict)

    async def reserve(self, *, account_id: UUID, key: str, body_hash: str) -> Kept | None:
        there = self.kept.get((account_id, key))
        if there is None:
            self.kept[account_id, key] = Kept(body_hash, None)
        return there

    async def keep(self, *, account_id: UUID, key: str, answer: dict[str, Any]) -> None:
        self.kept[account_id, key] = Kept(self.kept[account_id, key].body_hash, answer)

    async def release(self, *, account_id: UUID, key: str) -> None:
        del self.kept[account_id, key]


def viewer(role: Role) -> Viewer:
    return Viewer(account_id=uuid4(), session_id=uuid4(), role=role, display_name="Iemand")


VIEWERS = {"editor": viewer(EDITOR), "parent": viewer(Role.PARENT), "other-editor": viewer(EDITOR)}


async def authenticate(*, token: str, address: str) -> Viewer | None:
    if token == "broken":
        raise RuntimeError(SECRET)
    return VIEWERS.get(token)


class Door:
    """A client in front of the endpoint."""

    def __init__(self, *, trusted: Trusted = NONE) -> None:
        self.answers = Answers()
        endpoint = GraphQLEndpoint(
            schemas=SCHEMAS,
            authenticate=authenticate,
            answers=self.answers,
            cursor_key=b"k" * 64,
            trusted=trusted,
        )
        app = Starlette(routes=[Route("/graphql", endpoint=endpoint)])
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://loket")

    async def post(self, content: Any, *, token: str | None = None, **headers: str) -> httpx.Response:
        sent = {"Content-Type": "application/json"}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        return await self.http.post("/graphql", content=content, headers=sent)

    async def ask(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        token: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        import json

        return await self.post(json.dumps({"query": query, "variables": variables}), token=token, **headers)


def code(response: httpx.Response) -> str:
    """The code of the first error."""
    return str(response.json()["errors"][0]["extensions"]["code"])
