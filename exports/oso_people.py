"""Child, addresses and carers into elements."""

import re
from typing import Any

from exports.oso_writing import Element, Writing, element_at, put
from rules.oki_doc.dossier import Dossier
from rules.oki_doc.identity import (
    ABROAD,
    ADDRESS,
    ADDRESS_ABROAD,
    CONTACT_WAYS,
    GUARDIAN,
    PUPIL,
    RELATIONS,
)

NETHERLANDS = "6030"
UNKNOWN_COUNTRY = "0000"
_CODES = {words: code for code, words in RELATIONS.items()}
_BESIDE = {"t/o": "TO", "bij": "BY"}
_NUMBER = re.compile(r"(?:(t/o|bij) )?([0-9]+(?:-[0-9]+)*)?(.*)", re.DOTALL)
_LONGEST_LINE = 35


def write_pupil(child: Element, *, dossier: Dossier, writing: Writing) -> None:
    """`pupil` may say an `elk_number`: it stands for the key in the school's system where there is none."""
    pupil = dossier.pupil
    born = pupil.get("birth_date")
    row = {
        **pupil,
        "birth_date": born.isoformat() if born else None,
        "secret": _is_secret(dossier),
        "school_key": pupil.get("school_key") or pupil.get("elk_number"),
    }
    writing.row(child, PUPIL.fields, row, PUPIL.name, PUPIL.title)


def _is_secret(dossier: Dossier) -> bool:
    return any(address.get("secret") for address in dossier.addresses)


def write_addresses(child: Element, *, dossier: Dossier, writing: Writing) -> None:
    """None of them when one is secret."""
    if _is_secret(dossier):
        return
    for address in dossier.addresses:
        if address.get("kind") == ABROAD:
            for line in str(address.get("street", "")).split(ADDRESS_ABROAD.joined):
                for begin in range(0, len(line), _LONGEST_LINE):
                    put(child, path=ADDRESS_ABROAD.oso, text=line[begin : begin + _LONGEST_LINE])
        elif any(address.get(name) for name in ("street", "house_number", "postcode", "city")):
            _address(child, address, writing)


def _address(child: Element, address: dict[str, Any], writing: Writing) -> None:
    beside, number, addition = _NUMBER.fullmatch(str(address.get("house_number", ""))).groups()  # type: ignore[union-attr]
    if number is None:
        number, addition = addition, ""
    country = address.get("country") or "Nederland"
    row = {
        **address,
        "kind": address.get("kind") or "bezoek",
        "beside": _BESIDE.get(beside or ""),
        "number": number.strip(),
        "addition": addition.strip(),
        "postcode": str(address.get("postcode", "")).replace(" ", "")
        if country == "Nederland"
        else address.get("postcode"),
        "country": None,
    }
    element = put(child, path="adreslijst/adres")
    writing.row(element, ADDRESS.fields, row, ADDRESS.name, ADDRESS.title)
    told = re.fullmatch(r"landcode (\S+)", country)
    land = put(element, path="land", text=NETHERLANDS if country == "Nederland" else UNKNOWN_COUNTRY)
    if told:
        land.text = told[1]
    else:
        land.set("omschrijving", country)


def write_guardians(child: Element, *, dossier: Dossier, writing: Writing) -> None:
    """In order; a relation the standard has no code for is left out and named."""
    for number, guardian in enumerate(dossier.guardians, start=1):
        element = put(child, path="verzorger")
        relation = _relation(str(guardian.get("relation", "")))
        if relation is None:
            writing.remark(
                "verzorger/relatietotkind",
                f"Ouders, regel {number}: de relatie tot het kind staat niet op de lijst van de standaard, en is "
                "weggelaten.",
                code="UNKNOWN_CODE",
            )
        row = {**guardian, "relation": relation, "deceased": guardian.get("deceased") or None}
        if not writing.row(element, GUARDIAN.fields, row, GUARDIAN.name, f"{GUARDIAN.title}, regel {number}"):
            child.remove(element)
            continue
        for sort, value in (("telefoon", guardian.get("phone")), ("e-mail", guardian.get("email"))):
            if value:
                way = put(element, path=CONTACT_WAYS)
                for name, text in (
                    ("soort", sort),
                    ("aanduiding", "prive"),
                    ("nummer", value),
                    ("geheim", "false"),
                ):
                    element_at(way, path=name).text = text


def _relation(said: str) -> str | None:
    """The code of a relation; None for words that have none."""
    words = " ".join(said.split())
    if not words:
        return ""
    told = re.fullmatch(r"code (\w+)", words)
    return told[1] if told else _CODES.get(words.lower())
