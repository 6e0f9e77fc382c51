"""Letters: which ones the font has, and how one that it has not is still seen."""

import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path

FAMILY = "Lato"
STYLES = {"": "Lato-Regular", "bold": "Lato-Bold", "italic": "Lato-Italic"}


def path_of(*, style: str = "") -> Path:
    """The font file of a style, from the installed package."""
    return Path(str(files("fontpkg_lato") / "files" / f"{STYLES[style]}.ttf"))


@cache
def known() -> frozenset[int]:
    """The code points of the regular style."""
    from reportlab.pdfbase.ttfonts import TTFont

    return frozenset(TTFont(FAMILY, str(path_of())).face.charToGlyph)


def shown(text: str) -> str:
    """The text with composed letters; one that no font here has is written as (U+674E), never dropped."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(_shown(letter) for letter in composed)


def _shown(letter: str) -> str:
    if unicodedata.category(letter) == "Cf":
        return ""
    if letter in "\n\t" or ord(letter) in known():
        return letter
    return f"(U+{ord(letter):04X})"
