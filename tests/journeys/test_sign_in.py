"""Signing in and out, and what a session is worth."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from models import Account, AuditEntry, Session
from resolvers import clock, passwords, sessions
from rules.vocabulary import Role
from tests.journeys.front_door import (
    PARENT_PASSWORD,
    STAFF_PASSWORD,
    Portal,
    Town,
    a_town,
    a_town_with_a_door,
    code,
)

ME = "{ viewer { role displayName school { name } } }"
SESSIONS = "{ sessions { id device current } }"
REVOKE = "mutation R($id: ID!) { revokeSession(input: {sessionId: $id}) { sessions { id } errors { code } } }"


@pytest.fixture
async def town(database: None, valkey_url: str) -> AsyncIterator[Town]:
    async with a_town_with_a_door(valkey_url=valkey_url) as town:
        yield town


class TestSigningIn:
    async def test_gives_a_token_that_says_who_one_is(self, town: Town) -> None:
        portal = Portal()
        before = clock.real_now()
        payload = await portal.login(town.editor.username, STAFF_PASSWORD)
        assert payload["errors"] == []
        assert payload["session"]["role"] == "PO_EDITOR"
        expires_at = datetime.fromisoformat(payload["session"]["expiresAt"])
        assert timedelta(hours=11, minutes=59) < expires_at - before < timedelta(hours=12, minutes=1)
        assert await portal.ask(ME) == {
            "viewer": {
                "role": "PO_EDITOR",
                "displayName": "Anne de Wit",
                "school": {"name": "De Peppel"},
            }
        }

    async def test_nobody_is_nobody(self, town: Town) -> None:
        assert await Portal().ask(ME) == {"viewer": None}

    @pytest.mark.parametrize("typed", ["  {name}  ", "{NAME}"])
    async def test_forgives_capitals_and_spaces_around_the_name(self, town: Town, typed: str) -> None:
        name = typed.format(name=town.editor.username, NAME=town.editor.username.upper())
        assert (await Portal().login(name, STAFF_PASSWORD))["session"]

    async def test_keeps_the_token_nowhere(self, town: Town) -> None:
        portal = Portal()
        await portal.login(town.editor.username, STAFF_PASSWORD)
        session = await Session.get(account_id=town.editor.id)
        assert portal.token is not None
        assert len(portal.token) >= 43
        assert portal.token not in str(session.__dict__)
        assert session.token_hash != portal.token

    @pytest.mark.parametrize(
        ("name", "password"),
        [
            ("{name}", "een verkeerd wachtwoord"),
            ("nobody@nowhere.example", STAFF_PASSWORD),
            ("78018", STAFF_PASSWORD),
            ("99999", STAFF_PASSWORD),
            ("", ""),
            ("{name}", "x" * 5000),
            ("{name}' OR 1=1 --", STAFF_PASSWORD),
            ("x" * 5000, STAFF_PASSWORD),
            ("\u202e{name}", STAFF_PASSWORD),
        ],
    )
    async def test_whatever_is_wrong_reads_the_same(self, town: Town, name: str, password: str) -> None:
        payload = await Portal().login(name.format(name=town.editor.username), password)
        assert code(payload) == "WRONG_CREDENTIALS"
        assert payload["errors"][0]["path"] == []
        assert "gebruikersnaam of het wachtwoord" in payload["errors"][0]["message"]

    async def test_an_account_that_is_not_active_reads_like_no_account(self, town: Town) -> None:
        await Account.filter(id=town.editor.id).update(active=False)
        assert code(await Portal().login(town.editor.username, STAFF_PASSWORD)) == "WRONG_CREDENTIALS"

    async def test_letters_typed_on_a_phone_or_a_laptop_are_the_same_letters(self, town: Town) -> None:
        stored = await passwords.hashed(password="caf\u00e9 met een terras")
        await Account.filter(id=town.editor.id).update(password_hash=stored)
        assert (await Portal().login(town.editor.username, "cafe\u0301 met een terras"))["session"]

    async def test_an_old_hash_is_made_anew(self, town: Town) -> None:
        from pwdlib.hashers.argon2 import Argon2Hasher

        old = Argon2Hasher(time_cost=2, memory_cost=128, parallelism=1).hash(STAFF_PASSWORD)
        await Account.filter(id=town.editor.id).update(password_hash=old)
        assert (await Portal().login(town.editor.username, STAFF_PASSWORD))["session"]
        renewed = (await Account.get(id=town.editor.id)).password_hash
        assert renewed is not None
        assert renewed != old
        assert (await Portal().login(town.editor.username, STAFF_PASSWORD))["session"]

    async def test_two_tries_in_one_document_are_refused(self, town: Town) -> None:
        fields = 'login(input: {username: "a", password: "b"}) { errors { code } }'
        response = await Portal().post(f"mutation {{ a: {fields} b: {fields} }}")
        assert response.status_code == 400


class TestTheSameNumberInSeveralRegions:
    async def test_the_region_says_which_child_is_meant(self, town: Town) -> None:
        elsewhere = await a_town()
        for place, password in ((town, "eerste zin van vier"), (elsewhere, "tweede zin van vier")):
            await Account.create(
                username="78018",
                realm=f"{place.group.id}:{place.year.id}",
                role=Role.PARENT,
                display_name="Ouder",
                pupil=place.pupil,
                group=place.group,
                region=place.region,
                school_year=place.year,
                password_hash=await passwords.hashed(password=password),
                created_at=clock.real_now(),
            )
        here, there = town.region.code, elsewhere.region.code
        assert (await Portal().login("78018", "eerste zin van vier", here))["session"]
        assert (await Portal().login("78018", "tweede zin van vier", there))["session"]
        assert code(await Portal().login("78018", "eerste zin van vier", there)) == "WRONG_CREDENTIALS"
        assert code(await Portal().login("78018", "eerste zin van vier", "NERGENS")) == "WRONG_CREDENTIALS"

        portal = Portal()
        assert (await portal.login("78018", "tweede zin van vier"))["session"]
        viewer = await sessions.viewer_of(token=portal.token or "")
        assert viewer is not None
        assert viewer.pupil_id == elsewhere.pupil.id


class TestASession:
    @pytest.fixture
    async def portal(self, town: Town) -> Portal:
        portal = Portal()
        await portal.login(town.editor.username, STAFF_PASSWORD)
        return portal

    async def refused(self, portal: Portal) -> bool:
        response = await portal.post(ME)
        assert response.status_code in (200, 401)
        if response.status_code == 401:
            assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        return response.status_code == 401

    async def test_ends_at_signing_out(self, portal: Portal) -> None:
        assert await portal.ask("mutation { logout { errors { code } } }") == {"logout": {"errors": []}}
        assert await self.refused(portal)
        assert await AuditEntry.filter(act="logout").exists()

    async def test_signing_out_without_a_session_is_no_error(self, town: Town) -> None:
        assert await Portal().ask("mutation { logout { errors { code } } }") == {"logout": {"errors": []}}

    async def test_ends_after_an_hour_unused_and_not_before(
        self, portal: Portal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        began = clock.real_now()
        for minutes in (59, 118, 177):
            monkeypatch.setattr(clock, "real_now", lambda at=began + timedelta(minutes=minutes): at)
            assert not await self.refused(portal)
        monkeypatch.setattr(clock, "real_now", lambda: began + timedelta(minutes=177 + 60))
        assert await self.refused(portal)

    async def test_ends_after_twelve_hours_however_busy(
        self, portal: Portal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        began = clock.real_now()
        for minutes in range(50, 720, 50):
            monkeypatch.setattr(clock, "real_now", lambda at=began + timedelta(minutes=minutes): at)
            assert not await self.refused(portal)
        monkeypatch.setattr(clock, "real_now", lambda: began + timedelta(hours=12, seconds=1))
        assert await self.refused(portal)

    async def test_runs_on_real_time_and_not_on_the_procedures_clock(self, portal: Portal) -> None:
        clock.stand_still(at=await clock.now() + timedelta(days=30))
        assert not await self.refused(portal)

    async def test_is_not_written_to_at_every_request(self, town: Town, portal: Portal) -> None:
        before = await Session.get(account_id=town.editor.id)
        for _ in range(3):
            await portal.ask(ME)
        assert (await Session.get(account_id=town.editor.id)).last_seen_at == before.last_seen_at

    async def test_a_change_of_role_bites_at_once(self, town: Town, portal: Portal) -> None:
        await Account.filter(id=town.editor.id).update(role=Role.PO_MONITOR)
        assert (await portal.ask(ME))["viewer"]["role"] == "PO_MONITOR"
        await Account.filter(id=town.editor.id).update(active=False)
        assert await self.refused(portal)

    async def test_shows_where_one_is_signed_in_and_ends_the_lost_phone(
        self, town: Town, portal: Portal
    ) -> None:
        phone = Portal()
        phone.http.headers["User-Agent"] = "Telefoon"
        await phone.login(town.editor.username, STAFF_PASSWORD)
        listed = (await portal.ask(SESSIONS))["sessions"]
        assert sorted(row["current"] for row in listed) == [False, True]
        (lost,) = [row["id"] for row in listed if row["device"] == "Telefoon"]

        payload = (await portal.ask(REVOKE, id=lost))["revokeSession"]
        assert payload["errors"] == []
        assert len(payload["sessions"]) == 1
        assert await self.refused(phone)
        assert not await self.refused(portal)
        assert await AuditEntry.filter(act="revokeSession", entity_id=lost).exists()

    async def test_of_somebody_else_is_not_found(self, town: Town, portal: Portal) -> None:
        stranger = await a_town()
        other = Portal()
        await other.login(stranger.editor.username, STAFF_PASSWORD)
        (theirs,) = (await other.ask(SESSIONS))["sessions"]
        payload = (await portal.ask(REVOKE, id=theirs["id"]))["revokeSession"]
        assert payload == {"sessions": None, "errors": [{"code": "NOT_FOUND"}]}
        assert not await self.refused(other)


class TestTheAudit:
    async def test_holds_who_signed_in_and_no_secret(self, town: Town) -> None:
        portal = Portal()
        await portal.login(town.editor.username, STAFF_PASSWORD)
        row = await AuditEntry.get(act="login", account_id=town.editor.id)
        assert row.role == "PO_EDITOR"
        assert STAFF_PASSWORD not in str(row.__dict__)
        assert (portal.token or "-") not in str(row.__dict__)

    async def test_holds_the_first_and_tenth_wrong_try_and_not_the_others(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        began = clock.real_now()
        for minute in range(12):
            monkeypatch.setattr(clock, "real_now", lambda at=began + timedelta(minutes=minute * 3): at)
            await Portal(address=f"198.51.100.{minute}").login(town.editor.username, "mis")
        rows = await AuditEntry.filter(act="login.wrong", entity_id=str(town.editor.id)).order_by("id")
        assert [row.after for row in rows] == [{"triesThisHour": 1}, {"triesThisHour": 10}]
        assert "mis" not in str([row.__dict__ for row in rows]).replace("permission", "")

    async def test_does_not_hold_what_was_typed_for_a_name(self, town: Town) -> None:
        await Portal().login(PARENT_PASSWORD, "78018")
        row = await AuditEntry.filter(act="login.wrong").order_by("-id").first()
        assert row is not None
        assert PARENT_PASSWORD not in str(row.__dict__)
