"""What leaves the house: errors as clients may read them, and JSON.

A bug is masked: the client reads a correlation id, the log holds where it happened. Neither the text
of a document, nor its variables, nor the message of an unknown exception is logged: any of them may
hold a password or a child.
"""

import json
import logging
import traceback
from collections.abc import Iterable
from typing import Any

import orjson
from graphql import GraphQLError

from schema.bad_input import in_dutch

log = logging.getLogger("loket.graphql")

MASKED = "Er ging iets mis aan onze kant. Probeer het later opnieuw. Noem bij vragen dit nummer: {}."


class ClientError(GraphQLError):
    """Something about the request itself, found while answering; shown as it is."""

    def __init__(self, message: str, *, code: str, **facts: str) -> None:
        super().__init__(message, extensions={"code": code, **facts})


def refused(errors: Iterable[GraphQLError], *, code: str) -> dict[str, Any]:
    """The answer to a document that did not run."""
    return {"errors": [{**_shown(error), "extensions": {"code": code, **_given(error)}} for error in errors]}


def failed(message: str, *, code: str, **facts: Any) -> dict[str, Any]:
    """The answer to a request that is no document at all."""
    return {"errors": [{"message": message, "extensions": {"code": code, **facts}}]}


def field_error(error: GraphQLError, *, correlation_id: str) -> dict[str, Any]:
    """An error of one field of a document that ran."""
    cause = error
    while isinstance(cause.original_error, GraphQLError):
        cause = cause.original_error
    if isinstance(cause, ClientError):
        return {**_shown(error), "extensions": dict(cause.extensions or {})}
    if cause.original_error is None and cause.nodes and cause is not error:
        # Raised on a node of the document: an argument that does not fit its type at run time.
        return {**_shown(error), "message": in_dutch(cause).message, "extensions": {"code": "BAD_USER_INPUT"}}
    log_bug(cause.original_error or cause, correlation_id=correlation_id)
    extensions = {"code": "INTERNAL", "correlationId": correlation_id}
    return {**_shown(error), "message": MASKED.format(correlation_id), "extensions": extensions}


def log_bug(bug: BaseException, *, correlation_id: str) -> None:
    """Where it happened, and what kind of exception; not what it says."""
    kinds = [type(bug).__qualname__]
    while bug.__cause__ is not None:
        bug = bug.__cause__
        kinds.append(type(bug).__qualname__)
    where = "".join(traceback.format_tb(bug.__traceback__))
    log.error("bug %s correlation=%s\n%s", " from ".join(kinds), correlation_id, where)


def to_json(answer: Any) -> bytes:
    """JSON in UTF-8; the half of a surrogate pair, which UTF-8 cannot hold, leaves as an escape."""
    try:
        return orjson.dumps(answer)
    except TypeError:
        return json.dumps(answer, separators=(",", ":")).encode()


def _shown(error: GraphQLError) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": without_suggestion(error.message)}
    if error.locations:
        shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path is not None:
        shown["path"] = error.path
    return shown


def without_suggestion(message: str) -> str:
    """No "Did you mean": it names what the asker was not told."""
    return message.partition(" Did you mean ")[0]


def _given(error: GraphQLError) -> dict[str, Any]:
    return dict(error.extensions or {})
