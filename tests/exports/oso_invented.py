"""Dossiers of every shape the declarations allow, for hypothesis."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from imports.oso.values import value_of
from rules.oki_doc import SECTIONS
from rules.oki_doc.content import ends_too_soon
from rules.oki_doc.declared import DOCUMENT, UNKNOWN, Field, Kind, Row, Section
from rules.oki_doc.dossier import Attachment, Dossier, School, document_rows
from rules.oki_doc.identity import MOST_GUARDIANS, RELATIONS, TEST
from tests.imports.oso_dossier import PDF

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp"))
TURNING = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_DAYS = st.integers(0, 36_000).map(lambda days: (date(1995, 1, 1) + timedelta(days=days)).isoformat())


def _as_read(declared: Field) -> Any:
    """Texts as they are once they were read: one spelling, so that reading again changes nothing."""

    def settled(text: str) -> str:
        kept = "".join(letter for letter in text if letter not in TURNING)
        for _ in range(3):
            kept = value_of(kept, declared=declared) or ""
        return kept

    return settled


def values(declared: Field) -> st.SearchStrategy[Any]:
    match declared.kind:
        case Kind.FLAG:
            return st.booleans()
        case Kind.NUMBER:
            return st.integers(0, declared.longest)
        case Kind.DECIMAL:
            return st.integers(-999_999, 999_999).map(lambda number: number / 100)
        case Kind.DAY:
            return _shaped(declared) if declared.shape else _DAYS
        case Kind.CODE:
            known = st.sampled_from(sorted(declared.codes))
            return known | st.from_regex(r"[A-Z0-9]{1,6}", fullmatch=True) if declared.open else known
        case Kind.ADVICE:
            return st.sampled_from(["01", "10", "44", "60", "61", "77"])
        case Kind.ROWS:
            inside = rows(declared.rows_of.fields, whole=declared.rows_of)
            return st.lists(inside, min_size=1, max_size=min(2, declared.most))
        case _:
            return _shaped(declared) if declared.shape else _texts(declared)


def _shaped(declared: Field) -> st.SearchStrategy[str]:
    day = r"20[0-9]{2}-07-31"
    return st.from_regex(day if declared.kind is Kind.DAY else declared.shape, fullmatch=True)


def _texts(declared: Field) -> st.SearchStrategy[str]:
    longest = min(declared.longest, 40)
    if declared is DOCUMENT.by_name["filename"]:
        return st.sampled_from(["brief.pdf", "Łódź 李.png", "d'Ancona & zoon.txt", "zonder"])
    if declared.joined:
        part = st.text(st.sampled_from("AbcÉł1.+-"), min_size=1, max_size=5)
        parts = st.lists(part, min_size=1, max_size=3).map(declared.joined.join)
        return parts.map(lambda text: text[:longest].strip(declared.joined)).filter(bool)
    return st.text(LETTERS, min_size=1, max_size=longest).map(_as_read(declared)).filter(bool)


def rows(declared: tuple[Field, ...], *, whole: Section | Row) -> st.SearchStrategy[dict[str, Any]]:
    """Rows with what the standard cannot do without; the rest by chance."""
    needed: dict[str, Any] = {}
    free: dict[str, Any] = {}
    for one in declared:
        if one.kind is Kind.FILE or not (one.oso or whole.name == "withheld"):
            continue
        alone = "/" not in one.oso or one.oso.startswith(("afname/afnamedatum", "toetsidentificatie/"))
        (needed if one.required and alone else free)[one.name] = values(one)
    return st.fixed_dictionaries(needed, optional=free).map(lambda row: _settled(row, declared)).filter(bool)


def _settled(row: dict[str, Any], declared: tuple[Field, ...]) -> dict[str, Any]:
    """What stands in one element stands there whole: an interval has two ends, a tester has a name."""
    held: dict[str, list[Field]] = {}
    for one in declared:
        if one.required and "/" in one.oso:
            held.setdefault(one.oso.rpartition("/")[0], []).append(one)
    kept = dict(row)
    for base, fields in held.items():
        if base in ("afname", "toetsidentificatie"):
            continue
        inside = [one for one in declared if one.oso.startswith(f"{base}/")]
        lacking = [one for one in fields if one.name not in kept and one.fallback is None]
        if lacking:
            for one in inside:
                kept.pop(one.name, None)
        elif any(one.name in kept for one in inside):
            for one in fields:
                if one.fallback != UNKNOWN:
                    kept.setdefault(one.name, one.fallback)
    if ends_too_soon(kept):
        del kept["ends_on"]
    return {name: value for name, value in kept.items() if value not in ("", None)}


def contents(section: Section) -> st.SearchStrategy[Any]:
    one = rows(section.fields, whole=section)
    return st.lists(one, min_size=1, max_size=2) if section.many else one


_NAME = Field(name="name", label="Naam", longest=40)
_WORD = (
    st.text(LETTERS, min_size=1, max_size=20)
    .map(_as_read(_NAME))
    .filter(lambda text: " " not in text and bool(text))
)
_GUARDIAN = st.fixed_dictionaries(
    {
        "first_name": _WORD | st.just(""),
        "initials": st.sampled_from(["", "A.B."]),
        "infix": st.sampled_from(["", "van der"]),
        "last_name": _WORD,
        "relation": st.sampled_from(["", *RELATIONS.values(), "code 8"]),
        "legal_representative": st.booleans(),
        "deceased": st.just(False),
        "email": st.sampled_from(["", "a@example.org", "b.c@example.org"]),
        "phone": st.sampled_from(["", "0600000001"]),
    }
)
_ADDRESS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["bezoek", "gba", "post"]),
        "street": _WORD,
        "house_number": st.sampled_from(["1", "12a", "12-3", "52-54b", "t/o 9", "bij 9zw", "A"]),
        "postcode": st.sampled_from(["1421 AA", "1000"]),
        "city": _WORD,
        "country": st.sampled_from(["Nederland", "België", "landcode 5010"]),
        "detail": st.sampled_from(["", "3-hoog-achter"]),
        "secret": st.just(False),
    }
)


@st.composite
def dossiers(draw: st.DrawFn) -> Dossier:
    sections = draw(
        st.fixed_dictionaries(
            {},
            optional={
                one.name: contents(one) for one in SECTIONS if one.oso and one.fields is not DOCUMENT.fields
            },
        )
    )
    if sections.get("inspection", {}).get("consent") == "NEE":
        sections["inspection"]["consent"] = "JA"  # Without consent less is read than was written.
    test = draw(st.none() | contents(TEST))
    last, first = draw(_WORD), draw(_WORD)
    addresses = draw(st.lists(_ADDRESS, max_size=3))
    addresses.sort(key=lambda row: ["bezoek", "gba", "post"].index(row["kind"]))
    guardians = draw(st.lists(_GUARDIAN, max_size=MOST_GUARDIANS))
    career = sorted(sections.get("career", []), key=lambda row: str(row["school_year"]))
    for row in sections.get("career", []):
        row.setdefault("location", "00")
    places = [place for place, _ in document_rows(sections)]
    places += [place for place, _ in document_rows(test or {}, path="test")]
    return Dossier(
        school=School(brin="00YY", location="01", name="De Peppel"),
        pupil={
            "first_name": first, "official_names": draw(st.sampled_from(["", "Zoë Łucja"])), "infix": "",
            "last_name": last, "birth_date": draw(st.none() | st.just(date(2015, 2, 3))),
            "gender": draw(st.sampled_from(["", "M", "V", "O"])), "school_key": draw(st.sampled_from(["", "L1"])),
            "bsn": draw(st.sampled_from(["", "123456782"])), "bsn_doubtful": False,
            "class_group": career[-1].get("group_code", "") if career else "",
        },
        addresses=[{**row, "position": place} for place, row in enumerate(addresses, start=1)],
        guardians=[{**row, "position": place} for place, row in enumerate(guardians, start=1)],
        sections=sections,
        test={
            "test_code": test.get("kind", ""), "advice_text": test.get("advice", ""),
            "exempt": test.get("exempt", False), "content": test,
        } if test else None,
        attachments=[Attachment(place=place, filename="x", content=PDF) for place in places],
    )  # fmt: skip
