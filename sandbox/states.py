"""How far each child of the demo region has come, written as its steps would have: rows and their audit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from models import Account, Enrolment, OkiDoc, ParentLogin, Preference
from resolvers import links
from resolvers.enrolment_forms import frozen
from rules.calendar import AMSTERDAM
from rules.enrolment import Form
from rules.vocabulary import EnrolmentStatus, LoginStatus, PriorityGround, PriorityStatus, Role
from sandbox import oki_docs, plan
from sandbox.choices import Choices
from sandbox.dice import Dice
from sandbox.ledger import Ledger, Who
from sandbox.plan import Course, Gap, Stage

NOW = datetime(2027, 3, 17, 10, 0, tzinfo=AMSTERDAM)
"""The third day of the application week."""
IMPORTED = datetime(2027, 1, 18, 9, 0, tzinfo=AMSTERDAM)
_TYPED, _CLOSED, _SENT = date(2027, 1, 20), date(2027, 1, 29), date(2027, 2, 1)
_WEEK = date(2027, 3, 15)


@dataclass(frozen=True, slots=True)
class Child:
    """A pupil as the files brought it."""

    id: UUID
    elk_number: str
    school_key: str
    first_name: str
    birth_date: date
    class_group: str
    region_id: UUID
    region: str
    group_id: UUID
    school_year_id: UUID
    primary_school_id: UUID | None
    brin: str
    advice: str | None
    list_length: int | None
    oki_doc_id: UUID | None
    email: str

    @property
    def outside(self) -> bool:
        return self.primary_school_id is None

    @property
    def place(self) -> tuple[int, int]:
        """Its group and serial number, as `plan` counts."""
        group = 1 if self.region in ("AMSTELLAND", "AMSTERDAM") else int(self.region.split("-")[1][:-1])
        if self.outside:
            return group, int(self.elk_number[-5:]) - plan.FIRST_NUMBER + plan.OUTSIDE
        # Who came as a dossier was given the next ELK number; the school's own stays what it was.
        return group, int(self.school_key[1:])


@dataclass(frozen=True, slots=True)
class Invitation:
    """One login, and what its family does there."""

    region_id: UUID
    login_id: UUID
    family: Who
    activated_at: datetime


class Story:
    """Writes the course of one child after another."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        choices: Choices,
        editors: Mapping[UUID, Who],
        admins: Mapping[UUID, Who],
        linked: Mapping[UUID, UUID],
        password_hash: str,
    ) -> None:
        self._ledger = ledger
        self._choices = choices
        self._editors = editors
        self._admins = admins
        self._linked = linked
        self._password_hash = password_hash

    def tell(self, child: Child) -> None:
        """Everything that has happened to this child."""
        group, serial = child.place
        course = plan.course(group=group, serial=serial)
        dice = Dice(8, group, serial)
        if not child.outside:
            self._oki_doc(child, course, dice)
        if course.stage < Stage.SENT:
            return
        regions = [self._region(child)]
        if serial in plan.IN_TWO_REGIONS and group == 1:
            regions.append(self._linked[child.region_id])
        account_id, sent_at = self._account(child, dice)
        for place, region_id in enumerate(regions):
            self._login(child, course if place == 0 else None, region_id, account_id, sent_at, dice)

    def _region(self, child: Child) -> UUID:
        """Where a family applies: two schools of a short list are to be had in the linked region, five are not."""
        away = child.region.endswith(("AMSTERDAM", "B")) and child.list_length == 5
        return self._linked[child.region_id] if away else child.region_id

    def _oki_doc(self, child: Child, course: Course, dice: Dice) -> None:
        """Imported as version 1, filled as 2, definitive as 3."""
        assert child.oki_doc_id is not None
        assert child.primary_school_id is not None
        if child.brin == plan.OSO_BRIN or (
            course.gap is Gap.NOTHING and course.stage is Stage.FILE_OPEN and dice.chance(20)
        ):
            return
        editor, final = self._editors[child.primary_school_id], course.stage > Stage.FILE_OPEN
        sections = oki_docs.sections(
            dice=dice,
            first_name=child.first_name,
            group=child.class_group,
            brin=child.brin,
            born=child.birth_date,
            advice=course.advice,
            final=final,
        )
        typed_at = _at(_TYPED, dice, days=7)
        about = {"pupil_id": child.id, "region_id": child.region_id}
        self._ledger.act("updateOkiDoc", editor, typed_at, OkiDoc, child.oki_doc_id,
                         {"sections": {}, "version": 1}, {"sections": sections, "version": 2}, **about)  # fmt: skip
        final_at = _at(_CLOSED, dice) if final else None
        if final_at:
            self._ledger.act(
                "finalizeOkiDoc", editor, final_at, OkiDoc, child.oki_doc_id,
                {"status": "CONCEPT", "version": 2},
                {"status": "FINAL", "version": 3, "finalized_at": final_at}, **about,
            )  # fmt: skip
        self._ledger.file(child.oki_doc_id, sections, 3 if final else 2, final_at, final_at or typed_at)

    def _sender(self, child: Child) -> Who:
        """PO sends; where there is no primary school the region approved the family's request."""
        if child.primary_school_id is not None:
            return self._editors[child.primary_school_id]
        return self._admins[child.region_id]

    def _account(self, child: Child, dice: Dice) -> tuple[UUID, datetime]:
        course = plan.course(group=child.place[0], serial=child.place[1])
        sent_at = _at(_SENT, dice, days=40)
        if child.outside:
            sent_at = _at(date(2027, 3, 9), dice, days=5)
        values: dict[str, Any] = {
            "username": child.elk_number,
            "realm": f"{child.group_id}:{child.school_year_id}",
            "role": Role.PARENT,
            "display_name": f"Ouder/verzorger van {child.first_name}",
            "region_id": child.region_id,
            "group_id": child.group_id,
            "school_year_id": child.school_year_id,
            "pupil_id": child.id,
            "created_at": sent_at,
        }
        active = self._password_hash if course.stage > Stage.SENT else None
        account_id = self._ledger.row(Account, **values, password_hash=active)
        self._ledger.act(
            self._sending(child), self._sender(child), sent_at, Account, account_id, None, values,
            pupil_id=child.id, region_id=child.region_id,
        )  # fmt: skip
        return account_id, sent_at

    def _sending(self, child: Child) -> str:
        return "approveLoginRequest" if child.outside else "sendParentLogin"

    def _login(
        self,
        child: Child,
        course: Course | None,
        region_id: UUID,
        account_id: UUID,
        sent_at: datetime,
        dice: Dice,
    ) -> None:
        """Without a course the family has used this login and gone no further."""
        stage = course.stage if course else Stage.ACTIVATED
        about = {"pupil_id": child.id, "region_id": region_id}
        login_id = self._ledger.next_id()
        token = links.token(purpose="parent_login", row_id=login_id, sequence=1)
        sent = {"status": LoginStatus.SENT, "sequence": 1, "email": child.email, "sent_at": sent_at}
        self._ledger.act(
            self._sending(child), self._sender(child), sent_at, ParentLogin, login_id,
            {"status": LoginStatus.NOT_SENT, "sequence": 0}, sent, **about,
        )  # fmt: skip
        family, activated_at = Who(account_id, Role.PARENT), None
        status = LoginStatus.SENT
        if stage > Stage.SENT:
            activated_at = min(sent_at + timedelta(minutes=dice.between(30, 4000)), NOW - timedelta(hours=20))
            activated = {"status": LoginStatus.ACTIVATED, "token_used": True, "activated_at": activated_at}
            self._ledger.act(
                "activateAccount", family, activated_at, ParentLogin, login_id,
                {"status": LoginStatus.SENT, "token_used": False}, activated, **about,
            )  # fmt: skip
            status = LoginStatus.ACTIVATED
        if course is not None and activated_at is not None and stage > Stage.ACTIVATED:
            invitation = Invitation(region_id, login_id, family, activated_at)
            status = self._enrolment(child, course, invitation, dice)
        self._ledger.row(
            ParentLogin, id=login_id, pupil_id=child.id, **{**sent, "region_id": region_id, "status": status},
            token_hash=links.digest(token), token_used=stage > Stage.SENT, activated_at=activated_at,
        )  # fmt: skip

    def _enrolment(self, child: Child, course: Course, to: Invitation, dice: Dice) -> LoginStatus:
        saved_at = max(_at(_WEEK, dice, days=2), to.activated_at + timedelta(minutes=9))
        form = self._form(child, course, to.region_id, dice)
        enrolment_id = self._ledger.next_id()
        concept = {**self._place(child, to), **_answers(form), "version": 1, "created_at": saved_at}
        self._dot(child, to, saved_at, "saveEnrolment", LoginStatus.ACTIVATED, LoginStatus.ENROLMENT_STARTED)
        self._told(child, to, saved_at, "saveEnrolment", enrolment_id, None, {**concept, "status": "CONCEPT"})
        chosen = [str(choice.department_id) for choice in form.choices]
        self._told(
            child, to, saved_at, "saveEnrolment", enrolment_id, {"preferences": []}, {"preferences": chosen}
        )
        if course.stage is Stage.STARTED:
            self._write(enrolment_id, form, {**concept, "updated_at": saved_at})
            return LoginStatus.ENROLMENT_STARTED
        final_at = min(
            saved_at + timedelta(minutes=dice.between(4, 900)), NOW - timedelta(minutes=dice.between(90, 200))
        )
        first = form.choices[0]
        final = {
            "status": EnrolmentStatus.FINAL,
            "version": 2,
            "finalized_at": final_at,
            "form": frozen(form=form, advice=child.advice),
            "first_school_id": first.school_id,
            "first_department_id": first.department_id,
            "handling_school_id": first.school_id,
            "handling_department_id": first.department_id,
            "priority_status": PriorityStatus.REQUESTED if form.ground else None,
        }
        self._dot(
            child,
            to,
            final_at,
            "finalizeEnrolment",
            LoginStatus.ENROLMENT_STARTED,
            LoginStatus.ENROLMENT_FINAL,
        )
        self._told(
            child, to, final_at, "finalizeEnrolment", enrolment_id, {"status": "CONCEPT", "version": 1}, final
        )
        whole = {**concept, **final, "updated_at": final_at}
        if course.stage is Stage.FINAL:
            self._write(enrolment_id, form, whole)
            return LoginStatus.ENROLMENT_FINAL
        return self._undone(child, to, enrolment_id, form, whole, dice)

    def _undone(
        self, child: Child, to: Invitation, enrolment_id: UUID, form: Form, whole: dict[str, Any], dice: Dice
    ) -> LoginStatus:
        """Undone by the parents: it stays as withdrawn, and a concept with the same answers follows."""
        at = whole["finalized_at"] + timedelta(minutes=dice.between(3, 60))
        gone = {"status": EnrolmentStatus.WITHDRAWN, "withdrawn_at": at, "withdrawn_by": Role.PARENT.value}
        self._dot(
            child, to, at, "revokeEnrolment", LoginStatus.ENROLMENT_FINAL, LoginStatus.ENROLMENT_STARTED
        )
        self._told(child, to, at, "revokeEnrolment", enrolment_id, {"status": EnrolmentStatus.FINAL}, gone)
        self._write(enrolment_id, form, {**whole, **gone, "updated_at": at})
        fresh = {**self._place(child, to), **_answers(form), "version": 3, "created_at": at, "updated_at": at}
        fresh_id = self._ledger.next_id()
        self._told(child, to, at, "revokeEnrolment", fresh_id, None, {**fresh, "status": "CONCEPT"})
        self._write(fresh_id, form, fresh)
        return LoginStatus.ENROLMENT_STARTED

    def _form(self, child: Child, course: Course, region_id: UUID, dice: Dice) -> Form:
        group, serial = child.place
        assert child.advice is not None
        assert child.list_length is not None
        first = plan.TWINS.get(serial, serial)
        shared = Dice(9, group, first)
        found = self._choices.list_for(
            region_id=region_id,
            advice=child.advice,
            length=child.list_length,
            dice=shared,
            popular_first=group == 1 and first in plan.WANTS_THE_POPULAR,
        )
        if course.stage is Stage.STARTED and serial not in plan.TWINS and dice.chance(60):
            found = found[: dice.between(1, len(found) - 1)]
        ground = self._choices.claim(found[0], dice)
        twin = serial in plan.TWINS or serial in plan.TWINS.values()
        sibling = ground is PriorityGround.SIBLING
        return Form(
            choices=tuple(found),
            ground=ground,
            sibling_name=dice.one(("Sanne", "Tim", "Yara", "Lars")) if sibling else "",
            sibling_class=f"{dice.between(1, 5)}{dice.one('abcd')}" if sibling else "",
            accept_equivalent_department=dice.chance(35),
            is_multiple=twin and group == 1,
            all_apply_here=twin and group == 1,
        )

    def _place(self, child: Child, to: Invitation) -> dict[str, Any]:
        return {
            "pupil_id": child.id,
            "region_id": to.region_id,
            "group_id": child.group_id,
            "school_year_id": child.school_year_id,
        }

    def _write(self, enrolment_id: UUID, form: Form, values: dict[str, Any]) -> None:
        self._ledger.row(Enrolment, id=enrolment_id, **values)
        for rank, choice in enumerate(form.choices, start=1):
            self._ledger.row(
                Preference, enrolment_id=enrolment_id, rank=rank, department_id=choice.department_id
            )

    def _told(self, child: Child, to: Invitation, at: datetime, act: str, enrolment_id: UUID,
              before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:  # fmt: skip
        self._ledger.act(
            act, to.family, at, Enrolment, enrolment_id, before, after,
            pupil_id=child.id, region_id=to.region_id,
        )  # fmt: skip

    def _dot(
        self, child: Child, to: Invitation, at: datetime, act: str, was: LoginStatus, now: LoginStatus
    ) -> None:
        self._ledger.act(
            act, to.family, at, ParentLogin, to.login_id, {"status": was}, {"status": now},
            pupil_id=child.id, region_id=to.region_id,
        )  # fmt: skip


def _answers(form: Form) -> dict[str, Any]:
    names = ("sibling_name", "sibling_class", "accept_equivalent_department", "is_multiple", "all_apply_here")
    return {"priority_ground": form.ground, **{name: getattr(form, name) for name in names}}


def _at(day: date, dice: Dice, *, days: int = 1) -> datetime:
    """A moment on a working day, from `day` on: some hour at which people sit at a desk."""
    on = day + timedelta(days=dice.below(days))
    on -= timedelta(days=max(0, on.weekday() - 4))
    return datetime.combine(on, time(dice.between(9, 16), dice.below(60), dice.below(60)), tzinfo=AMSTERDAM)
