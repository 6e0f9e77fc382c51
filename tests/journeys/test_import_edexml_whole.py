"""Whole files: the official example, files that were damaged on the way, and the command that takes them."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports.edexml import Outcome
from models import (
    Account,
    AuditEntry,
    OkiDoc,
    OutboxMail,
    PrimarySchool,
    Pupil,
)
from resolvers.imports.edexml import run
from tests.imports.rosters import pupil, roster, teacher
from tests.journeys.roster_desk import (
    Desk,
    number,
    rows,
    told,
)
from tests.world import World


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class TestTheOfficialExample:
    @pytest.fixture
    def example(self, standards: Path) -> Path:
        return standards / "edexml" / "EDEXML.Voorbeeld.2.1.xml"

    async def test_is_reported_row_by_row(self, world: World, example: Path) -> None:
        report = await run(path=example, invite_teachers=True)
        school = "De basisschool 99ZZ00 is van geen regio in Loket."
        year = "Het bestand is van schooljaar 2014-2015, en niet van 2026-2027."
        assert list(map(str, report.rows)) == [
            f"regel 14, school 99ZZ00: niet ingelezen. {school} {year}",
            "regel 26, vestiging VH: gelezen.",
            "regel 29, vestiging VB: gelezen.",
            "regel 34, groep 001: gelezen.",
            "regel 38, samengestelde groep sg3: gelezen.",
            "regel 41, groep 002: gelezen.",
            "regel 45, groep 003: gelezen.",
            "regel 55, groep GRP4A: gelezen.",
            "regel 65, groep GRP4B: gelezen.",
            "regel 69, samengestelde groep sg1: gelezen.",
            "regel 72, samengestelde groep sg2: gelezen.",
            f"regel 77, leerling 00001: niet ingelezen. {school} {year} Deze leerling zit in groep 4.",
            f"regel 94, leerling 00002: niet ingelezen. {school} {year} Deze leerling zit in groep 4. De geboortedatum"
            " ontbreekt. Het BSN klopt niet (elfproef) en is niet bewaard. Controleer het.",
            f"regel 108, leerling 12345: niet ingelezen. {school} {year} Deze leerling staat als historisch in het"
            " bestand. Deze leerling heeft de school verlaten op 18-07-2014.",
            f"regel 136, leerkracht LK1: niet ingelezen. {school} {year}",
            f"regel 146, leerkracht LK2: niet ingelezen. {school} {year}",
            f"regel 159, leerkracht LK3: niet ingelezen. {school} {year}",
        ]
        assert await Pupil.all().count() == 0
        assert not re.search(r"\d{9}", told(report))

    async def test_of_a_school_that_is_there_still_is_of_another_year(
        self, world: World, example: Path
    ) -> None:
        await PrimarySchool.filter(id=world.primary.id).update(brin="99ZZ")
        report = await run(path=example)
        assert rows(report)["00001"].codes == {"OLDER_YEAR", "NOT_GROUP_8"}

    async def test_brought_to_this_year_and_group_8_is_taken_as_far_as_it_goes(
        self, world: World, desk: Desk, example: Path
    ) -> None:
        await PrimarySchool.filter(id=world.primary.id).update(brin="99ZZ")
        report = await desk.take(_of_this_year(example), invite_teachers=True)
        assert {key: row.outcome for key, row in rows(report).items()} == {
            "00001": Outcome.NEW,
            "00002": Outcome.REFUSED,
            "12345": Outcome.PASSED,
        }
        (wimpie,) = await Pupil.all()
        assert (wimpie.first_name, wimpie.infix, wimpie.last_name, wimpie.class_group) == (
            "Wimpie",
            "imp",
            "ie",
            "4B",
        )
        assert wimpie.eck_id.startswith("https://id.school/LL_")
        assert {key: row.codes for key, row in rows(report, "leerkracht").items()} == {
            "LK1": {"OTHER_ROLE"},
            "LK2": {"OTHER_ROLE"},
            "LK3": {"OTHER_ROLE"},
        }


def _of_this_year(example: Path) -> bytes:
    content = example.read_bytes().replace(b"2014-2015", b"2026-2027").replace(b"2006-06-21", b"2015-06-21")
    return content.replace(b"<jaargroep>4<", b"<jaargroep>8<")


class TestADamagedFile:
    CONTENT = roster(
        *(pupil(f"L{one}", roepnaam=f"Kind {one}", bsn=number(one)) for one in range(4)),
        pupil("L4", roepnaam="Zoë", uitstroomdatum="2027-07-31"),
        teachers=[teacher()],
    )

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        changes=st.lists(
            st.tuples(st.integers(0, len(CONTENT) - 1), st.sampled_from(b'0189aZ<>/"& \xc3\xff')),
            min_size=1,
            max_size=4,
        )
    )
    async def test_writes_children_whole_or_not_at_all(
        self, world: World, desk: Desk, changes: list[tuple[int, int]]
    ) -> None:
        content = bytearray(self.CONTENT)
        for place, letter in changes:
            content[place] = letter
        before = await Pupil.all().count()
        report = await desk.take(bytes(content), invite_teachers=True)
        children = await Pupil.all()
        assert len(children) - before == report.created
        assert await OkiDoc.all().count() == len(children)
        new = await AuditEntry.filter(entity="Pupil", before__isnull=True).count()
        assert new == len(children)
        for one in children:
            assert one.first_name
            assert one.last_name
            assert one.school_key
            assert (one.bsn_index is None) == (one.bsn_encrypted is None)
        assert await OutboxMail.all().count() == await Account.all().count()


class TestTheCommand:
    async def _typed(self, *words: str) -> tuple[int, str, str]:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "cli.py", "import", *words],
            env=dict(os.environ),
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.returncode, done.stdout, done.stderr

    async def test_takes_every_file_and_says_each_row(self, desk: Desk) -> None:
        bad = desk.file(b"<EDEX>", name="een.xml")
        good = desk.file(roster(pupil(), teachers=[teacher()]), name="twee.xml")
        words = ["edexml", str(bad), str(good), "--year", "2026-2027", "--invite-teachers"]
        status, out, err = await self._typed(*words, "--dry-run")
        assert (status, err, await Pupil.all().count()) == (1, "", 0)
        status, out, _ = await self._typed(*words)
        assert status == 1
        assert "een.xml, regel 1: Dit is geen goede XML" in out
        assert "regel 6, leerling L1: nieuw." in out
        assert out.splitlines()[-1] == (
            "EDEXML, leerlingen: 1 nieuw, 0 gewijzigd, 0 ongewijzigd, 0 overgeslagen, 0 niet ingelezen;"
            " leerkrachten: 1 uitgenodigd."
        )
        assert (await Pupil.all().count(), await OutboxMail.all().count()) == (1, 1)
        status, _, _ = await self._typed("edexml", str(good), "--year", "2026-2027")
        assert status == 0

    async def test_invites_from_no_other_file(self, desk: Desk) -> None:
        path = desk.file(b"x", name="x.csv")
        status, _, err = await self._typed("pupils", str(path), "--invite-teachers")
        assert (status, err) == (2, "import: --invite-teachers is for edexml\n")
