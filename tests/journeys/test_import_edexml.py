"""A school's own export comes in: group 8 becomes pupils, each row says what was taken or why not."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from imports.edexml import Outcome
from models import (
    Account,
    AuditEntry,
    OkiDoc,
    PrimarySchool,
    Pupil,
    SchoolYear,
)
from resolvers.imports.edexml import run
from rules.vocabulary import OkiDocStatus, PupilOrigin
from settings import load
from tests.imports.rosters import combined_group, group, pupil, roster, teacher
from tests.journeys.roster_desk import (
    NUMBER,
    OTHER_NUMBER,
    Desk,
    child,
    counts,
    number,
    rows,
    statements,
    told,
    traces,
    vault,
)
from tests.world import World


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class TestANewChild:
    async def test_of_group_8_stands_with_an_oki_doc_as_concept_and_the_next_number(
        self, world: World, desk: Desk
    ) -> None:
        await world.pupil(first_name="Bo", last_name="Kaya")
        report = await desk.right(
            roster(
                pupil("L1", eck_id="https://id.school/abc", bsn=NUMBER, voornamen="Noor Anna"),
                pupil("L2", roepnaam="Łukasz", achternaam="O'Neill-李", voorvoegsel="van 't", geslacht=1),
                pupil("L3", roepnaam="Cas", jaargroep=4),
            )
        )
        assert counts(report) == (2, 0, 0)
        noor = await child()
        assert (noor.elk_number, noor.origin) == ("10002", PupilOrigin.HOME)
        assert (noor.primary_school_id, noor.region_id, noor.group_id, noor.school_year_id) == (
            world.primary.id,
            world.amstelland.id,
            world.group.id,
            world.year.id,
        )
        assert (noor.first_name, noor.official_names, noor.infix, noor.last_name) == (
            "Noor",
            "Noor Anna",
            "van der",
            "Berg",
        )
        assert (noor.birth_date, noor.gender, noor.class_group) == (date(2015, 2, 3), "V", "8a")
        assert (noor.eck_id, noor.bsn_doubtful) == ("https://id.school/abc", False)
        assert noor.sort_name == "berg noor van der"
        oki_doc = await OkiDoc.get(pupil_id=noor.id)
        assert (oki_doc.status, oki_doc.version, oki_doc.sections) == (OkiDocStatus.CONCEPT, 1, {})
        other = await child("L2")
        assert (other.elk_number, other.first_name, other.infix, other.last_name) == (
            "10003",
            "Łukasz",
            "van 't",
            "O'Neill-李",
        )
        assert [(row.outcome, "10002" in str(row)) for row in rows(report).values()] == [
            (Outcome.NEW, True),
            (Outcome.NEW, False),
            (Outcome.PASSED, False),
        ]
        assert str(rows(report)["L3"]) == "regel 8, leerling L3: overgeslagen. Deze leerling zit in groep 4."
        assert "2 nieuw, 0 gewijzigd, 0 ongewijzigd, 1 overgeslagen, 0 niet ingelezen" in told(report)

    async def test_has_keys_and_a_group_as_long_as_the_standard_allows(self, desk: Desk) -> None:
        long = {"key": "k" * 256, "eck_id": "e" * 256}
        await desk.right(roster(pupil(**long), groups=[group(name="g" * 64)]))  # type: ignore[arg-type]
        noor = await child("k" * 256)
        assert (noor.eck_id, noor.class_group) == ("e" * 256, "g" * 64)

    async def test_is_seen_by_its_school_at_once(self, world: World, desk: Desk) -> None:
        editor = await world.editor()
        await desk.right(roster(pupil(roepnaam="Yiğit")))
        seen = await editor.ask("{ pupils { nodes { firstName elkNumber group okiDoc { status } } } }")
        assert seen["pupils"]["nodes"] == [
            {"firstName": "Yiğit", "elkNumber": "10000", "group": "8a", "okiDoc": {"status": "CONCEPT"}}
        ]

    async def test_has_its_bsn_encrypted_and_nowhere_in_the_audit_or_the_report(self, desk: Desk) -> None:
        report = await desk.right(roster(pupil(bsn=NUMBER)))
        noor = await child()
        assert noor.bsn_encrypted is not None
        assert vault().decrypt(encrypted=noor.bsn_encrypted) == NUMBER
        (entry,) = await AuditEntry.filter(pupil_id=noor.id)
        assert (entry.act, entry.entity, entry.before) == ("importEdexml", "Pupil", None)
        assert (entry.region_id, entry.after["file"], entry.after["line"]) == (
            noor.region_id,
            "school.xml",
            6,
        )
        assert entry.after["first_name"] == "Noor"
        assert NUMBER not in f"{entry.after} {told(report)}"

    async def test_without_a_bsn_that_is_right_comes_in_marked(self, desk: Desk) -> None:
        content = roster(pupil("L1"), pupil("L2", roepnaam="Bo", bsn="133456785"))
        report = await desk.right(content)
        marked = {one.school_key: (one.bsn_doubtful, one.bsn_index) for one in await Pupil.all()}
        assert marked == {"L1": (False, None), "L2": (True, None)}
        assert "133456785" not in told(report) + str([entry.after for entry in await AuditEntry.all()])
        # Once it is right the mark goes; a number that fails takes no good one away.
        await desk.right(content.replace(b"133456785", OTHER_NUMBER.encode()))
        assert (await child("L2")).bsn_doubtful is False
        report = await desk.right(content)
        assert counts(report) == (0, 0, 2)
        assert (await child("L2")).bsn_index is not None
        assert (await child("L2")).bsn_doubtful is False

    async def test_with_a_missing_birth_date_waits_and_the_others_come_in(self, desk: Desk) -> None:
        report = await desk.take(
            roster(
                pupil("L1", geboortedatum=None),
                pupil("L2", roepnaam="Bo"),
                pupil("L3", geboortedatum="0203-02-03"),
            )
        )
        assert [row.outcome for row in rows(report).values()] == [
            Outcome.REFUSED,
            Outcome.NEW,
            Outcome.REFUSED,
        ]
        assert [row.codes for row in rows(report).values()] == [
            {"NO_BIRTH_DATE"},
            {"ELK_NUMBER"},
            {"IMPOSSIBLE_AGE"},
        ]
        assert [one.school_key for one in await Pupil.all()] == ["L2"]
        assert not report.is_right

    async def test_that_left_the_school_is_passed_by_from_that_day_on(self, desk: Desk) -> None:
        report = await desk.right(
            roster(
                pupil("L1", uitstroomdatum="2027-03-17"),
                pupil("L2", roepnaam="Bo", uitstroomdatum="2027-03-18"),
            )
        )
        assert [row.outcome for row in rows(report).values()] == [Outcome.PASSED, Outcome.NEW]
        assert "17-03-2027" in str(rows(report)["L1"])

    async def test_gets_no_number_when_all_are_used(self, world: World, desk: Desk) -> None:
        await world.pupil(first_name="Kim", last_name="Dekker")
        connection = await asyncpg.connect(load().database_url)
        await connection.execute(
            "INSERT INTO pupil SELECT (another).* FROM (SELECT jsonb_populate_record(pupil, jsonb_build_object("
            "'id', gen_random_uuid(), 'elk_number', number)) AS another"
            " FROM pupil, generate_series(10000, 99998) number WHERE number <> 10001) others"
        )
        await connection.close()
        report = await desk.take(roster(pupil("L1"), pupil("L2", roepnaam="Bo")))
        assert [row.codes for row in rows(report).values()] == [{"ELK_NUMBER"}, {"NUMBERS_USED_UP"}]
        assert await Pupil.filter(school_key="L2").count() == 0


class TestTheFile:
    @pytest.mark.parametrize(
        ("options", "code"),
        [
            ({"brin": "99ZZ"}, "OTHER_SCHOOL"),
            ({"location": "01"}, "OTHER_SCHOOL"),
            ({"year": "2025-2026"}, "OLDER_YEAR"),
            ({"year": "2027-2028"}, "NEWER_YEAR"),
        ],
    )
    async def test_of_another_school_or_year_is_not_taken_and_every_row_says_so(
        self, world: World, desk: Desk, options: dict[str, str], code: str
    ) -> None:
        before = await traces()
        content = roster(pupil(), pupil("L2", jaargroep=3), teachers=[teacher()], **options)  # type: ignore[arg-type]
        report = await desk.take(content, invite_teachers=True)
        assert rows(report, "school").popitem()[1].codes == {code}
        assert rows(report)["L1"].codes == {code}
        assert rows(report)["L2"].codes == {code, "NOT_GROUP_8"}
        assert rows(report, "leerkracht")["T1"].codes == {code}
        assert (await Pupil.all().count(), await traces(), await Account.all().count()) == (0, before, 0)
        assert not report.is_right

    async def test_names_both_school_and_year(self, desk: Desk) -> None:
        report = await desk.take(roster(pupil(), brin="99ZZ", year="2014-2015"))
        assert rows(report)["L1"].codes == {"OTHER_SCHOOL", "OLDER_YEAR"}

    async def test_of_a_school_of_another_region_than_asked_for(self, desk: Desk) -> None:
        report = await desk.take(roster(pupil()), region="AMSTERDAM")
        assert rows(report)["L1"].codes == {"OTHER_SCHOOL"}
        assert counts(await desk.right(roster(pupil()), region="AMSTELLAND")) == (1, 0, 0)
        report = await desk.take(roster(pupil()), region="UTRECHT")
        assert "onbekend" in told(report)

    async def test_of_a_location_that_is_not_there_says_which_are(self, world: World, desk: Desk) -> None:
        await PrimarySchool.filter(id=world.primary.id).update(location="02")
        report = await desk.take(roster(pupil()))
        assert "kent Loket vestiging 02" in str(rows(report, "school").popitem()[1])
        assert counts(await desk.right(roster(pupil(), location="02"))) == (1, 0, 0)

    async def test_of_the_year_asked_for_is_taken(self, world: World, desk: Desk) -> None:
        await SchoolYear.create(
            id=uuid4(), name="2027-2028", starts_on=date(2027, 8, 1), ends_on=date(2028, 8, 1)
        )
        content = roster(pupil(geboortedatum="2016-02-03"), year="2027-2028")
        assert counts(await desk.right(content, year="2027-2028")) == (1, 0, 0)
        assert (await child()).school_year_id != world.year.id

    async def test_of_a_closed_year_is_refused(self, world: World, desk: Desk) -> None:
        await SchoolYear.filter(id=world.year.id).update(closed=True)
        report = await desk.take(roster(pupil()))
        assert rows(report)["L1"].codes == {"YEAR_CLOSED"}

    async def test_names_once_what_it_leaves_out(self, desk: Desk) -> None:
        extra = "<land>NL</land><hobby>judo</hobby><toevoegingen><blok><code>x</code></blok></toevoegingen>"
        report = await desk.right(
            roster(
                pupil("L1", extra=extra, group="78", combined=["plus"]),
                pupil("L2", roepnaam="Bo", extra=extra),
                groups=[group(), group("78", year="C"), combined_group("plus")],
                locations='<vestigingen><vestiging key="v"><naam>Noord</naam></vestiging></vestigingen>',
                teachers=[teacher()],
            )
        )
        assert report.named == [
            "vestigingen zijn niet bewaard: alle leerlingen horen bij de school 12AB00.",
            "samengestelde groepen zijn niet bewaard: een leerling staat in Loket bij de eigen groep.",
            "in een combinatiegroep telt de jaargroep van de leerling zelf.",
            "niet bewaard, want Loket heeft het niet nodig, bij leerling: land.",
            "toevoegingen zijn niet gelezen: die zijn van elk pakket anders.",
            "leerling/hobby (regel 6) hoort niet bij EDEXML en is niet gelezen.",
            "leerkrachten zijn niet uitgenodigd; dat gebeurt alleen met --invite-teachers.",
        ]
        assert "judo" not in told(report)

    @pytest.mark.parametrize("content", [b"", b"<EDEX>", roster(pupil())[:-40], b"<!DOCTYPE EDEX><EDEX/>"])
    async def test_that_cannot_be_read_writes_nothing_and_says_why(self, desk: Desk, content: bytes) -> None:
        report = await desk.take(content)
        assert (len(report.problems), report.rows, report.is_right) == (1, [], False)
        assert told(report).splitlines()[-1] == "EDEXML: niets ingelezen."
        assert await Pupil.all().count() == 0

    async def test_that_is_away_is_said(self, world: World, tmp_path: Path) -> None:
        report = await run(path=tmp_path / "weg.xml")
        assert "niet te openen" in told(report)

    async def test_on_trial_counts_and_leaves_nothing(self, desk: Desk) -> None:
        before = await traces()
        content = roster(pupil(), teachers=[teacher()])
        report = await desk.right(content, dry_run=True, invite_teachers=True)
        assert counts(report) == (1, 0, 0)
        assert report.count(Outcome.INVITED) == 1
        assert "proef: niets opgeslagen" in told(report)
        assert (await Pupil.all().count(), await traces(), await Account.all().count()) == (0, before, 0)

    async def test_takes_as_many_statements_for_a_hundred_children_as_for_two(self, desk: Desk) -> None:
        def of(many: int, name: str) -> bytes:
            rows = [pupil(f"{name}{one}", roepnaam=f"Kind {one}", bsn=number(one)) for one in range(many)]
            staff = [teacher(f"T{one}", email=f"{name}{one}@x.example.org") for one in range(many)]
            return roster(*rows, teachers=staff)

        async with statements() as few:
            assert counts(await desk.right(of(2, "a"), invite_teachers=True)) == (2, 0, 0)
        async with statements() as many:
            report = await desk.right(of(100, "a"), invite_teachers=True)
        assert counts(report) == (98, 0, 2)
        assert report.count(Outcome.INVITED) == 98
        assert len(few) == len(many) > 10
        # Two are found again and changed, and so are a hundred.
        async with statements() as few:
            assert counts(await desk.right(of(2, "b"))) == (0, 2, 0)
        async with statements() as many:
            assert counts(await desk.right(of(100, "b"))) == (0, 98, 2)
        assert len(few) == len(many)
