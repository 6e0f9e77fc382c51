"""The addresses and carers of a dossier: what they were, what they are now."""

from typing import Any
from uuid import uuid4

from models import Address, Guardian
from resolvers import scope
from resolvers.step import Act
from rules.dossier_import import Difference
from rules.identifiers import full_name
from rules.oki_doc.dossier import Dossier

ADDRESS = ("kind", "street", "house_number", "postcode", "city", "country", "detail", "secret")
GUARDIAN = (
    "initials",
    "first_name",
    "infix",
    "last_name",
    "relation",
    "legal_representative",
    "email",
    "phone",
    "deceased",
)
_WITHHELD = ("email", "phone")


async def write_addresses(*, act: Act, dossier: Dossier) -> list[Difference]:
    """Replace the addresses where they differ. A dossier without any leaves those there are."""
    if not dossier.addresses:
        return []
    there = await scope.of(act.child, Address).order_by("position")
    before = [_values(row, ADDRESS) for row in there]
    wanted = [{name: row[name] for name in ADDRESS} for row in dossier.addresses]
    if dossier.addresses[0]["secret"] and before:
        # The standard leaves a secret address out: what PO typed in stays.
        wanted = [{**old, "secret": True} for old in before]
    return _replaced(act, Address, there, before, wanted, label="Adres", said=_address)


async def write_guardians(*, act: Act, dossier: Dossier) -> list[Difference]:
    """Replace the carers where they differ. What the dossier withholds of one it names stays as it is known."""
    if not dossier.guardians:
        return []
    there = await scope.of(act.child, Guardian).order_by("position")
    before = [_values(row, GUARDIAN) for row in there]
    known = {_name(row): row for row in before}
    wanted = []
    for said in dossier.guardians:
        row = {name: said[name] for name in GUARDIAN}
        old = known.get(_name(row), {})
        wanted.append({**row, **{name: row[name] or old.get(name, "") for name in _WITHHELD}})
    return _replaced(act, Guardian, there, before, wanted, label="Ouder of verzorger", said=_carer)


def _replaced(
    act: Act, model: Any, there: list[Any], before: list[Any], wanted: list[Any], *, label: str, said: Any
) -> list[Difference]:
    if before == wanted:
        return []
    for row in there:
        act.delete(row)
    for position, values in enumerate(wanted, start=1):
        act.create(model(id=uuid4(), pupil_id=act.child.id, position=position, **values))
    most = max(len(before), len(wanted))
    pairs = [
        (before[place] if place < len(before) else None, wanted[place] if place < len(wanted) else None)
        for place in range(most)
    ]
    return [
        Difference(
            f"{model.__name__.lower()}.{place}",
            f"{label} {place + 1}",
            said(old) if old else "",
            said(new) if new else "",
        )
        for place, (old, new) in enumerate(pairs)
        if old != new
    ]


def _values(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _name(row: dict[str, Any]) -> tuple[str, str]:
    return row["last_name"], row["first_name"] or row["initials"]


def _address(row: dict[str, Any]) -> str:
    line = " ".join(part for part in (row["street"], row["house_number"]) if part)
    place = " ".join(part for part in (row["postcode"], row["city"]) if part)
    return ", ".join(part for part in (line, place, "geheim" if row["secret"] else "") if part)


def _carer(row: dict[str, Any]) -> str:
    name = full_name(
        first_name=row["first_name"] or row["initials"], infix=row["infix"], last_name=row["last_name"]
    )
    return ", ".join(part for part in (name, row["relation"], row["email"], row["phone"]) if part)
