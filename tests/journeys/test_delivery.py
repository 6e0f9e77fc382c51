"""One mail on its way: what it carries, when it waits, and when it is not sent any more (rules 9, 14, 46)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from models import OutboxMail, ParentLogin
from resolvers import clock, links
from rules.vocabulary import LoginStatus
from tests.journeys.one_school import OneSchool, one_school
from tests.mailbox import Mailbox, open_mailbox, text_of
from workers.outbox import Delivery, next_try


@pytest.fixture
async def mailbox(database: None) -> AsyncIterator[Mailbox]:
    async with open_mailbox() as opened:
        yield opened


@pytest.fixture
async def school(database: None) -> OneSchool:
    return await one_school()


async def written(
    *,
    school: OneSchool,
    to: str = "ouder@example.org",
    login: ParentLogin | None = None,
    kind: str = "ParentLoginSent",
) -> OutboxMail:
    identity = uuid4()
    now = await clock.now()
    return await OutboxMail.create(
        id=identity,
        kind=kind,
        recipient=to,
        payload={"first_name": "Zoë", "elk_number": "10001", "valid_until": None},
        unique_key=str(identity),
        message_id=f"<{identity}@example.org>",
        region_id=school.region.id,
        link="parent_login" if login else "",
        link_id=login.id if login else None,
        link_sequence=login.sequence if login else 0,
        created_at=now,
        due_at=now,
    )


async def one_of_two_refused(school: OneSchool, mailbox: Mailbox) -> OutboxMail:
    """The mail whose reader is not there; a good one comes behind it."""
    refused = await written(school=school, to="vol@example.org")
    await written(school=school, to="goed@example.org")
    mailbox.refuses["vol@example.org"] = "550 no such mailbox"
    return refused


async def invited(*, school: OneSchool, sequence: int = 1) -> ParentLogin:
    return await ParentLogin.create(
        id=uuid4(), pupil=school.pupil, region=school.region, status=LoginStatus.SENT, sequence=sequence
    )


class TestAMail:
    async def test_carries_what_a_mail_should(self, school: OneSchool, mailbox: Mailbox) -> None:
        row = await written(school=school)
        (mail,) = await mailbox.deliver()
        assert mail["To"] == "ouder@example.org"
        assert "elk@example.org" in mail["From"]
        assert mail["Message-ID"] == row.message_id
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Date"].datetime == row.created_at.replace(microsecond=0)
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        assert "Zoë" in text_of(mail)
        assert (await OutboxMail.get(id=row.id)).sent_at is not None
        assert await mailbox.deliver() == []

    async def test_leads_to_the_portal_and_a_repeat_carries_the_same_link(
        self, school: OneSchool, mailbox: Mailbox
    ) -> None:
        login = await invited(school=school)
        row = await written(school=school, login=login)
        token = links.token(purpose="parent_login", row_id=login.id, sequence=1)
        (mail,) = await mailbox.deliver()
        assert f"https://portaal.example.org/inloggen?token={token}" in text_of(mail)
        await OutboxMail.filter(id=row.id).update(sent_at=None)
        (again,) = await mailbox.deliver()
        assert again["Message-ID"] == mail["Message-ID"]
        assert text_of(again) == text_of(mail)

    @pytest.mark.parametrize("address", ["zoë@example.org", "ouder@exämple.org"])
    async def test_reaches_addresses_in_other_letters(
        self, school: OneSchool, mailbox: Mailbox, address: str
    ) -> None:
        await written(school=school, to=address)
        (mail,) = await mailbox.deliver()
        assert mail["To"] == address


class TestALinkThatWasOvertaken:
    async def test_is_not_sent_any_more(self, school: OneSchool, mailbox: Mailbox) -> None:
        login = await invited(school=school, sequence=1)
        old = await written(school=school, login=login)
        await ParentLogin.filter(id=login.id).update(sequence=2)
        login.sequence = 2
        new = await written(school=school, login=login)
        (mail,) = await mailbox.deliver()
        assert mail["Message-ID"] == new.message_id
        old = await OutboxMail.get(id=old.id)
        assert old.sent_at is None
        assert old.cancelled_at is not None

    async def test_nor_is_one_that_was_used(self, school: OneSchool, mailbox: Mailbox) -> None:
        login = await invited(school=school)
        await written(school=school, login=login)
        await ParentLogin.filter(id=login.id).update(token_used=True)
        assert await mailbox.deliver() == []


class TestAMailThatFails:
    """Its neighbours go, in the same round."""

    async def test_for_it_is_of_no_region(self, school: OneSchool, mailbox: Mailbox) -> None:
        lost = await written(school=school, to="nergens@example.org")
        await OutboxMail.filter(id=lost.id).update(region_id=uuid4())
        await written(school=school, to="goed@example.org")
        assert [mail["To"] for mail in await mailbox.deliver()] == ["goed@example.org"]
        left = await OutboxMail.get(id=lost.id)
        assert left.due_at > lost.due_at
        assert left.lease_token is None

    async def test_and_of_which_that_cannot_be_written_down(
        self,
        school: OneSchool,
        mailbox: Mailbox,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        refused = await one_of_two_refused(school, mailbox)

        async def away(*_: object, **__: object) -> None:
            raise OSError("row contains vol@example.org")

        monkeypatch.setattr(Delivery, "_postpone", away)
        assert [mail["To"] for mail in await mailbox.deliver()] == ["goed@example.org"]
        left = await OutboxMail.get(id=refused.id)
        assert left.sent_at is None
        assert left.lease_token is not None
        assert str(refused.id) in caplog.text
        assert "vol@example.org" not in caplog.text

    async def test_for_the_server_hangs_up_on_its_content(
        self, school: OneSchool, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await written(school=school, to="groot@example.org")
        mailbox.hangs_up_on.add("groot@example.org")
        for number in range(12):
            await written(school=school, to=f"goed{number}@example.org")
        may_go = Delivery._may_go

        async def later(self: Delivery, held: Any) -> bool:
            await asyncio.sleep(0.05)
            return await may_go(self, held)

        monkeypatch.setattr(Delivery, "_may_go", later)
        delivery = Delivery(smtp_url=mailbox.url)
        tally = await delivery.deliver_due()
        await delivery.close()
        assert (tally.sent, tally.failed, tally.server_away) == (12, 1, False)


class TestAMailThatIsRefused:
    async def test_is_tried_again_for_ever_slower_and_slower_while_others_go(
        self, school: OneSchool, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
    ) -> None:
        refused = await one_of_two_refused(school, mailbox)
        began = clock.real_now()
        tries = 0
        for hours in range(0, 24 * 14):
            clock.stand_still(at=began + timedelta(hours=hours, minutes=hours))
            await mailbox.deliver()
            now = (await OutboxMail.get(id=refused.id)).attempts
            tries = max(tries, now)
        assert [mail["To"] for mail in mailbox.mails] == ["goed@example.org"]
        assert 10 < tries < 20
        assert "550" in (await OutboxMail.get(id=refused.id)).last_error
        assert "550" in caplog.text
        assert "vol@example.org" not in caplog.text
        del mailbox.refuses["vol@example.org"]
        clock.stand_still(at=began + timedelta(days=16))
        assert [mail["To"] for mail in await mailbox.deliver()] == ["vol@example.org"]

    async def test_for_the_moment_only_it_is_tried_again_within_minutes(
        self, school: OneSchool, mailbox: Mailbox
    ) -> None:
        row = await written(school=school)
        mailbox.refuses["ouder@example.org"] = "450 come back later"
        began = clock.real_now()
        clock.stand_still(at=began)
        await mailbox.deliver()
        assert (await OutboxMail.get(id=row.id)).due_at <= began + timedelta(minutes=1)
        mailbox.refuses.clear()
        assert await mailbox.deliver() == []
        clock.stand_still(at=began + timedelta(minutes=1))
        assert len(await mailbox.deliver()) == 1

    async def test_one_that_cannot_be_written_holds_up_nobody(
        self, school: OneSchool, mailbox: Mailbox
    ) -> None:
        broken = await written(school=school, kind="NoSuchMail")
        await written(school=school, to="goed@example.org")
        assert [mail["To"] for mail in await mailbox.deliver()] == ["goed@example.org"]
        assert (await OutboxMail.get(id=broken.id)).sent_at is None

    def test_waiting_grows_and_never_ends(self) -> None:
        for lasting in (False, True):
            waits = [next_try(attempts=attempts, lasting=lasting) for attempts in range(1, 100)]
            assert waits == sorted(waits)
            assert waits[0] >= timedelta(minutes=1)
        assert next_try(attempts=10**6, lasting=False) < timedelta(minutes=30)
