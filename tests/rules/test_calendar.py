"""Rule 3: half-open windows on the clock of Amsterdam, judged to the microsecond."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import (
    AMSTERDAM,
    Calendar,
    PeriodClosed,
    Span,
    Window,
    YearClosed,
    closed,
    in_dutch,
    spans_of,
)
from rules.vocabulary import PeriodKind

MICROSECOND = timedelta(microseconds=1)


def at(text: str, *, fold: int = 0) -> datetime:
    """On the wall clock in Amsterdam; `fold=1`: the second 02:30 of the last night of October."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM, fold=fold)


REQUEST = Span(at("2027-03-08 00:00"), at("2027-03-15 00:00"))
SENDING = Span(at("2027-03-08 00:00"), at("2027-03-24 00:00"))
APPLICATION = Span(at("2027-03-15 00:00"), at("2027-03-25 00:00"))
HANDLING = Span(at("2027-03-25 00:00"), at("2027-05-20 16:00"))
LOTTERY = Span(at("2027-04-19 00:00"), at("2027-04-24 00:00"))
CENTRAL = Span(at("2027-05-17 00:00"), at("2027-05-20 00:00"))
OWN = Span(at("2027-04-02 12:00"), at("2027-04-07 12:00"))
SPANS = {
    PeriodKind.LOGIN_REQUEST: REQUEST,
    PeriodKind.PARENT_LOGIN_SENDING: SENDING,
    PeriodKind.APPLICATION: APPLICATION,
    PeriodKind.HANDLING: HANDLING,
    PeriodKind.DECENTRAL_LOTTERY: LOTTERY,
    PeriodKind.CENTRAL_PLACEMENT: CENTRAL,
    PeriodKind.ANNOUNCEMENT: Span(at("2027-05-20 16:00"), None),
}
YEAR = Calendar(spans=SPANS)
WITH_OWN = Calendar(spans=SPANS, own_windows=(OWN,))
FAR = at("2027-07-31 23:59")

OPEN_IN = [
    (Window.SENDING, YEAR, [(SENDING.opens_at, SENDING.closes_at)]),
    (Window.REQUESTING, YEAR, [(REQUEST.opens_at, APPLICATION.closes_at)]),
    (Window.APPLYING, YEAR, [(APPLICATION.opens_at, APPLICATION.closes_at)]),
    (
        Window.APPLYING,
        WITH_OWN,
        [(APPLICATION.opens_at, APPLICATION.closes_at), (OWN.opens_at, OWN.closes_at)],
    ),
    (Window.FAMILY_DOCUMENTS, YEAR, [(APPLICATION.opens_at, HANDLING.closes_at)]),
    (Window.HANDLING, YEAR, [(HANDLING.opens_at, HANDLING.closes_at)]),
    (Window.UNTIL_CENTRAL_PLACEMENT, YEAR, [(HANDLING.opens_at, CENTRAL.opens_at)]),
    (Window.FROM_CENTRAL_PLACEMENT, YEAR, [(CENTRAL.opens_at, HANDLING.closes_at)]),
    (Window.PLACING, YEAR, [(HANDLING.opens_at, HANDLING.closes_at)]),
    (Window.FROM_HANDLING_ON, YEAR, [(HANDLING.opens_at, None)]),
    (Window.FROM_APPLICATION_ON, YEAR, [(APPLICATION.opens_at, None)]),
]
"""Each window of the table of rule 3, with the stretches it is open in; neighbours are one stretch."""


def is_open(window: Window, calendar: Calendar, now: datetime, *, deferred: bool = False) -> bool:
    return closed(window=window, calendar=calendar, now=now, deferred=deferred) is None


class TestEveryWindow:
    def test_stands_in_the_table(self) -> None:
        assert {window for window, _, _ in OPEN_IN} == set(Window) - {Window.ALWAYS}

    @pytest.mark.parametrize(("window", "calendar", "stretches"), OPEN_IN)
    def test_opens_and_closes_to_the_microsecond(
        self, window: Window, calendar: Calendar, stretches: list[tuple[datetime, datetime | None]]
    ) -> None:
        for opens_at, closes_at in stretches:
            assert not is_open(window, calendar, opens_at - MICROSECOND)
            assert is_open(window, calendar, opens_at)
            if closes_at is None:
                assert is_open(window, calendar, FAR)
            else:
                assert is_open(window, calendar, closes_at - MICROSECOND)
                assert not is_open(window, calendar, closes_at)

    @pytest.mark.parametrize(("window", "calendar", "stretches"), OPEN_IN)
    def test_is_closed_in_a_closed_year(
        self, window: Window, calendar: Calendar, stretches: list[tuple[datetime, datetime | None]]
    ) -> None:
        over = Calendar(spans=calendar.spans, own_windows=calendar.own_windows, year_closed=True)
        refusal = closed(window=window, calendar=over, now=stretches[0][0])
        assert isinstance(refusal, YearClosed)

    @pytest.mark.parametrize("window", sorted(set(Window) - {Window.ALWAYS}))
    def test_without_dates_is_closed_and_says_that_there_are_none(self, window: Window) -> None:
        refusal = closed(window=window, calendar=Calendar(), now=at("2027-03-17 10:00"))
        assert isinstance(refusal, PeriodClosed)
        assert (refusal.opens_at, refusal.closes_at, refusal.too_early) == (None, None, False)
        assert "nog geen data" in refusal.message

    @pytest.mark.parametrize("window", Window)
    @pytest.mark.parametrize("left_out", PeriodKind)
    def test_misses_a_date_without_a_fault(self, window: Window, left_out: PeriodKind) -> None:
        spans: dict[PeriodKind, Span] = {kind: span for kind, span in SPANS.items() if kind != left_out}
        for moment in (at("2027-01-01 00:00"), at("2027-03-17 10:00"), at("2027-05-18 10:00"), FAR):
            refusal = closed(window=window, calendar=Calendar(spans=spans), now=moment)
            assert refusal is None or refusal.message

    def test_always_is_always(self) -> None:
        for moment in (
            datetime(1, 1, 2, tzinfo=UTC),
            at("2027-03-17 10:00"),
            datetime(9999, 12, 30, tzinfo=UTC),
        ):
            assert is_open(Window.ALWAYS, Calendar(), moment)
        assert not is_open(Window.ALWAYS, Calendar(year_closed=True), at("2027-03-17 10:00"))


class TestCentralPlacement:
    def test_that_has_no_date_leaves_drawing_out_to_the_end_and_reassigning_nowhere(self) -> None:
        spans: dict[PeriodKind, Span] = {**SPANS}
        del spans[PeriodKind.CENTRAL_PLACEMENT]
        without = Calendar(spans=spans)
        assert is_open(Window.UNTIL_CENTRAL_PLACEMENT, without, at("2027-05-18 10:00"))
        assert not is_open(Window.FROM_CENTRAL_PLACEMENT, without, at("2027-05-18 10:00"))

    def test_hands_over_at_one_moment(self) -> None:
        begins = CENTRAL.opens_at
        for moment, drawing in ((begins - MICROSECOND, True), (begins, False)):
            assert is_open(Window.UNTIL_CENTRAL_PLACEMENT, YEAR, moment) is drawing
            assert is_open(Window.FROM_CENTRAL_PLACEMENT, YEAR, moment) is not drawing


class TestADeferredPupil:
    @pytest.mark.parametrize(("deferred", "still"), [(True, True), (False, False)])
    def test_is_placed_after_the_announcement_too(self, deferred: bool, still: bool) -> None:
        assert is_open(Window.PLACING, YEAR, at("2027-05-20 16:00"), deferred=deferred) is still
        assert is_open(Window.PLACING, YEAR, FAR, deferred=deferred) is still
        assert not is_open(Window.PLACING, YEAR, at("2027-03-24 23:59"), deferred=deferred)


class TestAWindowOfOnesOwn:
    def test_opens_applying_for_one_child_and_nothing_else(self) -> None:
        during = at("2027-04-05 10:00")
        assert is_open(Window.APPLYING, WITH_OWN, during)
        assert not is_open(Window.APPLYING, YEAR, during)
        for window in (Window.SENDING, Window.REQUESTING):
            assert not is_open(window, WITH_OWN, during)

    def test_counts_where_the_region_has_no_dates_at_all(self) -> None:
        assert is_open(Window.APPLYING, Calendar(own_windows=(OWN,)), OWN.opens_at)

    def test_may_be_one_of_several(self) -> None:
        second = Span(at("2027-05-01 00:00"), at("2027-05-06 00:00"))
        several = Calendar(spans=SPANS, own_windows=(second, OWN))
        assert [span.opens_at for span in spans_of(window=Window.APPLYING, calendar=several)] == [
            APPLICATION.opens_at,
            OWN.opens_at,
            second.opens_at,
        ]
        assert is_open(Window.APPLYING, several, at("2027-05-05 23:59"))
        assert not is_open(Window.APPLYING, several, at("2027-04-20 00:00"))


class TestWhatItSays:
    def test_before_is_from_when(self) -> None:
        refusal = closed(window=Window.APPLYING, calendar=YEAR, now=at("2027-03-14 12:00"))
        assert isinstance(refusal, PeriodClosed)
        assert (refusal.opens_at, refusal.too_early) == (APPLICATION.opens_at, True)
        assert refusal.message == "Dit kan nog niet. Het kan vanaf 15 maart 2027 om 00.00 uur."

    def test_after_is_until_when(self) -> None:
        refusal = closed(window=Window.APPLYING, calendar=YEAR, now=at("2027-03-25 00:00"))
        assert isinstance(refusal, PeriodClosed)
        assert refusal.message == "Dit kan niet meer. Het kon tot 25 maart 2027 om 00.00 uur."

    def test_between_is_from_when_again(self) -> None:
        refusal = closed(window=Window.APPLYING, calendar=WITH_OWN, now=at("2027-03-30 00:00"))
        assert isinstance(refusal, PeriodClosed)
        assert (refusal.opens_at, refusal.too_early) == (OWN.opens_at, True)

    def test_afterwards_is_the_latest_end_whichever_began_last(self) -> None:
        """A window of one's own lies within handling, and ended before it."""
        refusal = closed(window=Window.FAMILY_DOCUMENTS, calendar=WITH_OWN, now=at("2027-06-01 00:00"))
        assert isinstance(refusal, PeriodClosed)
        assert refusal.closes_at == HANDLING.closes_at

    @pytest.mark.parametrize(
        ("moment", "words"),
        [
            (datetime(2027, 3, 17, 9, 5, tzinfo=UTC), "17 maart 2027 om 10.05 uur"),
            (datetime(2027, 7, 1, 22, 30, tzinfo=UTC), "2 juli 2027 om 00.30 uur"),
            (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "1 januari 2027 om 00.00 uur"),
        ],
    )
    def test_is_in_the_time_of_amsterdam(self, moment: datetime, words: str) -> None:
        assert in_dutch(moment=moment) == words


class TestTheNightsTheClockIsChanged:
    """28 March 2027: 02:00 becomes 03:00. 31 October 2027: 03:00 becomes 02:00, so 02:30 is twice."""

    def test_in_march_a_window_ends_at_its_moment_though_an_hour_is_not_there(self) -> None:
        night = Calendar(spans={PeriodKind.HANDLING: Span(at("2027-03-27 00:00"), at("2027-03-28 03:00"))})
        assert is_open(Window.HANDLING, night, datetime(2027, 3, 28, 0, 59, 59, 999_999, tzinfo=UTC))
        assert not is_open(Window.HANDLING, night, datetime(2027, 3, 28, 1, 0, tzinfo=UTC))
        assert not is_open(Window.HANDLING, night, at("2027-03-28 03:00"))
        assert is_open(Window.HANDLING, night, at("2027-03-28 01:59:59"))

    @pytest.mark.parametrize("zone", [AMSTERDAM, UTC])
    def test_in_october_the_first_half_past_two_is_not_the_second(self, zone: object) -> None:
        def given_as(moment: datetime) -> datetime:
            return moment.astimezone(UTC) if zone is UTC else moment

        second = Calendar(
            spans={PeriodKind.HANDLING: Span(at("2027-10-31 02:15", fold=1), at("2027-11-01 00:00"))}
        )
        assert not is_open(Window.HANDLING, second, given_as(at("2027-10-31 02:30")))
        assert is_open(Window.HANDLING, second, given_as(at("2027-10-31 02:30", fold=1)))
        first = Calendar(spans={PeriodKind.HANDLING: Span(at("2027-10-30 00:00"), at("2027-10-31 02:45"))})
        assert is_open(Window.HANDLING, first, given_as(at("2027-10-31 02:30")))
        assert not is_open(Window.HANDLING, first, given_as(at("2027-10-31 02:15", fold=1)))
        refusal = closed(window=Window.HANDLING, calendar=first, now=given_as(at("2027-10-31 02:15", fold=1)))
        assert isinstance(refusal, PeriodClosed)
        assert not refusal.too_early

    def test_a_day_of_25_hours_is_open_for_25(self) -> None:
        day = Calendar(spans={PeriodKind.HANDLING: Span(at("2027-10-31 00:00"), at("2027-11-01 00:00"))})
        began = at("2027-10-31 00:00").astimezone(UTC)
        hours = [is_open(Window.HANDLING, day, began + timedelta(hours=hour)) for hour in range(26)]
        assert hours == [True] * 25 + [False]


MOMENTS = st.datetimes(min_value=datetime(2026, 8, 1), max_value=datetime(2027, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
SOME_SPAN = st.tuples(MOMENTS, MOMENTS).map(lambda pair: Span(min(pair), max(pair)))
CALENDARS = st.builds(
    Calendar,
    spans=st.dictionaries(st.sampled_from([kind for kind in PeriodKind if kind is not PeriodKind.ANNOUNCEMENT]), SOME_SPAN),
    own_windows=st.lists(SOME_SPAN, max_size=3).map(tuple),
)  # fmt: skip


class TestAnyCalendar:
    @given(calendar=CALENDARS, window=st.sampled_from(Window), now=MOMENTS, deferred=st.booleans())
    def test_is_open_just_where_a_span_holds_and_else_says_where_it_was_or_will_be(
        self, calendar: Calendar, window: Window, now: datetime, deferred: bool
    ) -> None:
        spans = spans_of(window=window, calendar=calendar, deferred=deferred)
        refusal = closed(window=window, calendar=calendar, now=now, deferred=deferred)
        holds = [s for s in spans if s.opens_at <= now and (s.closes_at is None or now < s.closes_at)]
        assert (refusal is None) == bool(holds)
        if refusal is None:
            return
        assert isinstance(refusal, PeriodClosed)
        if refusal.opens_at is None:
            assert not spans
        elif refusal.too_early:
            assert refusal.opens_at == min(s.opens_at for s in spans if s.opens_at > now)
        else:
            assert refusal.closes_at == max(s.closes_at for s in spans if s.closes_at)
            assert refusal.closes_at <= now
        assert refusal.message.endswith(".")

    @given(calendar=CALENDARS, window=st.sampled_from(Window), now=MOMENTS)
    def test_answers_the_same_whatever_zone_the_moment_is_told_in(
        self, calendar: Calendar, window: Window, now: datetime
    ) -> None:
        here = closed(window=window, calendar=calendar, now=now)
        there = closed(window=window, calendar=calendar, now=now.astimezone(AMSTERDAM))
        assert (here is None) == (there is None)

    @given(calendar=CALENDARS, now=MOMENTS)
    def test_with_a_window_of_ones_own_is_never_less_open(self, calendar: Calendar, now: datetime) -> None:
        for window in Window:
            if is_open(window, Calendar(spans=calendar.spans), now):
                assert is_open(window, calendar, now)
