"""A document in words becomes a PDF. Only processes of the pool import this module."""

import io
import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from xhtml2pdf import pisa
from xhtml2pdf.default import DEFAULT_FONT

from documents.letters import FAMILY, STYLES, path_of, shown

HERE = Path(__file__).resolve().parent
MOST_LETTERS = 2_000_000
MOST_ROWS = 20_000
LONG = 600


class TooMuchToPrint(Exception):  # noqa: N818
    """More than a document of one child can be: nobody would read it, and it would block the others."""


class NotPrinted(Exception):  # noqa: N818
    """The layout could not be made."""


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)


@lru_cache(maxsize=1)
def _fonts() -> None:
    """Known to the printer by name: a font found through CSS is silently replaced when it may not be read."""
    for style, name in STYLES.items():
        pdfmetrics.registerFont(TTFont(name, str(path_of(style=style))))
    pdfmetrics.registerFontFamily(
        STYLES[""], normal=STYLES[""], bold=STYLES["bold"], italic=STYLES["italic"], boldItalic=STYLES["bold"]
    )
    # Whatever a style asks for, it is ours: nothing falls back to letters that are not embedded.
    for family in [*DEFAULT_FONT, FAMILY.lower()]:
        DEFAULT_FONT[family] = STYLES[""]


def printed(*, content: dict[str, Any]) -> bytes:
    """The PDF of a `Paper` as JSON keeps it. Raises `TooMuchToPrint`, `NotPrinted`."""
    _fonts()
    html = _environment().get_template("paper.html").render(paper=_readable(content), family=FAMILY)
    logging.getLogger("xhtml2pdf").setLevel(logging.ERROR)
    made = io.BytesIO()
    result = pisa.CreatePDF(html, dest=made, encoding="utf-8", link_callback=_nothing)
    if result.err:
        raise NotPrinted(f"{result.err} errors in the layout")
    return made.getvalue()


def _nothing(_uri: str, _base: str | None) -> str:
    """The resource policy: no file and no address that stands in a child's data is ever opened."""
    raise NotPrinted("a document uses no resources")


def _readable(content: dict[str, Any]) -> dict[str, Any]:
    sections = content["sections"]
    if sum(len(section["rows"]) for section in sections) > MOST_ROWS:
        raise TooMuchToPrint(f"more than {MOST_ROWS} rows")
    if len(repr(sections)) > MOST_LETTERS:
        raise TooMuchToPrint(f"more than {MOST_LETTERS} letters")
    head = ("title", "status", "pupil", "elk_number", "school", "region", "made_at")
    return {
        **{name: shown(content[name]) for name in head},
        "is_concept": content["status"].startswith(("concept", "voorlopig")),
        "sections": [
            {
                "title": shown(section["title"]),
                "lines": [
                    {
                        "label": shown(line["label"]),
                        "parts": shown(line["value"]).split("\n"),
                        # A cell cannot go on over the page; a paragraph can.
                        "long": len(line["value"]) > LONG or line["value"].count("\n") > 12,
                        "tight": _is_tight(line["value"], 48),
                    }
                    for line in section["lines"]
                ],
                "columns": [shown(column) for column in section["columns"]],
                "rows": [
                    [{"text": shown(cell), "tight": _is_tight(cell, 110 // len(row))} for cell in row]
                    for row in section["rows"]
                ],
            }
            for section in sections
        ],
    }


def _is_tight(text: str, width: int) -> bool:
    """A word longer than its column, which may be broken anywhere."""
    return any(len(word) > width for word in text.split())
