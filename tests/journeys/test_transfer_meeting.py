"""Rule 35: a tick that goes with a decision, and notes that stay for both."""

from typing import Any

from models import Enrolment, Note, Pupil
from resolvers import clock
from tests.journeys.handling import (
    AFTER_CENTRAL,
    act,
    at_home,
    child,
    codes,
    done,
    handle,
    listed,
    seats,
)
from tests.world import Person, World, at

SEEN = """query($id: ID!) { pupil(id: $id) { transferMeeting
    notes { text shared organisationName aboutTransferMeeting } } }"""
TICK = "query($id: ID!) { pupil(id: $id) { transferMeeting } }"
NOTE = "Graag samen over de eerste weken."


async def read(person: Person, pupil: Pupil) -> Any:
    return (await person.ask(SEEN, id=str(pupil.id)))["pupil"]


async def ticked(person: Person, pupil: Pupil) -> Any:
    return (await person.ask(TICK, id=str(pupil.id)))["pupil"]["transferMeeting"]


async def ask_for(editor: Person, pupil: Pupil, **more: Any) -> Any:
    return await editor.do(
        "requestTransferMeeting", "pupil { transferMeeting }", pupilId=str(pupil.id), **more
    )


class TestATransferMeeting:
    async def test_is_asked_by_either_school_and_both_read_the_note(self, world: World) -> None:
        pupil = await child(world)
        staff, editor = await handle(world), await world.editor()
        assert (await done(staff, "setTransferMeeting", pupil, wanted=True, note=NOTE))["transferMeeting"]
        note = {
            "text": NOTE,
            "shared": True,
            "organisationName": "Het Veenlicht 0",
            "aboutTransferMeeting": True,
        }
        for person in (staff, editor):
            assert await read(person, pupil) == {"transferMeeting": True, "notes": [note]}
        made = await ask_for(editor, pupil, note="Moeder komt mee.")
        assert (made["errors"], made["pupil"]["transferMeeting"]) == ([], True)
        for person in (staff, editor):
            assert [one["organisationName"] for one in (await read(person, pupil))["notes"]] == [
                "Het Veenlicht 0",
                "De Peppel",
            ]
        off = await done(staff, "setTransferMeeting", pupil, wanted=False)
        assert off["transferMeeting"] is False
        assert await ticked(editor, pupil) is False

    async def test_asked_again_in_the_same_words_is_one_note(self, world: World) -> None:
        pupil = await child(world)
        staff, editor = await handle(world), await world.editor()
        for _ in range(2):
            await done(staff, "setTransferMeeting", pupil, wanted=True, note=NOTE)
            assert codes(await ask_for(editor, pupil, note=NOTE)) == []
        assert await Note.all().count() == 2

    async def test_can_be_asked_after_placing_and_until_the_year_closes(self, world: World) -> None:
        pupil = await child(world)
        staff, editor = await handle(world, moment="2027-03-24 23:59"), await world.editor()
        assert codes(await act(staff, "setTransferMeeting", pupil, wanted=True)) == ["PERIOD_CLOSED"]
        assert codes(await ask_for(editor, pupil)) == ["PERIOD_CLOSED"]
        clock.stand_still(at=at("2027-04-01 10:00"))
        await done(staff, "placePupil", pupil, **at_home(world))
        clock.stand_still(at=at("2027-06-20 10:00"))
        assert codes(await ask_for(editor, pupil)) == []
        assert await ticked(staff, pupil) is True
        await world.year.filter(id=world.year.id).update(closed=True)
        assert codes(await ask_for(editor, pupil)) == ["YEAR_CLOSED"]

    async def test_needs_a_definitive_enrolment(self, world: World) -> None:
        pupil = await world.pupil()
        editor = await world.editor()
        clock.stand_still(at=at("2027-04-01 10:00"))
        refused = await ask_for(editor, pupil)
        assert codes(refused) == ["STATE_CONFLICT"]
        assert "niet definitief aangemeld" in refused["errors"][0]["message"]


class TestTheTick:
    async def test_vanishes_when_the_pupil_is_drawn_out_and_the_notes_stay(self, world: World) -> None:
        pupil = await child(world)
        staff, editor = await handle(world), await world.editor()
        await done(staff, "setTransferMeeting", pupil, wanted=True, note=NOTE)
        await seats(world, 0)
        drawn = await done(staff, "drawOutPupil", pupil)
        assert drawn["transferMeeting"] is False
        for person in (staff, editor):
            assert [one["text"] for one in (await read(person, pupil))["notes"]] == [NOTE]
        refused = await act(staff, "setTransferMeeting", pupil, wanted=True)
        assert codes(refused) == ["STATE_CONFLICT"]
        assert "uitgeloot" in refused["errors"][0]["message"]

    async def test_tells_po_nothing_of_the_outcome_before_the_announcement(self, world: World) -> None:
        """Rule 23: asked stays asked, whatever the school decided; PO may ask and reads the same answer."""
        pupil, other = await child(world), await child(world, first_name="Bo")
        staff, editor = await handle(world), await world.editor()
        await done(staff, "setTransferMeeting", pupil, wanted=True)
        await seats(world, 0)
        for one in (pupil, other):
            await done(staff, "drawOutPupil", one)
        assert await ticked(editor, pupil) is True
        made = await ask_for(editor, other, note=NOTE)
        assert (made["errors"], made["pupil"]["transferMeeting"]) == ([], True)
        assert await ticked(staff, other) is False
        clock.stand_still(at=at(AFTER_CENTRAL))
        await done(staff, "reassign", pupil, **listed(1, world))
        clock.stand_still(at=at("2027-05-20 15:59"))
        assert [await ticked(editor, one) for one in (pupil, other)] == [True, True]
        clock.stand_still(at=at("2027-05-20 16:00"))
        assert [await ticked(editor, one) for one in (pupil, other)] == [False, False]

    async def test_at_the_school_that_a_pupil_was_moved_to_waits_for_the_announcement(
        self, world: World
    ) -> None:
        pupil = await child(world)
        staff, editor = await handle(world), await world.editor()
        await seats(world, 0)
        await done(staff, "drawOutPupil", pupil)
        clock.stand_still(at=at(AFTER_CENTRAL))
        await done(staff, "reassign", pupil, **listed(1, world))
        receiver = await world.vo_staff(1)
        given = {"wanted": True, "note": NOTE}
        assert codes(await act(receiver, "setTransferMeeting", pupil, **given)) == ["PERIOD_CLOSED"]
        assert (await Enrolment.get(status="FINAL")).transfer_meeting is False
        assert (await read(editor, pupil))["notes"] == []
        clock.stand_still(at=at("2027-05-20 16:00"))
        await done(receiver, "setTransferMeeting", pupil, **given)
        assert [one["text"] for one in (await read(editor, pupil))["notes"]] == [NOTE]
