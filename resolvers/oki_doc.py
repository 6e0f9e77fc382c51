"""Rules 5 to 7: the Oki-doc, edited by PO alone, concept or definitive."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from settings import load

from models.bsn import BsnVault


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressInput:
    """A home as PO types it."""

    street: str
    house_number: str
    postcode: str
    city: str
    country: str = "Nederland"
    secret: bool = False


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
    sections: dict[str, Any] = field(default_factory=dict)


def vault() -> BsnVault:
    """The BSN's keys of this installation."""
    settings = load()
    return BsnVault(keys=list(settings.bsn_keys), index_key=settings.bsn_index_key)
