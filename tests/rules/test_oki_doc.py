"""The Oki-doc's own rules: what may be said, what changed, who sees what, and how a person reads it."""

from typing import Any

import pytest

from rules.oki_doc import (
    SECTIONS,
    Field,
    Kind,
    Row,
    Section,
    adviezen_named,
    diff,
    present,
    validate,
    visible,
)
from rules.oki_doc.dossier import document_rows, with_uploads
from rules.vocabulary import Role
from tests.imports.oso_dossier import dossier

UPLOAD = "00000000-0000-4000-8000-000000000001"
TEST = {
    "taken_on": "2027-01-18",
    "name": "Rekenen",
    "references": [
        {"code": "IV", "value": "II", "group": "Landelijk", "qualification": "Geen nadere kwalificatie"}
    ],
    "ability": 118.5,
    "parts": [{"name": "Getallen", "right": 12, "references": [{"code": "IV", "value": "III"}]}],
    "documents": [{"filename": "toets.pdf", "description": "Uitslag", "upload": UPLOAD}],
}


def wrong(sections: Any) -> list[str]:
    return [problem.path for problem in validate(sections)]


class TestWhatMayBeSaid:
    def test_rows_in_rows_too(self) -> None:
        assert wrong({"lvs_tests": [TEST]}) == []

    @pytest.mark.parametrize(
        ("sections", "path"),
        [
            ({"lvs_tests": [{"references": [{"kleur": "rood"}]}]}, "lvs_tests.0.references.0.kleur"),
            ({"lvs_tests": [{"references": {"code": "IV"}}]}, "lvs_tests.0.references"),
            ({"lvs_tests": [{"references": ["IV"]}]}, "lvs_tests.0.references.0"),
            ({"lvs_tests": [{"references": [{}] * 51}]}, "lvs_tests.0.references"),
            ({"lvs_tests": [{"parts": [{"right": -1}]}]}, "lvs_tests.0.parts.0.right"),
            ({"lvs_tests": [{"ability": float("nan")}]}, "lvs_tests.0.ability"),
            ({"lvs_tests": [{"ability": float("inf")}]}, "lvs_tests.0.ability"),
            ({"lvs_tests": [{"ability": "118"}]}, "lvs_tests.0.ability"),
            ({"lvs_tests": [{"ability": True}]}, "lvs_tests.0.ability"),
            ({"documents": [{"upload": "../etc"}]}, "documents.0.upload"),
            ({"advice": {"wish_parents": "Een leuke school"}}, "advice.wish_parents"),
            ({"advice": {"wish_parents": 60}}, "advice.wish_parents"),
            ({"advice": {"profile": "x" * 41}}, "advice.profile"),
            ({"inspection": {"agreed": "MISSCHIEN"}}, "inspection.agreed"),
            ({"statements": [{"category": 1}]}, "statements.0.category"),
            ({"absence": [{"times": 1}]}, "absence"),
            ({"diagnoses": {}}, "diagnoses"),
            ({"plans": [{}] * 41}, "plans"),
            ({"perspective_plan": {"begins_on": "0203-01-01"}}, "perspective_plan.begins_on"),
        ],
    )
    def test_nothing_else(self, sections: Any, path: str) -> None:
        assert wrong(sections) == [path]

    @pytest.mark.parametrize("value", ["60", "01", "VWO", "VMBO_GL/TL_TM_HAVO"])
    def test_an_advice_by_either_code(self, value: str) -> None:
        sections = {"advice": {"wish_parents": value}}
        assert wrong(sections) == []
        assert list(adviezen_named(sections)) == [("advice.wish_parents", value)]

    def test_a_code_of_a_list_that_goes_on_elsewhere(self) -> None:
        assert wrong({"statements": [{"category": "X9"}]}) == []


class TestWhoSeesIt:
    @pytest.mark.parametrize("role", [Role.PO_EDITOR, Role.PARENT, Role.VO_STAFF])
    def test_the_three_see_all_of_it(self, role: Role) -> None:
        sections = {"lvs_tests": [TEST], "diagnoses": [{"codes": "F90.0"}], "support": {"medication": True}}
        assert visible(sections, role=role) == sections

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.PO_EDITOR, Role.PARENT, Role.VO_STAFF}))
    def test_nobody_else_sees_any_of_it(self, role: Role) -> None:
        assert visible({"lvs_tests": [TEST], "diagnoses": [{"codes": "F90.0"}]}, role=role) == {}
        assert present({"lvs_tests": [TEST]}, role=role) == []

    def test_each_field_says_so_for_itself_in_rows_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        alone = frozenset({Role.PO_EDITOR})
        inside = Row(
            name="row",
            title="Rij",
            fields=(Field(name="open", label="Open"), Field(name="shut", label="Dicht", readers=alone)),
        )
        section = Section(
            name="section",
            title="Onderdeel",
            fields=(
                Field(name="shut", label="Dicht", readers=alone),
                Field(name="rows", label="Rijen", kind=Kind.ROWS, row=inside),
            ),
        )
        monkeypatch.setattr("rules.oki_doc.content.SECTIONS", (section,))
        sections = {"section": {"shut": "a", "rows": [{"open": "b", "shut": "c"}]}}
        assert visible(sections, role=Role.PO_EDITOR) == sections
        assert visible(sections, role=Role.PARENT) == {"section": {"rows": [{"open": "b"}]}}


class TestWhatChanged:
    def test_is_named_down_to_the_row_in_a_row(self) -> None:
        after = {**TEST, "references": [{**TEST["references"][0], "value": "I"}]}  # type: ignore[index, dict-item]
        (change,) = diff(before={"lvs_tests": [TEST]}, after={"lvs_tests": [after]})
        assert change.path == "lvs_tests.0.references.0.value"
        assert change.label == "Toetsen uit het leerlingvolgsysteem: Scores: Waarde"
        assert (change.before, change.after) == ("II", "I")

    def test_is_nothing_when_only_the_file_is_another(self) -> None:
        after = {**TEST, "documents": [{**TEST["documents"][0], "upload": UPLOAD.replace("1", "2")}]}  # type: ignore[index, dict-item]
        assert diff(before={"lvs_tests": [TEST]}, after={"lvs_tests": [after]}) == []

    def test_is_nothing_between_what_is_empty_and_what_is_not_there(self) -> None:
        assert diff(before={}, after={"lvs_tests": [{"documents": [], "name": ""}]}) == []


class TestInWords:
    def test_a_table_has_a_last_column_for_the_rest(self) -> None:
        (view,) = present({"lvs_tests": [TEST]}, role=Role.PO_EDITOR)
        assert view.columns == ("Datum", "Toets", "Scores", "Verder")
        assert view.rows[0][:3] == ("18-01-2027", "Rekenen", "IV: II, Landelijk")
        assert view.rows[0][3].split("\n") == [
            "Vaardigheidsscore: 118,5",
            "Documenten: toets.pdf: Uitslag",
            "Onderdelen:",
            "Getallen (Aantal goed: 12)",
            "– IV: III",
        ]
        assert UPLOAD not in str(view)

    def test_an_advice_is_what_the_lists_call_it_or_its_code(self) -> None:
        sections = {"advice": {"wish_parents": "60", "wish_pupil": "70", "revised": "VWO"}}
        (view,) = present(sections, role=Role.PARENT, adviezen={"60": "havo", "VWO": "vwo"})
        assert [line.value for line in view.lines] == ["havo", "code 70", "vwo"]

    def test_nought_and_no_are_said(self) -> None:
        (view,) = present({"absence": {"times": 0, "over_quarter": False}}, role=Role.PARENT)
        assert [line.value for line in view.lines] == ["nee", "0"]

    def test_every_section_of_a_dossier_can_be_read(self) -> None:
        from imports.oso import read

        sections = read(dossier()).sections
        shown = present(sections, role=Role.PO_EDITOR)
        assert {view.name for view in shown} == set(sections)
        assert {section.name for section in SECTIONS} - set(sections) == {"withheld"}
        text = str(shown)
        for word in ("Werkt hard", "F81.0", "TLV-1", "Getallen", "naar verwachting", "brief.pdf", "laag"):
            assert word in text


def test_documents_are_found_wherever_they_stand() -> None:
    sections = {"lvs_tests": [TEST], "documents": [{"filename": "a.pdf"}]}
    assert [place for place, _ in document_rows(sections)] == ["lvs_tests.0.documents.0", "documents.0"]
    assert [place for place, _ in document_rows(TEST, path="test")] == ["test.documents.0"]


def test_documents_get_the_upload_that_holds_them() -> None:
    sections: dict[str, Any] = {
        "lvs_tests": [TEST],
        "documents": [{"filename": "a.pdf"}, {"filename": "b.pdf"}],
    }
    linked = with_uploads(sections, uploads={"documents.1": UPLOAD})
    assert linked["documents"] == [{"filename": "a.pdf"}, {"filename": "b.pdf", "upload": UPLOAD}]
    assert sections["documents"][1] == {"filename": "b.pdf"}
    assert validate(linked) == []
