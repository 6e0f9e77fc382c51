"""Rules 2 and 14: the login of a second region goes to an account that is there: its password stays its own."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from models import Account, Pupil
from rules.vocabulary import LoginStatus, NotPlacingReason
from tests.journeys.front_door import (
    PARENT_PASSWORD,
    Portal,
    Town,
    a_town_with_a_door,
    code,
    text_of,
    token_in,
)

ANOTHER = "vier zwanen in de vijver"
CHILD = "{ child { elkNumber } }"


@pytest.fixture
async def town(database: None, valkey_url: str) -> AsyncIterator[Town]:
    async with a_town_with_a_door(valkey_url=valkey_url) as town:
        yield town


async def status(town: Town) -> LoginStatus:
    return await town.login_status(region=town.other_region)


class TestTheLinkOfASecondRegion:
    @pytest.fixture
    async def parent(self, town: Town) -> Portal:
        portal = Portal()
        await portal.by_link("activateAccount", await town.send_login(), PARENT_PASSWORD)
        return portal

    @pytest.mark.parametrize("act", ["activateAccount", "resetPassword"])
    async def test_asks_for_the_password_there_is_and_sets_no_other(
        self, town: Town, parent: Portal, act: str
    ) -> None:
        token = await town.send_login(region=town.other_region)
        refused = await Portal().by_link(act, token, ANOTHER)
        assert code(refused) == "OWN_PASSWORD_NEEDED"
        assert refused["errors"][0]["path"] == ["password"]
        assert "wachtwoord vergeten" in refused["errors"][0]["message"]
        assert await status(town) is LoginStatus.SENT
        assert (await parent.post(CHILD)).status_code == 200

        joined = Portal()
        assert (await joined.by_link(act, token, PARENT_PASSWORD))["session"]["role"] == "PARENT"
        assert await status(town) is LoginStatus.ACTIVATED
        assert await Account.filter(pupil_id=town.pupil.id).count() == 1
        for portal in (parent, joined):
            assert (await portal.post(CHILD)).status_code == 200
        assert code(await Portal().by_link(act, token, PARENT_PASSWORD)) == "LINK_INVALID"
        assert code(await Portal().login("78018", ANOTHER)) == "WRONG_CREDENTIALS"

    async def test_lets_nobody_in_who_found_it_after_a_reset(self, town: Town, parent: Portal) -> None:
        token = await town.send_login(region=town.other_region)
        await Portal().forgot("78018")
        reset = token_in(await town.new_mail())
        assert (await Portal().by_link("resetPassword", reset, ANOTHER))["session"]
        assert (
            code(await Portal().by_link("activateAccount", token, PARENT_PASSWORD)) == "OWN_PASSWORD_NEEDED"
        )
        assert (await Portal().by_link("activateAccount", token, ANOTHER))["session"]

    async def test_is_no_place_to_guess_passwords(self, town: Town, parent: Portal) -> None:
        token = await town.send_login(region=town.other_region)
        tries = [await Portal().by_link("activateAccount", token, f"{ANOTHER} {n}") for n in range(12)]
        codes = [code(one) for one in tries]
        assert set(codes) == {"OWN_PASSWORD_NEEDED", "TOO_MANY_ATTEMPTS"}
        assert codes[-1] == "TOO_MANY_ATTEMPTS"
        assert (await Portal().login("78018", PARENT_PASSWORD))["session"], (
            "by its name it is not slowed down"
        )

    async def test_comes_in_a_mail_that_says_so(self, town: Town, parent: Portal) -> None:
        await town.send_login(region=town.other_region)
        town.seen.clear()
        first, second = sorted(await town.new_mails(), key=lambda mail: "al een account" in text_of(mail))
        assert "Stel een wachtwoord in" in text_of(first)
        said = text_of(second)
        assert "U heeft al een account" in said
        assert "Stel een wachtwoord in" not in said
        assert "account aan te maken" not in said
        assert "Maak uw account aan" not in second["Subject"]
        assert "78018" in said


class TestTwoLinksSentBeforeAnyWasUsed:
    async def test_the_first_one_used_sets_the_password_and_the_other_asks_for_it(self, town: Town) -> None:
        here = await town.send_login()
        there = await town.send_login(region=town.other_region)
        assert (await Portal().by_link("activateAccount", there, PARENT_PASSWORD))["session"]
        assert code(await Portal().by_link("activateAccount", here, ANOTHER)) == "OWN_PASSWORD_NEEDED"
        assert (await Portal().by_link("activateAccount", here, PARENT_PASSWORD))["session"]
        assert await town.login_status() is LoginStatus.ACTIVATED

    async def test_at_the_same_moment_one_sets_it(self, town: Town) -> None:
        links = [await town.send_login(), await town.send_login(region=town.other_region)]
        passwords = [PARENT_PASSWORD, ANOTHER]
        payloads = await asyncio.gather(
            *(Portal().by_link("activateAccount", *pair) for pair in zip(links, passwords, strict=True))
        )
        refused = [code(payload) for payload in payloads if payload["errors"]]
        assert refused == ["OWN_PASSWORD_NEEDED"]
        (winner,) = [one for one, payload in zip(passwords, payloads, strict=True) if payload["session"]]
        assert (await Portal().login("78018", winner))["session"]


class TestAChildThatIsNotPlaced:
    async def test_is_sent_no_login_again_by_asking_for_a_password(self, town: Town) -> None:
        """Rule 11: such a pupil cannot be sent a login, whoever asks."""
        token = await town.send_login()
        await Pupil.filter(id=town.pupil.id).update(not_placing_reason=NotPlacingReason.MOVED)
        assert await Portal().forgot("78018") == []
        assert await town.new_mails() == []
        await Pupil.filter(id=town.pupil.id).update(not_placing_reason=None)
        await Portal().forgot("78018")
        assert token_in(await town.new_mail()) == token
