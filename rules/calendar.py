"""Rule 3: when an act is open. Dates are data; this module only compares them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from zoneinfo import ZoneInfo

from rules.refusal import Refusal
from rules.vocabulary import PeriodKind

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]


def in_dutch(*, moment: datetime) -> str:
    """A moment as a family reads it: 17 maart 2027 om 16.00 uur."""
    local = moment.astimezone(AMSTERDAM)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year} om {local:%H.%M} uur"


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open: opens_at <= now < closes_at. Without closes_at it stays open until the year closes."""

    opens_at: datetime
    closes_at: datetime | None

    def holds(self, now: datetime) -> bool:
        return self.opens_at <= now and (self.closes_at is None or now < self.closes_at)


@dataclass(frozen=True, slots=True)
class Calendar:
    """One region's tijdpad in one year, and the windows one family has for itself (rules 7, 22)."""

    spans: Mapping[PeriodKind, Span] = field(default_factory=dict)
    year_closed: bool = False
    own_windows: tuple[Span, ...] = ()

    def opening(self, kind: PeriodKind) -> datetime | None:
        span = self.spans.get(kind)
        return span.opens_at if span else None

    def is_open(self, kind: PeriodKind, now: datetime) -> bool:
        span = self.spans.get(kind)
        return span is not None and span.holds(now)


def own_span(*, now: datetime, days: int) -> Span:
    """A window for one family alone (rules 7 and 22): whole days on the clock on the wall, up to a full hour."""
    wall = now.astimezone(AMSTERDAM) + timedelta(days=days)
    whole = wall.replace(minute=0, second=0, microsecond=0)
    return Span(now, whole if whole == wall else whole + timedelta(hours=1))


class Window(StrEnum):
    """When an act is open, by the table of rule 3."""

    ALWAYS = "the whole school year"
    SENDING = "parent-login sending"
    REQUESTING = "login request and application"
    APPLYING = "application, or an individual window"
    FAMILY_DOCUMENTS = "application and handling"
    HANDLING = "handling, and after it for a late pupil"
    UNTIL_CENTRAL_PLACEMENT = "handling, until central placement begins"
    FROM_CENTRAL_PLACEMENT = "from central placement on, within handling"
    PLACING = "handling, and after the announcement for a deferred or late pupil"
    FROM_HANDLING_ON = "handling, until the year closes"
    FROM_APPLICATION_ON = "application, until the year closes"


def spans_of(*, window: Window, calendar: Calendar, deferred: bool = False, late: bool = False) -> list[Span]:
    """Every span in which `window` is open, in order; empty when its dates are not set.

    `deferred`: the school has told the parents that it needs more time. `late`: the enrolment came in a window of
    its own (rules 7 and 22), so that its school may have had no time before the announcement.
    """
    at = calendar.spans
    handling = at.get(PeriodKind.HANDLING)
    central = at.get(PeriodKind.CENTRAL_PLACEMENT)
    match window:
        case Window.ALWAYS:
            return [Span(datetime.min.replace(tzinfo=AMSTERDAM), None)]
        case Window.SENDING:
            found = [at.get(PeriodKind.PARENT_LOGIN_SENDING)]
        case Window.REQUESTING:
            found = [at.get(PeriodKind.LOGIN_REQUEST), at.get(PeriodKind.APPLICATION)]
        case Window.APPLYING:
            found = [at.get(PeriodKind.APPLICATION), *calendar.own_windows]
        case Window.FAMILY_DOCUMENTS:
            found = [at.get(PeriodKind.APPLICATION), handling, *calendar.own_windows]
        case Window.HANDLING:
            found = [Span(handling.opens_at, None if late else handling.closes_at)] if handling else []
        case Window.UNTIL_CENTRAL_PLACEMENT:
            found = (
                [Span(handling.opens_at, central.opens_at if central else handling.closes_at)]
                if handling
                else []
            )
        case Window.FROM_CENTRAL_PLACEMENT:
            found = [Span(central.opens_at, handling.closes_at)] if handling and central else []
        case Window.PLACING:
            ends = None if deferred or late else handling.closes_at if handling else None
            found = [Span(handling.opens_at, ends)] if handling else []
        case Window.FROM_HANDLING_ON:
            found = [Span(handling.opens_at, None)] if handling else []
        case Window.FROM_APPLICATION_ON:
            application = at.get(PeriodKind.APPLICATION)
            found = [Span(application.opens_at, None)] if application else []
    return sorted((span for span in found if span is not None), key=lambda span: span.opens_at)


@dataclass(eq=False)
class PeriodClosed(Refusal):
    """The act is not open now. `opens_at`/`closes_at`: the next span, else the last one; empty: no dates set."""

    code: ClassVar[str] = "PERIOD_CLOSED"
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    too_early: bool = False

    @property
    def message(self) -> str:
        return self.about(act="Dit")

    def about(self, *, act: str) -> str:
        """The same of an act by its name, where nobody just did it: Aanmelden kan niet meer."""
        if self.opens_at is None:
            return "Voor deze handeling zijn nog geen data vastgesteld. Neem contact op met de helpdesk."
        if self.too_early:
            return f"{act} kan nog niet. Het kan vanaf {in_dutch(moment=self.opens_at)}."
        if self.closes_at is None:
            return f"{act} kan nu niet meer."
        return f"{act} kan niet meer. Het kon tot {in_dutch(moment=self.closes_at)}."


@dataclass(eq=False)
class YearClosed(Refusal):
    """Rule 1: a closed year is readable, not writable."""

    code: ClassVar[str] = "YEAR_CLOSED"

    @property
    def message(self) -> str:
        return "Dit schooljaar is afgesloten. U kunt de gegevens nog bekijken, maar niet meer wijzigen."


def is_late(*, finalized_at: datetime, calendar: Calendar) -> bool:
    """Whether an enrolment was made definitive after handling began: in a window of its own (rules 7 and 22)."""
    handling = calendar.opening(PeriodKind.HANDLING)
    return handling is not None and finalized_at >= handling


def closed(
    *, window: Window, calendar: Calendar, now: datetime, deferred: bool = False, late: bool = False
) -> Refusal | None:
    """Why `window` is not open at `now`, or None when it is (rules 1 and 3)."""
    if calendar.year_closed:
        return YearClosed()
    # Two moments of one zone are compared by their clock faces, which show 02:30 twice in October.
    now = now.astimezone(UTC)
    spans = spans_of(window=window, calendar=calendar, deferred=deferred, late=late)
    if any(span.holds(now) for span in spans):
        return None
    coming = next((span for span in spans if span.opens_at > now), None)
    nearest = coming or max(spans, key=lambda span: span.closes_at or now, default=None)
    if nearest is None:
        return PeriodClosed()
    return PeriodClosed(opens_at=nearest.opens_at, closes_at=nearest.closes_at, too_early=coming is not None)
