"""A document in words becomes a PDF. Only processes of the pool import this module."""

import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.default import DEFAULT_FONT

from documents.layout import laid_out
from documents.letters import FAMILY, STYLES, path_of

HERE = Path(__file__).resolve().parent

# No file and no address that stands in a child's data is ever opened: the layout needs none.
NOTHING = ResourceAccessPolicy(allow_remote=False, base_dir=None, max_resources=0, max_local_bytes=0)


class NotPrinted(Exception):
    """The layout could not be made."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Escapes everything that was typed, refuses a word that is not there."""
    return Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)


@lru_cache(maxsize=1)
def prepare() -> None:
    """Fonts known to the printer by name: one found through CSS is silently replaced when it may not be read."""
    for style, name in STYLES.items():
        pdfmetrics.registerFont(TTFont(name, str(path_of(style=style))))
    normal, bold = STYLES[""], STYLES["bold"]
    pdfmetrics.registerFontFamily(normal, normal=normal, bold=bold, italic=normal, boldItalic=bold)
    # Whatever a style asks for, it is ours: nothing falls back to letters that are not embedded.
    for family in [*DEFAULT_FONT, FAMILY.lower()]:
        DEFAULT_FONT[family] = normal
    logging.getLogger("xhtml2pdf").setLevel(logging.ERROR)


@contextmanager
def _dated(moment: datetime) -> Iterator[None]:
    """The file bears the moment it was asked for; so the same words make the same bytes."""
    name, before = "SOURCE_DATE_EPOCH", os.environ.get("SOURCE_DATE_EPOCH")
    os.environ[name] = str(int(moment.timestamp()))
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


def printed(*, content: dict[str, Any]) -> bytes:
    """The PDF of a `Paper` as JSON keeps it. Raises `TooMuchToPrint`, `NotPrinted`."""
    prepare()
    html = environment().get_template("paper.html").render(paper=laid_out(content), family=FAMILY)
    made = io.BytesIO()
    with _dated(datetime.fromisoformat(content["made_at"])):
        result = pisa.CreatePDF(html, dest=made, encoding="utf-8", resource_policy=NOTHING)
    if result.err:
        raise NotPrinted(f"{result.err} errors in the layout")
    return made.getvalue()
