"""Rule 12: a note is for the own organisation, or shared between PO and VO."""

from typing import Any

from rules.vocabulary import Role
from tests.world import Person, World

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
        await first.done("addNote", "", **about, text="Alleen voor de brugklas.")
        await first.done("addNote", "", **about, text="Komt kennismaken.", sharedWithPrimary=True)

        assert await read(editor, pupil) == ["Alleen voor ons.", "Leest graag.", "Komt kennismaken."]
        assert await read(first, pupil) == ["Leest graag.", "Alleen voor de brugklas.", "Komt kennismaken."]
        assert (await second.ask(NOTES, id=str(pupil.id)))["pupil"] is None
        refused = await second.do("addNote", "", **about, text="Wie is dit?")
        assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]
        answer = await parent.post("{ child { notes { text } } }")
        assert answer.status_code == 400
