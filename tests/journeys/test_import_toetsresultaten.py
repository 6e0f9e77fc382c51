"""Deliveries of test results: to their child, to the tray, or said why not; the last one wins."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

import commands
from models import AuditEntry, PrimarySchool, Pupil, SchoolYear
from models import TestResult as Result
from models.statements import Connection
from resolvers.imports import result_in_words, take_results
from resolvers.imports.batch import Batch
from resolvers.imports.result_report import Became
from settings import load
from tests.imports.messages import message, published, written
from tests.journeys.deliveries import EARLY, LATE, became, deliver, elsewhere, everything, known, result_of
from tests.world import World

__all__ = ["published"]

ROOT = Path(__file__).resolve().parents[2]


class TestADelivery:
    async def test_goes_to_the_child_with_its_eck_id(self, world: World) -> None:
        noor, other = await known(world), await known(world, eck_id="eck-sem")
        report = await deliver(world, message(advice="havo"))
        assert list(result_in_words(report=report)) == [
            f"{report.filename}, bericht 1 (leerling {noor.elk_number}): ingelezen.",
            "toetsresultaten: 1 nieuw, 0 gewijzigd, 0 ongewijzigd, 0 wachten op hun leerling, 0 niet ingelezen.",
        ]
        assert report.is_right
        found = await result_of(noor)
        assert (found.advice_id, found.test_code, found.primary_school_id) == (
            "HAVO",
            "ROUTE_8",
            world.primary.id,
        )
        assert not await Result.filter(pupil_id=other.id).exists()

    async def test_goes_to_the_child_with_its_key_at_the_school_that_was_named(self, world: World) -> None:
        noor = await known(world, eck_id="", school_key="4711")
        await known(world, eck_id="", school_key="4711", school=await elsewhere(world))
        given = message(eck_id="", school_key="4711")
        assert await became(world, given, school="12AB") == [Became.NEW]
        assert (await result_of(noor)).advice_id == "VWO"
        assert await Result.all().count() == 1

    async def test_goes_to_the_school_that_its_routing_names(self, world: World) -> None:
        noor = await known(world, eck_id="", school_key="4711")
        given = message(eck_id="", school_key="4711", **{"edu-to": "0000000700012AB00530"})
        assert await became(world, given) == [Became.NEW]
        assert (await result_of(noor)).advice_id == "VWO"

    async def test_goes_by_the_eck_id_where_the_key_says_somebody_else(self, world: World) -> None:
        noor = await known(world, eck_id="eck-noor", school_key="1")
        await known(world, eck_id="eck-sem", school_key="2")
        assert await became(world, message(school_key="2"), school="12AB00") == [Became.NEW]
        assert (await result_of(noor)).advice_id == "VWO"

    async def test_leaves_a_trace_without_what_nobody_may_read_there(self, world: World) -> None:
        noor = await known(world)
        await deliver(world, message(advice="havo"))
        entry = await AuditEntry.get(act="importToetsresultaten")
        assert (entry.entity, entry.pupil_id, entry.region_id) == ("TestResult", noor.id, world.amstelland.id)
        assert entry.after["advice_id"] == "HAVO"
        said = str(entry.after)
        assert "eck-noor" not in said
        assert "212" not in entry.after["content"]

    async def test_changes_nothing_of_the_child_whatever_it_says(self, world: World) -> None:
        noor = await known(world, advice="VWO")
        assert await became(world, message(advice="vmbo-bb")) == [Became.NEW]
        after = await Pupil.get(id=noor.id)
        assert (after.advice_id, after.provisional_advice_id, after.updated_at) == (
            "VWO",
            "VWO",
            noor.updated_at,
        )

    async def test_that_is_higher_says_that_the_school_must_reconsider(self, world: World) -> None:
        await known(world, advice="HAVO")
        (line,) = (await deliver(world, message(advice="vwo"))).lines
        assert "heroverwegen" in str(line)
        (line,) = (await deliver(world, message(advice="havo", at=LATE))).lines
        assert "heroverwegen" not in str(line)

    async def test_as_published_is_taken(self, world: World, published: dict[str, Any]) -> None:
        noor = await known(world, eck_id="leerling-abc123")
        (line,) = (await deliver(world, published)).lines
        assert str(line).endswith(
            "niet ingelezen. Dit resultaat is van het schooljaar 2025-2026, niet van 2026-2027."
        )
        await SchoolYear.filter(id=world.year.id).update(name="2025-2026")
        assert await became(world, published) == [Became.NEW]
        found = await result_of(noor)
        assert (found.advice_id, found.test_code) == ("VWO", "ICE")


class TestTheLastDelivery:
    async def test_wins_in_whatever_order_they_come(self, world: World) -> None:
        noor = await known(world)
        early, late = message(advice="havo", at=EARLY), message(advice="vwo", at=LATE)
        assert await became(world, late) == [Became.NEW]
        before = await everything()
        assert await became(world, early) == [Became.OLDER]
        assert await everything() == before
        assert (await result_of(noor)).advice_id == "VWO"

    async def test_replaces_the_one_before(self, world: World) -> None:
        noor = await known(world)
        early, late = message(advice="vwo", at=EARLY), message(advice="havo", at=LATE)
        assert await became(world, early) == [Became.NEW]
        assert await became(world, late) == [Became.CHANGED]
        assert (await result_of(noor)).advice_id == "HAVO"
        entry = await AuditEntry.filter(entity="TestResult").order_by("-id").first()
        assert entry is not None
        assert (entry.before["advice_id"], entry.after["advice_id"]) == ("VWO", "HAVO")

    @pytest.mark.parametrize("turned", [False, True])
    async def test_wins_within_one_file(self, world: World, turned: bool) -> None:
        noor = await known(world)
        both = [message(advice="havo", at=EARLY), message(advice="vwo", at=LATE)]
        found = [Became.OLDER, Became.NEW]
        assert await became(world, *(both[::-1] if turned else both)) == (found[::-1] if turned else found)
        assert (await result_of(noor)).advice_id == "VWO"
        assert await AuditEntry.filter(entity="TestResult").count() == 1

    async def test_that_comes_twice_changes_nothing(self, world: World) -> None:
        await known(world)
        files = [message(), message(eck_id="eck-nobody"), message(eck_id="", school_key="9")]
        assert await became(world, *files, school="12AB") == [Became.NEW, Became.WAITS, Became.WAITS]
        before = await everything()
        assert await became(world, *files, *files, school="12AB") == [Became.SAME] * 6
        assert await everything() == before

    async def test_of_the_same_moment_as_another_stays_out_and_that_is_said(self, world: World) -> None:
        noor = await known(world)
        await deliver(world, message(advice="havo"))
        (line,) = (await deliver(world, message(advice="vwo"))).lines
        assert line.became is Became.OLDER
        assert "hetzelfde moment" in str(line)
        assert (await result_of(noor)).advice_id == "HAVO"

    async def test_goes_before_what_a_schools_list_said_however_early_it_is(self, world: World) -> None:
        noor = await known(world)
        await Result.create(
            id=uuid4(),
            pupil=noor,
            school_year=world.year,
            advice_id="VWO",
            delivered_at="2027-03-01T00:00:00Z",
        )
        assert await became(world, message(advice="havo", at=EARLY)) == [Became.CHANGED]
        assert (await result_of(noor)).advice_id == "HAVO"


class TestWhatIsNotTaken:
    async def refused(self, world: World, *messages: Any, **options: Any) -> str:
        """The reason, with nothing written."""
        before = await everything()
        report = await deliver(world, *messages, **options)
        assert not report.is_right
        assert await everything() == before
        return report.problem or " ".join(map(str, report.lines))

    async def test_is_a_result_of_another_school(self, world: World) -> None:
        await known(world, school=await elsewhere(world))
        assert "van een andere school" in await self.refused(world, message(), school="12AB")
        sent = message(**{"edu-to": "0000000700012AB00530"})
        assert "van een andere school: De Peppel" in await self.refused(world, sent, school="99ZZ")
        sent = message(**{"edu-to": "0000000700077QQ00530"})
        assert "andere school (77QQ00)" in await self.refused(world, sent)

    async def test_is_a_key_that_says_somebody_else_than_the_eck_id_elsewhere(self, world: World) -> None:
        await known(world, eck_id="", school_key="4711")
        await known(world, eck_id="eck-noor", school=await elsewhere(world))
        assert "andere school" in await self.refused(world, message(school_key="4711"), school="12AB")

    async def test_is_a_result_of_another_region_where_one_was_named(self, world: World) -> None:
        await known(world)
        assert "niet bij de regio AMSTERDAM" in await self.refused(world, message(), region="AMSTERDAM")
        assert await became(world, message(), region="AMSTELLAND") == [Became.NEW]

    async def test_is_a_result_of_an_older_year(self, world: World) -> None:
        said = await self.refused(world, message(school_year="2025-2026"))
        assert "van het schooljaar 2025-2026, niet van 2026-2027" in said

    async def test_is_anything_of_a_closed_year(self, world: World) -> None:
        await SchoolYear.filter(id=world.year.id).update(closed=True)
        assert "afgesloten" in await self.refused(world, message())

    async def test_is_a_result_that_is_not_definitive(self, world: World) -> None:
        await known(world)
        assert "niet definitief (versie: Voorlopig)" in await self.refused(
            world, message(edition="Voorlopig")
        )

    async def test_is_a_result_with_a_date_to_come(self, world: World) -> None:
        await known(world)
        assert "nog moet komen" in await self.refused(world, message(at="2027-03-19T09:00:00Z"))

    async def test_is_a_key_without_its_school(self, world: World) -> None:
        await known(world, eck_id="", school_key="4711")
        assert "--school" in await self.refused(world, message(eck_id="", school_key="4711"))

    async def test_is_a_result_that_two_children_claim(self, world: World) -> None:
        await known(world)
        await known(world)
        assert "twee leerlingen" in await self.refused(world, message())

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"school": "99ZZ"}, "geen basisschool"),
            ({"school": "de Peppel"}, "geen BRIN"),
            ({"school": "12AB", "region": "AMSTERDAM"}, "niet bij de regio"),
            ({"region": "UTRECHT"}, "onbekend"),
            ({"year": "2030-2031"}, "is er nog niet"),
        ],
    )
    async def test_is_a_file_for_which_something_else_was_said(
        self, world: World, options: dict[str, str], said: str
    ) -> None:
        assert said in await self.refused(world, message(), **options)

    async def test_is_a_file_of_a_school_with_several_places_until_one_is_named(self, world: World) -> None:
        await PrimarySchool.create(
            id=uuid4(), region=world.amstelland, brin="12AB", location="01", name="De Peppel West"
        )
        assert "Noem ook de vestiging" in await self.refused(world, message(), school="12AB")
        assert await became(world, message(), school="12AB01") == [Became.WAITS]

    async def test_stops_none_of_the_others(self, world: World) -> None:
        noor = await known(world)
        bad = message(eck_id="eck-sem")
        bad["toets"]["id"] = "CITO"
        found = await became(
            world, bad, "tekst", message(edition="concept"), message(), message(eck_id="eck-b")
        )
        assert found == [Became.NOT_TAKEN] * 3 + [Became.NEW, Became.WAITS]
        assert (await result_of(noor)).advice_id == "VWO"

    async def test_is_a_file_that_cannot_be_read(self, world: World, tmp_path: Path) -> None:
        report = await take_results(path=tmp_path / "nergens.json")
        assert "niet te openen" in report.problem
        (tmp_path / "leeg.json").write_bytes(b"")
        report = await take_results(path=tmp_path / "leeg.json")
        assert list(result_in_words(report=report)) == ["leeg.json: Het bestand is leeg."]


class TestAFile:
    async def test_is_written_whole_or_not_at_all(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await known(world)
        before = await everything()
        write = Batch.write

        async def breaks(batch: Batch) -> None:
            await write(batch)
            raise RuntimeError("the database went away")

        monkeypatch.setattr(Batch, "write", breaks)
        with pytest.raises(RuntimeError):
            await deliver(world, message(), message(eck_id="eck-b"))
        assert await everything() == before

    async def test_on_trial_says_the_same_and_leaves_nothing(self, world: World) -> None:
        await known(world)
        before = await everything()
        report = await deliver(world, message(), message(eck_id="eck-b"), dry_run=True)
        assert [line.became for line in report.lines] == [Became.NEW, Became.WAITS]
        assert list(result_in_words(report=report))[-1].endswith("(proef: niets opgeslagen).")
        assert await everything() == before

    async def test_takes_as_many_statements_for_two_messages_as_for_many(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said = await _statements(monkeypatch)
        for place in range(60):
            await known(world, eck_id=f"eck-{place}", first_name=f"Kind{place}")
        numbers = []
        for many in (range(1), range(1, 60)):
            said.clear()
            waiting = [message(eck_id=f"elders-{place}") for place in many]
            found = await became(world, *(message(eck_id=f"eck-{place}") for place in many), *waiting)
            assert set(found) == {Became.NEW, Became.WAITS}
            numbers.append(len(said))
        assert 5 < numbers[0] == numbers[1] <= 16, said

    async def test_waits_for_a_step_under_way_and_sees_what_it_did(self, world: World) -> None:
        noor = await known(world)
        step = await asyncpg.connect(load().database_url)
        try:
            async with step.transaction():
                await step.execute("SELECT 1 FROM pupil WHERE id = $1 FOR UPDATE", noor.id)
                motivated = (
                    "UPDATE pupil SET reconsideration_motivation = 'Zij kiest zelf havo.' WHERE id = $1"
                )
                await step.execute(motivated, noor.id)
                file = asyncio.create_task(deliver(world, message()))
                await asyncio.sleep(0.4)
                assert not file.done()
        finally:
            await step.close()
        assert [line.became for line in (await file).lines] == [Became.NEW]
        assert (await result_of(noor)).reopens

    @pytest.mark.long
    async def test_with_ten_thousand_results_is_taken_in(self, world: World) -> None:
        many = [message(eck_id=f"eck-{place}") for place in range(10_000)]
        assert set(await became(world, *many)) == {Became.WAITS}
        assert set(await became(world, *many)) == {Became.SAME}
        assert await Result.all().count() == 10_000


async def _statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the driver from now on, by this process."""
    said: list[str] = []
    for name in ("fetch", "execute", "executemany", "copy_records_to_table"):
        real = getattr(Connection, name)

        async def noted(self: Any, what: str, *rest: Any, _real: Any = real, **more: Any) -> Any:
            said.append(what)
            return await _real(self, what, *rest, **more)

        monkeypatch.setattr(Connection, name, noted)
    return said


class TestAtTheCommandLine:
    async def import_(self, *words: str) -> tuple[int, str, str]:
        """`./loket import toetsresultaten …`, in a process of its own."""
        command = (sys.executable, "cli.py", "import", "toetsresultaten", *words)
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=pipe, stderr=pipe)
        out, err = await asyncio.wait_for(process.communicate(), 120)
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    async def test_one_file_after_the_other_is_said_and_the_status_tells_whether_all_came_in(
        self, world: World, tmp_path: Path
    ) -> None:
        noor = await known(world, eck_id="", school_key="4711")
        given = message(eck_id="", school_key="4711", at="2024-02-10T11:44:00Z")
        for name, value in (("mis.json", "tekst"), ("goed.json", given)):
            (tmp_path / name).write_bytes(written(value))
        options = ("--school", "12ab00", "--region", "AMSTELLAND", "--year", "2026-2027")
        good, bad = str(tmp_path / "goed.json"), str(tmp_path / "mis.json")
        status, out, err = await self.import_(bad, good, "--dry-run", *options)
        assert (status, err, await Result.all().count()) == (1, "", 0)
        assert "mis.json, bericht 1: niet ingelezen. $: Hier hoort een blok gegevens" in out
        assert f"goed.json, bericht 1 (leerling {noor.elk_number}): ingelezen." in out
        assert (await self.import_(good, *options))[0] == 0
        assert (await result_of(noor)).advice_id == "VWO"
        status, out, _ = await self.import_(good, *options)
        assert (status, "stond er al zo" in out) == (0, True)

    async def test_a_school_is_for_messages_alone(self, world: World, tmp_path: Path) -> None:
        given = argparse.Namespace(kind="pupils", school="12AB", invite_teachers=False)
        assert commands.take_in(load(), given) == 2
        assert commands.take_in(load(), argparse.Namespace(kind="uitslagen", school=None)) == 2
