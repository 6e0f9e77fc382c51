"""POST /graphql: one door, one schema per role behind it.

Statuses: 200 when the document ran, whatever its fields answered; 400 when it could not run (no
JSON, no document, one that is not trusted where it must be, unknown field, a limit); 401 for a token that is no longer good; 429 for a machine that
asks too fast; 405, 408, 413 and 415 for what is no such request. Every answer is JSON and bears `X-Correlation-Id`.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, Protocol
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from resolvers import request, throttle
from resolvers.request import Work
from resolvers.viewer import Viewer
from rules import integrator
from rules.refusal import Refusal
from rules.vocabulary import Role
from schema import body as bodies
from schema.answers import MASKED, failed, field_error, log_bug, refused, to_json
from schema.body import Asked, BadBody
from schema.build import Schemas
from schema.context import Context
from schema.execution import BadRequest, Busy, Documents, Prepared
from schema.idempotency import AnswerStore, Once, is_key
from schema.trusted import NONE, Trusted, digest_of

log = logging.getLogger("loket.graphql")

UNAUTHENTICATED = "U bent niet (meer) ingelogd. Log opnieuw in."
NOT_TRUSTED = "Loket beantwoordt hier alleen vragen die vooraf zijn aangemeld. Stuur hun documentId."
TOO_FAST = "Uw systeem stuurt te veel verzoeken achter elkaar. Wacht even en probeer het dan opnieuw."
BUSY = "Het is nu te druk voor een vraag die Loket nog niet kent. Probeer het over een paar tellen opnieuw."
BUSY_SECONDS = 3


class Authenticate(Protocol):
    """From a bearer's token, and where it was sent from, to the session behind it, or nothing."""

    async def __call__(self, *, token: str, address: str) -> Viewer | None: ...


Observe = Callable[[str, str, str, float, Work], None]
"""Role, kind, status, seconds, and what it took of the database."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and what may be said of it in the log."""

    status: int
    content: dict[str, Any]
    role: str = "-"
    operation: str = "-"
    document: str = "-"
    kind: str = "-"
    retry_after: int | None = None


class GraphQLEndpoint:
    """The ASGI application at /graphql."""

    def __init__(
        self,
        *,
        schemas: Schemas,
        authenticate: Authenticate,
        answers: AnswerStore,
        cursor_key: bytes,
        trusted: Trusted = NONE,
        observe: Observe = lambda *_facts: None,
    ) -> None:
        self._documents = trusted.documents(schemas=schemas)
        self._only_trusted = trusted.only
        self._authenticate = authenticate
        self._answers = answers
        self._cursor_key = cursor_key
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        correlation = uuid4().hex
        work = request.begin(correlation=correlation)
        try:
            answered = await self._answer(scope, receive, correlation)
        except ClientDisconnect:
            return
        except BadBody as bad:
            wait = bad.retry_after_seconds
            facts = {} if wait is None else {"retryAfterSeconds": wait}
            content = failed(bad.message, code=bad.code, **facts)
            answered = Answered(bad.status, content, retry_after=wait)
        except Exception as bug:  # noqa: BLE001 - whatever it is, the client gets JSON and a number
            log_bug(bug, correlation_id=correlation)
            content = failed(MASKED.format(correlation), code="INTERNAL")
            content["errors"][0]["extensions"]["correlationId"] = correlation
            answered = Answered(500, content)
        seconds = time.perf_counter() - began
        self._note(answered, seconds=seconds, work=work)
        await _response(answered, correlation)(scope, receive, send)

    def _note(self, answered: Answered, *, seconds: float, work: Work) -> None:
        self._observe(answered.role, answered.kind, str(answered.status), seconds, work)
        log.info(
            "graphql operation=%s document=%s role=%s status=%s ms=%.1f statements=%d correlation=%s",
            answered.operation,
            answered.document,
            answered.role,
            answered.status,
            seconds * 1000,
            work.statements,
            work.correlation,
        )

    async def _answer(self, scope: Scope, receive: Receive, correlation: str) -> Answered:
        if scope["method"] != "POST":
            raise BadBody(405, "POST_ONLY", "Stuur vragen en handelingen met POST.")
        headers = Headers(scope=scope)
        body = await bodies.read(headers=headers, receive=receive)
        asked = bodies.parse(body)
        if asked.query is not None and self._only_trusted:
            raise BadBody(400, "DOCUMENT_NOT_TRUSTED", NOT_TRUSTED)
        token = _token(headers)
        client = scope.get("client")
        address = client[0] if client else ""
        viewer = await self._authenticate(token=token, address=address) if token is not None else None
        if token is not None and viewer is None:
            raise BadBody(401, "UNAUTHENTICATED", UNAUTHENTICATED)
        if viewer is not None and viewer.role is Role.INTEGRATOR:
            await _within_budget(viewer)
        context = Context(
            viewer=viewer,
            request_ip=address,
            correlation_id=correlation,
            token=token,
            user_agent=headers.get("user-agent", "")[:200],
            idempotency_key=headers.get("idempotency-key"),
            cursor_key=self._cursor_key,
        )
        return await self._run(asked, body, context)

    async def _run(self, asked: Asked, body: bytes, context: Context) -> Answered:
        role = context.role
        documents = self._documents[role]
        try:
            prepared = await _prepared(documents, asked)
        except Busy:
            raise BadBody(503, "BUSY", BUSY, retry_after_seconds=BUSY_SECONDS) from None
        except BadRequest as bad:
            return Answered(400, refused(bad.errors, code=bad.code), role=role)
        facts: dict[str, Any] = {
            "role": role.value,
            "operation": prepared.label,
            "document": prepared.digest,
            "kind": prepared.kind.value,
        }
        request.known(role=role.value, operation=prepared.label, document=prepared.digest)
        once = self._once(prepared, body, context)
        try:
            if once is None:
                content = await _executed(documents, prepared, asked.variables, context)
            else:
                content = await _executed_once(documents, prepared, asked.variables, context, once)
        except BadRequest as bad:
            return Answered(400, refused(bad.errors, code=bad.code), **facts)
        return Answered(200, content, **facts)

    def _once(self, prepared: Prepared, body: bytes, context: Context) -> Once | None:
        key = context.idempotency_key
        if key is None or context.viewer is None or not prepared.only_steps:
            return None
        if not is_key(key):
            raise BadBody(400, "BAD_IDEMPOTENCY_KEY", "Idempotency-Key: 1 tot 128 zichtbare ASCII-tekens.")
        return Once(store=self._answers, account_id=context.viewer.account_id, key=key, body=body)


async def _prepared(documents: Documents, asked: Asked) -> Prepared:
    if asked.query is not None:
        return await documents.prepare(text=asked.query, operation_name=asked.operation_name)
    digest = digest_of(asked.document_id or "")
    return documents.trusted(digest=digest, operation_name=asked.operation_name)


async def _within_budget(viewer: Viewer) -> None:
    """Rule 39: a machine reads as fast as its budget allows; nobody else waits for one."""
    wait = await throttle.spend(what="integrator", who=str(viewer.account_id), budget=integrator.REQUESTS)
    if wait > 0:
        raise BadBody(429, "RATE_LIMITED", TOO_FAST, retry_after_seconds=max(1, ceil(wait)))


async def _executed(
    documents: Documents, prepared: Prepared, variables: Mapping[str, Any], context: Context
) -> dict[str, Any]:
    result = await documents.execute(prepared=prepared, variables=variables, context=context)
    content: dict[str, Any] = {"data": result.data}
    if result.errors:
        content["errors"] = [
            field_error(error, correlation_id=context.correlation_id) for error in result.errors
        ]
    return content


async def _executed_once(
    documents: Documents, prepared: Prepared, variables: Mapping[str, Any], context: Context, once: Once
) -> dict[str, Any]:
    before = await once.begin()
    if isinstance(before, Refusal):
        # The document runs with every step refusing, so that the refusal comes in the shape asked for.
        return await _executed(documents, prepared, variables, replace(context, refused=before))
    if before is not None:
        return await _executed(documents, prepared, variables, replace(context, before=before))
    done: dict[str, Any] = {}
    try:
        content = await _executed(documents, prepared, variables, replace(context, done=done))
    except BadRequest:
        await once.give_up()
        raise
    await once.end(done)
    return content


def _token(headers: Headers) -> str | None:
    """The bearer's token. Anything else in `Authorization` is a token that is not good."""
    given = headers.getlist("authorization")
    if not given:
        return None
    scheme, _, token = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer" or not token.strip().isascii() or not token.strip():
        raise BadBody(401, "UNAUTHENTICATED", UNAUTHENTICATED)
    return token.strip()


def _response(answered: Answered, correlation: str) -> Response:
    headers = {
        "X-Correlation-Id": correlation,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    if answered.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if answered.status == 405:
        headers["Allow"] = "POST"
    if answered.retry_after is not None:
        headers["Retry-After"] = str(answered.retry_after)
    return Response(
        to_json(answered.content), status_code=answered.status, headers=headers, media_type="application/json"
    )
