"""Results of the doorstroomtoets as test makers deliver them: messages `Leerlingresultaat`, Doorstroomtoetsketen 1.1.

A file holds one message, a list of them, or one on each line. Bytes to results; every message stands by itself.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imports.problem import Unreadable
from imports.shapes import Block, Many, Moment, Text, Wrong, moment_of, text_of, wrongs
from rules.identifiers import clean_name

MOST_BYTES = 64 * 1024 * 1024
MOST_MESSAGES = 200_000
MOST_WRONGS = 10

PROFILE = "Leerlingtoetsresultaat"
VERSION = "Doorstroomtoetsketen_v1.1"
ECK_ID, SCHOOL_KEY = "ECK-iD", "LAS-key"
ADVICE, LEVEL = "Toetsadvies", "Referentieniveau"

MAKERS = {
    "ROUTE_8": "Route 8",
    "ICE": "IEP Doorstroomtoets",
    "DIA": "Dia doorstroomtoets",
    "AMN": "AMN Doorstroomtoets",
    "LEERLING_IN_BEELD": "Leerling in beeld-doorstroomtoets",
    "DOE": "Doe overheidsdoorstroomtoets",
    "OCW_DOORSTROOMTOETS": "OCW Doorstroomtoets",
}
_PARTS = {"NEDERLANDSE_TAAL": "Nederlandse taal", "REKENEN": "Rekenen", "8002": "Wereldoriëntatie", "8003": "Functioneren"}  # fmt: skip
_DOMAINS = {
    "LEZEN": "Lezen",
    "TAALVERZORGING": "Taalverzorging",
    "8052": "Woordenschat",
    "8053": "Schrijven",
    "8054": "Begrippenlijst",
    "8055": "Luistervaardigheid",
    "8060": "Getallen",
    "8061": "Verhoudingen",
    "8062": "Meten en meetkunde",
    "8063": "Verbanden",
    "8064": "Begrip",
    "8065": "Bewerkingen",
    "8080": "Zelfconcept",
    "8081": "Werkhouding",
}
_SUBDOMAINS = {
    "9000": "Spelling werkwoorden",
    "9001": "Spelling niet-werkwoorden",
    "9003": "Interpunctie",
    "9010": "Begrijpend lezen",
    "9011": "Opzoeken",
    "9012": "Samenvatten",
    "9013": "Techniek en woordenschat",
    "9014": "Interpreteren, evalueren en samenvatten",
}
NAMES: Mapping[str, str] = {**_PARTS, **_DOMAINS, **_SUBDOMAINS}
"""What the standard calls the parts of a test."""


def _block(required: str, **fields: Any) -> Block:
    return Block(fields=fields, required=frozenset(required.split()))


def _part(label: str, codes: Mapping[str, str], inner: Block | None = None) -> Block:
    parts = {"toetsonderdelen": Many(of=inner)} if inner else {}
    return _block(
        "label id",
        label=Text(codes=(label,)),
        id=Text(codes=tuple(codes)),
        omschrijving=Text(longest=1000, may_be_empty=True),
        **parts,
    )


_FREE = Text(longest=4000, may_be_empty=True)
_TEST = Text(codes=tuple(MAKERS))
_CHILD = _block(
    "label onderwijsdeelnemerID", label=Text(codes=(ECK_ID, SCHOOL_KEY)), onderwijsdeelnemerID=Text()
)
_RESULT = _block(
    "label waarde",
    label=Text(codes=(LEVEL, ADVICE, "Percentielscore")),
    toetseenheid=Text(longest=80),
    waarde=Text(longest=120, number=True),
)
_SCORE = _block(
    "label id waarde",
    label=Text(codes=("Aantal opgaven", "Aantal goed", "Detailscore", "Toetsscore")),
    id=_FREE,
    toetseenheid=Text(longest=80),
    waarde=Text(longest=120, number=True),
)
LEERLINGRESULTAAT = _block(
    "datumtijd auteur versie profiel schooljaar resultatenscores toets",
    datumtijd=Moment(),
    auteur=Text(longest=1000),
    versie=Text(codes=(VERSION,)),
    profiel=Text(codes=(PROFILE,)),
    schooljaar=Text(pattern=r"\d{4}-\d{4}", asks="Schrijf het schooljaar als 2025-2026."),
    resultatenscores=_block(
        "id deelnemerref versie toetsdefinitie afnamecontext resultaten",
        id=_FREE,
        deelnemerref=Many(of=_CHILD, least=1, most=2),
        versie=_FREE,
        datumtijd=Moment(),
        toetsdefinitie=_TEST,
        afnamecontext=_block(
            "afname", afname=_block("id afnametijdstip", id=Text(longest=4000), afnametijdstip=Moment())
        ),
        scores=_block("id scores", id=_FREE, scores=Many(of=_SCORE)),
        resultaten=_block("resultaten", aanvullendeinfo=_FREE, resultaten=Many(of=_RESULT, least=1)),
    ),
    toets=_block(
        "label id naam",
        label=Text(codes=("Doorstroomtoets",)),
        id=_TEST,
        naam=Text(longest=200),
        versie=Text(longest=200),
        url=_FREE,
        omschrijving=_FREE,
        toetsonderdelen=Many(
            of=_part("Onderdeel", _PARTS, _part("Domein", _DOMAINS, _part("Subdomein", _SUBDOMAINS))), least=1
        ),
    ),
)
"""The message, as published."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One line of a result: of the test as a whole, or of a part of it (`part` as its code, `name` in words)."""

    kind: str
    part: str
    name: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What a message says. `brin`: the school it was sent for, where the file keeps the routing beside it."""

    eck_id: str
    school_key: str
    brin: tuple[str, str] | None
    school_year: str
    maker: str
    test_code: str
    test_name: str
    test_version: str
    edition: str
    advice: str
    outcomes: tuple[Outcome, ...]
    scores: tuple[Outcome, ...]
    taken_at: datetime
    delivered_at: datetime

    @property
    def is_definitive(self) -> bool:
        return self.edition.strip().casefold() == "definitief"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message, by its place in the file: what it says, or why it cannot be read."""

    number: int
    result: Result | None = None
    wrong: tuple[Wrong, ...] = ()


def read(content: bytes) -> list[Message]:
    """Every message of a file, in its order. Raises `Unreadable` when it is no file of messages at all."""
    if len(content) > MOST_BYTES:
        raise Unreadable("Het bestand is te groot. Lever het in delen van ten hoogste 64 MB.")
    if not content.strip():
        raise Unreadable("Het bestand is leeg.")
    found = []
    for number, value in enumerate(_values(_text(content)), start=1):
        if number > MOST_MESSAGES:
            raise Unreadable(f"Het bestand heeft meer dan {MOST_MESSAGES} berichten. Lever het in delen.")
        found.append(_message(number, value))
    if not found:
        raise Unreadable("Er staat geen enkel bericht in dit bestand.")
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode(json.detect_encoding(content))
    except UnicodeDecodeError as wrong:
        said = "Hier staat een beschadigd teken. Sla het bestand op als UTF-8."
        raise Unreadable(said, line=content.count(b"\n", 0, wrong.start) + 1) from None


def _values(text: str) -> Iterator[Any]:
    """The messages as JSON has them; a line that is none by itself comes as what is wrong with it."""
    try:
        whole = _json(text)
    except json.JSONDecodeError as wrong:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2 or not any(_is_message(line) for line in lines[:10]):
            raise Unreadable(
                f"Dit is geen JSON: bij teken {wrong.colno} klopt het niet meer.", line=wrong.lineno
            ) from None
        yield from map(_json_or_wrong, lines)
    except RecursionError:
        raise Unreadable("Dit JSON-bestand is niet te lezen.") from None
    else:
        yield from whole if isinstance(whole, list) else [whole]


def _json(text: str) -> Any:
    return json.loads(text, parse_int=_number)


def _number(digits: str) -> Any:
    # Python refuses to read the longest: as text they are too long for their field, and no other message suffers.
    return int(digits) if len(digits) < 100 else digits


def _is_message(line: str) -> bool:
    value = _json_or_wrong(line)
    return isinstance(value, dict) and "profiel" in value


def _json_or_wrong(line: str) -> Any:
    try:
        return _json(line)
    except json.JSONDecodeError as wrong:
        return Wrong("$", f"Deze regel is geen JSON: bij teken {wrong.colno} klopt het niet meer.")
    except RecursionError:
        return Wrong("$", "Deze regel is niet te lezen.")


def _message(number: int, value: Any) -> Message:
    wrong = (value,) if isinstance(value, Wrong) else tuple(_wrongs(value))
    if wrong:
        if len(wrong) > MOST_WRONGS:
            more = Wrong("$", f"En er klopt nog meer niet: {len(wrong) - MOST_WRONGS} gegevens.")
            wrong = (*wrong[:MOST_WRONGS], more)
        return Message(number=number, wrong=wrong)
    return Message(number=number, result=_result(value))


def _wrongs(value: Any) -> Iterator[Wrong]:
    if isinstance(value, dict) and isinstance(value.get("profiel"), str) and value["profiel"] != PROFILE:
        # Another message of the same standard: what it lacks of this one helps nobody.
        said = f"Dit is een bericht {value['profiel'][:40]}. Hier kunnen alleen berichten {PROFILE} in."
        yield Wrong("$.profiel", said)
        return
    found = list(wrongs(value, shape=LEERLINGRESULTAAT))
    yield from found or _contradictions(value)


def _contradictions(value: Mapping[str, Any]) -> Iterator[Wrong]:
    """What every field allows, and the message as a whole does not."""
    first, second = (int(year) for year in value["schooljaar"].split("-"))
    if second != first + 1:
        yield Wrong("$.schooljaar", "Schrijf het schooljaar als 2025-2026.")
    scored = value["resultatenscores"]
    labels = [one["label"] for one in scored["deelnemerref"]]
    if len(set(labels)) < len(labels):
        yield Wrong("$.resultatenscores.deelnemerref", f"De leerling heeft hier twee keer een {labels[0]}.")
    if (
        len({_plain(one["waarde"]) for one in scored["resultaten"]["resultaten"] if one["label"] == ADVICE})
        > 1
    ):
        yield Wrong("$.resultatenscores.resultaten.resultaten", "Hier staan verschillende toetsadviezen.")


def _result(value: Mapping[str, Any]) -> Result:
    scored, test = value["resultatenscores"], value["toets"]
    known = {one["label"]: one["onderwijsdeelnemerID"].strip() for one in scored["deelnemerref"]}
    names = {**NAMES, **dict(_names(test))}
    results = scored["resultaten"]["resultaten"]
    taken_at = moment_of(scored["afnamecontext"]["afname"]["afnametijdstip"])
    delivered_at = moment_of(value["datumtijd"])
    assert taken_at
    assert delivered_at
    return Result(
        eck_id=known.get(ECK_ID, ""),
        school_key=known.get(SCHOOL_KEY, ""),
        brin=_brin(value),
        school_year=value["schooljaar"],
        maker=clean_name(value["auteur"]),
        test_code=test["id"],
        test_name=clean_name(test["naam"]),
        test_version=clean_name(test.get("versie") or ""),
        edition=clean_name(scored["versie"]),
        advice=next((_plain(one["waarde"]) for one in results if one["label"] == ADVICE), ""),
        outcomes=tuple(_outcome(one, names) for one in results if one["label"] != ADVICE),
        scores=tuple(_outcome(one, names) for one in (scored.get("scores") or {}).get("scores", ())),
        taken_at=taken_at,
        delivered_at=delivered_at,
    )


def _names(part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the message itself calls the parts of the test."""
    for inner in part.get("toetsonderdelen") or ():
        if (inner.get("omschrijving") or "").strip():
            yield inner["id"], clean_name(inner["omschrijving"])[:120]
        yield from _names(inner)


def _outcome(one: Mapping[str, Any], names: Mapping[str, str]) -> Outcome:
    part = (one.get("toetseenheid") or "").strip()
    return Outcome(kind=one["label"], part=part, name=names.get(part, part), value=_plain(one["waarde"]))


def _plain(value: Any) -> str:
    return clean_name(text_of(value) or "")


_ROUTING = re.compile(r"\d{11}(\d{2}[A-Z]{2})(\d{2})\d{3}", re.ASCII)


def _brin(value: Mapping[str, Any]) -> tuple[str, str] | None:
    """The school of the routing, 00000007 000 11BB 00 530, where whoever saved the message kept it beside it."""
    for name in ("edu-to", "edu-from"):
        found = _ROUTING.fullmatch(value[name].strip().upper()) if isinstance(value.get(name), str) else None
        if found:
            return found[1], found[2]
    return None
