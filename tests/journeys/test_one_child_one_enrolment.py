"""Rules 2 and 24: a child that stands here already is not made a second time unless a person says it is another."""

from tests.journeys.asking import admin_of, registered
from tests.world import World


async def test_a_child_of_the_same_name_and_birth_date_is_confirmed_by_a_person(world: World) -> None:
    first, admin = await registered(world), await admin_of(world)
    made = await admin.done("approveLoginRequest", "pupil { elkNumber }", id=str(first.id))
    again = await registered(world, bsn=None, email="tweede@example.org")
    refused = await admin.do("approveLoginRequest", "", id=str(again.id))
    assert [one["code"] for one in refused["errors"]] == ["CONFIRM_DUPLICATE"]
    assert made["pupil"]["elkNumber"] in refused["errors"][0]["message"]
    other = await admin.done(
        "approveLoginRequest", "pupil { elkNumber }", id=str(again.id), confirmDuplicate=True
    )
    assert other["pupil"]["elkNumber"] != made["pupil"]["elkNumber"]
