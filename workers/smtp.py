"""Connections to the SMTP server: kept while they are used, a few side by side, renewed now and then."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol
from aiosmtplib.typing import SMTPStatus

# A relay may end a connection that lives too long or carries too much: we are earlier.
MAILS_PER_CONNECTION = 100
IDLE_SECONDS = 20.0
HUNG_UP = 451


class ServerAway(Exception):
    """No conversation is possible now. It says nothing about the mail."""


class MailRefused(Exception):
    """The server spoke about this mail. `lasting`: it will say the same next time (5xx)."""

    def __init__(self, *, code: int, words: str) -> None:
        super().__init__(f"{code} {words}")
        self.code = code
        self.lasting = 500 <= code < 600


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """Where mails go, read from SMTP_URL.

    smtp://user:password@host:port uses STARTTLS where the server offers it, smtp+tls:// demands
    it, smtps:// speaks TLS from the first byte.
    """

    host: str
    port: int
    username: str | None
    password: str | None
    tls: bool
    starttls: bool | None

    @classmethod
    def of(cls, url: str) -> "Server":
        parts = urlsplit(url)
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or (465 if tls else 587 if parts.scheme == "smtp+tls" else 25),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
            starttls=False if tls else True if parts.scheme == "smtp+tls" else None,
        )


class Conversation:
    """One connection and how much it has carried."""

    def __init__(self, *, smtp: aiosmtplib.SMTP) -> None:
        self.smtp = smtp
        self.carried = 0
        self.idle_since = 0.0

    async def envelope(self, *, sender: str, recipient: str) -> None:
        """Say from whom and to whom. Raises `MailRefused` or `ServerAway`."""
        wide = not (sender + recipient).isascii()
        try:
            if wide and not self.smtp.supports_extension("smtputf8"):
                recipient = _narrow(recipient)
                wide = False
            encoding = "utf-8" if wide else "ascii"
            await self.smtp.mail(sender, options=["SMTPUTF8"] if wide else [], encoding=encoding)
            await self.smtp.rcpt(recipient, encoding=encoding)
        except aiosmtplib.SMTPRecipientRefused as refused:
            raise _judged(refused.code, refused.message) from None
        except (aiosmtplib.SMTPException, OSError, EOFError) as fault:
            # A refused sender is about our settings, not about this mail's reader.
            raise ServerAway(f"{type(fault).__name__}: {fault}") from fault

    async def content(self, message: bytes, *, seconds: float) -> None:
        """Hand over everything but the last dot: until that is said, the server has taken on nothing."""
        with _talking():
            answer = await self._say(b"DATA", seconds=seconds)
            if answer.code != SMTPStatus.start_input:
                raise _judged(answer.code, answer.message)
            protocol = self._there()
            protocol.write(_DOT.sub(b"..", message))

    async def dot(self, *, seconds: float) -> None:
        """Say it; returns once the server has taken the mail on (250)."""
        with _talking():
            self._there()
            answer = await self._say(b".", seconds=seconds)
            if answer.code != SMTPStatus.completed:
                raise _judged(answer.code, answer.message)
        self.carried += 1

    def _there(self) -> SMTPProtocol:
        """A server that hangs up on the content may mean this mail alone: `MailRefused`, for now."""
        if self.smtp.protocol is None or not self.smtp.is_connected:
            raise MailRefused(code=HUNG_UP, words="the server hung up during the content")
        return self.smtp.protocol

    async def _say(self, word: bytes, *, seconds: float) -> aiosmtplib.SMTPResponse:
        if self.smtp.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        return await self.smtp.protocol.execute_command(word, timeout=seconds)

    def hang_up(self) -> None:
        """Without the last dot: what was handed over is thrown away at the other side."""
        self.smtp.close()

    async def forget(self) -> None:
        """Take back an envelope that was not used."""
        with suppress(aiosmtplib.SMTPException, OSError):
            await self.smtp.rset()


_DOT = re.compile(rb"^\.", re.MULTILINE)


@contextmanager
def _talking() -> Iterator[None]:
    try:
        yield
    except (aiosmtplib.SMTPException, OSError, EOFError) as fault:
        raise ServerAway(f"{type(fault).__name__}: {fault}") from fault


def _judged(code: int, words: str) -> Exception:
    if code == 421:
        return ServerAway(f"421 {words}")
    return MailRefused(code=code, words=words)


def _narrow(address: str) -> str:
    """An address for a server that knows ASCII only: the domain can be spelled so, a name before @ cannot."""
    name, _, domain = address.rpartition("@")
    try:
        return f"{name}@{domain.encode('idna').decode('ascii')}".encode("ascii").decode("ascii")
    except UnicodeError:
        raise MailRefused(code=553, words="the server does not take letters like these") from None


class Connections:
    """Lends out conversations, and keeps them."""

    def __init__(self, *, server: Server, reply_seconds: float) -> None:
        self._server = server
        self._reply_seconds = reply_seconds
        self._kept: list[Conversation] = []

    @asynccontextmanager
    async def envelope(self, *, sender: str, recipient: str) -> AsyncIterator[Conversation]:
        """A conversation that has the envelope. A fault inside ends the connection, a refusal does not."""
        talk = await self._addressed(sender=sender, recipient=recipient)
        try:
            yield talk
        except MailRefused:
            await talk.forget()
            self._keep(talk)
            raise
        except BaseException:
            talk.smtp.close()
            raise
        self._keep(talk)

    async def _addressed(self, *, sender: str, recipient: str) -> Conversation:
        while (talk := self._kept_one()) is not None:
            try:
                await talk.envelope(sender=sender, recipient=recipient)
                return talk
            except ServerAway:
                talk.smtp.close()  # It had gone while we did not look: nothing is lost before DATA.
            except MailRefused:
                await talk.forget()
                self._keep(talk)
                raise
            except BaseException:
                talk.smtp.close()
                raise
        talk = await self._fresh()
        try:
            await talk.envelope(sender=sender, recipient=recipient)
        except MailRefused:
            await talk.forget()
            self._keep(talk)
            raise
        except BaseException:
            talk.smtp.close()
            raise
        return talk

    def _kept_one(self) -> Conversation | None:
        now = asyncio.get_running_loop().time()
        while self._kept:
            talk = self._kept.pop()
            if talk.smtp.is_connected and now - talk.idle_since < IDLE_SECONDS:
                return talk
            talk.smtp.close()
        return None

    def _keep(self, talk: Conversation) -> None:
        if not talk.smtp.is_connected or talk.carried >= MAILS_PER_CONNECTION:
            talk.smtp.close()
            return
        talk.idle_since = asyncio.get_running_loop().time()
        self._kept.append(talk)

    async def _fresh(self) -> Conversation:
        smtp = aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.username,
            password=self._server.password,
            use_tls=self._server.tls,
            start_tls=self._server.starttls,
            timeout=self._reply_seconds,
        )
        try:
            await smtp.connect()
            await smtp._ehlo_or_helo_if_needed()
        except (aiosmtplib.SMTPException, OSError, EOFError, ValueError) as fault:
            smtp.close()
            raise ServerAway(f"{type(fault).__name__}: {fault}") from fault
        except BaseException:
            smtp.close()
            raise
        return Conversation(smtp=smtp)

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        kept, self._kept = self._kept, []
        for talk in kept:
            with suppress(aiosmtplib.SMTPException, OSError):
                await talk.smtp.quit(timeout=2)
            talk.smtp.close()
