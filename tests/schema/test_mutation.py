"""Mutations: plain use cases in, payloads out, refusals as types, and a key that makes a step happen once."""

import asyncio
import json
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from resolvers.idempotency import Kept
from schema import idempotency
from schema.scalars import NOWHERE
from tests.schema import small
from tests.schema.small import VIEWERS, Door, code

MARK = """mutation ($id: ID!, $why: String, $others: [ID!]) {
    markChild(input: {childId: $id, why: $why, others: $others}) {
        child { id name }
        errors { __typename code message path ... on WindowShut { opensAt missing } }
    }
}"""
CHILD = "8b0d9d7e-1d3a-4c57-9f0e-0a3f2c1b4d5e"


@pytest.fixture
def door() -> Door:
    small.calls.clear()
    return Door()


async def mark(door: Door, *, key: str | None = None, token: str = "editor", **variables: Any) -> Any:
    headers = {"Idempotency_Key": key} if key else {}
    response = await door.ask(MARK, {"id": CHILD, **variables}, token=token, **headers)
    assert response.status_code == 200, response.text
    return response.json()["data"]["markChild"]


class TestPayloads:
    async def test_what_succeeds_gives_the_entity_and_no_errors(self, door: Door) -> None:
        assert await mark(door) == {"child": {"id": CHILD, "name": "Noor"}, "errors": []}

    async def test_a_refusal_is_a_type_with_its_facts(self, door: Door) -> None:
        assert await mark(door, why="shut") == {
            "child": None,
            "errors": [
                {
                    "__typename": "WindowShut",
                    "code": "WINDOW_SHUT",
                    "message": "Dit kan nu niet.",
                    "path": ["childId"],
                    "opensAt": "2026-02-09T09:00:00+00:00",
                    "missing": ["advice"],
                }
            ],
        }

    async def test_several_refusals_come_together(self, door: Door) -> None:
        assert [error["code"] for error in (await mark(door, why="both"))["errors"]] == [
            "WINDOW_SHUT",
            "UNLISTED",
        ]

    async def test_a_refusal_without_a_type_is_still_an_answer(self, door: Door) -> None:
        (error,) = (await mark(door, why="unlisted"))["errors"]
        assert error == {"__typename": "Refused", "code": "UNLISTED", "message": "Dat gaat niet.", "path": []}

    async def test_a_use_case_gets_ids_as_uuids_and_what_it_names_of_the_request(self, door: Door) -> None:
        await mark(door, others=[CHILD])
        await door.ask('mutation { login(input: {username: "1", password: "2"}) { session { token } } }')
        await door.ask("mutation { logout { errors { code } } }", token="parent")
        assert small.calls == [("PO_EDITOR", UUID(CHILD), [UUID(CHILD)]), ("127.0.0.1", "1"), "parent"]

    @pytest.mark.parametrize(
        "id_", ["", "1", "x" * 5000, CHILD.replace("-", ""), f"{{{CHILD}}}", f"urn:uuid:{CHILD}"]
    )
    async def test_an_id_that_is_none_is_the_id_of_nothing(self, door: Door, id_: str) -> None:
        await mark(door, id=id_)
        assert small.calls == [("PO_EDITOR", NOWHERE, [])]


class TestIdempotencyKey:
    async def test_the_same_key_and_body_give_the_same_answer_and_run_once(self, door: Door) -> None:
        answers = [await mark(door, key="k1") for _ in range(3)]
        assert answers[0] == answers[1] == answers[2]
        assert len(small.calls) == 1

    async def test_two_at_the_same_moment_run_once(self, door: Door) -> None:
        first, second = await asyncio.gather(mark(door, key="k1"), mark(door, key="k1"))
        assert first == second
        assert len(small.calls) == 1

    async def test_another_body_under_the_key_is_refused_in_the_shape_asked_for(self, door: Door) -> None:
        await mark(door, key="k1")
        refused = await mark(door, key="k1", why="other")
        assert refused["child"] is None
        assert [error["__typename"] for error in refused["errors"]] == ["IdempotencyKeyReused"]
        assert [error["code"] for error in refused["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
        assert len(small.calls) == 1

    async def test_the_keys_of_two_people_are_two_keys(self, door: Door) -> None:
        await mark(door, key="k1")
        await mark(door, key="k1", token="other-editor")
        assert len(small.calls) == 2

    async def test_a_refusal_is_an_answer_and_stays_the_same(self, door: Door) -> None:
        assert await mark(door, key="k1", why="shut") == await mark(door, key="k1", why="shut")
        assert len(small.calls) == 1

    async def test_a_bug_is_kept_as_well_since_half_of_it_may_be_done(self, door: Door) -> None:
        asked = {"id": CHILD, "why": "bug"}
        one, two = [
            await door.ask(MARK, asked, token="editor", Idempotency_Key="k1") for _ in range(2)
        ]  # fmt: skip
        assert code(one) == "INTERNAL"
        assert one.json() == two.json()
        assert len(small.calls) == 1

    async def test_what_is_out_of_reach_by_then_is_not_found_and_not_shown(
        self, door: Door, monkeypatch: Any
    ) -> None:
        assert (await mark(door, key="k1"))["child"]["name"] == "Noor"
        monkeypatch.setattr(small, "gone", {UUID(CHILD)})
        again = await mark(door, key="k1")
        assert again["child"] is None
        # The role of this small schema has no type for it.
        assert [error["code"] for error in again["errors"]] == ["NOT_FOUND"]

    async def test_what_was_selected_is_not_kept(self, door: Door) -> None:
        text = MARK.replace("child { id name }", "child { id secretNote }")
        for _ in range(2):
            response = await door.ask(text, {"id": CHILD}, token="editor", Idempotency_Key="k1")
            assert response.json()["data"]["markChild"]["child"]["secretNote"] == "geheim"
        assert "geheim" not in str(door.answers.kept)

    async def test_a_step_of_which_nothing_was_noted_is_not_run_again(self, door: Door) -> None:
        body = json.dumps({"query": MARK, "variables": {"id": CHILD}})
        digest = sha256(body.encode()).hexdigest()
        door.answers.kept[VIEWERS["editor"].account_id, "k1"] = Kept(digest, {})
        (error,) = (await mark(door, key="k1"))["errors"]
        assert error["code"] == "IDEMPOTENCY_KEY_BUSY"
        assert not small.calls

    async def test_one_whose_process_died_is_never_run_again(self, door: Door, monkeypatch: Any) -> None:
        monkeypatch.setattr(idempotency, "WAIT_SECONDS", 0)
        body = json.dumps({"query": MARK, "variables": {"id": CHILD}})
        digest = sha256(body.encode()).hexdigest()
        door.answers.kept[VIEWERS["editor"].account_id, "k1"] = Kept(digest, None)
        (error,) = (await mark(door, key="k1"))["errors"]
        assert error["code"] == "IDEMPOTENCY_KEY_BUSY"
        assert not small.calls

    async def test_variables_that_do_not_fit_leave_the_key_free(self, door: Door) -> None:
        response = await door.ask(MARK, {"id": CHILD, "why": 7}, token="editor", Idempotency_Key="k1")
        assert response.status_code == 400
        assert not door.answers.kept
        assert (await mark(door, key="k1"))["errors"] == []

    async def test_an_answer_with_a_secret_is_never_kept(self, door: Door) -> None:
        login = 'mutation { login(input: {username: "1", password: "2"}) { session { token } } }'
        both = MARK.replace(
            "markChild(", 'login(input: {username: "1", password: "2"}) { session { token } } markChild('
        )
        await door.ask(login, token="editor", Idempotency_Key="k1")
        await door.ask(both, {"id": CHILD}, token="editor", Idempotency_Key="k1")
        await door.ask("{ role }", token="editor", Idempotency_Key="k1")
        assert not door.answers.kept
        assert len(small.calls) == 3

    async def test_a_store_that_fails_afterwards_does_not_take_the_answer_away(
        self, door: Door, monkeypatch: Any
    ) -> None:
        async def fails(**_facts: Any) -> None:
            raise RuntimeError("gone")

        monkeypatch.setattr(door.answers, "keep", fails)
        assert (await mark(door, key="k1"))["errors"] == []

    @pytest.mark.parametrize("key", ["", "x" * 129, "a b", "a\tb"])
    async def test_a_key_that_is_none_is_refused(self, door: Door, key: str) -> None:
        response = await door.ask(MARK, {"id": CHILD}, token="editor", Idempotency_Key=key)
        assert (response.status_code, code(response)) == (400, "BAD_IDEMPOTENCY_KEY")
