"""What a JSON message must look like, declared; and everything in it that does not, by its path, in Dutch."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rules.calendar import AMSTERDAM

_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII | re.IGNORECASE
)

_UNKEPT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, order=True)
class Wrong:
    """One thing that is wrong in a message: where, and what."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """Text on one line. `codes`: one of these alone; `pattern` with what it asks; `number`: one will do too."""

    longest: int = 256
    may_be_empty: bool = False
    codes: tuple[str, ...] = ()
    pattern: str = ""
    asks: str = ""
    number: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A date with a time, ISO 8601."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """An object. `required` of its fields must be there; fields that are not declared may."""

    fields: Mapping[str, "Shape"]
    required: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, kw_only=True, slots=True)
class Many:
    """A list."""

    of: "Shape"
    least: int = 0
    most: int = 1000


Shape = Text | Moment | Block | Many


def wrongs(value: Any, *, shape: Shape, path: str = "$") -> Iterator[Wrong]:
    """Everything that is wrong, in the order of the declaration."""
    match shape:
        case Block():
            if not isinstance(value, dict):
                yield Wrong(path, "Hier hoort een blok gegevens te staan, tussen accolades.")
                return
            for name, inner in shape.fields.items():
                # What is null is not there.
                if value.get(name) is not None:
                    yield from wrongs(value[name], shape=inner, path=f"{path}.{name}")
                elif name in shape.required:
                    yield Wrong(f"{path}.{name}", "Dit verplichte gegeven ontbreekt.")
        case Many():
            if not isinstance(value, list):
                yield Wrong(path, "Hier hoort een lijst te staan, tussen vierkante haken.")
                return
            if not shape.least <= len(value) <= shape.most:
                yield Wrong(path, f"Hier horen {shape.least} tot {shape.most} regels te staan.")
                return
            for place, one in enumerate(value):
                yield from wrongs(one, shape=shape.of, path=f"{path}[{place}]")
        case Moment():
            if moment_of(value) is None:
                yield Wrong(path, "Schrijf datum en tijd zoals 2026-05-01T11:44:00Z.")
        case Text():
            reason = _wrong_text(value, shape)
            if reason:
                yield Wrong(path, reason)


def _wrong_text(value: Any, shape: Text) -> str | None:
    text = text_of(value) if shape.number or isinstance(value, str) else None
    if text is None:
        return "Hier hoort tekst of een getal te staan." if shape.number else "Hier hoort tekst te staan."
    if _UNKEPT.search(text):
        return "Hier staan tekens in die wij niet kunnen bewaren."
    if len(text) > shape.longest:
        return f"Dit is te lang: ten hoogste {shape.longest} tekens."
    if not text.strip():
        return None if shape.may_be_empty else "Dit is leeg."
    if shape.codes and text not in shape.codes:
        return f"{text[:40]} is onbekend. Het kan zijn: {', '.join(shape.codes)}."
    if shape.pattern and not re.fullmatch(shape.pattern, text, re.ASCII):
        return shape.asks
    return None


def text_of(value: Any) -> str | None:
    """Text as it stands, a number as a person would write it; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def moment_of(value: Any) -> datetime | None:
    """A moment of this century; without an offset it is of the clock in Amsterdam."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        found = datetime.fromisoformat(value.upper())
    except ValueError:
        return None
    if not 2000 <= found.year < 2100:
        return None
    return found if found.tzinfo else found.replace(tzinfo=AMSTERDAM)
