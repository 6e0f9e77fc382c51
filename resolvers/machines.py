"""The secrets of machines (rule 39): one is made, kept as a hash, and known again at sign-in.

256 bits of chance cannot be guessed, so a plain hash keeps them; no slow one makes a machine wait for people.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from tortoise.connection import get_connection

from resolvers import clock, links
from rules import integrator as rule

MAY_COME = """i.revoked_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > $2)
       AND (i.networks = '{}' OR $3::text::inet <<= ANY (i.networks::inet[]))"""
"""What holds of a machine that may come in at moment $2 from address $3, NULL where that is none."""


@dataclass(frozen=True, slots=True)
class LetIn:
    """A machine with a good secret. `ends_at`: the sooner end of the secret and of the machine, if any."""

    ends_at: datetime | None


def new_secret() -> str:
    """Shown once, and kept nowhere."""
    return rule.BEGINS + secrets.token_urlsafe(32)


def digest(*, secret: str) -> str:
    """What the database keeps of it."""
    return links.digest(secret)


async def let_in(*, username: str, secret: str, address: str) -> LetIn | None:
    """Whether this is a secret of that machine which works now, from here. One statement, whoever is named.

    The hashes come here to be compared: what people type as a password goes to no database, hashed or not.
    """
    parameters = [username, clock.real_now(), rule.address(text=address)]
    _, rows = await get_connection("default").execute_query(_SECRETS, parameters)
    typed = digest(secret=secret)
    right = [row["ends_at"] for row in rows if hmac.compare_digest(row["secret_hash"], typed)]
    return LetIn(ends_at=right[0]) if right else None


_SECRETS = f"""
SELECT s.secret_hash, least(s.expires_at, i.expires_at) AS ends_at
  FROM account a
  JOIN integrator i ON i.account_id = a.id
  JOIN integrator_secret s ON s.integrator_id = i.id
 WHERE a.realm = 'staff' AND a.username = $1 AND a.active AND (s.expires_at IS NULL OR s.expires_at > $2)
   AND {MAY_COME}
"""  # noqa: S608
