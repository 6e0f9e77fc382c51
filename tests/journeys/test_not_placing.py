"""Rule 11: a reason not to place a child at VO keeps it from enrolling, and ends an enrolment once confirmed."""

from typing import Any

from models import Enrolment
from rules.vocabulary import EnrolmentStatus
from tests.world import Person, World


async def set_reason(editor: Person, pupil: Any, reason: str | None, **more: Any) -> Any:
    return await editor.do(
        "setNotPlacingReason", "pupil { notPlacingReason }", pupilId=str(pupil.id), reason=reason, **more
    )


class TestAReasonNotToPlace:
    async def test_keeps_a_family_from_enrolling_until_it_is_taken_away(self, world: World) -> None:
        pupil = await world.pupil(advice="VMBO_BB")
        parent, editor = await world.parent(pupil), await world.editor()
        await set_reason(editor, pupil, "REPEATS_GROUP_8")
        form = {"expectedVersion": 0, "preferences": [world.choice(0, "VMBO_BB"), world.choice(1, "VMBO_BB")]}
        refused = await parent.do("saveEnrolment", "", **form)
        assert [error["code"] for error in refused["errors"]] == ["CANNOT_ENROL"]
        forgotten = await editor.do("setNotPlacingReason", "", pupilId=str(pupil.id))
        assert [error["message"] for error in forgotten["errors"]] == ["Kies een reden."]
        refused = await parent.do("saveEnrolment", "", **form)
        assert [error["code"] for error in refused["errors"]] == ["CANNOT_ENROL"]
        await set_reason(editor, pupil, None)
        await parent.done("saveEnrolment", "", **form)

    async def test_of_an_enrolled_child_is_confirmed_by_a_person_and_the_family_is_told(
        self, world: World
    ) -> None:
        pupil = await world.pupil(advice="VMBO_BB")
        parent, editor = await world.parent(pupil), await world.editor()
        choices = [world.choice(0, "VMBO_BB"), world.choice(1, "VMBO_BB")]
        await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
        await parent.done("finalizeEnrolment", "")

        asked = await set_reason(editor, pupil, "MOVED")
        assert [error["code"] for error in asked["errors"]] == ["CONFIRM_WITHDRAWAL"]
        assert await Enrolment.filter(status=EnrolmentStatus.FINAL).count() == 1

        done = await set_reason(editor, pupil, "MOVED", confirmWithdrawal=True)
        assert done["errors"] == []
        assert done["pupil"] == {"notPlacingReason": "MOVED"}
        forms = await Enrolment.filter(pupil_id=pupil.id).order_by("version")
        assert [form.status for form in forms] == [EnrolmentStatus.WITHDRAWN, EnrolmentStatus.CONCEPT]
        (seen,) = (await editor.ask("{ pupils { nodes { parentLogins { letters } } } }"))["pupils"]["nodes"]
        assert seen["parentLogins"][0] == {"letters": "AG"}
        (told,) = [mail for mail in await world.mails() if "beëindigd" in mail["subject"]]
        assert "De Peppel" in told["text"]
        assert "Zoë" in told["text"]
        assert "verhuisd" not in told["text"]
