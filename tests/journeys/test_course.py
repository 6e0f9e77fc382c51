"""Rule 13: a primary school reads the whole course of its pupils, and of the outcome nothing before the announcement."""

from typing import Any

import models
from models import Pupil
from resolvers import clock
from rules.vocabulary import Role
from schema.roles import SCHEMAS
from tests.journeys.handling import AFTER_CENTRAL, at_home, child, done, handle, listed, seats
from tests.world import Person, World, at, one_second_before

COURSE = "query($id: ID!) { pupil(id: $id) { course { at kind what } } }"
ANNOUNCED = "2027-05-20 16:00"


async def course(editor: Person, pupil: Pupil) -> list[dict[str, Any]]:
    return list((await editor.ask(COURSE, id=str(pupil.id)))["pupil"]["course"])


def kinds(found: list[dict[str, Any]]) -> list[str]:
    return [one["kind"] for one in found]


class TestTheCourse:
    async def test_tells_all_from_the_login_to_the_place(self, world: World) -> None:
        pupil = await child(world, claim=True)
        editor = await world.editor()
        assert await course(editor, await world.pupil(first_name="Bo")) == []
        staff = await handle(world)
        await done(staff, "requestSupplement", pupil, question="Hoe ging het met rekenen?")
        clock.stand_still(at=at("2027-04-02 10:00"))
        await editor.done("answerSupplement", "", pupilId=str(pupil.id), answer="Goed.")
        clock.stand_still(at=at("2027-04-03 10:00"))
        for _ in range(2):
            await done(staff, "setTransferMeeting", pupil, wanted=True)
        clock.stand_still(at=at("2027-04-04 10:00"))
        await editor.done("requestTransferMeeting", "", pupilId=str(pupil.id))
        await done(staff, "decidePriority", pupil, decision="REJECT")
        await done(staff, "placePupil", pupil, **at_home(world))
        before = await course(editor, pupil)
        assert [(one["kind"], one["what"]) for one in before] == [
            ("LOGIN_SENT", "Ouderinlog verstuurd (Amstelland)."),
            ("ACTIVATED", "Ouderinlog geactiveerd (Amstelland)."),
            ("ENROLMENT_STARTED", "De ouders zijn begonnen met de aanmelding."),
            ("ENROLMENT_FINAL", "Definitief aangemeld bij Het Veenlicht 0."),
            ("SUPPLEMENT_ASKED", "Het Veenlicht 0 heeft om een aanvulling gevraagd."),
            ("SUPPLEMENT_ANSWERED", "De basisschool heeft Het Veenlicht 0 de aanvulling gegeven."),
            ("TRANSFER_MEETING_ASKED", "De VO-school heeft om een gesprek op de tafelmiddag gevraagd."),
        ]
        assert [one["at"] for one in before] == sorted(one["at"] for one in before)
        clock.stand_still(at=one_second_before(ANNOUNCED))
        assert await course(editor, pupil) == before
        clock.stand_still(at=at(ANNOUNCED))
        after = await course(editor, pupil)
        assert after[:-1] == before
        assert (after[-1]["kind"], after[-1]["what"]) == (
            "RESULT",
            "Geplaatst op Het Veenlicht 0, afdeling havo.",
        )
        assert after[-1]["at"].startswith("2027-05-20T14:00:00+00")

    async def test_tells_of_undoing_and_beginning_again(self, world: World) -> None:
        pupil = await child(world)
        editor, parent = await world.editor(), await world.sign_in(pupil.elk_number)
        clock.stand_still(at=at("2027-03-18 10:00"))
        await parent.done("revokeEnrolment", "")
        clock.stand_still(at=at("2027-03-19 10:00"))
        await parent.done("finalizeEnrolment", "")
        assert kinds(await course(editor, pupil))[2:] == [
            "ENROLMENT_STARTED", "ENROLMENT_FINAL", "REVOKED", "ENROLMENT_FINAL",
        ]  # fmt: skip

    async def test_tells_of_a_corrected_advice_and_the_window_it_opened(self, world: World) -> None:
        pupil = await child(world)
        await models.TestResult.filter(pupil_id=pupil.id).delete()
        await Pupil.filter(id=pupil.id).update(test_exemption="Kort in Nederland")
        editor = await world.editor()
        clock.stand_still(at=at("2027-04-01 10:00"))
        given = {"pupilId": str(pupil.id), "expectedVersion": 1, "advice": "VMBO_BB"}
        await editor.done("updateOkiDoc", "", **given)
        *_, ended, opened = await course(editor, pupil)
        assert (ended["kind"], opened["kind"]) == ("FELL_BACK", "WINDOW_OPENED")
        assert opened["what"] == (
            "De ouders kunnen de aanmelding wijzigen tot 6 april 2027 om 10.00 uur: het advies is gewijzigd."
        )

    async def test_tells_that_the_school_itself_ended_it(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        given = {"pupilId": str(pupil.id), "reason": "MOVED", "confirmWithdrawal": True}
        clock.stand_still(at=at("2027-03-18 10:00"))
        await editor.done("setNotPlacingReason", "", **given)
        assert kinds(await course(editor, pupil))[-2:] == ["ENROLMENT_FINAL", "ENDED_BY_SCHOOL"]

    async def test_tells_of_one_beginning_also_where_the_clock_went_back(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        given = {"pupilId": str(pupil.id), "reason": "MOVED", "confirmWithdrawal": True}
        clock.stand_still(at=at("2027-03-16 10:00"))
        await editor.done("setNotPlacingReason", "", **given)
        assert kinds(await course(editor, pupil)).count("ENROLMENT_STARTED") == 1

    async def test_tells_that_a_school_cannot_place_it_and_not_why(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        staff = await handle(world)
        secret = "Heeft zorg nodig die wij niet bieden."
        await done(staff, "registerNotPlaceable", pupil, explanation=secret)
        found = await course(editor, pupil)
        assert kinds(found)[-2:] == ["NOT_PLACEABLE", "WINDOW_OPENED"]
        assert "Het Veenlicht 0 kan de leerling niet plaatsen" in found[-2]["what"]
        assert secret not in str(found)

    async def test_tells_that_a_pupil_does_not_come_and_not_why(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        staff = await handle(world)
        await done(staff, "withdrawPupil", pupil, reason="Gaat naar het buitenland.")
        found = await course(editor, pupil)
        assert kinds(found)[-1] == "WITHDRAWN"
        assert "buitenland" not in str(found)


class TestTheOutcome:
    async def test_of_pupils_drawn_out_moved_and_deferred_waits_for_the_announcement(
        self, world: World
    ) -> None:
        """Rule 23: a second before it the course of all is the same as before anything was decided."""
        names = ("Uit", "Door", "Later", "Niets")
        uit, door, later, niets = [await child(world, first_name=name) for name in names]
        editor, staff = await world.editor(), await handle(world)
        everyone = (uit, door, later, niets)
        before = [await course(editor, one) for one in everyone]
        await seats(world, 0)
        for one in (uit, door):
            await done(staff, "drawOutPupil", one)
        await done(staff, "deferDecision", later, parentsInformedAt="2027-04-01T09:30:00+02:00")
        clock.stand_still(at=at(AFTER_CENTRAL))
        await done(staff, "reassign", door, **listed(1, world))
        receiver = await world.vo_staff(1)
        await done(receiver, "placePupil", door, **world.choice(1))
        clock.stand_still(at=one_second_before(ANNOUNCED))
        assert [await course(editor, one) for one in everyone] == before
        clock.stand_still(at=at(ANNOUNCED))
        told = [[line["what"] for line in (await course(editor, one))[4:]] for one in everyone]
        assert told == [
            ["In de centrale plaatsing niet geplaatst."],
            ["Geplaatst op Het Veenlicht 1, afdeling havo."],
            ["Het Veenlicht 0 heeft meer tijd nodig voor een besluit."],
            [],
        ]

    async def test_of_a_deferred_pupil_is_told_when_it_is_there(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        staff = await handle(world)
        await done(staff, "deferDecision", pupil, parentsInformedAt="2027-04-01T09:30:00+02:00")
        clock.stand_still(at=at("2027-06-01 10:00"))
        await done(staff, "placePupil", pupil, **at_home(world))
        last = (await course(editor, pupil))[-1]
        assert last["what"] == "Geplaatst op Het Veenlicht 0, afdeling havo."
        assert last["at"].startswith("2027-06-01T08:00:00+00")


def test_the_course_is_for_the_editors_of_the_primary_school_alone() -> None:
    has = {role for role in Role if "type Moment " in SCHEMAS[role].as_str()}
    assert has == {Role.PO_EDITOR}
