"""Who sees what, and when: everyone asks everything about every child in every state, and is told what
`schema/seen_in_states.py` says: all of it, and nothing else."""

from rules.vocabulary import Role
from schema.seen_in_states import FACTS, State, Who
from tests.journeys.seen_asking import leaves, pupil_of
from tests.journeys.seen_comparing import Looked
from tests.journeys.seen_year import begin, walk
from tests.world import World

EMPTY = {
    "enrolment.withdrawnAt": "a live form has not ended",
    "enrolment.withdrawnBy": "a live form has not ended",
    "enrolmentHistory.canFinalize": "what ended is not finalised",
    "enrolmentHistory.missing": "what ended misses nothing",
    "testResult.adviceToConfirm": "a child whose test advice is not certain is sent no login",
}
"""Fields that hold nothing in any of these states, and why."""
EMPTY_FOR = {Role.VO_STAFF: {"enrolment.canFinalize", "enrolment.missing"}}
"""The same for one role: a school has a form once it is definitive, and then nothing is left to do."""


async def test_everyone_is_told_what_the_table_says_and_nothing_else(world: World) -> None:
    looked = Looked(await begin(world))
    async for stop in walk(looked.year):
        await looked.at(stop)
    assert not looked.wrong, "\n".join(looked.wrong)
    assert looked.cells == {(who, state, fact) for who in Who for state in State for fact in FACTS}
    # A field that was never filled would not have been seen where it must not be.
    for role in Role:
        filled = {path for by, path in looked.told_by if by is role}
        empty = set(leaves(pupil_of(role))) - filled - EMPTY.keys() - EMPTY_FOR.get(role, set())
        assert empty <= {"address.secret", "addresses.secret"}, role
    assert not EMPTY.keys() & {path for _, path in looked.told_by}
