"""Rule 47: a child from outside must stand in the system first. What its family tells, and what cannot be right."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from rules.calendar import Calendar, Window, spans_of
from rules.dossier import UNLIKELY_AGE, is_of_an_age
from rules.identifiers import clean_name, is_name, read_brin, read_bsn, read_email
from rules.input import Checks
from rules.login_request import CONFIRM_WITHIN
from rules.parent_login import AdviceNotOnForm

LONGEST_MAILED = 40
_AN_ADDRESS = re.compile(r"\.\w\w")


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    street: str
    house_number: str
    postcode: str
    city: str
    country: str = "Nederland"
    secret: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Carer:
    """Who registers the child. Mails go to the address of the registration."""

    last_name: str
    first_name: str = ""
    initials: str = ""
    infix: str = ""
    relation: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """A child and its family, as the family typed it."""

    first_name: str
    last_name: str
    birth_date: date
    address: Home
    guardian: Carer
    email: str
    origin_school: str
    advice: str
    infix: str = ""
    official_names: str = ""
    gender: str = ""
    bsn: str = ""
    origin_brin: str = ""

    def told(self) -> dict[str, Any]:
        """What is kept as JSON: all but what has a column of its own, and the BSN above all."""
        apart = ("birth_date", "email", "bsn")
        return {name: value for name, value in asdict(self).items() if name not in apart}


@dataclass(frozen=True, slots=True)
class FormAdvice:
    """One advice of the national list, as far as a registration must know it."""

    list_length: int | None
    other_way: str


def checked(
    *, registration: Registration, year_begins: date, adviezen: Mapping[str, FormAdvice]
) -> Registration:
    """Every field in its one spelling. Raises `Refusals` with all that is wrong, `AdviceNotOnForm` among it."""
    checks, given = Checks(), registration
    right = replace(
        given,
        first_name=_mailed(checks, given.first_name),
        infix=checks.name("infix", given.infix, label="Tussenvoegsel", longest=40, required=False),
        last_name=checks.name("last_name", given.last_name, label="Achternaam", longest=100),
        official_names=checks.name(
            "official_names", given.official_names, label="Voornamen", longest=200, required=False
        ),
        bsn=_bsn(checks, given.bsn),
        address=_home(checks, given.address),
        guardian=_carer(checks, given.guardian),
        email=_email(checks, given.email),
        origin_school=checks.line(
            "origin_school", given.origin_school, label="School van herkomst", longest=160
        ),
        origin_brin=_brin(checks, given.origin_brin),
    )
    if not is_of_an_age(born=given.birth_date, year_begins=year_begins):
        checks.wrong("birth_date", f"Geboortedatum: {UNLIKELY_AGE}")
    if given.gender not in ("", "M", "V", "O"):
        checks.wrong("gender", "Geslacht: kies M, V of O, of laat het leeg.")
    advice = adviezen.get(given.advice)
    if advice is None:
        checks.wrong("advice", "Advies: dit advies staat niet op de landelijke lijst.")
    elif advice.list_length is None:
        checks.refuse(AdviceNotOnForm(advice=given.advice, other_way=advice.other_way).at("advice"))
    checks.done()
    return right


def valid_until(*, told_at: datetime, calendar: Calendar) -> datetime:
    """Until when the link of the mail works: two days, and no longer than families may ask."""
    ends = [
        span.closes_at
        for span in spans_of(window=Window.REQUESTING, calendar=calendar)
        if span.closes_at is not None
    ]
    return min(told_at + CONFIRM_WITHIN, max(ends)) if ends else told_at + CONFIRM_WITHIN


def _mailed(checks: Checks, given: str) -> str:
    """The one word of a stranger that goes out in a mail, to an address that nobody confirmed yet: a name, with
    no room for a message or a link."""
    if not is_name(given, longest=100):
        return checks.name("first_name", given, label="Roepnaam", longest=100)
    kept = clean_name(given)
    strange = any(unicodedata.category(letter)[0] not in "LM" and letter not in " -'’.·" for letter in kept)
    if strange or _AN_ADDRESS.search(kept) or len(kept) > LONGEST_MAILED or kept.count(" ") > 2:
        checks.wrong(
            "first_name",
            f"Roepnaam: vul alleen de naam in, ten hoogste {LONGEST_MAILED} letters, zonder cijfers of andere tekens.",
        )
    return kept


def _home(checks: Checks, given: Home) -> Home:
    country = checks.line("address.country", given.country or "Nederland", label="Land", longest=60)
    return Home(
        street=checks.line("address.street", given.street, label="Straat", longest=120),
        house_number=checks.line("address.house_number", given.house_number, label="Huisnummer", longest=20),
        postcode=_postcode(checks, given.postcode, country=country),
        city=checks.line("address.city", given.city, label="Woonplaats", longest=80),
        country=country,
        secret=given.secret,
    )


def _postcode(checks: Checks, given: str, *, country: str) -> str:
    kept = checks.line("address.postcode", given, label="Postcode", longest=12)
    return checks.postcode("address.postcode", kept, country=country) if kept else ""


def _carer(checks: Checks, given: Carer) -> Carer:
    return Carer(
        last_name=checks.name("guardian.last_name", given.last_name, label="Achternaam ouder"),
        first_name=checks.name(
            "guardian.first_name", given.first_name, label="Voornaam ouder", longest=100, required=False
        ),
        initials=checks.line(
            "guardian.initials", given.initials, label="Voorletters", longest=40, required=False
        ),
        infix=checks.name(
            "guardian.infix", given.infix, label="Tussenvoegsel ouder", longest=40, required=False
        ),
        relation=checks.line(
            "guardian.relation", given.relation, label="Relatie", longest=60, required=False
        ),
        phone=checks.line("guardian.phone", given.phone, label="Telefoonnummer", longest=30, required=False),
    )


def _bsn(checks: Checks, given: str) -> str:
    read = read_bsn(given)
    return checks.bsn("bsn", read or given)


def _email(checks: Checks, given: str) -> str:
    read = read_email(given)
    if read is None:
        checks.wrong("email", "E-mailadres: dit is geen geldig e-mailadres.")
    return read or ""


def _brin(checks: Checks, given: str) -> str:
    typed = given.strip().upper().replace(" ", "")
    if typed and read_brin(typed) is None:
        checks.wrong(
            "origin_brin", "Brinnummer: schrijf twee cijfers en twee letters, zoals 12AB, of laat het leeg."
        )
    return typed
