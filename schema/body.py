"""The body of a request to /graphql: read with a limit, then taken apart with suspicion."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from schema.scalars import is_clean

LARGEST = 64 * 1024
SECONDS = 15


class BadBody(Exception):
    """The request is not one this endpoint answers."""

    def __init__(
        self, status: int, code: str, message: str, *, retry_after_seconds: int | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """A well-formed request, by text or by the id of a trusted document; neither has been looked at yet."""

    query: str | None
    document_id: str | None
    variables: Mapping[str, Any]
    operation_name: str | None


async def read(*, headers: Mapping[str, str], receive: Receive) -> bytes:
    """The raw bytes. What the client says of their length is only believed when it is too much."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise BadBody(415, "JSON_ONLY", "Stuur JSON, met Content-Type: application/json.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise BadBody(415, "JSON_ONLY", "Stuur de JSON zonder compressie.")
    said = headers.get("content-length", "0")
    if said.isdecimal() and int(said[:12]) > LARGEST:
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += message.get("body", b"")
                if len(body) > LARGEST:
                    raise _too_large()
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise BadBody(408, "TOO_SLOW", "Het verzoek kwam te langzaam binnen.") from None


def parse(body: bytes) -> Asked:
    """JSON as the standard has it: one object, in UTF-8, with a document in `query`, or its id in `documentId`."""
    try:
        asked = json.loads(body.decode("utf-8"), parse_constant=_no_such_number)
    except (ValueError, RecursionError):
        raise BadBody(400, "BAD_JSON", "Dit is geen geldige JSON.") from None
    if isinstance(asked, list):
        raise BadBody(400, "NO_BATCHES", "Stuur één verzoek tegelijk.")
    if not isinstance(asked, dict):
        raise BadBody(400, "BAD_REQUEST", 'Stuur een JSON-object met "query".')
    _refuse_automatic(asked.get("extensions"))
    query, document_id = asked.get("query"), asked.get("documentId")
    variables, name = asked.get("variables"), asked.get("operationName")
    if query is not None and document_id is not None:
        raise BadBody(400, "BAD_REQUEST", 'Stuur "query" of "documentId", niet allebei.')
    if document_id is None and (not isinstance(query, str) or not query.strip()):
        raise BadBody(400, "BAD_REQUEST", '"query" ontbreekt of is geen tekst.')
    if document_id is not None and not isinstance(document_id, str):
        raise BadBody(400, "BAD_REQUEST", '"documentId" is geen tekst.')
    if variables is not None and not isinstance(variables, dict):
        raise BadBody(400, "BAD_REQUEST", '"variables" is geen object.')
    if name is not None and not isinstance(name, str):
        raise BadBody(400, "BAD_REQUEST", '"operationName" is geen tekst.')
    # Only an escape can bring in a null byte or half a surrogate pair: UTF-8 and JSON refuse them raw.
    if b"\\u" in body and not _all_clean(asked):
        raise BadBody(400, "BAD_CHARACTERS", "Een tekst bevat tekens die niet bestaan.")
    return Asked(query=query, document_id=document_id, variables=variables or {}, operation_name=name or None)


def _refuse_automatic(extensions: Any) -> None:
    # The code is the one by which clients that try this know that they are to send the text.
    if isinstance(extensions, dict) and "persistedQuery" in extensions:
        raise BadBody(
            400,
            "PERSISTED_QUERY_NOT_SUPPORTED",
            "Stuur de vraag zelf, of de documentId van een vraag die vooraf is aangemeld.",
        )


def _no_such_number(_name: str) -> NoReturn:
    raise ValueError("JSON has no NaN and no Infinity.")


def _all_clean(value: Any) -> bool:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if not is_clean(one):
                return False
        elif isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return True


def _too_large() -> BadBody:
    return BadBody(413, "TOO_LARGE", f"Een verzoek is hier ten hoogste {LARGEST // 1024} kB.")
