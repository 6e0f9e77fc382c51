"""Numbers, names and addresses as the field writes them: what is right, and one spelling for each."""

import re
import unicodedata
from datetime import date

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_BRIN = re.compile(r"\d{2}[A-Z]{2}")
_BRIN_LOCATION = re.compile(r"(\d{2}[A-Z]{2})(\d{2})?")
_POSTCODE = re.compile(r"([1-9]\d{3})\s?([A-Z]{2})")
_ELK = re.compile(r"B?\d{5}")
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_DUTCH_DATE = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})")
# Letters that no decomposition takes apart.
_FOLDED = str.maketrans(
    {"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)


def is_bsn(text: str) -> bool:
    """Nine digits that pass the elfproef: weights 9 8 7 6 5 4 3 2 -1, divisible by 11, not all zeros."""
    if not re.fullmatch(r"[0-9]{9}", text) or text == "000000000":
        return False
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=True)) % 11 == 0


def is_brin(text: str) -> bool:
    """Two digits, two capitals: 12AB."""
    return _BRIN.fullmatch(text) is not None


def read_brin(text: str) -> tuple[str, str] | None:
    """A BRIN with or without its location, 12ab or 12AB00, as (brin, location); None when it is none."""
    found = _BRIN_LOCATION.fullmatch(text.strip().upper().replace(" ", ""))
    return (found[1], found[2] or "00") if found else None


def read_postcode(text: str) -> str | None:
    """A Dutch postcode in its one spelling, 1234 AB; None when it is none."""
    found = _POSTCODE.fullmatch(text.strip().upper())
    return f"{found[1]} {found[2]}" if found else None


def is_elk_number(text: str) -> bool:
    """Five digits, B before them for a buitenleerling (rule 2)."""
    return _ELK.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """An address a mail can be sent to: one @, a host with a dot, no spaces, at most 254 characters."""
    local, at, host = text.rpartition("@")
    if not at or len(text) > 254 or not _LOCAL.fullmatch(local) or ".." in f".{local}.":
        return False
    labels = host.split(".")
    return len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()


def read_date(text: str) -> date | None:
    """dd-mm-jjjj (or d-m-jjjj, or ISO) as a date; None when there is no such day."""
    text = text.strip()
    try:
        if found := _DUTCH_DATE.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def clean_name(text: str) -> str:
    """A name in its one spelling: composed (NFC), single spaces, straight and curly apostrophes kept."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_name(text: str, *, longest: int = 120) -> bool:
    """Any letters of any script; no control characters, no half surrogate pairs, not too long, not empty."""
    if not text.strip() or len(text) > longest:
        return False
    return not any(unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for letter in text)


def full_name(*, first_name: str, infix: str, last_name: str) -> str:
    """Roepnaam, tussenvoegsel, achternaam: Noor van der Berg."""
    return " ".join(part for part in (first_name, infix, last_name) if part)


def fold(text: str) -> str:
    """Lower case without accents, for search and order: 'Łukasz Öztürk' becomes 'lukasz ozturk'."""
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_FOLDED)
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())


def sort_name(*, first_name: str, infix: str, last_name: str) -> str:
    """What pupils are ordered and searched by: last name, first name, and tussenvoegsel last."""
    return fold(f"{last_name} {first_name} {infix}")[:260]
