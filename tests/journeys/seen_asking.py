"""Everything that somebody can ask, put together from their own schema; and what they were told."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
)
from pypdf import PdfReader

from rules.vocabulary import Role
from schema.roles import SCHEMAS
from tests.world import Person

PAGE = 4
ROOTS_OF_PUPILS = ("pupil", "child", "pupils", "notPlaceablePupils")
BARE: tuple[Any, ...] = (None, "", False, 0, [], "NONE", "NOT_SENT")
"""Values that tell nothing."""


def selection(type_: GraphQLNamedType) -> str:
    """Every field of a type and of those below it."""
    if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        return ""
    return "{ " + " ".join(f"{name} {selection(_named(told))}" for name, told in type_.fields.items()) + " }"


def leaves(type_: GraphQLNamedType | None, path: str = "") -> Iterator[str]:
    """The paths of every field below a type that holds a value."""
    if type_ is None:
        return
    if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        yield path
        return
    for name, told in type_.fields.items():
        yield from leaves(_named(told), f"{path}.{name}" if path else name)


def pupil_of(role: Role) -> GraphQLNamedType | None:
    return SCHEMAS[role].core.type_map.get("Pupil")


def roots(role: Role) -> dict[str, GraphQLField]:
    query = SCHEMAS[role].core.query_type
    return dict(query.fields) if query else {}


def _named(told: GraphQLField) -> GraphQLNamedType:
    return get_named_type(told.type)


@dataclass
class Told:
    """What one person was told at one stop: as text, and what of which child by which field."""

    texts: list[str] = field(default_factory=list)
    pupils: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    roots: dict[str, Any] = field(default_factory=dict)
    answers: int = 0

    def take(self, answer: httpx.Response) -> Any:
        body = answer.json()
        assert "errors" not in body, body["errors"]
        self.texts.append(answer.text)
        self.answers += 1
        self._walk(body["data"])
        return body["data"]

    def _walk(self, value: Any) -> None:
        if isinstance(value, list):
            for one in value:
                self._walk(one)
        elif isinstance(value, dict):
            for name, one in value.items():
                if name == "url" and one:
                    self.links.add(urlsplit(one).path)
                if name in ROOTS_OF_PUPILS:
                    found = one["nodes"] if isinstance(one, dict) and "nodes" in one else one
                    for row in found if isinstance(found, list) else [found]:
                        if row:
                            self.pupils.setdefault(row["id"], []).append(row)
                self._walk(one)


async def everything(person: Person, role: Role, *, ids: Mapping[str, Iterable[str]]) -> Told:
    """Each question of the role, with all fields; where it takes an id, with each of `ids`."""
    told = Told()
    for name, root in roots(role).items():
        if name.startswith("export"):
            continue  # Rows of their own: `exported` asks for them.
        chosen = selection(_named(root))
        if "id" in root.args:
            for one in ids[name]:
                told.take(await person.post(f"query($id: ID!) {{ {name}(id: $id) {chosen} }}", id=one))
        elif name == "pupils":
            await _pages(person, told, selection(cast(GraphQLNamedType, pupil_of(role))))
        else:
            given = "(first: 50)" if "first" in root.args else ""
            told.roots[name] = told.take(await person.post(f"{{ {name}{given} {chosen} }}"))[name]
    return told


async def exported(person: Person, role: Role) -> Told:
    """The rows of every export, of all that changed since the year began as well: what left is named there."""
    told = Told()
    for name, root in roots(role).items():
        if "changedSince" in root.args:
            for since in ("null", '"2020-01-01T00:00:00Z"'):
                asked = f"{{ {name}(first: 500, changedSince: {since}) {selection(_named(root))} }}"
                told.take(await person.post(asked))
    return told


async def _pages(person: Person, told: Told, chosen: str) -> None:
    """All pages, row by row; `edges` holds the same rows as `nodes`."""
    after: str | None = None
    while True:
        asked = f"""query($after: String) {{ pupils(first: {PAGE}, after: $after) {{
            totalCount pageInfo {{ hasNextPage endCursor }} nodes {chosen} }} }}"""
        page = told.take(await person.post(asked, after=after))["pupils"]
        told.roots["pupils"] = page
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


async def fetched(http: httpx.AsyncClient, links: Iterable[str]) -> list[str]:
    """What is behind links, as text."""
    got = [await http.get(link) for link in sorted(links)]
    return [in_words(one.content) for one in got if one.status_code == 200]


@cache
def in_words(content: bytes) -> str:
    """Bytes as text; a PDF with pages as it reads."""
    if content.startswith(b"%PDF") and b"/Page" in content:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return content.decode("latin-1")


def tellings(row: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """The fields of a row that tell something: path, value, and the row they stand in.

    A row of a `kind`, and one that is secret, says so in the path: `course=RESULT.what`.
    """
    mark = "secret" if row.get("secret") is True else row.get("kind") if path else None
    here = f"{path}={mark}" if mark else path
    for name, value in row.items():
        inside = f"{here}.{name}" if here else name
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from tellings(one, inside)
            elif one not in BARE:
                yield inside, one, row
