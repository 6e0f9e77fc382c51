"""Any row of acts about an enrolment, by family, primary school and region, leaves what the model says it should."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models import Advice, AuditEntry, CapacityGroup, Enrolment, OutboxMail, Period, Pupil
from resolvers import clock
from rules.vocabulary import PeriodKind
from tests.conftest import APPLICATION_WEEK
from tests.journeys.enrolment_model import (
    CLOSES,
    HERE,
    LENGTHS,
    NOTHING,
    SCHOOLS,
    THERE,
    Answer,
    Child,
    Procedure,
)
from tests.world import Person, World, secondary_school

ACTS = ("saveEnrolment", "finalizeEnrolment", "revokeEnrolment", "updateOkiDoc", "setNotPlacingReason")
SUBJECTS = {
    "Enrolled": "U heeft {} aangemeld",
    "EnrolmentFellBack": "Meld {} opnieuw aan",
    "EnrolmentWithdrawn": "De aanmelding van {} is beëindigd",
}
FAMILY_SEES = """{ child { here: enrolment(region: "AMSTELLAND") { ...form } there: enrolment(region: "AMSTERDAM") { ...form }
    individualWindows { region opensAt closesAt } } }
    fragment form on Enrolment { status version canFinalize preferences { department { id } } }"""
PO_SEES = """query($id: ID!) { pupil(id: $id) { advice notPlacingReason okiDoc { version }
    parentLogins { region letters } individualWindows { region opensAt closesAt } } }"""
VO_SEES = "query($of: String) { pupils(filter: { search: $of }) { totalCount nodes { id } } }"


@dataclass(frozen=True)
class Save:
    child: int
    region: str
    wish: str
    stale: bool = False


@dataclass(frozen=True)
class Finalize:
    child: int
    region: str
    stale: bool = False


@dataclass(frozen=True)
class Revoke:
    child: int
    region: str
    stale: bool = False


@dataclass(frozen=True)
class Correct:
    child: int
    advice: str


@dataclass(frozen=True)
class Mark:
    child: int
    reason: bool
    confirmed: bool = False


@dataclass(frozen=True)
class PeriodEnds:
    region: str
    now: bool = True


@dataclass(frozen=True)
class ClockMoves:
    hours: int


Step = Save | Finalize | Revoke | Correct | Mark | PeriodEnds | ClockMoves

ADVICE = st.sampled_from([*LENGTHS, *LENGTHS, "PRAKTIJKONDERWIJS", ""])
WISHES = st.sampled_from(["full"] * 4 + ["turned", "as vwo", "short", "long", "doubled", "closed", "none"])
CHILD, REGION = st.sampled_from([0, 0, 1]), st.sampled_from([HERE, HERE, THERE])
SELDOM = st.sampled_from([False] * 5 + [True])
STEP = st.one_of(
    st.builds(Save, CHILD, REGION, WISHES, SELDOM),
    st.builds(Save, CHILD, REGION, WISHES),
    st.builds(Finalize, CHILD, REGION, SELDOM),
    st.builds(Finalize, CHILD, REGION),
    st.builds(Revoke, CHILD, REGION, SELDOM),
    st.builds(Correct, CHILD, ADVICE),
    st.builds(Mark, CHILD, SELDOM, st.booleans()),
    st.builds(PeriodEnds, REGION, SELDOM),
    st.builds(ClockMoves, st.sampled_from([1, 24, 24 * 5, 24 * 6, -24])),
)
EVERY_TURN: list[Step] = [
    *(Finalize(0, HERE), Save(0, HERE, "none"), Save(0, HERE, "full", True), Finalize(0, HERE)),
    *(Save(0, HERE, "full"), Finalize(0, HERE, True)),
    *(
        Finalize(0, HERE),
        Finalize(0, HERE),
        Save(0, HERE, "full"),
        Save(0, THERE, "full"),
        Finalize(0, THERE),
    ),
    *(Revoke(0, HERE, True), Revoke(0, HERE), Revoke(0, HERE), Finalize(0, THERE)),
    *(Correct(0, "VMBO_BB"), Correct(0, "HAVO"), Finalize(0, THERE), Mark(0, True)),
    *(
        Mark(0, True, True),
        Finalize(0, THERE),
        Save(0, HERE, "full"),
        Mark(0, False),
        Save(0, HERE, "as vwo"),
    ),
    *(Finalize(0, HERE), Correct(0, "VWO"), Correct(0, ""), PeriodEnds(HERE), Finalize(0, HERE)),
    *(
        Revoke(0, HERE),
        Correct(0, "VMBO_BB"),
        Save(0, HERE, "full"),
        Finalize(0, HERE),
        Save(1, HERE, "full"),
    ),
    *(Correct(0, "HAVO"), ClockMoves(24 * 5), Save(0, HERE, "full"), PeriodEnds(HERE, False)),
    *(Save(0, HERE, "full"), Finalize(0, HERE), ClockMoves(24 * 6), Correct(0, "PRAKTIJKONDERWIJS")),
    *(Correct(0, ""), Correct(0, "HAVO"), Finalize(0, HERE)),
    *(ClockMoves(24 * 6), Correct(0, "VMBO_BB"), ClockMoves(24 * 6), Finalize(0, HERE)),
]
"""Each act done and each refused, once; chance does the rest."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A name for each width: one family alone, and two side by side."""
    if "families" in metafunc.fixturenames:
        metafunc.parametrize("families", [1, 2])


@dataclass
class Family:
    """A child as it is in Loket, beside what the model says of it."""

    pupil: Pupil
    email: str
    parent: Person
    model: Child


@dataclass(repr=False)
class Town:
    world: World
    editor: Person
    schools: dict[int, Person]

    @property
    def regions(self) -> dict[str, UUID]:
        return {HERE: self.world.amstelland.id, THERE: self.world.amsterdam.id}

    async def family(self) -> Family:
        """Logins for both regions, activated; exempt from the test, so that any advice may be set."""
        world, mark = self.world, uuid4().hex[:8]
        email = f"{mark}@example.org"
        pupil = await world.pupil(last_name=f"Vos{mark}", tested=False, email=email)
        await Pupil.filter(id=pupil.id).update(test_exemption="Kort in Nederland")
        parent = await world.at_home(pupil, world.amstelland, world.amsterdam)
        return Family(pupil=pupil, email=email, parent=parent, model=Child())


@pytest.fixture
async def town(world: World) -> Town:
    """Lists of one school and of two, and departments for vwo that take havo too."""
    for place in (7, 8):
        await secondary_school(world, place, region=world.amsterdam)
    for advice, length in LENGTHS.items():
        await Advice.filter(code=advice).update(list_length=length)
    for_vwo = [one.id for name, one in world.departments.items() if name.endswith("VWO")]
    await CapacityGroup.filter(department_id__in=for_vwo).update(adviezen=["VWO", "HAVO"])
    first = [place for places in SCHOOLS.values() for place in places[:2]]
    return Town(
        world=world,
        editor=await world.editor(),
        schools={place: await world.vo_staff(place) for place in first},
    )


def wished(child: Child, step: Save) -> tuple[str, ...]:
    """A list by what the family wishes, at the advice of this moment."""
    places = SCHOOLS[step.region]
    length = LENGTHS.get(child.advice, 2)
    advice = child.advice if child.advice in LENGTHS else "HAVO"
    full = [f"{place}-{advice}" for place in places[:length]]
    by_wish = {
        "full": full,
        "turned": [f"{place}-{advice}" for place in (1 + places[0], places[0])[:length]],
        "as vwo": [f"{place}-VWO" for place in places[:length]],
        "short": full[1:],
        "long": [*full, f"{places[2]}-{advice}"],
        "doubled": [full[0]] * 2,
        "closed": [*full[:-1], f"{places[length - 1]}-VMBO_GL/TL"],
        "none": [],
    }
    return tuple(by_wish[step.wish])


def told(model: Procedure, child: Child, step: Save | Finalize | Revoke | Correct | Mark) -> Answer:
    """The act in the model."""
    match step:
        case Save():
            return model.save(child, step.region, wished(child, step), stale=step.stale)
        case Finalize():
            return model.finalize(child, step.region, stale=step.stale)
        case Revoke():
            return model.revoke(child, step.region, stale=step.stale)
        case Correct():
            return model.correct(child, step.advice)
        case Mark():
            return model.mark(child, reason=step.reason, confirmed=step.confirmed)


@dataclass
class Run:
    """One row of acts on families of its own; Loket and the model go side by side."""

    town: Town
    families: list[Family]
    model: Procedure

    async def go(self, step: Step) -> None:
        before = await self.audit()
        match step:
            case PeriodEnds():
                await self.period_ends(step)
            case ClockMoves():
                self.model.now = max(APPLICATION_WEEK, self.model.now + timedelta(hours=step.hours))
                clock.stand_still(at=self.model.now)
            case _:
                family = self.families[step.child % len(self.families)]
                code = await self.do(step, family)
                expected, left = told(self.model, family.model, step)
                assert code == expected
                assert await self.audit() - before == left
                before += left
        assert await self.audit() == before
        for family in self.families:
            await self.compare(family)

    async def period_ends(self, step: PeriodEnds) -> None:
        """At this very moment, or when it was to end at first: by the region, not by an act of ours."""
        ends = self.model.closes[step.region] = self.model.now if step.now else CLOSES
        region_id = self.town.regions[step.region]
        await Period.filter(region_id=region_id, kind=PeriodKind.APPLICATION).update(closes_at=ends)

    async def do(self, step: Save | Finalize | Revoke | Correct | Mark, family: Family) -> str | None:
        """The act in Loket; the code of the refusal."""
        child, parent, editor = family.model, family.parent, self.town.editor
        about = {"pupilId": str(family.pupil.id)}
        match step:
            case Save():
                version = child.forms[step.region].version + step.stale
                departments = (self.town.world.departments[one] for one in wished(child, step))
                given = {"preferences": [{"departmentId": str(one.id)} for one in departments]}
                done = await parent.do(
                    "saveEnrolment", "", region=step.region, expectedVersion=version, **given
                )
            case Finalize() | Revoke():
                old = child.forms[step.region].version + 1 if step.stale else None
                name = "finalizeEnrolment" if isinstance(step, Finalize) else "revokeEnrolment"
                done = await parent.do(name, "", region=step.region, expectedVersion=old)
            case Correct():
                of = child.oki_doc_version
                done = await editor.do("updateOkiDoc", "", **about, expectedVersion=of, advice=step.advice)
            case Mark():
                reason = "MOVED" if step.reason else None
                given_reason = {"reason": reason, "confirmWithdrawal": step.confirmed}
                done = await editor.do("setNotPlacingReason", "", **about, **given_reason)
        codes = [error["code"] for error in done["errors"]]
        assert len(codes) <= 1
        return codes[0] if codes else None

    async def audit(self) -> Counter[tuple[str, str]]:
        """Per table and kind of change how many rows our acts left, on these children."""
        found: Counter[tuple[str, str]] = Counter()
        ids = [family.pupil.id for family in self.families]
        for row in await AuditEntry.filter(pupil_id__in=ids, act__in=ACTS):
            kind = "made" if row.before is None else "gone" if row.after is None else "changed"
            found[row.entity, "list" if set(row.after or ()) == {"preferences"} else kind] += 1
        return found

    async def compare(self, family: Family) -> None:
        """What family, primary school and secondary schools read, and which mails are written."""
        child, world = family.model, self.town.world
        seen = (await family.parent.ask(FAMILY_SEES))["child"]
        names = {str(one.id): name for name, one in world.departments.items()}
        for alias, region in (("here", HERE), ("there", THERE)):
            shown, form = seen[alias], child.forms[region]
            if form.status == NOTHING:
                assert shown is None
                continue
            chosen = tuple(names[line["department"]["id"]] for line in shown["preferences"])
            there = (shown["status"], shown["version"], shown["canFinalize"], chosen)
            can = self.model.can_finalize(child, region)
            assert there == (form.status, form.version, can, form.choices), region
        assert windows(seen) == sorted(child.windows)
        by_po = (await self.town.editor.ask(PO_SEES, id=str(family.pupil.id)))["pupil"]
        letters = {login["region"]: login["letters"] or "" for login in by_po["parentLogins"]}
        assert letters == {region: form.letters for region, form in child.forms.items()}
        assert (by_po["advice"] or "", by_po["okiDoc"]["version"]) == (child.advice, child.oki_doc_version)
        assert (by_po["notPlacingReason"] is not None) == child.reason
        assert windows(by_po) == sorted(child.windows)
        for place, staff in self.town.schools.items():
            listed = (await staff.ask(VO_SEES, of=family.pupil.last_name))["pupils"]
            expected = [{"id": str(family.pupil.id)}] if child.seen_by(place) else []
            assert (listed["nodes"], listed["totalCount"]) == (expected, len(expected)), place
        mails = await OutboxMail.filter(pupil_id=family.pupil.id)
        expected_mails = {(kind, self.town.regions[code]): n for (kind, code), n in child.mails.items()}
        assert Counter((mail.kind, mail.region_id) for mail in mails) == expected_mails
        withdrawn = await Enrolment.filter(pupil_id=family.pupil.id, status="WITHDRAWN").count()
        assert withdrawn == sum(form.withdrawn for form in child.forms.values())

    async def read_mailbox(self) -> None:
        """Each mail of the model came once, and no other."""
        mailbox = await self.town.world.mails()
        for family in self.families:
            came = Counter(mail["subject"] for mail in mailbox if mail["to"] == family.email)
            expected: Counter[str] = Counter()
            for (kind, _region), times in family.model.mails.items():
                expected[SUBJECTS[kind].format(family.pupil.first_name)] += times
            assert came == expected


def windows(seen: Any) -> list[tuple[str, datetime, datetime]]:
    return sorted(
        (one["region"], *(datetime.fromisoformat(one[name]) for name in ("opensAt", "closesAt")))
        for one in seen["individualWindows"]
    )


class TestAnyRowOfActs:
    @settings(settings.get_profile("machine"))
    @example(steps=EVERY_TURN)
    @given(steps=st.lists(STEP, min_size=8, max_size=24))
    async def test_leaves_what_the_model_says(self, town: Town, families: int, steps: list[Step]) -> None:
        clock.stand_still(at=APPLICATION_WEEK)
        run = Run(
            town=town,
            families=[await town.family() for _ in range(families)],
            model=Procedure(now=APPLICATION_WEEK),
        )
        for region in (HERE, THERE):
            await run.period_ends(PeriodEnds(region, now=False))
        for number, step in enumerate(steps, start=1):
            try:
                await run.go(step)
            except AssertionError as wrong:
                wrong.add_note(f"at act {number} of {len(steps)}, with {families} families: {step}")
                raise
        await run.read_mailbox()


def test_every_turn_is_each_act_done_and_refused_in_each_way() -> None:
    child, model = Child(), Procedure(now=APPLICATION_WEEK)
    met = set()
    for step in EVERY_TURN:
        match step:
            case PeriodEnds():
                model.closes[step.region] = model.now if step.now else CLOSES
            case ClockMoves():
                model.now += timedelta(hours=step.hours)
            case _:
                met.add((type(step).__name__, told(model, child, step)[0]))
    assert met == {
        *(("Save", code) for code in (None, "PERIOD_CLOSED", "STALE", "ENROLMENT_FINAL", "CANNOT_ENROL")),
        *(("Finalize", code) for code in (None, "PERIOD_CLOSED", "STALE", "CANNOT_ENROL")),
        *(("Finalize", code) for code in ("ENROLMENT_INCOMPLETE", "ALREADY_ENROLLED_ELSEWHERE")),
        *(("Revoke", code) for code in (None, "PERIOD_CLOSED", "STALE", "NOTHING_TO_REVOKE")),
        *(("Correct", code) for code in (None, "INVALID_VALUE")),
        *(("Mark", code) for code in (None, "CONFIRM_WITHDRAWAL")),
    }
    assert {kind for kind, _ in child.mails} == set(SUBJECTS)
    assert child.windows
