"""EDEXML, from bytes to rows: what a file says of each child and colleague, and what is wrong with it."""

from pathlib import Path

import pytest
from lxml import etree

from imports import Unreadable
from imports.edexml import Outcome, judge, read
from tests.imports.rosters import FULL, combined_group, group, judged, pieces, pupil, roster, teacher

NAMES = ["Zoë", "Yiğit", "Łukasz", "李小龙", "O'Neill", "van 't", 'Æ<&>"', "n\u0303"]


def refused(content: bytes) -> str:
    with pytest.raises(Unreadable) as said:
        judged(content)
    return str(said.value)


def codes(content: bytes) -> list[set[str]]:
    return [row.codes for row in judged(content).pupils]


class TestARow:
    def test_of_group_8_has_all_that_loket_keeps(self) -> None:
        found = judged(
            roster(
                pupil(
                    eck_id="https://id.school/abc",
                    voornamen="Noor Anna",
                    bsn="111222333",
                    combined=["plus"],
                ),
                groups=[group(), combined_group("plus")],
            )
        )
        (row,) = found.pupils
        assert (row.reasons, row.remarks) == ([], [])
        assert (row.line, row.key, row.school_key) == (6, "L1", "L1")
        assert (row.bsn, row.eck_id, row.is_group_8) == ("111222333", "https://id.school/abc", True)
        assert row.called == "Noor"
        assert {name: str(value) for name, value in row.values.items()} == {
            "last_name": "Berg",
            "infix": "van der",
            "first_name": "Noor",
            "official_names": "Noor Anna",
            "birth_date": "2015-02-03",
            "gender": "V",
            "class_group": "8a",
        }
        assert found.school.values == {
            "school_year": "2026-2027",
            "brin": "12AB",
            "location": "00",
            "version": "2.1",
        }

    @pytest.mark.parametrize("version", ["2.0", "2.1"])
    def test_of_either_version_is_the_same(self, version: str) -> None:
        found = judged(roster(pupil(), version=version))
        assert (found.school.codes, found.pupils[0].codes) == (set(), set())

    @pytest.mark.parametrize("name", NAMES)
    def test_keeps_any_name(self, name: str) -> None:
        (row,) = judged(roster(pupil(roepnaam=name, achternaam=name, voorvoegsel=name))).pupils
        composed = name.replace("n\u0303", "ñ")
        assert row.reasons == []
        assert [row.values[one] for one in ("first_name", "last_name", "infix")] == [composed] * 3

    @pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "windows-1252"])
    def test_is_read_in_the_encoding_the_file_says(self, encoding: str) -> None:
        (row,) = judged(roster(pupil(roepnaam="Zoë"), encoding=encoding)).pupils
        assert row.called == "Zoë"

    def test_has_a_first_name_made_of_the_official_ones_where_it_has_none(self) -> None:
        (row,) = judged(roster(pupil(roepnaam=None, voornamen="Ismaël Hassan"))).pupils
        assert (row.called, row.reasons, "first_name" in row.values) == ("Ismaël", [], False)

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"geboortedatum": None}, "NO_BIRTH_DATE"),
            ({"geboortedatum": "2015-02-30"}, "WRONG_VALUE"),
            ({"geboortedatum": "03-02-15"}, "WRONG_VALUE"),
            ({"achternaam": None}, "NO_NAME"),
            ({"roepnaam": None}, "NO_NAME"),
            ({"roepnaam": "x" * 101}, "WRONG_VALUE"),
            ({"achternaam": "Berg\u202e"}, "WRONG_VALUE"),
            ({"geslacht": "M"}, "WRONG_VALUE"),
            ({"jaargroep": "9"}, "WRONG_VALUE"),
            ({"jaargroep": "C", "group": None}, "NO_YEAR_GROUP"),
            ({"jaargroep": None, "group": None}, "NO_YEAR_GROUP"),
            ({"jaargroep": "S"}, "NO_YEAR_GROUP"),
            ({"jaargroep": "7"}, "NOT_GROUP_8"),
            ({"jaargroep": "H"}, "NOT_GROUP_8"),
            ({"key": ""}, "NO_KEY"),
            ({"key": "k" * 257}, "NO_KEY"),
            ({"extra": "<geslacht>1</geslacht>"}, "WRONG_VALUE"),
            ({"extra": "<groep key='7A'/>"}, "WRONG_VALUE"),
            ({"roepnaam": None, "extra": "<roepnaam>No<b>o</b>r</roepnaam>"}, "WRONG_VALUE"),
        ],
    )
    def test_that_cannot_be_right_says_why(self, fields: dict[str, str], code: str) -> None:
        (row,) = judged(roster(pupil(**fields))).pupils  # type: ignore[arg-type]
        assert {said.code for said in row.reasons} == {code}
        assert row.outcome is Outcome.REFUSED
        assert all(said.text[-1] in ".?" and said.text[0].isupper() for said in row.reasons)

    def test_names_everything_at_once(self) -> None:
        assert codes(roster(pupil(jaargroep=4, geboortedatum=None, bsn="133456785", group="X"))) == [
            {"NOT_GROUP_8", "NO_BIRTH_DATE", "BSN_FAILS", "UNKNOWN_GROUP"}
        ]

    @pytest.mark.parametrize("field", ["bsn", "sofinummer"])
    @pytest.mark.parametrize("number", ["133456785", "123456789", "000000000", "12", "eenheel"])
    def test_with_a_bsn_that_fails_may_come_in_without_it(self, field: str, number: str) -> None:
        (row,) = judged(roster(pupil(**{field: number}))).pupils
        assert (row.bsn, row.bsn_fails, row.reasons) == (None, True, [])
        assert number not in str(row)
        assert number not in repr(row)

    def test_whose_key_is_its_bsn_keeps_that_nowhere_as_a_key(self) -> None:
        for number in ("111222333", "133456785"):
            (row,) = judged(roster(pupil(number, bsn=number))).pupils
            assert (row.school_key, row.codes >= {"KEY_IS_BSN"}) == ("", True)
            assert number not in str(row)

    @pytest.mark.parametrize(
        "field", ["onderwijsnummer", "bsn_ondwnr-4", "rijksregisternummer", "postcodenl"]
    )
    def test_keeps_nothing_that_is_declared_as_dropped(self, field: str) -> None:
        found = read(pieces=[roster(pupil(**{field: "1234"}))])
        assert found.dropped == {"leerling": {field}}
        assert "1234" not in repr(judge(roster=found).pupils)


class TestGroupEight:
    def test_is_told_by_the_group_where_the_child_has_no_jaargroep(self) -> None:
        assert [row.is_group_8 for row in judged(roster(pupil(jaargroep=None))).pupils] == [True]

    def test_is_the_childs_own_jaargroep_in_a_combined_group(self) -> None:
        groups = [group("78", name="7/8", year="C")]
        found = judged(
            roster(pupil("a", group="78"), pupil("b", group="78", jaargroep=7, roepnaam="Bo"), groups=groups)
        ).pupils
        assert [row.is_group_8 for row in found] == [True, False]
        assert [row.values["class_group"] for row in found] == ["7/8", "7/8"]

    def test_a_group_that_is_not_there_is_named_and_stops_nobody_whose_jaargroep_is_known(self) -> None:
        (row,) = judged(roster(pupil(group="9Z", combined=["x"]))).pupils
        assert (row.reasons, row.codes, len(row.remarks)) == ([], {"UNKNOWN_GROUP"}, 2)
        assert "class_group" not in row.values
        (row,) = judged(roster(pupil(group="9Z", jaargroep=None))).pupils
        assert row.codes == {"UNKNOWN_GROUP", "NO_YEAR_GROUP"}

    def test_a_key_of_two_groups_names_neither(self) -> None:
        found = judged(roster(pupil(), groups=[group(), group(name="8b")]))
        assert [row.codes for row in found.groups] == [{"DOUBLE_KEY"}, {"DOUBLE_KEY"}]
        assert found.pupils[0].codes == {"UNKNOWN_GROUP"}


class TestRowsThatAreTwice:
    @pytest.mark.parametrize(
        ("first", "second", "code"),
        [
            ({}, {"roepnaam": "Bo"}, "DOUBLE_KEY"),
            ({"key": "a", "eck_id": "e"}, {"key": "b", "eck_id": "e", "roepnaam": "Bo"}, "DOUBLE_ECK_ID"),
            (
                {"key": "a", "bsn": "111222333"},
                {"key": "b", "bsn": "111222333", "roepnaam": "Bo"},
                "DOUBLE_BSN",
            ),
            ({"key": "a", "bsn": "111222333"}, {"key": "b"}, "DOUBLE_CHILD"),
        ],
    )
    def test_are_both_refused_as_nobody_knows_which_is_right(
        self, first: dict[str, str], second: dict[str, str], code: str
    ) -> None:
        content = roster(pupil(**first), pupil("c", roepnaam="Cas"), pupil(**second))  # type: ignore[arg-type]
        assert codes(content) == [{code}, set(), {code}]
        assert "regel 8" in judged(content).pupils[0].reasons[0].text

    def test_are_two_children_where_their_bsns_differ(self) -> None:
        content = roster(pupil("a", bsn="111222333"), pupil("b", bsn="123456782"))
        assert codes(content) == [set(), set()]

    def test_are_teachers_with_one_address(self) -> None:
        found = judged(roster(pupil(), teachers=[teacher("a"), teacher("b", email="JUF@peppel.example.org")]))
        assert [row.codes for row in found.teachers] == [{"DOUBLE_EMAIL"}] * 2


class TestATeacher:
    def test_with_an_address_that_is_none_is_told_so_in_dutch(self) -> None:
        (wrong,) = judged(roster(pupil(), teachers=[teacher("a", email="geen adres")])).teachers
        assert [said.text for said in wrong.reasons] == ["E-mailadres: dit is geen geldig e-mailadres."]

    def test_works_on_group_8_through_its_groups(self) -> None:
        content = roster(
            pupil(group="78", combined=["plus"]),
            groups=[group("7"), group("78", year="C"), group("4A", year="4"), combined_group("plus")],
            teachers=[
                teacher("a", email="a@x.example", groups=["78"]),
                teacher("b", email="b@x.example", groups=["4A"], roles_there=["LRK"]),
                teacher("c", email="c@x.example", groups=["4A", "78"], roles=["IB"], roles_there=["STA"]),
                teacher("d", email="d@x.example", groups=[], description="Manusje"),
                teacher("e", email="e@x.example", groups=["nergens"]),
            ],
        )
        found = judged(content).teachers
        assert [row.of_group_8 for row in found] == [True, False, True, False, False]
        assert [set(row.roles) for row in found] == [set(), set(), {"IB", "STA"}, {"Manusje"}, set()]
        assert found[4].codes == {"UNKNOWN_GROUP"}


class TestTheSchool:
    @pytest.mark.parametrize(
        ("brin", "location", "key"),
        [
            ("12AB", "", "12AB00"),
            ("12AB", "03", "12AB03"),
            ("12ab03", "", "12AB03"),
            ("12AB03", "03", "12AB03"),
        ],
    )
    def test_is_a_brin_and_a_location(self, brin: str, location: str, key: str) -> None:
        school = judged(roster(pupil(), brin=brin, location=location)).school
        assert (school.key, school.reasons) == (key, [])

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("<brincode>12AB</brincode>", "", "NO_BRIN"),
            ("<brincode>12AB</brincode>", "<brincode>x</brincode>", "WRONG_VALUE"),
            ("<brincode>12AB</brincode>", "<instellingsnummer>4321</instellingsnummer>", "NO_BRIN"),
            ("<brincode>12AB</brincode>", "<brincode>12AB03</brincode><dependancecode>04</dependancecode>", "CONTRADICTING"),
            ("<schooljaar>2026-2027</schooljaar>", "", "NO_YEAR"),
            ("<schooljaar>2026-2027</schooljaar>", "<schooljaar>2026</schooljaar>", "WRONG_VALUE"),
            ("<xsdversie>2.1</xsdversie>", "<xsdversie>1.03</xsdversie>", "OTHER_VERSION"),
            ("<xsdversie>2.1</xsdversie>", "<xsdversie>3.0</xsdversie>", "OTHER_VERSION"),
        ],
    )  # fmt: skip
    def test_that_does_not_say_who_and_when_is_refused(self, old: str, new: str, code: str) -> None:
        content = roster(pupil()).replace(old.encode(), new.encode())
        assert {said.code for said in judged(content).school.reasons} == {code}

    def test_of_a_later_minor_version_is_read_and_named(self) -> None:
        school = judged(roster(pupil(), version="2.3")).school
        assert (school.reasons, school.codes) == ([], {"NEWER_VERSION"})

    def test_is_one(self) -> None:
        content = roster(pupil())
        start, end = content.index(b"<school>"), content.index(b"</school>") + len(b"</school>")
        assert "geen school" in refused(content[:start] + content[end:])
        assert "twee scholen" in refused(content[:end] + content[start:end] + content[end:])


class TestWhatTheStandardDoesNotHave:
    def test_is_read_past_and_named_once(self) -> None:
        strange = "<hobby soort='x'><naam>judo</naam></hobby>"
        extra = (
            f"{strange}<toevoegingen><blok><code>X</code><opmerking>geheim</opmerking></blok></toevoegingen>"
        )
        content = roster(pupil("a", extra=extra), pupil("b", roepnaam="Bo", extra=extra))
        content = content.replace(b"</EDEX>", b"<gebouwen><gebouw/></gebouwen></EDEX>")
        found = read(pieces=pieces(content))
        assert found.additions
        assert list(found.unknown) == [
            "leerling/hobby",
            "leerling/hobby/naam",
            "EDEX/gebouwen",
            "EDEX/gebouwen/gebouw",
        ]
        assert codes(content) == [set(), set()]
        assert "geheim" not in repr(found)

    def test_is_anything_in_a_namespace(self) -> None:
        extra = '<x:roepnaam xmlns:x="urn:x">Sam</x:roepnaam><geslacht xmlns="urn:y">1</geslacht>'
        content = roster(pupil(extra=extra)).replace(
            b"<leerlingen>", b'<leerlingen><q:leerling xmlns:q="urn:q" key="q"/>'
        )
        found = read(pieces=pieces(content))
        assert set(found.unknown) == {
            "EDEX/leerlingen/{urn:q}leerling",
            "leerling/{urn:x}roepnaam",
            "leerling/{urn:y}geslacht",
        }
        (row,) = judge(roster=found).pupils
        assert (row.called, row.values["gender"]) == ("Noor", "V")

    def test_is_named_to_an_end(self) -> None:
        extra = "".join(f"<a{place}/>" for place in range(500))
        assert len(read(pieces=[roster(pupil(extra=extra))]).unknown) == 40


class TestTheOfficialExample:
    def test_is_read_row_by_row(self, standards: Path) -> None:
        content = (standards / "edexml" / "EDEXML.Voorbeeld.2.1.xml").read_bytes()
        found = judged(content)
        assert [(row.name, row.key, row.codes) for row in found.rows] == [
            ("school", "99ZZ00", set()),
            ("vestiging", "VH", set()),
            ("vestiging", "VB", set()),
            ("groep", "001", set()),
            ("samengestelde groep", "sg3", set()),
            ("groep", "002", set()),
            ("groep", "003", set()),
            ("groep", "GRP4A", set()),
            ("groep", "GRP4B", set()),
            ("samengestelde groep", "sg1", set()),
            ("samengestelde groep", "sg2", set()),
            ("leerling", "00001", {"NOT_GROUP_8"}),
            ("leerling", "00002", {"NOT_GROUP_8", "BSN_FAILS", "NO_BIRTH_DATE"}),
            ("leerling", "12345", {"NOT_GROUP_8"}),
            ("leerkracht", "LK1", set()),
            ("leerkracht", "LK2", set()),
            ("leerkracht", "LK3", set()),
        ]
        assert found.school.values["school_year"] == "2014-2015"
        gradje = found.pupils[2]
        assert (gradje.called, gradje.values["infix"], str(gradje.values["left_on"])) == (
            "Gradje",
            "van 't",
            "2014-07-18",
        )
        assert [set(row.roles) for row in found.teachers] == [{"TAL"}, {"Manusje van alles"}, set()]

    def test_and_the_files_of_these_tests_follow_one_schema(self, standards: Path) -> None:
        schema = etree.XMLSchema(etree.parse(str(standards / "edexml" / "EDEXML.structuur.xsd")))
        # The published list of school years ends before ours.
        content = FULL.replace(b"2026-2027", b"2024-2025")
        assert schema.validate(etree.fromstring(content)), schema.error_log
