"""Guessing is slow whoever guesses, and the right person gets in all the while."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from models import Account
from resolvers import clock, passwords, sessions, throttle
from rules import sign_in as rule
from rules.sign_in import (
    STRANGER,
    STRANGER_UNDER_ATTACK,
    SignInBusy,
    TooManyAttempts,
    WrongCredentials,
)
from tests.breakable import Valkey
from tests.journeys.front_door import (
    PARENT_PASSWORD,
    STAFF_PASSWORD,
    Portal,
    Town,
    a_town_with_a_door,
    code,
    token_in,
)

POPULAR = "Lente-is-mooi-2027"
MANY = 300
SPRAYS = [MANY, pytest.param(20_000, marks=pytest.mark.long)]


@pytest.fixture
async def town(database: None, valkey_url: str) -> AsyncIterator[Town]:
    async with a_town_with_a_door(valkey_url=valkey_url) as town:
        yield town


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every look at a password, so that a test can count them."""
    seen: list[str] = []
    really = passwords.matches

    async def matches(*, password: str, stored: str | None) -> bool:
        seen.append(password)
        return await really(password=password, stored=stored)

    monkeypatch.setattr(passwords, "matches", matches)
    return seen


class RealTime:
    """Real time, moved by the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at: datetime = clock.real_now()
        monkeypatch.setattr(clock, "real_now", lambda: self.at)

    def passes(self, **delta: float) -> None:
        self.at += timedelta(**delta)


@pytest.fixture
def real_time(monkeypatch: pytest.MonkeyPatch) -> RealTime:
    return RealTime(monkeypatch)


async def tried(name: str, password: str, *, address: str) -> str:
    """One try without HTTP around it: RIGHT, WRONG, WAIT or BUSY."""
    try:
        await sessions.login(
            username=name, password=password, region=None, request_ip=address, user_agent="guesser"
        )
    except WrongCredentials:
        return "WRONG"
    except TooManyAttempts:
        return "WAIT"
    except SignInBusy:
        return "BUSY"
    return "RIGHT"


class TestGuessingOnePassword:
    async def test_waits_twice_as_long_each_time(self, town: Town, real_time: RealTime) -> None:
        portal, name = Portal(), town.editor.username
        for _ in range(STRANGER.free):
            assert code(await portal.login(name, "mis")) == "WRONG_CREDENTIALS"
        for tries in range(STRANGER.free, STRANGER.free + 11):
            delay = STRANGER.delay(tries=tries)
            payload = await portal.login(name, "mis")
            assert code(payload) == "TOO_MANY_ATTEMPTS"
            assert payload["errors"][0]["retryAfterSeconds"] == delay
            real_time.passes(seconds=delay - 0.1)
            assert code(await portal.login(name, STAFF_PASSWORD)) == "TOO_MANY_ATTEMPTS"
            real_time.passes(seconds=0.1)
            assert code(await portal.login(name, "mis")) == "WRONG_CREDENTIALS"

    async def test_is_not_faster_with_a_hundred_at_once(self, town: Town, looks: list[str]) -> None:
        tries = [tried(town.editor.username, f"mis {n}", address="192.0.2.9") for n in range(100)]
        answers = await asyncio.gather(*tries)
        assert answers.count("WRONG") == STRANGER.free == len(looks)

    async def test_is_not_faster_with_other_spellings_of_the_name(self, town: Town, looks: list[str]) -> None:
        name = town.editor.username
        for spelling in (name, name.upper(), f" {name}", f"{name}\t", name.title()) * 3:
            await tried(spelling, "mis", address="192.0.2.9")
        assert len(looks) == STRANGER.free

    async def test_waits_the_same_for_a_name_that_does_not_exist(self, town: Town) -> None:
        answers = [
            [await tried(name, "mis", address=address) for _ in range(8)]
            for name, address in ((town.editor.username, "192.0.2.9"), ("nobody@x.example", "192.0.2.8"))
        ]
        assert answers[0] == answers[1]

    async def test_never_locks_out_the_parent_from_where_they_sign_in(
        self, town: Town, real_time: RealTime
    ) -> None:
        name = town.editor.username
        assert await tried(name, STAFF_PASSWORD, address="203.0.113.5") == "RIGHT"
        for n in range(60):
            await tried(name, "mis", address=f"198.51.100.{n}")
            await tried(name, "mis", address="203.0.113.77")
        assert await tried(name, STAFF_PASSWORD, address="203.0.113.5") == "RIGHT"

    async def test_leaves_two_tries_to_a_new_network_while_many_others_guess(
        self, town: Town, looks: list[str]
    ) -> None:
        name = town.editor.username
        for n in range(rule.ATTACK):
            await tried(name, "mis", address=f"198.51.100.{n}")
        looks.clear()
        answers = [await tried(name, "mis", address="203.0.113.5") for _ in range(4)]
        assert answers.count("WRONG") == STRANGER_UNDER_ATTACK.free == len(looks)
        assert await tried(name, STAFF_PASSWORD, address="203.0.113.6") == "RIGHT"

    async def test_is_forgotten_after_signing_in(self, town: Town) -> None:
        name = town.editor.username
        for _ in range(3):
            for _ in range(STRANGER.free - 1):
                assert await tried(name, "mis", address="192.0.2.9") == "WRONG"
            assert await tried(name, STAFF_PASSWORD, address="192.0.2.9") == "RIGHT"


class TestOnePasswordOverAllNumbers:
    @pytest.mark.parametrize("many", SPRAYS)
    async def test_from_one_network_stops_at_its_budget(
        self, town: Town, looks: list[str], real_time: RealTime, many: int
    ) -> None:
        for number in range(10000, 10000 + many):
            await tried(str(number), POPULAR, address="192.0.2.9")
        assert len(looks) == rule.PER_NETWORK.capacity

    async def test_from_one_network_at_once_has_most_refused_before_the_first_is_wrong(
        self, town: Town, looks: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rule, "PACE", rule.Bucket(capacity=50, seconds=60))
        numbers = range(10000, 10000 + MANY)
        await asyncio.gather(*(tried(str(number), POPULAR, address="192.0.2.9") for number in numbers))
        assert len(looks) == 50
        assert await tried("99998", POPULAR, address="192.0.2.9") == "WAIT"

    @pytest.mark.parametrize("many", SPRAYS)
    async def test_from_many_networks_stops_at_the_budget_of_all(
        self, town: Town, looks: list[str], real_time: RealTime, monkeypatch: pytest.MonkeyPatch, many: int
    ) -> None:
        monkeypatch.setattr(rule, "EVERYWHERE", rule.Bucket(capacity=60, seconds=1))
        known, at_home = town.editor.username, "203.0.113.5"
        assert await tried(known, STAFF_PASSWORD, address=at_home) == "RIGHT"
        looks.clear()
        for number in range(10000, 10000 + many):
            await tried(str(number), POPULAR, address=f"198.51.100.{number % 100}")
        assert len(looks) == 60
        assert await tried("99999", POPULAR, address="203.0.113.9") == "WAIT"
        assert await tried(known, STAFF_PASSWORD, address=at_home) == "RIGHT"
        real_time.passes(seconds=10)
        looks.clear()
        for number in range(20000, 20100):
            await tried(str(number), POPULAR, address=f"198.51.100.{number % 100}")
        assert len(looks) == 10

    async def test_parents_who_sign_in_from_one_hall_are_no_spray(self, town: Town) -> None:
        stored = await passwords.hashed(password=STAFF_PASSWORD)
        names = [f"ouder{n}@hal.example" for n in range(80)]
        await Account.bulk_create(
            Account(
                username=name,
                role=town.editor.role,
                display_name=name,
                password_hash=stored,
                primary_school_id=town.school.id,
                created_at=clock.real_now(),
            )
            for name in names
        )
        answers = await asyncio.gather(*(tried(name, STAFF_PASSWORD, address="192.0.2.9") for name in names))
        assert answers == ["RIGHT"] * 80


class TestWithValkeyAway:
    async def test_a_small_budget_is_left_and_no_more(
        self, town: Town, looks: list[str], real_time: RealTime, tmp_path: Path
    ) -> None:
        valkey = Valkey(folder=tmp_path)
        valkey.start()
        async with throttle.connected(url=valkey.url):
            assert await tried(town.editor.username, STAFF_PASSWORD, address="192.0.2.1") == "RIGHT"
            valkey.kill()
            assert await tried(town.editor.username, STAFF_PASSWORD, address="192.0.2.1") == "RIGHT"
            looks.clear()
            for number in range(10000, 10000 + MANY):
                await tried(str(number), POPULAR, address=f"198.51.100.{number % 100}")
            assert len(looks) == rule.ALONE.capacity
            real_time.passes(seconds=rule.ALONE.seconds)
            assert await tried(town.editor.username, STAFF_PASSWORD, address="192.0.2.1") == "RIGHT"

            valkey.start()
            real_time.passes(seconds=throttle.AWAY_SECONDS)
            await asyncio.sleep(0.3)
            for _ in range(10):
                assert await tried(town.editor.username, STAFF_PASSWORD, address="192.0.2.1") == "RIGHT"
        valkey.kill()

    async def test_an_account_has_three_tries_a_while(
        self, town: Town, looks: list[str], real_time: RealTime
    ) -> None:
        async with throttle.connected(url="unix:///nowhere/valkey.sock"):
            answers = [await tried(town.editor.username, "mis", address="192.0.2.1") for _ in range(6)]
        assert answers == ["WRONG"] * 3 + ["WAIT"] * 3
        assert len(looks) == 3


class TestTheWork:
    async def test_is_the_same_for_a_known_and_an_unknown_name(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slow = Argon2Hasher(time_cost=2, memory_cost=16 * 1024, parallelism=1)
        monkeypatch.setattr(passwords, "_hasher", lambda: slow)
        passwords._nobodys.cache_clear()
        known = town.editor.username
        await Account.filter(id=town.editor.id).update(password_hash=slow.hash(STAFF_PASSWORD))
        took: dict[str, list[float]] = {known: [], "nobody@nowhere.example": []}
        for n in range(12):
            for name, times in took.items():
                # The processor's time: a busy machine makes it no longer.
                began = time.process_time()
                assert await tried(name, "mis", address=f"198.51.100.{n}") == "WRONG"
                times.append(time.process_time() - began)
        passwords._nobodys.cache_clear()
        one, other = (median(times[1:]) for times in took.values())
        assert one > 0.005
        assert abs(one - other) < 0.3 * max(one, other)

    async def test_leaves_the_others_answered_while_many_sign_in(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        portal = Portal()
        await portal.login(town.editor.username, STAFF_PASSWORD)
        hashing, go_on, nobody_answered = threading.Event(), threading.Event(), list[bool]()

        class Held(Argon2Hasher):
            """Takes until others have been answered."""

            def verify(self, password: str | bytes, hash: str | bytes) -> bool:
                hashing.set()
                if not go_on.wait(timeout=20):
                    nobody_answered.append(True)
                    go_on.set()
                return super().verify(password, hash)

        held = Held(time_cost=1, memory_cost=64, parallelism=1)
        monkeypatch.setattr(passwords, "_hasher", lambda: held)
        monkeypatch.setattr(passwords, "_takes", passwords._takes)
        storm = [
            asyncio.create_task(tried(str(number), POPULAR, address="192.0.2.9"))
            for number in range(10000, 10040)
        ]
        assert await asyncio.to_thread(hashing.wait, 30)
        for _ in range(10):
            assert (await portal.ask("{ viewer { role } }"))["viewer"]["role"] == "PO_EDITOR"
        go_on.set()
        assert set(await asyncio.gather(*storm)) == {"WRONG"}
        assert not nobody_answered

    async def test_that_takes_longer_makes_the_queue_shorter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(passwords, "_takes", 0.001)

        class Slow(Argon2Hasher):
            def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
                time.sleep(0.1)
                return super().hash(password, salt=salt)

        monkeypatch.setattr(passwords, "_hasher", lambda: Slow(time_cost=1, memory_cost=64, parallelism=1))
        monkeypatch.setattr(passwords, "LONGEST_WAIT", 10 * 0.015 / passwords.WORKERS)
        for _ in range(3):
            await passwords.hashed(password=POPULAR)
        answers = await asyncio.gather(
            *(passwords.hashed(password=POPULAR) for _ in range(10)), return_exceptions=True
        )
        assert 1 <= sum(isinstance(one, str) for one in answers) < 10

    async def test_beyond_the_queue_is_refused_at_once_and_not_counted(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(passwords, "_takes", 1.0)
        monkeypatch.setattr(passwords, "LONGEST_WAIT", 10 / passwords.WORKERS)
        go_on = threading.Event()

        class Held(Argon2Hasher):
            def verify(self, password: str | bytes, hash: str | bytes) -> bool:
                assert go_on.wait(timeout=30)
                return super().verify(password, hash)

        monkeypatch.setattr(passwords, "_hasher", lambda: Held(time_cost=1, memory_cost=64, parallelism=1))
        names = [str(number) for number in range(10000, 10025)]
        storm = {asyncio.create_task(tried(name, POPULAR, address="192.0.2.9"), name=name) for name in names}
        refused = set[asyncio.Task[str]]()
        while len(refused) < 15:
            done, _ = await asyncio.wait(storm - refused, timeout=20, return_when=asyncio.FIRST_COMPLETED)
            assert done
            refused |= done
        assert {task.result() for task in refused} == {"BUSY"}
        go_on.set()
        assert await asyncio.gather(*(storm - refused)) == ["WRONG"] * 10
        (again, *_) = [task.get_name() for task in refused]
        answers = [await tried(again, "mis", address="192.0.2.9") for _ in range(STRANGER.free + 1)]
        assert answers == ["WRONG"] * STRANGER.free + ["WAIT"]

    async def test_says_busy_rather_than_queue_for_ever(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(passwords, "LONGEST_WAIT", 0)
        for _ in range(20):
            payload = await Portal().login(town.editor.username, STAFF_PASSWORD)
            assert code(payload) == "SIGN_IN_BUSY"
            assert payload["errors"][0]["retryAfterSeconds"] == 1
            assert "het ligt niet aan u" in payload["errors"][0]["message"].lower()
            assert "Wacht 1 seconde en probeer" in payload["errors"][0]["message"]
        monkeypatch.undo()
        assert (await Portal().login(town.editor.username, STAFF_PASSWORD))["session"]


class TestNothingSecret:
    async def test_is_in_the_log(self, town: Town, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        portal = Portal()
        await portal.login(town.editor.username, STAFF_PASSWORD)
        await portal.login(town.editor.username, "een heel geheim foutje")
        token = await town.send_login()
        await portal.by_link("activateAccount", token, POPULAR)
        await portal.forgot(town.editor.username)
        said = "\n".join(
            f"{record.getMessage()} {record.args}"
            for record in caplog.records
            if "tortoise" not in record.name
        )
        assert "graphql operation=" in said
        for secret in (STAFF_PASSWORD, "een heel geheim foutje", POPULAR, token, portal.token or "-"):
            assert secret not in said

    async def test_is_in_a_key_of_the_throttle(self, town: Town, valkey_url: str) -> None:
        from redis.asyncio import Redis

        await tried(town.editor.username, "mis", address="192.0.2.77")
        await tried("78018", "mis", address="192.0.2.77")
        client = Redis.from_url(valkey_url)
        keys = [key.decode() async for key in client.scan_iter(f"{throttle.PREFIX}*")]
        await client.aclose()
        assert len(keys) >= 6
        for secret in (town.editor.username, "78018", "192.0.2.77"):
            assert secret not in "".join(key.removeprefix(throttle.PREFIX) for key in keys)


class TestALinkByMail:
    async def test_opens_whatever_others_do_and_makes_its_network_the_accounts_own(
        self, town: Town, looks: list[str]
    ) -> None:
        await town.send_login()
        address = "192.0.2.9"
        for number in range(10000, 10000 + MANY):
            await tried(str(number), POPULAR, address=address)
        for _ in range(8):
            await tried("78018", "mis", address=address)
        portal = Portal(address=address)
        assert code(await portal.login("78018", PARENT_PASSWORD)) == "TOO_MANY_ATTEMPTS"

        await Portal(address="203.0.113.8").forgot("78018")
        token = token_in(await town.new_mail())
        assert (await portal.by_link("activateAccount", token, PARENT_PASSWORD))["session"]
        assert (await portal.login("78018", PARENT_PASSWORD))["session"]
