"""Every mail as its reader sees it, on one page: for /dev and `./loket mails`."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from emails.kinds import Mail
from emails.render import KINDS, TEMPLATES, Rendered, render

LINK = "https://portaal.example/?token=voorbeeld-0123456789abcdef"


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleRegion:
    """An invented region, as sender."""

    name: str = "Amstelland"
    portal_url: str = "https://portaal.example/"
    sender_address: str = "elk@amstelland.example"
    helpdesk: str = "helpdesk@amstelland.example"
    information_url: str = "https://www.amstelland.example/aanmelden"


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """One mail with invented content. `name`: unique among all previews."""

    name: str
    mail: Mail
    rendered: Rendered


def previews() -> Iterator[Preview]:
    """Every shape of every mail."""
    for kind, cls in KINDS.items():
        for place, mail in enumerate(cls.examples(), start=1):
            name = kind if place == 1 else f"{kind} {place}"
            yield Preview(name=name, mail=mail, rendered=render(mail, sender=ExampleRegion(), link=LINK))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


def index_html() -> str:
    """One page with every mail: subject, HTML part as it looks, text part beside it."""
    return _environment().get_template("preview.html").render(previews=list(previews()))
