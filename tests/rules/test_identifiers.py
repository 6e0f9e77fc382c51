"""Numbers, names and addresses of the field."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.identifiers import (
    clean_name,
    fold,
    full_name,
    is_brin,
    is_bsn,
    is_elk_number,
    is_email,
    is_name,
    read_brin,
    read_bsn,
    read_date,
    read_email,
    read_postcode,
    sort_name,
)

ARABIC_INDIC_NINE = "\u0661\u0661\u0661\u0662\u0662\u0662\u0663\u0663\u0663"


class TestABsn:
    @pytest.mark.parametrize("text", ["111222333", "123456782", "010464554"])
    def test_that_passes_the_elfproef_is_right(self, text: str) -> None:
        assert is_bsn(text)

    @pytest.mark.parametrize(
        "text",
        [
            "123456789",
            "000000000",
            "11122233",
            "1112223330",
            "",
            "11122233a",
            " 111222333",
            ARABIC_INDIC_NINE,
        ],
    )
    def test_that_does_not_is_wrong(self, text: str) -> None:
        assert not is_bsn(text)

    def test_gets_back_the_zero_that_a_spreadsheet_ate(self) -> None:
        assert read_bsn("10464554") == "010464554"

    @pytest.mark.parametrize("text", [" 111222333 ", "1112.22.333", "111 222 333"])
    def test_is_read_with_points_and_spaces(self, text: str) -> None:
        assert read_bsn(text) == "111222333"

    @pytest.mark.parametrize("text", ["", "00000000", "1234567", "123456789", "nvt"])
    def test_that_fails_is_not_read(self, text: str) -> None:
        assert read_bsn(text) is None

    @given(st.integers(1, 999_999_999), st.integers(0, 8), st.integers(1, 9))
    def test_with_one_wrong_digit_never_passes(self, number: int, place: int, by: int) -> None:
        right = f"{number:09d}"
        if not is_bsn(right):
            return
        wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
        assert not is_bsn(wrong)


class TestABrin:
    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("12AB", ("12AB", "00")),
            ("12ab03", ("12AB", "03")),
            (" 12 AB 03 ", ("12AB", "03")),
            ("00YY00", ("00YY", "00")),
        ],
    )
    def test_is_read_with_and_without_location(self, text: str, read: tuple[str, str]) -> None:
        assert read_brin(text) == read

    @pytest.mark.parametrize("text", ["", "1AB2", "AB12", "12ABC", "12AB0", "12AB000", "\u0661\u0662AB"])
    def test_of_another_form_is_none(self, text: str) -> None:
        assert read_brin(text) is None

    def test_alone_has_two_digits_and_two_capitals(self) -> None:
        assert is_brin("12AB")
        assert not is_brin("12ab")


class TestAPostcode:
    @pytest.mark.parametrize("text", ["1234AB", "1234 AB", "1234ab", " 1234 ab "])
    def test_has_one_spelling(self, text: str) -> None:
        assert read_postcode(text) == "1234 AB"

    @pytest.mark.parametrize("text", ["", "0123 AB", "123 AB", "1234", "1234 A", "1234 ABC", "B-1000"])
    def test_of_another_form_is_none(self, text: str) -> None:
        assert read_postcode(text) is None


class TestAnElkNumber:
    @pytest.mark.parametrize("text", ["10001", "00042", "B10001"])
    def test_has_five_digits_and_a_b_for_an_outside_pupil(self, text: str) -> None:
        assert is_elk_number(text)

    @pytest.mark.parametrize(
        "text",
        ["", "1001", "100011", "b10001", "A10001", "B1001", "10001\n", "\u0661\u0661\u0661\u0661\u0661"],
    )
    def test_of_another_form_is_wrong(self, text: str) -> None:
        assert not is_elk_number(text)


class TestAnEmailAddress:
    @pytest.mark.parametrize(
        "text", ["a@b.nl", "o'neill+elk@mail.school.example.nl", "A.B-c_d@xn--mller-kva.nl"]
    )
    def test_a_mail_can_be_sent_to(self, text: str) -> None:
        assert is_email(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "geen",
            "@b.nl",
            "a@",
            "a@b",
            "a@b..nl",
            "a@-b.nl",
            "=?utf-8?q?a=0D=0AX?=@b.nl",
            ".a@b.nl",
            "a.@b.nl",
            "a..b@c.nl",
            "a b@c.nl",
            "a@b.nl\r\nBcc: x@y.nl",
            "a@b.nl\n",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a,b@c.nl",
            "Jan <a@b.nl>",
            "a@b@c.nl",
            "x" * 65 + "@b.nl",
            "a@" + "b" * 250 + ".nl",
            "a\0@b.nl",
            "\ud800@b.nl",
        ],
    )
    def test_no_mail_can_be_sent_to(self, text: str) -> None:
        assert not is_email(text)
        assert read_email(text + "\x00") is None

    def test_of_a_host_with_other_letters_gets_its_ascii_form(self) -> None:
        assert read_email(" ouders@müller.nl ") == "ouders@xn--mller-kva.nl"

    @pytest.mark.parametrize("text", ["a@\ud800.nl", "a@é" + "e" * 80 + ".nl", "é@b.nl", "a@ü..nl"])
    def test_of_a_host_that_has_no_ascii_form_is_none(self, text: str) -> None:
        assert read_email(text) is None


class TestADate:
    @pytest.mark.parametrize("text", ["03-02-2015", "3-2-2015", "3/2/2015", "2015-02-03", " 03-02-2015 "])
    def test_is_read_as_dutch_people_and_machines_write_it(self, text: str) -> None:
        assert read_date(text) == date(2015, 2, 3)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "30-02-2015",
            "29-02-2015",
            "2015-13-01",
            "3-2-15",
            "2015-W05-2",
            "20150203",
            "0-1-2015",
            "3 februari 2015",
            "03-02-0000",
        ],
    )
    def test_that_does_not_exist_is_none(self, text: str) -> None:
        assert read_date(text) is None


class TestAName:
    @pytest.mark.parametrize(
        "text",
        [
            "Zoë",
            "Doğan",
            "Łukasz",
            "李",
            "O'Neill",
            "O’Neill",
            "van der Berg-de Wit",
            "José María",
            "Ng\u1ee5y\u1ec5n",
        ],
    )
    def test_holds_any_letters(self, text: str) -> None:
        assert is_name(text)

    @pytest.mark.parametrize(
        "text",
        ["", "   ", "Jan\0", "Jan\nPiet", "Jan\t", "\ud83d", "\ue000", "Jan\u2028", "x" * 121, "\u202enaJ"],
    )
    def test_holds_nothing_a_register_cannot_keep(self, text: str) -> None:
        assert not is_name(text)

    def test_is_composed_and_has_single_spaces(self) -> None:
        assert clean_name("  Zoe\u0308   van  Dam ") == "Zoë van Dam"

    def test_is_written_with_its_tussenvoegsel(self) -> None:
        assert full_name(first_name="Noor", infix="van der", last_name="Berg") == "Noor van der Berg"
        assert full_name(first_name="Noor", infix="", last_name="Berg") == "Noor Berg"


class TestSearch:
    @pytest.mark.parametrize(
        ("text", "folded"),
        [
            ("Łukasz Öztürk", "lukasz ozturk"),
            ("Şahin-Doğan", "sahin-dogan"),
            ("İpek", "ipek"),
            ("Irmak", "irmak"),
            ("Weiß", "weiss"),
            ("Søren Ærø", "soren aero"),
            ("ĳsbrand", "ijsbrand"),
            ("O'Neill", "o'neill"),
            ("李", "李"),
            ("  VAN   der  ", "van der"),
        ],
    )
    def test_goes_by_letters_without_accents(self, text: str, folded: str) -> None:
        assert fold(text) == folded

    @given(st.text(max_size=60))
    def test_finds_a_folded_name_again(self, text: str) -> None:
        assert fold(fold(text)) == fold(text)

    @given(st.text(max_size=60))
    def test_finds_a_name_however_it_is_composed(self, text: str) -> None:
        assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))

    def test_orders_by_last_name_and_fits_its_column(self) -> None:
        assert sort_name(first_name="Noor", infix="van der", last_name="Berg") == "berg noor van der"
        assert len(sort_name(first_name="x" * 200, infix="y" * 40, last_name="z" * 120)) <= 260
