"""Rule 39: who asks again with `changedSince` gets what moved and what left, and misses nothing."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from models import Address, Advice, Department, Enrolment, Guardian, PrimarySchool, Pupil, SecondarySchool
from rules.vocabulary import ExportKind, Role
from tests.journeys.applied import applied, officer
from tests.journeys.exported import fields, rows
from tests.journeys.handling import AFTER_CENTRAL, at_home, child, done, handle, listed
from tests.world import Person, World
from workers import lease

ASKED = "{ exportEnrolments { changedUntil } }"


async def now(person: Person) -> str:
    moment: str = (await person.ask(ASKED))["exportEnrolments"]["changedUntil"]
    return moment


async def changed(
    person: Person, since: str, kind: ExportKind = ExportKind.ENROLMENTS, **given: Any
) -> list[dict[str, Any]]:
    return await rows(person, kind, changedSince=f'"{since}"', **given)


async def _pupil(pupil: Pupil, form: Enrolment) -> None:
    await Pupil.filter(id=pupil.id).update(infix="van 't")


async def _address(pupil: Pupil, form: Enrolment) -> None:
    await Address.filter(pupil_id=pupil.id).update(street="Kerkstraat")


async def _no_address(pupil: Pupil, form: Enrolment) -> None:
    await Address.filter(pupil_id=pupil.id).delete()


async def _form(pupil: Pupil, form: Enrolment) -> None:
    await Enrolment.filter(id=form.id).update(track="Sport")


async def _department(pupil: Pupil, form: Enrolment) -> None:
    await Department.filter(id=form.first_department_id).update(name="Havo plus")


async def _school(pupil: Pupil, form: Enrolment) -> None:
    await SecondarySchool.filter(id=form.first_school_id).update(name="Het Nieuwe Veenlicht")


async def _primary_school(pupil: Pupil, form: Enrolment) -> None:
    await PrimarySchool.filter(id=pupil.primary_school_id).update(name="De Nieuwe Peppel")


class TestAskingAgain:
    @pytest.mark.parametrize(
        "change", [_pupil, _address, _no_address, _form, _department, _school, _primary_school]
    )
    async def test_gives_what_changed_wherever_it_stands(
        self, world: World, change: Callable[[Pupil, Enrolment], Awaitable[None]]
    ) -> None:
        pupil = await child(world)
        other = await applied(world, school=1, first_name="Elders")
        staff = await handle(world)
        since = await now(staff)
        assert await changed(staff, since) == []
        await change(pupil, await Enrolment.get(pupil_id=pupil.id))
        (row,) = await changed(staff, since)
        assert not row["left"]
        assert row == (await rows(staff, ExportKind.ENROLMENTS))[0]
        assert await changed(staff, await now(staff)) == []
        assert other is not None

    async def test_names_who_left_by_its_id_and_nothing_else(self, world: World) -> None:
        pupil = await child(world)
        staff, receiver = await handle(world, moment=AFTER_CENTRAL), await world.vo_staff(1)
        (before,) = await rows(staff, ExportKind.ENROLMENTS)
        since, there = await now(staff), await now(receiver)
        await done(staff, "reassign", pupil, **listed(1, world))
        (gone,) = await changed(staff, since)
        assert (gone["id"], gone["left"]) == (before["id"], True)
        assert {gone[name] for name in fields(ExportKind.ENROLMENTS, Role.VO_STAFF)[3:]} == {None}
        (come,) = await changed(receiver, there)
        assert (come["id"], come["left"], come["movedAfterCentralPlacement"]) == (before["id"], False, True)
        # At a school that never had it there is nothing.
        stranger = await world.vo_staff(2)
        assert await changed(stranger, since) == []

    async def test_moves_a_pupil_from_one_export_to_another(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        since = await now(staff)
        await done(staff, "withdrawPupil", pupil, reason="Komt niet.")
        assert [row["left"] for row in await changed(staff, since)] == [True]
        (gone,) = await changed(staff, since, ExportKind.WITHDRAWN)
        assert (gone["left"], gone["withdrawnBy"]) == (False, "VO_STAFF")

    @pytest.mark.parametrize("change", ["withdrawn", "born", "number", "parent"])
    async def test_gives_a_child_whose_twin_changed(self, world: World, change: str) -> None:
        """Its row names the twin."""
        one, two = await child(world, first_name="Lot"), await child(world, first_name="Mia")
        staff = await handle(world)
        lottery = ExportKind.DECENTRAL_LOTTERY
        assert {row["twins"] for row in await rows(staff, lottery)} == {one.elk_number, two.elk_number}
        since = await now(staff)
        match change:
            case "withdrawn":
                await done(staff, "withdrawPupil", one, reason="Komt niet.")
            case "born":
                await Pupil.filter(id=one.id).update(birth_date="2014-01-01")
            case "number":
                await Pupil.filter(id=one.id).update(elk_number="99999")
            case _:
                await Address.filter(pupil_id=one.id).delete()
                await Guardian.filter(pupil_id=one.id).update(email="anders@example.org")
        found = {row["id"]: row for row in await changed(staff, since, lottery)}
        assert {key: row for key, row in found.items() if not row["left"]} == {
            row["id"]: row
            for row in await rows(staff, lottery)
            if row["elkNumber"] in (two.elk_number, "99999") or change in ("born", "parent")
        }
        page = await rows(staff, lottery, changedSince=f'"{since}"', first=1)
        assert len(page) == len(found) == 2

    async def test_tells_nobody_of_a_list_who_is_not_of_its_kind(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        since = await now(staff)
        await done(staff, "placePupil", pupil, **at_home(world))
        for kind in (ExportKind.OUTSIDE_PUPILS, ExportKind.WITHDRAWN):
            assert await changed(staff, since, kind) == []

    async def test_since_the_beginning_of_time_is_everything(self, world: World) -> None:
        await child(world)
        staff = await handle(world)
        assert len(await changed(staff, "0001-01-01T00:00:00+14:00")) == 1

    async def test_knows_nothing_of_a_concept(self, world: World) -> None:
        staff = await officer(world)
        since = await now(staff)
        await applied(world, form={"status": "CONCEPT", "finalized_at": None})
        assert await changed(staff, since) == []

    async def test_misses_nothing_that_was_under_way(self, world: World) -> None:
        """A step that began before the answer and ended after it."""
        pupil = await child(world)
        staff = await handle(world)
        form = await Enrolment.get(pupil_id=pupil.id)
        beside = await asyncpg.connect(world.settings.database_url)
        try:
            async with beside.transaction():
                await beside.execute("UPDATE enrolment SET track = 'Sport' WHERE id = $1", form.id)
                since = await now(staff)
                assert await changed(staff, since) == []
        finally:
            await beside.close()
        (row,) = await changed(staff, since)
        assert row["track"] == "Sport"

    @pytest.mark.parametrize("moment", ["2099-01-01T00:00:00Z", "2027-04-01T10:00:01+02:00"])
    async def test_from_a_moment_that_has_not_come_is_refused(self, world: World, moment: str) -> None:
        staff = await officer(world)
        answer = await staff.post(f'{{ exportEnrolments(changedSince: "{moment}") {{ nodes {{ id }} }} }}')
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "BAD_CHANGED_SINCE"
        assert "changedUntil" in error["message"]


async def test_a_label_of_an_advice_is_no_change_of_a_row_that_shows_its_code(world: World) -> None:
    await child(world)
    staff = await handle(world)
    since = await now(staff)
    await Advice.filter(code="HAVO").update(label="Havo!")
    assert await changed(staff, since) == []


async def test_the_moment_of_a_change_is_the_beginning_of_its_transaction(world: World) -> None:
    """What `changedUntil` stands on."""
    pupil = await child(world)
    form = await Enrolment.get(pupil_id=pupil.id)
    (row,) = await lease.fetch(
        "UPDATE enrolment SET track = 'x' WHERE id = $1 RETURNING changed_at = loket_now() AS same", form.id
    )
    assert row["same"]
    assert isinstance(form.id, UUID)
