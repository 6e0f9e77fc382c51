"""From what a mail says to the message that goes out: a subject, a text and an HTML part."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import formataddr
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

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

    @property
    def name(self) -> str: ...

    @property
    def portal_url(self) -> str: ...

    @property
    def sender_address(self) -> str: ...

    @property
    def helpdesk(self) -> str: ...

    @property
    def information_url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Escapes in HTML parts only, refuses a word that is not there, keeps what was typed in its place."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        finalize=_as_typed,
    )
    made.filters["moment"] = _moment
    return made


# They turn the reading direction around for the words of the mail that follow.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _as_typed(value: Any) -> Any:
    """What a person typed stays within its line and its place, whatever is in it."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    kept = (_mark(letter) for letter in unicodedata.normalize("NFC", value) if letter not in TURNING)
    return _one_line("".join(kept))


def _mark(letter: str) -> str:
    if letter.isspace():
        return " "
    return {"Cc": "", "Cs": "\ufffd"}.get(unicodedata.category(letter), letter)


def _moment(value: datetime) -> str:
    return in_dutch(moment=value)


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


def render(mail: Mail, *, sender: Sender, link: str) -> Rendered:
    """The three parts. Raises `UndefinedError` when a template names what the mail does not say."""
    said: dict[str, Any] = {"mail": mail, "region": sender, "link": link, "name": f"ELK {sender.name}"}
    templates = environment()
    subject = templates.get_template(f"{mail.template}/subject.txt").render(said)
    text = templates.get_template(f"{mail.template}/text.txt").render(said)
    html = templates.get_template(f"{mail.template}/html.html").render(said, subject=_one_line(subject))
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
    message.set_content(parts.text)
    message.add_alternative(parts.html, subtype="html")
    message["Content-Language"] = "nl"  # Last: what makes the parts takes such headers along into the first.
    return message


def letter_of(*, kind: str, payload: dict[str, Any], region: Sender, link: str) -> EmailMessage:
    """The message of an outbox row. Raises `KeyError` for a kind that is none."""
    return letter(KINDS[kind].from_payload(payload), sender=region, link=link)
