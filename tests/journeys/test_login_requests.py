"""Rule 24: what a region sees of the families that ask, and what it decides: once, with a reason, and told by mail."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from models import AuditEntry, LoginRequest, OutboxMail, ParentLogin, PrimarySchool, Pupil
from models.bsn import BsnVault
from resolvers import clock
from rules.vocabulary import LoginRequestState, LoginStatus, Role
from settings import load
from tests.journeys.asking import (
    ADDRESS,
    BSN,
    OTHER_BSN,
    admin_of,
    asks_for,
    linked_child,
    registered,
)
from tests.statements import counted
from tests.world import Person, World

IN_FULL = """query($state: LoginRequestState, $first: Int! = 100, $after: String) {
  loginRequests(state: $state, first: $first, after: $after) {
    id state origin createdAt confirmedAt decidedAt reason elkNumber firstName infix lastName fullName officialNames
    birthDate gender hasBsn primarySchool { id name } email address { street houseNumber postcode city country }
    guardian { initials firstName infix lastName relation phone } originSchool originBrin advice adviceLabel
    possibleDuplicates { elkNumber fullName region primarySchool sameBsn sameNameAndBirthDate } otherRequests
    primarySchoolHere { name } } }"""


async def requests(admin: Person, **narrowed: Any) -> list[dict[str, Any]]:
    return list((await admin.ask(IN_FULL, **narrowed))["loginRequests"])


async def decide(admin: Person, act: str, request: LoginRequest, **more: Any) -> list[str]:
    payload = await admin.do(act, "pupil { id } loginRequest { state }", id=str(request.id), **more)
    return [error["code"] for error in payload["errors"]]


async def known_child(world: World, *, bsn: str | None = None, **more: Any) -> Pupil:
    """A child of a primary school of a linked region."""
    pupil = await linked_child(world, infix="", **more)
    if bsn:
        settings = load()
        vault = BsnVault(keys=list(settings.bsn_keys), index_key=settings.bsn_index_key)
        await Pupil.filter(id=pupil.id).update(
            bsn_encrypted=vault.encrypt(bsn=bsn), bsn_index=vault.index(bsn=bsn)
        )
    return pupil


class TestTheList:
    async def test_says_who_it_is_and_what_the_family_told(self, world: World) -> None:
        request, admin = await registered(world), await admin_of(world)
        (row,) = await requests(admin)
        moment = (await clock.now()).isoformat()
        assert row == {
            "id": str(request.id),
            "state": "OPEN",
            "origin": "OUTSIDE",
            "createdAt": moment,
            "confirmedAt": moment,
            "decidedAt": None,
            "reason": "",
            "elkNumber": None,
            "firstName": "Mei-Lin",
            "infix": "van der",
            "lastName": "Łukasz",
            "fullName": "Mei-Lin van der Łukasz",
            "officialNames": "Mei Lin",
            "birthDate": "2015-04-05",
            "gender": "V",
            "hasBsn": True,
            "primarySchool": None,
            "email": ADDRESS,
            "address": {
                "street": "Regenboogpad",
                "houseNumber": "12",
                "postcode": "3511 AB",
                "city": "Utrecht",
                "country": "Nederland",
            },
            "guardian": {
                "initials": "",
                "firstName": "Noor",
                "infix": "",
                "lastName": "Łukasz",
                "relation": "moeder",
                "phone": "0612345678",
            },
            "originSchool": "De Verre Molen, Utrecht",
            "originBrin": "03XY",
            "advice": "HAVO",
            "adviceLabel": "havo",
            "possibleDuplicates": [],
            "otherRequests": [],
            "primarySchoolHere": None,
        }

    async def test_shows_no_secret_address(self, world: World) -> None:
        home = {"street": "A", "houseNumber": "1", "postcode": "3511 AB", "city": "Utrecht", "secret": True}
        await registered(world, address=home)
        (row,) = await requests(await admin_of(world))
        assert row["address"] is None

    async def test_is_of_the_own_region_and_of_no_other_role(self, world: World) -> None:
        request = await registered(world)
        elsewhere = await admin_of(world, "AMSTERDAM")
        assert await requests(elsewhere) == []
        assert await decide(elsewhere, "approveLoginRequest", request) == ["NOT_FOUND"]
        assert await decide(elsewhere, "declineLoginRequest", request, reason="Nee.") == ["NOT_FOUND"]
        for role in (Role.PROJECT_LEAD, Role.INTEGRATOR):
            person = await world.staff(role, region_id=world.amstelland.id)
            assert (await person.post("{ loginRequests { id } }")).status_code == 400

    async def test_is_in_the_order_of_asking_page_by_page(self, world: World) -> None:
        admin, now = await admin_of(world), await clock.now()
        for number in range(5):
            await LoginRequest.create(
                id=uuid4(), region=world.amstelland, school_year=world.year, state=LoginRequestState.OPEN,
                told={"first_name": f"Kind {number}", "infix": "", "last_name": "Vos"}, birth_date="2015-02-03",
                created_at=now + timedelta(seconds=number // 2),
            )  # fmt: skip
        seen: list[str] = []
        after = None
        while page := (
            await admin.ask(
                "query($a: String) { loginRequests(first: 3, after: $a) { id firstName } }", a=after
            )
        )["loginRequests"]:
            seen += [row["firstName"] for row in page]
            after = page[-1]["id"]
        assert sorted(seen) == [f"Kind {number}" for number in range(5)]
        assert (await admin.ask("{ loginRequests(first: 0) { id } }"))["loginRequests"] == []
        assert [int(name[-1]) // 2 for name in seen] == [0, 0, 1, 1, 2]
        for given, said in (({"first": 101}, "BAD_PAGE_SIZE"), ({"first": -1}, "BAD_PAGE_SIZE")):
            answer = (await admin.post(IN_FULL, **given)).json()
            assert [error["extensions"]["code"] for error in answer["errors"]] == [said]
        for nothing in ("x", "", str(uuid4()), "é" * 300):
            assert await requests(admin, after=nothing) == []

    async def test_of_another_year_is_asked_by_its_name(self, world: World) -> None:
        await registered(world)
        admin = await admin_of(world)
        asked = "query($y: String) { loginRequests(schoolYear: $y) { id possibleDuplicates { region } otherRequests } }"
        for year, many in (("2026-2027", 1), ("2025-2026", 0), ("x" * 500, 0)):
            assert len((await admin.ask(asked, y=year))["loginRequests"]) == many

    async def test_costs_as_many_statements_for_one_as_for_a_hundred(self, world: World) -> None:
        admin, now = await admin_of(world), await clock.now()
        await known_child(world, first_name="Kind 7", last_name="Vos")
        told = (await registered(world, originBrin="18DE")).told

        async def more(many: int) -> None:
            for number in range(many):
                await LoginRequest.create(
                    id=uuid4(), region=world.amstelland, school_year=world.year, state=LoginRequestState.OPEN,
                    told={**told, "first_name": f"Kind {number}", "infix": "", "last_name": "Vos"},
                    birth_date="2015-02-03", bsn_index=f"{number}", created_at=now,
                )  # fmt: skip

        async with counted() as few:
            assert len(await requests(admin)) == 1
        await more(99)
        async with counted() as many:
            rows = await requests(admin)
        assert len(rows) == 100
        assert sum(len(row["possibleDuplicates"]) for row in rows) == 1
        assert len(many) == len(few)
        assert len(few) <= 6, few


class TestAChildThatMayStandHereAlready:
    @pytest.mark.parametrize(
        ("child", "told", "found"),
        [
            ({"bsn": BSN}, {}, (True, False)),
            ({"first_name": "Mei-lin", "last_name": "LUKASZ"}, {"birthDate": "2015-02-03"}, (False, True)),
            (
                {"first_name": "Mei-Lin", "last_name": "Łukasz", "bsn": BSN},
                {"birthDate": "2015-02-03"},
                (True, True),
            ),
            ({"first_name": "Mei-Lin", "last_name": "Łukasz"}, {}, None),
            ({"first_name": "Mei-Linda", "last_name": "Łukasz"}, {"birthDate": "2015-02-03"}, None),
            ({"bsn": OTHER_BSN}, {}, None),
            ({}, {"bsn": None}, None),
        ],
    )
    async def test_is_shown_to_the_person_who_decides(
        self, world: World, child: dict[str, Any], told: dict[str, Any], found: tuple[bool, bool] | None
    ) -> None:
        pupil = await known_child(world, **child)
        await registered(world, **told)
        (row,) = await requests(await admin_of(world))
        expected = [] if found is None else [
            {
                "elkNumber": pupil.elk_number,
                "fullName": f"{pupil.first_name} {pupil.last_name}",
                "region": "AMSTERDAM",
                "primarySchool": "De Sluis",
                "sameBsn": found[0],
                "sameNameAndBirthDate": found[1],
            }
        ]  # fmt: skip
        assert row["possibleDuplicates"] == expected

    async def test_is_not_the_child_that_the_request_became(self, world: World) -> None:
        request, admin = await registered(world), await admin_of(world)
        assert await decide(admin, "approveLoginRequest", request) == []
        (row,) = await requests(admin, state="APPROVED")
        assert row["possibleDuplicates"] == []
        assert row["elkNumber"] == "B10000"

    @pytest.mark.parametrize(
        ("brin", "here"),
        [("18DE", True), ("18de00", True), ("18DE01", False), ("18DF", False), (None, False)],
    )
    async def test_may_go_to_a_primary_school_here(self, world: World, brin: str | None, here: bool) -> None:
        await PrimarySchool.create(id=uuid4(), region=world.amsterdam, brin="18DE", name="De Sluis")
        await registered(world, originBrin=brin)
        (row,) = await requests(await admin_of(world))
        assert row["primarySchoolHere"] == ({"name": "De Sluis"} if here else None)


class TestApproving:
    async def test_of_two_admins_at_once_succeeds_for_one(self, world: World) -> None:
        request = await registered(world)
        admins = [await admin_of(world) for _ in range(2)]
        said = await asyncio.gather(*(decide(admin, "approveLoginRequest", request) for admin in admins * 3))
        assert sorted(said) == [[], *[["STATE_CONFLICT"]] * 5]
        assert await Pupil.all().count() == 1
        assert await OutboxMail.filter(kind="ParentLoginSent").count() == 1

    async def test_and_declining_at_once_is_one_of_them(self, world: World) -> None:
        request = await registered(world)
        yes, no = await admin_of(world), await admin_of(world)
        said = await asyncio.gather(
            decide(yes, "approveLoginRequest", request),
            decide(no, "declineLoginRequest", request, reason="Nee."),
        )
        assert sorted(said) == [[], ["STATE_CONFLICT"]]
        mails = await OutboxMail.exclude(kind="LoginRequestConfirm").values_list("kind", flat=True)
        assert len(mails) == 1
        assert await Pupil.all().count() == (1 if said[0] == [] else 0)

    async def test_says_how_it_was_decided_before(self, world: World) -> None:
        request, admin = await registered(world), await admin_of(world)
        await decide(admin, "declineLoginRequest", request, reason="Nee.")
        asked = (
            "mutation($id: ID!) { approveLoginRequest(input: {id: $id}) "
            "{ errors { message ... on StateConflict { step state } } } }"
        )
        (error,) = (await admin.ask(asked, id=str(request.id)))["approveLoginRequest"]["errors"]
        assert error == {
            "message": "Deze aanvraag is al afgewezen. Bekijk de lijst opnieuw.",
            "step": "approveLoginRequest",
            "state": "DECLINED",
        }

    async def test_two_families_at_once_gives_each_a_number_of_its_own(self, world: World) -> None:
        admin = await admin_of(world)
        found = [
            await registered(world, firstName=name, bsn=None, email=f"{name}@example.org")
            for name in ("Kai", "Bo", "Cas")
        ]
        said = await asyncio.gather(*(decide(admin, "approveLoginRequest", one) for one in found))
        assert said == [[]] * 3
        numbers = sorted([pupil.elk_number for pupil in await Pupil.all()])
        assert numbers == ["B10000", "B10001", "B10002"]

    async def test_two_requests_with_one_bsn_at_once_makes_one_child(self, world: World) -> None:
        admin = await admin_of(world)
        found = [
            await registered(world, firstName=name, email=f"{name}@example.org") for name in ("Kai", "Bo")
        ]
        said = await asyncio.gather(*(decide(admin, "approveLoginRequest", one) for one in found))
        assert sorted(said) == [[], ["PUPIL_KNOWN"]]
        assert await Pupil.all().count() == 1
        waits = await LoginRequest.get(state=LoginRequestState.OPEN)
        (error,) = (await admin.do("approveLoginRequest", "", id=str(waits.id)))["errors"]
        assert error["path"] == []
        assert "Wijs deze aanvraag af" in error["message"]
        assert "helpdesk" not in error["message"], "that is who reads it"

    async def test_with_an_address_of_its_own_is_refused_where_one_was_confirmed(self, world: World) -> None:
        request, admin = await registered(world), await admin_of(world)
        assert await decide(admin, "approveLoginRequest", request, email="ander@example.org") == [
            "INVALID_VALUE"
        ]
        assert await decide(admin, "approveLoginRequest", request, email=ADDRESS.upper()) == []

    @pytest.mark.parametrize("email", ["", "geen adres", "a@b", "x" * 20_000, "a@b.nl\r\nBcc: c@d.nl"])
    async def test_a_child_without_address_takes_one_that_can_be_right(
        self, world: World, email: str
    ) -> None:
        pupil = await linked_child(world, email="")
        await world.nobody().done("requestParentLogin", "", **asks_for(pupil))
        request, admin = await LoginRequest.get(), await admin_of(world)
        assert await decide(admin, "approveLoginRequest", request, email=email) == ["INVALID_VALUE"]
        assert not await ParentLogin.exists()

    async def test_under_one_key_is_done_once_with_one_answer(self, world: World) -> None:
        request, admin = await registered(world), await admin_of(world)
        asked = "mutation($i: ApproveLoginRequestInput!) { approveLoginRequest(input: $i) { pupil { elkNumber } errors { code } } }"
        headers = {"Authorization": f"Bearer {admin.token}", "Idempotency-Key": "een"}
        body = {"query": asked, "variables": {"i": {"id": str(request.id)}}}
        answers = [await world.http.post("/graphql", json=body, headers=headers) for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        made = answers[0].json()["data"]["approveLoginRequest"]
        assert made == {"pupil": {"elkNumber": "B10000"}, "errors": []}

    async def test_a_child_whose_login_is_active_by_now_is_refused(self, world: World) -> None:
        pupil = await linked_child(world, email="")
        await world.nobody().done("requestParentLogin", "", **asks_for(pupil))
        request, admin = await LoginRequest.get(), await admin_of(world)
        await ParentLogin.create(
            pupil=pupil, region=world.amstelland, status=LoginStatus.ACTIVATED, email="x@example.org"
        )
        assert await decide(admin, "approveLoginRequest", request) == ["LOGIN_ALREADY_ACTIVE"]


class TestDeclining:
    async def test_tells_the_family_why_in_the_words_of_the_region(self, world: World) -> None:
        request, admin = await registered(world), await admin_of(world)
        reason = "Uw kind gaat naar De Sluis.\nDie school verstuurt de inlog. <b>Vraag het daar</b>."
        given = {"id": str(request.id), "reason": reason}
        done = await admin.done(
            "declineLoginRequest", "pupil { id } loginRequest { state reason decidedAt hasBsn }", **given
        )
        moment = (await clock.now()).isoformat()
        assert done["pupil"] is None
        assert done["loginRequest"] == {
            "state": "DECLINED",
            "reason": reason,
            "decidedAt": moment,
            "hasBsn": False,
        }
        mail = (await world.mails())[0]
        assert mail["to"] == ADDRESS
        assert "om Mei-Lin aan te melden" in mail["text"]
        assert "Uw kind gaat naar De Sluis. Die school verstuurt de inlog." in mail["text"]
        assert "&lt;b&gt;" in mail["html"]
        for private in ("Łukasz", BSN, "havo", "2015", "Regenboogpad", "token="):
            assert private not in mail["text"] + mail["html"]
        assert await requests(admin) == []
        assert len(await requests(admin, state="DECLINED")) == 1
        assert not await Pupil.exists()
        assert (await LoginRequest.get(id=request.id)).bsn_encrypted is None

    @pytest.mark.parametrize(
        "reason",
        [
            "",
            "  \n ",
            "x" * 501,
            "Met BSN 111222333 gaat dit niet.",
            "BSN 111.222.333",
            "111 222 333",
            "a\x07b",
        ],
    )
    async def test_takes_a_reason_that_may_go_out(self, world: World, reason: str) -> None:
        request, admin = await registered(world), await admin_of(world)
        assert set(await decide(admin, "declineLoginRequest", request, reason=reason)) == {"INVALID_VALUE"}
        assert (await LoginRequest.get(id=request.id)).state is LoginRequestState.OPEN
        assert not await OutboxMail.filter(kind="LoginRequestDeclined").exists()

    async def test_does_not_keep_the_family_from_asking_again(self, world: World) -> None:
        request, admin = await registered(world), await admin_of(world)
        await decide(admin, "declineLoginRequest", request, reason="Het advies klopt niet.")
        again = await registered(world, advice="VWO")
        assert again.id != request.id
        assert await decide(admin, "approveLoginRequest", again) == []

    async def test_leaves_who_decided_what(self, world: World) -> None:
        request, admin = await registered(world), await admin_of(world)
        await decide(admin, "declineLoginRequest", request, reason="Nee.")
        (row,) = await AuditEntry.filter(act="declineLoginRequest")
        assert (row.account_id, row.entity, row.entity_id) == (
            admin.account_id,
            "LoginRequest",
            str(request.id),
        )
        assert row.before is not None
        assert row.after is not None
        assert (row.before["state"], row.after["state"]) == ("OPEN", "DECLINED")
