"""Numbers, names and addresses as the field writes them: what is right, and one spelling for each."""

import re
import unicodedata
from datetime import date

LONGEST_SORT_NAME = 260
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
# re.ASCII: elsewhere \d also takes the digits of other scripts.
_BRIN = re.compile(r"\d{2}[A-Z]{2}", re.ASCII)
_BRIN_LOCATION = re.compile(r"(\d{2}[A-Z]{2})(\d{2})?", re.ASCII)
_POSTCODE = re.compile(r"([1-9]\d{3})\s?([A-Z]{2})", re.ASCII)
_ELK = re.compile(r"B?\d{5}", re.ASCII)
_BSN = re.compile(r"\d{9}", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_DUTCH_DATE = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", re.ASCII)
# Marks that turn the direction of text: they can make one name look like another.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Seen by nobody, and no letter of any script needs them.
_UNSEEN = frozenset("\u00ad\u200b\u2060\ufeff")
# Letters that no decomposition takes apart.
_FOLDED = str.maketrans(
    {"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
_APOSTROPHES = str.maketrans("", "", "'\u2018\u2019\u02bc`")


def is_bsn(text: str) -> bool:
    """Nine digits that pass the elfproef: weights 9 8 7 6 5 4 3 2 -1, divisible by 11, not all zeros."""
    if not _BSN.fullmatch(text) or text == "000000000":
        return False
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=True)) % 11 == 0


def read_bsn(text: str) -> str | None:
    """A BSN as files write it: points and spaces go, a leading zero that a spreadsheet ate comes back.

    None when it does not pass the elfproef.
    """
    digits = text.strip().replace(".", "").replace(" ", "")
    if len(digits) == 8:
        digits = "0" + digits
    return digits if is_bsn(digits) else None


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
    """An address a mail can be sent to: one @, a host with a dot, no spaces, at most 254 characters.

    None that looks encoded (`=?`): mail programs read something else in it.
    """
    local, at, host = text.rpartition("@")
    if not at or len(text) > 254 or "=?" in text or not _LOCAL.fullmatch(local) or ".." in f".{local}.":
        return False
    labels = host.split(".")
    return len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()


def read_email(text: str) -> str | None:
    """An address in its one spelling: no spaces around it, a host of other letters in its ASCII form.

    None when no mail can be sent to it.
    """
    local, at, host = text.strip().rpartition("@")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    address = f"{local}{at}{host}"
    return address if is_email(address) else None


def read_date(text: str) -> date | None:
    """dd-mm-jjjj (or d-m-jjjj, or ISO) as a date; None when there is no such day."""
    text = text.strip()
    try:
        if found := _DUTCH_DATE.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        return None


def clean_name(text: str) -> str:
    """A name in its one spelling: composed (NFC), single spaces, straight and curly apostrophes kept."""
    seen = "".join(letter for letter in text if letter not in _UNSEEN)
    return " ".join(unicodedata.normalize("NFC", seen).split())


def is_name(text: str, *, longest: int = 120) -> bool:
    """Any letters of any script; no control characters, no half surrogate pairs, not too long, not empty."""
    if len(text) > longest or not clean_name(text):
        return False
    # Plain letters are by far the most, and the list of kinds is slow to ask.
    if text.isascii():
        return text.isprintable()
    return not any(
        unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") or letter in _TURNING
        for letter in text
    )


def without_turning(text: str) -> str:
    """Running text without the marks that turn its direction: pasted along unseen, they make it read otherwise."""
    return "".join(letter for letter in text if letter not in _TURNING and letter not in _UNSEEN)


def full_name(*, first_name: str, infix: str, last_name: str) -> str:
    """Roepnaam, tussenvoegsel, achternaam: Noor van der Berg."""
    return " ".join(part for part in (first_name, infix, last_name) if part)


def fold(text: str) -> str:
    """Lower case without accents, for search and order: 'Łukasz Öztürk' becomes 'lukasz ozturk'."""
    if text.isascii():
        return " ".join(text.lower().split())
    # Again after folding case: a Turkish capital İ leaves a dot of its own behind.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_FOLDED)
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())


def sort_name(*, first_name: str, infix: str, last_name: str) -> str:
    """What pupils are ordered and searched by: last name, first name, and tussenvoegsel last."""
    return sought(f"{last_name} {first_name} {infix}")[:LONGEST_SORT_NAME]


def sought(text: str) -> str:
    """A name, or a part of it, as it is searched: folded, and D'Souza is found as dsouza too."""
    return fold(text.translate(_APOSTROPHES))
