"""From what a mail says to the message that goes out: a subject, a text and an HTML part."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import formataddr
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from emails import kinds
from emails.kinds import Mail
from rules.calendar import in_dutch

TEMPLATES = Path(__file__).parent / "templates"

KINDS: dict[str, type[Mail]] = {
    cls.__name__: cls
    for cls in vars(kinds).values()
    if isinstance(cls, type) and issubclass(cls, Mail) and cls is not Mail
}


class Sender(Protocol):
    """The region that writes: its row, or anything with these attributes."""

    name: str
    portal_url: str
    sender_address: str
    helpdesk: str
    information_url: str


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=False,
        keep_trailing_newline=False,
    )
    environment.filters["moment"] = _moment
    return environment


def _moment(value: datetime) -> str:
    return in_dutch(moment=value)


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


def render(mail: Mail, *, sender: Sender, link: str) -> Rendered:
    """The three parts. Raises `UndefinedError` when a template names what the mail does not say."""
    said: dict[str, Any] = {"mail": mail, "region": sender, "link": link, "name": f"ELK {sender.name}"}
    environment = _environment()
    subject = environment.get_template(f"{mail.template}/subject.txt").render(said)
    text = environment.get_template(f"{mail.template}/text.txt").render(said)
    html = environment.get_template(f"{mail.template}/html.html").render(said, subject=_one_line(subject))
    return Rendered(_one_line(subject), text.strip() + "\n", _inliner().inline(html))


def _one_line(text: str) -> str:
    """A subject is one line: what a person typed cannot become a header of its own."""
    return " ".join(text.split())


def letter(mail: Mail, *, sender: Sender, link: str) -> EmailMessage:
    """The message without its addresses, number and date: whoever sends it sets those."""
    parts = render(mail, sender=sender, link=link)
    message = EmailMessage()
    message["Subject"] = parts.subject
    message["From"] = formataddr((f"ELK {_one_line(sender.name)}", sender.sender_address))
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = "nl"
    message.set_content(parts.text)
    message.add_alternative(parts.html, subtype="html")
    return message


def letter_of(*, kind: str, payload: dict[str, Any], region: Sender, link: str) -> EmailMessage:
    """The message of an outbox row. Raises `KeyError` for a kind that is none."""
    return letter(KINDS[kind].from_payload(payload), sender=region, link=link)
