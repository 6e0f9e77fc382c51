"""From the text of an element to the value of a declared field, or a reason why not."""

import re
import unicodedata
from datetime import date
from typing import Any

from rules.identifiers import read_date
from rules.oki_doc.content import EARLIEST, LATEST, wrong_with
from rules.oki_doc.declared import Field, Kind
from rules.oki_doc.elements import ADVICE_CODES

_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?([0-9]{1,12}(\.[0-9]{0,12})?|\.[0-9]{1,12})", re.ASCII)
_ZONE = re.compile(r"(Z|[+-][0-9]{2}:[0-9]{2})$", re.ASCII)
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_NEVER = ("Cc", "Cs", "Cn", "Co", "Zl", "Zp")


class Wrong(Exception):
    """A text that cannot be the value of its field. The reason, in Dutch, and a code; never what stood there."""

    def __init__(self, reason: str, *, code: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


def value_of(text: str, *, declared: Field) -> Any:
    """The value as JSON keeps it; None when nothing was said. Raises `Wrong`."""
    said = text.strip()
    if not said:
        return None
    said = declared.spelled.get(said, said)
    value = _READ.get(declared.kind, _line)(said, declared)
    if declared.shape and not re.fullmatch(declared.shape, str(value)):
        raise Wrong("dit heeft niet de vorm die de standaard vraagt", code="WRONG_SHAPE")
    return value


def is_cut(text: str, *, declared: Field) -> bool:
    """Whether a text is longer than its field takes: then the end is left out."""
    if len(text) <= declared.longest or declared.kind not in (Kind.LINE, Kind.TEXT):
        return False
    return len(_cleaned(text, declared)) > declared.longest


def is_known_advice(code: str) -> bool:
    """Whether the older list has this code."""
    return code in ADVICE_CODES


def _flag(text: str, declared: Field) -> bool:
    value = _FLAGS.get(text.lower())
    if value is None:
        raise Wrong("dit is geen ja of nee (true of false)", code="WRONG_FLAG")
    return value


def _number(text: str, declared: Field) -> int:
    if not _WHOLE.fullmatch(text) or wrong_with(int(text), declared=declared):
        raise Wrong(f"dit is geen getal van 0 tot {declared.longest}", code="WRONG_NUMBER")
    return int(text)


def _decimal(text: str, declared: Field) -> float:
    if not _DECIMAL.fullmatch(text) or wrong_with(float(text), declared=declared):
        raise Wrong("dit getal kan niet kloppen", code="WRONG_NUMBER")
    return float(text) + 0.0


def _day(text: str, declared: Field) -> str:
    day = read_date(_ZONE.sub("", text))
    if day is None:
        raise Wrong("deze datum bestaat niet", code="WRONG_DATE")
    if not EARLIEST <= day <= LATEST:
        raise Wrong("deze datum kan niet kloppen", code="WRONG_DATE")
    return date.isoformat(day)


def _code(text: str, declared: Field) -> str:
    if wrong_with(text, declared=declared) or (declared.open and not text.isprintable()):
        raise Wrong("deze code is onbekend", code="UNKNOWN_CODE")
    return text


def _advice(text: str, declared: Field) -> str:
    if wrong_with(text, declared=declared):
        raise Wrong("dit is geen code van de lijst met adviezen", code="ADVICE_UNKNOWN")
    return text


def _line(text: str, declared: Field) -> str | None:
    return _cleaned(text, declared)[: declared.longest].strip() or None


def _cleaned(text: str, declared: Field) -> str:
    """Composed letters; a line is one line. What cannot be shown or turns the direction of a text goes."""
    composed = unicodedata.normalize("NFC", text)
    if declared.kind is Kind.TEXT:
        composed = composed.replace("\r\n", "\n").replace("\r", "\n")
    if not (composed.isascii() and (composed.isprintable() or declared.kind is Kind.TEXT)):
        composed = "".join(
            letter
            for letter in composed
            if letter.isspace() or (letter not in _TURNING and unicodedata.category(letter) not in _NEVER)
        )
    return composed.strip() if declared.kind is Kind.TEXT else " ".join(composed.split())


_READ = {
    Kind.FLAG: _flag,
    Kind.NUMBER: _number,
    Kind.DECIMAL: _decimal,
    Kind.DAY: _day,
    Kind.CODE: _code,
    Kind.ADVICE: _advice,
}
