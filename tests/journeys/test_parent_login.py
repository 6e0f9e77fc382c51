"""From school to mailbox to portal: the parent login (rules 4 to 15, 46)."""

from typing import Any

from models import AuditEntry, Note, OutboxMail
from resolvers import clock
from rules.vocabulary import NotPlacingReason, Role
from tests.world import PASSWORD, World, at, token_in

OVERVIEW = """{ pupils { totalCount nodes { id fullName group advice
    parentLogins { region status colour letters label sentAt } } } }"""
LOGIN = "pupil { parentLogins { region status colour letters label } }"


def login_in(pupil: dict[str, Any], region: str = "AMSTELLAND") -> dict[str, Any]:
    return next(login for login in pupil["parentLogins"] if login["region"] == region)


class TestTheWholeWay:
    async def test_a_login_goes_from_school_to_mailbox_to_portal(self, world: World) -> None:
        pupil = await world.pupil()
        editor = await world.editor()

        (row,) = (await editor.ask(OVERVIEW))["pupils"]["nodes"]
        assert row["fullName"] == "Zoë van der Berg"
        assert [login["region"] for login in row["parentLogins"]] == ["AMSTELLAND", "AMSTERDAM"]
        assert login_in(row)["colour"] == "WHITE"

        sent = await editor.done("sendParentLogin", LOGIN, pupilId=str(pupil.id), region="AMSTELLAND")
        assert login_in(sent["pupil"]) == {
            "region": "AMSTELLAND",
            "status": "SENT",
            "colour": "BLUE",
            "letters": None,
            "label": "Ouderinlog is verstuurd",
        }
        assert login_in(sent["pupil"], "AMSTERDAM")["colour"] == "WHITE"

        (mail,) = await world.mails()
        assert mail["to"] == "ouder@example.org"
        assert "BEWAAR DEZE MAIL GOED" in mail["text"]
        assert "Zoë" in mail["text"]
        assert pupil.elk_number in mail["text"]
        assert "<html" in mail["html"]
        assert f"?token={token_in(mail)}" in mail["html"]
        assert mail["headers"]["Auto-Submitted"] == "auto-generated"

        nobody = world.nobody()
        await nobody.done("activateAccount", "session { role }", token=token_in(mail), password=PASSWORD)
        parent = await world.sign_in(pupil.elk_number)
        child = (await parent.ask("{ child { firstName advice listLength loginStatus address { city } } }"))[
            "child"
        ]
        assert child == {
            "firstName": "Zoë",
            "advice": "HAVO",
            "listLength": 5,
            "loginStatus": "ACTIVATED",
            "address": {"city": "Amstelveen"},
        }
        (row,) = (await editor.ask(OVERVIEW))["pupils"]["nodes"]
        assert login_in(row)["colour"] == "GREEN"

        again = await nobody.do(
            "activateAccount", "session { role }", token=token_in(mail), password=PASSWORD
        )
        assert again["session"] is None
        assert len(again["errors"]) == 1

        acts = [entry.act for entry in await AuditEntry.filter(pupil_id=pupil.id).order_by("id")]
        assert "sendParentLogin" in acts
        assert "activateAccount" in acts

    async def test_a_new_link_kills_the_old_and_a_repeat_of_the_mail_carries_the_same(
        self, world: World
    ) -> None:
        pupil = await world.pupil()
        editor = await world.editor()
        await editor.done("sendParentLogin", LOGIN, pupilId=str(pupil.id), region="AMSTELLAND")
        (first,) = await world.mails()
        await OutboxMail.all().update(sent_at=None)
        repeat, same = await world.mails()
        assert token_in(repeat) == token_in(same) == token_in(first)
        assert repeat["messageId"] == first["messageId"]

        await editor.done("sendParentLogin", LOGIN, pupilId=str(pupil.id), region="AMSTELLAND")
        newest = (await world.mails())[0]
        assert token_in(newest) != token_in(first)
        nobody = world.nobody()
        refused = await nobody.do(
            "activateAccount", "session { role }", token=token_in(first), password=PASSWORD
        )
        assert refused["session"] is None
        await nobody.done("activateAccount", "session { role }", token=token_in(newest), password=PASSWORD)

    async def test_the_link_lives_until_the_application_period_ends(self, world: World) -> None:
        pupil = await world.pupil()
        editor = await world.editor()
        await editor.done("sendParentLogin", LOGIN, pupilId=str(pupil.id), region="AMSTELLAND")
        (mail,) = await world.mails()
        assert "25 maart 2027 om 00.00 uur" in mail["text"]
        clock.stand_still(at=at("2027-03-25 00:00"))
        late = await world.nobody().do(
            "activateAccount", "session { role }", token=token_in(mail), password=PASSWORD
        )
        assert late["session"] is None

    async def test_a_login_for_the_linked_region_has_its_own_dot_and_the_same_account(
        self, world: World
    ) -> None:
        pupil = await world.pupil()
        await world.parent(pupil)
        editor = await world.editor()
        sent = await editor.done("sendParentLogin", LOGIN, pupilId=str(pupil.id), region="AMSTERDAM")
        assert login_in(sent["pupil"], "AMSTERDAM")["colour"] == "BLUE"
        assert login_in(sent["pupil"])["colour"] == "GREEN"
        mail = (await world.mails())[0]
        assert "amsterdam.example.org" in mail["text"]


class TestWhatIsUnmet:
    FACTS = "errors { code message ... on ParentLoginNotReady { okiDocNotFinal testResultMissing adviceMissing emailMissing } }"

    async def test_every_unmet_condition_is_a_fact_of_its_own(self, world: World) -> None:
        pupil = await world.pupil(final=False, tested=False, advice=None, email="")
        editor = await world.editor()
        query = (
            "mutation($input: SendParentLoginInput!) { it: sendParentLogin(input: $input) { pupil { id } "
            f"{self.FACTS} }} }}"
        )
        answer = (await editor.ask(query, input={"pupilId": str(pupil.id), "region": "AMSTELLAND"}))["it"]
        assert answer["pupil"] is None
        (error,) = answer["errors"]
        assert error["code"] == "PARENT_LOGIN_NOT_READY"
        assert {name: error[name] for name in error if name not in ("code", "message")} == {
            "okiDocNotFinal": True,
            "testResultMissing": True,
            "adviceMissing": True,
            "emailMissing": True,
        }
        for word in ("Oki-doc", "doorstroomtoets", "advies", "e-mailadres"):
            assert word in error["message"]
        assert await world.mails() == []

    async def test_a_closed_period_is_named_beside_the_rest(self, world: World) -> None:
        pupil = await world.pupil(final=False)
        editor = await world.editor()
        clock.stand_still(at=at("2027-03-25 00:00"))
        refused = await editor.do(
            "sendParentLogin", "pupil { id }", pupilId=str(pupil.id), region="AMSTELLAND"
        )
        assert [error["code"] for error in refused["errors"]] == ["PERIOD_CLOSED", "PARENT_LOGIN_NOT_READY"]

    async def test_an_advice_that_is_not_on_the_form_says_which_way_the_child_goes(
        self, world: World
    ) -> None:
        pupil = await world.pupil(advice="PRAKTIJKONDERWIJS")
        editor = await world.editor()
        refused = await editor.do(
            "sendParentLogin", "pupil { id }", pupilId=str(pupil.id), region="AMSTELLAND"
        )
        (error,) = refused["errors"]
        assert error["code"] == "ADVICE_NOT_ON_FORM"
        assert "praktijkschool" in error["message"]

    async def test_a_reason_not_to_place_keeps_the_login_back(self, world: World) -> None:
        pupil = await world.pupil()
        editor = await world.editor()
        await editor.done(
            "setNotPlacingReason", "pupil { notPlacingReason }", pupilId=str(pupil.id),
            reason=NotPlacingReason.MOVED.value,
        )  # fmt: skip
        refused = await editor.do(
            "sendParentLogin", "pupil { id }", pupilId=str(pupil.id), region="AMSTELLAND"
        )
        assert [error["code"] for error in refused["errors"]] == ["NOT_PLACING"]

    async def test_an_active_account_is_not_sent_another(self, world: World) -> None:
        pupil = await world.pupil()
        await world.parent(pupil)
        editor = await world.editor()
        refused = await editor.do(
            "sendParentLogin", "pupil { id }", pupilId=str(pupil.id), region="AMSTELLAND"
        )
        assert [error["code"] for error in refused["errors"]] == ["LOGIN_ALREADY_ACTIVE"]

    async def test_a_region_that_is_not_linked_is_not_found(self, world: World) -> None:
        pupil = await world.pupil()
        editor = await world.editor()
        refused = await editor.do("sendParentLogin", "pupil { id }", pupilId=str(pupil.id), region="UTRECHT")
        assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]


class TestForgottenPassword:
    async def test_a_reset_works_once_within_the_hour_and_kills_sessions(self, world: World) -> None:
        pupil = await world.pupil()
        parent = await world.parent(pupil)
        nobody = world.nobody()
        await nobody.done("requestPasswordReset", "", username=pupil.elk_number)
        mail = (await world.mails())[0]
        assert "wachtwoord" in mail["subject"]
        new = "Andere-sterke-zin-99"
        await nobody.done("resetPassword", "session { role }", token=token_in(mail), password=new)
        assert (await parent.post("{ child { id } }")).status_code == 401
        await world.sign_in(pupil.elk_number, new)
        again = await nobody.do("resetPassword", "session { role }", token=token_in(mail), password=new)
        assert again["session"] is None

    async def test_never_activated_means_mail_1_again(self, world: World) -> None:
        pupil = await world.pupil()
        editor = await world.editor()
        await editor.done("sendParentLogin", LOGIN, pupilId=str(pupil.id), region="AMSTELLAND")
        await world.mails()
        await world.nobody().done("requestPasswordReset", "", username=pupil.elk_number)
        again = await world.mails()
        assert len(again) == 2
        assert "BEWAAR DEZE MAIL GOED" in again[0]["text"]
        await world.nobody().done(
            "activateAccount", "session { role }", token=token_in(again[0]), password=PASSWORD
        )


class TestWhoSeesWhat:
    async def test_a_monitor_sees_the_overview_and_nothing_else(self, world: World) -> None:
        pupil = await world.pupil()
        monitor = await world.staff(Role.PO_MONITOR, primary_school_id=world.primary.id)
        (row,) = (
            await monitor.ask("{ pupils { nodes { id fullName group advice parentLogins { colour } } } }")
        )["pupils"]["nodes"]
        assert row["advice"] == "HAVO"
        for field in ("elkNumber", "birthDate", "bsn", "okiDoc { status }", "address { city }"):
            answer = await monitor.post(f"{{ pupils {{ nodes {{ {field} }} }} }}")
            assert answer.status_code == 400, field
        assert (await monitor.post(f'{{ pupil(id: "{pupil.id}") {{ id }} }}')).status_code == 400
        answer = await monitor.post(
            "mutation($i: SendParentLoginInput!) { sendParentLogin(input: $i) { errors { code } } }", i={}
        )
        assert answer.status_code == 400

    async def test_another_schools_pupil_is_not_found_in_reading_and_in_doing(self, world: World) -> None:
        from uuid import uuid4

        from models import PrimarySchool

        other = await PrimarySchool.create(id=uuid4(), region=world.amstelland, brin="99ZZ", name="Elders")
        pupil = await world.pupil(school=other)
        editor = await world.editor()
        assert (await editor.ask("query($id: ID!) { pupil(id: $id) { id } }", id=str(pupil.id)))[
            "pupil"
        ] is None
        assert (await editor.ask(OVERVIEW))["pupils"]["nodes"] == []
        for mutation, given in (
            ("sendParentLogin", {"region": "AMSTELLAND"}),
            ("updateOkiDoc", {"expectedVersion": 1}),
            ("finalizeOkiDoc", {"expectedVersion": 1}),
            ("addNote", {"text": "x"}),
            ("setNotPlacingReason", {"reason": "MOVED"}),
        ):
            refused = await editor.do(mutation, "pupil { id }", pupilId=str(pupil.id), **given)
            assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"], mutation
        assert await Note.all().count() == 0
        assert await AuditEntry.filter(pupil_id=pupil.id).count() == 0

    async def test_the_overview_costs_the_same_for_two_pupils_and_for_sixty(self, world: World) -> None:
        from tests.statements import counted

        editor = await world.editor()
        for number in range(2):
            await world.pupil(first_name=f"Kind{number}")
        async with counted() as few:
            await editor.ask(OVERVIEW)
        for number in range(58):
            await world.pupil(first_name=f"Leerling{number}")
        async with counted() as many:
            answer = await editor.ask(OVERVIEW)
        assert answer["pupils"]["totalCount"] == 60
        assert len(many) == len(few) <= 6, many
