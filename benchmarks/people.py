"""Who asks in a comparison of reads: people of many schools, signed in without a sign-in, which would measure hashing."""

from dataclasses import dataclass
from typing import Any

from tortoise.connection import get_connection

from models import Account, Session
from resolvers import sessions

EACH = 16


@dataclass(frozen=True)
class People:
    """Their tokens. Of staff of a secondary school also a child of its list."""

    officers: list[tuple[str, str]]
    teachers: list[str]
    region: str
    parents: list[str]

    def asking(self, case: str) -> list[dict[str, Any]]:
        """Who asks this, and about whom."""
        match case:
            case "PAGE":
                return [{"token": token} for token, _ in self.officers]
            case "ONE":
                return [{"token": token, "id": child} for token, child in self.officers]
            case "ROWS":
                return [{"token": self.region}]
            case "OVERVIEW":
                return [{"token": token} for token in self.teachers]
            case _:
                return [{"token": token} for token in self.parents]


async def signed_in() -> People:
    """Staff of the largest lists, so that every page is full, of whatever school; parents in every state."""
    officers = await _rows(_OFFICERS)
    teachers, parents, region = await _rows(_TEACHERS), await _rows(_PARENTS), await _rows(_REGION)
    tokens = await _tokens([row["id"] for row in (*officers, *teachers, *parents, *region)])
    return People(
        officers=[(tokens[row["id"]], str(row["child"])) for row in officers],
        teachers=[tokens[row["id"]] for row in teachers],
        region=tokens[region[0]["id"]],
        parents=[tokens[row["id"]] for row in parents],
    )


async def _rows(sql: str) -> list[dict[str, Any]]:
    return await get_connection("default").execute_query_dict(sql)


async def _tokens(account_ids: list[Any]) -> dict[Any, str]:
    accounts = await Account.in_bulk(account_ids, "id")
    made = {one.id: sessions.new_session(account=one, user_agent="benchmark") for one in accounts.values()}
    await Session.bulk_create(session for session, _ in made.values())
    return {account_id: signed.token for account_id, (_, signed) in made.items()}


# md5: of whatever copy, and the same ones each time.
_OFFICERS = f"""
SELECT id, child FROM (
    SELECT DISTINCT ON (a.secondary_school_id) a.id, e.children, e.child
      FROM account a, LATERAL (
          SELECT count(*) AS children, (min(pupil_id::text))::uuid AS child FROM enrolment
           WHERE handling_school_id = a.secondary_school_id AND status = 'FINAL'
      ) e
     WHERE a.role = 'VO_STAFF' AND a.active AND a.id IN (
         SELECT id FROM account WHERE role = 'VO_STAFF' AND active ORDER BY md5(id::text) LIMIT 400)
     ORDER BY a.secondary_school_id, a.id
) found WHERE children > 100 ORDER BY md5(id::text) LIMIT {EACH}
"""
_TEACHERS = f"""
SELECT a.id FROM account a
 WHERE a.role = 'PO_EDITOR' AND a.active
   AND EXISTS (SELECT FROM pupil WHERE primary_school_id = a.primary_school_id OFFSET 20)
 ORDER BY md5(a.id::text) LIMIT {EACH}
"""
_REGION = """
SELECT a.id FROM account a JOIN region r ON r.id = a.region_id
 WHERE a.role = 'REGION_ADMIN' AND a.active AND r.code = 'AMSTELLAND' LIMIT 1
"""
_PARENTS = f"""
SELECT a.id FROM account a WHERE a.role = 'PARENT' AND a.active AND a.password_hash IS NOT NULL
 ORDER BY md5(a.id::text) LIMIT {4 * EACH}
"""
