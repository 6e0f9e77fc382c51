"""Signing out ends the session at once: nothing after it in the same document may run as who just left."""

import pytest

from models import ParentLogin
from tests.world import World

SEND = 'sent: sendParentLogin(input: { pupilId: "%s", region: "AMSTELLAND" }) { errors { code } }'


@pytest.mark.parametrize(
    "document",
    [
        "mutation { logout { errors { code } } %s }",
        "mutation { %s logout { errors { code } } }",
        "mutation { bye: logout { errors { code } } ...Rest } fragment Rest on Mutation { %s }",
        "mutation { ...Bye %s } fragment Bye on Mutation { logout { errors { code } } }",
    ],
    ids=["first", "last", "the rest in a fragment", "itself in a fragment"],
)
async def test_it_is_alone_in_its_document(world: World, document: str) -> None:
    pupil, editor = await world.pupil(), await world.editor()
    answer = await editor.post(document % (SEND % pupil.id))
    assert answer.status_code == 400
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["LOGOUT_ALONE"]
    assert not await ParentLogin.exists()
    assert (await editor.post("{ viewer { role } }")).status_code == 200

    await editor.ask("mutation { logout { errors { code } } }")
    assert (await editor.post("{ viewer { role } }")).status_code == 401
