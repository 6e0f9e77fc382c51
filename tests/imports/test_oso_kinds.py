"""Which dossiers are for Loket, and what of them the school and the parents let go."""

import pytest

from imports.oso import Unreadable, read
from rules.oki_doc.dossier import Severity
from tests.imports.oso_dossier import INSPECTION, dossier
from tests.imports.oso_facts import codes, message

ASKS = Severity.CONFIRM


class TestTheChoicesOfTheSchool:
    @pytest.mark.parametrize("choice", ["VERBODEN", "OPT-UIT"])
    def test_what_is_withheld_stays_out_and_is_shown(self, choice: str) -> None:
        found = read(dossier(choices={"verzuim": choice, "eindtoetsbo": choice, "oudersverzorgers": choice}))
        assert "absence" not in found.sections
        assert found.test is None
        assert found.guardians == []
        assert {"category": "verzuim", "choice": choice} in found.sections["withheld"]
        assert not [one for one in found.attachments if one.place.startswith(("absence", "test"))]
        assert [one for one in found.remarks if one.code == "WITHHELD" and "verzuim" in one.message]

    def test_a_choice_nobody_knows_withholds(self) -> None:
        found = read(dossier(choices={"verzuim": "MISSCHIEN"}))
        assert "absence" not in found.sections
        assert "CHOICE_UNKNOWN" in codes(found, ASKS)

    def test_what_must_be_there_and_is_not_is_asked_for(self) -> None:
        found = read(dossier(guardians="", career=""))
        said = [one.message for one in found.remarks if one.code == "MISSING"]
        assert len(said) == 2
        assert "ouders en verzorgers" in said[1] + said[0]

    def test_a_child_that_may_not_be_shared_is_not_read(self) -> None:
        with pytest.raises(Unreadable) as refused:
            read(dossier(choices={"leerling": "VERBODEN"}))
        assert refused.value.code == "WITHHELD"

    def test_without_consent_only_what_is_obligatory_comes_in(self) -> None:
        found = read(dossier(inspection=INSPECTION.replace("<toestemming>Ja", "<toestemming>Nee")))
        assert "NO_CONSENT" in codes(found, ASKS)
        assert {"career", "advice", "inspection"} <= set(found.sections)
        assert not {"absence", "diagnoses", "lvs_tests", "documents"} & set(found.sections)
        assert found.test is None
        assert found.attachments == []

    def test_a_provisional_one_says_so(self) -> None:
        found = read(
            dossier(inspection=INSPECTION.replace("<voorlopigdossier>false", "<voorlopigdossier>true"))
        )
        assert found.is_provisional
        assert "PROVISIONAL" in codes(found)


class TestOtherKinds:
    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("POPO", "twee basisscholen"),
            ("VOVO", "twee scholen voor voortgezet"),
            ("VOMBO", "mbo"),
            ("POSWV", "samenwerk"),
        ],
    )
    def test_are_refused_by_name_with_what_to_do(self, kind: str, words: str) -> None:
        with pytest.raises(Unreadable) as refused:
            read(dossier(kind=kind))
        assert refused.value.code == "OTHER_KIND"
        assert kind in refused.value.message
        assert words in refused.value.message
        assert "POVO" in refused.value.message

    def test_a_handover_within_a_school_is_refused(self) -> None:
        with pytest.raises(Unreadable, match="binnen dezelfde school"):
            read(dossier(handover="overdrachtbinnenbrin"))

    @pytest.mark.parametrize("kind", ["WECVO"])
    def test_from_special_education_is_read(self, kind: str) -> None:
        assert read(dossier(kind=kind)).kind == kind

    @pytest.mark.parametrize("kind", ["", "OVERIG"])
    def test_of_which_nobody_knows_are_read_and_asked_about(self, kind: str) -> None:
        assert "KIND_UNKNOWN" in codes(read(dossier(kind=kind)), ASKS)

    @pytest.mark.parametrize(
        ("year", "words"), [("2018", "oudere"), ("2016", "oudere"), ("1.2", "oudere"), ("2024", "nieuwere")]
    )
    def test_of_another_version_are_read_and_asked_about(self, year: str, words: str) -> None:
        found = read(dossier(namespace=f"http://www.edustandaard.nl/oso_gegevensset/{year}/dossier"))
        assert words in message(found, "OTHER_VERSION")
        assert found.sections["career"]

    def test_an_older_name_of_a_category_counts(self) -> None:
        content = dossier(choices={"onderwijsondersteuning": "OPT-UIT"}).replace(
            b"cat_onderwijsondersteuning", b"cat_zorgenbegeleiding"
        )
        assert "diagnoses" not in read(content).sections

    @pytest.mark.parametrize(
        ("part", "asked"), [("LAS", True), ("LVS", True), ("TIB", True), ("LASLVS", False)]
    )
    def test_a_part_of_a_dossier_is_read_and_said(self, part: str, asked: bool) -> None:
        assert ("PART" in codes(read(dossier(part=part)), ASKS)) is asked

    def test_several_in_one_file_are_refused_and_one_is_read(self) -> None:
        one = dossier(opening="").decode()
        wrapped = "<dossiers xmlns='http://www.edustandaard.nl/oso_gegevensset/2019/dossier'>{}</dossiers>"
        assert read(wrapped.format(one).encode()).pupil["last_name"] == "Æbëłğ"
        with pytest.raises(Unreadable, match="2 dossiers"):
            read(wrapped.format(one + one).encode())

    @pytest.mark.parametrize(
        ("content", "code", "words"),
        [
            (b"<EDEX xmlns='http://www.edustandaard.nl/edex/2.1'/>", "NOT_OSO", "EDEXML"),
            (b"<dossier/>", "NOT_OSO", "namespace"),
            (b"<html><body/></html>", "NOT_OSO", "geen OSO-dossier"),
            (
                b"<terugkoppeling xmlns='http://www.edustandaard.nl/oso_gegevensset/2019/dossier'/>",
                "FEEDBACK",
                "terugkoppeling",
            ),
        ],
    )
    def test_what_is_no_dossier_says_what_it_is(self, content: bytes, code: str, words: str) -> None:
        with pytest.raises(Unreadable) as refused:
            read(content)
        assert refused.value.code == code
        assert words in refused.value.message

    def test_without_a_school_or_a_child_nothing_is_read(self) -> None:
        for content, code in (
            (dossier(brin="XXXX"), "NO_SCHOOL"),
            (dossier(last=" "), "NO_NAME"),
            (dossier().replace(b"leerling>", b"kind>"), "NO_PUPIL"),
        ):
            with pytest.raises(Unreadable) as refused:
                read(content)
            assert refused.value.code == code
