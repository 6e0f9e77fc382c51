"""Parents enrol: list, priority, draft, finalise, undo (rules 16 to 22)."""

import asyncio
from typing import Any

import pytest

from models import Advice, Enrolment, OutboxMail, Preference
from resolvers import clock
from rules.vocabulary import EnrolmentStatus
from tests.world import Person, World, at

FORM = """enrolment { status version canFinalize missing finalizedAt acceptEquivalentDepartment
    preferences { rank department { id name school { name } } }
    priorityClaim { ground status siblingName siblingClass } multipleBirth { isMultiple allApplyHere } }"""


async def save(parent: Person, world: World, schools: list[int], version: int = 0, **more: Any) -> Any:
    advice = more.pop("advice", "HAVO")
    preferences = [world.choice(school, advice) for school in schools]
    return await parent.do(
        "saveEnrolment", f"{FORM} notices", expectedVersion=version, preferences=preferences, **more
    )


async def enrolled(parent: Person, world: World, schools: list[int] | None = None) -> Any:
    await save(parent, world, schools or [0, 1, 2, 3, 4])
    return (await parent.done("finalizeEnrolment", FORM))["enrolment"]


class TestFiveSchools:
    async def test_a_family_saves_finalises_and_reads_the_mail(self, world: World) -> None:
        pupil = await world.pupil()
        parent = await world.parent(pupil)
        assert (await parent.ask("{ child { enrolment { version } } }"))["child"]["enrolment"] is None

        offered = await parent.ask("{ secondarySchools { name departments { name openToChild } } }")
        assert len(offered["secondarySchools"]) == 6
        open_ones = [
            department["name"]
            for department in offered["secondarySchools"][0]["departments"]
            if department["openToChild"]
        ]
        assert open_ones == ["havo"]

        draft = await save(parent, world, [0, 1])
        assert draft["errors"] == []
        assert draft["enrolment"]["version"] == 1
        assert draft["enrolment"]["missing"] == [
            "Kies nog 3 scholen. Uw lijst moet precies 5 scholen hebben."
        ]
        assert not draft["enrolment"]["canFinalize"]
        refused = await parent.do("finalizeEnrolment", FORM)
        assert [error["code"] for error in refused["errors"]] == ["ENROLMENT_INCOMPLETE"]

        full = await save(parent, world, [0, 1, 2, 3, 4], version=1)
        assert full["enrolment"]["canFinalize"]
        final = (await parent.done("finalizeEnrolment", FORM, expectedVersion=2))["enrolment"]
        assert final["status"] == "FINAL"
        assert [line["department"]["school"]["name"] for line in final["preferences"]] == [
            f"Het Veenlicht {place}" for place in range(5)
        ]
        again = (await parent.done("finalizeEnrolment", FORM, expectedVersion=2))["enrolment"]
        assert again == final

        newest, *rest = await world.mails()
        assert len(rest) == 1
        assert "U heeft Zoë aangemeld bij het Voortgezet Onderwijs" in newest["text"]

        row = await Enrolment.get(pupil_id=pupil.id)
        assert row.handling_school_id == world.schools[0].id
        editor = await world.editor()
        (seen,) = (await editor.ask("{ pupils { nodes { parentLogins { region status letters } } } }"))[
            "pupils"
        ]["nodes"]
        assert {"region": "AMSTELLAND", "status": "ENROLMENT_FINAL", "letters": "AV"} in seen["parentLogins"]

    async def test_the_child_reads_back_what_was_saved(self, world: World) -> None:
        pupil = await world.pupil()
        parent = await world.parent(pupil)
        saved = (await save(parent, world, [4, 2], acceptEquivalentDepartment=True))["enrolment"]
        read = (await parent.ask(f"{{ child {{ {FORM} }} }}"))["child"]["enrolment"]
        assert read == saved


class TestTwoSchools:
    async def test_a_two_school_advice_takes_exactly_two(self, world: World) -> None:
        pupil = await world.pupil(advice="VMBO_BB")
        parent = await world.parent(pupil)
        draft = await save(parent, world, [0, 1, 2], advice="VMBO_BB")
        assert draft["enrolment"]["missing"] == ["Uw lijst heeft te veel scholen. Kies er precies 2."]
        await save(parent, world, [0, 1], version=1, advice="VMBO_BB")
        final = (await parent.done("finalizeEnrolment", FORM))["enrolment"]
        assert len(final["preferences"]) == 2


class TestWhatIsWrongStandsInMissing:
    async def test_doubled_schools_and_closed_departments_are_kept_and_named(self, world: World) -> None:
        parent = await world.parent(await world.pupil())
        preferences = [
            world.choice(0),
            world.choice(0),
            world.choice(1, "VWO"),
            world.choice(2),
            world.choice(3),
        ]
        draft = await parent.done("saveEnrolment", FORM, expectedVersion=0, preferences=preferences)
        assert draft["enrolment"]["missing"] == [
            "Het Veenlicht 0 staat 2 keer op uw lijst. Kies elke school maar één keer.",
            "Voorkeur 3: vwo van Het Veenlicht 1 past niet bij het advies van uw kind. Kies een andere afdeling.",
        ]
        assert len(draft["enrolment"]["preferences"]) == 5

    @pytest.mark.parametrize("bad", ["00000000-0000-0000-0000-000000000001", "geen-id", ""])
    async def test_a_department_that_does_not_exist_is_not_found(self, world: World, bad: str) -> None:
        parent = await world.parent(await world.pupil())
        refused = await parent.do(
            "saveEnrolment", FORM, expectedVersion=0, preferences=[{"departmentId": bad}]
        )
        assert [(error["code"], error["path"]) for error in refused["errors"]] == [
            ("NOT_FOUND", ["preferences", "0", "departmentId"])
        ]
        assert await Enrolment.all().count() == 0

    async def test_another_regions_school_is_not_found(self, world: World) -> None:
        parent = await world.parent(await world.pupil())
        refused = await save(parent, world, [6])
        assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]


class TestPriority:
    async def test_a_sibling_needs_a_name_and_a_class(self, world: World) -> None:
        parent = await world.parent(await world.pupil())
        draft = await save(parent, world, [0, 1, 2, 3, 4], priorityClaim={"ground": "SIBLING"})
        assert draft["enrolment"]["missing"] == [
            "Vul bij de voorrang de naam van de broer of zus in.",
            "Vul bij de voorrang de klas van de broer of zus in.",
        ]
        claim = {"ground": "SIBLING", "siblingName": "Daan", "siblingClass": "2b"}
        await save(parent, world, [0, 1, 2, 3, 4], version=1, priorityClaim=claim)
        final = (await parent.done("finalizeEnrolment", FORM))["enrolment"]
        assert final["priorityClaim"] == {**claim, "status": "REQUESTED"}

    async def test_a_claim_that_the_new_first_school_does_not_have_goes_and_the_family_is_told(
        self, world: World
    ) -> None:
        parent = await world.parent(await world.pupil())
        claim = {"ground": "STAFF_CHILD"}
        await save(parent, world, [0, 1], priorityClaim=claim)
        moved = await save(parent, world, [3, 1], version=1, priorityClaim=claim)
        assert moved["enrolment"]["priorityClaim"] is None
        assert "weggehaald" in moved["notices"][0]

    async def test_a_claim_the_school_never_had_is_kept_and_refused_at_finalising(self, world: World) -> None:
        parent = await world.parent(await world.pupil())
        draft = await save(parent, world, [3, 1, 2, 0, 4], priorityClaim={"ground": "STAFF_CHILD"})
        assert draft["enrolment"]["priorityClaim"]["ground"] == "STAFF_CHILD"
        assert "geeft geen voorrang" in draft["enrolment"]["missing"][0]
        refused = await parent.do("finalizeEnrolment", FORM)
        assert [error["code"] for error in refused["errors"]] == ["ENROLMENT_INCOMPLETE"]


class TestTwoPhones:
    async def test_the_second_is_shown_what_the_first_saved(self, world: World) -> None:
        parent = await world.parent(await world.pupil())
        await save(parent, world, [0, 1])
        stale = await save(parent, world, [2])
        assert [error["code"] for error in stale["errors"]] == ["STALE"]
        assert stale["enrolment"]["version"] == 1
        assert len(stale["enrolment"]["preferences"]) == 2

    async def test_two_at_once_one_wins(self, world: World) -> None:
        parent = await world.parent(await world.pupil())
        answers = await asyncio.gather(*(save(parent, world, [place]) for place in range(4)))
        codes = sorted((answer["errors"] or [{"code": "OK"}])[0]["code"] for answer in answers)
        assert codes == ["OK", "STALE", "STALE", "STALE"]


class TestUndoAndRedo:
    async def test_an_undone_form_stays_and_a_fresh_concept_is_final_at_once(self, world: World) -> None:
        pupil = await world.pupil()
        parent = await world.parent(pupil)
        await enrolled(parent, world)
        fresh = (await parent.done("revokeEnrolment", FORM))["enrolment"]
        assert fresh["status"] == "CONCEPT"
        assert fresh["canFinalize"]
        assert len(fresh["preferences"]) == 5
        statuses = [row.status for row in await Enrolment.filter(pupil_id=pupil.id).order_by("version")]
        assert statuses == [EnrolmentStatus.WITHDRAWN, EnrolmentStatus.CONCEPT]
        again = await parent.do("revokeEnrolment", FORM)
        assert [error["code"] for error in again["errors"]] == ["NOTHING_TO_REVOKE"]
        final = (await parent.done("finalizeEnrolment", FORM, expectedVersion=fresh["version"]))["enrolment"]
        assert final["status"] == "FINAL"
        assert await OutboxMail.filter(kind="Enrolled").count() == 2


class TestOneOverAllRegions:
    """Rule 2: one definitive enrolment at most, over all linked regions."""

    async def test_two_regions_at_the_same_instant_exactly_one_wins(self, world: World) -> None:
        await Advice.filter(code="HAVO").update(list_length=1)
        pupil = await world.pupil()
        parent = await world.parent(pupil)
        editor = await world.editor()
        await editor.done("sendParentLogin", "pupil { id }", pupilId=str(pupil.id), region="AMSTERDAM")
        for school, region in ((0, "AMSTELLAND"), (6, "AMSTERDAM")):
            draft = await save(parent, world, [school], region=region)
            assert draft["enrolment"]["canFinalize"], draft
        answers = await asyncio.gather(
            *(parent.do("finalizeEnrolment", FORM, region=region) for region in ("AMSTELLAND", "AMSTERDAM"))
        )
        codes = sorted((answer["errors"] or [{"code": "OK"}])[0]["code"] for answer in answers)
        assert codes == ["ALREADY_ENROLLED_ELSEWHERE", "OK"]
        assert await Enrolment.filter(status=EnrolmentStatus.FINAL).count() == 1


class TestTheDeadline:
    async def test_one_second_late_is_closed_and_nothing_is_lost(self, world: World) -> None:
        parent = await world.parent(await world.pupil())
        await save(parent, world, [0, 1, 2, 3, 4])
        clock.stand_still(at=at("2027-03-25 00:00"))
        for mutation in ("finalizeEnrolment", "revokeEnrolment"):
            refused = await parent.do(mutation, FORM)
            assert [error["code"] for error in refused["errors"]] == ["PERIOD_CLOSED"]
        refused = await save(parent, world, [0], version=1)
        assert [error["code"] for error in refused["errors"]] == ["PERIOD_CLOSED"]
        assert await Preference.all().count() == 5
        clock.stand_still(at=at("2027-03-24 23:59"))
        assert (await parent.done("finalizeEnrolment", FORM))["enrolment"]["status"] == "FINAL"
