"""Rule 21 on two phones: what is made definitive is what was on the screen, or the family is told that it is not."""

from tests.world import World


async def test_an_older_version_is_stale_also_once_the_form_is_definitive(world: World) -> None:
    pupil = await world.pupil()
    parent = await world.parent(pupil)
    lists = [world.choice(school) for school in range(5)]
    await parent.done("saveEnrolment", "", expectedVersion=0, preferences=lists)
    await parent.done("saveEnrolment", "", expectedVersion=1, preferences=lists[::-1])
    seen = "enrolment { status version preferences { department { id } } }"
    final = (await parent.done("finalizeEnrolment", seen, expectedVersion=2))["enrolment"]
    assert (final["status"], final["version"]) == ("FINAL", 3)
    for same in (2, 3, None):
        assert (await parent.done("finalizeEnrolment", seen, expectedVersion=same))["enrolment"] == final
    stale = await parent.do("finalizeEnrolment", seen, expectedVersion=1)
    assert [one["code"] for one in stale["errors"]] == ["STALE"]
    assert stale["enrolment"] == final
