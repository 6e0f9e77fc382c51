"""Rule 39: a file is made once, whole, by whichever worker lives, for who may have it at that moment."""

import asyncio
import os
import random
import signal
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import obstore
import pytest

from benchmarks.exports_data import multiply
from exports.lists import LISTS
from models import Account, Export
from resolvers import clock, files
from rules.vocabulary import ExportKind, FileFormat, JobStatus, Role
from tests.journeys.applied import applied, officer
from tests.journeys.exported import CREATE, ONE, in_csv, in_xlsx, of_csv, of_xlsx, rows
from tests.journeys.house import House
from tests.world import Person, World
from workers import exporting, housekeeping, lease
from workers.drain import drain


async def asked(person: Person, kind: str = "ENROLMENTS", format: str = "CSV", **given: Any) -> Any:
    return (await person.done("createExport", CREATE, kind=kind, format=format, **given))["export"]


async def ready(world: World, person: Person, **given: Any) -> Any:
    made = await asked(person, **given)
    await drain(settings=world.settings)
    return (await person.ask(ONE, id=made["id"]))["export"]


class TestALink:
    async def test_gives_the_file_by_parts_and_says_which_it_is(self, world: World) -> None:
        await applied(world)
        export = await ready(world, await officer(world))
        assert (export["status"], export["rowCount"]) == ("READY", 1)
        link = urlsplit(export["url"]).path
        whole = await world.http.get(link)
        part = await world.http.get(link, headers={"Range": "bytes=10-", "If-Range": whole.headers["etag"]})
        assert (part.status_code, part.content) == (206, whole.content[10:])
        assert whole.headers["content-type"].startswith("text/csv")

    async def test_is_worth_nothing_forged_or_to_another(self, world: World) -> None:
        export = await ready(world, await officer(world))
        link = urlsplit(export["url"]).path
        forged = link[:-9] + ("A" if link[-9] != "A" else "B") + link[-8:]
        assert (await world.http.get(forged)).status_code == 404
        assert (await (await officer(world)).ask(ONE, id=export["id"]))["export"] is None

    @pytest.mark.parametrize(
        "taken",
        [
            {"role": Role.PO_EDITOR, "secondary_school_id": None},
            {"active": False},
            {"secondary_school_id": 1},
        ],
    )
    async def test_ends_the_second_that_a_role_or_school_is_taken_away(
        self, world: World, taken: dict[str, Any]
    ) -> None:
        await applied(world)
        staff = await officer(world)
        export = await ready(world, staff)
        waiting = await asked(staff)
        link = urlsplit(export["url"]).path
        assert (await world.http.get(link)).status_code == 200
        if taken.get("secondary_school_id"):
            taken = {"secondary_school_id": world.schools[1].id}
        # A session does not know its account's id here: the newest officer it is.
        account = (await Export.get(id=export["id"])).requested_by_id
        await Account.filter(id=account).update(**taken)
        assert (await world.http.get(link)).status_code == 404
        await drain(settings=world.settings)
        assert (await Export.get(id=waiting["id"])).status is JobStatus.FAILED

    async def test_is_given_for_a_quarter_and_then_the_file_goes(self, world: World) -> None:
        staff = await officer(world)
        export = await ready(world, staff)
        link = urlsplit(export["url"]).path
        past = clock.real_now() - timedelta(minutes=15)
        await Export.filter(id=export["id"]).update(ready_at=past)
        later = (await staff.ask(ONE, id=export["id"]))["export"]
        assert (later["status"], later["url"], later["rowCount"]) == ("READY", None, 0)
        await housekeeping.sweep(store=files.store())
        assert (await world.http.get(link)).status_code == 200, "a link that was given works as long again"
        await Export.filter(id=export["id"]).update(ready_at=past - timedelta(minutes=15))
        await housekeeping.sweep(store=files.store())
        assert (await world.http.get(link)).status_code == 404
        assert await stored(export["id"]) == []


async def stored(export_id: str) -> list[Any]:
    found = await obstore.list(files.store()._store, prefix=f"exports/{export_id}").collect_async()
    return list(found)


class TestAsking:
    async def test_too_often_is_refused(self, world: World) -> None:
        staff = await officer(world)
        for _ in range(5):
            await asked(staff)
        refused = await staff.do("createExport", CREATE, kind="ENROLMENTS", format="XLSX")
        assert [error["code"] for error in refused["errors"]] == ["TOO_MANY_EXPORTS"]
        await drain(settings=world.settings)
        await asked(staff)

    @pytest.mark.parametrize("reason", ["voor 111222333", "BSN 111.222.333", "x" * 301])
    async def test_with_a_reason_that_the_audit_may_not_keep_is_refused(
        self, world: World, reason: str
    ) -> None:
        staff = await officer(world)
        given = {"kind": "OUTSIDE_PUPILS", "format": "CSV", "reason": reason}
        refused = await staff.do("createExport", CREATE, **given)
        assert [(one["code"], one["path"]) for one in refused["errors"]] == [("INVALID_VALUE", ["reason"])]
        assert "111" not in refused["errors"][0]["message"]

    async def test_of_a_year_that_is_not_there_is_refused(self, world: World) -> None:
        staff = await officer(world)
        refused = await staff.do(
            "createExport", CREATE, kind="ENROLMENTS", format="CSV", schoolYear="1999-2000"
        )
        assert [(one["code"], one["path"]) for one in refused["errors"]] == [("NOT_FOUND", ["schoolYear"])]


class TestAWorkerThatIsKilled:
    async def test_while_it_makes_twenty_leaves_twenty_right_files(self, world: World, house: House) -> None:
        for number in range(40):
            await applied(world, first_name=f"Kind{number}", form={"is_multiple": number % 3 == 0})
        kinds = [ExportKind.ENROLMENTS, ExportKind.DECENTRAL_LOTTERY, ExportKind.OUTSIDE_PUPILS]
        officers = [await officer(world) for _ in range(4)]
        wanted = {
            (await asked(person, kinds[number % 3].value, "CSV" if number % 2 else "XLSX"))["id"]: person
            for person in officers
            for number in range(5)
        }
        chance = random.Random(39)
        kills = 0
        while await Export.filter(status__in=[JobStatus.QUEUED, JobStatus.RUNNING]).exists():
            assert kills < 40
            process = house.start_worker()
            begun = await lease.fetch("SELECT coalesce(sum(attempts), 0) AS n FROM export")
            async with asyncio.timeout(60):
                while (await lease.fetch("SELECT sum(attempts) AS n FROM export"))[0]["n"] == begun[0]["n"]:
                    assert process.runs, process.said()
                    await asyncio.sleep(0.002)
            await asyncio.sleep(chance.uniform(0, 0.6))
            process.tell(signal.SIGKILL)
            process.ended()
            kills += 1
            # As if the lease's time had passed, and with tries enough for all these kills.
            await Export.all().update(lease_until=None, attempts=0)
        assert kills > 2
        for export in await Export.all():
            person = wanted[str(export.id)]
            seen = (await person.ask(ONE, id=str(export.id)))["export"]
            got = await world.http.get(urlsplit(seen["url"]).path)
            nodes = await rows(person, export.kind)
            assert seen["rowCount"] == len(nodes)
            in_file, show = (of_csv, in_csv) if export.format is FileFormat.CSV else (of_xlsx, in_xlsx)
            shown: list[Any] = [show(export.kind, Role.VO_STAFF, node) for node in nodes]
            key = LISTS[export.kind].columns[0].header
            assert sorted(in_file(got.content), key=lambda row: str(row[key])) == sorted(
                shown, key=lambda row: str(row[key])
            )
            assert len(await stored(str(export.id))) == 1

    async def test_and_comes_back_late_changes_nothing(self, world: World) -> None:
        """Whoever lost the lease stores nothing that is shown."""
        staff = await officer(world)
        made = await asked(staff)
        token, rows_ = await lease.claim(
            table="export", waiting="status = 'QUEUED'", columns=["id", "due_at"], seconds=15, limit=1
        )
        assert rows_[0]["id"] == UUID(made["id"])
        await Export.all().update(lease_until=None)
        await drain(settings=world.settings)
        kept = await Export.get(id=made["id"])
        assert not await Export.filter(id=made["id"], lease_token=token).update(storage_key="other")
        assert (await Export.get(id=made["id"])).storage_key == kept.storage_key


class TestALargeOne:
    async def test_tells_how_far_it_is_and_lets_small_ones_by(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await applied(world)
        admin = await world.staff(Role.REGION_ADMIN, region_id=world.amstelland.id)
        staff = await officer(world, 1)
        owner = await asyncpg.connect(os.environ["DATABASE_OWNER_URL"])
        try:
            await multiply(owner, rows=8000)
        finally:
            await owner.close()
        monkeypatch.setattr(exporting, "BEAT_SECONDS", 0.005)
        monkeypatch.setattr(exporting, "BATCH", 200)
        large = await asked(admin, format="XLSX")
        making = asyncio.create_task(drain(settings=world.settings))
        seen: list[int] = []
        small: str | None = None
        overtaken = False
        while not making.done():
            export = (await admin.ask(ONE, id=large["id"]))["export"]
            seen.append(export["progress"])
            if small is None and export["status"] == "RUNNING":
                small = (await asked(staff))["id"]
            elif small is not None and export["status"] == "RUNNING":
                overtaken |= (await staff.ask(ONE, id=small))["export"]["status"] == "READY"
            await asyncio.sleep(0.01)
        await making
        assert len({one for one in seen if 0 < one < 100}) > 1, seen
        assert seen == sorted(seen)
        assert overtaken
        assert (await admin.ask(ONE, id=large["id"]))["export"]["rowCount"] == 8001
