"""The numbers of signing in: names, networks, and how waiting grows."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import sign_in
from rules.calendar import Calendar, Span
from rules.sign_in import FAMILIAR, STRANGER, STRANGER_UNDER_ATTACK, BackOff, TooManyAttempts
from rules.vocabulary import PeriodKind

NOON = datetime(2027, 3, 17, 12, tzinfo=UTC)


class TestAUserName:
    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            ("78018", "78018"),
            (" 78018\n", "78018"),
            ("b78018", "B78018"),
            ("Anne@School.example", "anne@school.example"),
            ("Zoe\u0308", "zo\u00eb"),
            ("a\u0000b", ""),
            ("\u202eanne", ""),
            ("x" * 255, ""),
        ],
    )
    def test_has_one_spelling(self, typed: str, name: str) -> None:
        assert sign_in.username(typed=typed) == name


class TestANetwork:
    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("192.0.2.1", "192.0.2.1", True),
            ("192.0.2.1", "192.0.2.2", False),
            ("192.0.2.1", "::ffff:192.0.2.1", True),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
            ("", "testclient", True),
        ],
    )
    def test_is_an_address_or_the_64_of_a_longer_one(self, one: str, other: str, same: bool) -> None:
        assert (sign_in.network(address=one) == sign_in.network(address=other)) is same


class TestWaiting:
    def test_begins_after_the_free_tries_and_doubles_to_an_end(self) -> None:
        curve = BackOff(free=3, longest=30, remembered=3600)
        assert [curve.delay(tries=n) for n in range(1, 9)] == [0, 0, 2, 4, 8, 16, 30, 30]

    @pytest.mark.parametrize("curve", [STRANGER, STRANGER_UNDER_ATTACK, FAMILIAR])
    @given(tries=st.integers(min_value=0, max_value=10_000))
    def test_never_shrinks_and_never_passes_its_end(self, curve: BackOff, tries: int) -> None:
        assert 0 <= curve.delay(tries=tries) <= curve.delay(tries=tries + 1) <= curve.longest

    def test_is_short_where_the_account_is_at_home(self) -> None:
        assert FAMILIAR.longest <= 60
        assert FAMILIAR.free > STRANGER.free > STRANGER_UNDER_ATTACK.free >= 2

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(1, "1 seconde en"), (45, "45 seconden"), (90, "2 minuten"), (900, "15 minuten")],
    )
    def test_is_told_in_words(self, seconds: int, words: str) -> None:
        assert words in TooManyAttempts(retry_after_seconds=seconds).message


class TestATrace:
    def test_is_left_by_powers_of_ten(self) -> None:
        assert [n for n in range(20_000) if sign_in.leaves_trace(tries=n)] == [1, 10, 100, 1000, 10_000]


class TestTheLinkOfMail1:
    def test_lives_until_the_application_period_ends(self) -> None:
        spans = {PeriodKind.APPLICATION: Span(NOON, NOON + timedelta(days=7))}
        assert sign_in.parent_link_ends(calendar=Calendar(spans=spans)) == NOON + timedelta(days=7)

    def test_lives_as_long_as_a_family_has_a_window_of_its_own(self) -> None:
        spans = {PeriodKind.APPLICATION: Span(NOON, NOON + timedelta(days=7))}
        own = (Span(NOON + timedelta(days=20), NOON + timedelta(days=25)),)
        ends_at = sign_in.parent_link_ends(calendar=Calendar(spans=spans, own_windows=own))
        assert ends_at == NOON + timedelta(days=25)

    def test_has_no_end_while_none_is_set(self) -> None:
        assert sign_in.parent_link_ends(calendar=Calendar()) is None
        assert not sign_in.is_over(ends_at=None, now=NOON)

    def test_is_over_at_the_moment_itself(self) -> None:
        assert sign_in.is_over(ends_at=NOON, now=NOON)
        assert not sign_in.is_over(ends_at=NOON, now=NOON - timedelta(microseconds=1))
