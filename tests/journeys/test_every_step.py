"""Every step leaves who, when, what, before and after, in the transaction that did it, and tells whom it says."""

from datetime import datetime
from typing import Any

import pytest
from tortoise.connection import get_connection

import models
from models import AuditEntry
from rules.step import AXES, ENROLMENT, LOGIN, LOGIN_REQUEST, NOTHING, OKI_DOC, PLACEMENT, PRIORITY
from rules.steps import STEPS
from tests.journeys import steps_of_schools, steps_of_supplements
from tests.journeys.every_step import WAYS, Way
from tests.world import World

assert steps_of_schools  # Their ways stand among the others.
assert steps_of_supplements
GOING = [pytest.param(step, way, id=f"{step}-{way.name}") for step, ways in WAYS.items() for way in ways]

COLUMN_OF = {
    OKI_DOC: ("OkiDoc", "status"),
    LOGIN: ("ParentLogin", "status"),
    LOGIN_REQUEST: ("LoginRequest", "state"),
    ENROLMENT: ("Enrolment", "status"),
    PRIORITY: ("Enrolment", "priority_status"),
    PLACEMENT: ("Enrolment", "placement_status"),
}
"""Where each axis of the step table lies."""

NEVER_IN_WORDS = ("Werkt hard", "Werkt nog harder", "Belt liever", "Kennismaking", "argon2", "token_hash")


async def rows(sql: str, *parameters: Any) -> list[dict[str, Any]]:
    _, found = await get_connection("default").execute_query(sql, list(parameters))
    return [dict(row) for row in found]


async def transactions_of(step: str) -> set[int]:
    found = await rows("SELECT DISTINCT xmin::text::bigint AS tx FROM audit_entry WHERE act = $1", step)
    return {row["tx"] for row in found}


async def moves_of(step: str) -> set[tuple[str, str, str]]:
    """Axis, from, to: what the audit says that the step moved of rows that were there."""
    found = set()
    for axis, (entity, column) in COLUMN_OF.items():
        for row in await AuditEntry.filter(act=step, entity=entity, before__isnull=False):
            before, after = row.before or {}, row.after or {}
            if column in after and before.get(column) != after[column]:
                found.add((axis, before.get(column) or NOTHING, after[column]))
    return found


@pytest.mark.parametrize(("step", "way"), GOING)
class TestEveryStep:
    async def test_leaves_who_when_and_what(
        self, world: World, step: str, way: Way, standing_clock: datetime
    ) -> None:
        done = await way.do(world)
        left = await AuditEntry.filter(act=step)
        assert left
        for row in left:
            assert (row.account_id, row.role) == (done.account_id, way.role.value)
            assert row.at == standing_clock
            assert row.pupil_id == (done.pupil.id if done.pupil else None)
            assert row.region_id == world.amstelland.id
            assert row.correlation_id
            assert row.entity_id
            assert row.before is not None or row.after is not None
            for secret in NEVER_IN_WORDS:
                assert secret not in str((row.before, row.after))

    async def test_moves_what_its_row_says_and_writes_all_of_it_in_one_transaction(
        self, world: World, step: str, way: Way
    ) -> None:
        done = await way.do(world)
        (transaction,) = await transactions_of(step)
        for row in await AuditEntry.filter(act=step):
            if row.after is None:
                continue
            table = getattr(models, row.entity)._meta.db_table
            ((changed,)) = await rows(
                f"SELECT xmin::text::bigint AS tx FROM {table} WHERE id = $1", row.entity_id
            )
            # The worker moves a document or a file on in a transaction of its own.
            assert changed["tx"] == transaction or row.entity in ("Document", "Upload"), row.entity
        mails = await rows(
            "SELECT kind, pupil_id FROM outbox_mail WHERE xmin::text::bigint = $1", transaction
        )
        assert sorted(mail["kind"] for mail in mails) == sorted(way.tells)
        assert {mail["pupil_id"] for mail in mails} <= {done.pupil.id if done.pupil else None}
        assert await moves_of(step) <= {
            (axis, *move) for axis in AXES for move in STEPS[step].moves(axis=axis)
        }
