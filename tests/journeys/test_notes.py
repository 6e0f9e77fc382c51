"""Rule 12: a note is for the own organisation, or shared between PO and VO."""

from typing import Any

from resolvers import clock
from rules.vocabulary import Role
from tests.journeys.handling import AFTER_CENTRAL, child, codes, done, handle, listed, seats
from tests.world import Person, World, at

NOTES = "query($id: ID!) { pupil(id: $id) { notes { text shared organisationName } } }"


async def read(person: Person, pupil: Any) -> list[str]:
    return [note["text"] for note in (await person.ask(NOTES, id=str(pupil.id)))["pupil"]["notes"]]


class TestANote:
    async def test_stays_within_its_organisation_unless_it_is_shared(self, world: World) -> None:
        pupil = await world.pupil(advice="VMBO_BB")
        parent, editor = await world.parent(pupil), await world.editor()
        choices = [world.choice(0, "VMBO_BB"), world.choice(1, "VMBO_BB")]
        await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
        await parent.done("finalizeEnrolment", "")
        first = await world.staff(Role.VO_STAFF, secondary_school_id=world.schools[0].id)
        second = await world.staff(Role.VO_STAFF, secondary_school_id=world.schools[1].id)

        about = {"pupilId": str(pupil.id)}
        await editor.done("addNote", "", **about, text="Alleen voor ons.")
        await editor.done("addNote", "", **about, text="Leest graag.", sharedWithSecondary=True)
        await first.done("addNote", "", **about, text="Alleen voor de brugklas.", sharedWithSecondary=True)
        await first.done("addNote", "", **about, text="Komt kennismaken.", sharedWithPrimary=True)

        assert await read(editor, pupil) == ["Alleen voor ons.", "Leest graag.", "Komt kennismaken."]
        assert await read(first, pupil) == ["Leest graag.", "Alleen voor de brugklas.", "Komt kennismaken."]
        assert (await second.ask(NOTES, id=str(pupil.id)))["pupil"] is None
        refused = await second.do("addNote", "", **about, text="Wie is dit?")
        assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]
        answer = await parent.post("{ child { notes { text } } }")
        assert answer.status_code == 400

    async def test_of_a_school_that_the_pupil_left_is_read_by_that_school_no_more_nor_by_the_next(
        self, world: World
    ) -> None:
        """What PO shared goes along with the pupil; what a secondary school shared is for PO."""
        pupil = await child(world)
        editor, first = await world.editor(), await handle(world)
        about = {"pupilId": str(pupil.id)}
        await editor.done("addNote", "", **about, text="Leest graag.", sharedWithSecondary=True)
        await first.done("addNote", "", **about, text="Alleen voor de brugklas.")
        await first.done("addNote", "", **about, text="Kwam kennismaken.", sharedWithPrimary=True)
        await done(first, "setTransferMeeting", pupil, wanted=True, note="Over rekenen.")
        await seats(world, 0)
        await done(first, "drawOutPupil", pupil)
        assert len(await read(first, pupil)) == 4
        clock.stand_still(at=at(AFTER_CENTRAL))
        await done(first, "reassign", pupil, **listed(1, world))

        assert (await first.ask(NOTES, id=str(pupil.id)))["pupil"] is None
        second = await world.vo_staff(1)
        assert await read(second, pupil) == ["Leest graag."]
        assert await read(editor, pupil) == ["Leest graag.", "Kwam kennismaken.", "Over rekenen."]
        # Who writes would tell where the pupil was moved to (rule 23).
        early = await second.do("addNote", "", **about, text="Welkom.", sharedWithPrimary=True)
        assert codes(early) == ["PERIOD_CLOSED"]
        await second.done("addNote", "", **about, text="Alleen voor ons.")
        clock.stand_still(at=at("2027-05-20 16:00"))
        await second.done("addNote", "", **about, text="Welkom.", sharedWithPrimary=True)
        assert (await read(editor, pupil))[-1] == "Welkom."
