"""The demo region is what the contract promises, and what the steps themselves would have written."""

import io
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from imports import oso
from models import (
    Account,
    Address,
    Advice,
    AuditEntry,
    CapacityGroup,
    Department,
    Enrolment,
    Guardian,
    OkiDoc,
    ParentLogin,
    Period,
    PrimarySchool,
    Pupil,
    Region,
    SecondarySchool,
    TestResult,
    Upload,
)
from models.bsn import BsnVault
from resolvers import clock
from resolvers.calendars import calendar_of
from resolvers.enrolment_forms import form_of, frozen
from resolvers.imports import run
from rules import enrolment as form_rule
from rules import oki_doc as oki_doc_rule
from rules import parent_login as login_rule
from rules.calendar import AMSTERDAM, Window, closed
from rules.identifiers import is_bsn
from rules.refusal import Refusals
from rules.vocabulary import (
    EnrolmentStatus,
    LoginStatus,
    OkiDocStatus,
    PeriodKind,
    PlacementStatus,
    PriorityStatus,
    PupilOrigin,
    Role,
    UploadKind,
)
from sandbox import demo, dossiers, invent, plan
from settings import load
from tests.sandbox.region import demo_region, persona, situation_of, told

ADVIEZEN = Path(__file__).parents[2] / "imports" / "data" / "adviezen.csv"


@pytest.fixture(scope="module", autouse=True)
async def first_time() -> AsyncIterator[list[tuple[object, ...]]]:
    """The demo region twice; the second stays open for the tests of this module. Yields what the first said."""
    async with demo_region():
        said = await told()
    async with demo_region():
        yield said


async def home() -> Region:
    return await Region.get(code="AMSTELLAND")


async def at_home() -> list[SecondarySchool]:
    return await SecondarySchool.filter(region__code="AMSTELLAND")


class TestTheCalendar:
    async def test_stands_on_the_third_day_of_the_application_week(self) -> None:
        now = await clock.now()
        week = await Period.get(region__code="AMSTELLAND", kind=PeriodKind.APPLICATION)
        opens_on = week.opens_at.astimezone(AMSTERDAM).date()
        assert now.astimezone(AMSTERDAM).date() == opens_on + timedelta(days=2)
        assert now.astimezone(AMSTERDAM).hour == 10

    @pytest.mark.parametrize("region", ["AMSTELLAND", "AMSTERDAM"])
    async def test_is_open_for_sending_and_for_applying(self, region: str) -> None:
        there = await Region.get(code=region)
        pupil = await Pupil.all().first()
        assert pupil is not None
        calendar = await calendar_of(region_id=there.id, school_year_id=pupil.school_year_id)
        now = await clock.now()
        assert set(calendar.spans) == set(PeriodKind)
        for window in (Window.SENDING, Window.APPLYING):
            assert closed(window=window, calendar=calendar, now=now) is None
        assert closed(window=Window.HANDLING, calendar=calendar, now=now) is not None


class TestTheSchools:
    async def test_are_six_at_home_and_two_linked(self) -> None:
        assert len(await at_home()) == 6
        assert await SecondarySchool.filter(region__code="AMSTERDAM").count() == 2
        regions = {region.group_id for region in await Region.all()}
        assert len(regions) == 1

    async def test_take_every_advice_at_enough_of_them(self) -> None:
        schools = {school.id for school in await at_home()}
        departments = {one.id: one.school_id for one in await Department.filter(school_id__in=schools)}
        taking: dict[str, set[object]] = {}
        for group in await CapacityGroup.filter(department_id__in=departments):
            for code in group.adviezen:
                taking.setdefault(code, set()).add(departments[group.department_id])
        least = {5: 5, 2: 3}
        for advice in await Advice.exclude(list_length=None):
            assert advice.list_length is not None
            assert len(taking[advice.code]) >= least[advice.list_length], advice.code

    async def test_know_an_advice_in_one_group_of_a_department(self) -> None:
        seen: Counter[tuple[object, str]] = Counter()
        for group in await CapacityGroup.all():
            seen.update((group.department_id, advice) for advice in group.adviezen)
        assert seen.most_common(1)[0][1] == 1

    async def test_of_the_test_brin_has_twelve_pupils(self) -> None:
        school = await PrimarySchool.get(brin="00YY", location="00")
        assert await Pupil.filter(primary_school_id=school.id).count() == 12
        assert await PrimarySchool.filter(region__code="AMSTELLAND").count() in range(8, 13)
        linked = await PrimarySchool.filter(region__code="AMSTERDAM").values_list("id", flat=True)
        assert await Pupil.filter(primary_school_id__in=linked).exists()


class TestTheDossiers:
    async def test_brought_the_twelve_with_documents_results_and_their_definitive_advice(self) -> None:
        school = await PrimarySchool.get(brin="00YY", location="00")
        editor = await persona("po_editor_oso")
        for pupil in await Pupil.filter(primary_school_id=school.id):
            brought = await AuditEntry.get(act="importOsoDossier", entity="Pupil", entity_id=str(pupil.id))
            assert brought.account_id == editor.id
            (paper,) = await Upload.filter(pupil_id=pupil.id)
            assert (paper.source, paper.state, paper.kind) == ("OSO", "RELEASED", UploadKind.ATTACHMENT)
            oki_doc = await OkiDoc.get(pupil_id=pupil.id)
            assert oki_doc.sections["documents"][0]["upload"] == str(paper.id)
            assert (oki_doc.status, oki_doc.version) == (OkiDocStatus.CONCEPT, 1)
            assert pupil.advice_id
            assert pupil.advice_id == pupil.provisional_advice_id
            on_the_form = pupil.advice_id not in plan.NOT_ON_THE_FORM
            assert await TestResult.filter(pupil_id=pupil.id).exists() is on_the_form
            assert await AuditEntry.filter(act="updateOkiDoc", entity_id=str(pupil.id)).exists()

    async def test_follow_the_published_schema(self, standards: Path) -> None:
        for content in await dossiers.files():
            assert oso.validated(content, folder=str(standards / "oso")) == []

    async def test_hold_a_pdf_that_opens(self) -> None:
        dossier = oso.read((await dossiers.files())[0])
        (paper,) = dossier.attachments
        assert paper.content is not None
        assert "Afspraken over" in PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()

    async def test_change_nothing_when_they_come_again(self) -> None:
        traces = await AuditEntry.all().count()
        await dossiers.take_all()
        assert await AuditEntry.all().count() == traces


class TestTheChildren:
    async def test_are_four_hundred_of_every_advice(self) -> None:
        children = await Pupil.all()
        assert len(children) == 400
        told = {child.advice_id for child in children}
        assert told - {None} == {advice.code for advice in await Advice.all()}

    async def test_have_bsns_that_pass_the_elfproef_and_are_their_own(self) -> None:
        settings = load()
        vault = BsnVault(keys=list(settings.bsn_keys), index_key=settings.bsn_index_key)
        children = await Pupil.exclude(bsn_encrypted=None)
        bsns = [vault.decrypt(encrypted=child.bsn_encrypted or b"") for child in children]
        assert len(set(bsns)) == len(bsns) > 350
        assert all(is_bsn(bsn) for bsn in bsns)
        assert [vault.index(bsn=bsn) for bsn in bsns] == [child.bsn_index for child in children]

    async def test_from_outside_have_a_number_with_b_and_no_oki_doc(self) -> None:
        outside = await Pupil.filter(origin=PupilOrigin.OUTSIDE)
        assert len(outside) >= 5
        for child in outside:
            assert child.elk_number.startswith("B")
            assert child.primary_school_id is None
            assert child.origin_school
        assert await OkiDoc.filter(pupil_id__in=[child.id for child in outside]).count() == 0
        assert await OkiDoc.all().count() == 400 - len(outside)

    async def test_have_names_of_every_kind_of_letter(self) -> None:
        names = " ".join([f"{one.first_name} {one.infix} {one.last_name}" for one in await Pupil.all()])
        for wanted in ("ë", "ğ", "ł", "李", "O'Neill", "van der"):
            assert wanted in names

    async def test_have_a_home_and_parents_to_write_to(self) -> None:
        assert await Address.filter(position=1).count() == 400
        assert await Address.filter(secret=True).exists()
        first = await Guardian.filter(position=1)
        assert len(first) == 400
        assert 0 < sum(not guardian.email for guardian in first) < 20
        assert await Guardian.filter(position=2).exists()

    async def test_hold_two_pairs_of_twins(self) -> None:
        pairs = Counter(
            [
                (one.last_name, one.birth_date, home.street, home.house_number)
                for one in await Pupil.all()
                for home in await Address.filter(pupil_id=one.id, position=1)
            ]
        )
        assert sorted(pairs.values())[-2:] == [2, 2]
        assert list(pairs.values()).count(2) == 2
        assert await Enrolment.filter(is_multiple=True, status=EnrolmentStatus.FINAL).exists()


class TestTheLogins:
    async def test_stand_in_every_state(self) -> None:
        logins = Counter([login.status for login in await ParentLogin.all()])
        with_login = len(set(await ParentLogin.all().values_list("pupil_id", flat=True)))
        assert set(logins) == set(LoginStatus) - {LoginStatus.NOT_SENT}
        assert min(logins.values()) > 10
        assert 400 - with_login > 40

    async def test_were_sent_to_children_who_were_ready(self) -> None:
        for login in await ParentLogin.all():
            pupil = await Pupil.get(id=login.pupil_id)
            situation = await situation_of(pupil)
            login_rule.send(situation=situation, window_closed=None)
            assert login.email == situation.email
            assert login.sequence >= 1
            assert login.token_hash
            assert login.sent_at is not None
            assert login.sent_at <= await clock.now()

    async def test_have_one_account_a_child_under_its_elk_number(self) -> None:
        logins = await ParentLogin.all()
        accounts = {account.pupil_id: account for account in await Account.filter(role=Role.PARENT)}
        assert set(accounts) == {login.pupil_id for login in logins}
        for login in logins:
            account, pupil = accounts[login.pupil_id], await Pupil.get(id=login.pupil_id)
            assert account.username == pupil.elk_number
            assert account.realm == f"{pupil.group_id}:{pupil.school_year_id}"
            activated = login.status is not LoginStatus.SENT
            assert login.token_used == activated
            assert (login.activated_at is not None) == activated
            assert activated <= (account.password_hash is not None)

    async def test_can_be_sent_to_some_and_not_yet_to_others_for_each_reason(self) -> None:
        school = (await persona("po_editor")).primary_school_id
        reasons: Counter[str] = Counter()
        for pupil in await Pupil.filter(primary_school_id=school):
            if await ParentLogin.filter(pupil_id=pupil.id).exists():
                continue
            try:
                login_rule.send(situation=await situation_of(pupil), window_closed=None)
                reasons["ready"] += 1
            except Refusals as refused:
                for refusal in refused.refusals:
                    reasons[refusal.code] += 1
                    facts = vars(refusal)
                    reasons.update(name for name, value in facts.items() if value is True)
        assert reasons["ready"] >= 2
        for reason in (
            "oki_doc_not_final",
            "test_result_missing",
            "advice_missing",
            "reconsideration_open",
            "email_missing",
            "ADVICE_NOT_ON_FORM",
        ):
            assert reasons[reason], reason


class TestTheOkiDocs:
    async def test_hold_what_the_declarations_allow(self) -> None:
        filled: Counter[str] = Counter()
        for oki_doc in await OkiDoc.all():
            assert oki_doc_rule.validate(oki_doc.sections) == []
            filled.update(name for name, content in oki_doc.sections.items() if content)
        # Documents are there only where a dossier brought them.
        assert set(filled) >= {section.name for section in oki_doc_rule.SECTIONS} - {"documents"}

    async def test_are_definitive_with_a_home_and_a_parent(self) -> None:
        states = Counter([oki_doc.status for oki_doc in await OkiDoc.all()])
        assert states[OkiDocStatus.FINAL] > states[OkiDocStatus.CONCEPT] > 0
        assert await OkiDoc.filter(status=OkiDocStatus.FINAL, finalized_at=None).count() == 0
        assert await OkiDoc.filter(status=OkiDocStatus.CONCEPT).exclude(finalized_at=None).count() == 0


class TestTheEnrolments:
    @pytest.mark.parametrize("status", list(EnrolmentStatus))
    async def test_are_there_in_every_state(self, status: EnrolmentStatus) -> None:
        assert await Enrolment.filter(status=status).count() >= 3

    async def test_that_are_definitive_are_what_finalising_writes(self) -> None:
        final = await Enrolment.filter(status=EnrolmentStatus.FINAL)
        assert len(final) > 80
        lengths = {advice.code: advice.list_length for advice in await Advice.all()}
        for enrolment in final:
            pupil = await Pupil.get(id=enrolment.pupil_id)
            form = await form_of(enrolment=enrolment, pupil=pupil)
            assert form_rule.missing(form=form, list_length=lengths[pupil.advice_id or ""]) == []
            assert enrolment.form == frozen(form=form, advice=pupil.advice_id)
            first = form.choices[0]
            assert enrolment.first_school_id == enrolment.handling_school_id == first.school_id
            assert enrolment.first_department_id == enrolment.handling_department_id == first.department_id
            assert enrolment.placement_status is PlacementStatus.NONE
            asked = PriorityStatus.REQUESTED if form.ground else None
            assert enrolment.priority_status is asked
            assert enrolment.finalized_at is not None
            assert enrolment.finalized_at <= await clock.now()
            school = await SecondarySchool.get(id=first.school_id)
            assert school.region_id == enrolment.region_id

    async def test_agree_with_the_dot_of_the_login(self) -> None:
        live = {
            (one.pupil_id, one.region_id): one.status
            for one in await Enrolment.exclude(status=EnrolmentStatus.WITHDRAWN)
        }
        expected = {
            None: {LoginStatus.SENT, LoginStatus.ACTIVATED},
            EnrolmentStatus.CONCEPT: {LoginStatus.ENROLMENT_STARTED},
            EnrolmentStatus.FINAL: {LoginStatus.ENROLMENT_FINAL},
        }
        for login in await ParentLogin.all():
            assert login.status in expected[live.pop((login.pupil_id, login.region_id), None)]
        assert live == {}

    async def test_that_were_undone_stay_with_a_newer_concept(self) -> None:
        for undone in await Enrolment.filter(status=EnrolmentStatus.WITHDRAWN):
            assert undone.withdrawn_by == Role.PARENT.value
            assert undone.form
            live = await Enrolment.filter(pupil_id=undone.pupil_id, region_id=undone.region_id).exclude(
                status=EnrolmentStatus.WITHDRAWN
            )
            assert live[0].version > undone.version

    async def test_began_after_the_application_week_did(self) -> None:
        week = await Period.get(region__code="AMSTELLAND", kind=PeriodKind.APPLICATION)
        assert not await Enrolment.filter(created_at__lt=week.opens_at).exists()


class TestTheAudit:
    @pytest.mark.parametrize(
        ("model", "status", "acts"),
        [
            (OkiDoc, OkiDocStatus.FINAL, ("finalizeOkiDoc",)),
            (ParentLogin, None, ("sendParentLogin", "approveLoginRequest")),
            (Enrolment, EnrolmentStatus.FINAL, ("finalizeEnrolment",)),
        ],
    )
    async def test_knows_each_state_by_its_step(
        self, model: type[OkiDoc | ParentLogin | Enrolment], status: str | None, acts: tuple[str, ...]
    ) -> None:
        rows = await (model.filter(status=status) if status else model.all())
        entries = await AuditEntry.filter(entity=model.__name__, act__in=acts)
        told = {entry.entity_id for entry in entries}
        assert {str(row.id) for row in rows} <= told
        assert all(entry.account_id for entry in entries)
        assert all(entry.region_id and entry.pupil_id for entry in entries)

    async def test_says_nothing_that_has_yet_to_happen(self) -> None:
        assert not await AuditEntry.filter(at__gt=await clock.now()).exists()


class TestAgain:
    async def test_nothing_happens(self) -> None:
        before = await AuditEntry.all().count(), await clock.now()
        await demo.ensure(pupils=400, say=lambda text: None)
        assert await AuditEntry.all().count() == before[0]
        assert await clock.now() - before[1] < timedelta(minutes=1)

    async def test_its_own_files_change_nothing(self) -> None:
        traces = await AuditEntry.all().count()
        for kind, path in [*invent.files_of(folder=invent.SHIPPED), ("adviezen", ADVIEZEN)]:
            report = await run(kind=kind, path=path)
            assert (report.problems, report.created, report.changed) == ([], 0, 0), path.name
        assert await AuditEntry.all().count() == traces

    async def test_the_files_are_what_inventing_writes(self, tmp_path: Path) -> None:
        for _, path in invent.write(folder=tmp_path, pupils=invent.PUPILS):
            assert path.read_bytes() == (invent.SHIPPED / path.name).read_bytes()

    async def test_everything_falls_the_same_way(self, first_time: list[tuple[object, ...]]) -> None:
        assert await told() == first_time
