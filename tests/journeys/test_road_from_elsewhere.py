"""Rules 2, 24 and 47: a child of a linked region, and one from outside with its papers, to a definitive enrolment."""

from urllib.parse import urlsplit

import pytest

from models import Advice, ParentLogin, PrimarySchool, Pupil
from resolvers import clock
from rules.vocabulary import Role
from tests.journeys.asking import ADDRESS, admin_of, asks_for, linked_child, registration
from tests.journeys.every_step import send_file
from tests.journeys.read_mails import PORTAL, is_mail_2, words
from tests.journeys.sent_files import PDF
from tests.world import Person, World, at, token_in


async def enrols(world: World, parent: Person) -> None:
    choices = [world.choice(place) for place in range(5)]
    await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
    await parent.done("finalizeEnrolment", "")


class TestAChildOfALinkedRegion:
    async def test_is_asked_for_in_the_week_before_and_enrolled_in_the_week_itself(
        self, world: World
    ) -> None:
        pupil = await linked_child(world, email="thuis@example.org")
        own = await PrimarySchool.get(brin="18DE")
        clock.stand_still(at=at("2027-03-10 20:15"))
        await world.nobody().done("requestParentLogin", "", **asks_for(pupil))
        (mail_1,) = await world.mails()
        assert mail_1["to"] == "thuis@example.org"
        said = words(mail_1)
        assert (
            "U kunt een account aanmaken voor het ouderportaal van ELK Amstelland om Zoë aan te melden"
            in said
        )
        assert f"Stel een wachtwoord in via de volgende link: {PORTAL}?token=" in said
        assert "De link werkt tot 25 maart 2027 om 00.00 uur." in said
        assert f"De gebruikersnaam is het ELK nummer van uw kind: {pupil.elk_number}" in said

        parent = await world.account_by_mail(pupil, mail_1)
        early = await parent.do("saveEnrolment", "", expectedVersion=0, preferences=[world.choice(0)])
        assert [(one["code"], one["message"]) for one in early["errors"]] == [
            ("PERIOD_CLOSED", "Dit kan nog niet. Het kan vanaf 15 maart 2027 om 00.00 uur.")
        ]
        clock.stand_still(at=at("2027-03-15 00:00"))
        await enrols(world, parent)

        mail_2, _ = await world.mails()
        is_mail_2(mail_2, to="thuis@example.org")
        assert "elk@amstelland.example.org" in mail_2["headers"]["From"]
        (seen,) = (await (await world.vo_staff()).ask("{ pupils { nodes { id } } }"))["pupils"]["nodes"]
        assert seen == {"id": str(pupil.id)}
        editor = await world.staff(Role.PO_EDITOR, primary_school_id=own.id)
        asked = "{ pupils { nodes { parentLogins { region letters } } } }"
        (row,) = (await editor.ask(asked))["pupils"]["nodes"]
        assert {one["region"]: one["letters"] for one in row["parentLogins"]} == {
            "AMSTERDAM": None,
            "AMSTELLAND": "AV",
        }

    @pytest.mark.parametrize("region", ["AMSTELLAND", "AMSTERDAM"])
    async def test_without_an_address_on_file_is_written_to_where_that_regions_login_went(
        self, world: World, region: str
    ) -> None:
        pupil = await world.pupil(advice="VMBO_BB", email="")
        parent = await world.at_home(pupil, world.amstelland, world.amsterdam)
        for there in (world.amstelland, world.amsterdam):
            login = ParentLogin.filter(pupil_id=pupil.id, region_id=there.id)
            await login.update(email=f"{there.code.lower()}@example.org")
        await Advice.filter(code="VMBO_BB").update(list_length=1)
        choices = [world.choice({"AMSTELLAND": 0, "AMSTERDAM": 6}[region], "VMBO_BB")]
        await parent.done("saveEnrolment", "", region=region, expectedVersion=0, preferences=choices)
        await parent.done("finalizeEnrolment", "", region=region)
        given = {"pupilId": str(pupil.id), "reason": "MOVED", "confirmWithdrawal": True}
        await (await world.editor()).done("setNotPlacingReason", "", **given)
        assert sorted((mail["subject"], mail["to"]) for mail in await world.mails()) == [
            ("De aanmelding van Zoë is beëindigd", f"{region.lower()}@example.org"),
            ("U heeft Zoë aangemeld", f"{region.lower()}@example.org"),
        ]


class TestAChildFromOutside:
    async def test_is_registered_approved_enrolled_and_sends_its_papers(self, world: World) -> None:
        admin, nobody = await admin_of(world), world.nobody()
        await nobody.done("registerOutsidePupil", "", **registration())
        (confirm,) = await world.mails()
        assert (confirm["to"], confirm["subject"]) == (ADDRESS, "Bevestig uw e-mailadres")
        assert "U heeft bij ELK Amstelland een inlog gevraagd om Mei-Lin aan te melden" in words(confirm)
        await nobody.done("confirmLoginRequest", "", token=token_in(confirm))
        (request,) = (await admin.ask("{ loginRequests { id } }"))["loginRequests"]
        made = (await admin.done("approveLoginRequest", "pupil { id elkNumber }", id=request["id"]))["pupil"]

        mail_1, _ = await world.mails()
        assert mail_1["to"] == ADDRESS
        assert "De gebruikersnaam is het ELK nummer van uw kind: B10000" in words(mail_1)
        assert "Klopt er iets niet? Neem dan contact op met ELK Amstelland." in words(mail_1)
        pupil = await Pupil.get(id=made["id"])
        parent = await world.account_by_mail(pupil, mail_1)
        await send_file(world, parent, pupil, kind="FAMILY_DOCUMENT")
        await enrols(world, parent)
        mail_2, *before = await world.mails()
        is_mail_2(mail_2, to=ADDRESS, name="Mei-Lin")
        assert len(before) == 2

        # Also after enrolling: the school of the enrolment reads them, and no other.
        clock.stand_still(at=at("2027-03-25 00:00"))
        await send_file(world, parent, pupil, kind="FAMILY_DOCUMENT")
        papers = "query($id: ID!) { pupil(id: $id) { elkNumber familyDocuments { filename url } } }"
        first, other = await world.vo_staff(0), await world.vo_staff(1)
        seen = (await first.ask(papers, id=made["id"]))["pupil"]
        assert seen["elkNumber"] == "B10000"
        for paper in seen["familyDocuments"]:
            assert (await world.http.get(urlsplit(paper["url"]).path)).content == PDF
        assert len(seen["familyDocuments"]) == 2
        assert (await other.ask(papers, id=made["id"]))["pupil"] is None
        assert len(await world.mails()) == 3
