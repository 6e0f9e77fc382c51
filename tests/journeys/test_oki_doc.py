"""PO writes the Oki-doc: a new pupil, an edit, definitive, corrected (rules 2, 5, 6 and 8)."""

import asyncio
from typing import Any

import pytest

from models import Enrolment, OkiDoc, OutboxMail, Pupil
from models import TestResult as Result
from rules.vocabulary import EnrolmentStatus, OkiDocStatus, PlacementStatus
from tests.world import Person, World, token_in

FILE = """pupil { id elkNumber firstName infix lastName fullName birthDate advice provisionalAdvice listLength
    bsn guardians { position lastName email } address { street postcode city secret }
    okiDoc { status version finalizedAt sections {
        inspection { seen seenOn agreed } advice { motivation } support { medication }
        plans { beginsOn aimedAt } career { schoolYear } } } }"""
NEW = {"firstName": "Sem", "lastName": "Vos", "birthDate": "2015-04-05"}
HOME = {"street": "Lindepad", "houseNumber": "4a", "postcode": "1421sa", "city": "Uithoorn"}


def codes(payload: Any) -> list[str]:
    return [error["code"] for error in payload["errors"]]


def paths(payload: Any) -> list[str]:
    return [".".join(error["path"]) for error in payload["errors"]]


async def edit(editor: Person, pupil: Pupil, version: int, **more: Any) -> Any:
    return await editor.do("updateOkiDoc", FILE, pupilId=str(pupil.id), expectedVersion=version, **more)


async def finalize(editor: Person, pupil: Pupil, version: int) -> Any:
    return await editor.do("finalizeOkiDoc", FILE, pupilId=str(pupil.id), expectedVersion=version)


class TestANewPupil:
    async def test_gets_the_next_number_and_a_concept(self, world: World) -> None:
        taken = await world.pupil()
        editor = await world.editor()
        given = {
            **NEW, "infix": "de", "bsn": "111222333", "address": HOME, "provisionalAdvice": "HAVO",
            "guardians": [{"lastName": "Vos", "email": "vos@example.org"}, {"lastName": "O'Neill"}],
            "sections": {"support": {"medication": False}},
        }  # fmt: skip
        made = (await editor.done("createPupil", FILE, **given))["pupil"]
        assert made["elkNumber"] == str(int(taken.elk_number) + 1)
        assert made["fullName"] == "Sem de Vos"
        assert made["bsn"] == "111222333"
        assert made["address"] == {
            "street": "Lindepad",
            "postcode": "1421 SA",
            "city": "Uithoorn",
            "secret": False,
        }
        assert [(one["position"], one["lastName"]) for one in made["guardians"]] == [
            (1, "Vos"),
            (2, "O'Neill"),
        ]
        assert made["okiDoc"]["status"] == "CONCEPT"
        assert made["okiDoc"]["sections"]["support"] == {"medication": False}
        read = await editor.ask(
            f"query($id: ID!) {{ {FILE.replace('pupil', 'pupil(id: $id)', 1)} }}", id=made["id"]
        )
        assert read["pupil"] == made

    async def test_of_many_at_once_each_has_a_number_of_its_own(self, world: World) -> None:
        editor = await world.editor()
        made = await asyncio.gather(*(editor.done("createPupil", FILE, **NEW) for _ in range(8)))
        assert len({one["pupil"]["elkNumber"] for one in made}) == 8

    async def test_stands_in_the_system_once_a_year(self, world: World) -> None:
        editor = await world.editor()
        await editor.done("createPupil", FILE, **NEW, bsn="111222333")
        refused = await editor.do("createPupil", FILE, **NEW, bsn="111222333")
        assert (codes(refused), paths(refused)) == (["PUPIL_KNOWN"], ["bsn"])
        assert await Pupil.all().count() == 1

    async def test_stands_in_it_once_however_many_ask_at_the_same_moment(self, world: World) -> None:
        editor = await world.editor()
        children = [await world.pupil(first_name=f"Kind{n}") for n in range(6)]
        answers = await asyncio.gather(*(edit(editor, one, 1, bsn="111222333") for one in children))
        assert sorted(code for answer in answers for code in codes(answer)) == ["PUPIL_KNOWN"] * 5
        assert await Pupil.filter(bsn_index__isnull=False).count() == 1

    async def test_with_everything_wrong_is_told_all_of_it_and_is_not_there(self, world: World) -> None:
        editor = await world.editor()
        refused = await editor.do(
            "createPupil", FILE, firstName=" ", lastName="x" * 101, birthDate="1890-01-01", bsn="123456789",
            gender="X", group="8" * 65, address={**HOME, "postcode": "142 SA", "street": "x" * 121},
            guardians=[{"lastName": "", "email": "geen adres"}], testExemption="x" * 201,
        )  # fmt: skip
        assert set(codes(refused)) == {"INVALID_VALUE"}
        assert sorted(paths(refused)) == [
            "address.postcode",
            "address.street",
            "birthDate",
            "bsn",
            "firstName",
            "gender",
            "group",
            "guardians.0.email",
            "guardians.0.lastName",
            "lastName",
            "testExemption",
        ]
        assert refused["pupil"] is None
        assert await Pupil.all().count() == 0

    @pytest.mark.parametrize(
        "bsn", ["000000000", "123456789", "11122233", "1112223334", "١١١٢٢٢٣٣٣", "-11222333"]
    )
    async def test_has_a_bsn_that_passes_the_elfproef_or_none(self, world: World, bsn: str) -> None:
        refused = await (await world.editor()).do("createPupil", FILE, **NEW, bsn=bsn)
        assert paths(refused) == ["bsn"]
        assert bsn not in refused["errors"][0]["message"]

    @pytest.mark.parametrize("group", ["8", "8a", "Groep 7/8", "de Uilen"])
    async def test_is_of_a_group_whatever_the_school_calls_it(self, world: World, group: str) -> None:
        editor = await world.editor()
        made = (await editor.done("createPupil", "pupil { id group }", **NEW, group=group))["pupil"]
        assert made["group"] == group
        found = await editor.ask(
            "query($of: String!) { pupils(filter: {group: $of}) { nodes { id } } }", of=group
        )
        assert [one["id"] for one in found["pupils"]["nodes"]] == [made["id"]]

    async def test_has_an_advice_of_the_list(self, world: World) -> None:
        editor = await world.editor()
        for field in ("advice", "provisionalAdvice"):
            refused = await editor.do("createPupil", FILE, **NEW, **{field: "GYMNASIUM"})
            assert (codes(refused), paths(refused)) == (["INVALID_VALUE"], [field])
        assert await Pupil.all().count() == 0

    @pytest.mark.parametrize(
        "day", ["2015-02-30", "05-04-2015", "2015-4-5", "", "vandaag", "2015-04-05T00:00"]
    )
    async def test_has_a_birthday_that_exists(self, world: World, day: str) -> None:
        editor = await world.editor()
        answer = await editor.post(
            "mutation($i: CreatePupilInput!) { createPupil(input: $i) { errors { code } } }",
            i={**NEW, "birthDate": day},
        )
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


class TestAnEdit:
    async def test_changes_what_it_names_and_leaves_the_rest(self, world: World) -> None:
        pupil, editor = await world.pupil(final=False), await world.editor()
        sections = {
            "inspection": {"seen": True, "seenOn": "2027-02-03", "agreed": "JA"},
            "plans": [{"beginsOn": "2026-11-02", "aimedAt": "lezen"}, {"aimedAt": "rekenen"}],
        }
        edited = (await edit(editor, pupil, 1, lastName="Bergsma", sections=sections))["pupil"]
        assert edited["fullName"] == "Zoë van der Bergsma"
        assert edited["guardians"][0]["email"] == "ouder@example.org"
        kept = edited["okiDoc"]
        assert kept["version"] == 2
        assert kept["sections"]["advice"] == {"motivation": "Werkt hard."}
        assert kept["sections"]["inspection"] == sections["inspection"]
        assert [row["aimedAt"] for row in kept["sections"]["plans"]] == ["lezen", "rekenen"]
        emptied = (await edit(editor, pupil, 2, sections={"plans": []}))["pupil"]["okiDoc"]
        assert not emptied["sections"]["plans"]

    async def test_that_changes_nothing_makes_no_version(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        same = await edit(
            editor, pupil, 1, firstName="Zoë", sections={"advice": {"motivation": "Werkt hard."}}
        )
        assert (same["pupil"]["okiDoc"]["version"], same["pupil"]["okiDoc"]["status"]) == (1, "FINAL")

    async def test_on_an_old_version_shows_what_is_there_now(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        await edit(editor, pupil, 1, lastName="Eerst")
        stale = await edit(editor, pupil, 1, lastName="Daarna")
        assert (codes(stale), paths(stale)) == (["STALE"], ["expectedVersion"])
        assert stale["pupil"]["lastName"] == "Eerst"
        assert stale["pupil"]["okiDoc"]["version"] == 2
        assert codes(await finalize(editor, pupil, 1)) == ["STALE"]
        assert (await Pupil.get(id=pupil.id)).last_name == "Eerst"

    async def test_of_two_at_once_one_wins(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        answers = await asyncio.gather(*(edit(editor, pupil, 1, lastName=f"Naam{n}") for n in range(5)))
        assert sorted(code for answer in answers for code in codes(answer)) == ["STALE"] * 4

    async def test_with_sections_that_cannot_be_is_told_each_place(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        sections = {
            "inspection": {"agreed": "MISSCHIEN", "seenOn": "1890-01-01"},
            "plans": [{"aimedAt": "lezen"}, {"aimedAt": "x" * 201}],
            "absence": {"times": -1},
            "contact": {"person": "Anne\tde Wit"},
        }
        refused = await edit(editor, pupil, 1, lastName="Anders", sections=sections)
        assert set(codes(refused)) == {"INVALID_VALUE"}
        assert sorted(paths(refused)) == [
            "sections.absence.times",
            "sections.contact.person",
            "sections.inspection.agreed",
            "sections.inspection.seenOn",
            "sections.plans.1.aimedAt",
        ]
        assert (await Pupil.get(id=pupil.id)).last_name == "Berg"
        assert (await OkiDoc.get(pupil_id=pupil.id)).version == 1

    async def test_of_a_placed_child_is_the_helpdesks(self, world: World) -> None:
        pupil = await world.pupil()
        parent = await world.parent(pupil)
        choices = [world.choice(school) for school in range(5)]
        await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
        await parent.done("finalizeEnrolment", "")
        editor = await world.editor()
        await Enrolment.filter(status=EnrolmentStatus.FINAL).update(placement_status=PlacementStatus.PLACED)
        assert codes(await edit(editor, pupil, 1, advice="VWO")) == ["PLACED_ALREADY"]
        assert codes(await finalize(editor, pupil, 1)) == ["PLACED_ALREADY"]


class TestDefinitive:
    async def test_needs_somebody_to_tell_and_a_home(self, world: World) -> None:
        editor = await world.editor()
        made = (await editor.done("createPupil", FILE, **NEW))["pupil"]
        child = await Pupil.get(id=made["id"])
        refused = await finalize(editor, child, 1)
        assert codes(refused) == ["OKI_DOC_INCOMPLETE"]
        for word in ("ouder of verzorger", "woonadres"):
            assert word in refused["errors"][0]["message"]
        await edit(editor, child, 1, guardians=[{"lastName": "Vos"}], address=HOME)
        final = (await finalize(editor, child, 2))["pupil"]["okiDoc"]
        assert (final["status"], final["version"]) == ("FINAL", 3)
        assert final["finalizedAt"]

    async def test_asked_again_is_the_same_answer(self, world: World) -> None:
        pupil, editor = await world.pupil(final=False), await world.editor()
        once = (await finalize(editor, pupil, 1))["pupil"]["okiDoc"]
        again = (await finalize(editor, pupil, once["version"]))["pupil"]["okiDoc"]
        assert again == once


class TestACorrection:
    async def test_makes_a_new_form_sends_no_mail_and_keeps_the_login(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        await editor.done("sendParentLogin", "", pupilId=str(pupil.id), region="AMSTELLAND")
        link = token_in((await world.mails())[0])

        corrected = await edit(
            editor,
            pupil,
            1,
            lastName="Bergsma",
            guardians=[{"lastName": "Jansen", "email": "nieuw@example.org"}],
        )
        assert corrected["errors"] == []
        assert corrected["pupil"]["okiDoc"]["status"] == "CONCEPT"
        assert await OutboxMail.all().count() == 1
        logins = "{ pupils { nodes { parentLogins { status } } } }"
        (row,) = (await editor.ask(logins))["pupils"]["nodes"]
        assert row["parentLogins"][0]["status"] == "SENT"

        asked = {"pupilId": str(pupil.id), "kind": "APPLICATION_FORM"}
        form = await editor.done("createDocument", "document { id }", **asked)
        words = await world.pdf_text(editor, form["document"]["id"])
        assert "van der Bergsma" in words
        assert "nieuw@example.org" in words

        await world.nobody().done(
            "activateAccount", "session { role }", token=link, password="Een-zin-van-toen-27"
        )
        parent = await world.sign_in(pupil.elk_number, "Een-zin-van-toen-27")
        assert (await parent.ask("{ child { lastName } }"))["child"]["lastName"] == "Bergsma"
        assert await OutboxMail.all().count() == 1

    async def test_must_be_made_definitive_before_a_login_goes_out_again(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        await edit(editor, pupil, 1, lastName="Bergsma")
        send = {"pupilId": str(pupil.id), "region": "AMSTELLAND"}
        assert codes(await editor.do("sendParentLogin", "", **send)) == ["PARENT_LOGIN_NOT_READY"]
        await finalize(editor, pupil, 2)
        assert codes(await editor.do("sendParentLogin", "", **send)) == []
        assert (await OkiDoc.get(pupil_id=pupil.id)).status is OkiDocStatus.FINAL


class TestAHigherTestAdvice:
    async def test_obliges_to_raise_the_advice_or_say_why_not(self, world: World) -> None:
        pupil, editor = await world.pupil(advice="HAVO"), await world.editor()
        await Result.filter(pupil_id=pupil.id).update(advice_id="VWO")
        refused = await edit(editor, pupil, 1, advice="HAVO")
        assert codes(refused) == ["RECONSIDERATION_NEEDED"]
        assert "vwo" in refused["errors"][0]["message"]

        send = {"pupilId": str(pupil.id), "region": "AMSTELLAND"}
        unready = await editor.do("sendParentLogin", "", **send)
        assert codes(unready) == ["PARENT_LOGIN_NOT_READY"]
        assert "heroverwogen" in unready["errors"][0]["message"]

        explained = await edit(
            editor, pupil, 1, advice="HAVO", reconsiderationMotivation="Rekenen bleef zwak."
        )
        assert explained["errors"] == []
        await finalize(editor, pupil, 2)
        assert codes(await editor.do("sendParentLogin", "", **send)) == []

    async def test_is_met_by_the_raised_advice(self, world: World) -> None:
        pupil, editor = await world.pupil(advice="HAVO"), await world.editor()
        await Result.filter(pupil_id=pupil.id).update(advice_id="VWO")
        raised = await edit(editor, pupil, 1, advice="VWO")
        assert raised["errors"] == []
        assert (raised["pupil"]["advice"], raised["pupil"]["provisionalAdvice"]) == ("VWO", "HAVO")

    async def test_that_is_lower_never_lowers(self, world: World) -> None:
        pupil, editor = await world.pupil(advice="VWO"), await world.editor()
        await Result.filter(pupil_id=pupil.id).update(advice_id="HAVO")
        kept = await edit(editor, pupil, 1, advice="VWO")
        assert (kept["errors"], kept["pupil"]["advice"]) == ([], "VWO")


class TestAnAdviceThatIsNotOnTheForm:
    async def test_has_no_list_and_the_family_reads_where_to_turn(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        parent = await world.parent(pupil)
        await Result.filter(pupil_id=pupil.id).update(advice_id="PRAKTIJKONDERWIJS")
        edited = await edit(editor, pupil, 1, advice="PRAKTIJKONDERWIJS")
        assert (edited["pupil"]["advice"], edited["pupil"]["listLength"]) == ("PRAKTIJKONDERWIJS", None)
        saved = await parent.done(
            "saveEnrolment", "enrolment { canFinalize missing }", expectedVersion=0, preferences=[]
        )
        assert saved["enrolment"]["canFinalize"] is False
        assert "basisschool" in saved["enrolment"]["missing"][0]
        assert codes(await parent.do("finalizeEnrolment", "")) == ["ENROLMENT_INCOMPLETE"]
