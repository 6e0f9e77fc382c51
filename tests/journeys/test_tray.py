"""A result whose child is not here yet waits in the tray of its school, and goes to the child when it comes."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from models import AuditEntry, OkiDoc, Pupil, SchoolYear
from models import TestResult as Result
from resolvers.imports import run
from resolvers.imports.result_report import Became
from rules.vocabulary import OkiDocStatus, Role
from tests.imports.messages import message
from tests.journeys.deliveries import EARLY, LATE, became, deliver, elsewhere, everything, known, result_of
from tests.statements import counted
from tests.world import Person, World


class TestWhatMatchesNobody:
    async def test_waits_at_the_school_it_was_sent_for(self, world: World) -> None:
        (line,) = (await deliver(world, message(school_key="4711"), school="12AB")).lines
        assert str(line) == "bericht 1 (ECK-iD eck-noor): wacht: deze leerling is nog niet bekend."
        found = await Result.get(pupil_id=None)
        assert (found.primary_school_id, found.eck_id, found.school_key) == (
            world.primary.id,
            "eck-noor",
            "4711",
        )

    async def test_waits_at_no_school_where_none_is_said(self, world: World) -> None:
        assert await became(world, message()) == [Became.WAITS]
        assert (await Result.get(pupil_id=None)).primary_school_id is None

    async def test_waits_once_and_the_last_delivery_waits(self, world: World) -> None:
        first = message(eck_id="", school_key="4711", advice="havo", at=EARLY)
        both = message(school_key="4711", advice="vwo", at=LATE)
        assert await became(world, first, school="12AB") == [Became.WAITS]
        assert await became(world, both, first, school="12AB") == [Became.WAITS, Became.OLDER]
        found = await Result.get(pupil_id=None)
        assert (found.advice_id, found.eck_id) == ("VWO", "eck-noor")
        again = message(advice="havo", at="2027-02-25T09:00:00Z")
        assert await became(world, again, school="12AB") == [Became.WAITS]
        assert (await Result.get(pupil_id=None)).advice_id == "HAVO"

    async def test_is_said_by_the_end_of_a_long_eck_id(self, world: World) -> None:
        long = "https://ketenid.nl/201703/" + "0f" * 64
        (line,) = (await deliver(world, message(eck_id=long))).lines
        assert line.whose == "ECK-iD …0f0f0f0f0f0f"


class TestAChildThatComesWithAFile:
    HEADER = "Roepnaam;Achternaam;Geboortedatum;BRIN;ECK iD;Leerlingnummer;Voorlopig advies;Definitief advies;Motivering\n"

    async def pupils(self, world: World, line: str, **options: Any) -> Any:
        path = world.mails_folder.parent / "pupils.csv"
        path.write_text(self.HEADER + line, "utf-8")
        return await run(kind="pupils", path=path, region="AMSTELLAND", **options)

    @pytest.mark.parametrize("keys", ["eck-noor;", ";4711", "eck-noor;4711"])
    async def test_takes_what_waits_for_it(self, world: World, keys: str) -> None:
        await deliver(world, message(school_key="4711", advice="havo"), school="12AB")
        report = await self.pupils(world, f"Noor;Berg;03-02-2015;12AB;{keys};havo;havo;\n")
        assert report.problems == []
        assert "gekoppeld" in str(report.notices[0])
        noor = await Pupil.get(first_name="Noor")
        assert (await result_of(noor)).advice_id == "HAVO"
        entry = await AuditEntry.get(act="importPupils", entity="TestResult")
        assert (entry.pupil_id, entry.after["advice_id"]) == (noor.id, "HAVO")
        traces = await AuditEntry.all().count()
        assert (await self.pupils(world, f"Noor;Berg;03-02-2015;12AB;{keys};havo;havo;\n")).unchanged == 1
        assert await AuditEntry.all().count() == traces

    async def test_takes_the_latest_of_two_and_the_other_is_gone(self, world: World) -> None:
        await deliver(world, message(advice="havo", at=EARLY))
        await deliver(world, message(advice="vwo", at=LATE), school="12AB")
        await self.pupils(world, "Noor;Berg;03-02-2015;12AB;eck-noor;;;;\n")
        assert (await Result.get()).advice_id == "VWO"
        assert await AuditEntry.filter(act="importPupils", entity="TestResult").count() == 2

    async def test_leaves_what_two_of_the_file_could_claim(self, world: World) -> None:
        await deliver(world, message())
        twice = "Noor;Berg;03-02-2015;12AB;eck-noor;;;;\nSem;Berg;03-02-2015;12AB;eck-noor;;;;\n"
        assert (await self.pupils(world, twice)).problems == []
        assert await Result.filter(pupil_id=None).count() == 1

    @pytest.mark.parametrize(
        "line",
        [
            "Noor;Berg;03-02-2015;99ZZ;eck-noor;4711;;;\n",
            "Noor;Berg;03-02-2015;12AB;eck-sem;4711;;;\n",
            "Noor;Berg;03-02-2015;12AB;;4712;;;\n",
        ],
    )
    async def test_takes_nothing_that_is_not_its_own(self, world: World, line: str) -> None:
        await elsewhere(world)
        await deliver(world, message(school_key="4711"), school="12AB")
        assert (await self.pupils(world, line)).problems == []
        assert await Result.filter(pupil_id=None).count() == 1

    async def test_with_an_advice_below_what_waits_is_named_and_nothing_is_written(
        self, world: World
    ) -> None:
        await deliver(world, message(advice="vwo"))
        before = await everything()
        report = await self.pupils(world, "Noor;Berg;03-02-2015;12AB;eck-noor;;havo;havo;\n")
        assert [(problem.line, problem.column) for problem in report.problems] == [(2, "Definitief advies")]
        assert await everything() == before
        assert not await Pupil.filter(first_name="Noor").exists()
        assert (
            await self.pupils(world, "Noor;Berg;03-02-2015;12AB;eck-noor;;havo;havo;Zij kiest zelf havo.\n")
        ).problems == []

    async def test_on_trial_leaves_what_waits(self, world: World) -> None:
        await deliver(world, message())
        await self.pupils(world, "Noor;Berg;03-02-2015;12AB;eck-noor;;;;\n", dry_run=True)
        assert await Result.filter(pupil_id=None).count() == 1


TRAY = "{ testResultTray { id eckId schoolKey testName advice adviceLabel adviceText deliveredAt } }"
NOOR = {"firstName": "Noor", "lastName": "Berg", "birthDate": "2015-02-03"}


class TestTheTray:
    async def test_shows_a_school_what_waits_for_its_pupils_the_newest_first(self, world: World) -> None:
        await deliver(world, message(school_key="4711", at=EARLY), message(eck_id="", school_key="9", advice="pro/vmbo-bb", at=LATE), school="12AB")  # fmt: skip
        editor = await world.editor()
        newest, oldest = (await editor.ask(TRAY))["testResultTray"]
        assert {name: newest[name] for name in newest if name != "id"} == {
            "eckId": "",
            "schoolKey": "9",
            "testName": "Route 8",
            "advice": None,
            "adviceLabel": None,
            "adviceText": "pro/vmbo-bb",
            "deliveredAt": "2027-02-20T08:00:00+00:00",
        }
        assert (oldest["eckId"], oldest["advice"], oldest["adviceLabel"]) == ("eck-noor", "VWO", "vwo")

    async def test_is_empty_for_another_school_and_holds_nothing_of_nobodys(self, world: World) -> None:
        await deliver(world, message(), school="12AB")
        await deliver(world, message(eck_id="eck-sem"))
        school = await elsewhere(world)
        stranger = await world.staff(Role.PO_EDITOR, primary_school_id=school.id)
        assert (await stranger.ask(TRAY))["testResultTray"] == []
        assert len((await (await world.editor()).ask(TRAY))["testResultTray"]) == 1

    async def test_is_of_this_year_and_of_no_child_that_is_here(self, world: World) -> None:
        await known(world)
        await deliver(world, message(), school="12AB")
        assert (await (await world.editor()).ask(TRAY))["testResultTray"] == []
        await deliver(world, message(eck_id="eck-sem"), school="12AB")
        before = await SchoolYear.create(
            id=uuid4(), name="2025-2026", starts_on=date(2025, 8, 1), ends_on=date(2026, 8, 1)
        )
        await Result.filter(pupil_id=None).update(school_year_id=before.id)
        assert (await (await world.editor()).ask(TRAY))["testResultTray"] == []

    async def test_is_there_for_no_other_role(self, world: World) -> None:
        pupil = await world.pupil()
        for person in (
            await world.staff(Role.PO_MONITOR, primary_school_id=world.primary.id),
            await world.vo_staff(),
            await world.staff(Role.REGION_ADMIN, region_id=world.amstelland.id),
            await world.parent(pupil),
            world.nobody(),
        ):
            assert (await person.post(TRAY)).status_code == 400

    async def test_has_bounds(self, world: World) -> None:
        editor = await world.editor()
        await deliver(world, message(), message(eck_id="eck-sem"), school="12AB")
        assert len((await editor.ask("{ testResultTray(first: 1) { id } }"))["testResultTray"]) == 1
        for first in (0, 201):
            (error,) = (await editor.post(f"{{ testResultTray(first: {first}) {{ id }} }}")).json()["errors"]
            assert error["extensions"]["code"] == "BAD_PAGE_SIZE"

    async def test_is_read_in_as_many_statements_whatever_it_holds(self, world: World) -> None:
        editor = await world.editor()
        await deliver(world, message(), school="12AB")
        async with counted() as few:
            await editor.ask(TRAY)
        await deliver(world, *(message(eck_id=f"eck-{place}") for place in range(40)), school="12AB")
        async with counted() as many:
            assert len((await editor.ask(TRAY))["testResultTray"]) == 41
        assert len(many) == len(few)


class TestAChildThatPoAdds:
    async def test_takes_what_waits_for_it(self, world: World) -> None:
        await deliver(world, message(advice="havo"), school="12AB")
        editor = await world.editor()
        fields = "pupil { id eckId schoolKey testResult { advice testName } reconsiderationOpen }"
        made = await editor.done("createPupil", fields, **NOOR, eckId="eck-noor", provisionalAdvice="HAVO")
        assert made["pupil"]["testResult"] == {"advice": "HAVO", "testName": "Route 8"}
        assert made["pupil"]["reconsiderationOpen"] is False
        assert (made["pupil"]["eckId"], made["pupil"]["schoolKey"]) == ("eck-noor", "")
        assert (await editor.ask(TRAY))["testResultTray"] == []
        entry = await AuditEntry.get(act="createPupil", entity="TestResult")
        assert (str(entry.pupil_id), entry.account_id) == (made["pupil"]["id"], editor.account_id)
        assert entry.after["advice_id"] == "HAVO"

    async def test_below_what_waits_is_refused_until_somebody_says_why(self, world: World) -> None:
        await deliver(world, message(advice="vwo"), school="12AB")
        editor = await world.editor()
        before = await everything()
        given = {**NOOR, "eckId": "eck-noor", "advice": "HAVO"}
        refused = await editor.do("createPupil", "pupil { id }", **given)
        assert [error["code"] for error in refused["errors"]] == ["RECONSIDERATION_NEEDED"]
        assert await everything() == before
        assert not await Pupil.filter(first_name="Noor").exists()
        fields = "pupil { advice reconsiderationOpen testResult { advice } }"
        made = await editor.done("createPupil", fields, **given, reconsiderationMotivation="Zij kiest havo.")
        assert made["pupil"] == {
            "advice": "HAVO",
            "reconsiderationOpen": False,
            "testResult": {"advice": "VWO"},
        }

    async def test_at_another_school_takes_nothing(self, world: World) -> None:
        await deliver(world, message(school_key="4711"), school="12AB")
        school = await elsewhere(world)
        stranger = await world.staff(Role.PO_EDITOR, primary_school_id=school.id)
        made = await stranger.done(
            "createPupil", "pupil { testResult { advice } }", **NOOR, eckId="eck-noor", schoolKey="4711"
        )
        assert made["pupil"]["testResult"] is None


class TestAChildThatGetsItsKeys:
    async def keys(self, editor: Person, pupil: Pupil, **given: Any) -> Any:
        fields = "pupil { eckId schoolKey testResult { advice } okiDoc { status version } }"
        return await editor.do("updateOkiDoc", fields, pupilId=str(pupil.id), expectedVersion=1, **given)

    async def test_takes_what_waits_and_its_oki_doc_stays_definitive(self, world: World) -> None:
        await deliver(world, message(eck_id="", school_key="4711"), school="12AB")
        pupil, editor = await known(world, eck_id=""), await world.editor()
        done = await self.keys(editor, pupil, schoolKey=" 4711 ")
        assert done["errors"] == []
        assert done["pupil"] == {
            "eckId": "",
            "schoolKey": "4711",
            "testResult": {"advice": "VWO"},
            "okiDoc": {"status": "FINAL", "version": 1},
        }
        acts = await AuditEntry.filter(act="updateOkiDoc").order_by("id")
        assert [entry.entity for entry in acts] == ["Pupil", "TestResult"]
        assert (await OkiDoc.get(pupil_id=pupil.id)).status is OkiDocStatus.FINAL

    async def test_of_another_school_is_not_found(self, world: World) -> None:
        await deliver(world, message())
        pupil = await known(world, eck_id="", school=await elsewhere(world))
        refused = await self.keys(await world.editor(), pupil, eckId="eck-noor")
        assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]
        assert await Result.filter(pupil_id=None).count() == 1

    async def test_that_are_too_long_are_named(self, world: World) -> None:
        pupil = await known(world, eck_id="")
        refused = await self.keys(await world.editor(), pupil, eckId="x" * 257)
        assert [(error["code"], error["path"]) for error in refused["errors"]] == [
            ("INVALID_VALUE", ["eckId"])
        ]

    async def test_gives_way_to_the_later_of_what_it_had_and_what_waited(self, world: World) -> None:
        pupil, editor = await known(world), await world.editor()
        await deliver(world, message(advice="havo", at=LATE))
        await deliver(world, message(eck_id="", school_key="4711", advice="vwo", at=EARLY), school="12AB")
        assert (await self.keys(editor, pupil, schoolKey="4711"))["errors"] == []
        assert (await result_of(pupil)).advice_id == "HAVO"
        assert await Result.all().count() == 1


class TestAResultAndItsChildThatComeAtOnce:
    async def test_always_find_each_other(self, world: World) -> None:
        """Rule 8 asks for the result: one that stays in the tray beside its child would never be found."""
        editor = await world.editor()
        for place in range(12):
            mark = f"eck-{place}"
            adding = editor.done("createPupil", "pupil { id }", **NOOR, eckId=mark)
            taking = deliver(world, message(eck_id=mark), school="12AB")
            await asyncio.gather(*((adding, taking) if place % 2 else (taking, adding)))
        assert await Result.filter(pupil_id=None).count() == 0
        assert await Result.all().count() == 12

    async def test_also_where_the_child_only_gets_its_key_then(self, world: World) -> None:
        editor = await world.editor()
        for place in range(12):
            pupil = await known(world, eck_id="")
            given = {"pupilId": str(pupil.id), "expectedVersion": 1, "eckId": f"eck-{place}"}
            setting = editor.done("updateOkiDoc", "pupil { id }", **given)
            taking = deliver(world, message(eck_id=f"eck-{place}"), school="12AB")
            await asyncio.gather(*((setting, taking) if place % 2 else (taking, setting)))
        assert await Result.filter(pupil_id=None).count() == 0
