"""Rule 6: what an edit makes of an Oki-doc, and what in it cannot be right."""

from typing import Any

import pytest

from rules.identifiers import without_turning
from rules.oki_doc import merged, validate

THERE = {
    "advice": {"motivation": "Rust.", "revised": "VWO"},
    "plans": [{"aimed_at": "lezen"}, {"aimed_at": "rekenen"}],
}


class TestAnEdit:
    @pytest.mark.parametrize(
        ("given", "after"),
        [
            ({}, THERE),
            ({"advice": {"motivation": "Meer."}}, {"advice": {"motivation": "Meer.", "revised": "VWO"}}),
            ({"advice": {"motivation": None}}, {"advice": {"revised": "VWO"}}),
            ({"advice": {"motivation": None, "revised": None}}, {"advice": None}),
            ({"advice": None}, {"advice": None}),
            ({"advice": {"revised": "HAVO"}}, {"advice": {"motivation": "Rust.", "revised": "HAVO"}}),
            ({"contact": {"person": "Anne"}}, {"contact": {"person": "Anne"}}),
            ({"contact": {"person": None}}, {}),
            ({"plans": [{"aimed_at": "lezen", "begins_on": None}]}, {"plans": [{"aimed_at": "lezen"}]}),
            ({"plans": []}, {"plans": None}),
            ({"plans": None}, {"plans": None}),
        ],
        ids=str,
    )  # fmt: skip
    def test_changes_what_it_names_empties_what_is_null_and_leaves_the_rest(
        self, given: Any, after: Any
    ) -> None:
        wanted = {name: content for name, content in {**THERE, **after}.items() if content is not None}
        before = str(THERE)
        assert merged(sections=THERE, given=given) == wanted
        assert str(THERE) == before

    def test_leaves_no_mark_that_turns_text_and_one_kind_of_line_end(self) -> None:
        given = {
            "advice": {"motivation": "a\u202eb\r\nc\u2067"},
            "plans": [{"aimed_at": "\u200elezen\u061c"}],
            "inspection": {"reason_not_agreed": "\u202e"},
        }
        assert merged(sections={}, given=given) == {
            "advice": {"motivation": "ab\nc"},
            "plans": [{"aimed_at": "lezen"}],
            "inspection": {"reason_not_agreed": ""},
        }
        assert without_turning("אבג ë 李") == "אבג ë 李"


class TestWhatCannotBe:
    @pytest.mark.parametrize("section", ["plans", "career"])
    @pytest.mark.parametrize(
        ("begins", "ends", "right"),
        [
            ("2026-11-03", "2026-11-02", False),
            ("2026-11-02", "2026-11-02", True),
            ("2026-11-02", None, True),
            (None, "2026-11-02", True),
            ("2026-11-02", "ooit", False),
        ],
    )
    def test_is_an_end_before_its_beginning(
        self, section: str, begins: str | None, ends: str | None, right: bool
    ) -> None:
        found = validate({section: [{}, {"begins_on": begins, "ends_on": ends}]})
        assert [problem.path for problem in found] == ([] if right else [f"{section}.1.ends_on"])

    @pytest.mark.parametrize(
        ("section", "name"),
        [
            ("advice", "motivation"),
            ("advice", "points_of_attention"),
            ("inspection", "reason_not_agreed"),
        ],
    )
    def test_is_not_a_line_end_in_running_text(self, section: str, name: str) -> None:
        assert validate({section: {name: "Eerst dit.\nDan dat."}}) == []
        assert validate({section: {name: "Eerst dit.\x0bDan dat."}})

    def test_is_not_a_line_end_in_a_line(self) -> None:
        assert validate({"plans": [{"aimed_at": "Eerst lezen.\nDan rekenen."}]})
