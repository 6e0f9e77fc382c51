"""Rules 5 and 6: an edit by PO changes what it names, and every refused field is named in one spelling."""

from typing import Any

import pytest

from models import Address, OkiDoc, Pupil
from tests.world import Person, World

SECTIONS = """pupil { okiDoc { version sections { inspection { seen reasonNotAgreed } contact { person }
    advice { motivation wishParents } plans { beginsOn aimedAt } } } }"""
WRONG = """mutation($input: {}Input!) {{ it: {}(input: $input) {{ errors {{ code path
    ... on InvalidValue {{ field }} }} }} }}"""
NEW = {"firstName": "Sem", "lastName": "Vos", "birthDate": "2015-04-05"}
HOME = {"street": "Lindepad", "houseNumber": "4a", "postcode": "1421SA", "city": "Uithoorn"}


async def edit(editor: Person, pupil: Pupil, version: int, **more: Any) -> Any:
    given = {"pupilId": str(pupil.id), "expectedVersion": version, **more}
    return (await editor.done("updateOkiDoc", SECTIONS, **given))["pupil"]["okiDoc"]


async def refused(editor: Person, mutation: str, **given: Any) -> list[str]:
    """The paths of what cannot be right; `field` says the same."""
    query = WRONG.format(mutation[0].upper() + mutation[1:], mutation)
    errors = (await editor.ask(query, input=given))["it"]["errors"]
    assert [error["field"] for error in errors] == [".".join(error["path"]) for error in errors]
    return [error["field"] for error in errors]


class TestASection:
    async def test_keeps_the_fields_that_an_edit_leaves_out(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        inspection = {"reasonNotAgreed": "Te laag.\nZie mail.", "seen": True}
        await edit(
            editor, pupil, 1, sections={"inspection": inspection, "contact": {"person": "Anne de Wit"}}
        )
        edited = await edit(editor, pupil, 2, sections={"inspection": {"seen": False}})
        assert edited["sections"]["inspection"] == {**inspection, "seen": False}
        assert edited["sections"]["contact"] == {"person": "Anne de Wit"}
        assert edited["sections"]["advice"]["motivation"] == "Werkt hard."

    async def test_loses_a_field_that_is_null_and_goes_when_it_is_null_itself(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        await edit(editor, pupil, 1, sections={"inspection": {"reasonNotAgreed": "Te laag.", "seen": True}})
        emptied = await edit(editor, pupil, 2, sections={"inspection": {"reasonNotAgreed": None}})
        assert emptied["sections"]["inspection"] == {"reasonNotAgreed": None, "seen": True}
        gone = await edit(editor, pupil, 3, sections={"inspection": None, "contact": None})
        assert (gone["version"], gone["sections"]["inspection"]) == (4, None)
        assert "inspection" not in (await OkiDoc.get(pupil_id=pupil.id)).sections
        same = await edit(editor, pupil, 4, sections={"inspection": None})
        assert same["version"] == 4
        assert (await edit(editor, pupil, 4, sections=None))["version"] == 4

    async def test_of_rows_is_replaced_as_a_whole(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        await edit(editor, pupil, 1, sections={"plans": [{"beginsOn": "2026-11-02"}, {"aimedAt": "x"}]})
        edited = await edit(editor, pupil, 2, sections={"plans": [{"aimedAt": "lezen"}]})
        assert edited["sections"]["plans"] == [{"beginsOn": None, "aimedAt": "lezen"}]


class TestASecretAddress:
    async def test_stays_secret_when_only_the_street_is_corrected(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        await edit(editor, pupil, 1, address={**HOME, "secret": True})
        await edit(editor, pupil, 2, address={**HOME, "street": "Lindelaan"})
        home = await Address.get(pupil_id=pupil.id)
        assert (home.street, home.secret) == ("Lindelaan", True)
        await edit(editor, pupil, 3, address={**HOME, "secret": False})
        assert not (await Address.get(pupil_id=pupil.id)).secret


class TestATurningMark:
    async def test_is_kept_in_no_text_that_people_read(self, world: World) -> None:
        """A mark that turns the direction of text makes one address look like another."""
        pupil, editor = await world.pupil(), await world.editor()
        parent = await world.parent(pupil)
        mark = "\u202e"
        await edit(
            editor, pupil, 1, address={**HOME, "street": f"Linde{mark}pad"},
            sections={"advice": {"pointsOfAttention": f"Rust{mark}."}, "contact": {"person": f"Anne{mark}"}},
            reconsiderationMotivation=f"Om{mark}dat zij dat wil.",
        )  # fmt: skip
        await editor.done("addNote", "", pupilId=str(pupil.id), text=f"Belt{mark} liever")
        claim = {"ground": "SIBLING", "siblingName": f"Da{mark}an", "siblingClass": f"2{mark}b"}
        given = {"expectedVersion": 0, "preferences": [world.choice(0)], "priorityClaim": claim}
        saved = await parent.done(
            "saveEnrolment", "enrolment { priorityClaim { siblingName siblingClass } }", **given
        )
        assert saved["enrolment"]["priorityClaim"] == {"siblingName": "Daan", "siblingClass": "2b"}
        read = """query($id: ID!) { pupil(id: $id) { address { street } notes { text } reconsiderationMotivation
            okiDoc { sections { advice { pointsOfAttention } contact { person } } } } }"""
        answer = await editor.post(read, id=str(pupil.id))
        assert "Lindepad" in answer.text
        assert mark not in answer.json()["data"]["pupil"]["notes"][0]["text"]
        assert "202e" not in answer.text.lower()
        assert mark not in answer.text


class TestARefusedField:
    async def test_is_named_as_the_client_spells_it(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        about = {"pupilId": str(pupil.id), "expectedVersion": 1}
        sections = {
            "advice": {"wishParents": "x" * 201},
            "plans": [{"beginsOn": "2026-11-03", "endsOn": "2026-11-02"}],
            "inspection": {"seenOn": "1890-01-01"},
        }
        assert sorted(await refused(editor, "updateOkiDoc", **about, sections=sections)) == [
            "sections.advice.wishParents",
            "sections.inspection.seenOn",
            "sections.plans.0.endsOn",
        ]
        assert await refused(editor, "updateOkiDoc", **about, advice="x" * 500) == ["advice"]
        assert await refused(editor, "updateOkiDoc", **about, guardians=[{"lastName": ""}]) == [
            "guardians.0.lastName"
        ]

    @pytest.mark.parametrize(
        ("born", "right"),
        [
            ("2030-01-01", False),
            ("2019-01-01", False),
            ("2018-12-31", True),
            ("2006-01-01", True),
            ("2005-12-31", False),
            ("1999-04-05", False),
        ],
    )
    async def test_is_a_birthday_of_nobody_in_group_8(self, world: World, born: str, right: bool) -> None:
        """8 to 20 years old in the year that the school year begins, as in a region's files."""
        pupil, editor = await world.pupil(), await world.editor()
        wrong = [] if right else ["birthDate"]
        assert await refused(editor, "createPupil", **{**NEW, "birthDate": born}) == wrong
        about = {"pupilId": str(pupil.id), "expectedVersion": 1}
        assert await refused(editor, "updateOkiDoc", **about, birthDate=born) == wrong
