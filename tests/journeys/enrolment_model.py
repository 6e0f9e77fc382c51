"""What there should be after any row of acts about an enrolment: rules 2, 7, 11, 16, 17, 21 and 22, told again.

Small and pure, and not made of what it is compared with. A department is named by its school and the advice
it is for: "0-HAVO"; those for vwo take havo too. An act answers its error code and the audit rows it leaves.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rules.calendar import AMSTERDAM

LENGTHS = {"VMBO_BB": 1, "HAVO": 2, "VWO": 2}
"""How long a list is; with any other advice a child is not enrolled by this form."""
HERE, THERE = "AMSTELLAND", "AMSTERDAM"
SCHOOLS = {HERE: (0, 1, 2), THERE: (6, 7, 8)}
OPENED = datetime.fromisoformat("2027-03-15T00:00+01:00")
CLOSES = datetime.fromisoformat("2027-03-25T00:00+01:00")
OWN_WINDOW_DAYS = 5

NOTHING, CONCEPT, FINAL = "", "CONCEPT", "FINAL"

Audit = Counter[tuple[str, str]]
Answer = tuple[str | None, Audit]
"""The code of the refusal, none when it is done; per table and kind of change the audit rows."""


def refused(code: str) -> Answer:
    return code, Counter()


@dataclass
class Form:
    """One region's form of one child, and how many went before it."""

    status: str = NOTHING
    version: int = 0
    choices: tuple[str, ...] = ()
    withdrawn: int = 0
    letters: str = ""


@dataclass
class Child:
    advice: str = "HAVO"
    oki_doc_version: int = 1
    reason: bool = False
    forms: dict[str, Form] = field(default_factory=lambda: {HERE: Form(), THERE: Form()})
    windows: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    mails: Counter[tuple[str, str]] = field(default_factory=Counter)
    ended_by_school: str | None = None
    """The region of its last definitive form, where the school ended that."""

    @property
    def final_in(self) -> str | None:
        return next((region for region, form in self.forms.items() if form.status == FINAL), None)

    def fits(self, choices: tuple[str, ...]) -> bool:
        """Rule 17: so long exactly, each school once, every department open to the advice."""
        schools = {choice.partition("-")[0] for choice in choices}
        is_open = (self.takes(choice) for choice in choices)
        return len(choices) == len(schools) == LENGTHS.get(self.advice) and all(is_open)

    def takes(self, choice: str) -> bool:
        return self.advice in {"VWO": ("VWO", "HAVO")}.get(choice.partition("-")[2], (choice[2:],))

    def seen_by(self, school: int) -> bool:
        """Rule 21: the school of the first preference sees a child whose form is definitive."""
        region = self.final_in
        return region is not None and self.forms[region].choices[0].startswith(f"{school}-")


@dataclass
class Procedure:
    """Two linked regions at a moment."""

    now: datetime
    closes: dict[str, datetime] = field(default_factory=lambda: {HERE: CLOSES, THERE: CLOSES})

    def is_open(self, child: Child, region: str) -> bool:
        """Rule 3: half-open; in the region's period, or in a window of the child's own there."""
        return bool(self.ends(child, region))

    def ends(self, child: Child, region: str) -> list[datetime]:
        """When each of what is open now ends."""
        own = [(opens, closes) for where, opens, closes in child.windows if where == region]
        spans = [(OPENED, self.closes[region]), *own]
        return [closes for opens, closes in spans if opens <= self.now < closes]

    def can_finalize(self, child: Child, region: str) -> bool:
        form = child.forms[region]
        free = not child.reason and child.final_in is None and self.is_open(child, region)
        return form.status == CONCEPT and free and child.fits(form.choices)

    def save(self, child: Child, region: str, choices: tuple[str, ...], *, stale: bool) -> Answer:
        form = child.forms[region]
        if not self.is_open(child, region):
            return refused("PERIOD_CLOSED")
        if stale:
            return refused("STALE")
        if form.status == FINAL:
            return refused("ENROLMENT_FINAL")
        if child.reason:
            return refused("CANNOT_ENROL")
        left: Audit = Counter({("Enrolment", "changed" if form.status else "made"): 1})
        if choices != form.choices:
            left["Enrolment", "list"] += 1
        if form.letters != "AG":
            left["ParentLogin", "changed"] += 1
        form.status, form.version, form.choices, form.letters = CONCEPT, form.version + 1, choices, "AG"
        return None, left

    def finalize(self, child: Child, region: str, *, stale: bool) -> Answer:
        form = child.forms[region]
        if form.status == FINAL:
            return refused("STALE") if stale else (None, Counter())
        if not self.is_open(child, region):
            return refused("PERIOD_CLOSED")
        if form.status == NOTHING:
            return refused("ENROLMENT_INCOMPLETE")
        if stale:
            return refused("STALE")
        if child.reason:
            return refused("CANNOT_ENROL")
        if child.final_in is not None:
            return refused("ALREADY_ENROLLED_ELSEWHERE")
        if not child.fits(form.choices):
            return refused("ENROLMENT_INCOMPLETE")
        form.status, form.version, form.letters = FINAL, form.version + 1, "AV"
        child.mails["Enrolled", region] += 1
        return None, Counter({("Enrolment", "changed"): 1, ("ParentLogin", "changed"): 1})

    def revoke(self, child: Child, region: str, *, stale: bool) -> Answer:
        if not self.is_open(child, region):
            return refused("PERIOD_CLOSED")
        if child.forms[region].status != FINAL:
            return refused("NOTHING_TO_REVOKE")
        if stale:
            return refused("STALE")
        child.ended_by_school = None
        return None, self._withdraw(child, region)

    def correct(self, child: Child, advice: str) -> Answer:
        """Rules 6 and 7. An empty advice is none."""
        if advice == child.advice:
            return None, Counter()
        region = child.final_in
        if region is not None and not advice:
            return refused("INVALID_VALUE")
        child.advice, child.oki_doc_version = advice, child.oki_doc_version + 1
        left: Audit = Counter({("Pupil", "changed"): 1, ("OkiDoc", "changed"): 1})
        if region is None:
            return None, left + self._reopen(child)
        if child.fits(child.forms[region].choices):
            return None, left
        child.ended_by_school = region
        left += self._withdraw(child, region)
        if advice not in LENGTHS:
            child.mails["EnrolmentWithdrawn", region] += 1
            return None, left
        return None, left + self._fell_back(child, region)

    def _fell_back(self, child: Child, region: str) -> Audit:
        """Rule 7: told until when, which is five days away at least."""
        child.mails["EnrolmentFellBack", region] += 1
        on_the_wall = self.now.astimezone(AMSTERDAM) + timedelta(days=OWN_WINDOW_DAYS)
        if any(closes >= on_the_wall for closes in self.ends(child, region)):
            return Counter()
        child.windows.append((region, self.now, on_the_wall))
        return Counter({("IndividualWindow", "made"): 1})

    def _reopen(self, child: Child) -> Audit:
        """What the school took away by mistake comes back with a window, where nothing is open anyway."""
        region = child.ended_by_school
        if region is None or child.reason or child.advice not in LENGTHS or self.is_open(child, region):
            return Counter()
        return self._fell_back(child, region)

    def mark(self, child: Child, *, reason: bool, confirmed: bool) -> Answer:
        """Rule 11: a reason not to place, or none any more."""
        region = child.final_in if reason else None
        if region is not None and not confirmed:
            return refused("CONFIRM_WITHDRAWAL")
        left: Audit = Counter()
        if region is not None:
            child.ended_by_school = region
            left += self._withdraw(child, region)
            child.mails["EnrolmentWithdrawn", region] += 1
        if child.reason != reason:
            left["Pupil", "changed"] += 1
            child.reason = reason
            if not reason:
                left += self._reopen(child)
        return None, left

    def _withdraw(self, child: Child, region: str) -> Audit:
        """Rule 22: the form stays as withdrawn; a concept with the same answers begins."""
        form = child.forms[region]
        form.status, form.version, form.letters = CONCEPT, form.version + 1, "AG"
        form.withdrawn += 1
        made = {("Enrolment", "made"): 1, ("Preference", "made"): len(form.choices)}
        return Counter({("Enrolment", "changed"): 1, ("ParentLogin", "changed"): 1, **made})
