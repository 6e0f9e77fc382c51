"""A dossier comes in: each fact in its place, whatever cannot be right named, and the rest goes on."""

from datetime import date
from pathlib import Path

import pytest

from imports.oso import read
from rules.oki_doc.dossier import Severity
from tests.imports.oso_dossier import ADDRESS, ADVICE, document, dossier, guardian
from tests.imports.oso_facts import assert_whole, codes, message

ASKS = Severity.CONFIRM


class TestAWholeDossier:
    def test_is_read_without_a_question(self) -> None:
        found = read(dossier())
        assert_whole(found)
        assert codes(found) == {"WITHHELD", "NOT_AGREED", "NOT_KEPT"}

    def test_says_whose_it_is(self) -> None:
        found = read(dossier())
        assert (found.kind, found.version, found.made_on) == ("POVO", "2019.1", date(2027, 2, 20))
        assert (found.school.brin, found.school.location, found.school.name) == ("00YY", "00", "De Peppel")
        assert found.pupil == {
            "first_name": "Zoë", "official_names": "Zoë Łucja", "infix": "van der", "last_name": "Æbëłğ",
            "birth_date": date(2015, 2, 3), "gender": "V", "school_key": "L00042", "bsn": "123456782",
            "bsn_doubtful": False, "class_group": "8a",
        }  # fmt: skip

    def test_has_the_home_first(self) -> None:
        home, registered, post, abroad = read(dossier()).addresses
        assert (home["street"], home["house_number"], home["postcode"]) == ("Dorpsstraat", "12a", "1421 AA")
        assert (registered["house_number"], registered["detail"]) == ("t/o 3", "woonboot Vrede")
        assert (post["kind"], post["country"]) == ("post", "Nederland")
        assert (abroad["kind"], abroad["street"]) == ("buiten", "Rue Haute 1, Bruxelles")

    def test_has_the_carers_in_order(self) -> None:
        first, second = read(dossier()).guardians
        assert (first["last_name"], first["relation"]) == ("van der Æbëłğ", "moeder")
        assert (first["email"], first["phone"]) == ("ouder@example.org", "0600000004")
        assert (second["last_name"], second["relation"], second["email"]) == ("O'Neill", "code 8", "")

    def test_keeps_codes_of_adviezen_as_they_are(self) -> None:
        found = read(dossier())
        assert (found.advice_code, found.revised_code, found.wish_codes) == ("60", "61", ("61", "60"))

    def test_types_what_the_standard_types(self) -> None:
        sections = read(dossier()).sections
        assert sections["inspection"]["seen"] is True
        assert sections["absence"]["half_days_authorised"] == 12
        assert sections["absence"]["reported"] is False
        (test,) = sections["lvs_tests"]
        assert (test["ability"], test["interval_low"]) == (118.0, 110.25)
        assert test["references"] == [
            {"code": "IV", "group": "Landelijk", "value": "II", "qualification": "goed"}
        ]
        assert [part["code"] for part in test["parts"]] == ["RW8-G", "RW8-M"]
        assert sections["diagnoses"][0]["codes"] == "F81.0, F81.2"

    def test_reads_lists_that_follow_each_other_in_one_element(self) -> None:
        (report,) = read(dossier()).sections["reports"]
        assert [one["name"] for one in report["lists"]] == ["Rapport", "Gedrag"]
        assert report["lists"][0]["subjects"][0] == {
            "name": "Rekenen", "value": "8", "qualification": "goed", "marked_on": "2027-01-10",
            "year_group": "8", "period": "1",
        }  # fmt: skip

    def test_has_the_test(self) -> None:
        test = read(dossier()).test
        assert test is not None
        assert (test["test_code"], test["advice_text"], test["exempt"]) == ("0013", "havo/vwo", False)
        assert test["content"]["parts"][0]["domains"][0]["level"] == "04"

    def test_has_each_document_at_its_row(self) -> None:
        found = read(dossier())
        places = {one.place for one in found.attachments}
        assert {"support.documents.0", "diagnoses.0.documents.0", "lvs_tests.0.parts.0.documents.0",
                "documents.0", "test.documents.0", "perspective_plan.documents.1"} <= places  # fmt: skip
        assert len(places) == len(found.attachments) == 12


class TestTheOfficialExample:
    def test_comes_in_and_five_damaged_documents_are_named(self, standards: Path) -> None:
        found = read((standards / "oso" / "Voorbeelddossier_OV_POVO_full.xml").read_bytes())
        assert_whole(found)
        assert (found.pupil["first_name"], found.pupil["last_name"]) == ("Daan", "Berg")
        assert found.pupil["bsn"] == "269326728"
        damaged = [one.filename for one in found.attachments if one.problem]
        assert damaged == [
            "Toelichting.pdf", "evaluatie 1e helft 2018.txt", "HandelingsplanRekenen.pdf",
            "advies mbt zicht.pdf", "advies mbt gehoor.pdf",
        ]  # fmt: skip
        lost = [one for one in found.remarks if one.severity is Severity.LOST]
        assert len(lost) == 5
        assert all(any(name in one.message for one in lost) for name in damaged)
        assert len([one for one in found.attachments if one.content]) == 10
        assert not codes(found, ASKS)


class TestWhatIsNotKept:
    def test_is_not_in_the_facts(self) -> None:
        found = read(dossier())
        told = f"{found.pupil} {found.addresses} {found.guardians} {found.sections} {found.test}"
        for never in ("NL91ABNA0417164300", "9999999999", "0600000001", "Bot", "0.30", "0200000003"):
            assert never not in told

    def test_is_named_without_what_stood_there(self) -> None:
        said = message(read(dossier()), "NOT_KEPT")
        assert "IBAN" in said
        assert "Huisarts" in said
        assert "NL91" not in said

    def test_a_secret_number_is_never_taken(self) -> None:
        way = (
            "<communicatielijst><communicatie><soort>e-mail</soort><nummer>geheim@thuis.example.org</nummer>"
            "<geheim>true</geheim></communicatie></communicatielijst>"
        )
        found = read(dossier(guardians=guardian(email="", before=way)))
        assert found.guardians[0]["email"] == ""
        assert "geheim en daarom niet overgenomen" in message(found, "EMAIL_SECRET")
        assert "NO_EMAIL" not in codes(found, ASKS)
        assert "geheim@" not in str(found.remarks)

    def test_what_nobody_knows_is_named(self) -> None:
        found = read(dossier(inside="<lievelingskleur>blauw</lievelingskleur>"))
        assert "lievelingskleur" in message(found, "UNKNOWN")
        assert "blauw" not in message(found, "UNKNOWN")


class TestABsn:
    def test_that_fails_leaves_a_mark_and_no_number(self) -> None:
        found = read(dossier(bsn="<bsn>123456789</bsn>"))
        assert (found.pupil["bsn"], found.pupil["bsn_doubtful"]) == ("", True)
        assert "BSN_DOUBTFUL" in codes(found, ASKS)
        assert "123456789" not in str(found.remarks)
        assert_whole(found)

    def test_that_is_not_there_is_asked_for(self) -> None:
        found = read(dossier(bsn="<onderwijsnummer>101211151</onderwijsnummer>"))
        assert (found.pupil["bsn"], found.pupil["bsn_doubtful"]) == ("", False)
        assert "NO_BSN" in codes(found, ASKS)


class TestADate:
    @pytest.mark.parametrize("born", ["0203-03-17", "2015-02-30", "17 maart", "2101-01-01", ""])
    def test_that_cannot_be_right_is_not_taken(self, born: str) -> None:
        found = read(dossier(born=f"<geboortedatum>{born}</geboortedatum>"))
        assert found.pupil["birth_date"] is None
        assert "NO_BIRTH_DATE" in codes(found, ASKS)
        assert_whole(found)

    @pytest.mark.parametrize("born", ["2015-02-03", "2015-02-03Z", "2015-02-03+01:00", " 2015-02-03 "])
    def test_may_have_a_zone(self, born: str) -> None:
        found = read(dossier(born=f"<geboortedatum>{born}</geboortedatum>"))
        assert found.pupil["birth_date"] == date(2015, 2, 3)

    def test_in_a_row_costs_that_date_alone(self) -> None:
        support = (
            "<onderwijsondersteuning><diagnose><code>F90.0</code><naam>ADHD</naam><datum>0203-01-01</datum>"
            "</diagnose></onderwijsondersteuning>"
        )
        found = read(dossier(support=support))
        assert found.sections["diagnoses"] == [{"codes": "F90.0", "name": "ADHD"}]
        assert message(found, "WRONG_DATE").startswith("Diagnoses, regel 1: Datum:")


class TestAnAdvice:
    def test_of_another_list_is_asked_for(self) -> None:
        found = read(dossier(advice=ADVICE.replace("<advies>60<", "<advies>0213<")))
        assert found.advice_code == ""
        assert {"ADVICE_UNKNOWN", "NO_ADVICE"} <= codes(found, ASKS)

    def test_that_the_list_does_not_know_comes_in_and_is_asked_for(self) -> None:
        found = read(dossier(advice=ADVICE.replace("<advies>60<", "<advies>77<")))
        assert found.advice_code == "77"
        assert "ADVICE_UNKNOWN" in codes(found, ASKS)

    def test_that_is_not_there_is_asked_for(self) -> None:
        found = read(dossier(advice=""))
        assert {"NO_ADVICE", "MISSING"} <= codes(found, ASKS)


class TestNames:
    @pytest.mark.parametrize("last", ["Öztürk", "李", "O'Neill", "d’Ancona", "Đỗ", "Łukasiewicz-Ğ", "محمد"])
    def test_of_any_letters_come_in(self, last: str) -> None:
        assert read(dossier(last=last)).pupil["last_name"] == last

    def test_are_composed_and_of_one_line(self) -> None:
        assert read(dossier(last="  O\u0308z\n  tu\u0308rk ")).pupil["last_name"] == "Öz türk"

    def test_that_turn_a_text_around_are_put_straight(self) -> None:
        assert read(dossier(last="Ab\u202ecd")).pupil["last_name"] == "Abcd"

    def test_that_are_too_long_are_cut_and_that_is_said(self) -> None:
        found = read(dossier(last="A" * 500))
        assert found.pupil["last_name"] == "A" * 120
        assert "TEXT_CUT" in codes(found, Severity.LOST)

    def test_without_a_first_name_the_last_one_stands_in(self) -> None:
        found = read(dossier(names=""))
        assert found.pupil["first_name"] == "Æbëłğ"
        assert "NO_FIRST_NAME" in codes(found, ASKS)


class TestCarers:
    def test_ten_thousand_of_them_are_ten_and_a_remark(self) -> None:
        found = read(dossier(guardians=guardian(email="") * 10_000))
        assert len(found.guardians) == 10
        assert "10000 keer" in message(found, "TOO_MANY")
        assert_whole(found)

    def test_who_died_come_last_and_get_no_mail(self) -> None:
        dead = guardian(
            last="Eerst", extra="<overleden>true</overleden><overlijdensdatum>2020-05-01</overlijdensdatum>"
        )
        found = read(dossier(guardians=dead + guardian(last="Tweede")))
        assert [(row["last_name"], row["deceased"]) for row in found.guardians] == [
            ("Tweede", False), ("Eerst", True),
        ]  # fmt: skip
        assert found.guardians[1]["email"] == ""

    def test_an_empty_one_does_not_shift_the_others(self) -> None:
        found = read(dossier(guardians="<verzorger/>" + guardian(last="Jansen")))
        assert [(row["last_name"], row["email"]) for row in found.guardians] == [
            ("Jansen", "ouder@example.org")
        ]


class TestAnAddress:
    def test_that_is_secret_is_marked_and_said(self) -> None:
        found = read(dossier(addresses=f"<adresgeheim>true</adresgeheim><adreslijst>{ADDRESS}</adreslijst>"))
        assert all(row["secret"] for row in found.addresses)
        assert "ADDRESS_SECRET" in codes(found, ASKS)

    def test_that_is_secret_and_left_out_stays_secret_for_whoever_types_it_in(self) -> None:
        content = dossier(addresses="<adresgeheim>1</adresgeheim>").replace(
            b"<adresbuitenland>Rue Haute 1, Bruxelles</adresbuitenland>", b""
        )
        (home,) = read(content).addresses
        assert (home["secret"], home["street"]) == (True, "")

    @pytest.mark.parametrize(
        ("number", "addition", "written"),
        [
            ("12", "a", "12a"),
            ("12", "3", "12-3"),
            ("52-54", "b", "52-54b"),
            ("12", "", "12"),
            ("", "zw", "zw"),
        ],
    )
    def test_has_one_house_number(self, number: str, addition: str, written: str) -> None:
        address = ADDRESS.replace("<nummer>12<", f"<nummer>{number}<").replace(
            "<toevoeging>a<", f"<toevoeging>{addition}<"
        )
        found = read(dossier(addresses=f"<adreslijst>{address}</adreslijst>"))
        assert found.addresses[0]["house_number"] == written

    def test_in_a_country_whose_code_we_do_not_know_says_its_name(self) -> None:
        abroad = ADDRESS.replace("<land omschrijving='Nederland'>6030<", "<land omschrijving='België'>5010<")
        assert (
            read(dossier(addresses=f"<adreslijst>{abroad}</adreslijst>")).addresses[0]["country"] == "België"
        )


class TestElementsOfAnotherStandard:
    def test_are_skipped_and_named(self) -> None:
        found = read(dossier(inside="<x:bijzonder xmlns:x='urn:x'><x:geheim>1</x:geheim></x:bijzonder>"))
        assert "bijzonder" in message(found, "FOREIGN")
        assert_whole(found)

    def test_in_place_of_ours_are_not_taken_for_ours(self) -> None:
        foreign = guardian().replace("<verzorger>", "<verzorger xmlns='urn:x'>")
        assert read(dossier(guardians=foreign)).guardians == []


class TestManyRemarks:
    def test_are_bounded(self) -> None:
        row = "<diagnose><code>F90.0</code><datum>0203-01-01</datum></diagnose>"
        reference = "<referentiescore><codereferentiescore>IV</codereferentiescore></referentiescore>"
        tests = f"<toets><afname><afnamedatum>0203-01-01</afnamedatum></afname><resultaat>{reference}</resultaat></toets>"
        found = read(
            dossier(
                support=f"<onderwijsondersteuning>{row * 20}</onderwijsondersteuning>",
                lvs=f"<toetslijst>{tests * 400}</toetslijst>",
            )
        )
        assert len(found.remarks) < 220
        assert "MORE" in codes(found)
        assert len(found.sections["lvs_tests"]) == 400


def test_a_document_twice_the_same_stands_twice() -> None:
    twice = f"<overigdocumentlijst>{document()}{document()}</overigdocumentlijst>"
    assert len(read(dossier(documents=twice)).sections["documents"]) == 2
