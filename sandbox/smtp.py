"""The sandbox's mail sink: a real SMTP conversation; what was received lies in files, newest last."""

import json
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from resolvers import clock

MOST_KEPT = 2000


class Sink:
    """Takes every mail on. `folder`: one file a mail, in the order of arrival, the oldest thrown away."""

    def __init__(self, *, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        kept = sorted(int(path.stem) for path in folder.glob("*.json"))
        self._next = 1 + (kept[-1] if kept else 0)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = cast(bytes, envelope.content)
        for recipient in envelope.rcpt_tos:
            kept = self._folder / f"{self._next:08}.json"
            kept.with_suffix(".new").write_text(json.dumps(as_json(content=content, to=recipient)), "utf-8")
            kept.with_suffix(".new").rename(kept)
            (self._folder / f"{self._next - MOST_KEPT:08}.json").unlink(missing_ok=True)
            self._next += 1
        return "250 OK"


def as_json(*, content: bytes, to: str) -> dict[str, Any]:
    """A message as `/dev/mails.json` gives it."""
    message = message_from_bytes(content, policy=policy.default)
    return {
        "to": to,
        "subject": str(message["Subject"] or ""),
        "text": _words(message.get_body(("plain",))),
        "html": _words(message.get_body(("html",))),
        "messageId": str(message["Message-ID"] or "").strip(),
        "sentAt": _sent_at(message).isoformat(),
        "attachments": [
            part.get_filename() or part.get_content_type() for part in message.iter_attachments()
        ],
        "headers": {name: str(value) for name, value in message.items()},
    }


def _sent_at(message: EmailMessage) -> datetime:
    """As the letter itself says, on the procedure's clock; one that does not say came just now."""
    said: datetime | None = getattr(message["Date"], "datetime", None)
    if said is None:
        return clock.real_now()
    return said if said.tzinfo is not None else said.replace(tzinfo=UTC)


def _words(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:
        # A letter set nobody knows: shown as far as it goes, for a sink loses no mail.
        return cast(bytes, part.get_payload(decode=True)).decode("ascii", "replace")


def received(*, folder: Path, most: int = 500) -> list[dict[str, Any]]:
    """What came in, newest first."""
    mails = []
    for path in sorted(folder.glob("*.json"), reverse=True)[:most]:
        try:
            mails.append(json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            continue  # The oldest may be thrown away while we read.
    return mails


def start(*, folder: Path, port: int) -> Controller:
    """Listen on 127.0.0.1 in a thread of its own."""
    controller = Controller(Sink(folder=folder), hostname="127.0.0.1", port=port, decode_data=False)
    controller.start()
    return controller
