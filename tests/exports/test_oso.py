"""What was read and written again says the same, and the published schema accepts what is written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from exports.oso import made, write
from imports.oso import read, validated
from rules.oki_doc.dossier import Attachment, Dossier, Remark, School
from rules.oki_doc.elements import NAMESPACE
from tests.exports.oso_invented import dossiers
from tests.imports.oso_dossier import ADDRESS, PDF, dossier
from tests.imports.oso_facts import assert_whole, facts

DAY = date(2027, 2, 20)
SLOW = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.fixture(scope="session")
def published(standards: Path) -> Callable[[bytes], list[Remark]]:
    return lambda content: validated(content, folder=str(standards / "oso"))


def elements(content: bytes, path: str) -> list[Any]:
    """Elements at a path below the child."""
    steps = "/".join(f"{{{NAMESPACE}}}{name}" for name in f"huidigeschool/leerling/{path}".split("/"))
    return list(etree.fromstring(content).findall(steps))


def a_dossier(**parts: Any) -> Dossier:
    """As little as there can be."""
    least: dict[str, Any] = {
        "school": School(brin="00YY"),
        "pupil": {"first_name": "Noor", "last_name": "Jansen", "birth_date": date(2015, 2, 3)},
    }
    return Dossier(**{**least, **parts})


class TestWhatWasReadAndIsWritten:
    def test_says_the_same(self) -> None:
        first = read(dossier())
        again = read(write(dossier=first, made_on=DAY))
        assert facts(again) == facts(first)
        assert_whole(again)

    def test_is_the_same_file_every_time(self) -> None:
        found = read(dossier())
        assert write(dossier=found, made_on=DAY) == write(dossier=found, made_on=DAY)

    def test_of_the_official_example_says_the_same_and_is_valid(
        self, standards: Path, published: Callable[[bytes], list[Remark]]
    ) -> None:
        first = read((standards / "oso" / "Voorbeelddossier_OV_POVO_full.xml").read_bytes())
        content, lost = made(dossier=first, made_on=DAY)
        assert (published(content), lost) == ([], [])
        assert facts(read(content)) == facts(first)

    def test_of_our_own_example_is_valid(self, published: Callable[[bytes], list[Remark]]) -> None:
        assert published(dossier()) == []
        assert published(write(dossier=read(dossier()), made_on=DAY)) == []

    def test_what_is_not_kept_is_not_written(self) -> None:
        content = write(dossier=read(dossier()), made_on=DAY)
        for never in (b"iban", b"huisarts", b"nnca", b"leerlinggewicht", b"9999999999", b"gba>"):
            assert never not in content.replace(b"<soortadres>gba</soortadres>", b"")

    def test_leaves_no_empty_element_where_a_document_was_damaged(self, standards: Path) -> None:
        first = read((standards / "oso" / "Voorbeelddossier_OV_POVO_full.xml").read_bytes())
        content = write(dossier=first, made_on=DAY)
        assert not elements(content, "onderwijsondersteuning/toelichting_onderwijsbehoeften")
        assert len(elements(content, "onderwijsondersteuning/opp/document")) == 1


class TestAnyDossierThatCanBe:
    @given(found=dossiers())
    @SLOW
    def test_comes_back_as_it_was(self, found: Dossier) -> None:
        content, lost = made(dossier=found, made_on=DAY)
        assert lost == []
        again = read(content)
        assert_whole(again)
        was = facts(replace(found, attachments=[]))
        now = facts(replace(again, attachments=[]))
        assert now == was

    @given(found=dossiers())
    @SLOW
    def test_is_valid(self, published: Callable[[bytes], list[Remark]], found: Dossier) -> None:
        assert published(write(dossier=found, made_on=DAY)) == []


class TestWhatTheStandardHasNoPlaceFor:
    def test_a_row_without_what_it_needs_is_left_out_and_named(self) -> None:
        content, lost = made(
            dossier=a_dossier(sections={"plans": [{"aimed_at": "rekenen"}, {"begins_on": "2026-09-01"}]}),
            made_on=DAY,
        )
        (plan,) = elements(content, "onderwijsondersteuning/handelingsplan")
        assert [child.text for child in plan] == ["2026-09-01", "onbekend"]
        assert [one.code for one in lost] == ["INCOMPLETE"]
        assert "rekenen" not in str(lost)

    def test_a_container_that_is_half_there_is_left_out_alone(self) -> None:
        row = {
            "taken_on": "2027-01-18",
            "code": "RW8",
            "right": 4,
            "interval_low": 1.0,
            "taken_at": "Centrum",
        }
        content, lost = made(dossier=a_dossier(sections={"lvs_tests": [row]}), made_on=DAY)
        (score,) = elements(content, "toetslijst/toets/resultaat/toetsscore")
        assert [etree.QName(child).localname for child in score] == ["aantalgoed"]
        assert [
            one.text for one in elements(content, "toetslijst/toets/afname/afgenomendoor/naammedewerker")
        ] == ["onbekend"]
        assert [one.code for one in lost] == ["INCOMPLETE"]

    def test_what_has_another_form_is_left_out_and_named(self) -> None:
        row = {"school_year": "2026/2027", "brin": "00YY", "group_code": "8"}
        content, lost = made(dossier=a_dossier(sections={"career": [row]}), made_on=DAY)
        assert not elements(content, "schoolloopbaanlijst")
        assert [one.code for one in lost] == ["WRONG_SHAPE", "INCOMPLETE"]

    @pytest.mark.parametrize(
        ("relation", "code"), [("Moeder", "2"), ("code 8", "8"), ("code J", "J"), ("opa", None), ("", None)]
    )
    def test_a_relation_has_a_code_or_none(self, relation: str, code: str | None) -> None:
        guardian = {"last_name": "Jansen", "relation": relation, "legal_representative": True}
        content, lost = made(dossier=a_dossier(guardians=[guardian]), made_on=DAY)
        assert [one.text for one in elements(content, "verzorger/relatietotkind")] == ([code] if code else [])
        assert bool(lost) is (relation == "opa")

    def test_an_advice_has_the_code_the_region_gave_it(self) -> None:
        sections = {"advice": {"school_advice": "HAVO", "wish_parents": "VWO", "wish_pupil": "61"}}
        content, lost = made(dossier=a_dossier(sections=sections), made_on=DAY, codes={"HAVO": "60"})
        (advice,) = elements(content, "overstapadvies")
        assert [child.text for child in advice] == ["60", "61"]
        assert [one.code for one in lost] == ["ADVICE_UNKNOWN"]

    def test_letters_that_xml_cannot_hold_are_left_out(self) -> None:
        sections = {"advice": {"motivation": "a\x00b\x0bc\ufffe\nd & <e>"}}
        content = write(dossier=a_dossier(sections=sections), made_on=DAY)
        assert elements(content, "overstapadvies/argumentatie")[0].text == "abc\nd & <e>"


class TestASecretAddress:
    def test_is_never_written(self) -> None:
        secret = f"<adresgeheim>true</adresgeheim><adreslijst>{ADDRESS}</adreslijst>"
        content = write(dossier=read(dossier(addresses=secret)), made_on=DAY)
        assert elements(content, "adresgeheim")[0].text == "true"
        for told in (b"Dorpsstraat", b"1421", b"Rue Haute", b"adreslijst", b"adresbuitenland"):
            assert told not in content.replace(b"werktbijinstelling", b"")


class TestWhatIsWithheld:
    def test_is_not_written_and_says_so(self) -> None:
        found = read(dossier())
        withheld = [
            {"category": name, "choice": "OPT-UIT"}
            for name in ("verzuim", "eindtoetsbo", "bijlagedocs", "oudersverzorgers")
        ]
        content = write(
            dossier=replace(found, sections={**found.sections, "withheld": withheld}), made_on=DAY
        )
        for element in ("verzuim", "eindtoets_basisonderwijs", "overigdocumentlijst", "verzorger"):
            assert not elements(content, element)
        assert b"<cat_verzuim>OPT-UIT</cat_verzuim>" in content
        assert read(content).sections["withheld"] == sorted(
            withheld,
            key=lambda row: ["oudersverzorgers", "verzuim", "eindtoetsbo", "bijlagedocs"].index(
                row["category"]
            ),
        )


class TestAttachments:
    def test_without_a_row_stand_with_the_other_documents(self) -> None:
        loose = Attachment(place="", filename="brief.pdf", description="Een brief", content=PDF)
        (found,) = read(write(dossier=a_dossier(attachments=[loose]), made_on=DAY)).attachments
        assert (found.place, found.filename, found.description) == ("documents.0", "brief.pdf", "Een brief")
        assert found.content == PDF

    def test_several_without_a_row_are_all_there(self) -> None:
        loose = [Attachment(place="", filename=f"{n}.pdf", content=PDF) for n in range(3)]
        assert len(read(write(dossier=a_dossier(attachments=loose), made_on=DAY)).attachments) == 3

    def test_more_than_the_standard_takes_in_one_place_stand_with_the_others(self) -> None:
        sections = {"support": {"documents": [{"filename": "a.pdf"}, {"filename": "b.pdf"}]}}
        files = [
            Attachment(place=f"support.documents.{n}", filename=f"{name}.pdf", content=PDF)
            for n, name in enumerate("ab")
        ]
        again = read(write(dossier=a_dossier(sections=sections, attachments=files), made_on=DAY))
        assert [(one.place, one.filename) for one in again.attachments] == [
            ("support.documents.0", "a.pdf"), ("documents.0", "b.pdf"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "name", ["../../etc/passwd", "map/brief.pdf", "C:\\brief.pdf", "a\x00b", "", " . "]
    )
    def test_are_written_under_a_name_that_everybody_takes(self, name: str) -> None:
        loose = Attachment(place="", filename=name, description="a\x00b", content=PDF)
        (found,) = read(write(dossier=a_dossier(attachments=[loose]), made_on=DAY)).attachments
        assert (found.content, found.description) == (PDF, "ab")

    def test_a_row_without_its_file_is_left_out(self) -> None:
        sections = {
            "documents": [{"filename": "weg.pdf"}],
            "support": {"documents": [{"filename": "weg.pdf"}]},
            "absence": {"documents": [{"filename": "weg.pdf"}]},
        }
        content = write(dossier=a_dossier(sections=sections), made_on=DAY)
        for element in ("overigdocumentlijst", "onderwijsondersteuning", "verzuim"):
            assert not elements(content, element)


class TestTheKeyInTheSchoolsSystem:
    @pytest.mark.parametrize(
        ("told", "written"),
        [({"school_key": "L1", "elk_number": "10042"}, "L1"), ({"elk_number": "10042"}, "10042")],
    )
    def test_is_the_elk_number_where_there_is_none(self, told: dict[str, str], written: str) -> None:
        found = a_dossier(pupil={"last_name": "Jansen", **told})
        assert elements(write(dossier=found, made_on=DAY), "leerlingid")[0].text == written


class TestThePublishedSchema:
    def test_says_where_a_file_does_not_follow_it_and_not_what_stands_there(
        self, published: Callable[[bytes], list[Remark]]
    ) -> None:
        content = dossier(
            born="<geboortedatum>17-03-2015</geboortedatum>",
            inside="<lievelingskleur>blauw</lievelingskleur>",
        )
        found = published(content)
        assert {one.path for one in found} >= {"geboortedatum", "lievelingskleur"}
        assert not any("17-03-2015" in one.message or "blauw" in one.message for one in found)

    def test_a_version_nobody_has_is_said(self, tmp_path: Path) -> None:
        (said,) = validated(dossier(), folder=str(tmp_path))
        assert "geen schema" in said.message

    def test_a_schema_of_our_own_is_used(self, tmp_path: Path) -> None:
        schema = (
            f"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='{NAMESPACE}'>"
            "<xs:element name='dossier' type='xs:date'/></xs:schema>"
        )
        (tmp_path / "a.xsd").write_text("<broken")
        (tmp_path / "b.xsd").write_text(schema)
        assert [one.path for one in validated(dossier(), folder=str(tmp_path))] == ["dossier"]
