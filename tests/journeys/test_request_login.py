"""Rule 24: a family of a linked region asks for a login. Who asks learns nothing; the mail goes where it should."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from models import (
    Account,
    Guardian,
    LoginRequest,
    OutboxMail,
    ParentLogin,
    Period,
    Pupil,
    Region,
    RegionGroup,
    SchoolYear,
)
from resolvers import clock, evenly
from rules.vocabulary import LoginRequestState, LoginStatus, NotPlacingReason, PeriodKind
from tests.journeys.asking import admin_of, asks_for, linked_child
from tests.world import PASSWORD, World, at, token_in

ASK = """mutation($input: RequestParentLoginInput!) {
  requestParentLogin(input: $input) { errors { __typename code message path } } }"""
WAITING = "{ loginRequests { id origin elkNumber fullName birthDate email primarySchool { name } state } }"


async def ask(world: World, **given: Any) -> list[str]:
    """The codes of what is refused; none, whatever else there is."""
    payload = await world.nobody().do("requestParentLogin", "", **given)
    return [error["code"] for error in payload["errors"]]


class TestALinkedChildWithAnAddressOnFile:
    async def test_gets_mail_1_there_and_goes_on_to_a_saved_form(self, world: World) -> None:
        pupil = await linked_child(world, email="thuis@example.org")
        assert await ask(world, **asks_for(pupil)) == []
        (mail,) = await world.mails()
        assert mail["to"] == "thuis@example.org"
        assert "ouderportaal van ELK Amstelland om Zoë aan te melden" in mail["text"]
        assert "Vraag de basisschool om het te wijzigen." in mail["text"]
        assert "https://amstelland.example.org/portaal?token=" in mail["text"]

        nobody = world.nobody()
        await nobody.done("activateAccount", "session { role }", token=token_in(mail), password=PASSWORD)
        parent = await world.sign_in(pupil.elk_number)
        choices = [world.choice(school) for school in range(5)]
        saved = await parent.done(
            "saveEnrolment", "enrolment { canFinalize missing }", expectedVersion=0, preferences=choices
        )
        assert saved["enrolment"] == {"canFinalize": True, "missing": []}
        login = await ParentLogin.get(pupil_id=pupil.id)
        assert (login.region_id, login.status) == (world.amstelland.id, LoginStatus.ENROLMENT_STARTED)

    async def test_keeps_its_one_account_and_gets_a_second_login(self, world: World) -> None:
        pupil = await linked_child(world)
        await world.parent(await _at_home(world, pupil), region="AMSTERDAM")
        account = await Account.get(pupil_id=pupil.id)
        assert await ask(world, **asks_for(pupil)) == []
        await world.nobody().done(
            "activateAccount", "session { role }", token=token_in((await world.mails())[0]), password=PASSWORD
        )
        assert (await Account.get(pupil_id=pupil.id)).id == account.id
        logins = await ParentLogin.filter(pupil_id=pupil.id)
        assert {login.region_id for login in logins} == {world.amstelland.id, world.amsterdam.id}

    async def test_is_in_the_regions_list_from_then_on_and_as_an_answered_request(self, world: World) -> None:
        pupil, admin = await linked_child(world), await admin_of(world)
        assert (await admin.ask("{ pupils { totalCount } }"))["pupils"]["totalCount"] == 0
        await ask(world, **asks_for(pupil))
        nodes = (await admin.ask("{ pupils { nodes { elkNumber } } }"))["pupils"]["nodes"]
        assert nodes == [{"elkNumber": pupil.elk_number}]
        assert (await admin.ask(WAITING))["loginRequests"] == []
        answered = "{ loginRequests(state: APPROVED) { elkNumber email decidedAt } }"
        (row,) = (await admin.ask(answered))["loginRequests"]
        assert (row["elkNumber"], row["email"]) == (pupil.elk_number, "ouder@example.org")
        assert row["decidedAt"]

    async def test_that_asks_again_gets_the_same_link_while_it_is_not_used(self, world: World) -> None:
        pupil = await linked_child(world)
        await ask(world, **asks_for(pupil))
        await ask(world, **asks_for(pupil))
        again, first = await world.mails()
        assert token_in(again) == token_in(first)
        assert await LoginRequest.all().count() == 1

    async def test_that_is_active_already_gets_nothing(self, world: World) -> None:
        pupil = await linked_child(world)
        await ask(world, **asks_for(pupil))
        given = {"token": token_in((await world.mails())[0]), "password": PASSWORD}
        await world.nobody().done("activateAccount", "session { role }", **given)
        assert await ask(world, **asks_for(pupil)) == []
        assert len(await world.mails()) == 1

    async def test_is_found_by_a_number_as_people_type_it(self, world: World) -> None:
        pupil = await world.pupil(outside=True, tested=False)
        assert await ask(world, **asks_for(pupil, elkNumber=f" {pupil.elk_number.lower()} ")) == []
        (mail,) = await world.mails()
        assert "Neem dan contact op met ELK Amstelland." in mail["text"]
        assert "basisschool" not in mail["text"]


async def _at_home(world: World, pupil: Pupil) -> Pupil:
    """The same child at the school of `world.editor`, which sends its login to its own region."""
    await Pupil.filter(id=pupil.id).update(primary_school_id=world.primary.id)
    return pupil


class TestALinkedChildWithoutOne:
    async def test_waits_for_the_region_which_finds_out_the_address(self, world: World) -> None:
        pupil, admin = await linked_child(world, email=""), await admin_of(world)
        assert await ask(world, **asks_for(pupil)) == []
        assert await world.mails() == []
        (row,) = (await admin.ask(WAITING))["loginRequests"]
        identity = row.pop("id")
        assert row == {
            "origin": "HOME",
            "elkNumber": pupil.elk_number,
            "fullName": "Zoë van der Berg",
            "birthDate": "2015-02-03",
            "email": "",
            "primarySchool": {"name": "De Sluis"},
            "state": "OPEN",
        }

        refused = await admin.do("approveLoginRequest", "pupil { id }", id=identity)
        assert [(one["code"], one["path"]) for one in refused["errors"]] == [("INVALID_VALUE", ["email"])]
        assert await world.mails() == []
        given = {"id": identity, "email": "gevonden@example.org"}
        fields = "pupil { elkNumber parentLogins { region status } } loginRequest { state email }"
        done = await admin.done("approveLoginRequest", fields, **given)
        assert done["pupil"]["elkNumber"] == pupil.elk_number
        assert {"region": "AMSTELLAND", "status": "SENT"} in done["pupil"]["parentLogins"]
        assert done["loginRequest"] == {"state": "APPROVED", "email": "gevonden@example.org"}
        (mail,) = await world.mails()
        assert mail["to"] == "gevonden@example.org"

        # The Oki-doc still has no address: a forgotten password goes where the login went.
        nobody = world.nobody()
        await nobody.done("activateAccount", "session { role }", token=token_in(mail), password=PASSWORD)
        await nobody.done("requestPasswordReset", "", username=pupil.elk_number)
        reset, _ = await world.mails()
        assert (reset["to"], "wachtwoord" in reset["subject"]) == ("gevonden@example.org", True)

    async def test_is_asked_once_however_often_the_family_asks(self, world: World) -> None:
        pupil, admin = await linked_child(world, email=""), await admin_of(world)
        await asyncio.gather(*(ask(world, **asks_for(pupil)) for _ in range(3)))
        assert len((await admin.ask(WAITING))["loginRequests"]) == 1

    async def test_is_no_question_any_more_once_its_school_sends(self, world: World) -> None:
        pupil, admin = await linked_child(world, email=""), await admin_of(world)
        await ask(world, **asks_for(pupil))
        await Guardian.filter(pupil_id=pupil.id).update(email="later@example.org")
        await _at_home(world, pupil)
        given = {"pupilId": str(pupil.id), "region": "AMSTELLAND"}
        await (await world.editor()).done("sendParentLogin", "", **given)
        assert (await admin.ask(WAITING))["loginRequests"] == []
        assert (await LoginRequest.get(pupil_id=pupil.id)).state is LoginRequestState.APPROVED

    async def test_gets_its_mail_at_once_when_the_address_came_on_file_since(self, world: World) -> None:
        pupil, admin = await linked_child(world, email=""), await admin_of(world)
        await ask(world, **asks_for(pupil))
        await Guardian.filter(pupil_id=pupil.id).update(email="later@example.org")
        await ask(world, **asks_for(pupil))
        assert [mail["to"] for mail in await world.mails()] == ["later@example.org"]
        assert (await admin.ask(WAITING))["loginRequests"] == []

    async def test_whose_address_is_known_gets_the_mail_there_and_nowhere_else(self, world: World) -> None:
        pupil, admin = await linked_child(world, final=False), await admin_of(world)
        await ask(world, **asks_for(pupil))
        (row,) = (await admin.ask(WAITING))["loginRequests"]
        refused = await admin.do("approveLoginRequest", "", id=row["id"], email="ander@example.org")
        assert [one["code"] for one in refused["errors"]] == ["INVALID_VALUE"]
        assert "er is al een adres bekend" in refused["errors"][0]["message"]

    async def test_cannot_be_approved_while_its_file_is_not_ready(self, world: World) -> None:
        """Rule 8: what the child's own school must have done first, the region reads."""
        pupil = await linked_child(world, final=False, tested=False)
        admin = await admin_of(world)
        await ask(world, **asks_for(pupil))
        (row,) = (await admin.ask(WAITING))["loginRequests"]
        fields = "... on ParentLoginNotReady { okiDocNotFinal testResultMissing adviceMissing emailMissing }"
        asked = (
            "mutation($id: ID!) { approveLoginRequest(input: {id: $id}) "
            f"{{ pupil {{ id }} errors {{ code {fields} }} }} }}"
        )
        payload = (await admin.ask(asked, id=row["id"]))["approveLoginRequest"]
        assert payload == {
            "pupil": None,
            "errors": [
                {
                    "code": "PARENT_LOGIN_NOT_READY",
                    "okiDocNotFinal": True,
                    "testResultMissing": True,
                    "adviceMissing": False,
                    "emailMissing": False,
                }
            ],
        }
        assert not await ParentLogin.filter(pupil_id=pupil.id).exists()

    async def test_that_goes_another_way_is_told_by_the_region(self, world: World) -> None:
        pupil = await linked_child(world, advice="PRAKTIJKONDERWIJS")
        admin = await admin_of(world)
        await ask(world, **asks_for(pupil))
        assert await world.mails() == []
        (row,) = (await admin.ask(WAITING))["loginRequests"]
        refused = await admin.do("approveLoginRequest", "", id=row["id"])
        assert [one["code"] for one in refused["errors"]] == ["ADVICE_NOT_ON_FORM"]
        await admin.done("declineLoginRequest", "", id=row["id"], reason="De basisschool meldt uw kind aan.")
        (mail,) = await world.mails()
        assert mail["to"] == "ouder@example.org"
        assert "De basisschool meldt uw kind aan." in mail["text"]


async def _every_case(world: World) -> list[dict[str, Any]]:
    """What people may send: for children that are there, and for those that are not."""
    match = await linked_child(world)
    homeless = await linked_child(world, email="", first_name="Adam")
    moved = await linked_child(world, first_name="Bo")
    await Pupil.filter(id=moved.id).update(not_placing_reason=NotPlacingReason.MOVED)
    at_home = await world.pupil(first_name="Cas")
    active = await linked_child(world, first_name="Dex")
    await ParentLogin.create(
        pupil=active, region=world.amstelland, status=LoginStatus.ENROLMENT_FINAL, email="x@example.org"
    )
    return [
        asks_for(match),
        asks_for(match, birthDate="2015-02-04"),
        asks_for(match, elkNumber="99999"),
        asks_for(match, elkNumber="B" + match.elk_number),
        asks_for(homeless),
        asks_for(moved),
        asks_for(at_home),
        asks_for(active),
    ]


class TestTheAnswer:
    async def test_is_the_same_letter_for_letter_for_every_child_and_for_none(self, world: World) -> None:
        said = set()
        for given in await _every_case(world):
            answer = await world.nobody().post(ASK, input=given)
            kept = {k: v for k, v in answer.headers.items() if k != "x-correlation-id"}
            said.add((answer.status_code, answer.content, tuple(sorted(kept.items()))))
        assert len(said) == 1
        assert said.pop()[1] == b'{"data":{"requestParentLogin":{"errors":[]}}}'
        assert [mail["to"] for mail in await world.mails()] == ["ouder@example.org"]

    async def test_comes_at_one_moment_whatever_there_was_to_do(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each waits for the moment that was set when it began: none comes before it."""
        moment = 0.9
        monkeypatch.setattr(evenly, "ANSWERED_AFTER_SECONDS", moment)
        loop = asyncio.get_running_loop()
        for given in await _every_case(world):
            began = loop.time()
            await ask(world, **given)
            assert loop.time() - began >= moment, given

    async def test_leaves_no_row_behind_for_a_child_that_is_not_meant(self, world: World) -> None:
        match, *others = await _every_case(world)
        for given in others:
            if given != others[3]:
                await ask(world, **given)
        assert not await LoginRequest.exists()
        assert not await OutboxMail.exists()
        assert await ask(world, **match) == []
        assert await OutboxMail.all().count() == 1

    @pytest.mark.parametrize(
        "number", ["", "1", "1234567", "12a45", "C12345", "１２３４５", "%", "1234\u202e5", "x" * 20_000]
    )
    async def test_to_what_is_no_number_says_so(self, world: World, number: str) -> None:
        given = {"elkNumber": number, "birthDate": "2015-02-03", "region": "AMSTELLAND"}
        assert await ask(world, **given) == ["INVALID_VALUE"]

    @pytest.mark.parametrize("region", ["", "NERGENS", "x" * 20_000, "amstelland"])
    async def test_about_a_region_that_is_none_says_so(self, world: World, region: str) -> None:
        pupil = await linked_child(world)
        assert await ask(world, **asks_for(pupil, region=region)) == ["NOT_FOUND"]

    async def test_in_a_document_is_one(self, world: World) -> None:
        pupil = await linked_child(world)
        twice = """mutation($i: RequestParentLoginInput!) {
            a: requestParentLogin(input: $i) { errors { code } } b: requestParentLogin(input: $i) { errors { code } } }"""
        answer = (await world.nobody().post(twice, i=asks_for(pupil))).json()
        assert [one["extensions"]["code"] for one in answer["errors"]] == ["ONE_SIGN_IN_PER_DOCUMENT"]


class TestAskingTooOften:
    async def test_for_one_child_stops_silently(self, world: World) -> None:
        pupil = await linked_child(world)
        for _ in range(5):
            assert await ask(world, **asks_for(pupil)) == []
        assert await OutboxMail.all().count() == 3

    async def test_with_a_wrong_date_of_birth_takes_nothing_from_the_family(self, world: World) -> None:
        pupil = await linked_child(world)
        for day in range(4, 12):
            await ask(world, **asks_for(pupil, birthDate=f"2015-02-{day:02}"))
        await ask(world, **asks_for(pupil))
        assert await OutboxMail.all().count() == 1

    async def test_from_one_network_is_refused(self, world: World) -> None:
        given = {"birthDate": "2015-02-03", "region": "AMSTELLAND"}
        asked = await asyncio.gather(*(ask(world, elkNumber=str(n), **given) for n in range(20000, 20064)))
        assert asked.count([]) == 60
        assert asked.count(["TOO_MANY_ATTEMPTS"]) == 4


class TestThePeriod:
    @pytest.mark.parametrize(
        ("moment", "said"),
        [
            ("2027-03-07 23:59", ["PERIOD_CLOSED"]),
            ("2027-03-08 00:00", []),
            ("2027-03-15 00:00", []),
            ("2027-03-24 23:59", []),
            ("2027-03-25 00:00", ["PERIOD_CLOSED"]),
        ],
    )
    async def test_is_the_week_before_and_that_of_applying(
        self, world: World, moment: str, said: list[str]
    ) -> None:
        pupil = await linked_child(world)
        clock.stand_still(at=at(moment))
        assert await ask(world, **asks_for(pupil)) == said
        assert await OutboxMail.all().count() == (0 if said else 1)

    async def test_that_is_closed_is_so_for_a_child_that_is_not_there(self, world: World) -> None:
        clock.stand_still(at=at("2027-03-25 00:00"))
        for given in await _every_case(world):
            assert await ask(world, **given) == ["PERIOD_CLOSED"]

    async def test_of_a_closed_year_is_none(self, world: World) -> None:
        pupil = await linked_child(world)
        await SchoolYear.all().update(closed=True)
        assert await ask(world, **asks_for(pupil)) == ["YEAR_CLOSED"]

    async def test_ends_for_the_region_too(self, world: World) -> None:
        """Mail 1 would carry a link that is dead; saying no is possible always."""
        pupil, admin = await linked_child(world, email=""), await admin_of(world)
        await ask(world, **asks_for(pupil))
        (row,) = (await admin.ask(WAITING))["loginRequests"]
        clock.stand_still(at=at("2027-03-25 00:00") + timedelta(days=1))
        refused = await admin.do("approveLoginRequest", "", id=row["id"], email="nu@example.org")
        assert [one["code"] for one in refused["errors"]] == ["PERIOD_CLOSED"]
        declined = await admin.done(
            "declineLoginRequest", "pupil { id } loginRequest { state }", id=row["id"], reason="Te laat."
        )
        assert declined["loginRequest"] == {"state": "DECLINED"}
        assert declined["pupil"] is None
        assert await world.mails() == [], "there is no address that is known to be the family's"


async def test_a_region_that_is_not_linked_is_none_of_this_childs(world: World) -> None:
    """The number counts within linked regions alone."""
    south = await RegionGroup.create(id=uuid4(), code="ZUID")
    coast = await Region.create(
        id=uuid4(), group=south, code="KUST", name="Kust", portal_url="https://kust.example.org",
        sender_address="elk@kust.example.org",
    )  # fmt: skip
    await Period.create(
        id=uuid4(), region=coast, school_year=world.year, kind=PeriodKind.APPLICATION,
        opens_at=at("2027-03-15 00:00"), closes_at=at("2027-03-25 00:00"),
    )  # fmt: skip
    pupil = await linked_child(world)
    assert await ask(world, **asks_for(pupil, region="KUST")) == []
    assert not await OutboxMail.exists()
    assert not await LoginRequest.exists()
