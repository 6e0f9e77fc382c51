"""From what a mail says to the message that goes out: a subject, a text and an HTML part.

The message is written here, in seven bits: Python's own takes five times as long for these two parts as everything
else that is done for a mail.
"""

import unicodedata
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.utils import format_datetime, formataddr
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
        # Templates change with the release, and that starts a new process.
        auto_reload=False,
    )
    made.filters["moment"] = _moment
    return made


# They turn the reading direction around for the words of the mail that follow.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _as_typed(value: Any) -> Any:
    """What a person typed stays within its line and its place, whatever is in it."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    composed = unicodedata.normalize("NFC", value)
    # Nothing is printable that turns, breaks or controls a line.
    if not composed.isprintable():
        composed = "".join(_mark(letter) for letter in composed if letter not in TURNING)
    return _one_line(composed)


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


# Seven bits only: a relay that cannot do better must not change what was signed or break a letter.
WIRE = policy.SMTP.clone(cte_type="7bit")
LONGEST_PLAIN = 66
# What is quoted-printable cannot hold it.
BOUNDARY = "=_loket"


def letter(
    mail: Mail, *, sender: Sender, link: str, headers: Mapping[str, str | datetime] | None = None
) -> bytes:
    """The message as it goes out. `headers`: its addresses, number and date, of whoever sends it."""
    parts = render(mail, sender=sender, link=link)
    said = {
        "Subject": parts.subject,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": "nl",
        **(headers or {}),
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{BOUNDARY}"',
    }
    written = [_from(sender), *(_header(name, value) for name, value in said.items()), b"\r\n"]
    for kind, content in (("plain", parts.text), ("html", parts.html)):
        written.append(_PART % (kind.encode(), _quoted(content)))
    return b"".join(written) + f"--{BOUNDARY}--\r\n".encode()


_PART = f"""--{BOUNDARY}
Content-Type: text/%s; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

%s
""".replace("\n", "\r\n").encode()


def _quoted(content: str) -> bytes:
    return b2a_qp(content.replace("\n", "\r\n").encode())


def _header(name: str, value: str | datetime) -> bytes:
    """Of the head. Raises `ValueError` for what would be more than one header.

    Nothing is parsed on the way: what looks encoded may hold the end of a line, and with it a header of its own.
    """
    words = format_datetime(value) if isinstance(value, datetime) else value
    if name == "Subject":
        words = _written(name, words)
    elif name == "To" and not words.isascii() and "=?" not in words:
        folded: bytes = WIRE.fold_binary(*WIRE.header_store_parse(name, words))
        return folded
    elif not (words.isascii() and words.isprintable()):
        raise ValueError(f"{name} is no line of ascii")
    return f"{name}: {words}\r\n".encode("ascii")


def _from(sender: Sender) -> bytes:
    # A name that is encoded may fill its line: the address has one of its own.
    name = f"ELK {_one_line(sender.name)}"
    if (written := _written("From", name)) == name:
        return _header("From", formataddr((name, sender.sender_address)))
    return _header("From", f"<{sender.sender_address}>").replace(b"<", f"{written}\r\n <".encode("ascii"), 1)


def _written(name: str, words: str) -> str:
    """Words as they are where they are plain, else encoded, over more lines where they are long."""
    if words.isascii() and words.isprintable() and "=?" not in words and len(words) <= LONGEST_PLAIN:
        return words
    return Header(words, "utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")


def letter_of(
    *,
    kind: str,
    payload: dict[str, Any],
    region: Sender,
    link: str,
    headers: Mapping[str, str | datetime] | None = None,
) -> bytes:
    """The message of an outbox row. Raises `KeyError` for a kind that is none."""
    return letter(KINDS[kind].from_payload(payload), sender=region, link=link, headers=headers)
