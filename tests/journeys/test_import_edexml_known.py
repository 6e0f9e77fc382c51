"""A child that Loket knows is found in its school's file, never by a guess, and changed where that may be."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from imports.edexml import Outcome
from models import (
    AuditEntry,
    Enrolment,
    OkiDoc,
    Pupil,
)
from rules.vocabulary import EnrolmentStatus, OkiDocStatus, PlacementStatus
from tests.imports.rosters import pupil, roster
from tests.journeys.roster_desk import (
    NUMBER,
    OTHER_NUMBER,
    Desk,
    another_school,
    child,
    counts,
    rows,
    told,
    traces,
    vault,
)
from tests.world import World


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class TestAKnownChild:
    async def _noor(self, world: World, **more: Any) -> Pupil:
        """As the region's list had her: no keys yet."""
        noor = await world.pupil(first_name="Noor", final=False)
        await Pupil.filter(id=noor.id).update(**more)
        return noor

    async def test_is_found_by_its_bsn_whatever_it_is_called(self, world: World, desk: Desk) -> None:
        noor = await self._noor(world, bsn_index=vault().index(bsn=NUMBER), birth_date=date(2015, 3, 2))
        report = await desk.right(roster(pupil(bsn=NUMBER)))
        assert counts(report) == (0, 1, 0)
        assert await Pupil.all().count() == 1
        found = await Pupil.get(id=noor.id)
        assert (found.birth_date, found.school_key, found.elk_number) == (
            date(2015, 2, 3),
            "L1",
            noor.elk_number,
        )
        assert "geboortedatum" in str(rows(report)["L1"])

    @pytest.mark.parametrize("known", [{"school_key": "L1"}, {"eck_id": "https://id.school/abc"}])
    async def test_is_found_by_what_its_school_knows_it_by(
        self, world: World, desk: Desk, known: dict[str, str]
    ) -> None:
        noor = await self._noor(world, **known)
        report = await desk.right(
            roster(pupil(eck_id="https://id.school/abc", bsn=NUMBER, achternaam="Bergh", voorvoegsel="v.d."))
        )
        assert counts(report) == (0, 1, 0)
        found = await Pupil.get(id=noor.id)
        assert (found.last_name, found.infix, found.eck_id) == ("Bergh", "v.d.", "https://id.school/abc")
        assert found.bsn_index == vault().index(bsn=NUMBER)

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"roepnaam": "NOÓR"},
            {"roepnaam": None, "voornamen": "Noor Anna"},
            {"achternaam": "van der Berg", "voorvoegsel": None},
        ],
    )
    async def test_is_found_by_school_name_and_birth_date(
        self, world: World, desk: Desk, fields: dict[str, Any]
    ) -> None:
        noor = await self._noor(world)
        await world.pupil(first_name="Noor", school=await another_school(world))
        assert counts(await desk.right(roster(pupil(**fields)))) == (0, 1, 0)
        assert (await Pupil.get(id=noor.id)).school_key == "L1"

    async def test_keeps_what_the_file_does_not_say(self, world: World, desk: Desk) -> None:
        await self._noor(world, gender="V", official_names="Noor Anna", class_group="8b", bsn_doubtful=True)
        content = roster(pupil(geslacht=9, group=None, roepnaam="Noor"))
        assert counts(await desk.right(content)) == (0, 1, 0)
        noor = await child()
        assert (noor.gender, noor.official_names, noor.class_group, noor.bsn_doubtful) == (
            "V",
            "Noor Anna",
            "8b",
            True,
        )

    async def test_keeps_a_first_name_that_a_person_typed_where_the_file_has_official_ones(
        self, world: World, desk: Desk
    ) -> None:
        await self._noor(world, school_key="L1")
        await desk.right(roster(pupil(roepnaam=None, voornamen="Eleonora Anna")))
        assert (await child()).first_name == "Noor"

    async def test_once_more_changes_nothing(self, desk: Desk) -> None:
        content = roster(
            pupil("L1", bsn=NUMBER, eck_id="e1"),
            pupil("L2", roepnaam=None, voornamen="Bo Maria", bsn="133456785"),
            pupil("L3", roepnaam="Cas", geslacht=0),
        )
        await desk.right(content)
        before = await traces()
        report = await desk.right(content)
        assert counts(report) == (0, 0, 3)
        assert await traces() == before
        assert {row.outcome for row in rows(report).values()} == {Outcome.SAME}
        assert {one.version for one in await OkiDoc.all()} == {1}

    async def test_leaves_before_and_after(self, desk: Desk) -> None:
        await desk.right(roster(pupil()))
        report = await desk.right(roster(pupil(roepnaam="Nora")))
        entry = await AuditEntry.filter(entity="Pupil").order_by("-id").first()
        assert entry is not None
        assert (entry.before, entry.after["first_name"]) == ({"first_name": "Noor"}, "Nora")
        assert str(rows(report)["L1"]) == "regel 6, leerling L1: gewijzigd. ELK-nummer 10000: roepnaam."

    async def test_with_a_definitive_oki_doc_is_spared_until_it_is_confirmed(
        self, world: World, desk: Desk
    ) -> None:
        noor = await world.pupil(first_name="Noor", final=True)
        content = roster(pupil(roepnaam="Noor", voornamen="Noor Anna", eck_id="e1"))
        spared = await desk.right(content)
        assert (await OkiDoc.get(pupil_id=noor.id)).status is OkiDocStatus.FINAL
        assert ((await child()).official_names, (await child()).eck_id) == ("", "e1")
        assert "definitief. Niet overgenomen: voornamen" in told(spared)
        report = await desk.right(content, confirm_overwrite=True)
        oki_doc = await OkiDoc.get(pupil_id=noor.id)
        assert (oki_doc.status, oki_doc.version, oki_doc.finalized_at) == (OkiDocStatus.CONCEPT, 2, None)
        row = rows(report)["L1"]
        assert (row.outcome, "OKI_DOC_CONCEPT" in row.codes) == (Outcome.CHANGED, True)
        assert "was definitief en is nu concept" in told(report)

    async def test_keeps_its_definitive_oki_doc_when_only_keys_come(self, world: World, desk: Desk) -> None:
        noor = await world.pupil(first_name="Noor", final=True)
        await Pupil.filter(id=noor.id).update(gender="V")
        report = await desk.right(roster(pupil(eck_id="e1")))
        assert counts(report) == (0, 1, 0)
        oki_doc = await OkiDoc.get(pupil_id=noor.id)
        assert (oki_doc.status, oki_doc.version) == (OkiDocStatus.FINAL, 1)
        assert (await child()).eck_id == "e1"

    async def test_of_the_same_name_with_another_key_is_a_question(self, world: World, desk: Desk) -> None:
        noor = await self._noor(world, school_key="L9")
        report = await desk.take(roster(pupil()))
        assert rows(report)["L1"].codes == {"ALIKE"}
        assert (await Pupil.get()).school_key == "L9"
        assert f"ELK-nummer {noor.elk_number}" in told(report)

    async def test_that_is_placed_stays_exactly_as_it_is(self, world: World, desk: Desk) -> None:
        noor = await world.pupil(first_name="Noor")
        await Enrolment.create(
            id=uuid4(),
            pupil=noor,
            region=world.amstelland,
            group=world.group,
            school_year=world.year,
            status=EnrolmentStatus.FINAL,
            placement_status=PlacementStatus.PLACED,
            handling_school_id=world.schools[0].id,
            first_school_id=world.schools[0].id,
            created_at=noor.created_at,
            updated_at=noor.created_at,
        )
        report = await desk.take(roster(pupil(eck_id="e1"), pupil("L2", roepnaam="Bo")))
        assert [row.codes for row in rows(report).values()] == [{"PLACED"}, {"ELK_NUMBER"}]
        found = await Pupil.get(id=noor.id)
        assert (found.eck_id, found.school_key, found.updated_at) == ("", "", noor.updated_at)
        assert (await OkiDoc.get(pupil_id=noor.id)).status is OkiDocStatus.FINAL


class TestNeverAGuess:
    """Who cannot be told for sure is a question for the school; nothing of that row is written."""

    async def _refused(self, desk: Desk, *content: str) -> set[str]:
        before, kept = await traces(), await Pupil.all().order_by("id").values()
        report = await desk.take(roster(*content))
        assert await Pupil.all().order_by("id").values() == kept
        assert await traces() == before
        assert {row.outcome for row in rows(report).values()} == {Outcome.REFUSED}
        return set.union(*(row.codes for row in rows(report).values()))

    async def _there(self, world: World, first_name: str = "Noor", **more: Any) -> Pupil:
        there = await world.pupil(first_name=first_name)
        await Pupil.filter(id=there.id).update(**more)
        return there

    async def test_two_keys_of_two_children(self, world: World, desk: Desk) -> None:
        await self._there(world, bsn_index=vault().index(bsn=NUMBER))
        await self._there(world, "Bo", school_key="L1")
        assert await self._refused(desk, pupil(bsn=NUMBER)) == {"CONTRADICTING"}

    @pytest.mark.parametrize("known", ["bsn", "key", "eck"])
    async def test_a_number_of_a_child_of_another_name_and_day(
        self, world: World, desk: Desk, known: str
    ) -> None:
        there = {
            "bsn": {"bsn_index": vault().index(bsn=NUMBER)},
            "key": {"school_key": "L1"},
            "eck": {"eck_id": "e1"},
        }
        await self._there(world, "Bo", last_name="Kaya", birth_date=date(2015, 9, 9), **there[known])
        assert await self._refused(desk, pupil(bsn=NUMBER, eck_id="e1")) == {"CONTRADICTING"}

    async def test_a_key_of_a_child_with_another_bsn(self, world: World, desk: Desk) -> None:
        await self._there(world, "Noor", school_key="L1", bsn_index=vault().index(bsn=OTHER_NUMBER), birth_date=date(2015, 9, 9))  # fmt: skip
        assert await self._refused(desk, pupil(bsn=NUMBER)) == {"CONTRADICTING"}

    async def test_two_children_of_one_name_and_day(self, world: World, desk: Desk) -> None:
        await self._there(world)
        await self._there(world)
        assert await self._refused(desk, pupil()) == {"ALIKE"}

    @pytest.mark.parametrize("more", [{"bsn": NUMBER}, {"eck_id": "e1"}])
    async def test_one_name_and_day_with_another_number(
        self, world: World, desk: Desk, more: dict[str, str]
    ) -> None:
        await self._there(world, bsn_index=vault().index(bsn=OTHER_NUMBER), eck_id="e2")
        assert await self._refused(desk, pupil(**more)) == {"ALIKE"}  # type: ignore[arg-type]

    async def test_one_surname_and_day_with_another_first_name(self, world: World, desk: Desk) -> None:
        await self._there(world, "Abraham")
        assert await self._refused(desk, pupil(roepnaam="Bram")) == {"ALIKE"}

    async def test_two_rows_that_are_one_child_there(self, world: World, desk: Desk) -> None:
        await self._there(world, bsn_index=vault().index(bsn=NUMBER), eck_id="e1")
        assert await self._refused(
            desk, pupil("L1", bsn=NUMBER, roepnaam="Noor"), pupil("L2", eck_id="e1", roepnaam="Noortje")
        ) == {"DOUBLE_CHILD"}

    async def test_twins_are_two(self, world: World, desk: Desk) -> None:
        await self._there(world, "Abraham")
        report = await desk.right(roster(pupil("L1", roepnaam="Abraham"), pupil("L2", roepnaam="Isaak")))
        assert counts(report) == (1, 1, 0)
        await Pupil.filter(school_key="L1").update(bsn_index=vault().index(bsn=NUMBER))
        report = await desk.right(
            roster(pupil("L3", roepnaam="Jakob", bsn=OTHER_NUMBER), pupil("L2", roepnaam="Isaak"))
        )
        assert counts(report) == (1, 0, 1)

    async def test_a_child_of_another_school_stays_there(self, world: World, desk: Desk) -> None:
        """The same child in two schools' files on one day: the first has it, the second is told."""
        other = await another_school(world)
        content = roster(pupil("A1", bsn=NUMBER, eck_id="e1"))
        await desk.right(content)
        report = await desk.take(roster(pupil("B1", bsn=NUMBER), brin=other.brin))
        assert rows(report)["B1"].codes == {"KNOWN_ELSEWHERE"}
        assert "10000" in str(rows(report)["B1"])
        report = await desk.take(roster(pupil("B1", eck_id="e1"), brin=other.brin))
        assert rows(report)["B1"].codes == {"KNOWN_ELSEWHERE"}
        (noor,) = await Pupil.all()
        assert (noor.primary_school_id, noor.school_key) == (world.primary.id, "A1")

    async def test_an_outside_child_is_not_taken_over(self, world: World, desk: Desk) -> None:
        outside = await world.pupil(first_name="Noor", outside=True)
        await Pupil.filter(id=outside.id).update(bsn_index=vault().index(bsn=NUMBER))
        assert await self._refused(desk, pupil(bsn=NUMBER)) == {"KNOWN_ELSEWHERE"}
