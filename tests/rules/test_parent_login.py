"""Rules 8 to 11: when a parent login may be sent, every reason why not, and what its dot says."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import PeriodClosed
from rules.parent_login import (
    DOTS,
    AdviceNotOnForm,
    LoginAlreadyActive,
    NotPlacing,
    ParentLoginNotReady,
    Situation,
    send,
)
from rules.refusal import Refusal, Refusals
from rules.vocabulary import Colour, LoginStatus, NotPlacingReason

READY = Situation(
    login_status=LoginStatus.NOT_SENT,
    oki_doc_final=True,
    test_result_loaded=True,
    test_exemption="",
    advice="HAVO",
    list_length=5,
    other_way="",
    email="ouder@example.org",
    not_placing_reason=None,
)


def refusals(situation: Situation, *, window_closed: Refusal | None = None) -> list[Refusal]:
    try:
        send(situation=situation, window_closed=window_closed)
    except Refusals as refused:
        return list(refused.refusals)
    return []


def facts(situation: Situation) -> set[str]:
    """The unmet conditions, as clients read them."""
    found = [one for one in refusals(situation) if isinstance(one, ParentLoginNotReady)]
    return {fact.name for one in found for fact in fields(one) if getattr(one, fact.name) is True}


class TestSending:
    @pytest.mark.parametrize(
        "situation",
        [
            READY,
            replace(READY, login_status=LoginStatus.SENT),
            replace(READY, test_result_loaded=False, test_exemption="Kort in Nederland"),
            replace(READY, has_oki_doc=False, oki_doc_final=False),
            replace(READY, list_length=2, advice="VMBO_BB"),
        ],
        ids=["ready", "again", "exempt from the test", "an outside child", "two schools"],
    )
    def test_is_possible(self, situation: Situation) -> None:
        assert refusals(situation) == []

    @pytest.mark.parametrize(
        ("situation", "fact", "words"),
        [
            (
                replace(READY, oki_doc_final=False),
                "oki_doc_not_final",
                "Oki-doc staat nog niet op definitief",
            ),
            (replace(READY, test_result_loaded=False), "test_result_missing", "doorstroomtoets"),
            (replace(READY, advice=None, list_length=None), "advice_missing", "definitieve advies ontbreekt"),
            (replace(READY, reconsideration_open=True), "reconsideration_open", "heroverwogen"),
            (replace(READY, email=""), "email_missing", "e-mailadres"),
        ],
    )
    def test_is_kept_back_by_each_unmet_condition_by_itself(
        self, situation: Situation, fact: str, words: str
    ) -> None:
        assert facts(situation) == {fact}
        (only,) = refusals(situation)
        assert words in only.message

    def test_names_all_that_is_unmet_in_one_sentence(self) -> None:
        nothing = replace(
            READY, oki_doc_final=False, test_result_loaded=False, advice=None, list_length=None,
            test_advice_unread=True, reconsideration_open=True, email="",
        )  # fmt: skip
        (only,) = refusals(nothing)
        assert isinstance(only, ParentLoginNotReady)
        assert len(facts(nothing)) == len(fields(ParentLoginNotReady))
        assert only.message.count(";") == 5
        assert only.message.endswith(".")

    def test_of_an_advice_elsewhere_says_which_way_the_child_goes(self) -> None:
        other = replace(READY, advice="VSO", list_length=None, other_way="De basisschool meldt uw kind aan.")
        (only,) = refusals(other)
        assert isinstance(only, AdviceNotOnForm)
        assert (only.advice, only.other_way) == ("VSO", "De basisschool meldt uw kind aan.")
        assert "De basisschool meldt uw kind aan." in only.message
        assert refusals(replace(other, other_way=""))[0].message.endswith("formulier.")

    @pytest.mark.parametrize(
        ("reason", "word"),
        [
            (NotPlacingReason.DEREGISTERED, "uitgeschreven"),
            (NotPlacingReason.MOVED, "verhuisd"),
            (NotPlacingReason.REPEATS_GROUP_8, "groep-8-doubleerder"),
        ],
    )
    def test_of_a_child_that_is_not_placed_is_refused_with_the_reason(
        self, reason: NotPlacingReason, word: str
    ) -> None:
        (only,) = refusals(replace(READY, not_placing_reason=reason))
        assert isinstance(only, NotPlacing)
        assert word in only.message

    def test_names_reasons_of_every_kind_at_once_the_period_first(self) -> None:
        worst = replace(
            READY, login_status=LoginStatus.ACTIVATED, not_placing_reason=NotPlacingReason.MOVED, advice="VSO",
            list_length=None, email="",
        )  # fmt: skip
        kinds = [type(one) for one in refusals(worst, window_closed=PeriodClosed())]
        assert kinds == [PeriodClosed, NotPlacing, LoginAlreadyActive, AdviceNotOnForm, ParentLoginNotReady]


class TestSendingAgain:
    @pytest.mark.parametrize("status", LoginStatus)
    def test_is_possible_until_the_account_is_active(self, status: LoginStatus) -> None:
        found = refusals(replace(READY, login_status=status))
        if status in (LoginStatus.NOT_SENT, LoginStatus.SENT):
            assert found == []
        else:
            assert [type(one) for one in found] == [LoginAlreadyActive]


class TestTheDot:
    @pytest.mark.parametrize(
        ("status", "colour", "letters"),
        [
            (LoginStatus.NOT_SENT, Colour.WHITE, None),
            (LoginStatus.SENT, Colour.BLUE, None),
            (LoginStatus.ACTIVATED, Colour.GREEN, None),
            (LoginStatus.ENROLMENT_STARTED, Colour.GREEN, "AG"),
            (LoginStatus.ENROLMENT_FINAL, Colour.GREEN, "AV"),
        ],
    )
    def test_has_a_colour_letters_and_words_for_each_state(
        self, status: LoginStatus, colour: Colour, letters: str | None
    ) -> None:
        assert (DOTS[status].colour, DOTS[status].letters) == (colour, letters)
        assert DOTS[status].label

    def test_is_another_for_each_state(self) -> None:
        assert set(DOTS) == set(LoginStatus)
        assert len({(dot.colour, dot.letters, dot.label) for dot in DOTS.values()}) == len(DOTS)


SITUATIONS = st.builds(
    Situation,
    login_status=st.sampled_from(LoginStatus),
    oki_doc_final=st.booleans(),
    test_result_loaded=st.booleans(),
    test_exemption=st.sampled_from(["", "Kort in Nederland"]),
    advice=st.sampled_from([None, "HAVO", "VSO"]),
    list_length=st.sampled_from([None, 2, 5]),
    other_way=st.sampled_from(["", "Via de basisschool."]),
    email=st.sampled_from(["", "ouder@example.org"]),
    not_placing_reason=st.none() | st.sampled_from(NotPlacingReason),
    reconsideration_open=st.booleans(),
    has_oki_doc=st.booleans(),
)


class TestAnySituation:
    @given(situation=SITUATIONS, closed=st.booleans())
    def test_is_sent_just_when_nothing_stands_in_the_way(self, situation: Situation, closed: bool) -> None:
        found = refusals(situation, window_closed=PeriodClosed() if closed else None)
        may = (
            not closed
            and situation.login_status in (LoginStatus.NOT_SENT, LoginStatus.SENT)
            and (situation.oki_doc_final or not situation.has_oki_doc)
            and (not situation.has_oki_doc or situation.test_result_loaded or bool(situation.test_exemption))
            and not situation.test_advice_unread
            and situation.advice is not None
            and situation.list_length is not None
            and not situation.reconsideration_open
            and bool(situation.email)
            and situation.not_placing_reason is None
        )
        # Without an advice there is no list either: the advice is what is named.
        if situation.advice is None and situation.list_length is None:
            assert "advice_missing" in facts(situation)
        assert (found == []) is may
        assert len({type(one) for one in found}) == len(found)
        assert all(one.message.endswith(".") for one in found)

    @given(situation=SITUATIONS)
    def test_gets_no_better_by_an_unmet_condition_more(self, situation: Situation) -> None:
        assert facts(situation) <= facts(replace(situation, email="", reconsideration_open=True))
