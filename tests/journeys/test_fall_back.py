"""Rule 7: a corrected advice that no longer fits opens a definitive enrolment again, and everybody sees it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import AuditEntry, CapacityGroup, Enrolment, IndividualWindow, OutboxMail, ParentLogin, Pupil
from resolvers import clock
from rules.vocabulary import EnrolmentStatus
from tests.world import Person, World, at

FORM = """{ child { individualWindows { reason opensAt closesAt } enrolment {
    status version canFinalize missing preferences { rank department { id } } } } }"""
SEEN_BY_PO = """query($id: ID!) { pupil(id: $id) { advice listLength parentLogins { letters }
    individualWindows { reason region closesAt } } }"""


async def child(world: World, *, advice: str = "HAVO") -> Pupil:
    """Exempt from the test, so that any advice may be corrected."""
    pupil = await world.pupil(advice=advice, tested=False)
    await Pupil.filter(id=pupil.id).update(test_exemption="Kort in Nederland")
    return pupil


async def enrol(world: World, pupil: Pupil, *, advice: str = "HAVO", schools: int = 5) -> Person:
    parent = await world.parent(pupil)
    choices = [world.choice(school, advice) for school in range(schools)]
    await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
    await parent.done("finalizeEnrolment", "")
    await world.mails()
    return parent


async def correct(editor: Person, pupil: Pupil, advice: str, *, version: int = 1) -> Any:
    given = {"pupilId": str(pupil.id), "expectedVersion": version, "advice": advice}
    return await editor.do("updateOkiDoc", "pupil { advice }", **given)


async def form(parent: Person) -> Any:
    return (await parent.ask(FORM))["child"]


class TestInTheApplicationPeriod:
    async def test_the_list_is_a_concept_again_until_the_period_ends(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        parent = await enrol(world, pupil)
        assert (await correct(editor, pupil, "VMBO_BB"))["errors"] == []

        now = await form(parent)
        assert (now["enrolment"]["status"], now["individualWindows"]) == ("CONCEPT", [])
        assert [one["rank"] for one in now["enrolment"]["preferences"]] == [1, 2, 3, 4, 5]
        assert not now["enrolment"]["canFinalize"]
        assert "te veel scholen" in now["enrolment"]["missing"][0]

        (mail, *_) = await world.mails()
        assert mail["to"] == "ouder@example.org"
        assert "niet meer definitief" in mail["text"]
        assert "vóór 25 maart 2027 om 00.00 uur" in mail["text"]
        for secret in ("vmbo", "havo", "VMBO", "HAVO", "advies"):
            assert secret not in mail["text"] + mail["subject"]

        seen = (await editor.ask(SEEN_BY_PO, id=str(pupil.id)))["pupil"]
        assert (seen["advice"], seen["listLength"]) == ("VMBO_BB", 2)
        assert [one["letters"] for one in seen["parentLogins"] if one["letters"]] == ["AG"]
        school = await world.vo_staff()
        assert (await school.ask("{ pupils { totalCount } }"))["pupils"]["totalCount"] == 0
        withdrawn = await Enrolment.get(status=EnrolmentStatus.WITHDRAWN)
        assert (withdrawn.withdrawn_by, len(withdrawn.form["preferences"])) == ("PO_EDITOR", 5)
        acts = await AuditEntry.filter(pupil_id=pupil.id, act="updateOkiDoc", entity="Enrolment")
        assert any(row.after and row.after.get("status") == "WITHDRAWN" for row in acts)

        two = [world.choice(0, "VMBO_BB"), world.choice(1, "VMBO_BB")]
        version = now["enrolment"]["version"]
        await parent.done("saveEnrolment", "", expectedVersion=version, preferences=two)
        await parent.done("finalizeEnrolment", "")
        assert (await school.ask("{ pupils { totalCount } }"))["pupils"]["totalCount"] == 1

    async def test_of_a_linked_region_it_is_that_regions_form_and_dot(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        parent = await enrol(world, pupil)
        final = await Enrolment.get()
        await Enrolment.filter(id=final.id).update(region_id=world.amsterdam.id)
        await ParentLogin.filter(pupil_id=pupil.id).update(region_id=world.amsterdam.id)
        await correct(editor, pupil, "VMBO_BB")
        fresh = await Enrolment.get(status=EnrolmentStatus.CONCEPT)
        assert fresh.region_id == world.amsterdam.id
        assert (await ParentLogin.get(pupil_id=pupil.id)).status == "ENROLMENT_STARTED"
        assert (await OutboxMail.get(kind="EnrolmentFellBack")).region_id == world.amsterdam.id
        assert parent is not None


class TestAfterIt:
    @pytest.mark.parametrize("days", [5, 3])
    async def test_a_window_of_its_own_opens_for_as_long_as_the_region_says(
        self, world: World, days: int
    ) -> None:
        pupil, editor = await child(world), await world.editor()
        parent, neighbour = await enrol(world, pupil), await world.parent(await child(world))
        world.amstelland.individual_window_days = days
        await world.amstelland.save()
        # The clocks go forward in the night of 28 March.
        clock.stand_still(at=at("2027-03-27 10:20"))
        await correct(editor, pupil, "VMBO_BB")
        ends = at("2027-03-27 11:00") + timedelta(days=days)
        (window,) = (await form(parent))["individualWindows"]
        assert window["reason"] == "ADVICE_CORRECTED"
        assert datetime.fromisoformat(window["closesAt"]) == ends
        (mail, *_) = await world.mails()
        assert f"{ends.day} {'april' if days == 5 else 'maart'} 2027 om 11.00 uur" in mail["text"]
        seen = (await editor.ask(SEEN_BY_PO, id=str(pupil.id)))["pupil"]["individualWindows"]
        assert [one["region"] for one in seen] == ["AMSTELLAND"]

        two = [world.choice(0, "VMBO_BB"), world.choice(1, "VMBO_BB")]
        now = await form(parent)
        given = {"expectedVersion": now["enrolment"]["version"], "preferences": two}
        refused = await neighbour.do("saveEnrolment", "", expectedVersion=0, preferences=two)
        assert [one["code"] for one in refused["errors"]] == ["PERIOD_CLOSED"]
        clock.stand_still(at=ends - timedelta(microseconds=1))
        await parent.done("saveEnrolment", "", **given)
        clock.stand_still(at=ends)
        late = await parent.do("finalizeEnrolment", "")
        assert [one["code"] for one in late["errors"]] == ["PERIOD_CLOSED"]
        clock.stand_still(at=ends - timedelta(microseconds=1))
        await parent.done("finalizeEnrolment", "")

    async def test_a_second_correction_opens_no_second_window(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        parent = await enrol(world, pupil)
        clock.stand_still(at=at("2027-03-27 10:00"))
        await correct(editor, pupil, "VMBO_BB")
        two = [world.choice(0, "VMBO_BB"), world.choice(1, "VMBO_BB")]
        version = (await form(parent))["enrolment"]["version"]
        await parent.done("saveEnrolment", "", expectedVersion=version, preferences=two)
        await parent.done("finalizeEnrolment", "")
        await correct(editor, pupil, "HAVO", version=2)
        assert await IndividualWindow.all().count() == 1
        assert (await form(parent))["enrolment"]["status"] == "CONCEPT"
        kinds = [one.kind for one in await OutboxMail.filter(pupil_id=pupil.id)]
        assert kinds.count("EnrolmentFellBack") == 2


class TestAWayBack:
    async def test_opens_when_an_advice_by_mistake_is_put_right(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        parent = await enrol(world, pupil)
        clock.stand_still(at=at("2027-03-29 10:00"))
        await correct(editor, pupil, "PRAKTIJKONDERWIJS")
        assert (await form(parent))["individualWindows"] == []
        await world.mails()
        await correct(editor, pupil, "HAVO", version=2)
        assert [one["reason"] for one in (await form(parent))["individualWindows"]] == ["RESTORED"]
        (mail, *_) = await world.mails()
        assert "3 april 2027 om 10.00 uur" in mail["text"]
        await parent.done("finalizeEnrolment", "")

    async def test_opens_when_a_reason_not_to_place_is_taken_away(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        parent = await enrol(world, pupil)
        clock.stand_still(at=at("2027-03-29 10:00"))
        about = {"pupilId": str(pupil.id)}
        await editor.done("setNotPlacingReason", "", **about, reason="MOVED", confirmWithdrawal=True)
        assert (await form(parent))["individualWindows"] == []
        await editor.done("setNotPlacingReason", "", **about, reason=None)
        assert len((await form(parent))["individualWindows"]) == 1
        await parent.done("finalizeEnrolment", "")

    async def test_opens_for_nobody_who_undid_its_own(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        parent = await enrol(world, pupil)
        await parent.done("revokeEnrolment", "")
        clock.stand_still(at=at("2027-03-29 10:00"))
        await correct(editor, pupil, "VMBO_BB")
        assert (await form(parent))["individualWindows"] == []

    async def test_is_never_shorter_than_a_family_gets(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        parent = await enrol(world, pupil)
        clock.stand_still(at=at("2027-03-24 23:59"))
        await correct(editor, pupil, "VMBO_BB")
        (window,) = (await form(parent))["individualWindows"]
        assert datetime.fromisoformat(window["closesAt"]) == at("2027-03-30 00:00")
        periods = (await parent.ask("{ currentPeriods { kind closesAt secondsLeft } }"))["currentPeriods"]
        (applying,) = [one for one in periods if one["kind"] == "APPLICATION"]
        assert datetime.fromisoformat(applying["closesAt"]) == at("2027-03-30 00:00")
        # The clocks went forward on the 28th.
        assert applying["secondsLeft"] == 5 * 86400 + 60 - 3600


class TestWhatStays:
    async def test_a_list_that_still_fits_stays_definitive_and_nobody_is_told(self, world: World) -> None:
        pupil, editor = await child(world, advice="VWO"), await world.editor()
        parent = await enrol(world, pupil, advice="VWO")
        await Enrolment.all().update(accept_equivalent_department=True)
        mails = await OutboxMail.all().count()
        # Another advice of as many schools, which the same departments take.
        of_vwo = [one.id for name, one in world.departments.items() if name.endswith("VWO")]
        await CapacityGroup.filter(department_id__in=of_vwo).update(adviezen=["VWO", "HAVO"])
        assert (await correct(editor, pupil, "HAVO"))["errors"] == []
        assert (await form(parent))["enrolment"]["status"] == "FINAL"
        assert await OutboxMail.all().count() == mails

    async def test_a_department_that_is_closed_to_the_new_advice_opens_it(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        parent = await enrol(world, pupil)
        await correct(editor, pupil, "VWO")
        now = (await form(parent))["enrolment"]
        assert now["status"] == "CONCEPT"
        assert "past niet bij het advies" in now["missing"][0]

    async def test_an_advice_that_is_taken_away_is_refused(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        parent = await enrol(world, pupil)
        refused = await correct(editor, pupil, "")
        assert [(one["code"], one["path"]) for one in refused["errors"]] == [("INVALID_VALUE", ["advice"])]
        assert (await form(parent))["enrolment"]["status"] == "FINAL"


class TestAnAdviceThatIsNotOnTheForm:
    async def test_ends_the_enrolment_and_the_family_hears_whom_to_ask(self, world: World) -> None:
        pupil, editor = await child(world), await world.editor()
        parent = await enrol(world, pupil)
        clock.stand_still(at=at("2027-03-27 10:00"))
        await correct(editor, pupil, "PRAKTIJKONDERWIJS")
        now = await form(parent)
        assert (now["enrolment"]["status"], now["individualWindows"]) == ("CONCEPT", [])
        (mail, *_) = await world.mails()
        assert "is beëindigd door" in mail["text"]
        assert "praktijk" not in mail["text"].lower()
