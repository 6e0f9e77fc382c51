"""POST /graphql refuses what is no request, and says nothing it should not."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from graphql import parse

from tests.schema import small
from tests.schema.small import Door, code


@pytest.fixture
def door() -> Door:
    small.calls.clear()
    return Door()


class TestWhatIsNoRequest:
    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
    async def test_only_post_is_answered(self, door: Door, method: str) -> None:
        response = await door.http.request(method, "/graphql", params={"query": "{ role }"})
        assert response.status_code == 405
        assert response.headers["allow"] == "POST"

    @pytest.mark.parametrize(
        "type_", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""]
    )
    async def test_form_posts_are_refused(self, door: Door, type_: str) -> None:
        response = await door.post('{"query": "{ role }"}', Content_Type=type_)
        assert (response.status_code, code(response)) == (415, "JSON_ONLY")

    async def test_compressed_bodies_are_refused(self, door: Door) -> None:
        response = await door.post(b"\x1f\x8b", Content_Encoding="gzip")
        assert response.status_code == 415

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"null",
            b'"{ role }"',
            b"7",
            b"[]",
            b'[{"query": "{ role }"}]',
            b"{}",
            b'{"query": null}',
            b'{"query": ""}',
            b'{"query": {"a": 1}}',
            b'{"query": "{ role }", "variables": []}',
            b'{"query": "{ role }", "variables": "x"}',
            b'{"query": "{ role }", "operationName": 3}',
            b'{"query": "{ role }", "variables": {"a": NaN}}',
            b'{"query": "{ role }", "variables": {"a": -Infinity}}',
            b'{"query": "{ role }", "variables": {"a": ' + b"9" * 5000 + b"}}",
            b'{"query": "{ role }", "variables": {"a": ' + b"[" * 30000 + b"]" * 30000 + b"}}",
            b'{"query": "\xff\xfe"}',
            b"\xef\xbb\xbf" + b'{"query": "{ role }"}',
            '{"query": "{ role }"}'.encode("utf-16"),
            b'{"query": "{ role } # \x00"}',
            b'{"query": "{ role } # \\u0000"}',
            b'{"query": "{ role }", "variables": {"a": ["\\ud800"]}}',
            b'{"query": "{ role }", "variables": {"\\udfff": 1}}',
            b'{"query": "{ role }", "operationName": "\\u0000"}',
            b'{"query": "{ echo(text: \\"\\\\u0000\\") }"}',
            b'{"query": "{ echo(text: \\"\\\\uD800\\") }"}',
            b'{"query": "{ role"}',
            b'{"query": "query A { role } query B { role }"}',
            b'{"query": "query A { role }", "operationName": "B"}',
            b'{"query": "query ($a: Int!) { role }"}',
            b'{"query": "subscription { role }"}',
            b'{"query": "query ($t: String!) { echo(text: $t) }", "variables": {"t": 7}}',
            b'{"query": "query ($t: String!) { echo(text: $t) }"}',
            b'{"query": "fragment A on Query { role }"}',
        ],
        ids=lambda body: repr(body[:50]),
    )
    async def test_a_body_that_cannot_run_is_a_400_that_says_so_in_json(
        self, door: Door, body: bytes
    ) -> None:
        response = await door.post(body)
        assert response.status_code == 400
        assert response.json()["errors"][0]["message"]
        assert code(response)

    async def test_whole_surrogate_pairs_and_other_letters_are_welcome(self, door: Door) -> None:
        query = b'"query": "query ($t: String!) { echo(text: $t) }"'
        body = b"{" + query + b', "variables": {"t": "\\ud83d\\ude00 \\u674e"}}'
        assert (await door.post(body)).json() == {"data": {"echo": "😀 李"}}


class TestTheSizeOfABody:
    async def test_64_kb_is_read_and_one_byte_more_is_not(self, door: Door) -> None:
        body = b'{"query": "{ role }"}'
        assert (await door.post(body.ljust(64 * 1024))).status_code == 200
        response = await door.post(body.ljust(64 * 1024 + 1))
        assert (response.status_code, code(response)) == (413, "TOO_LARGE")

    async def test_a_body_in_chunks_is_not_read_further_than_that(self, door: Door) -> None:
        read = 0

        async def chunks() -> AsyncIterator[bytes]:
            nonlocal read
            for _ in range(1000):
                read += 8192
                yield b" " * 8192

        assert (await door.post(chunks())).status_code == 413
        # The client's transport may read all; what counts is that ours stops listening.

    async def test_a_length_that_lies_is_not_believed(self, door: Door) -> None:
        seen: list[int] = []

        async def receive() -> dict[str, Any]:
            seen.append(1)
            return {"type": "http.request", "body": b" " * 40_000, "more_body": True}

        sent: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"content-type", b"application/json"), (b"content-length", b"20")]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "headers": headers,
            "query_string": b"",
        }
        app: Any = door.http._transport.app  # type: ignore[attr-defined]
        await app(scope, receive, send)
        assert (sent[0]["status"], len(seen)) == (413, 2)

    async def test_a_length_that_is_too_much_is_refused_unread(self, door: Door) -> None:
        assert (await door.post(b"{}", Content_Length="99999999999999999999")).status_code == 413


class TestWhoAsks:
    async def test_without_a_token_it_is_the_public_schema(self, door: Door) -> None:
        assert (await door.ask("{ role }")).json() == {"data": {"role": "PUBLIC"}}

    async def test_the_sessions_role_picks_the_schema(self, door: Door) -> None:
        text = "{ children(first: 1) { nodes { secretNote } } }"
        assert (await door.ask(text, token="editor")).status_code == 200
        for token in ("parent", None):
            response = await door.ask(text, token=token)
            assert (response.status_code, code(response)) == (400, "GRAPHQL_VALIDATION_FAILED")

    @pytest.mark.parametrize(
        "authorization", ["Bearer expired", "Bearer", "Bearer ", "Basic ZTpl", "editor", "", "Bearer \u00e9"]
    )
    async def test_a_token_that_is_no_good_is_a_401_and_never_the_public_schema(
        self, door: Door, authorization: str
    ) -> None:
        response = await door.http.post(
            "/graphql",
            json={"query": "{ role }"},
            headers=[(b"Authorization", authorization.encode("latin-1"))],
        )
        assert (response.status_code, code(response)) == (401, "UNAUTHENTICATED")
        assert response.headers["www-authenticate"] == "Bearer"

    async def test_two_tokens_are_none(self, door: Door) -> None:
        headers = [("Authorization", "Bearer editor"), ("Authorization", "Bearer parent")]
        assert (
            await door.http.post("/graphql", json={"query": "{ role }"}, headers=headers)
        ).status_code == 401


class TestWhatIsNotSaid:
    @pytest.mark.parametrize(
        ("text", "token"),
        [
            ("{ rol }", None),
            ("{ children { nodes { secretNot } } }", "editor"),
            ("{ children(frist: 1) { totalCount } }", "editor"),
            ("{ ... on Quer { role } }", None),
            ("{ role { x } }", None),
            ("{ role @skp(if: true) }", None),
            ("query ($x: Strin) { echo(text: $x) }", None),
            ('mutation { markChild(input: {childI: "1"}) { errors { code } } }', "editor"),
            ("mutation { markChild(input: {}) { child } }", "editor"),
            ("mutation { logot { errors { code } } }", None),
        ],
    )
    async def test_no_error_suggests_a_name(self, door: Door, text: str, token: str | None) -> None:
        response = await door.ask(text, token=token)
        assert response.status_code == 400
        assert "mean" not in response.text.lower()

    async def test_a_variable_of_a_wrong_shape_suggests_no_name_either(self, door: Door) -> None:
        text = "mutation ($i: MarkChildInput!) { markChild(input: $i) { errors { code } } }"
        response = await door.ask(text, {"i": {"childI": "1", "childId": "1"}}, token="editor")
        assert response.status_code == 400
        assert "mean" not in response.text.lower()

    async def test_a_bug_is_masked_and_found_by_its_number(
        self, door: Door, caplog: pytest.LogCaptureFixture
    ) -> None:
        response = await door.ask("query Q { role bug }")
        error = response.json()["errors"][0]
        assert response.status_code == 200
        assert response.json()["data"] == {"role": "PUBLIC", "bug": None}
        assert error["extensions"] == {
            "code": "INTERNAL",
            "correlationId": response.headers["x-correlation-id"],
        }
        assert "hunter2" not in response.text
        logged = "\n".join(record.getMessage() for record in caplog.records)
        assert "RuntimeError" in logged
        assert response.headers["x-correlation-id"] in logged

    async def test_a_bug_before_the_document_is_masked_too(self, door: Door) -> None:
        response = await door.ask("{ role }", token="broken")
        assert (response.status_code, code(response)) == (500, "INTERNAL")
        assert "hunter2" not in response.text

    async def test_the_log_holds_the_operations_name_and_never_its_text_or_variables(
        self, door: Door, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        given = '{username: "30417", password: $p}'
        text = f"mutation SignIn($p: String!) {{ login(input: {given}) {{ session {{ token }} }} }}"
        await door.ask(text, {"p": "hunter2"})
        await door.ask(text.replace("session", "sesion"), {"p": "hunter2"})
        await door.ask(text, {"p": ["hunter2"]})
        await door.ask(
            'mutation { markChild(input: {childId: "1", why: "bug"}) { errors { code } } }', token="editor"
        )
        logged = "\n".join(
            str(record.__dict__) for record in caplog.records if record.name.startswith("loket")
        )
        assert "operation=SignIn" in logged
        for secret in ("hunter2", "30417", "username", "Bearer"):
            assert secret not in logged

    async def test_half_a_letter_in_an_answer_is_no_crash(self, door: Door) -> None:
        response = await door.ask("{ half }")
        assert json.loads(response.content) == {"data": {"half": "\ud800"}}

    async def test_every_answer_has_its_own_number(self, door: Door) -> None:
        numbers = {(await door.ask("{ role }")).headers["x-correlation-id"] for _ in range(3)}
        assert len(numbers) == 3


class TestDocumentsThatAreKept:
    async def test_a_document_is_parsed_once_for_each_role(self, door: Door, monkeypatch: Any) -> None:
        from schema import execution

        parsed: list[str] = []

        def counted(text: str, **more: Any) -> Any:
            parsed.append(text)
            return parse(text, **more)

        monkeypatch.setattr(execution, "parse", counted)
        for token in (None, "editor", None, "editor"):
            await door.ask("{ role }", token=token)
        assert len(parsed) == 2

    async def test_what_is_kept_is_bounded(self, door: Door, monkeypatch: Any) -> None:
        from rules.vocabulary import Role
        from schema import execution
        from schema.execution import Documents

        monkeypatch.setattr(execution, "KEPT_TOGETHER", 500)
        documents = Documents(small.SCHEMAS[Role.PUBLIC])
        for number in range(100):
            await documents.prepare(text=f"query Q{number} {{ role }}", operation_name=None)
        assert sum(kept.length for kept in documents._kept.values()) == documents._length <= 500


class TestADocumentThatIsNotKnownYet:
    @pytest.fixture
    def held(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
        """Every document that must be parsed waits for this, for ten seconds at most."""
        from schema import execution

        go_on = threading.Event()

        def waiting(text: str, **more: Any) -> Any:
            go_on.wait(10)
            return parse(text, **more)

        monkeypatch.setattr(execution, "parse", waiting)
        yield go_on
        go_on.set()

    async def test_keeps_nobody_waiting_whose_document_is(self, door: Door, held: threading.Event) -> None:
        held.set()
        await door.ask("{ role }")
        held.clear()
        unknown = asyncio.create_task(door.ask("query Unknown { role }"))
        await asyncio.sleep(0)
        known = await door.ask("{ role }")
        assert known.json() == {"data": {"role": "PUBLIC"}}
        assert not unknown.done()
        held.set()
        assert (await unknown).json() == {"data": {"role": "PUBLIC"}}

    async def test_is_refused_where_too_many_wait(
        self, door: Door, held: threading.Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from schema import execution

        monkeypatch.setattr(execution, "MOST_WAITING", 2)
        waiting = [asyncio.create_task(door.ask(f"query Q{number} {{ role }}")) for number in range(2)]
        while execution._waiting < 2:  # noqa: ASYNC110 - it has no event of its own
            await asyncio.sleep(0)
        # The same document is looked at once, however many send it.
        waiting += [asyncio.create_task(door.ask("query Q0 { role }")) for _ in range(5)]
        refused = await door.ask("query Q3 { role }")
        assert (refused.status_code, code(refused)) == (503, "BUSY")
        assert int(refused.headers["retry-after"]) > 0
        held.set()
        assert [(await one).status_code for one in waiting] == [200] * 7
        assert (await door.ask("query Q3 { role }")).status_code == 200
