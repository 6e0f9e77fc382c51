"""Teachers of a school's own export are invited as its staff: those of group 8 and who lead, once."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from imports.edexml import Outcome
from models import Account, AuditEntry, OutboxMail, PrimarySchool, Pupil, Region
from resolvers import clock
from resolvers.imports.edexml import run
from rules.vocabulary import Role
from tests.imports.rosters import group, pupil, roster, teacher
from tests.journeys.roster_desk import Desk, another_school, rows, told, traces
from tests.world import PASSWORD, World, token_in

EMAIL = "juf@peppel.example.org"
GROUPS = [group(), group("4A", year="4")]


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class TestATeacherOfGroupEight:
    async def test_reads_a_mail_sets_a_password_and_sees_the_pupils(self, world: World, desk: Desk) -> None:
        report = await desk.right(roster(pupil(), teachers=[teacher()]), invite_teachers=True)
        row = rows(report, "leerkracht")["T1"]
        assert (row.outcome, str(row)) == (
            Outcome.INVITED,
            "regel 8, leerkracht T1: uitgenodigd. Rol: invoeren/accorderen.",
        )
        (mail,) = await world.mails()
        assert mail["to"] == EMAIL
        assert "Beste Julia van Bemmel," in mail["text"]
        assert "voor De Peppel" in mail["text"]
        assert f"Uw gebruikersnaam is: {EMAIL}" in mail["text"]
        assert "De link werkt tot 31 maart 2027 om 11.00 uur." in mail["text"]
        token = token_in(mail)
        await world.nobody().done("activateAccount", "session { role }", token=token, password=PASSWORD)
        juf = await world.sign_in(EMAIL)
        seen = await juf.ask("{ pupils { nodes { firstName } } }")
        assert seen["pupils"]["nodes"] == [{"firstName": "Noor"}]
        again = await world.nobody().do("activateAccount", "session { role }", token=token, password=PASSWORD)
        assert [error["code"] for error in again["errors"]] == ["LINK_INVALID"]

    async def test_has_two_weeks_and_then_asks_for_another_link(self, world: World, desk: Desk) -> None:
        await desk.right(roster(pupil(), teachers=[teacher()]), invite_teachers=True)
        token = token_in((await world.mails())[0])
        clock.stand_still(at=await clock.now() + timedelta(days=14))
        late = await world.nobody().do("activateAccount", "session { role }", token=token, password=PASSWORD)
        assert [error["code"] for error in late["errors"]] == ["LINK_EXPIRED"]
        await world.nobody().done("requestPasswordReset", "", username=EMAIL)
        token = token_in((await world.mails())[0])
        await world.nobody().done("resetPassword", "session { role }", token=token, password=PASSWORD)

    async def test_is_not_mailed_a_link_that_a_newer_one_killed(self, world: World, desk: Desk) -> None:
        await desk.right(roster(pupil(), teachers=[teacher()]), invite_teachers=True)
        await world.nobody().done("requestPasswordReset", "", username=EMAIL)
        (mail,) = await world.mails()
        assert "nieuw wachtwoord" in mail["subject"]
        assert (await OutboxMail.get(kind="StaffInvited")).cancelled_at is not None

    async def test_leaves_a_trace_and_no_token_anywhere(self, world: World, desk: Desk) -> None:
        report = await desk.right(roster(pupil(), teachers=[teacher()]), invite_teachers=True)
        token = token_in((await world.mails())[0])
        account = await Account.get(username=EMAIL)
        assert (account.role, account.realm, account.primary_school_id, account.password_hash) == (
            Role.PO_EDITOR,
            "staff",
            world.primary.id,
            None,
        )
        (entry,) = await AuditEntry.filter(entity="Account")
        assert (entry.act, entry.entity_id, entry.region_id) == (
            "importEdexml",
            str(account.id),
            world.amstelland.id,
        )
        assert entry.after["role"] == "PO_EDITOR"
        kept = [str(row.__dict__) for model in (Account, AuditEntry, OutboxMail) for row in await model.all()]
        assert token not in "".join(kept) + told(report)

    async def test_is_invited_once(self, world: World, desk: Desk) -> None:
        content = roster(pupil(), teachers=[teacher()])
        path = desk.file(content)
        await asyncio.gather(*(run(path=path, invite_teachers=True) for _ in range(3)))
        assert await Pupil.all().count() == 1
        before = await traces()
        report = await desk.right(content, invite_teachers=True)
        assert rows(report, "leerkracht")["T1"].codes == {"HAS_ACCOUNT"}
        assert (await Account.all().count(), await OutboxMail.all().count(), await traces()) == (1, 1, before)
        assert len(await world.mails()) == 1

    async def test_is_not_invited_unless_that_is_asked(self, world: World, desk: Desk) -> None:
        content = roster(
            pupil(), teachers=[teacher("a", email="x@x.example.org"), teacher("b", email="x@x.example.org")]
        )
        report = await desk.right(content)
        assert [row.outcome for row in rows(report, "leerkracht").values()] == [Outcome.PASSED] * 2
        assert (await Account.all().count(), await OutboxMail.all().count()) == (0, 0)


class TestWhoIsInvited:
    @pytest.mark.parametrize(
        ("roles", "there", "groups", "role"),
        [
            ([], [], ["8A"], Role.PO_EDITOR),
            (["LRK"], [], ["8A"], Role.PO_EDITOR),
            ([], ["LRK"], ["8A"], Role.PO_EDITOR),
            ([], ["STA", "LRK"], ["8A", "4A"], Role.PO_EDITOR),
            (["IB"], [], [], Role.PO_EDITOR),
            (["DIR"], [], [], Role.PO_MONITOR),
            (["ADJ"], [], ["4A"], Role.PO_MONITOR),
            (["LOC"], [], [], Role.PO_MONITOR),
            (["DIR", "LRK"], [], ["8A"], Role.PO_EDITOR),
            (["DIR", "LRK"], [], ["4A"], Role.PO_MONITOR),
            (["LRK"], [], ["4A"], None),
            ([], [], [], None),
            ([], ["STA"], ["8A"], None),
            (["OUD"], [], ["8A"], None),
            (["OWA"], [], ["8A"], None),
            (["TAL"], [], ["8A"], None),
            (["ADM"], [], [], None),
            (["XYZ"], [], ["8A"], None),
        ],
    )
    async def test_follows_what_they_do_at_school(
        self, desk: Desk, roles: list[str], there: list[str], groups: list[str], role: Role | None
    ) -> None:
        staff = teacher(roles=roles, roles_there=there, groups=groups)
        await desk.right(roster(pupil(), groups=GROUPS, teachers=[staff]), invite_teachers=True)
        assert [one.role for one in await Account.all()] == ([role] if role else [])
        assert await OutboxMail.all().count() == (1 if role else 0)

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"email": None}, "NO_EMAIL"),
            ({"email": "geen adres"}, "WRONG_VALUE"),
            ({"achternaam": None, "roepnaam": None, "voorvoegsel": None}, "NO_NAME"),
            ({"key": ""}, "NO_KEY"),
        ],
    )
    async def test_is_nobody_who_cannot_be_reached_or_named(
        self, desk: Desk, fields: dict[str, str | None], code: str
    ) -> None:
        content = roster(pupil(), teachers=[teacher(**fields), teacher("T2", email="b@x.example.org")])  # type: ignore[arg-type]
        report = await desk.take(content, invite_teachers=True)
        first, second = (row for row in report.rows if row.name == "leerkracht")
        assert (first.codes, second.outcome) == ({code}, Outcome.INVITED)
        assert await Account.all().count() == 1

    @pytest.mark.parametrize(
        ("mine", "active", "said"),
        [(True, True, "al een account"), (True, False, "uitgezet"), (False, True, "andere organisatie")],
    )
    async def test_is_nobody_with_an_account_which_stays_as_it_is(
        self, world: World, desk: Desk, mine: bool, active: bool, said: str
    ) -> None:
        school = world.primary if mine else await another_school(world)
        await world.account(Role.PO_MONITOR, username=EMAIL, active=active, primary_school_id=school.id)
        before = await Account.all().values()
        content = roster(pupil(), teachers=[teacher(email=EMAIL.title())])
        report = await desk.right(content, invite_teachers=True)
        assert said in str(rows(report, "leerkracht")["T1"])
        assert await Account.all().values() == before
        assert await OutboxMail.all().count() == 0

    async def test_is_greeted_by_what_is_known_of_their_name(self, world: World, desk: Desk) -> None:
        names = {
            "a": {"roepnaam": "Uilke", "achternaam": "Veld", "voorvoegsel": None},
            "b": {"roepnaam": None, "voorletters-1": "L", "achternaam": "Bruin", "voorvoegsel": "de"},
            "c": {"roepnaam": "Yiğit", "achternaam": None, "voorvoegsel": None},
        }
        staff = [teacher(key, email=f"{key}@x.example.org", **said) for key, said in names.items()]  # type: ignore[arg-type]
        await desk.right(roster(pupil(), teachers=staff), invite_teachers=True)
        found = dict(await Account.all().values_list("username", "display_name"))
        assert found == {
            "a@x.example.org": "Uilke Veld",
            "b@x.example.org": "L de Bruin",
            "c@x.example.org": "Yiğit",
        }

    async def test_reads_the_name_of_the_region_the_school_is_of(self, world: World, desk: Desk) -> None:
        other = await PrimarySchool.create(
            id=uuid4(), region=await Region.get(code="AMSTERDAM"), brin="56EF", name="De Kameleon"
        )
        await desk.right(roster(pupil(), brin=other.brin, teachers=[teacher()]), invite_teachers=True)
        (mail,) = await world.mails()
        assert "Amsterdam" in mail["subject"]
        assert "voor De Kameleon" in mail["text"]
