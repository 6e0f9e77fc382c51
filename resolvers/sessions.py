"""Sign-in, sign-out, and who is behind a token.

A known and an unknown user name get the same answer after the same work: as many statements and looks at
a password hash as the name's shape asks for, one count in the throttle.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from models import Account, Region, Session
from resolvers import audit, clock, links, machines, passwords, throttle
from resolvers.calendars import current_year
from resolvers.regions import with_code
from resolvers.rows import fetch
from resolvers.viewer import Viewer
from rules import integrator
from rules import sign_in as rule
from rules.calendar import AMSTERDAM
from rules.identifiers import is_elk_number
from rules.sign_in import WrongCredentials
from rules.steps import NotFound
from rules.vocabulary import Role

STAFF = "staff"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. `token` is here and nowhere else."""

    token: str
    expires_at: datetime
    role: Role


async def login(
    *, username: str, password: str, region: str | None, request_ip: str, user_agent: str
) -> SignedIn:
    """Sign in with a user name and a password. Raises `WrongCredentials`, `TooManyAttempts` or `SignInBusy`.

    An ELK number is unique within a group of linked regions: `region` says which. Without it the number
    is tried in every group, so that the work says nothing about where it exists; portals name theirs.
    """
    name = rule.username(typed=username)
    trying = await throttle.attempt(username=name, address=request_ip)
    try:
        realms = await realms_of(username=name, region=region)
        accounts = {
            account.realm: account for account in await Account.filter(username=name, realm__in=realms)
        }
        found = machine = None
        if realms == [STAFF]:
            machine = await machines.let_in(username=name, secret=password, address=request_ip)
            found = accounts.get(STAFF) if machine else None
        # Who is no machine with its secret costs all the work there is, whatever the name.
        for realm in [] if found else realms or [""]:
            account = accounts.get(realm)
            stored = account.password_hash if account and account.active else None
            if await passwords.matches(password=password, stored=stored) and found is None:
                found = account
    except BaseException:
        await trying.nothing()
        raise
    if found is None:
        known = next((accounts[realm] for realm in realms if realm in accounts), None)
        await _trace_wrong(name=name, account=known, tries=await trying.wrong())
        raise WrongCredentials()
    await trying.right()
    await _rehash(account=found, password=password)
    ends_at = machine.ends_at if machine else None
    return await _open_session(account=found, user_agent=user_agent, region=region, ends_at=ends_at)


async def logout(*, viewer: Viewer | None) -> None:
    """End this session. Whoever has none is signed out already."""
    if viewer is None:
        return
    async with in_transaction():
        await Session.filter(id=viewer.session_id).update(revoked_at=clock.real_now())
        await _trace(viewer=viewer, act="logout", session_id=viewer.session_id)


async def viewer_of(*, token: str, address: str = "") -> Viewer | None:
    """Who is behind this token now, in one statement; None when the session is over.

    The account is read each time: a change of role, school or `active` bites at once, and so does what a
    machine was granted. `address`: where the request comes from; a machine that is bound to networks is
    nobody anywhere else. A session used within the last minute is not written to.
    """
    return await _viewer(found_by="token_hash", value=links.digest(token), address=address)


async def viewer_of_session(*, session_id: UUID, address: str = "") -> Viewer | None:
    """The same for a link that names its session: a link to a file ends with the session it was made in."""
    return await _viewer(found_by="id", value=session_id, address=address)


async def _viewer(*, found_by: Literal["token_hash", "id"], value: str | UUID, address: str) -> Viewer | None:
    now = clock.real_now()
    today = (await clock.now()).astimezone(AMSTERDAM).date()
    idle, seen = now - rule.SESSION_IDLE, now - rule.SEEN_PRECISION
    parameters = [value, now, integrator.address(text=address), idle, seen, today]
    sql = _VIEWER.format(found_by=found_by, may_come=machines.MAY_COME)
    _, rows = await get_connection("default").execute_query(sql, parameters)
    if not rows:
        return None
    row = dict(rows[0])
    granted = {name: tuple(row[name] or ()) for name in ("granted_school_ids", "granted_kinds")}
    return Viewer(**{**row, **granted, "role": Role(row["role"])})


_VIEWER = """
WITH found AS (
    SELECT s.id AS session_id, s.last_seen_at, a.id AS account_id, a.role, a.display_name,
           r.id AS region_id, coalesce(r.group_id, a.group_id) AS group_id, r.code AS region_code,
           coalesce(a.school_year_id, y.id) AS school_year_id,
           a.primary_school_id, a.secondary_school_id, a.pupil_id, coalesce(p.name, v.name) AS school_name,
           s.region_id AS signed_in_region_id, m.granted_school_ids, m.granted_kinds
      FROM session s
      JOIN account a ON a.id = s.account_id
      LEFT JOIN primary_school p ON p.id = a.primary_school_id
      LEFT JOIN secondary_school v ON v.id = a.secondary_school_id
      LEFT JOIN region r ON r.id = coalesce(a.region_id, p.region_id, v.region_id)
      LEFT JOIN LATERAL (
          SELECT id FROM school_year WHERE starts_on <= $6 ORDER BY starts_on DESC LIMIT 1
      ) y ON TRUE
      LEFT JOIN LATERAL (
          SELECT i.kinds AS granted_kinds,
                 array_agg(g.school_id ORDER BY g.school_id) FILTER (WHERE g.id IS NOT NULL) AS granted_school_ids
            FROM integrator i
            LEFT JOIN integrator_school g ON g.integrator_id = i.id
           WHERE a.role = 'INTEGRATOR' AND i.account_id = a.id AND {may_come}
           GROUP BY i.id
      ) m ON TRUE
     WHERE s.{found_by} = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND s.last_seen_at > $4
       AND a.active AND (a.role <> 'INTEGRATOR' OR m.granted_kinds IS NOT NULL)
), seen AS (
    UPDATE session SET last_seen_at = $2 FROM found
     WHERE session.id = found.session_id AND found.last_seen_at < $5
)
SELECT account_id, session_id, role, display_name, region_id, group_id, region_code, school_year_id,
       primary_school_id, secondary_school_id, pupil_id, school_name, signed_in_region_id,
       granted_school_ids, granted_kinds
  FROM found
"""


@dataclass(slots=True)
class SessionRow:
    """One of a person's own sessions."""

    id: UUID
    device: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool = False


async def sessions_of(*, viewer: Viewer) -> list[SessionRow]:
    """Where this person is signed in now, the latest used first."""
    own = _open_sessions(account_id=viewer.account_id).order_by("-last_seen_at", "id")
    rows = await fetch(own, ("id", "device", "created_at", "last_seen_at", "expires_at"), SessionRow)
    for row in rows:
        row.current = row.id == viewer.session_id
    return rows


async def revoke_session(*, viewer: Viewer, session_id: UUID) -> None:
    """End one of one's own sessions. Raises `NotFound` for any other."""
    async with in_transaction():
        own = _open_sessions(account_id=viewer.account_id).filter(id=session_id)
        if not await own.update(revoked_at=clock.real_now()):
            raise NotFound().at("sessionId")
        await _trace(viewer=viewer, act="revokeSession", session_id=session_id)


def new_session(
    *,
    account: Account,
    user_agent: str,
    region_id: UUID | None = None,
    ends_at: datetime | None = None,
) -> tuple[Session, SignedIn]:
    """A session not yet saved, and its token: 256 bits, of which only a hash is kept.

    `region_id`: the region of the portal or the link by which a family came (rule 2). `ends_at`: the end of
    what opened it, which no session outlives.
    """
    token = secrets.token_urlsafe(32)
    now = clock.real_now()
    session = Session(
        id=uuid4(),
        account_id=account.id,
        token_hash=links.digest(token),
        created_at=now,
        last_seen_at=now,
        expires_at=min(now + rule.SESSION_LIFE, ends_at) if ends_at else now + rule.SESSION_LIFE,
        region_id=region_id,
        device=user_agent[:200],
    )
    return session, SignedIn(token=token, expires_at=session.expires_at, role=account.role)


def _open_sessions(*, account_id: UUID) -> Any:
    now = clock.real_now()
    return Session.filter(
        account_id=account_id,
        revoked_at__isnull=True,
        expires_at__gt=now,
        last_seen_at__gt=now - rule.SESSION_IDLE,
    )


async def realms_of(*, username: str, region: str | None) -> list[str]:
    """Where a user name may live: people of schools and regions in one realm, families in one for each
    group and year (rule 2). It follows from the name's shape, not from who exists."""
    if not is_elk_number(username):
        return [STAFF]
    year = await current_year(now=await clock.now())
    regions = Region.all() if region is None else with_code(region.strip())
    groups = await regions.distinct().order_by("group_id").values_list("group_id", flat=True)
    return [f"{group}:{year.id}" for group in groups] if year else []


async def _rehash(*, account: Account, password: str) -> None:
    """The parameters of today, at the one moment that the password is there."""
    if account.password_hash and passwords.is_outdated(stored=account.password_hash):
        fresh = await passwords.hashed(password=password)
        await Account.filter(id=account.id, password_hash=account.password_hash).update(password_hash=fresh)


async def _open_session(
    *, account: Account, user_agent: str, region: str | None, ends_at: datetime | None
) -> SignedIn:
    named = None
    if region is not None and account.pupil_id is not None:
        named = await with_code(region.strip()).filter(group_id=account.group_id).first()
    session, signed_in = new_session(
        account=account, user_agent=user_agent, region_id=named.id if named else None, ends_at=ends_at
    )
    viewer = Viewer(
        account_id=account.id,
        session_id=session.id,
        role=account.role,
        display_name=account.display_name,
        region_id=account.region_id,
        primary_school_id=account.primary_school_id,
        secondary_school_id=account.secondary_school_id,
        pupil_id=account.pupil_id,
    )
    async with in_transaction():
        await session.save(force_create=True)
        await _trace(viewer=viewer, act="login", session_id=session.id)
    return signed_in


async def _trace(*, viewer: Viewer, act: str, session_id: UUID) -> None:
    row = audit.entry(
        viewer=viewer,
        act=act,
        at=await clock.now(),
        entity="Session",
        entity_id=session_id,
        pupil_id=viewer.pupil_id,
    )
    await row.save(force_create=True)


async def _trace_wrong(*, name: str, account: Account | None, tries: int) -> None:
    """A wrong try in the audit: the first, tenth, hundredth of a name in an hour, known or not, and never
    more rows than a person can read. The name itself is not in it: people type passwords there."""
    if not rule.leaves_trace(tries=tries):
        return
    if await throttle.spend(what="traces", who="", budget=rule.TRACES) > 0:
        return
    row = audit.entry(
        viewer=None,
        act="login.wrong",
        at=await clock.now(),
        entity="Account",
        entity_id=account.id if account else audit.fingerprint(name),
        after={"triesThisHour": tries},
        pupil_id=account.pupil_id if account else None,
        region_id=account.region_id if account else None,
    )
    await row.save(force_create=True)
