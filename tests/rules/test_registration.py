"""Rule 47: what an outside family tells, each field in its one spelling or refused by its name."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules.parent_login import AdviceNotOnForm
from rules.refusal import Refusals
from rules.registration import Carer, FormAdvice, Home, Registration, checked

ADVIEZEN = {"HAVO": FormAdvice(5, ""), "VSO": FormAdvice(None, "Praat met de school.")}
HOME = Home(street="Regenboogpad", house_number="12 a", postcode="3511 AB", city="Utrecht")
RIGHT = Registration(
    first_name="Mei-Lin",
    last_name="Łukasz",
    birth_date=date(2015, 4, 5),
    address=HOME,
    guardian=Carer(last_name="O'Neill"),
    email="verweg@example.org",
    origin_school="De Verre Molen",
    advice="HAVO",
)
TURNED = "nil\u202eiem"
LONG = "x" * 60_000


def check(given: Registration) -> Registration:
    return checked(registration=given, year_begins=date(2026, 8, 1), adviezen=ADVIEZEN)


def wrong(given: Registration) -> list[str]:
    """Where it is refused."""
    with pytest.raises(Refusals) as refused:
        check(given)
    return [".".join(one.path) for one in refused.value.refusals]


def test_what_is_right_stays_as_it_is() -> None:
    assert check(RIGHT) == RIGHT


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("first_name", "  Mei   Lin ", "Mei Lin"),
        ("first_name", "d'Artagnan", "d'Artagnan"),
        ("first_name", "J.P.", "J.P."),
        ("first_name", "小龙", "小龙"),
        ("first_name", "Zoe\u0308", "Zoë"),
        ("bsn", "111.222.333", "111222333"),
        ("bsn", " ", ""),
        ("email", " verweg@bücher.example ", "verweg@xn--bcher-kva.example"),
        ("origin_brin", "03 xy 01", "03XY01"),
        ("origin_school", "De\nMolen\u202e", "De Molen"),
    ],
)
def test_a_field_gets_its_one_spelling(field: str, typed: str, kept: str) -> None:
    given: dict[str, Any] = {field: typed}
    assert getattr(check(replace(RIGHT, **given)), field) == kept


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("first_name", name) for name in ("", " ", TURNED, LONG, "Kijk op evil.example", "bel 0900", "a@b", "a/b", "<b>")),
        *(("last_name", name) for name in ("", "\n", TURNED, LONG, "x\x00")),
        *(("infix", name) for name in (TURNED, LONG)),
        *(("official_names", name) for name in (TURNED, LONG)),
        *(("birth_date", day) for day in (date(2020, 1, 1), date(1999, 1, 1), date(1, 1, 1), date(9999, 1, 1))),
        *(("gender", letter) for letter in ("X", "m", LONG)),
        *(("bsn", number) for number in ("123456789", "000000000", "1234", "١١١٢٢٢٣٣٣", LONG)),
        *(("email", text) for text in ("", "geen", "a@b", "a@b.nl\nBcc: c@d.nl", "a b@c.nl", "a@" + LONG + ".nl")),
        *(("origin_school", text) for text in ("", "\u202e", LONG, "x\x07")),
        *(("origin_brin", text) for text in ("12", "ABCD", "12AB0", LONG)),
        *(("advice", code) for code in ("", "havo", LONG)),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_right_is_named(field: str, typed: Any) -> None:
    head, *rest = field.split("_")
    given = {field: typed}
    assert wrong(replace(RIGHT, **given)) == [head + "".join(word.capitalize() for word in rest)]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("street", ""),
        ("street", LONG),
        ("street", "x\x07"),
        ("house_number", ""),
        ("house_number", "x" * 21),
        ("postcode", ""),
        ("postcode", "0511 AB"),
        ("postcode", "x" * 13),
        ("city", " \u202e "),
        ("country", LONG),
    ],
)
def test_so_is_a_field_of_the_home(field: str, typed: str) -> None:
    given: dict[str, Any] = {field: typed}
    assert wrong(replace(RIGHT, address=replace(HOME, **given)))[0].startswith("address.")


def test_a_home_abroad_has_a_postcode_of_its_own_kind() -> None:
    abroad = replace(HOME, country="België", postcode="2000")
    assert check(replace(RIGHT, address=abroad)).address == abroad


@pytest.mark.parametrize("field", ["last_name", "first_name", "initials", "infix", "relation", "phone"])
def test_so_is_a_field_of_the_parent(field: str) -> None:
    given = {field: LONG}
    (path,) = wrong(replace(RIGHT, guardian=replace(RIGHT.guardian, **given)))
    assert path.startswith("guardian.")


def test_an_advice_of_another_way_says_which() -> None:
    with pytest.raises(Refusals) as refused:
        check(replace(RIGHT, advice="VSO", last_name=""))
    last_name, advice = refused.value.refusals
    assert last_name.path == ("lastName",)
    assert isinstance(advice, AdviceNotOnForm)
    assert "Praat met de school." in advice.message


def test_what_is_kept_as_json_holds_no_bsn_and_no_address_to_mail() -> None:
    told = replace(RIGHT, bsn="111222333").told()
    assert "111222333" not in repr(told)
    assert "verweg@example.org" not in repr(told)
    assert told["address"]["city"] == "Utrecht"
