"""Rule 39: the script in docs/ keeps a table up to date, whatever happens meanwhile."""

import asyncio
import json
import random
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from models import Enrolment, OkiDoc, Pupil
from resolvers import clock
from rules.vocabulary import Role
from tests.journeys.handling import AFTER_CENTRAL, HANDLING, act, child, handle, listed
from tests.journeys.house import House
from tests.starting.running import ROOT
from tests.world import Person, World, at

STEPS, AT_A_TIME = 500, 50


async def granted(world: World) -> Any:
    """A machine as a region makes it: its user name and secret."""
    admin = await world.staff(Role.REGION_ADMIN, region_id=world.amstelland.id)
    schools = [str(world.schools[place].id) for place in range(2)]
    given = {"name": "Leerlingadministratie", "schoolIds": schools, "kinds": ["ENROLMENTS"]}
    return await admin.done("createIntegrator", "secret integrator { username }", **given)


async def run(house: House, made: Any, table: Path, *more: str, status: int = 0) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "docs" / "integrator.py"), f"http://127.0.0.1:{house.port}", made["integrator"]["username"], str(table), *more,
        env={"LOKET_SECRET": made["secret"]}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == status, said.decode()
    return said.decode()


class Spring:
    """Officers of two schools, a primary school and families, one step after the other, by chance."""

    def __init__(
        self, *, world: World, children: list[Pupil], officers: list[Person], editor: Person
    ) -> None:
        self.world = world
        self.children = children
        self.officers = officers
        self.editor = editor
        self.chance = random.Random(500)
        self.taken = 0

    async def step(self) -> None:
        pupil = self.chance.choice(self.children)
        school = self.chance.randrange(2)
        staff = self.officers[school]
        match self.chance.choice([*["place", "undo", "name"] * 3, "grant", "draw", "reassign", "withdraw"]):
            case "place":
                payload = await act(staff, "placePupil", pupil, **self.world.choice(school), track="Sport")
            case "undo":
                payload = await act(staff, "undoPlacement", pupil)
            case "draw":
                payload = await act(staff, "drawOutPupil", pupil)
            case "grant":
                payload = await act(
                    staff, "decidePriority", pupil, decision=self.chance.choice(["GRANT", "REJECT"])
                )
            case "reassign":
                payload = await act(self.officers[0], "reassign", pupil, **listed(1, self.world))
            case "withdraw" if self.chance.random() < 0.2:
                payload = await act(staff, "withdrawPupil", pupil, reason="Komt niet.")
            case "withdraw":
                return
            case _:
                version = (await OkiDoc.get(pupil_id=pupil.id)).version
                named = {"pupilId": str(pupil.id), "expectedVersion": version, "infix": f"van {self.taken}"}
                payload = await self.editor.do("updateOkiDoc", "pupil { id }", **named)
        self.taken += not payload["errors"]


async def test_ends_with_the_table_of_a_full_export_after_five_hundred_steps(
    world: World, house: House, tmp_path: Path
) -> None:
    children = [await child(world, first_name=f"Kind{number}", claim=number % 2 == 0) for number in range(20)]
    officers = [await handle(world), await world.vo_staff(1)]
    spring = Spring(world=world, children=children, officers=officers, editor=await world.editor())
    made = await granted(world)
    await house.start()
    table = tmp_path / "table.json"
    assert "20 rows came" in await run(house, made, table)
    left = 0
    for round_ in range(STEPS // AT_A_TIME):
        moment = AFTER_CENTRAL if round_ >= STEPS // AT_A_TIME // 2 else HANDLING
        # Steps go on while it reads.
        reading = asyncio.create_task(run(house, made, table))
        for number in range(AT_A_TIME):
            clock.stand_still(at=at(moment) + timedelta(seconds=round_ * AT_A_TIME + number))
            await spring.step()
        left += int((await reading).split(" rows came, ")[1].split()[0])
    said = await run(house, made, table)
    left += int(said.split(" rows came, ")[1].split()[0])
    assert spring.taken > STEPS // 5, "hardly a step was taken"
    assert left > 0, "nobody left"
    assert await Enrolment.filter(moved=True).exists()
    full = tmp_path / "full.json"
    await run(house, made, full)
    kept, fresh = (json.loads(path.read_text())["rows"] for path in (table, full))
    assert kept == fresh
    assert 0 < len(fresh) < 20
    assert "0 rows came, 0 left" in await run(house, made, table)
    other = await run(house, made, table, "--export", "exportWithdrawn", status=1)
    assert "a file of its own" in other
