"""Which passwords are refused, and which are nobody's business."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.passwords import PasswordTooWeak, check, known_words
from rules.refusal import Refusal

BREACHED = known_words(["Password1", "dragon", "letmein", "trustno1", "sunshine", "iloveyou"])
NAMES = ("78018", "Zoë", "van der Berg-Okafor", "31052015", "20150531")


def reason(password: str) -> str | None:
    try:
        check(password=password, names=NAMES, breached=BREACHED)
    except PasswordTooWeak as refused:
        return refused.reason
    return None


class TestAPasswordIsRefused:
    @pytest.mark.parametrize("password", ["", "1234567", "kort", "e\u0301" * 7])
    def test_when_it_has_fewer_than_8_characters(self, password: str) -> None:
        assert reason(password) == "TOO_SHORT"

    def test_when_it_has_more_than_128_characters(self) -> None:
        sentence = "een lange zin over de zee en de wind " * 5
        assert reason(sentence[:129]) == "TOO_LONG"
        assert reason(sentence[:128]) is None

    @pytest.mark.parametrize(
        "password",
        [
            "password1",
            "PASSWORD1",
            "iloveyou",
            "trustno1",
            "Dragon2026!",
            "dr@g0n2026",
            "!!letmein!!",
            "Welkom01",
            "welkom2026!",
            "W3lk0m!!",
            "Wachtwoord123",
            "Amsterdam1!",
            "Zomer2026",
            "12345678",
            "87654321",
            "abcdefgh",
            "aaaaaaaa",
            "hahahahaha",
            "abcabcab",
        ],
    )
    def test_when_guessers_try_it_first(self, password: str) -> None:
        assert reason(password) == "BREACHED"

    @pytest.mark.parametrize(
        "password",
        [
            "78018780",
            "78018-2027!",
            "zoëzoë2015",
            "ZOEZOE2015",
            "Zoë31052015",
            "31-05-2015",
            "20150531!!",
            "bergokafor",
            "Okafor!!!!",
            "vanderberg1",
        ],
    )
    def test_when_it_is_made_of_names_and_numbers_of_the_child(self, password: str) -> None:
        assert reason(password) == "LIKE_NAME"


class TestAPasswordIsGood:
    @pytest.mark.parametrize(
        "password",
        [
            "drie eenden op het gras",
            "correct horse battery staple",
            "zoë houdt van paarden",
            "kxvbnwqz",
            "dragons eat sunshine",
            "Geheim-genoeg-voor-ons",
            "李小龍喜歡功夫電影",
            "🐎🔋📎✅🌧🌷🚲🧀",
            "        x",
            "84019273",
        ],
    )
    def test_whatever_it_is_made_of(self, password: str) -> None:
        assert reason(password) is None

    @given(st.text(min_size=8, max_size=128))
    def test_or_gets_one_of_four_reasons_and_never_a_fault(self, password: str) -> None:
        assert reason(password) in (None, "TOO_SHORT", "BREACHED", "LIKE_NAME")


class TestTheReasonIsTold:
    def test_at_the_field_it_is_about(self) -> None:
        with pytest.raises(PasswordTooWeak) as refused:
            check(password="kort", names=(), breached=BREACHED)
        assert refused.value.path == ("password",)

    @pytest.mark.parametrize("why", ["TOO_SHORT", "TOO_LONG", "BREACHED", "LIKE_NAME"])
    def test_with_what_to_do(self, why: str) -> None:
        refused: Refusal = PasswordTooWeak(reason=why)
        assert "Kies" in refused.message
