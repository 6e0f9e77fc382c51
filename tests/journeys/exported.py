"""Exports as somebody asks for them: rows by pages, files by their link, and how one shows the other."""

import csv
import io
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import openpyxl
from graphql import GraphQLObjectType

from exports.columns import Column, Shape
from exports.lists import LISTS
from rules.vocabulary import ExportKind, Role
from schema.roles import SCHEMAS
from tests.world import Person, World
from workers.drain import drain

CREATE = "export { id status progress rowCount url filename expiresAt }"
ONE = "query($id: ID!) { export(id: $id) { id status progress rowCount url filename expiresAt } }"


def fields(kind: ExportKind, role: Role) -> list[str]:
    """Every field of a row that this role's schema has."""
    row = SCHEMAS[role].core.type_map[LISTS[kind].row]
    assert isinstance(row, GraphQLObjectType)
    return list(row.fields)


async def rows(
    person: Person, kind: ExportKind, role: Role = Role.VO_STAFF, *, first: int = 500, **given: Any
) -> list[dict[str, Any]]:
    """All rows, page by page."""
    arguments = "".join(f", {name}: {value}" for name, value in given.items())
    found: list[dict[str, Any]] = []
    after = "null"
    while True:
        query = f"""{{ it: {LISTS[kind].query}(first: {first}, after: {after}{arguments}) {{ totalCount changedUntil
            pageInfo {{ hasNextPage endCursor }} nodes {{ {" ".join(fields(kind, role))} }} }} }}"""
        page = (await person.ask(query))["it"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found
        after = f'"{page["pageInfo"]["endCursor"]}"'


async def file(world: World, person: Person, kind: ExportKind, format: str, **given: Any) -> bytes:
    """The file, made by the worker and fetched by its link."""
    made = await person.done("createExport", CREATE, kind=kind.value, format=format, **given)
    await drain(settings=world.settings)
    export = (await person.ask(ONE, id=made["export"]["id"]))["export"]
    assert (export["status"], export["progress"]) == ("READY", 100), export
    got = await world.http.get(urlsplit(export["url"]).path)
    assert got.status_code == 200
    assert export["filename"] in got.headers["content-disposition"]
    return got.content


def of_csv(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "a spreadsheet takes it for another alphabet"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def of_xlsx(content: bytes) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    head, *body = list(sheet.iter_rows(values_only=True))
    return [dict(zip(map(str, head), line, strict=True)) for line in body if any(v is not None for v in line)]


def in_csv(kind: ExportKind, role: Role, node: dict[str, Any]) -> dict[str, str]:
    """How a CSV shows a row of GraphQL."""
    return {column.header: _text(column, node[_camel(column.name)]) for column in LISTS[kind].seen_by(role)}


def in_xlsx(kind: ExportKind, role: Role, node: dict[str, Any]) -> dict[str, Any]:
    """How a spreadsheet does."""
    return {column.header: _typed(column, node[_camel(column.name)]) for column in LISTS[kind].seen_by(role)}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _typed(column: Column, value: Any) -> Any:
    if value is None or value == "":
        return None
    match column.shape:
        case Shape.DATE:
            return datetime.fromisoformat(value)
        case Shape.MOMENT:
            local = datetime.fromisoformat(value).astimezone(ZoneInfo("Europe/Amsterdam"))
            return local.replace(second=0, microsecond=0, tzinfo=None)
        case Shape.YES_NO:
            return "ja" if value else "nee"
        case Shape.CODE:
            return (column.words or {})[value] or None
        case Shape.TEXT:
            return f"'{value}" if value[0] in "=+-@\t\r\n" else value
        case _:
            return value


def _text(column: Column, value: Any) -> str:
    shown = _typed(column, value)
    if shown is None:
        return ""
    if column.shape is Shape.DATE:
        return f"{date.fromisoformat(value):%d-%m-%Y}"
    return f"{shown:%d-%m-%Y %H:%M}" if column.shape is Shape.MOMENT else str(shown)
