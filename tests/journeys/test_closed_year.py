"""Rule 1: all data belongs to a school year; a closed one is read, and takes no step."""

from models import AuditEntry, SchoolYear
from rules.vocabulary import Role
from tests.world import World


class TestAClosedYear:
    async def test_takes_no_step_of_anybody(self, world: World) -> None:
        pupil = await world.pupil()
        parent = await world.parent(pupil)
        editor = await world.editor()
        await SchoolYear.filter(id=world.year.id).update(closed=True)
        before = await AuditEntry.all().count()
        for person, mutation, given in (
            (editor, "sendParentLogin", {"pupilId": str(pupil.id), "region": "AMSTERDAM"}),
            (editor, "updateOkiDoc", {"pupilId": str(pupil.id), "expectedVersion": 1, "firstName": "Zo"}),
            (editor, "addNote", {"pupilId": str(pupil.id), "text": "Belt terug."}),
            (parent, "saveEnrolment", {"expectedVersion": 0, "preferences": [world.choice(0)]}),
        ):
            refused = await person.do(mutation, "", **given)
            assert [error["code"] for error in refused["errors"]] == ["YEAR_CLOSED"], mutation
        assert await AuditEntry.all().count() == before

    async def test_is_read_by_its_name(self, world: World) -> None:
        await world.pupil()
        editor = await world.editor()
        await SchoolYear.filter(id=world.year.id).update(closed=True)
        for name, many in (("2026-2027", 1), ("2025-2026", 0)):
            asked = await editor.ask("query($y: String) { pupils(schoolYear: $y) { totalCount } }", y=name)
            assert asked["pupils"]["totalCount"] == many, name

    async def test_still_gives_its_papers(self, world: World) -> None:
        pupil = await world.pupil()
        editor = await world.staff(Role.PO_EDITOR, primary_school_id=world.primary.id)
        await SchoolYear.filter(id=world.year.id).update(closed=True)
        asked = await editor.done(
            "createDocument", "document { status }", pupilId=str(pupil.id), kind="OKI_DOC"
        )
        assert asked["document"]["status"] == "QUEUED"
