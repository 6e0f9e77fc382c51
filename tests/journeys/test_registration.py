"""Rules 24 and 47: a family from outside registers its child, confirms by mail, gets a login, and enrols."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from models import Address, AuditEntry, Guardian, LoginRequest, OkiDoc, OutboxMail, ParentLogin, Pupil
from models.bsn import BsnVault
from resolvers import clock, evenly
from resolvers.files import store
from rules.sign_in import MAILS_PER_NETWORK
from rules.vocabulary import LoginRequestState, PupilOrigin
from settings import load
from tests.journeys.asking import ADDRESS, BSN, OTHER_BSN, admin_of, registered, registration
from tests.world import PASSWORD, World, at, token_in
from workers import housekeeping

SEEN = "{ loginRequests { id fullName } }"


async def register(world: World, **changes: Any) -> list[dict[str, Any]]:
    """What is refused."""
    payload = await world.nobody().do("registerOutsidePupil", "", **registration(**changes))
    return list(payload["errors"])


async def codes(world: World, **changes: Any) -> list[str]:
    return [error["code"] for error in await register(world, **changes)]


async def confirm(world: World, token: str) -> list[str]:
    payload = await world.nobody().do("confirmLoginRequest", "", token=token)
    return [error["code"] for error in payload["errors"]]


class TestAFamilyFromOutside:
    async def test_goes_the_whole_road_to_a_definitive_form(self, world: World) -> None:
        admin = await admin_of(world)
        assert await register(world) == []
        assert (await admin.ask(SEEN))["loginRequests"] == []
        (mail,) = await world.mails()
        assert mail["to"] == ADDRESS
        assert "om Mei-Lin aan te melden voor een middelbare school" in mail["text"]
        assert "De link werkt tot 19 maart 2027 om 10.00 uur." in mail["text"]
        assert "https://amstelland.example.org/portaal?token=" in mail["text"]

        assert await confirm(world, token_in(mail)) == []
        (row,) = (await admin.ask(SEEN))["loginRequests"]
        assert row["fullName"] == "Mei-Lin van der Łukasz"
        fields = "pupil { id elkNumber origin originSchool advice listLength primarySchool { name } } loginRequest { state elkNumber hasBsn }"
        done = await admin.done("approveLoginRequest", fields, id=row["id"])
        made = done["pupil"]
        identity = made.pop("id")
        assert made == {
            "elkNumber": "B10000",
            "origin": "OUTSIDE",
            "originSchool": "De Verre Molen, Utrecht",
            "advice": "HAVO",
            "listLength": 5,
            "primarySchool": None,
        }
        assert done["loginRequest"] == {"state": "APPROVED", "elkNumber": "B10000", "hasBsn": True}
        assert (await admin.ask(SEEN))["loginRequests"] == []

        mail = (await world.mails())[0]
        assert mail["to"] == ADDRESS
        assert "De gebruikersnaam is het ELK nummer van uw kind: B10000" in mail["text"]
        assert "Klopt er iets niet? Neem dan contact op met ELK Amstelland." in mail["text"]
        nobody = world.nobody()
        await nobody.done("activateAccount", "session { role }", token=token_in(mail), password=PASSWORD)
        parent = await world.sign_in("B10000")
        child = "{ child { fullName birthDate gender originSchool address { street houseNumber postcode city } guardians { lastName email phone } } }"
        assert (await parent.ask(child))["child"] == {
            "fullName": "Mei-Lin van der Łukasz",
            "birthDate": "2015-04-05",
            "gender": "V",
            "originSchool": "De Verre Molen, Utrecht",
            "address": {
                "street": "Regenboogpad",
                "houseNumber": "12",
                "postcode": "3511 AB",
                "city": "Utrecht",
            },
            "guardians": [{"lastName": "Łukasz", "email": ADDRESS, "phone": "0612345678"}],
        }
        choices = [world.choice(school) for school in range(5)]
        await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
        await parent.done("finalizeEnrolment", "")
        seen = (await (await world.vo_staff()).ask("{ pupils { nodes { id } } }"))["pupils"]["nodes"]
        assert seen == [{"id": identity}]
        nodes = (await admin.ask("{ pupils { nodes { id elkNumber } } }"))["pupils"]["nodes"]
        assert nodes == [{"id": identity, "elkNumber": "B10000"}]
        asked = "query($id: ID!) { pupil(id: $id) { parentLogins { region letters } } }"
        (login, _) = (await admin.ask(asked, id=identity))["pupil"]["parentLogins"]
        assert login == {"region": "AMSTELLAND", "letters": "AV"}

    async def test_becomes_a_child_with_all_it_told_and_without_an_oki_doc(self, world: World) -> None:
        request, admin = await registered(world), await admin_of(world)
        await admin.done("approveLoginRequest", "", id=str(request.id))
        pupil = await Pupil.get(origin=PupilOrigin.OUTSIDE)
        assert (pupil.region_id, pupil.group_id) == (world.amstelland.id, world.group.id)
        assert (pupil.official_names, pupil.origin_brin, pupil.sort_name) == (
            "Mei Lin",
            "03XY",
            "lukasz mei-lin van der",
        )
        settings = load()
        vault = BsnVault(keys=list(settings.bsn_keys), index_key=settings.bsn_index_key)
        assert pupil.bsn_encrypted is not None
        assert vault.decrypt(encrypted=pupil.bsn_encrypted) == BSN
        assert pupil.bsn_index == vault.index(bsn=BSN)
        assert not await OkiDoc.filter(pupil_id=pupil.id).exists()
        assert (await Address.get(pupil_id=pupil.id)).country == "Nederland"
        assert (await Guardian.get(pupil_id=pupil.id)).relation == "moeder"
        request = await LoginRequest.get(id=request.id)
        assert (request.pupil_id, request.bsn_encrypted, request.bsn_index) == (pupil.id, None, None)

    async def test_with_the_least_there_is_to_tell_may_begin_too(self, world: World) -> None:
        least = {"guardian": {"lastName": "Vos"}}
        for name in ("infix", "officialNames", "gender", "bsn", "originBrin"):
            least[name] = None  # type: ignore[assignment]
        request, admin = await registered(world, **least), await admin_of(world)
        done = await admin.done("approveLoginRequest", "pupil { fullName }", id=str(request.id))
        assert done["pupil"]["fullName"] == "Mei-Lin Łukasz"

    async def test_gets_the_next_number_of_its_own_series(self, world: World) -> None:
        await world.pupil()
        await world.pupil(outside=True)
        request, admin = await registered(world), await admin_of(world)
        done = await admin.done("approveLoginRequest", "pupil { elkNumber }", id=str(request.id))
        assert done["pupil"]["elkNumber"] == "B10003"


class TestBeforeItIsConfirmed:
    async def test_nobody_sees_it_and_nobody_can_decide_about_it(self, world: World) -> None:
        admin = await admin_of(world)
        await register(world)
        request = await LoginRequest.get()
        for state in ("UNCONFIRMED", "OPEN", "APPROVED", "DECLINED"):
            assert (await admin.ask(f"{{ loginRequests(state: {state}) {{ id }} }}"))["loginRequests"] == []
        given = {"id": str(request.id)}
        for act, more in (("approveLoginRequest", {}), ("declineLoginRequest", {"reason": "Nee."})):
            refused = await admin.do(act, "", **given, **more)
            assert [one["code"] for one in refused["errors"]] == ["NOT_FOUND"]

    async def test_the_link_works_for_two_days_and_then_all_of_it_is_gone(self, world: World) -> None:
        await register(world)
        token = token_in((await world.mails())[0])
        now = await clock.now()
        clock.stand_still(at=now + timedelta(hours=48) - timedelta(microseconds=1))
        await housekeeping.sweep(store=store())
        assert await LoginRequest.all().count() == 1
        clock.stand_still(at=now + timedelta(hours=48))
        assert await confirm(world, token) == ["LINK_EXPIRED"]
        await housekeeping.sweep(store=store())
        assert not await LoginRequest.exists()
        assert not await OutboxMail.exists()
        assert await confirm(world, token) == ["LINK_INVALID"]

    async def test_what_was_confirmed_is_not_swept(self, world: World) -> None:
        await registered(world)
        clock.stand_still(at=await clock.now() + timedelta(days=100))
        await housekeeping.sweep(store=store())
        assert await LoginRequest.all().count() == 1

    async def test_the_link_works_once_also_for_ten_clicks_at_the_same_moment(self, world: World) -> None:
        await register(world)
        token = token_in((await world.mails())[0])
        said = await asyncio.gather(*(confirm(world, token) for _ in range(10)))
        assert sorted(said) == [[], *[["LINK_INVALID"]] * 9]
        assert await LoginRequest.filter(state=LoginRequestState.OPEN).count() == 1

    @pytest.mark.parametrize("token", ["", "x", "a" * 43, "é" * 43, "a" * 20_000])
    async def test_a_link_that_is_none_is_refused(self, world: World, token: str) -> None:
        await register(world)
        assert await confirm(world, token) == ["LINK_INVALID"]

    async def test_the_links_of_other_mails_are_none_of_its_own_and_the_other_way_round(
        self, world: World
    ) -> None:
        await register(world)
        token = token_in((await world.mails())[0])
        refused = await world.nobody().do("activateAccount", "", token=token, password=PASSWORD)
        assert [one["code"] for one in refused["errors"]] == ["LINK_INVALID"]
        pupil = await world.pupil()
        given = {"pupilId": str(pupil.id), "region": "AMSTELLAND"}
        await (await world.editor()).done("sendParentLogin", "", **given)
        assert await confirm(world, token_in((await world.mails())[0])) == ["LINK_INVALID"]
        assert await confirm(world, token) == []

    async def test_the_period_may_end_first(self, world: World) -> None:
        clock.stand_still(at=at("2027-03-24 20:00"))
        await register(world)
        token = token_in((await world.mails())[0])
        clock.stand_still(at=at("2027-03-25 00:00"))
        assert await confirm(world, token) == ["PERIOD_CLOSED"]

    async def test_a_mail_that_could_not_be_sent_is_not_sent_once_it_is_of_no_use(self, world: World) -> None:
        await register(world)
        await LoginRequest.all().update(state=LoginRequestState.OPEN)
        assert await world.mails() == []
        (row,) = await OutboxMail.all()
        assert row.cancelled_at is not None


class TestTwice:
    async def test_with_the_same_answers_is_one_registration_with_one_link(self, world: World) -> None:
        assert await register(world) == []
        assert await register(world) == []
        again, first = await world.mails()
        assert token_in(again) == token_in(first)
        assert await LoginRequest.all().count() == 1

    async def test_with_other_answers_each_link_confirms_what_its_mail_was_sent_for(
        self, world: World
    ) -> None:
        """A stranger who tells something else about the same child changes nothing of what the family told."""
        assert await register(world) == []
        (own,) = await world.mails()
        assert await register(world, originSchool="Valse Molen", bsn=None) == []
        strangers = next(mail for mail in await world.mails() if token_in(mail) != token_in(own))
        assert token_in(strangers) != token_in(own)
        assert await confirm(world, token_in(own)) == []
        admin = await admin_of(world)
        (row,) = (await admin.ask("{ loginRequests { originSchool } }"))["loginRequests"]
        assert row["originSchool"] != "Valse Molen"

    async def test_at_the_same_moment_is_one_too(self, world: World) -> None:
        said = await asyncio.gather(*(register(world) for _ in range(4)))
        assert said == [[]] * 4
        assert await LoginRequest.all().count() == 1

    async def test_after_it_was_confirmed_takes_its_place_once_that_is_confirmed(self, world: World) -> None:
        first, admin = await registered(world), await admin_of(world)
        await register(world, originSchool="De Nieuwe Molen")
        assert (await admin.ask(SEEN))["loginRequests"][0]["id"] == str(first.id)
        assert await confirm(world, token_in((await world.mails())[0])) == []
        (row,) = (await admin.ask("{ loginRequests { id originSchool } }"))["loginRequests"]
        assert row["originSchool"] == "De Nieuwe Molen"
        # Whoever still looks at the first one cannot approve what is not on the screen.
        refused = await admin.do("approveLoginRequest", "", id=str(first.id))
        assert [one["code"] for one in refused["errors"]] == ["NOT_FOUND"]
        assert row["id"] != str(first.id)

    async def test_by_the_other_parent_does_not_touch_the_first(self, world: World) -> None:
        first = await registered(world)
        clock.stand_still(at=await clock.now() + timedelta(seconds=1))
        other = await registered(world, email="andere@example.org", originSchool="De Nieuwe Molen")
        admin = await admin_of(world)
        rows = (await admin.ask("{ loginRequests { id email otherRequests } }"))["loginRequests"]
        assert rows == [
            {"id": str(first.id), "email": ADDRESS, "otherRequests": [str(other.id)]},
            {"id": str(other.id), "email": "andere@example.org", "otherRequests": [str(first.id)]},
        ]

    async def test_of_two_children_are_two(self, world: World) -> None:
        await registered(world)
        await register(world, firstName="Kai", bsn=OTHER_BSN)
        assert await confirm(world, token_in((await world.mails())[0])) == []
        names = [one.told["first_name"] for one in await LoginRequest.filter(state=LoginRequestState.OPEN)]
        assert sorted(names) == ["Kai", "Mei-Lin"]


class TestTheAnswer:
    async def test_is_the_same_for_a_child_that_is_known_here_in_every_way(self, world: World) -> None:
        await registered(world)
        await (await admin_of(world)).done("approveLoginRequest", "", id=str((await LoginRequest.get()).id))
        asked = """mutation($i: RegisterOutsidePupilInput!) { registerOutsidePupil(input: $i) { errors { code } } }"""
        said = set()
        for given in (
            registration(),
            registration(email="iemand@example.org"),
            registration(firstName="Kai", bsn=OTHER_BSN, email="nieuw@example.org"),
        ):
            answer = await world.nobody().post(asked, i=given)
            said.add((answer.status_code, answer.content))
        assert said == {(200, b'{"data":{"registerOutsidePupil":{"errors":[]}}}')}
        kinds = await OutboxMail.exclude(recipient=ADDRESS).values_list("kind", "recipient")
        assert sorted(kinds) == [
            ("LoginRequestConfirm", "iemand@example.org"),
            ("LoginRequestConfirm", "nieuw@example.org"),
        ]

    async def test_comes_at_one_moment(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(evenly, "ANSWERED_AFTER_SECONDS", 0.9)
        loop = asyncio.get_running_loop()
        began = loop.time()
        assert await register(world) == []
        assert loop.time() - began >= 0.9

    async def test_in_a_document_is_one(self, world: World) -> None:
        twice = """mutation($i: RegisterOutsidePupilInput!) {
            a: registerOutsidePupil(input: $i) { errors { code } } b: registerOutsidePupil(input: $i) { errors { code } } }"""
        answer = (await world.nobody().post(twice, i=registration())).json()
        assert [one["extensions"]["code"] for one in answer["errors"]] == ["ONE_SIGN_IN_PER_DOCUMENT"]


class TestWhatCannotBeRight:
    async def test_is_named_all_at_once_in_the_order_and_spelling_of_the_form(self, world: World) -> None:
        errors = await register(
            world,
            firstName="Kijk op evil.example",
            lastName=" ",
            birthDate="1980-01-01",
            gender="X",
            bsn="123456789",
            address={"street": "", "houseNumber": "1\x07", "postcode": "0000", "city": "x" * 81},
            email="geen adres",
            guardian={"lastName": ""},
            originSchool="",
            originBrin="12345678",
            advice="GYMNASIUM",
        )
        assert {error["code"] for error in errors} == {"INVALID_VALUE"}
        assert {".".join(error["path"]) for error in errors} == {
            "firstName", "lastName", "birthDate", "gender", "bsn", "address.street", "address.houseNumber",
            "address.postcode", "address.city", "email", "guardian.lastName", "originSchool", "originBrin", "advice",
        }  # fmt: skip
        assert "123456789" not in json.dumps(errors)
        assert not await LoginRequest.exists()
        assert await world.mails() == []

    async def test_is_an_advice_that_goes_another_way_and_which_way_that_is(self, world: World) -> None:
        (error,) = await register(world, advice="PRAKTIJKONDERWIJS")
        assert error["code"] == "ADVICE_NOT_ON_FORM"
        assert error["path"] == ["advice"]
        assert "De basisschool meldt uw kind aan bij de praktijkschool." in error["message"]

    async def test_is_a_region_that_is_none_or_a_period_that_is_not_open(self, world: World) -> None:
        assert await codes(world, region="NERGENS") == ["NOT_FOUND"]
        for moment, said in (
            ("2027-03-07 23:59", ["PERIOD_CLOSED"]),
            ("2027-03-08 00:00", []),
            ("2027-03-24 23:59", []),
            ("2027-03-25 00:00", ["PERIOD_CLOSED"]),
        ):
            clock.stand_still(at=at(moment))
            assert await codes(world) == said, moment

    async def test_comes_too_often_for_one_address_or_from_one_network(self, world: World) -> None:
        said = [await codes(world, email=ADDRESS.upper() if n % 2 else ADDRESS) for n in range(7)]
        assert said == [[]] * 6 + [["TOO_MANY_ATTEMPTS"]]
        assert "wachtwoord" not in (await register(world))[0]["message"]
        left = MAILS_PER_NETWORK.capacity - 8
        said = [await codes(world, email=f"n{n}@example.org") for n in range(left + 2)]
        assert said == [[]] * left + [["TOO_MANY_ATTEMPTS"]] * 2


class TestItsBsn:
    async def test_lies_nowhere_in_the_clear(self, world: World) -> None:
        request, admin = await registered(world), await admin_of(world)
        for step in range(2):
            kept: list[Any] = await LoginRequest.all().values("told", "email", "reason")
            kept += await AuditEntry.all().values("before", "after")
            kept += await OutboxMail.all().values()
            kept += [mail["text"] + mail["html"] for mail in await world.mails()]
            assert BSN not in repr(kept)
            if step == 0:
                await admin.done("approveLoginRequest", "", id=str(request.id))

    async def test_and_what_a_family_told_are_not_in_the_audit_in_words(self, world: World) -> None:
        """What is not confirmed goes; the audit never forgets, so it never knew."""
        await register(world)
        said = repr(await AuditEntry.all().values("before", "after"))
        for words in (
            "Regenboogpad",
            "Łukasz",
            "Mei-Lin",
            "0612345678",
            "De Verre Molen",
            ADDRESS,
            "2015-04-05",
        ):
            assert words not in said
        (row,) = await AuditEntry.filter(act="registerOutsidePupil")
        assert row.after is not None
        assert str(row.after["told"]).startswith("hash:")

    async def test_that_is_somebody_elses_stops_the_region(self, world: World) -> None:
        admin = await admin_of(world)
        await admin.done("approveLoginRequest", "", id=str((await registered(world)).id))
        second = await registered(world, firstName="Kai", email="kai@example.org")
        refused = await admin.do("approveLoginRequest", "pupil { id }", id=str(second.id))
        assert [one["code"] for one in refused["errors"]] == ["PUPIL_KNOWN"]
        assert await Pupil.all().count() == 1
        assert await ParentLogin.all().count() == 1
        assert (await LoginRequest.get(id=second.id)).state is LoginRequestState.OPEN
