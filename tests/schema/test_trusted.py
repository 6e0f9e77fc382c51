"""Trusted documents: named by their id, prepared once, of each role what it may see; and on request nothing else."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from app import create_app
from rules.vocabulary import Role
from schema import execution
from schema.roles import SCHEMAS
from schema.trusted import Trusted, digest, id_of, of, read
from schema.trusting import offer
from settings import Settings, SettingsRefused
from tests.schema import small
from tests.schema.small import Door, code
from tests.starting.test_settings import RIGHT, mistakes

ROLE = "query Role { role }"
ECHO = "query Echo($t: String!) { echo(text: $t) }"
NOTES = "query Notes { children(first: 1) { nodes { secretNote } } }"
MARK = (
    'mutation Mark { markChild(input: {childId: "00000000-0000-0000-0000-000000000007"}) { child { name } } }'
)
TWO = 'query A { role } query B { echo(text: "b") }'
NAMELESS = "{ role }"
REGISTERED = (ROLE, ECHO, NOTES, MARK, TWO, NAMELESS)
INTROSPECTION = "{ __schema { queryType { name } } }"


def manifest(*texts: str) -> dict[str, str]:
    return {id_of(digest(text)): text for text in texts}


def trusted(*texts: str, only: bool = False) -> Trusted:
    return Trusted(texts={digest(text): text for text in texts}, only=only)


def door(*texts: str, only: bool = False) -> Door:
    small.calls.clear()
    return Door(trusted=trusted(*(texts or REGISTERED), only=only))


async def by_id(
    door: Door, text: str, *, token: str | None = None, key: str | None = None, **more: Any
) -> httpx.Response:
    body = json.dumps({"documentId": id_of(digest(text)), **more})
    headers = {"Idempotency_Key": key} if key else {}
    return await door.post(body, token=token, **headers)


class TestADocumentThatIsTrusted:
    async def test_answers_to_its_id_as_to_its_text(self) -> None:
        for only in (False, True):
            answer = await by_id(door(only=only), ECHO, variables={"t": "Zoë"})
            assert (answer.status_code, answer.json()) == (200, {"data": {"echo": "Zoë"}})
            assert answer.content == (await door().ask(ECHO, {"t": "Zoë"})).content

    async def test_may_be_named_without_the_prefix_and_in_no_other_way(self) -> None:
        opened, hexes = door(), digest(ROLE).hex()
        assert (await opened.post(json.dumps({"documentId": hexes}))).status_code == 200
        for wrong in (
            hexes.upper(),
            f"md5:{hexes}",
            f"sha256:{hexes}0",
            f"sha256:{hexes}\n",
            hexes[:63],
            "",
            "x",
        ):
            answer = await opened.post(json.dumps({"documentId": wrong}))
            assert (answer.status_code, code(answer)) == (400, "DOCUMENT_UNKNOWN"), wrong

    async def test_is_parsed_and_validated_when_it_is_registered_and_never_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened = door()
        monkeypatch.setattr(execution, "parse", None)
        monkeypatch.setattr(execution, "validate", None)
        for _ in range(2):
            for token in (None, "editor", "parent"):
                assert (await by_id(opened, ROLE, token=token)).status_code == 200
        # Nor when somebody sends its text.
        assert (await opened.ask(ROLE)).json() == {"data": {"role": "PUBLIC"}}

    async def test_stays_whatever_else_is_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(execution, "KEPT_TOGETHER", 500)
        opened = door()
        for number in range(40):
            await opened.ask(f"query Q{number} {{ role }}")
        monkeypatch.setattr(execution, "parse", None)
        assert (await by_id(opened, ROLE)).status_code == 200

    async def test_runs_the_operation_that_is_named(self) -> None:
        opened = door()
        assert (await by_id(opened, TWO, operationName="A")).json() == {"data": {"role": "PUBLIC"}}
        assert (await by_id(opened, TWO, operationName="B")).json() == {"data": {"echo": "b"}}
        for name in (None, "", "C"):
            answer = await by_id(opened, TWO, operationName=name)
            assert (answer.status_code, code(answer)) == (400, "OPERATION_NAME_REQUIRED")
        for name in (None, "Role"):
            assert (await by_id(opened, ROLE, operationName=name)).status_code == 200
        assert code(await by_id(opened, ROLE, operationName="Other")) == "OPERATION_NAME_REQUIRED"
        assert (await by_id(opened, NAMELESS)).status_code == 200

    async def test_has_variables_that_are_judged_as_ever(self) -> None:
        answer = await by_id(door(), ECHO, variables={"t": ["hunter2"]})
        assert (answer.status_code, code(answer)) == (400, "BAD_USER_INPUT")

    async def test_is_unknown_to_a_role_that_may_not_see_what_it_asks(self) -> None:
        opened = door()
        assert (await by_id(opened, NOTES, token="editor")).status_code == 200
        never = await by_id(opened, "query Never { role }", token="parent")
        for token in (None, "parent"):
            answer = await by_id(opened, NOTES, token=token)
            assert (answer.status_code, answer.json()) == (400, never.json())
        assert code(never) == "DOCUMENT_UNKNOWN"

    async def test_that_is_a_step_is_done_once_under_a_key(self) -> None:
        opened = door(only=True)
        first, again = [await by_id(opened, MARK, token="editor", key="one") for _ in range(2)]
        assert first.json() == again.json() == {"data": {"markChild": {"child": {"name": "Noor"}}}}
        assert len(small.calls) == 1

    async def test_is_named_in_the_log_as_ever(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        await by_id(door(), ROLE)
        assert f"operation=Role document={digest(ROLE).hex()[:16]}" in caplog.text


class TestWhereNothingElseIsTrusted:
    @pytest.mark.parametrize("text", ['{ echo(text: "x") }', INTROSPECTION, ROLE, "{ rol"])
    async def test_a_text_is_refused_unread(self, text: str) -> None:
        answer = await door(only=True).ask(text, token="editor")
        assert (answer.status_code, code(answer)) == (400, "DOCUMENT_NOT_TRUSTED")

    async def test_introspection_runs_where_it_is_registered(self) -> None:
        opened = door(ROLE, INTROSPECTION, only=True)
        assert (await by_id(opened, INTROSPECTION)).json()["data"]["__schema"]

    async def test_a_token_that_is_no_good_is_still_a_401(self) -> None:
        assert (await by_id(door(only=True), ROLE, token="gone")).status_code == 401


class TestARequest:
    @pytest.mark.parametrize(
        "asked",
        [
            {"documentId": 7},
            {"documentId": [id_of(digest(ROLE))]},
            {"documentId": id_of(digest(ROLE)), "query": ROLE},
            {"documentId": id_of(digest(ROLE)), "query": ""},
            {"documentId": None},
            {"id": id_of(digest(ROLE))},
        ],
    )
    async def test_names_its_document_or_brings_it(self, asked: Mapping[str, Any]) -> None:
        answer = await door().post(json.dumps(asked))
        assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")

    @pytest.mark.parametrize("more", [{}, {"query": ROLE}, {"documentId": id_of(digest(ROLE))}])
    async def test_registers_nothing_by_itself(self, more: Mapping[str, str]) -> None:
        automatic = {"persistedQuery": {"version": 1, "sha256Hash": digest(ROLE).hex()}}
        answer = await door().post(json.dumps({"extensions": automatic, **more}))
        assert (answer.status_code, code(answer)) == (400, "PERSISTED_QUERY_NOT_SUPPORTED")

    async def test_with_other_extensions_is_answered(self) -> None:
        for extensions in ({}, {"trace": True}, None):
            answer = await door().post(json.dumps({"query": ROLE, "extensions": extensions}))
            assert answer.status_code == 200


class TestTheManifest:
    def test_is_read_as_client_tooling_writes_it(self, tmp_path: Path) -> None:
        path = tmp_path / "trusted.json"
        path.write_text(json.dumps({digest(ROLE).hex(): ROLE, **manifest(ECHO)}), "utf-8")
        assert read(path=path) == trusted(ROLE, ECHO).texts

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{", "cannot be read as JSON (JSONDecodeError)"),
            ("[" * 100_000, "cannot be read as JSON (RecursionError)"),
            ("[]", "is not a JSON object of documents by their id"),
            ("{}", "is not a JSON object of documents by their id"),
            (
                json.dumps({id_of(digest(ROLE)): ECHO}),
                "document 1 does not stand under the SHA-256 of its text",
            ),
            (
                json.dumps({**manifest(ROLE), "x": 7}),
                "document 2 does not stand under the SHA-256 of its text",
            ),
            (json.dumps({"x": "\ud800"}), "document 1 does not stand under the SHA-256 of its text"),
        ],
        ids=lambda text: text[:20],
    )
    def test_that_is_none_is_refused(self, tmp_path: Path, text: str, said: str) -> None:
        path = tmp_path / "trusted.json"
        path.write_text(text, "utf-8")
        with pytest.raises(SettingsRefused) as refused:
            read(path=path)
        assert refused.value.mistakes == (f"TRUSTED_DOCUMENTS: {said}",)

    @pytest.mark.parametrize(
        "text",
        [
            "{ hunter2 }",
            "{ role",
            "{ role } query B { role }",
            "{ " + " ".join(f"a{number}: role" for number in range(61)) + " }",
            'mutation { a: login(input: {username: "x", password: "hunter2"}) { session { token } } '
            'b: login(input: {username: "x", password: "hunter2"}) { session { token } } }',
        ],
        ids=["unknown", "broken", "nameless", "aliases", "sign-ins"],
    )
    def test_with_a_document_that_no_role_can_run_starts_nothing(self, text: str) -> None:
        with pytest.raises(SettingsRefused) as refused:
            trusted(ROLE, text).documents(schemas=small.SCHEMAS)
        assert refused.value.mistakes == (
            f"TRUSTED_DOCUMENTS: {id_of(digest(text))} is valid for no role; ./loket trusted says why",
        )

    def test_is_not_the_last_word_in_the_sandbox(self, tmp_path: Path) -> None:
        path = tmp_path / "trusted.json"
        path.write_text(json.dumps(manifest(ROLE)), "utf-8")
        for environment, only in (("production", True), ("sandbox", False)):
            assert of(settings(path, environment=environment)) == trusted(ROLE, only=only)
        assert of(Settings.model_validate(lower(RIGHT))) == Trusted()

    def test_that_is_not_there_is_a_mistake_of_the_settings(self, tmp_path: Path) -> None:
        gone = {"TRUSTED_DOCUMENTS": str(tmp_path / "geheim.json"), "TRUSTED_DOCUMENTS_ONLY": "true"}
        assert mistakes(**gone) == {"TRUSTED_DOCUMENTS": "is not a file that can be read"}
        assert mistakes(TRUSTED_DOCUMENTS_ONLY="true") == {
            "TRUSTED_DOCUMENTS_ONLY": "nothing would run: TRUSTED_DOCUMENTS is not set"
        }


def lower(variables: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in variables.items()}


def settings(path: Path, *, environment: str) -> Settings:
    more = {"environment": environment, "trusted_documents": str(path), "trusted_documents_only": "true"}
    return Settings.model_validate(lower(RIGHT) | more)


class TestTheApplication:
    async def test_trusts_what_it_is_given(self, tmp_path: Path) -> None:
        path = tmp_path / "trusted.json"
        text = "query Who { viewer { role } }"
        path.write_text(json.dumps(manifest(text)), "utf-8")
        given = settings(path, environment="production")
        app: Starlette = create_app(
            given, schemas=SCHEMAS, authenticate=small.authenticate, checks={}, trusted=of(given)
        )
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://loket")
        known = await http.post("/graphql", json={"documentId": id_of(digest(text))})
        assert known.json() == {"data": {"viewer": None}}
        assert code(await http.post("/graphql", json={"query": text})) == "DOCUMENT_NOT_TRUSTED"


class TestTheCommand:
    def test_says_which_roles_can_run_a_document_and_writes_what_is_read(self, tmp_path: Path) -> None:
        child, who = "query Child {\r\n  child { id }\r\n}\n", "query Who { viewer { role } }"
        files = [tmp_path / "child.graphql", tmp_path / "who.graphql"]
        for path, text in zip(files, (child, who), strict=True):
            path.write_bytes(text.encode())
        offered = offer(files=files)
        assert offered.said == [
            f"child.graphql {id_of(digest(child))} PARENT",
            f"who.graphql {id_of(digest(who))} {' '.join(Role)}",
        ]
        assert offered.wrong == []
        made = tmp_path / "trusted.json"
        made.write_text(offered.manifest, "utf-8")
        assert read(path=made) == trusted(child, who).texts
        assert offer(files=[made]).texts == offered.texts

    def test_says_of_each_file_what_is_wrong_with_it(self, tmp_path: Path) -> None:
        for name, content in {
            "unknown.graphql": b"{ viewer { bsnn } }",
            "latin.graphql": "{ é }".encode("latin-1"),
            "null.graphql": b"{ viewer { role } } # \x00",
            "list.json": b"[]",
        }.items():
            (tmp_path / name).write_bytes(content)
        offered = offer(files=[*sorted(tmp_path.iterdir()), tmp_path / "gone.graphql"])
        assert offered.wrong == [
            "latin.graphql: cannot be read as text (UnicodeDecodeError)",
            "list.json: is not a JSON object of documents by their id",
            "null.graphql: holds characters that do not exist",
            f"unknown.graphql: Cannot query field 'bsnn' on type 'Viewer'. ({' '.join(Role)})",
            "gone.graphql: cannot be read as text (FileNotFoundError)",
        ]
