"""A region with one primary school, one pupil, one editor and one family, straight into the tables."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from models import (
    Account,
    Period,
    PrimarySchool,
    Pupil,
    Region,
    RegionGroup,
    SchoolYear,
    Session,
)
from resolvers import clock, sessions
from resolvers.viewer import Viewer
from rules.vocabulary import PeriodKind, PupilOrigin, Role


@dataclass(frozen=True, slots=True)
class OneSchool:
    region: Region
    school: PrimarySchool
    pupil: Pupil
    editor: Viewer
    family: Viewer


async def one_school(*, origin: PupilOrigin = PupilOrigin.HOME) -> OneSchool:
    """Everything is its own: two calls share nothing."""
    mark = uuid4().hex[:8]
    now = clock.real_now()
    today = now.date()
    group = await RegionGroup.create(id=uuid4(), code=f"g-{mark}")
    region = await Region.create(
        id=uuid4(),
        group=group,
        code=f"r-{mark}",
        name="Amstelland",
        portal_url="https://portaal.example.org/inloggen",
        sender_address="elk@example.org",
    )
    year = await SchoolYear.filter(starts_on__lte=today, ends_on__gt=today).first()
    if year is None:
        first = date(today.year if today.month >= 8 else today.year - 1, 8, 1)
        year = await SchoolYear.create(
            id=uuid4(),
            name=f"{first.year}-{first.year + 1}",
            starts_on=first,
            ends_on=first.replace(year=first.year + 1),
        )
    for kind in (PeriodKind.APPLICATION, PeriodKind.HANDLING):
        await Period.create(
            id=uuid4(),
            region=region,
            school_year=year,
            kind=kind,
            opens_at=now - timedelta(days=2),
            closes_at=now + timedelta(days=5),
        )
    school = await PrimarySchool.create(
        id=uuid4(), region=region, brin=mark[:4].upper(), location=mark[4:6], name="De Peppel"
    )
    outside = origin is PupilOrigin.OUTSIDE
    pupil = await Pupil.create(
        id=uuid4(),
        school_year=year,
        group=group,
        region=region,
        primary_school=None if outside else school,
        origin=origin,
        elk_number="B10001" if outside else "10001",
        first_name="Zoë",
        last_name="李",
        sort_name="li zoe",
        birth_date=date(2015, 2, 3),
        created_at=now,
        updated_at=now,
    )
    editor = await _signed_in(
        Account(
            id=uuid4(),
            username=f"editor.{mark}@example.org",
            role=Role.PO_EDITOR,
            display_name="Anne de Wit",
            primary_school_id=school.id,
            created_at=now,
        )
    )
    family = await _signed_in(
        Account(
            id=uuid4(),
            username=pupil.elk_number,
            realm=f"{group.id}:{year.id}",
            role=Role.PARENT,
            display_name="Ouder van Zoë",
            group_id=group.id,
            region_id=region.id,
            school_year_id=year.id,
            pupil_id=pupil.id,
            created_at=now,
        )
    )
    return OneSchool(region, school, pupil, editor, family)


async def _signed_in(account: Account) -> Viewer:
    await account.save(force_create=True)
    return await sign_in_again(account_id=account.id)


async def sign_in_again(*, account_id: UUID) -> Viewer:
    """Another session of the same account."""
    now = clock.real_now()
    session = await Session.create(
        id=uuid4(),
        account_id=account_id,
        token_hash=uuid4().hex,
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(hours=8),
    )
    viewer = await sessions.viewer_of_session(session_id=session.id)
    assert viewer is not None
    return viewer
