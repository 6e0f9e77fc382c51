"""Letters: which ones the font has, and how one that it has not is still seen."""

import re
import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

FAMILY = "Lato"
STYLES = {"": "Lato-Regular", "bold": "Lato-Bold"}


def path_of(*, style: str = "") -> Path:
    """The font file of a style, from the installed package."""
    return Path(str(files("fontpkg_lato") / "files" / f"{STYLES[style]}.ttf"))


@cache
def _faces() -> list[Any]:
    from reportlab.pdfbase.ttfonts import TTFont

    return [TTFont(name, str(path_of(style=style))).face for style, name in STYLES.items()]


@cache
def known() -> frozenset[int]:
    """The code points that every style has: a bold heading shows what its text shows."""
    return frozenset.intersection(*(frozenset(face.charToGlyph) for face in _faces()))


def shown(text: str) -> str:
    """The text with composed letters; one that no font here has is written as (U+674E), never dropped."""
    lines = "\n".join(unicodedata.normalize("NFC", text).splitlines())
    return "".join(_shown(letter) for letter in lines)


@cache
def _shown(letter: str) -> str:
    if letter == "\n":
        return letter
    if letter.isspace():
        return " "
    kind = unicodedata.category(letter)
    if kind == "Cf":
        return ""
    return letter if ord(letter) in known() and kind != "Cc" else f"(U+{ord(letter):04X})"


@cache
def _advance(letter: str) -> float:
    return max(float(face.charWidths.get(ord(letter), face.defaultWidth)) for face in _faces()) / 1000


def width_of(word: str, *, size: float) -> float:
    """How wide a word is in points, in the widest style."""
    return size * sum(map(_advance, word))


def broken(text: str, *, size: float, width: float) -> str:
    """The text with a space in every word that is wider than its place, so that it stays within."""

    def cut(found: re.Match[str]) -> str:
        word = found[0]
        if width_of(word, size=size) <= width:
            return word
        pieces, taken = [""], 0.0
        for letter in word:
            taken += size * _advance(letter)
            if taken > width and pieces[-1]:
                pieces.append("")
                taken = size * _advance(letter)
            pieces[-1] += letter
        return " ".join(pieces)

    return re.sub(r"\S+", cut, text)
