"""One transaction per step: lock, ask the table, apply the rule, save state, audit and mails, commit.

The only writer of the procedure. A step reads:

    async with take("sendParentLogin", viewer=viewer, pupil_id=pupil_id, region=region) as act:
        ...pure rule...
        act.change(login, status=LoginStatus.SENT)
        act.mail(ParentLoginSent(...), to=..., unique_key=...)

Leaving the block saves everything in one commit; an exception leaves nothing behind.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from tortoise.models import Model
from tortoise.transactions import in_transaction

from emails import Mail
from models import AuditEntry, OutboxMail, Pupil, Region
from resolvers import audit, clock, scope
from resolvers.calendars import calendar_of
from resolvers.left import gone
from resolvers.nudge import nudge
from resolvers.viewer import Viewer
from rules.calendar import Calendar, closed
from rules.refusal import Refusal
from rules.step import Step
from rules.steps import STEPS, NotFound, StateConflict
from rules.vocabulary import Role


@dataclass(kw_only=True)
class Act:
    """A step under way: what the rule may look at, and what it wants saved."""

    step: Step
    viewer: Viewer | None
    now: datetime
    pupil: Pupil | None = None
    region: Region | None = None
    calendar: Calendar = field(default_factory=Calendar)
    _created: list[Model] = field(default_factory=list)
    _changed: dict[int, tuple[Model, dict[str, Any]]] = field(default_factory=dict)
    _deleted: list[Model] = field(default_factory=list)
    _entries: list[AuditEntry] = field(default_factory=list)
    _mails: list[OutboxMail] = field(default_factory=list)

    @property
    def child(self) -> Pupil:
        """The pupil of a step that is about one."""
        assert self.pupil is not None
        return self.pupil

    def closed(self, *, deferred: bool = False, late: bool = False) -> Refusal | None:
        """Why this step is not open now (rule 3), for rules that name every reason at once."""
        return closed(
            window=self.step.window, calendar=self.calendar, now=self.now, deferred=deferred, late=late
        )

    def starts_from(self, *, axis: str, state: str, explanation: str | None = None) -> None:
        """Raises `StateConflict` unless the step's row allows this state on this axis."""
        allowed = self.step.when.get(axis)
        if allowed is not None and state not in allowed:
            refusal = StateConflict(step=self.step.name, state=state)
            if explanation:
                refusal.explanation = explanation
            raise refusal

    def create(self, row: Model) -> None:
        self._created.append(row)

    def change(self, row: Model, **values: Any) -> None:
        """Set columns. Values that are already there are no change: no write, no audit."""
        if any(row is made for made in self._created):
            row.update_from_dict(values)
            return
        _, before = self._changed.setdefault(id(row), (row, {}))
        for name, value in values.items():
            old = getattr(row, name)
            if old != value:
                before.setdefault(name, old)
                setattr(row, name, value)

    @property
    def changes_anything(self) -> bool:
        """Whether leaving now would write a row."""
        return bool(self._created or self._deleted or any(before for _, before in self._changed.values()))

    def delete(self, row: Model) -> None:
        self._deleted.append(row)

    def record(
        self, *, entity: str, entity_id: Any, before: dict[str, Any] | None = None, **facts: Any
    ) -> None:
        """An audit row about something that is no column: an explanation, a list, a count."""
        self._entries.append(self._entry(entity, entity_id, before, facts))

    def mail(
        self,
        mail: Mail,
        *,
        to: str,
        unique_key: str,
        link: str = "",
        link_id: UUID | None = None,
        link_sequence: int = 0,
        region: Region | None = None,
    ) -> None:
        """Write a mail into the outbox. `unique_key`: the same fact never makes two mails.

        `region`: whose mail it is, where that is not the region of the step.
        """
        region = region or self.region
        assert region is not None
        identity = uuid4()
        domain = region.sender_address.rpartition("@")[2]
        self._mails.append(
            OutboxMail(
                id=identity,
                kind=type(mail).__name__,
                recipient=to,
                payload=mail.payload(),
                unique_key=unique_key,
                message_id=f"<{identity}@{domain}>",
                region_id=region.id,
                pupil_id=self.pupil.id if self.pupil else None,
                link=link,
                link_id=link_id,
                link_sequence=link_sequence,
                created_at=self.now,
                due_at=self.now,
            )
        )

    def _entry(
        self, entity: str, entity_id: Any, before: dict[str, Any] | None, after: dict[str, Any] | None
    ) -> AuditEntry:
        return audit.entry(
            viewer=self.viewer,
            act=self.step.name,
            at=self.now,
            entity=entity,
            entity_id=entity_id,
            before=before,
            after=after,
            pupil_id=self.pupil.id if self.pupil else None,
            region_id=self.region.id if self.region else None,
        )

    async def flush(self) -> None:
        """Write what was asked so far, where a constraint needs the one before the other."""
        # However many rows of a kind there are, they take one statement.
        for model, rows in groupby(self._deleted, key=_model):
            gone = list(rows)
            self._entries += [self._entry(model.__name__, row.pk, _columns(row), None) for row in gone]
            await model.filter(pk__in=[row.pk for row in gone]).delete()
        for model, rows in groupby(self._created, key=_model):
            made = list(rows)
            await model.bulk_create(made)
            for row in made:
                row._saved_in_db = True
            self._entries += [self._entry(model.__name__, row.pk, None, _columns(row)) for row in made]
        for row, before in self._changed.values():
            if before:
                await self._update(row, before)
        self._deleted, self._created, self._changed = [], [], {}

    async def _update(self, row: Model, before: dict[str, Any]) -> None:
        names = sorted(before)
        stamped = ["updated_at"] if "updated_at" in row._meta.fields_map else []
        if stamped:
            row.updated_at = self.now
        await row.save(update_fields=[*names, *stamped])
        entity, kept = type(row).__name__, [name for name in names if name not in audit.LEFT_OUT]
        self._entries.append(
            self._entry(
                entity,
                row.pk,
                {name: audit.plain(name=name, value=before[name], entity=entity) for name in kept},
                {name: audit.plain(name=name, value=getattr(row, name), entity=entity) for name in kept},
            )
        )

    async def save(self) -> None:
        await self.flush()
        if self._entries:
            await AuditEntry.bulk_create(self._entries)
        if self._mails:
            await OutboxMail.bulk_create(self._mails)


def _model(row: Model) -> type[Model]:
    return type(row)


def _columns(row: Model) -> dict[str, Any]:
    names = sorted(row._meta.fields_db_projection)
    return {
        name: audit.plain(name=name, value=getattr(row, name), entity=type(row).__name__)
        for name in names
        if name not in audit.LEFT_OUT and getattr(row, name) not in (None, "")
    }


@asynccontextmanager
async def take(
    name: str,
    *,
    viewer: Viewer | None,
    pupil_id: UUID | None = None,
    region: Region | None = None,
    school_year_id: UUID | None = None,
    rule_judges_window: bool = False,
) -> AsyncIterator[Act]:
    """Open a step. `region` decides the calendar; without one it is the pupil's own. `school_year_id`: of what
    the step is about, where that is no pupil; else the pupil's, or the viewer's.

    Raises `NotFound` (role or row out of reach), `PupilLeft` (it was here), `YearClosed`, `PeriodClosed`.
    """
    step = STEPS[name]
    role = viewer.role if viewer else Role.PUBLIC
    if role not in step.roles and Role.PUBLIC not in step.roles:
        raise NotFound()
    async with in_transaction():
        act = Act(step=step, viewer=viewer, now=await clock.now(), region=region)
        if pupil_id is not None:
            assert viewer is not None
            act.pupil = await _locked(viewer, pupil_id)
            if act.region is None:
                act.region = await Region.get(id=act.pupil.region_id)
        year_id = act.pupil.school_year_id if act.pupil else school_year_id
        if year_id is None and viewer is not None:
            year_id = viewer.school_year_id
        if act.region is not None and year_id is not None:
            act.calendar = await calendar_of(
                region_id=act.region.id, school_year_id=year_id, pupil_id=pupil_id
            )
            refusal = act.closed()
            if refusal is not None and not rule_judges_window:
                raise refusal
        yield act
        await act.save()
    if act._mails:
        await nudge("deliver_mails")


async def _locked(viewer: Viewer, pupil_id: UUID) -> Pupil:
    try:
        return await scope.locked_pupil(viewer, pupil_id=pupil_id)
    except NotFound:
        raise await gone(viewer=viewer, pupil_id=pupil_id) from None
