"""Copies of the demo region's definitive enrolments, straight in the database: only the numbers matter."""

import asyncpg

COPIED = {
    # Table, and what of its columns is not as in the one that is copied.
    "pupil": {
        "id": "m.new_pupil",
        "elk_number": "'X' || lpad(to_hex(m.number), 5, '0')",
        # Other people, not so many of one birth.
        "last_name": "t.last_name || ' ' || m.number",
        "sort_name": "t.sort_name || ' ' || m.number",
        "bsn_index": "NULL",
        "bsn_encrypted": "NULL",
        "eck_id": "''",
    },
    "address": {"id": "gen_random_uuid()", "pupil_id": "m.new_pupil"},
    "enrolment": {"id": "m.new_form", "pupil_id": "m.new_pupil"},
    "preference": {"id": "gen_random_uuid()", "enrolment_id": "m.new_form"},
}
KEY = {
    "pupil": "id = m.pupil",
    "address": "pupil_id = m.pupil",
    "enrolment": "id = m.form",
    "preference": "enrolment_id = m.form",
}


async def multiply(connection: asyncpg.Connection, *, rows: int) -> int:
    """Until the region AMSTELLAND has so many. How many there are."""
    await connection.execute(
        """
        CREATE TEMP TABLE m AS
        SELECT e.id AS form, e.pupil_id AS pupil, gen_random_uuid() AS new_pupil, gen_random_uuid() AS new_form,
               row_number() OVER () AS number
          FROM enrolment e JOIN region r ON r.id = e.region_id, generate_series(1, $1)
         WHERE r.code = 'AMSTELLAND' AND e.status = 'FINAL' LIMIT $1
        """.replace("$1", str(rows))
    )
    for table, other in COPIED.items():
        names = [row["column_name"] for row in await connection.fetch(_COLUMNS, table)]
        values = ", ".join(other.get(name, f't."{name}"') for name in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        await connection.execute(
            f"INSERT INTO {table} ({quoted}) SELECT {values} FROM m JOIN {table} t ON t.{KEY[table]}"
        )
    await connection.execute("ANALYZE")
    count: int = await connection.fetchval(
        "SELECT count(*) FROM enrolment e JOIN region r ON r.id = e.region_id"
        " WHERE r.code = 'AMSTELLAND' AND e.status = 'FINAL'"
    )
    return count


_COLUMNS = (
    "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position"
)
