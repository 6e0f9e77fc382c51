"""A PDF asked for twice under one key is one PDF, and nobody has more in the making than the worker can bear."""

from typing import Any

import pytest

from models import Document, IdempotencyKey
from resolvers.idempotency import Answers
from rules.documents import MOST_WAITING
from rules.vocabulary import JobStatus
from tests.world import Person, World

ASK = """mutation($input: CreateDocumentInput!) { createDocument(input: $input) {
    document { id status url } errors { __typename code message } } }"""
EDIT = """mutation($input: UpdateOkiDocInput!) { updateOkiDoc(input: $input) {
    pupil { bsn attachments { url } okiDoc { version } } errors { code message } } }"""


async def sent(world: World, person: Person, query: str, *, key: str | None = None, **given: Any) -> Any:
    """One mutation, under an Idempotency-Key or without: its payload."""
    headers = {"Authorization": f"Bearer {person.token}", **({"Idempotency-Key": key} if key else {})}
    body = {"query": query, "variables": {"input": given}}
    answer = (await world.http.post("/graphql", json=body, headers=headers)).json()
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


class TestUnderOneKey:
    async def test_it_is_one_document(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        given = {"kind": "OKI_DOC", "pupilId": str(pupil.id)}
        first = await sent(world, editor, ASK, key="eerste", **given)
        again = await sent(world, editor, ASK, key="eerste", **given)
        assert first == again
        assert first["document"]["id"]
        assert await Document.all().count() == 1
        other = await sent(world, editor, ASK, key="tweede", **given)
        assert other["document"]["id"] != first["document"]["id"]

    async def test_another_question_is_refused(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        await sent(world, editor, ASK, key="een", kind="OKI_DOC", pupilId=str(pupil.id))
        other = await sent(world, editor, ASK, key="een", kind="APPLICATION_FORM", pupilId=str(pupil.id))
        assert [one["code"] for one in other["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
        assert await Document.all().count() == 1

    async def test_what_is_kept_cannot_be_read_where_it_lies(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        given = {"pupilId": str(pupil.id), "expectedVersion": 1, "bsn": "123456782"}
        first = await sent(world, editor, EDIT, key="een", **given)
        assert first["pupil"]["bsn"] == "123456782"
        (row,) = await IdempotencyKey.all()
        assert row.answer
        assert "123456782" not in str(row.answer)
        assert "okiDoc" not in str(row.answer)
        opened = await Answers().reserve(account_id=row.account_id, key="een", body_hash="")
        assert opened
        assert opened.answer == {
            "updateOkiDoc": {"result": {"u": str(pupil.id)}, "errors": [], "shown": ["pupil"]}
        }
        assert await sent(world, editor, EDIT, key="een", **given) == first

    async def test_an_answer_of_an_older_secret_is_not_guessed(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from schema import idempotency

        monkeypatch.setattr(idempotency, "WAIT_STEPS", 2)
        pupil, editor = await world.pupil(), await world.editor()
        given = {"kind": "OKI_DOC", "pupilId": str(pupil.id)}
        await sent(world, editor, ASK, key="een", **given)
        await IdempotencyKey.all().update(answer={"sealed": "Z0FBQUFBQm9ub29uZW5zZQ=="})
        refused = await sent(world, editor, ASK, key="een", **given)
        assert [one["code"] for one in refused["errors"]] == ["IDEMPOTENCY_KEY_BUSY"]
        assert await Document.all().count() == 1


class TestWhatIsInTheMaking:
    async def test_is_bounded_for_each_person_and_room_comes_back(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        given = {"kind": "OKI_DOC", "pupilId": str(pupil.id)}
        for _ in range(MOST_WAITING):
            assert (await sent(world, editor, ASK, **given))["errors"] == []
        await Document.all().limit(1).update(status=JobStatus.RUNNING)
        refused = await sent(world, editor, ASK, **given)
        assert [one["code"] for one in refused["errors"]] == ["TOO_MANY_DOCUMENTS"]
        assert f"al {MOST_WAITING} pdf's" in refused["errors"][0]["message"]
        assert refused["document"] is None
        assert await Document.all().count() == MOST_WAITING
        colleague = await world.editor()
        assert (await sent(world, colleague, ASK, **given))["errors"] == []
        one = await Document.filter(requested_by_id=editor.account_id).first()
        assert one is not None
        await Document.filter(id=one.id).update(status=JobStatus.READY)
        assert (await sent(world, editor, ASK, **given))["errors"] == []
