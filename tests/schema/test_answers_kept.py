"""The table of answers: of all who ask at once, one has the key."""

import asyncio
from uuid import uuid4

import pytest

from resolvers.idempotency import Answers, Kept

pytestmark = pytest.mark.usefixtures("database")


class TestAnswersInTheDatabase:
    async def test_of_many_at_the_same_moment_one_reserves_the_key(self) -> None:
        account, answers = uuid4(), Answers()
        asked = [answers.reserve(account_id=account, key="k", body_hash="h") for _ in range(8)]
        found = await asyncio.gather(*asked)
        assert found.count(None) == 1
        assert found.count(Kept("h", None)) == 7

    async def test_a_kept_answer_comes_back_as_it_was_and_cannot_be_released(self) -> None:
        account, answers = uuid4(), Answers()
        answer = {"data": {"markChild": {"child": {"name": "Zoë 李"}, "errors": []}}}
        await answers.reserve(account_id=account, key="k", body_hash="h")
        await answers.keep(account_id=account, key="k", answer=answer)
        await answers.release(account_id=account, key="k")
        assert await answers.reserve(account_id=account, key="k", body_hash="other") == Kept("h", answer)

    async def test_a_released_key_is_free_again(self) -> None:
        account, answers = uuid4(), Answers()
        await answers.reserve(account_id=account, key="k", body_hash="h")
        await answers.release(account_id=account, key="k")
        assert await answers.reserve(account_id=account, key="k", body_hash="other") is None

    async def test_another_account_has_keys_of_its_own(self) -> None:
        answers = Answers()
        for _ in range(2):
            assert await answers.reserve(account_id=uuid4(), key="k", body_hash="h") is None
