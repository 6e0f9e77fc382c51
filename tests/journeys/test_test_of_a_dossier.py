"""The test that a dossier brings is read whole, and counts when it is of this school year (rule 8)."""

from pathlib import Path
from typing import Any

import pytest

from models import Address, OkiDoc, PrimarySchool, Pupil
from models import TestResult as Result
from rules.vocabulary import OkiDocStatus, Role
from tests.imports.messages import message
from tests.imports.oso_dossier import TEST, dossier
from tests.journeys.deliveries import deliver
from tests.journeys.every_step import enrolled
from tests.journeys.oso_school import editor_of_00yy, imported
from tests.journeys.test_import_oso_dossier import published_example
from tests.journeys.test_test_results import PUPIL, change, codes, finalize, seen, send
from tests.statements import counted
from tests.world import Person, World

RESULT = (
    "testResult { testName testVersion takenAt referenceLevels { part name level } scores { kind part name value }"
    " dossier { participated kind testLevel description takenOn exempt score advice documents { filename upload }"
    " parts { code description level domains { code description level } } } }"
)
ADDRESSES = "addresses { kind street houseNumber postcode city country secret detail }"
LAST_YEAR, THIS_YEAR = "2026-02-03", "2027-02-01"


def with_test(taken_on: str, *, advice: str = "vwo", more: str = "") -> bytes:
    """The dossier, with its test on another day or with another advice; no day: without one."""
    said = f"<datum_afname>{taken_on}</datum_afname>" if taken_on else ""
    text = TEST.replace(f"<datum_afname>{THIS_YEAR}</datum_afname>", said).replace("havo/vwo", advice)
    return dossier(test=text.replace("<wettelijke_ontheffing>N", f"<wettelijke_ontheffing>{more or 'N'}"))


@pytest.fixture
async def child(world: World) -> Pupil:
    """Advised havo and enrolled at the first school; nothing of a test yet but what a list said."""
    pupil = await world.pupil()
    await enrolled(world, pupil)
    await PrimarySchool.filter(id=world.primary.id).update(brin="00YY", location="00")
    return pupil


async def untested(world: World) -> tuple[Person, Pupil]:
    pupil, editor = await world.pupil(tested=False), await world.editor()
    await PrimarySchool.filter(id=world.primary.id).update(brin="00YY", location="00")
    return editor, pupil


async def take(world: World, editor: Person, pupil: Pupil, content: bytes) -> list[tuple[str, str, str]]:
    """Take it in for this pupil, and make its Oki-doc definitive; what was remarked of its test."""
    kept = {"advice_id": pupil.advice_id, "provisional_advice_id": pupil.provisional_advice_id}
    answer = await imported(world, editor, content, pupilId=str(pupil.id), confirmOverwrite=True)
    assert answer["errors"] == []
    await Pupil.filter(id=pupil.id).update(**kept)
    await OkiDoc.filter(pupil_id=pupil.id).update(status=OkiDocStatus.FINAL)
    remarks = answer["report"]["remarks"]
    return [(one["code"], one["severity"], one["message"]) for one in remarks if "eindtoets" in one["path"]]


class TestATestOfADossier:
    async def test_is_read_over_graphql_as_on_paper(self, world: World, child: Pupil) -> None:
        editor = await world.editor()
        await take(world, editor, child, with_test(THIS_YEAR))
        mine = (await seen(editor, child, RESULT))["testResult"]
        kept = mine.pop("dossier")
        assert mine == {
            "testName": "IEP",
            "testVersion": "",
            "takenAt": "2027-02-01T00:00:00+01:00",
            "referenceLevels": [
                {"part": "8050", "name": "Lezen", "level": "2F"},
                {"part": "8001", "name": "", "level": "1S"},
            ],
            "scores": [{"kind": "Standaardscore", "part": "", "name": "", "value": "81"}],
        }
        (paper,) = kept.pop("documents")
        assert paper["filename"] == "uitslag.png"
        assert kept == {
            "participated": True, "kind": "0013", "testLevel": "S", "description": "Toets", "takenOn": THIS_YEAR,
            "exempt": False, "score": 81, "advice": "vwo",
            "parts": [
                {
                    "code": "8000", "description": "Taal", "level": None,
                    "domains": [{"code": "8050", "description": "Lezen", "level": "04"}],
                },
                {"code": "8001", "description": None, "level": "03", "domains": None},
            ],
        }  # fmt: skip

    async def test_is_read_by_the_family_and_the_school_of_the_enrolment_and_by_no_region(
        self, world: World, child: Pupil
    ) -> None:
        editor = await world.editor()
        await take(world, editor, child, with_test(THIS_YEAR))
        whole = (await seen(editor, child, RESULT))["testResult"]
        assert (await seen(await world.vo_staff(), child, RESULT))["testResult"] == whole
        account = await world.sign_in(child.elk_number)
        assert (await account.ask(f"{{ child {{ {RESULT} }} }}"))["child"]["testResult"] == whole
        admin = await world.staff(Role.REGION_ADMIN, region_id=world.amstelland.id)
        for field in ("dossier { score }", "takenAt", "counts"):
            assert (
                await admin.post(PUPIL % f"testResult {{ {field} }}", id=str(child.id))
            ).status_code == 400

    async def test_of_the_published_example_is_no_code_but_a_name(
        self, world: World, standards: Path
    ) -> None:
        editor = await editor_of_00yy(world)
        made = (await imported(world, editor, published_example(standards)))["pupil"]
        asked = (
            PUPIL % "testResult { testName takenAt scores { value } referenceLevels { level } adviceText }"
        )
        assert (await editor.ask(asked, id=made["id"]))["pupil"]["testResult"] == {
            "testName": "Centrale eindtoets",
            "takenAt": "2015-04-28T00:00:00+02:00",
            "scores": [{"value": "525"}],
            "referenceLevels": [{"level": "lager dan 1F"}, {"level": "lager dan 1F"}, {"level": "2F"}],
            "adviceText": "vmbo kb/vmbo gl-tl",
        }


class TestATestOfAnotherSchoolYear:
    async def test_is_kept_and_meets_no_condition(self, world: World) -> None:
        editor, pupil = await untested(world)
        ((code, severity, said),) = await take(world, editor, pupil, with_test(LAST_YEAR))
        assert (code, severity) == ("TEST_OF_OTHER_YEAR", "CONFIRM")
        assert "(03-02-2026)" in said
        assert "vwo" not in said
        fields = (
            "reconsiderationOpen testResult { advice adviceText adviceToConfirm counts scores { value } }"
        )
        assert await seen(editor, pupil, fields) == {
            "reconsiderationOpen": False,
            "testResult": {
                "advice": None, "adviceText": "vwo", "adviceToConfirm": False, "counts": False,
                "scores": [{"value": "81"}],
            },
        }  # fmt: skip
        assert await send(editor, pupil) == {"testResultMissing": True}
        made = await editor.done("createDocument", "document { id }", kind="OKI_DOC", pupilId=str(pupil.id))
        assert "03-02-2026" in await world.pdf_text(editor, made["document"]["id"])
        given = {"pupilId": str(pupil.id), "advice": "VWO"}
        assert codes(await editor.do("confirmTestAdvice", "pupil { id }", **given)) == ["STATE_CONFLICT"]

    async def test_gives_way_to_the_one_of_this_year(self, world: World) -> None:
        editor, pupil = await untested(world)
        await Pupil.filter(id=pupil.id).update(eck_id="eck-noor")
        await take(world, editor, pupil, with_test(LAST_YEAR))
        await deliver(world, message(advice="havo"))
        assert (await Result.get(pupil_id=pupil.id)).advice_id == "HAVO"
        assert await send(editor, pupil) == {}

    async def test_takes_no_place_of_one_that_counts(self, world: World, child: Pupil) -> None:
        editor = await world.editor()
        there = await Result.get(pupil_id=child.id)
        ((code, _, said),) = await take(world, editor, child, with_test(LAST_YEAR))
        assert (code, "blijft staan" in said) == ("TEST_OF_OTHER_YEAR", True)
        now = await Result.get(pupil_id=child.id)
        assert (now.advice_id, now.content) == (there.advice_id, there.content)

    async def test_exempts_from_nothing(self, world: World) -> None:
        editor, pupil = await untested(world)
        ((code, _, _),) = await take(world, editor, pupil, with_test(LAST_YEAR, more="J"))
        assert code == "TEST_OF_OTHER_YEAR"
        assert await send(editor, pupil) == {"testResultMissing": True}
        await take(world, editor, pupil, with_test(THIS_YEAR, more="J"))
        assert await send(editor, pupil) == {}

    @pytest.mark.parametrize("day", ["", "2026-08-01", "2027-07-31"])
    async def test_is_none_that_was_this_year_or_says_no_day(self, world: World, day: str) -> None:
        editor, pupil = await untested(world)
        remarks = await take(world, editor, pupil, with_test(day))
        assert "TEST_OF_OTHER_YEAR" not in [code for code, _, _ in remarks]
        assert await send(editor, pupil) == {"reconsiderationOpen": True}
        assert (await change(editor, pupil, advice="VWO"))["errors"] == []
        await finalize(editor, pupil)
        assert await send(editor, pupil) == {}


class TestATestAdviceOfADossierThatPoConfirmed:
    async def test_stands_while_the_dossier_writes_the_same(self, world: World) -> None:
        editor, pupil = await untested(world)
        await take(world, editor, pupil, with_test(THIS_YEAR, advice="havo+"))
        given = {"pupilId": str(pupil.id)}
        await editor.done("confirmTestAdvice", "pupil { id }", **given, advice="VWO")
        await take(world, editor, pupil, with_test(THIS_YEAR, advice="havo+"))
        assert (await Result.get(pupil_id=pupil.id)).advice_id == "VWO"
        refused = await editor.do("confirmTestAdvice", "pupil { id }", **given, advice="HAVO")
        assert codes(refused) == ["TEST_ADVICE_CONFIRMED"]
        await take(world, editor, pupil, with_test(THIS_YEAR, advice="havo/vwo+"))
        assert (await Result.get(pupil_id=pupil.id)).advice_id is None


class TestTheAddressesOfAChild:
    async def test_are_all_there_for_po_and_family_and_the_home_alone_for_others(
        self, world: World, child: Pupil
    ) -> None:
        editor = await world.editor()
        await take(world, editor, child, with_test(THIS_YEAR))
        mine = (await seen(editor, child, ADDRESSES))["addresses"]
        assert [(one["kind"], one["street"], one["houseNumber"]) for one in mine] == [
            ("bezoek", "Dorpsstraat", "12a"),
            ("gba", "Amsteldijk", "t/o 3"),
            ("post", "Postbus", "7"),
            ("buiten", "Rue Haute 1, Bruxelles", ""),
        ]
        family = await world.sign_in(child.elk_number)
        assert (await family.ask(f"{{ child {{ {ADDRESSES} }} }}"))["child"]["addresses"] == mine
        admin = await world.staff(Role.REGION_ADMIN, region_id=world.amstelland.id)
        for person in (await world.vo_staff(), admin):
            theirs = await seen(person, child, "addresses { kind street } address { kind street }")
            home = {"kind": "bezoek", "street": "Dorpsstraat"}
            assert theirs == {"addresses": [home], "address": home}
        await Address.filter(pupil_id=child.id).update(secret=True)
        for person in (await world.vo_staff(), admin):
            assert await seen(person, child, "addresses { street } address { street }") == {
                "addresses": [],
                "address": None,
            }
        assert len((await seen(editor, child, ADDRESSES))["addresses"]) == 4

    async def test_cost_one_statement_however_many_children(self, world: World) -> None:
        editor, numbers = await world.editor(), []
        page: Any = f"{{ pupils {{ nodes {{ id {ADDRESSES} }} }} }}"
        for _ in range(2):
            await world.pupil()
            async with counted() as statements:
                nodes = (await editor.ask(page))["pupils"]["nodes"]
            assert all(node["addresses"] for node in nodes)
            numbers.append(len(statements))
        assert numbers[0] == numbers[1]
