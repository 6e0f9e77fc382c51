"""One reader a kind of cell: from the text of a file to a value, or a Dutch reason why not."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeVar

from rules.calendar import AMSTERDAM
from rules.identifiers import (
    clean_name,
    fold,
    is_elk_number,
    is_name,
    read_brin,
    read_bsn,
    read_date,
    read_email,
    read_postcode,
)
from rules.vocabulary import PeriodKind, PriorityGround, Role

E = TypeVar("E", bound=StrEnum)

_NO_LETTERS = re.compile(r"[\W_]+")
_MOMENT = re.compile(r"(\S+?)[ T]+(?:om )?(\d{1,2})[:.](\d{2})(?::00)?(?: uur)?", re.ASCII)
_SCHOOL_YEAR = re.compile(r"(\d{4})\s*[-/]\s*(\d{4}|\d{2})", re.ASCII)
_LIST = re.compile(r"[,;|\n]")


class Wrong(Exception):
    """A cell that cannot be right; the text is the reason, in Dutch."""


def key(text: str) -> str:
    """What names are compared by: letters and digits alone, 'Ouder 1: e-mail' as 'ouder1email'."""
    return _NO_LETTERS.sub("", fold(text))


def line_of(longest: int) -> Callable[[str], str]:
    """Text on one line."""

    def read(text: str) -> str:
        kept = clean_name(text)
        if len(kept) > longest:
            raise Wrong(f"Dit is te lang: ten hoogste {longest} tekens.")
        if not is_name(kept, longest=longest):
            raise Wrong("Hier staat een teken dat wij niet kunnen bewaren.")
        return kept

    return read


def text_of(longest: int) -> Callable[[str], str]:
    """Running text; line ends stay."""

    def read(text: str) -> str:
        if len(text) > longest:
            raise Wrong(f"Dit is te lang: ten hoogste {longest} tekens.")
        kept = text.replace("\r\n", "\n").strip()
        if not is_name(kept.replace("\n", " "), longest=longest):
            raise Wrong("Hier staat een teken dat wij niet kunnen bewaren.")
        return kept

    return read


def bsn(text: str) -> str:
    read = read_bsn(text)
    if read is None:
        raise Wrong("Dit BSN klopt niet (elfproef). Controleer de negen cijfers.")
    return read


def brin(text: str) -> tuple[str, str | None]:
    """(brin, location), the location only where it was written: 12AB00."""
    read = read_brin(text)
    if read is None:
        raise Wrong(
            "Dit is geen BRIN: twee cijfers, twee letters, en soms twee cijfers voor de vestiging (12AB00)."
        )
    return read[0], read[1] if len(text.replace(" ", "")) > 4 else None


def location(text: str) -> str:
    # A spreadsheet makes 00 a 0.
    if not re.fullmatch(r"[0-9]{1,2}", text):
        raise Wrong("Een vestiging heeft twee cijfers, zoals 00.")
    return text.zfill(2)


def two_digits(text: str) -> str:
    # A spreadsheet makes 01 a 1.
    if not re.fullmatch(r"[0-9]{1,2}", text):
        raise Wrong("Een code heeft twee cijfers, zoals 01.")
    return text.zfill(2)


def postcode(text: str) -> str:
    """As typed when it is none: whether that is wrong, the country says."""
    return read_postcode(text) or line_of(12)(text)


def elk_number(text: str) -> str:
    read = text.upper()
    if not is_elk_number(read):
        raise Wrong("Een ELK-nummer heeft vijf cijfers; bij een buitenleerling staat er een B voor.")
    return read


def email(text: str) -> str:
    read = read_email(text)
    if read is None:
        raise Wrong("Dit is geen geldig e-mailadres.")
    return read


def url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s\x00-\x1f\"<>]{3,290}", text):
        raise Wrong("Dit is geen webadres: het begint met https://.")
    return text


def day(text: str) -> date:
    read = read_date(text)
    if read is None:
        raise Wrong("Deze datum bestaat niet of is anders geschreven. Schrijf dd-mm-jjjj.")
    return read


def moment(text: str) -> datetime:
    """A moment on the clock of Amsterdam. An hour that exists twice in October is the first of the two."""
    found = _MOMENT.fullmatch(text)
    on = read_date(found[1] if found else text)
    try:
        at = time(int(found[2]), int(found[3])) if found else time(0)
    except ValueError:
        on = None
    if on is None:
        raise Wrong("Schrijf dit moment als dd-mm-jjjj uu:mm, zoals 15-03-2027 09:00.")
    local = datetime.combine(on, at, tzinfo=AMSTERDAM)
    if datetime.fromtimestamp(local.timestamp(), AMSTERDAM).time() != at:
        raise Wrong("Dit moment bestaat niet: die nacht gaat de klok een uur vooruit.")
    return local


def school_year(text: str) -> str:
    """2026-2027, also written 2026/2027 or 2026-27."""
    found = _SCHOOL_YEAR.fullmatch(text)
    if not found or int(found[2][-2:]) != (int(found[1]) + 1) % 100:
        raise Wrong("Schrijf het schooljaar als 2026-2027.")
    return f"{found[1]}-{int(found[1]) + 1}"


def whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
            raise Wrong(f"Dit moet een heel getal zijn van {least} tot en met {most}.")
        return int(text)

    return read


def yes_or_no(text: str) -> bool:
    match key(text):
        case "ja" | "j" | "1" | "x" | "waar" | "true":
            return True
        case "nee" | "n" | "0" | "onwaar" | "false":
            return False
    raise Wrong("Schrijf ja of nee.")


def gender(text: str) -> str:
    match key(text):
        case "m" | "man" | "jongen" | "1":
            return "M"
        case "v" | "vrouw" | "meisje" | "2":
            return "V"
        case "o" | "x" | "onbekend" | "0" | "9":
            return "O"
    raise Wrong("Kies M, V of O.")


def listed(text: str) -> tuple[str, ...]:
    """Several values in one cell, with a comma or | between them."""
    return tuple(part.strip() for part in _LIST.split(text) if part.strip())


def one_of(words: Mapping[str, E]) -> Callable[[str], E]:
    """One of these words; keys as `key` makes them. The code itself is always right too."""
    known = {**{key(value.value): value for value in words.values()}, **words}

    def read(text: str) -> E:
        found = known.get(key(text))
        if found is None:
            raise Wrong(f"Dit is onbekend. Kies uit: {', '.join(dict.fromkeys(words))}.")
        return found

    return read


class SchoolKind(StrEnum):
    PRIMARY = "PO"
    SECONDARY = "VO"


school_kind = one_of(
    {
        "po": SchoolKind.PRIMARY,
        "vo": SchoolKind.SECONDARY,
        "basisschool": SchoolKind.PRIMARY,
        "voschool": SchoolKind.SECONDARY,
    }
)

role = one_of(
    {
        "invoeren": Role.PO_EDITOR,
        "invoerenaccorderen": Role.PO_EDITOR,
        "monitoring": Role.PO_MONITOR,
        "vomedewerker": Role.VO_STAFF,
        "beheerder": Role.REGION_ADMIN,
        "elkbeheerder": Role.REGION_ADMIN,
        "helpdesk": Role.REGION_ADMIN,
        "projectleider": Role.PROJECT_LEAD,
    }
)

period_kind = one_of(
    {
        "versturenouderinlog": PeriodKind.PARENT_LOGIN_SENDING,
        "aanvragenouderinlog": PeriodKind.LOGIN_REQUEST,
        "aanmeldweek": PeriodKind.APPLICATION,
        "aanmeldperiode": PeriodKind.APPLICATION,
        "behandelperiode": PeriodKind.HANDLING,
        "decentraleloting": PeriodKind.DECENTRAL_LOTTERY,
        "centraleplaatsingenloting": PeriodKind.CENTRAL_PLACEMENT,
        "cpl": PeriodKind.CENTRAL_PLACEMENT,
        "bekendmaking": PeriodKind.ANNOUNCEMENT,
    }
)

_ground = one_of(
    {
        "broerzus": PriorityGround.SIBLING,
        "broerofzus": PriorityGround.SIBLING,
        "kindvanmedewerker": PriorityGround.STAFF_CHILD,
    }
)


def priority_grounds(text: str) -> list[str]:
    if key(text) in ("geen", "nee"):
        return []
    return sorted({_ground(part).value for part in listed(text)})
