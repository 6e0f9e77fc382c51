"""Rule 8: the result of the test is there, is read by whom it concerns, and a higher one makes the school reconsider."""

from typing import Any

import pytest

from models import AuditEntry, Pupil
from rules.vocabulary import Role
from tests.imports.messages import message
from tests.journeys.deliveries import EARLY, LATE, deliver, elsewhere, known, result_of
from tests.journeys.every_step import enrolled
from tests.statements import counted
from tests.world import Person, World

RESULT = "testResult { advice adviceLabel testName testVersion takenAt referenceLevels { part name level } scores { kind part name value } }"
PUPIL = "query($id: ID!) { pupil(id: $id) { %s } }"


async def seen(person: Person, pupil: Pupil, fields: str) -> Any:
    return (await person.ask(PUPIL % fields, id=str(pupil.id)))["pupil"]


async def change(editor: Person, pupil: Pupil, **given: Any) -> Any:
    """PO edits the Oki-doc as it stands."""
    there = await seen(editor, pupil, "okiDoc { version }")
    version = there["okiDoc"]["version"] if there else 1
    fields = "pupil { advice reconsiderationOpen testResult { reconsiderationOpen } }"
    return await editor.do("updateOkiDoc", fields, pupilId=str(pupil.id), expectedVersion=version, **given)


async def send(editor: Person, pupil: Pupil) -> dict[str, Any]:
    """Try to send the parent login: each unmet condition of rule 8 by its name, empty when it was sent."""
    facts = "okiDocNotFinal testResultMissing testAdviceUnread adviceMissing reconsiderationOpen emailMissing"
    query = (
        "mutation($input: SendParentLoginInput!) { it: sendParentLogin(input: $input) { pupil { id }"
        f" errors {{ __typename message ... on ParentLoginNotReady {{ {facts} }} }} }} }}"
    )
    answer = (await editor.ask(query, input={"pupilId": str(pupil.id), "region": "AMSTELLAND"}))["it"]
    assert (answer["pupil"] is None) == bool(answer["errors"])
    return {name: error[name] for error in answer["errors"] for name in error if error[name] is True}


async def finalize(editor: Person, pupil: Pupil) -> None:
    version = (await seen(editor, pupil, "okiDoc { version }"))["okiDoc"]["version"]
    await editor.done("finalizeOkiDoc", "pupil { id }", pupilId=str(pupil.id), expectedVersion=version)


def codes(payload: Any) -> list[str]:
    return [error["code"] for error in payload["errors"]]


class TestAResult:
    WHOLE = {
        "advice": "HAVO",
        "adviceLabel": "havo",
        "testName": "Route 8",
        "testVersion": "digitaal",
        "takenAt": "2027-02-02T08:00:00+00:00",
        "referenceLevels": [
            {"part": "REKENEN", "name": "Rekenen en wiskunde", "level": "1S"},
            {"part": "LEZEN", "name": "Lezen", "level": "2F"},
        ],
        "scores": [
            {"kind": "Toetsscore", "part": "", "name": "", "value": "212"},
            {"kind": "Aantal goed", "part": "LEZEN", "name": "Lezen", "value": "31"},
            {"kind": "Percentielscore", "part": "9010", "name": "Begrijpend lezen", "value": "88"},
        ],
    }

    async def test_is_read_whole_by_po_the_parents_and_the_school_of_the_enrolment(
        self, world: World
    ) -> None:
        pupil = await known(world)
        await deliver(world, message(advice="havo"))
        parent = await enrolled(world, pupil)
        assert (await seen(await world.editor(), pupil, RESULT))["testResult"] == self.WHOLE
        assert (await parent.ask(f"{{ child {{ {RESULT} }} }}"))["child"]["testResult"] == self.WHOLE
        assert (await seen(await world.vo_staff(), pupil, RESULT))["testResult"] == self.WHOLE

    async def test_is_read_by_no_other_school(self, world: World) -> None:
        pupil = await known(world)
        await deliver(world, message(advice="havo"))
        await enrolled(world, pupil)
        school = await elsewhere(world)
        assert await seen(await world.vo_staff(1), pupil, RESULT) is None
        stranger = await world.staff(Role.PO_EDITOR, primary_school_id=school.id)
        assert await seen(stranger, pupil, RESULT) is None

    async def test_is_not_read_by_vo_before_the_enrolment(self, world: World) -> None:
        pupil = await known(world)
        await deliver(world, message(advice="havo"))
        assert await seen(await world.vo_staff(), pupil, RESULT) is None

    async def test_is_the_advice_alone_for_the_region_and_nothing_for_who_monitors(
        self, world: World
    ) -> None:
        pupil = await known(world)
        await deliver(world, message(advice="havo"))
        admin = await world.staff(Role.REGION_ADMIN, region_id=world.amstelland.id)
        assert (await seen(admin, pupil, "testResult { advice }"))["testResult"] == {"advice": "HAVO"}
        for field in ("scores { value }", "referenceLevels { level }", "testName", "adviceText"):
            assert (
                await admin.post(PUPIL % f"testResult {{ {field} }}", id=str(pupil.id))
            ).status_code == 400
        monitor = await world.staff(Role.PO_MONITOR, primary_school_id=world.primary.id)
        assert (await monitor.post("{ pupils { nodes { testResult { advice } } } }")).status_code == 400

    @pytest.mark.parametrize("field", ["reconsiderationOpen", "eckId", "schoolKey"])
    async def test_brings_fields_that_only_po_has(self, world: World, field: str) -> None:
        pupil = await known(world)
        await deliver(world, message(advice="havo"))
        parent = await enrolled(world, pupil)
        assert field in await seen(await world.editor(), pupil, field)
        assert (await parent.post(f"{{ child {{ {field} }} }}")).status_code == 400
        for person in (
            await world.vo_staff(),
            await world.staff(Role.REGION_ADMIN, region_id=world.amstelland.id),
        ):
            assert (await person.post(PUPIL % field, id=str(pupil.id))).status_code == 400

    async def test_from_a_schools_own_list_reads_as_its_advice_alone(self, world: World) -> None:
        pupil = await world.pupil()
        found = await seen(await world.editor(), pupil, RESULT + " reconsiderationOpen")
        empty: dict[str, Any] = {
            "testName": "",
            "testVersion": "",
            "takenAt": None,
            "referenceLevels": [],
            "scores": [],
        }
        assert found["testResult"] == {"advice": "HAVO", "adviceLabel": "havo", **empty}
        assert found["reconsiderationOpen"] is False

    async def test_is_read_in_as_many_statements_for_two_pupils_and_for_forty(self, world: World) -> None:
        editor = await world.editor()
        query = f"{{ pupils(first: 100) {{ nodes {{ id reconsiderationOpen {RESULT} }} }} }}"
        numbers = []
        for many in (range(2), range(2, 40)):
            for place in many:
                await known(world, eck_id=f"eck-{place}")
            await deliver(world, *(message(eck_id=f"eck-{place}") for place in many))
            async with counted() as statements:
                nodes = (await editor.ask(query))["pupils"]["nodes"]
            assert all(
                node["reconsiderationOpen"] and len(node["testResult"]["scores"]) == 3 for node in nodes
            )
            numbers.append(len(statements))
        assert numbers[0] == numbers[1]


class TestSendingAParentLogin:
    async def test_asks_for_the_result_and_for_the_definitive_advice(self, world: World) -> None:
        """Rule 8."""
        pupil, editor = await known(world, advice=None), await world.editor()
        assert await send(editor, pupil) == {"testResultMissing": True, "adviceMissing": True}
        await deliver(world, message(advice="havo"))
        assert await send(editor, pupil) == {"adviceMissing": True}
        assert (await change(editor, pupil, advice="HAVO"))["errors"] == []
        await finalize(editor, pupil)
        assert await send(editor, pupil) == {}

    async def test_does_without_a_result_where_the_law_lets_it(self, world: World) -> None:
        pupil, editor = await known(world), await world.editor()
        assert await send(editor, pupil) == {"testResultMissing": True}
        assert (await change(editor, pupil, testExemption="Vier jaar of korter in Nederland"))["errors"] == []
        await finalize(editor, pupil)
        assert await send(editor, pupil) == {}


class TestAHigherTestAdvice:
    async def test_keeps_the_definitive_advice_back_until_po_raises_it(self, world: World) -> None:
        pupil, editor = await known(world), await world.editor()
        await Pupil.filter(id=pupil.id).update(advice_id=None)
        await deliver(world, message(advice="vwo"))
        assert (await seen(editor, pupil, "reconsiderationOpen"))["reconsiderationOpen"] is True
        refused = await change(editor, pupil, advice="HAVO")
        assert codes(refused) == ["RECONSIDERATION_NEEDED"]
        assert "toetsadvies (vwo) is hoger dan het schooladvies (havo)" in refused["errors"][0]["message"]
        assert (await Pupil.get(id=pupil.id)).advice_id is None
        assert await AuditEntry.filter(act="updateOkiDoc").count() == 0
        done = await change(editor, pupil, advice="VWO")
        assert done["pupil"] == {
            "advice": "VWO",
            "reconsiderationOpen": False,
            "testResult": {"reconsiderationOpen": False},
        }
        entry = await AuditEntry.get(act="updateOkiDoc", entity="Pupil")
        assert (entry.account_id, entry.after["advice_id"]) == (editor.account_id, "VWO")

    async def test_keeps_it_back_until_po_says_why_not(self, world: World) -> None:
        pupil, editor = await known(world), await world.editor()
        await Pupil.filter(id=pupil.id).update(advice_id=None)
        await deliver(world, message(advice="vwo"))
        assert codes(await change(editor, pupil, advice="HAVO", reconsiderationMotivation=" ")) == [
            "RECONSIDERATION_NEEDED"
        ]
        done = await change(editor, pupil, advice="HAVO", reconsiderationMotivation="Zij kiest zelf havo.")
        assert done["errors"] == []
        assert done["pupil"]["reconsiderationOpen"] is False
        entry = await AuditEntry.get(act="updateOkiDoc", entity="Pupil")
        assert "Zij kiest" not in str(entry.after)
        assert set(entry.after) == {"advice_id", "reconsideration_motivation"}

    @pytest.mark.parametrize("nothing", [".", "x", "n.v.t.", "?! 1234567890"])
    async def test_is_not_answered_by_words_that_say_nothing(self, world: World, nothing: str) -> None:
        pupil, editor = await known(world), await world.editor()
        await deliver(world, message(advice="vwo"))
        refused = await change(editor, pupil, reconsiderationMotivation=nothing)
        assert [(error["code"], error["path"]) for error in refused["errors"]] == [
            ("INVALID_VALUE", ["reconsiderationMotivation"])
        ]
        assert "waarom u het advies niet bijstelt" in refused["errors"][0]["message"]
        assert await send(editor, pupil) == {"reconsiderationOpen": True}

    async def test_that_comes_after_the_definitive_advice_opens_it_again(self, world: World) -> None:
        pupil, editor = await known(world), await world.editor()
        await deliver(world, message(advice="havo", at=EARLY))
        assert (await seen(editor, pupil, "reconsiderationOpen"))["reconsiderationOpen"] is False
        await deliver(world, message(advice="vwo", at=LATE))
        assert (await seen(editor, pupil, "reconsiderationOpen"))["reconsiderationOpen"] is True
        assert await send(editor, pupil) == {"reconsiderationOpen": True}
        assert await world.mails() == []
        assert (await change(editor, pupil, advice="VWO"))["errors"] == []
        await finalize(editor, pupil)
        assert await send(editor, pupil) == {}
        assert len(await world.mails()) == 1

    async def test_opens_it_also_where_there_never_was_a_provisional_advice(self, world: World) -> None:
        pupil, editor = await known(world), await world.editor()
        await Pupil.filter(id=pupil.id).update(provisional_advice_id=None)
        await deliver(world, message(advice="vwo"))
        assert (await seen(editor, pupil, "reconsiderationOpen"))["reconsiderationOpen"] is True
        assert await send(editor, pupil) == {"reconsiderationOpen": True}

    async def test_does_not_let_the_school_lower_what_it_advised_before(self, world: World) -> None:
        pupil, editor = await known(world, advice="VWO"), await world.editor()
        await deliver(world, message(advice="vwo"))
        assert codes(await change(editor, pupil, advice="HAVO")) == ["RECONSIDERATION_NEEDED"]

    async def test_is_news_to_a_motivation_that_was_there_until_it_is_saved_again(self, world: World) -> None:
        pupil, editor = await known(world, advice="VMBO_GL/TL"), await world.editor()
        await deliver(world, message(advice="havo", at=EARLY))
        motivation = "Wij zien haar liever op het vmbo."
        assert (await change(editor, pupil, reconsiderationMotivation=motivation))["errors"] == []
        assert (await seen(editor, pupil, "reconsiderationOpen"))["reconsiderationOpen"] is False
        await deliver(world, message(advice="vwo", at=LATE))
        assert (await seen(editor, pupil, "reconsiderationOpen"))["reconsiderationOpen"] is True
        await finalize(editor, pupil)
        assert await send(editor, pupil) == {"reconsiderationOpen": True}
        assert (await change(editor, pupil, reconsiderationMotivation=motivation))["errors"] == []
        await finalize(editor, pupil)
        assert await send(editor, pupil) == {}

    async def test_that_is_delivered_again_leaves_the_motivation_as_good_as_it_was(
        self, world: World
    ) -> None:
        pupil, editor = await known(world), await world.editor()
        await deliver(world, message(advice="vwo", at=EARLY))
        await change(editor, pupil, reconsiderationMotivation="Zij kiest zelf havo.")
        await deliver(world, message(advice="vwo", at=LATE))
        assert (await seen(editor, pupil, "reconsiderationOpen"))["reconsiderationOpen"] is False


class TestALowerTestAdvice:
    async def test_never_lowers_and_never_holds_anything_up(self, world: World) -> None:
        pupil, editor = await known(world, advice="VWO"), await world.editor()
        await deliver(world, message(advice="vmbo-bb"))
        there = await seen(
            editor, pupil, "advice provisionalAdvice reconsiderationOpen testResult { advice }"
        )
        assert there == {
            "advice": "VWO",
            "provisionalAdvice": "VWO",
            "reconsiderationOpen": False,
            "testResult": {"advice": "VMBO_BB"},
        }
        assert await send(editor, pupil) == {}


class TestATestAdviceThatNobodyReadsForSure:
    CONFIRM = "pupil { testResult { advice adviceText adviceToConfirm reconsiderationOpen } }"

    async def confirm(self, person: Person, pupil: Pupil, advice: str) -> Any:
        return await person.do("confirmTestAdvice", self.CONFIRM, pupilId=str(pupil.id), advice=advice)

    async def test_comes_in_to_be_confirmed_by_po(self, world: World) -> None:
        pupil, editor = await known(world, advice="VMBO_BB"), await world.editor()
        (line,) = (await deliver(world, message(advice="pro/vmbo-bb"))).lines
        assert "de basisschool moet het bevestigen" in str(line)
        fields = "testResult { advice adviceText adviceToConfirm }"
        assert (await seen(editor, pupil, fields))["testResult"] == {
            "advice": None,
            "adviceText": "pro/vmbo-bb",
            "adviceToConfirm": True,
        }
        assert await send(editor, pupil) == {"testAdviceUnread": True}
        done = await self.confirm(editor, pupil, "VMBO_BB")
        assert done["errors"] == []
        assert done["pupil"]["testResult"] == {
            "advice": "VMBO_BB",
            "adviceText": "pro/vmbo-bb",
            "adviceToConfirm": False,
            "reconsiderationOpen": False,
        }
        assert await send(editor, pupil) == {}

    async def test_opens_the_duty_where_it_turns_out_higher(self, world: World) -> None:
        pupil, editor = await known(world), await world.editor()
        await deliver(world, message(advice="havo+"))
        done = await self.confirm(editor, pupil, "VWO")
        assert done["pupil"]["testResult"]["reconsiderationOpen"] is True

    async def test_stands_once_it_is_confirmed(self, world: World) -> None:
        pupil, editor = await known(world), await world.editor()
        await deliver(world, message(advice="havo+"))
        first = await self.confirm(editor, pupil, "VWO")
        traces = await AuditEntry.all().count()
        refused = await self.confirm(editor, pupil, "HAVO")
        assert codes(refused) == ["TEST_ADVICE_CONFIRMED"]
        assert "helpdesk van de regio" in refused["errors"][0]["message"]
        assert await self.confirm(editor, pupil, "VWO") == first
        assert (await seen(editor, pupil, "reconsiderationOpen"))["reconsiderationOpen"] is True
        assert await AuditEntry.all().count() == traces

    async def test_is_confirmed_as_one_that_its_words_may_mean(self, world: World) -> None:
        pupil, editor = await known(world), await world.editor()
        await deliver(world, message(advice="pro/vmbo-bb"))
        refused = await self.confirm(editor, pupil, "VWO")
        assert [(error["code"], error["path"]) for error in refused["errors"]] == [
            ("INVALID_VALUE", ["advice"])
        ]
        assert (await self.confirm(editor, pupil, "PRAKTIJKONDERWIJS"))["errors"] == []

    async def test_stays_confirmed_while_the_maker_writes_the_same(self, world: World) -> None:
        pupil, editor = await known(world), await world.editor()
        await deliver(world, message(advice="havo+", at=EARLY))
        await self.confirm(editor, pupil, "HAVO")
        await deliver(world, message(advice="havo+", at=LATE))
        assert (await result_of(pupil)).advice_id == "HAVO"
        await deliver(world, message(advice="vwo+", at="2027-02-25T09:00:00Z"))
        assert (await result_of(pupil)).advice_id is None

    async def test_is_confirmed_by_nobody_but_its_own_school(self, world: World) -> None:
        pupil = await known(world)
        await deliver(world, message(advice="havo+"))
        school = await elsewhere(world)
        stranger = await world.staff(Role.PO_EDITOR, primary_school_id=school.id)
        assert codes(await self.confirm(stranger, pupil, "HAVO")) == ["NOT_FOUND"]
        monitor = await world.staff(Role.PO_MONITOR, primary_school_id=world.primary.id)
        query = 'mutation { confirmTestAdvice(input: {pupilId: "%s", advice: "HAVO"}) { errors { code } } }'
        for person in (monitor, await world.vo_staff(), world.nobody()):
            assert (await person.post(query % pupil.id)).status_code == 400
        assert (await result_of(pupil)).advice_id is None
        assert await AuditEntry.filter(act="confirmTestAdvice").count() == 0

    async def test_is_confirmed_as_an_advice_of_the_list(self, world: World) -> None:
        pupil, editor = await known(world), await world.editor()
        await deliver(world, message(advice="havo+"))
        refused = await self.confirm(editor, pupil, "HAVO+")
        assert [(error["code"], error["path"]) for error in refused["errors"]] == [
            ("INVALID_VALUE", ["advice"])
        ]

    async def test_is_another_thing_than_one_that_was_read(self, world: World) -> None:
        pupil, editor = await known(world), await world.editor()
        assert codes(await self.confirm(editor, pupil, "HAVO")) == ["NOT_FOUND"]
        await deliver(world, message(advice="vwo"))
        assert codes(await self.confirm(editor, pupil, "HAVO")) == ["STATE_CONFLICT"]
        listed = await world.pupil()
        assert codes(await self.confirm(editor, listed, "VWO")) == ["STATE_CONFLICT"]
        assert (await result_of(pupil)).advice_id == "VWO"
