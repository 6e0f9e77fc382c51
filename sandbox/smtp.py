"""The sandbox's mail sink: a real SMTP conversation; what was received lies in files, newest last."""

import json
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

MOST_KEPT = 2000


class Sink:
    """Takes every mail on. `folder`: one file a mail, in the order of arrival."""

    def __init__(self, *, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._next = 1 + max((int(path.stem) for path in folder.glob("*.json")), default=0)

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
    message = cast(EmailMessage, message_from_bytes(content, policy=policy.default))
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return {
        "to": to,
        "subject": str(message["Subject"] or ""),
        "text": text.get_content() if text else "",
        "html": html.get_content() if html else "",
        "messageId": str(message["Message-ID"] or ""),
        "sentAt": datetime.now(UTC).isoformat(),  # noqa: DTZ - the sink's own arrival time
        "attachments": [part.get_filename() for part in message.iter_attachments()],
        "headers": {name: str(value) for name, value in message.items()},
    }


def received(*, folder: Path, most: int = 500) -> list[dict[str, Any]]:
    """What came in, newest first."""
    newest = sorted(folder.glob("*.json"), reverse=True)[:most]
    return [json.loads(path.read_text("utf-8")) for path in newest]


def start(*, folder: Path, port: int) -> Controller:
    """Listen on 127.0.0.1 in a thread of its own."""
    controller = Controller(Sink(folder=folder), hostname="127.0.0.1", port=port, decode_data=False)
    controller.start()
    return controller
