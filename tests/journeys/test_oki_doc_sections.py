"""Rule 6: an Oki-doc with rows in rows, typed by PO, read by the parents and by the school of the enrolment."""

from datetime import date
from typing import Any

import pytest

from models import Address, Guardian, OkiDoc, OsoCode, Pupil
from models import TestResult as Result
from resolvers import documents
from resolvers.adviezen import advice_labels, for_dossiers, of_dossiers
from resolvers.imports import run
from rules.vocabulary import DocumentKind, Role
from tests.world import Person, World

SECTIONS = {
    "advice": {"wishParents": "VWO", "schoolAdvice": "42"},
    "absence": {"halfDaysAuthorised": 3, "overQuarter": False},
    "diagnoses": [{"codes": "F90.0", "name": "ADHD", "establishedOn": "2024-05-06"}],
    "support": {"medication": True},
    "lvsTests": [
        {
            "takenOn": "2027-01-18",
            "name": "Rekenen",
            "ability": 118.5,
            "references": [{"code": "IV", "group": "Landelijk", "value": "II"}],
            "parts": [{"name": "Getallen", "right": 12, "references": [{"code": "IV", "value": "III"}]}],
        }
    ],
}
ASKED = """query($id: ID!) { pupil(id: $id) { okiDoc { sections {
    advice { wishParents schoolAdvice } absence { halfDaysAuthorised overQuarter times } support { medication }
    diagnoses { codes name establishedOn documents { filename } }
    lvsTests { takenOn name ability references { code group value } parts { name right references { code value } } }
} } } }"""


async def typed(world: World) -> tuple[Pupil, Person]:
    pupil, editor = await world.pupil(advice="HAVO"), await world.editor()
    await editor.done(
        "updateOkiDoc", "pupil { id }", pupilId=str(pupil.id), expectedVersion=1, sections=SECTIONS
    )
    return pupil, editor


def said(answer: Any) -> Any:
    return answer["okiDoc"]["sections"]


async def enrolled(world: World, pupil: Pupil) -> Person:
    parent = await world.parent(pupil)
    choices = [world.choice(place, "HAVO") for place in range(5)]
    await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
    await parent.done("finalizeEnrolment", "")
    return parent


class TestSections:
    async def test_are_kept_and_read_as_they_were_typed(self, world: World) -> None:
        pupil, editor = await typed(world)
        found = said((await editor.ask(ASKED, id=str(pupil.id)))["pupil"])
        assert found["lvsTests"] == SECTIONS["lvsTests"]
        assert found["absence"] == {**SECTIONS["absence"], "times": None}  # type: ignore[dict-item]
        assert found["advice"] == SECTIONS["advice"]
        assert found["diagnoses"] == [{**SECTIONS["diagnoses"][0], "documents": None}]  # type: ignore[index, dict-item]

    async def test_are_for_the_school_of_the_enrolment_from_then_on_and_for_no_other(
        self, world: World
    ) -> None:
        pupil, editor = await typed(world)
        await editor.done("finalizeOkiDoc", "pupil { id }", pupilId=str(pupil.id), expectedVersion=2)
        first = await world.staff(Role.VO_STAFF, secondary_school_id=world.schools[0].id)
        second = await world.staff(Role.VO_STAFF, secondary_school_id=world.schools[1].id)
        for person in (first, second):
            assert (await person.ask(ASKED, id=str(pupil.id)))["pupil"] is None
        await enrolled(world, pupil)
        found = said((await first.ask(ASKED, id=str(pupil.id)))["pupil"])
        assert found["diagnoses"][0]["name"] == "ADHD"
        assert found["support"] == {"medication": True}
        assert (await second.ask(ASKED, id=str(pupil.id)))["pupil"] is None

    @pytest.mark.parametrize(
        ("sections", "path"),
        [
            ({"advice": {"wishParents": "GYMNASIUM"}}, ["sections", "advice", "wishParents"]),
            (
                {"lvsTests": [{"parts": [{"right": -2}]}]},
                ["sections", "lvsTests", "0", "parts", "0", "right"],
            ),
            ({"absence": {"times": 10_000}}, ["sections", "absence", "times"]),
        ],
    )
    async def test_that_cannot_be_are_refused_by_name(
        self, world: World, sections: dict[str, Any], path: list[str]
    ) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        answer = await editor.do(
            "updateOkiDoc", "pupil { id }", pupilId=str(pupil.id), expectedVersion=1, sections=sections
        )
        assert [error["path"] for error in answer["errors"]] == [path]
        assert (await OkiDoc.get(pupil_id=pupil.id)).version == 1


class TestTheFamily:
    async def test_somebody_who_died_never_stands_first(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        guardians = [
            {"lastName": "Eerst", "email": "eerst@example.org", "deceased": True},
            {"lastName": "Tweede", "email": "tweede@example.org"},
        ]
        await editor.done(
            "updateOkiDoc", "pupil { id }", pupilId=str(pupil.id), expectedVersion=1, guardians=guardians
        )
        found = await editor.ask(
            "query($id: ID!) { pupil(id: $id) { guardians { lastName deceased } address { street detail } } }",
            id=str(pupil.id),
        )
        assert found["pupil"]["guardians"] == [
            {"lastName": "Tweede", "deceased": False},
            {"lastName": "Eerst", "deceased": True},
        ]
        assert (await Guardian.get(pupil_id=pupil.id, position=1)).last_name == "Tweede"

    async def test_a_home_that_is_only_secret_is_no_home_yet(self, world: World) -> None:
        pupil, editor = await world.pupil(final=False), await world.editor()
        await Address.filter(pupil_id=pupil.id).update(street="", secret=True)
        answer = await editor.do("finalizeOkiDoc", "pupil { id }", pupilId=str(pupil.id), expectedVersion=1)
        assert [error["code"] for error in answer["errors"]] == ["OKI_DOC_INCOMPLETE"]


class TestOnPaper:
    async def test_it_says_the_codes_in_words_all_addresses_and_the_test(self, world: World) -> None:
        pupil, editor = await typed(world)
        await OsoCode.create(code="42", advice_id="VMBO_GL/TL", text="vmbo gl t/m vmbo tl")
        await Address.create(
            id=pupil.id,
            pupil_id=pupil.id,
            position=2,
            kind="post",
            street="Postbus",
            house_number="7",
            city="Diemen",
        )
        test = {"kind": "0013", "taken_on": date(2027, 2, 1).isoformat(), "score": 81}
        await Result.filter(pupil_id=pupil.id).update(content=test)
        made = await editor.done("createDocument", "document { id }", kind="OKI_DOC", pupilId=str(pupil.id))
        document = await documents.Document.get(id=made["document"]["id"])  # type: ignore[attr-defined]
        assert document.kind is DocumentKind.OKI_DOC
        words = str(document.content["sections"])
        for told in ("vmbo-gl/tl", "vwo", "ADHD", "IV: III", "Postadres", "Postbus 7, Diemen", "IEP", "81"):
            assert told in words
        assert "code 42" not in words

    async def test_a_result_of_another_form_shows_its_advice_alone(self, world: World) -> None:
        pupil, editor = await typed(world)
        await Result.filter(pupil_id=pupil.id).update(content={"iets": {"anders": 1}})
        made = await editor.done("createDocument", "document { id }", kind="OKI_DOC", pupilId=str(pupil.id))
        document = await documents.Document.get(id=made["document"]["id"])  # type: ignore[attr-defined]
        assert "doorstroomtoets" not in str(document.content["sections"])


class TestTheOlderCodes:
    async def test_come_from_a_file_and_are_corrected_by_one(self, world: World, tmp_path: Any) -> None:
        path = tmp_path / "codes.csv"
        path.write_text("Code;Advies;Omschrijving\n1;;\n42;VMBO_GL/TL;gl t/m tl\n60;havo;\n61;HAVO;\n")
        report = await run(kind="adviescodes", path=path)
        assert (report.problems, report.created) == ([], 4)
        assert (await OsoCode.get(code="01")).advice_id is None
        assert await of_dossiers() == {"42": "VMBO_GL/TL", "60": "HAVO", "61": "HAVO"}
        assert await for_dossiers() == {"VMBO_GL/TL": "42", "HAVO": "60"}
        assert (await advice_labels())["42"] == "vmbo-gl/tl"
        path.write_text("Code;Advies\n42;geen\n60;\n61;VWO\n")
        report = await run(kind="adviescodes", path=path)
        assert (report.problems, report.changed, report.unchanged) == ([], 2, 1)
        assert await of_dossiers() == {"60": "HAVO", "61": "VWO"}
        assert (await advice_labels())["42"] == "gl t/m tl"

    @pytest.mark.parametrize("line", ["100;HAVO", "AB;HAVO", "60;GYMNASIUM", ";HAVO"])
    async def test_that_cannot_be_are_named(self, world: World, tmp_path: Any, line: str) -> None:
        path = tmp_path / "codes.csv"
        path.write_text(f"Code;Advies\n{line}\n")
        report = await run(kind="adviescodes", path=path)
        assert [problem.line for problem in report.problems] == [2]
        assert await OsoCode.all().count() == 0

    async def test_that_are_shipped_fit_the_national_list(self, database: None) -> None:
        from sandbox.demo import ADVIESCODES, ADVIEZEN

        await run(kind="adviezen", path=ADVIEZEN)
        published, of_region = ADVIESCODES
        report = await run(kind="adviescodes", path=published)
        assert (report.problems, report.created) == ([], 24)
        assert len(await of_dossiers()) == 4
        report = await run(kind="adviescodes", path=of_region)
        assert (report.problems, report.created) == ([], 0)
