"""What PO types into an Oki-doc (rule 6), and what in it cannot be right."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rules.dossier import UNLIKELY_AGE, is_of_an_age
from rules.input import Checks
from rules.reconsideration import SAYS_TOO_LITTLE, says_why


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressInput:
    """A home as PO types it. `secret`: None keeps what is known, as nobody shows an address by mistake."""

    street: str
    house_number: str
    postcode: str
    city: str
    country: str = "Nederland"
    secret: bool | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardianInput:
    """A carer as PO types it; the order of the list is the order of the Oki-doc."""

    last_name: str
    first_name: str = ""
    initials: str = ""
    infix: str = ""
    relation: str = ""
    legal_representative: bool = True
    email: str = ""
    phone: str = ""
    deceased: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """What PO changes; None leaves a part as it is."""

    first_name: str | None = None
    official_names: str | None = None
    infix: str | None = None
    last_name: str | None = None
    birth_date: date | None = None
    gender: str | None = None
    group: str | None = None
    bsn: str | None = None
    address: AddressInput | None = None
    guardians: list[GuardianInput] | None = None
    provisional_advice: str | None = None
    advice: str | None = None
    reconsideration_motivation: str | None = None
    test_exemption: str | None = None
    eck_id: str | None = None
    school_key: str | None = None
    sections: dict[str, Any] = field(default_factory=dict)


def checked(*, edit: Edit, year_begins: date, is_new: bool) -> Edit:
    """Every typed field in its one spelling; raises `Refusals` with all that is wrong."""
    checks = Checks()
    values: dict[str, Any] = {}
    for name, label in (("first_name", "Roepnaam"), ("last_name", "Achternaam")):
        given = getattr(edit, name)
        if given is not None or is_new:
            values[name] = checks.name(name, given or "", label=label, longest=100)
    for name, label, longest in (
        ("official_names", "Voornamen", 200),
        ("infix", "Tussenvoegsel", 40),
    ):
        given = getattr(edit, name)
        if given is not None:
            values[name] = checks.name(name, given, label=label, longest=longest, required=False)
    if edit.group is not None:
        values["group"] = checks.line("group", edit.group, label="Groep", longest=64, required=False)
    if edit.birth_date is not None or is_new:
        values["birth_date"] = _birth_date(checks, edit.birth_date, year_begins)
    if edit.gender is not None:
        if edit.gender not in ("", "M", "V", "O"):
            checks.wrong("gender", "Geslacht: kies M, V of O, of laat het leeg.")
        values["gender"] = edit.gender
    if edit.bsn is not None:
        values["bsn"] = checks.bsn("bsn", edit.bsn)
    if edit.address is not None:
        values["address"] = _address(checks, edit.address)
    if edit.guardians is not None:
        values["guardians"] = _guardians(checks, edit.guardians)
    for name, label, longest in (
        ("reconsideration_motivation", "Motivering", 4000),
        ("test_exemption", "Ontheffing toets", 200),
        ("eck_id", "ECK-iD", 256),
        ("school_key", "Leerlingsleutel", 256),
    ):
        given = getattr(edit, name)
        if given is not None:
            values[name] = checks.text(name, given, label=label, longest=longest)
    motivation = values.get("reconsideration_motivation")
    if motivation and not says_why(motivation):
        checks.wrong("reconsideration_motivation", f"Motivering: {SAYS_TOO_LITTLE}")
    checks.done()
    return replace(edit, **values)


def _birth_date(checks: Checks, given: date | None, year_begins: date) -> date | None:
    if given is None or not is_of_an_age(born=given, year_begins=year_begins):
        checks.wrong("birthDate", f"Geboortedatum: {UNLIKELY_AGE}")
    return given


def _address(checks: Checks, given: AddressInput) -> AddressInput:
    return AddressInput(
        street=checks.text("address.street", given.street, label="Straat", longest=120),
        house_number=checks.text("address.houseNumber", given.house_number, label="Huisnummer", longest=20),
        postcode=checks.postcode("address.postcode", given.postcode, country=given.country),
        city=checks.text("address.city", given.city, label="Woonplaats", longest=80),
        country=checks.text("address.country", given.country, label="Land", longest=60) or "Nederland",
        secret=given.secret,
        detail=checks.text("address.detail", given.detail, label="Omschrijving van de plek", longest=35),
    )


def _guardians(checks: Checks, given: list[GuardianInput]) -> list[GuardianInput]:
    if len(given) > 10:
        checks.wrong("guardians", "Ouders: vul ten hoogste tien ouders of verzorgers in.")
        return []
    # Mails go to the first: it is never somebody who died.
    in_order = sorted(given, key=lambda one: one.deceased)
    return [
        GuardianInput(
            last_name=checks.name(f"guardians.{place}.lastName", one.last_name, label="Achternaam ouder"),
            first_name=checks.name(
                f"guardians.{place}.firstName",
                one.first_name,
                label="Voornaam ouder",
                longest=100,
                required=False,
            ),
            initials=checks.text(
                f"guardians.{place}.initials", one.initials, label="Voorletters", longest=40
            ),
            infix=checks.text(f"guardians.{place}.infix", one.infix, label="Tussenvoegsel", longest=40),
            relation=checks.text(f"guardians.{place}.relation", one.relation, label="Relatie", longest=60),
            legal_representative=one.legal_representative,
            email=checks.email(f"guardians.{place}.email", one.email, label="E-mailadres ouder"),
            phone=checks.text(f"guardians.{place}.phone", one.phone, label="Telefoonnummer", longest=30),
            deceased=one.deceased,
        )
        for place, one in enumerate(in_order)
    ]
