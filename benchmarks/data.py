"""The region that benchmarks read: invented as the sandbox's own, then copied in the database until it is large.

A copy is of whole schools, primary and secondary, with their children, forms and staff. So a table grows and a
school does not: what a school's list costs may not depend on the table.
"""

from collections.abc import Sequence

import asyncpg
from tortoise.connection import get_connection

from models import ClockOffset, OutboxMail
from resolvers import clock
from sandbox import demo, states

BASE = 5_040
"""Pupils of the region that is copied."""


async def region(*, pupils: int) -> None:
    """The sandbox's region, its calendar moved to today: production's clock does not move."""
    clock.allow_moving()
    await demo.ensure(pupils=pupils, say=lambda text: print(text, flush=True))
    connection = get_connection("default")
    days = (clock.real_now() - states.NOW).days
    for table, columns in (
        ("period", ("opens_at", "closes_at")),
        ("school_year", ("starts_on", "ends_on")),
    ):
        shifted = ", ".join(
            f"{one} = {one} + {days}" if one.endswith("on") else f"{one} = {one} + interval '{days} days'"
            for one in columns
        )
        await connection.execute_query(f"UPDATE {table} SET {shifted}")
    await ClockOffset.all().delete()
    await OutboxMail.filter(sent_at__isnull=True).update(sent_at=clock.real_now())
    clock.stand_still(at=clock.real_now())


TABLES = (
    "primary_school", "secondary_school", "department", "capacity_group", "pupil", "account", "address", "guardian",
    "parent_login", "enrolment", "preference",
)  # fmt: skip
"""What is copied, each after what it refers to."""
OTHER = {
    "primary_school": {"location": "lpad(c.n::text, 2, '0')", "name": "t.name || ' ' || c.n"},
    "secondary_school": {"location": "lpad(c.n::text, 2, '0')", "name": "t.name || ' ' || c.n"},
    "pupil": {
        # Five digits more than those of the sandbox; no two the same.
        "elk_number": "CASE WHEN left(t.elk_number, 1) = 'B' THEN 'Y' ELSE 'X' END"
        " || lpad(to_hex(c.n * 8192 + right(t.elk_number, 5)::int % 8192), 5, '0')",
        "bsn_index": "NULL",
        "bsn_encrypted": "NULL",
        "eck_id": "''",
    },
    "account": {"username": "t.username || '~' || c.n", "reset_token_hash": "NULL"},
    "parent_login": {"token_hash": "NULL"},
}
"""Columns that are not as in the row that is copied, and no reference to one."""


async def filled(connection: asyncpg.Connection) -> None:
    """Every child that has no form yet, and whose advice has a list, gets a definitive one: that of a child like it."""
    names = [name for name in await _columns(connection, "enrolment") if name not in ("id", "pupil_id")]
    logins = [name for name in await _columns(connection, "parent_login") if name not in ("id", "pupil_id")]
    await connection.execute(
        f"""
        CREATE TEMP TABLE done AS
        WITH theirs AS (
            SELECT e.id, p.region_id, p.advice_id, row_number() OVER (PARTITION BY p.region_id, p.advice_id) AS place,
                   count(*) OVER (PARTITION BY p.region_id, p.advice_id) AS of
              FROM enrolment e JOIN pupil p ON p.id = e.pupil_id
             WHERE e.status = 'FINAL' AND e.region_id = p.region_id
        ), without AS (
            SELECT p.id, p.region_id, p.advice_id, row_number() OVER (PARTITION BY p.region_id, p.advice_id) AS place
              FROM pupil p
             WHERE p.not_placing_reason IS NULL AND NOT EXISTS (
                SELECT FROM enrolment e WHERE e.pupil_id = p.id AND e.status <> 'WITHDRAWN')
        )
        SELECT without.id AS pupil_id, theirs.id AS like_it, gen_random_uuid() AS form
          FROM without JOIN theirs USING (region_id, advice_id) WHERE theirs.place = 1 + without.place % theirs.of;
        INSERT INTO enrolment (id, pupil_id, {", ".join(names)})
        SELECT done.form, done.pupil_id, {", ".join(f"e.{name}" for name in names)}
          FROM done JOIN enrolment e ON e.id = done.like_it;
        INSERT INTO preference (id, enrolment_id, department_id, rank)
        SELECT gen_random_uuid(), done.form, l.department_id, l.rank
          FROM done JOIN preference l ON l.enrolment_id = done.like_it;
        DELETE FROM parent_login USING done WHERE parent_login.pupil_id = done.pupil_id;
        INSERT INTO parent_login (id, pupil_id, {", ".join(logins)})
        SELECT gen_random_uuid(), done.pupil_id,
               {", ".join("NULL" if name == "token_hash" else f"l.{name}" for name in logins)}
          FROM done JOIN enrolment e ON e.id = done.like_it
          JOIN parent_login l ON l.pupil_id = e.pupil_id AND l.region_id = e.region_id;
        DROP TABLE done;
        """
    )


async def copied(connection: asyncpg.Connection, *, first: int, last: int) -> None:
    """The copies of these numbers, of all that is not a copy itself. The database is its owner's."""
    await connection.execute(
        "CREATE OR REPLACE FUNCTION pg_temp.other(id uuid, n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql"
        " AS $$ SELECT md5(id::text || n)::uuid $$"
    )
    for table in TABLES:
        references = {
            row["name"]
            for row in await connection.fetch(_REFERENCES, table, list(TABLES))
        }  # fmt: skip
        names = await _columns(connection, table)
        values = [_value(table, name, references) for name in names]
        quoted = ", ".join(f'"{name}"' for name in names)
        await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await connection.execute(
            f"INSERT INTO {table} ({quoted}) SELECT {', '.join(values)}"
            f" FROM {table} t, generate_series($1::bigint, $2::bigint) AS c(n) WHERE {_IS_BASE[table]}",
            first,
            last,
        )
        await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    await connection.execute("ANALYZE")


def _value(table: str, name: str, references: set[str]) -> str:
    if name == "id" or name in references:
        return f'pg_temp.other(t."{name}", c.n)'
    return OTHER.get(table, {}).get(name, f't."{name}"')


_OF_PUPIL = "EXISTS (SELECT FROM pupil p WHERE p.id = t.pupil_id AND left(p.elk_number, 1) NOT IN ('X', 'Y'))"
_IS_BASE = {
    "primary_school": "t.location = '00'",
    "secondary_school": "t.location = '00'",
    "department": "EXISTS (SELECT FROM secondary_school s WHERE s.id = t.school_id AND s.location = '00')",
    "capacity_group": "EXISTS (SELECT FROM department d JOIN secondary_school s ON s.id = d.school_id"
    " WHERE d.id = t.department_id AND s.location = '00')",
    "pupil": "left(t.elk_number, 1) NOT IN ('X', 'Y')",
    # A family signs in by its number; staff is enough.
    "account": "t.pupil_id IS NULL AND t.username NOT LIKE '%~%' AND t.role IN ('VO_STAFF', 'PO_EDITOR')",
    "address": _OF_PUPIL,
    "guardian": _OF_PUPIL,
    "parent_login": _OF_PUPIL,
    "enrolment": _OF_PUPIL,
    "preference": "EXISTS (SELECT FROM enrolment e JOIN pupil p ON p.id = e.pupil_id WHERE e.id = t.enrolment_id"
    " AND left(p.elk_number, 1) NOT IN ('X', 'Y'))",
}
_REFERENCES = """
SELECT a.attname AS name FROM pg_constraint c
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
 WHERE c.contype = 'f' AND c.conrelid = $1::text::regclass AND c.confrelid::regclass::text = ANY ($2)
"""


async def _columns(connection: asyncpg.Connection, table: str) -> Sequence[str]:
    rows = await connection.fetch(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public'"
        " ORDER BY ordinal_position",
        table,
    )
    return [row["name"] for row in rows]


async def counts(connection: asyncpg.Connection) -> dict[str, int]:
    """How many rows there are."""
    return {
        table: await connection.fetchval(f"SELECT count(*) FROM {table}")
        for table in (
            "pupil",
            "enrolment",
            "preference",
            "parent_login",
            "secondary_school",
            "primary_school",
        )
    }
