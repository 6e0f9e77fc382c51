"""What nobody means well with: texts, numbers and ids for any field of any input."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
)
from hypothesis import strategies as st

TEXTS = (
    "",
    " ",
    "\t\n",
    "Zoë van der Berg-李 O'Neill",
    "\u0000",
    "a\u0000b",
    "\ud800",
    "a\udfffb",
    "\u202egnirts",
    "\u200f\u2067מ\u2069",
    "🏫" * 40,
    "e\u0301" * 60,
    "\ufdfa" * 30,
    "İ" * 30,
    "ﬃ",
    "{{ 7 * 7 }}",
    "{% include '/etc/passwd' %}",
    "${jndi:ldap://x}",
    "%s%n%x",
    "'; DROP TABLE pupil; --",
    "\\'; --",
    "%",
    "_" * 20,
    "<script>alert(1)</script>",
    "]]><!--",
    "=HYPERLINK(1)",
    "../../etc/passwd",
    "null",
    "NaN",
    "1e999",
    "x" * 300,
    "x" * 5000,
    "A" * 40_000,
    "a " * 15_000,
    "\r\nBcc: iedereen@example.org",
    "ouder@example.org\r\nBcc: x@example.org",
    "ouder@" + "a" * 250 + ".nl",
)
LIKELY = (
    "Sem", "Vos", "van der", "HAVO", "VWO", "PRAKTIJKONDERWIJS", "AMSTELLAND", "AMSTERDAM", "111222333", "123456782",
    "1181 AB", "ouder@example.org", "0612345678", "M", "8a", "brief.pdf", "2026-2027", "Kort in Nederland", "10001",
)  # fmt: skip
"""What a person would type: often enough to get past the first check, so that the next is tried too."""
NUMBERS = (0, -1, 1, 2, 2**31 - 1, -(2**31), 2**31, 2**53, 10**30, -(10**30))
DAYS = ("2015-04-05", "0001-01-01", "9999-12-31", "2015-02-30", "", "\u0661\u0662", "2015-04-05T00:00:00Z")
MOMENTS = ("2027-03-17T10:00:00+01:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "gisteren", "")


def values(type_: GraphQLInputType, *, ids: tuple[str, ...], deep: int = 3) -> st.SearchStrategy[Any]:
    """Values for this type of input: fitting more often than not, so that they get past validation."""
    if isinstance(type_, GraphQLNonNull):
        return values(type_.of_type, ids=ids, deep=deep)
    if isinstance(type_, GraphQLList):
        inner = values(type_.of_type, ids=ids, deep=deep - 1)
        return st.one_of(st.lists(inner, max_size=3), st.just([]), inner.map(lambda one: [one] * 12))
    if isinstance(type_, GraphQLEnumType):
        return st.sampled_from([*type_.values, *type_.values, "BESTAAT_NIET"])
    if isinstance(type_, GraphQLInputObjectType):
        required = {
            name: values(field.type, ids=ids, deep=deep - 1)
            for name, field in type_.fields.items()
            if isinstance(field.type, GraphQLNonNull)
        }
        optional = {
            name: st.one_of(st.none(), values(field.type, ids=ids, deep=deep - 1))
            for name, field in type_.fields.items()
            if not isinstance(field.type, GraphQLNonNull) and deep > 0
        }
        return st.fixed_dictionaries(required, optional=optional)
    scalars: dict[str, st.SearchStrategy[Any]] = {
        "ID": st.one_of(st.sampled_from(ids), st.sampled_from(ids), st.sampled_from(TEXTS)),
        "Int": st.one_of(st.integers(0, 4), st.sampled_from(NUMBERS)),
        "Boolean": st.booleans(),
        "Date": st.one_of(st.just(DAYS[0]), st.sampled_from(DAYS)),
        "DateTime": st.sampled_from(MOMENTS),
        "String": st.one_of(
            st.sampled_from(LIKELY), st.sampled_from(LIKELY), st.sampled_from(TEXTS), st.text()
        ),
    }
    return scalars[type_.name]


LIKELY_BY_NAME = {
    "advice": "HAVO",
    "provisionalAdvice": "HAVO",
    "agreed": "JA",
    "bsn": "",
    "brin": "12AB",
    "consent": "JA",
    "country": "Nederland",
    "email": "ouder@example.org",
    "filename": "brief.pdf",
    "gender": "M",
    "group": "8a",
    "postcode": "1181 AB",
    "region": "AMSTELLAND",
    "schoolYear": "2026-2027",
}


def likely(type_: GraphQLInputType, *, name: str, ids: Mapping[str, str]) -> Any:
    """A value that a person would send, every optional field filled in. `ids`: by the name of their field."""
    if isinstance(type_, GraphQLNonNull):
        return likely(type_.of_type, name=name, ids=ids)
    if isinstance(type_, GraphQLList):
        return [likely(type_.of_type, name=name, ids=ids)]
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        return {one: likely(field.type, name=one, ids=ids) for one, field in type_.fields.items()}
    scalars = {"ID": ids.get(name, ""), "Int": 1, "Boolean": False, "Date": DAYS[0], "DateTime": MOMENTS[0]}
    return scalars.get(type_.name, LIKELY_BY_NAME.get(name, "Sem"))


def with_text(value: Any, text: str) -> Iterator[tuple[str, Any]]:
    """The value with one of its texts replaced, for every text in it: where it stood, and the whole."""
    if isinstance(value, str):
        yield "", text
    elif isinstance(value, list):
        for place, one in enumerate(value):
            for where, changed in with_text(one, text):
                yield f".{place}{where}", [*value[:place], changed, *value[place + 1 :]]
    elif isinstance(value, dict):
        for name, one in value.items():
            for where, changed in with_text(one, text):
                yield f".{name}{where}", {**value, name: changed}
