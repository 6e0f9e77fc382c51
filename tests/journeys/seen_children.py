"""Children of whom every fact is a canary: a word that stands nowhere else, with the child and the fact in it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models import Address, Guardian, OkiDoc, PrimarySchool, Pupil, TestResult
from resolvers.oki_doc import vault
from rules.identifiers import sort_name
from rules.oki_doc.declared import Field, Kind
from rules.oki_doc.identity import TEST
from rules.oki_doc.sections import SECTIONS
from rules.vocabulary import OkiDocStatus
from schema.seen_in_states import FACTS, OUTSIDE, State
from tests.world import Person, World, at

CANARY = re.compile(r"zq(\d\d)x(\d\d)q", re.IGNORECASE)
NAMES = list(FACTS)
PDF = b"%%PDF-1.7\n%% %s\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%%%EOF\n"
_FIXED: dict[str, Any] = {"upload": "00000000-0000-4000-8000-000000000000", "consent": "JA"}


@dataclass(eq=False)
class Child:
    """A child, the state it ends up in, and the one it is in now."""

    number: int
    to: State
    state: State = State.NOT_SENT
    pupil: Pupil = field(init=False)
    bsn: str = ""
    parent: Person | None = None
    uploads: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)

    @property
    def is_outside(self) -> bool:
        return self.to in OUTSIDE

    @property
    def id(self) -> str:
        return str(self.pupil.id)

    @property
    def email(self) -> str:
        return f"{self.canary('email').lower()}@example.org"

    def canary(self, fact: str) -> str:
        return f"Zq{self.number:02}x{NAMES.index(fact):02}q"

    def file(self, fact: str) -> bytes:
        return PDF % self.canary(fact).encode()


def canaries(text: str) -> set[tuple[int, str]]:
    """Of which children a text tells what."""
    return {(int(child), NAMES[int(fact)]) for child, fact in CANARY.findall(text)}


def numbers(children: Iterable[Child], text: str) -> set[tuple[int, str]]:
    """The same of what can only be a number."""
    said = set(re.findall(r"\bB?\d{5}\b|\b\d{9}\b", text))
    by_number = {child.pupil.elk_number: (child.number, "elk_number") for child in children}
    by_number |= {child.bsn: (child.number, "bsn") for child in children}
    return {by_number[one] for one in said & by_number.keys()}


def bsn_of(number: int) -> str:
    """A number that passes the elfproef."""
    for last in range(10):
        digits = f"9000{number:02}1{last}"
        total = sum(int(digit) * (9 - place) for place, digit in enumerate(digits))
        if total % 11 < 10:
            return f"{digits}{total % 11}"
    raise AssertionError(number)


async def made(world: World, child: Child) -> None:
    """The rows of before the year begins: as files and dossiers of schools bring them."""
    told, out = child.canary, child.is_outside
    # At home all are of one birth, so that each is a twin of the others wherever they meet.
    family = told("name") if out else "Kanarie"
    child.pupil = pupil = await world.pupil(
        first_name=told("name"), infix="van", last_name=family, email=child.email, outside=out, advice="HAVO"
    )
    child.bsn = bsn_of(child.number)
    given: dict[str, Any] = {
        "sort_name": sort_name(first_name=told("name"), infix="van", last_name=family),
        "official_names": told("official_names"),
        "gender": "V",
        "bsn_encrypted": vault().encrypt(bsn=child.bsn),
        "bsn_index": vault().index(bsn=child.bsn),
        "class_group": told("group"),
    }
    if out:
        given |= {"origin_school": told("origin_school"), "bsn_encrypted": None, "bsn_index": None}
    else:
        given |= {
            "eck_id": told("keys"),
            "school_key": told("keys"),
            "provisional_advice_id": "VWO",
            "test_exemption": told("exemption"),
            "reconsideration_motivation": told("reconsideration"),
            "bsn_doubtful": True,
        }
    if child.to is State.NOT_SENT:  # A higher test advice, and no word about it yet.
        given |= {"reconsideration_motivation": ""}
    await Pupil.filter(id=pupil.id).update(**given)
    await _family(child)
    if out:
        await TestResult.filter(pupil_id=pupil.id).delete()
        return
    sections = {one.name: _rows(one, told("oki_doc")) for one in SECTIONS}
    await OkiDoc.filter(pupil_id=pupil.id).update(sections=sections, status=OkiDocStatus.FINAL)
    content = _test(told("test"))
    if child.to is State.DECIDED_TOLD:
        content = _rows(TEST, told("test"))
    advice = "VWO" if child.to is State.NOT_SENT else "VMBO_BB"
    await TestResult.filter(pupil_id=pupil.id).update(advice_id=advice, test_code="Z", content=content)


async def _family(child: Child) -> None:
    pupil, told = child.pupil, child.canary
    home = told("secret_address" if child.is_outside else "address")
    said = {"street": home, "detail": home, "secret": child.is_outside, "country": home, "kind": "bezoek"}
    await Address.filter(pupil_id=pupil.id).update(**said)
    if not child.is_outside:
        there = told("other_address")
        await Address.create(
            id=UUID(int=child.number + 1), pupil=pupil, position=2, kind="post", street=there,
            house_number="7", postcode="1234 AB", city=there, country=there, detail=there,
        )  # fmt: skip
    who = told("guardians")
    whole: dict[str, Any] = {
        "initials": who,
        "first_name": who,
        "infix": who,
        "last_name": who,
        "relation": who,
        "phone": "0612",
    }
    await Guardian.filter(pupil_id=pupil.id).update(**whole)
    await Guardian.create(
        id=UUID(int=child.number + 1),
        pupil=pupil,
        position=2,
        email="samen@example.org",
        deceased=True,
        **whole,
    )


def _test(canary: str) -> dict[str, Any]:
    """What the maker of a test delivers."""
    level = {"kind": "Referentieniveau", "part": canary, "name": canary, "value": canary}
    return {
        "maker": "Z", "test_name": canary, "test_version": canary, "taken_at": at("2027-02-01 09:00").isoformat(),
        "advice_text": canary, "advice_is_read": True, "outcomes": [level], "scores": [{**level, "kind": "Toetsscore"}],
    }  # fmt: skip


def _rows(declared: Any, canary: str) -> Any:
    """A section of the Oki-doc in which no field is empty."""
    row = {one.name: _value(one, canary) for one in declared.fields}
    return [row] if getattr(declared, "many", False) else row


def _value(one: Field, canary: str) -> Any:
    if one.name in _FIXED:
        return _FIXED[one.name]
    match one.kind:
        case Kind.LINE | Kind.TEXT:
            return canary if one.longest >= len(canary) else "00"
        case Kind.FLAG:
            return True
        case Kind.NUMBER:
            return 7
        case Kind.DECIMAL:
            return 7.5
        case Kind.DAY:
            return "2027-01-15"
        case Kind.CODE:
            return next(iter(one.codes))
        case Kind.ADVICE:
            return "HAVO"
        case Kind.ROWS:
            return [_rows(one.rows_of, canary)]
        case Kind.FILE:
            return _FIXED["upload"]


async def other_school(world: World) -> PrimarySchool:
    """A primary school of the same region that none of these children goes to."""
    return await PrimarySchool.create(
        id=UUID(int=1), region=world.amstelland, brin="13CD", name="De Andere", email="andere@example.org"
    )
