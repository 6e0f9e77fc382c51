"""Rule 47: of an outside pupil there is no primary school to ask, to meet or to share with, and each step says so."""

from typing import Any

import pytest

from models import Note, Pupil
from tests.journeys.handling import child, done, handle
from tests.journeys.test_bad_input import picture
from tests.world import Person, World


@pytest.fixture
async def pupil(world: World) -> Pupil:
    """Enrolled at the first school."""
    pupil = await child(world)
    await Pupil.filter(id=pupil.id).update(primary_school_id=None, origin="OUTSIDE")
    return pupil


@pytest.fixture
async def staff(world: World, pupil: Pupil) -> Person:
    return await handle(world)


class TestAnOutsidePupil:
    @pytest.mark.parametrize(
        ("step", "given"),
        [
            ("createOsoDossier", {}),
            ("requestSupplement", {"question": "Hoe gaat het met rekenen?"}),
            ("setTransferMeeting", {"wanted": True, "note": "Over rekenen."}),
            ("addNote", {"text": "Komt kennismaken.", "sharedWithPrimary": True}),
        ],
    )
    async def test_has_no_primary_school_to_ask_or_to_tell(
        self, pupil: Pupil, staff: Person, step: str, given: dict[str, Any]
    ) -> None:
        before = await picture()
        (error,) = (await staff.do(step, "", pupilId=str(pupil.id), **given))["errors"]
        assert (error["__typename"], error["code"]) == ("NoPrimarySchool", "NO_PRIMARY_SCHOOL")
        assert "buiten de regio" in error["message"]
        assert await picture() == before

    async def test_has_notes_of_the_school_itself_and_a_tick_that_can_go(
        self, pupil: Pupil, staff: Person
    ) -> None:
        await staff.done("addNote", "", pupilId=str(pupil.id), text="Alleen voor ons.")
        assert (await Note.get()).shared is False
        assert (await done(staff, "setTransferMeeting", pupil, wanted=False))["transferMeeting"] is False
