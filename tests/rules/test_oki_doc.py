"""Rule 6: what a field of the Oki-doc takes, who reads it, how it reads, and what a correction changed."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.oki_doc import (
    SECTIONS,
    Change,
    Field,
    Kind,
    Line,
    Section,
    diff,
    merged,
    missing_for_final,
    present,
    validate,
    visible,
)
from rules.vocabulary import Role

FIELDS = [(section, one) for section in SECTIONS for one in section.fields]


def holding(section: Section, field: Field, value: Any) -> dict[str, Any]:
    row = {field.name: value}
    return {section.name: [row] if section.many else row}


def path_of(section: Section, field: Field) -> str:
    return f"{section.name}.0.{field.name}" if section.many else f"{section.name}.{field.name}"


def right_for(field: Field) -> st.SearchStrategy[Any]:
    """What this field takes."""
    return {
        Kind.FLAG: st.booleans(),
        Kind.NUMBER: st.integers(0, field.longest),
        Kind.DAY: st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(date.isoformat),
        Kind.CODE: st.sampled_from([*field.codes] or ["-"]),
        Kind.LINE: st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=min(field.longest, 20)),
        Kind.TEXT: st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=20).map(lambda text: f"{text}\n{text}"),
    }[field.kind]  # fmt: skip


def rows(section: Section) -> st.SearchStrategy[dict[str, Any]]:
    # Two days of one row have an order of their own: one of them will do here.
    fields = {one.name: right_for(one) for one in section.fields if one.name != "ends_on"}
    return st.fixed_dictionaries({}, optional=fields)


RIGHT = st.fixed_dictionaries(
    {},
    optional={
        section.name: st.lists(rows(section), max_size=3) if section.many else rows(section)
        for section in SECTIONS
    },
)
NAMES = st.sampled_from(
    sorted({section.name for section in SECTIONS} | {one.name for _, one in FIELDS} | {"onbekend", ""})
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(("section", "field"), FIELDS, ids=lambda one: one.name)
class TestEveryField:
    def test_takes_what_its_kind_takes_and_refuses_the_rest_by_its_name(
        self, section: Section, field: Field
    ) -> None:
        right: list[Any]
        wrong: list[Any]
        match field.kind:
            case Kind.FLAG:
                right, wrong = [True, False], ["ja", 1, 0, "", [], {}]
            case Kind.NUMBER:
                right, wrong = [0, field.longest], [-1, field.longest + 1, 1.5, "1", True]
            case Kind.DAY:
                right = ["1990-01-01", "2027-03-17", "2100-01-01", "2024-02-29"]
                wrong = [
                    "1989-12-31",
                    "2100-01-02",
                    "2027-02-29",
                    "17-03-2027",
                    "20270317",
                    "2027-W11-3",
                    "",
                    5,
                    True,
                ]
            case Kind.CODE:
                right, wrong = list(field.codes), ["BESTAAT_NIET", "", 5, [], {}]
            case _:
                right = ["", "Zoë 李 O'Neill"[: field.longest], "x" * field.longest]
                wrong = ["x" * (field.longest + 1), "a\x00b", "a\x1bb", "\ud800", 5, True, ["a"], {}]
                (right if field.kind is Kind.TEXT else wrong).append("eerst\nen\tdan\r\ndat")
        for value in [None, *right]:
            assert validate(holding(section, field, value)) == [], value
        for value in wrong:
            (problem,) = validate(holding(section, field, value))
            assert problem.path == path_of(section, field), value
            assert problem.message.startswith(f"{field.label}: ")
            assert problem.message.endswith(".")

    def test_says_in_dutch_what_it_is_and_who_reads_it(self, section: Section, field: Field) -> None:
        assert field.label
        assert section.title
        assert field.readers <= {Role.PO_EDITOR, Role.PARENT, Role.VO_STAFF}
        assert Role.PO_EDITOR in field.readers


class TestASection:
    def test_is_named_once_and_each_of_its_fields_too(self) -> None:
        names = [section.name for section in SECTIONS]
        assert len(set(names)) == len(names)
        for section in SECTIONS:
            assert len(section.by_name) == len(section.fields)

    @pytest.mark.parametrize(
        ("sections", "path"),
        [
            ({"onbekend": {}}, "onbekend"),
            ({"advice": [{"motivation": "x"}]}, "advice"),
            ({"absence": {"reason": "griep"}}, "absence"),
            ({"absence": ["griep"]}, "absence.0"),
            ({"absence": [None]}, "absence.0"),
            ({"advice": "goed"}, "advice"),
            ({"advice": {"onbekend": "x"}}, "advice.onbekend"),
            ({"absence": [{}, {"onbekend": 1}]}, "absence.1.onbekend"),
            ({"absence": [{}] * 401}, "absence"),
        ],
        ids=str,
    )
    def test_of_another_shape_is_named_by_its_place(self, sections: dict[str, Any], path: str) -> None:
        (problem,) = validate(sections)
        assert problem.path == path
        assert problem.message.endswith(".")

    def test_that_is_empty_is_right(self) -> None:
        nothing: tuple[Any, ...] = (None, [], {})
        for empty in nothing:
            for section in SECTIONS:
                if empty is None or section.many == isinstance(empty, list):
                    assert validate({section.name: empty}) == []

    def test_with_days_it_does_not_know_is_refused_for_that_alone(self) -> None:
        found = validate({"support": {"begins_on": "2026-02-02", "ends_on": "2026-01-01"}})
        assert [problem.path for problem in found] == ["support.begins_on", "support.ends_on"]


class TestDefinitive:
    @pytest.mark.parametrize(
        ("guardians", "has_home", "many"),
        [(1, True, 0), (2, True, 0), (0, True, 1), (1, False, 1), (0, False, 2)],
    )
    def test_takes_a_carer_and_a_home(self, guardians: int, has_home: bool, many: int) -> None:
        lacks = missing_for_final(guardians=guardians, has_home=has_home)
        assert len(lacks) == many
        assert all(one.endswith(".") for one in lacks)


class TestReading:
    FULL = {
        "support": {"needs": "Rust.", "medication": False, "diagnoses": ""},
        "inspection": {"agreed": "NVT", "seen_on": "2027-02-03"},
        "absence": [{"reason": "griep", "begins_on": "2026-11-02"}, {"reason": "", "authorised": True}],
    }

    @pytest.mark.parametrize("role", [Role.PO_EDITOR, Role.PARENT, Role.VO_STAFF])
    def test_is_for_the_school_the_family_and_the_school_of_the_enrolment(self, role: Role) -> None:
        assert visible(self.FULL, role=role) == self.FULL

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.PO_EDITOR, Role.PARENT, Role.VO_STAFF}))
    def test_is_for_nobody_else(self, role: Role) -> None:
        assert visible(self.FULL, role=role) == {}
        assert present(self.FULL, role=role) == []

    def test_is_in_words_and_in_the_order_of_the_sections(self) -> None:
        views = present(self.FULL, role=Role.PARENT)
        assert [view.name for view in views] == ["inspection", "support", "absence"]
        inspection, support, absence = views
        assert inspection.lines == (
            Line("Datum van inzage", "03-02-2027"),
            Line("Ouders zijn akkoord", "niet van toepassing"),
        )
        assert support.lines == (Line("Ondersteuningsbehoefte", "Rust."), Line("Gebruikt medicatie", "nee"))
        assert absence.columns == ("Van", "Reden", "Geoorloofd")
        assert absence.rows == (("02-11-2026", "griep", ""), ("", "", "ja"))


class TestWhatChanged:
    def test_is_each_field_with_its_place_before_and_after(self) -> None:
        before = {"support": {"needs": "Rust."}, "absence": [{"reason": "griep"}]}
        after = {"support": {"needs": "Ruimte.", "medication": True}, "absence": []}
        assert diff(before=before, after=after) == [
            Change("support.needs", "Ondersteuning: Ondersteuningsbehoefte", "Rust.", "Ruimte."),
            Change("support.medication", "Ondersteuning: Gebruikt medicatie", None, True),
            Change("absence.0.reason", "Verzuim: Reden", "griep", None),
        ]

    def test_is_nothing_between_empty_and_not_there(self) -> None:
        assert diff(before={}, after={"support": {"needs": "", "diagnoses": None}, "absence": []}) == []

    def test_is_also_a_no_that_was_not_said_before(self) -> None:
        (change,) = diff(before={}, after={"support": {"medication": False}})
        assert (change.before, change.after) == (None, False)


class TestAnyContent:
    @given(sections=st.dictionaries(NAMES, JSON, max_size=4))
    def test_is_judged_without_a_fault(self, sections: dict[str, Any]) -> None:
        for problem in validate(sections):
            assert problem.message.endswith(".")

    @given(sections=RIGHT)
    def test_that_is_right_is_kept_shown_and_compared_without_a_fault(self, sections: dict[str, Any]) -> None:
        assert validate(sections) == []
        for role in Role:
            assert len(present(sections, role=role)) <= len(SECTIONS)
        assert diff(before=sections, after=sections) == []
        kept = merged(sections={}, given=sections)
        assert validate(kept) == []
        assert merged(sections=kept, given=kept) == kept

    @given(before=RIGHT, after=RIGHT)
    def test_differs_the_same_both_ways(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        there = {change.path: (change.before, change.after) for change in diff(before=before, after=after)}
        back = {change.path: (change.after, change.before) for change in diff(before=after, after=before)}
        assert there == back
        assert all(was != now for was, now in there.values())

    @given(sections=RIGHT, given_=RIGHT)
    def test_merged_with_right_edits_stays_right(
        self, sections: dict[str, Any], given_: dict[str, Any]
    ) -> None:
        assert validate(merged(sections=sections, given=given_)) == []
