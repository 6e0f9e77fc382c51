"""Rule 6: what an edit makes of an Oki-doc, and what in it cannot be right."""

from typing import Any

import pytest

from rules.identifiers import without_turning
from rules.oki_doc import merged, validate

THERE = {
    "support": {"needs": "Rust.", "medication": True},
    "absence": [{"reason": "griep"}, {"reason": "tandarts"}],
}


class TestAnEdit:
    @pytest.mark.parametrize(
        ("given", "after"),
        [
            ({}, THERE),
            ({"support": {"needs": "Rust en ruimte."}}, {"support": {"needs": "Rust en ruimte.", "medication": True}}),
            ({"support": {"needs": None}}, {"support": {"medication": True}}),
            ({"support": {"needs": None, "medication": None}}, {"support": None}),
            ({"support": None}, {"support": None}),
            ({"support": {"medication": False}}, {"support": {"needs": "Rust.", "medication": False}}),
            ({"contact": {"person": "Anne"}}, {"contact": {"person": "Anne"}}),
            ({"contact": {"person": None}}, {}),
            ({"absence": [{"reason": "griep", "authorised": None}]}, {"absence": [{"reason": "griep"}]}),
            ({"absence": []}, {"absence": None}),
            ({"absence": None}, {"absence": None}),
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
            "support": {"needs": "a\u202eb\r\nc\u2067"},
            "absence": [{"reason": "\u200egriep\u061c"}],
            "advice": {"motivation": "\u202e"},
        }
        assert merged(sections={}, given=given) == {
            "support": {"needs": "ab\nc"},
            "absence": [{"reason": "griep"}],
            "advice": {"motivation": ""},
        }
        assert without_turning("אבג ë 李") == "אבג ë 李"


class TestWhatCannotBe:
    @pytest.mark.parametrize("section", ["absence", "career"])
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
            ("advice", "wish_parents"),
            ("advice", "wish_pupil"),
            ("support", "needs"),
        ],
    )
    def test_is_not_a_line_end_in_running_text(self, section: str, name: str) -> None:
        assert validate({section: {name: "Eerst dit.\nDan dat."}}) == []
        assert validate({section: {name: "Eerst dit.\x0bDan dat."}})

    def test_is_not_a_line_end_in_the_explanation_of_absence(self) -> None:
        assert validate({"absence": [{"explanation": "Ziek.\nDaarna beter."}]}) == []
        assert validate({"absence": [{"reason": "Ziek.\nDaarna beter."}]})
