"""Rule 24: what a request for a login leads to, and what the region may answer."""

from typing import Any

import pytest

from rules.login_request import Answer, address, answer, elk_number, reason
from rules.parent_login import Situation
from rules.refusal import Refusal, Refusals
from rules.vocabulary import LoginStatus, NotPlacingReason


def situation(**changes: Any) -> Situation:
    """A child that rule 8 lets go."""
    given: dict[str, Any] = {
        "login_status": LoginStatus.NOT_SENT,
        "oki_doc_final": True,
        "test_result_loaded": True,
        "test_exemption": "",
        "advice": "HAVO",
        "list_length": 5,
        "other_way": "",
        "email": "ouder@example.org",
        "not_placing_reason": None,
        **changes,
    }
    return Situation(**given)


class TestAnAnswer:
    @pytest.mark.parametrize(
        ("changes", "leads_to"),
        [
            ({}, Answer.MAIL_1),
            ({"email": ""}, Answer.REGION_DECIDES),
            ({"oki_doc_final": False}, Answer.REGION_DECIDES),
            ({"test_result_loaded": False}, Answer.REGION_DECIDES),
            ({"test_result_loaded": False, "test_exemption": "wet"}, Answer.MAIL_1),
            ({"advice": None, "list_length": None}, Answer.REGION_DECIDES),
            ({"advice": "VSO", "list_length": None}, Answer.REGION_DECIDES),
            ({"reconsideration_open": True}, Answer.REGION_DECIDES),
            ({"has_oki_doc": False, "oki_doc_final": False, "test_result_loaded": False}, Answer.MAIL_1),
            ({"not_placing_reason": NotPlacingReason.MOVED}, Answer.NOTHING),
            (
                {"not_placing_reason": NotPlacingReason.MOVED, "login_status": LoginStatus.SENT},
                Answer.NOTHING,
            ),
            ({"login_status": LoginStatus.SENT}, Answer.MAIL_1_AGAIN),
            ({"login_status": LoginStatus.ACTIVATED}, Answer.NOTHING),
            ({"login_status": LoginStatus.ENROLMENT_STARTED}, Answer.NOTHING),
            ({"login_status": LoginStatus.ENROLMENT_FINAL}, Answer.NOTHING),
        ],
        ids=str,
    )
    def test_follows_from_the_child(self, changes: dict[str, Any], leads_to: Answer) -> None:
        assert answer(situation=situation(**changes), school_is_here=False) is leads_to

    @pytest.mark.parametrize("email", ["ouder@example.org", ""])
    def test_is_the_schools_where_the_school_is_here(self, email: str) -> None:
        assert answer(situation=situation(email=email), school_is_here=True) is Answer.NOTHING

    def test_repeats_also_what_the_school_here_sent(self) -> None:
        sent = situation(login_status=LoginStatus.SENT)
        assert answer(situation=sent, school_is_here=True) is Answer.MAIL_1_AGAIN


@pytest.mark.parametrize(
    ("typed", "number"), [(" 12345 ", "12345"), ("b12345", "B12345"), ("B12345", "B12345")]
)
def test_a_number_is_read_as_people_type_it(typed: str, number: str) -> None:
    assert elk_number(typed=typed) == number


class TestTheAddress:
    @pytest.mark.parametrize(
        ("known", "given", "goes_to"),
        [
            ("a@example.org", None, "a@example.org"),
            ("a@example.org", "  ", "a@example.org"),
            ("a@example.org", "A@EXAMPLE.ORG", "a@example.org"),
            ("", " b@example.org ", "b@example.org"),
        ],
    )
    def test_is_the_known_one_or_else_the_one_found_out(
        self, known: str, given: str | None, goes_to: str
    ) -> None:
        assert address(known=known, given=given) == goes_to

    @pytest.mark.parametrize(
        ("known", "given"), [("a@example.org", "b@example.org"), ("", None), ("", ""), ("", "geen adres")]
    )
    def test_is_refused_where_it_cannot_be(self, known: str, given: str | None) -> None:
        with pytest.raises(Refusal, match="INVALID_VALUE email"):
            address(known=known, given=given)


class TestAReason:
    @pytest.mark.parametrize(
        "typed", ["Bel 020-1234567.", "Bel 0612345678.", "In 2027 wel.", "Nummer 123456789."]
    )
    def test_may_hold_numbers_that_are_no_bsn(self, typed: str) -> None:
        assert reason(typed=f" {typed} ") == typed

    @pytest.mark.parametrize(
        "typed", ["111222333", "BSN:111222333.", "111 222 333", "111.222.333", "a123456782b"]
    )
    def test_holds_no_bsn(self, typed: str) -> None:
        with pytest.raises(Refusals) as refused:
            reason(typed=typed)
        (one,) = refused.value.refusals
        assert "BSN" in one.message
        assert "111222333" not in one.message
