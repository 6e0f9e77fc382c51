"""A mailbox that a journey reads: a real SMTP conversation inside the test's own loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from settings import load
from workers.drain import drain


class Mailbox:
    """What was taken on, oldest first. `refuses`: an answer to RCPT for an address, instead of 250; `hangs_up_on`: to
    whom the content may come, and then there is no server any more."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}
        self.hangs_up_on: set[str] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = cast(bytes, envelope.content)
        self.mails.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"

    async def deliver(self) -> list[EmailMessage]:
        """Let the worker do all that is due; the mails that came in by it."""
        before = len(self.mails)
        await drain(settings=load().model_copy(update={"smtp_url": self.url}))
        return self.mails[before:]

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


class _Server(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        mailbox = cast(Mailbox, self.event_handler)
        assert self.envelope is not None
        if mailbox.hangs_up_on.isdisjoint(self.envelope.rcpt_tos):
            await super().smtp_DATA(arg)
            return
        await self.push("354 go on")
        assert self.transport is not None
        self.transport.close()


def text_of(mail: EmailMessage) -> str:
    """The part a person reads in a plain mail program."""
    part: Any = mail.get_body(("plain",))
    return cast(str, part.get_content())


@asynccontextmanager
async def open_mailbox() -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Server(mailbox, enable_SMTPUTF8=True, hostname="test"), "127.0.0.1", 0
    )
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
