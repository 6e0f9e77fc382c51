"""What one test left in the database is not there for the next."""

import asyncpg
import pytest

from tests.servers import Lent, drop

ROW = "INSERT INTO audit_entry (at, role, act, entity, entity_id, correlation_id) VALUES (now(), 'X', 'x', 'X', '1', '') RETURNING id"


async def asked(url: str, *statements: str) -> object:
    """The first value of the last statement."""
    connection = await asyncpg.connect(url)
    try:
        return [await connection.fetchval(statement) for statement in statements][-1]
    finally:
        await connection.close()


async def test_rows_are_gone_and_numbers_begin_anew_also_where_nobody_may_delete() -> None:
    lent = Lent()
    first = await lent.take()
    assert await asked(first.application, ROW, ROW) == 2
    await lent.give_back()
    assert await lent.take() == first
    assert await asked(first.application, "SELECT count(*) FROM audit_entry") == 0
    assert await asked(first.application, ROW) == 1
    await drop(name=first.owner.rpartition("/")[2])


async def test_who_is_still_connected_is_cut_off() -> None:
    lent = Lent()
    first = await lent.take()
    held = await asyncpg.connect(first.application)
    await held.execute("BEGIN; LOCK TABLE pupil IN ACCESS EXCLUSIVE MODE")
    await lent.give_back()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await held.fetchval("SELECT 1")
    assert await lent.take() == first
    await drop(name=first.owner.rpartition("/")[2])


@pytest.mark.parametrize(
    "act",
    [
        "DELETE FROM tortoise_migrations WHERE name LIKE '0004%'",
        "ALTER TABLE note ADD mine int",
        "ALTER TABLE note ALTER text DROP NOT NULL",
        "DROP TABLE note CASCADE",
        "CREATE INDEX mine ON note (id)",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "GRANT UPDATE ON audit_entry TO loket",
        "CREATE RULE quiet AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
        "CREATE OR REPLACE FUNCTION audit_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
)
async def test_another_is_lent_where_a_test_changed_more_than_rows(act: str) -> None:
    lent = Lent()
    first = await lent.take()
    await asked(first.owner, act)
    await lent.give_back()
    second = await lent.take()
    assert second != first
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asked(first.owner, "SELECT 1")
    await drop(name=second.owner.rpartition("/")[2])
