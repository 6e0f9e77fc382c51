"""One at a time, by name, until the transaction ends."""

from tortoise.connection import get_connection


async def alone(name: str) -> None:
    """Wait until nobody else holds this name, and hold it to the end of the caller's transaction."""
    await get_connection("default").execute_query("SELECT pg_advisory_xact_lock(hashtext($1))", [name])
