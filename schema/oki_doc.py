"""The Oki-doc in the schema: a type and an input for each declared section, and PO's acts on it."""

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any, cast

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers import oki_doc as use
from resolvers.oki_doc_edit import AddressInput as Home
from resolvers.oki_doc_edit import Edit
from resolvers.oki_doc_edit import GuardianInput as Carer
from resolvers.viewer import Viewer
from rules.oki_doc import SECTIONS, Field, Kind, Row, Section
from rules.oki_doc.identity import TEST
from rules.vocabulary import OkiDocStatus, Role
from schema.visibility import Roles, input_type, output_type, seen_by

PO: Roles = frozenset({Role.PO_EDITOR})
ECK_ID = "Het ECK-iD. Een toetsuitslag die daarop wacht, hoort dan bij deze leerling."
SCHOOL_KEY = (
    "De leerlingsleutel in uw systeem (LAS-key). Een toetsuitslag die daarop wacht, hoort er dan bij."
)
READERS: Roles = frozenset({Role.PO_EDITOR, Role.PARENT, Role.VO_STAFF})

OkiDocStatusEnum = strawberry.enum(OkiDocStatus, description="CONCEPT: voorlopig. FINAL: definitief.")

_TYPES: dict[Kind, Any] = {
    Kind.FLAG: bool,
    Kind.NUMBER: int,
    Kind.DECIMAL: float,
    Kind.DAY: date,
    Kind.FILE: strawberry.ID,
}


def _described(declared: Field) -> str:
    if declared.codes:
        meanings = "; ".join(f"{code}: {meaning}" for code, meaning in declared.codes.items())
        return f"{declared.label} ({meanings}{'; of een andere code' if declared.open else ''})."
    if declared.kind is Kind.ADVICE:
        return f"{declared.label}: de code van een advies, of twee cijfers van de oudere lijst in dossiers."
    return f"{declared.label}."


def _pascal(name: str) -> str:
    camel = to_camel_case(name)
    return camel[0].upper() + camel[1:]


def _type(declared: Field, *, inside: Callable[[Row], type]) -> Any:
    if declared.kind is Kind.ROWS:
        return list[inside(declared.rows_of)]  # type: ignore[misc]
    return _TYPES.get(declared.kind, str)


_MADE: dict[str, type] = {}
"""Rows that stand in more than one section are one type."""


def _output(what: Section | Row) -> type:
    return _once(
        what, "", output_type, _output, lambda one: seen_by(one.readers, description=_described(one))
    )


def _input(what: Section | Row) -> type:
    return _once(
        what,
        "Input",
        input_type,
        _input,
        lambda one: seen_by(PO, description=_described(one), default=strawberry.UNSET),
    )


def _once(
    what: Section | Row,
    ending: str,
    into: Any,
    inside: Callable[[Row], type],
    member: Callable[[Field], Any],
) -> type:
    name = f"OkiDoc{_pascal(what.name)}{ending}"
    if name not in _MADE:
        members: dict[str, Any] = {one.name: member(one) for one in what.fields}
        members["__annotations__"] = {one.name: _type(one, inside=inside) | None for one in what.fields}
        members["__module__"] = __name__
        _MADE[name] = into(f"Onderdeel van het Oki-doc: {what.title}.")(type(name, (), members))
    return _MADE[name]


def _all_sections(
    name: str, made: dict[str, type], *, into: Any, description: str, readers: Roles, default: Any = None
) -> type:
    hints: dict[str, Any] = {}
    members: dict[str, Any] = {}
    for section in SECTIONS:
        type_ = made[section.name]
        hints[section.name] = (list[type_] if section.many else type_) | None  # type: ignore[valid-type]
        members[section.name] = seen_by(readers, description=f"{section.title}.", default=default)
    members["__annotations__"] = hints
    members["__module__"] = __name__
    return cast(type, into(description)(type(name, (), members)))


OkiDocSections = _all_sections(
    "OkiDocSections",
    {section.name: _output(section) for section in SECTIONS},
    into=output_type,
    description="De onderdelen van het Oki-doc; leeg wat niet is ingevuld.",
    readers=READERS,
)
OkiDocSectionsInput = _all_sections(
    "OkiDocSectionsInput",
    {section.name: _input(section) for section in SECTIONS},
    into=input_type,
    description=(
        "De onderdelen die u wijzigt. Wat u weglaat, blijft zoals het is, ook een veld van een onderdeel; "
        "null maakt leeg. Een onderdeel met regels geeft u als geheel."
    ),
    readers=PO,
    default=strawberry.UNSET,
)


OkiDocTest = _output(TEST)


@output_type("Het onderwijskundig dossier van een kind.")
class OkiDoc:
    status: OkiDocStatus = seen_by(READERS, description="Voorlopig of definitief.")
    version: int = seen_by(READERS, description="De versie. Geef haar mee als `expectedVersion`.")
    finalized_at: datetime | None = seen_by(READERS, description="Wanneer het definitief is gemaakt.")
    updated_at: datetime = seen_by(READERS, description="Wanneer het voor het laatst is gewijzigd.")
    sections: OkiDocSections = seen_by(READERS, description="De inhoud.")  # type: ignore[valid-type]


@input_type("Een adres.")
class AddressInput:
    street: str = seen_by(PO, description="De straat.")
    house_number: str = seen_by(PO, description="Het huisnummer met toevoeging.")
    postcode: str = seen_by(PO, description="De postcode, zoals 1181 AB.")
    city: str = seen_by(PO, description="De woonplaats.")
    country: str | None = seen_by(PO, description="Het land; leeg is Nederland.", default=None)
    secret: bool | None = seen_by(
        PO, description="Het adres is geheim; leeg blijft zoals het is.", default=None
    )
    detail: str | None = seen_by(PO, description="Een omschrijving van de plek: 3-hoog-achter.", default=None)


@input_type("Een ouder of verzorger.")
class GuardianInput:
    last_name: str = seen_by(PO, description="De achternaam.")
    first_name: str | None = seen_by(PO, description="De voornaam.", default=None)
    initials: str | None = seen_by(PO, description="De voorletters.", default=None)
    infix: str | None = seen_by(PO, description="Het tussenvoegsel.", default=None)
    relation: str | None = seen_by(PO, description="De relatie tot het kind.", default=None)
    legal_representative: bool | None = seen_by(PO, description="Heeft het wettelijk gezag.", default=None)
    email: str | None = seen_by(PO, description="Het e-mailadres.", default=None)
    phone: str | None = seen_by(PO, description="Het telefoonnummer.", default=None)
    deceased: bool | None = seen_by(PO, description="Is overleden.", default=None)


@input_type("Een leerling van uw school, met wat u al weet. Het ELK-nummer komt vanzelf.")
class CreatePupilInput:
    first_name: str = seen_by(PO, description="De roepnaam.")
    last_name: str = seen_by(PO, description="De achternaam.")
    birth_date: date = seen_by(PO, description="De geboortedatum.")
    official_names: str | None = seen_by(PO, description="De officiële voornamen.", default=None)
    infix: str | None = seen_by(PO, description="Het tussenvoegsel.", default=None)
    gender: str | None = seen_by(PO, description="M, V, O of leeg.", default=None)
    group: str | None = seen_by(PO, description="De groep, zoals 8 of 8a.", default=None)
    bsn: str | None = seen_by(PO, description="Het BSN.", default=None)
    address: AddressInput | None = seen_by(PO, description="Het woonadres.", default=None)
    guardians: list[GuardianInput] | None = seen_by(PO, description="De ouders, op volgorde.", default=None)
    provisional_advice: str | None = seen_by(PO, description="Het voorlopige advies.", default=None)
    advice: str | None = seen_by(PO, description="Het definitieve advies.", default=None)
    reconsideration_motivation: str | None = seen_by(
        PO, description="Waarom een hoger toetsadvies het advies niet verhoogt.", default=None
    )
    test_exemption: str | None = seen_by(
        PO, description="De wettelijke grond waarom er geen toets is.", default=None
    )
    eck_id: str | None = seen_by(PO, description=ECK_ID, default=None)
    school_key: str | None = seen_by(PO, description=SCHOOL_KEY, default=None)
    sections: OkiDocSectionsInput | None = seen_by(PO, description="De inhoud van het Oki-doc.", default=None)  # type: ignore[valid-type]


@input_type("Wat u in het Oki-doc wijzigt. Wat u weglaat, blijft zoals het is.")
class UpdateOkiDocInput:
    pupil_id: strawberry.ID = seen_by(PO, description="De leerling.")
    expected_version: int = seen_by(PO, description="De versie van het Oki-doc die u heeft gezien.")
    first_name: str | None = seen_by(PO, description="De roepnaam.", default=None)
    last_name: str | None = seen_by(PO, description="De achternaam.", default=None)
    birth_date: date | None = seen_by(PO, description="De geboortedatum.", default=None)
    official_names: str | None = seen_by(PO, description="De officiële voornamen.", default=None)
    infix: str | None = seen_by(PO, description="Het tussenvoegsel.", default=None)
    gender: str | None = seen_by(PO, description="M, V, O of leeg.", default=None)
    group: str | None = seen_by(PO, description="De groep, zoals 8 of 8a.", default=None)
    bsn: str | None = seen_by(PO, description="Het BSN; een lege tekst haalt het weg.", default=None)
    address: AddressInput | None = seen_by(
        PO,
        description="Het woonadres. Het vervangt het vorige: wat u er niet van invult, wordt leeg; `secret` blijft.",
        default=None,
    )
    guardians: list[GuardianInput] | None = seen_by(
        PO,
        description=(
            "Alle ouders, op volgorde. Deze lijst vervangt de vorige: wat u van een ouder niet invult, wordt leeg."
        ),
        default=None,
    )
    provisional_advice: str | None = seen_by(PO, description="Het voorlopige advies.", default=None)
    advice: str | None = seen_by(
        PO, description="Het definitieve advies; een lege tekst haalt het weg.", default=None
    )
    reconsideration_motivation: str | None = seen_by(
        PO, description="Waarom een hoger toetsadvies het advies niet verhoogt.", default=None
    )
    test_exemption: str | None = seen_by(
        PO, description="De wettelijke grond waarom er geen toets is.", default=None
    )
    eck_id: str | None = seen_by(PO, description=ECK_ID, default=None)
    school_key: str | None = seen_by(PO, description=SCHOOL_KEY, default=None)
    sections: OkiDocSectionsInput | None = seen_by(  # type: ignore[valid-type]
        PO, description="De onderdelen die u wijzigt.", default=None
    )


@input_type("Welk Oki-doc definitief wordt.")
class FinalizeOkiDocInput:
    pupil_id: strawberry.ID = seen_by(PO, description="De leerling.")
    expected_version: int = seen_by(PO, description="De versie van het Oki-doc die u heeft gezien.")


def _edit(given: dict[str, Any]) -> Edit:
    """The input as the use case takes it."""
    address, guardians, sections = given.pop("address"), given.pop("guardians"), given.pop("sections")
    return Edit(
        **given,
        address=Home(**_said(address)) if address else None,
        guardians=[Carer(**_said(one)) for one in guardians] if guardians is not None else None,
        sections=_plain(sections) if sections else {},
    )


def _said(given: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(given).items() if value is not None}


def _plain(value: Any) -> Any:
    """As JSON keeps it: days as text, null as None, and no field that was left out."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        given = {one.name: getattr(value, one.name) for one in fields(value)}
        return {name: _plain(one) for name, one in given.items() if one is not strawberry.UNSET}
    return value.isoformat() if isinstance(value, date) else value


async def create_pupil(*, viewer: Viewer, **given: Any) -> Any:
    return await use.create_pupil(viewer=viewer, edit=_edit(given))


async def update_oki_doc(*, viewer: Viewer, pupil_id: Any, expected_version: int, **given: Any) -> Any:
    return await use.update_oki_doc(
        viewer=viewer, pupil_id=pupil_id, expected_version=expected_version, edit=_edit(given)
    )
