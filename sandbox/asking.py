"""Families of the demo region that wait for the region: three from outside, one of a linked region without address."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from models import LoginRequest
from resolvers.oki_doc import vault
from rules.registration import Carer, Home, Registration
from rules.vocabulary import LoginRequestState, Role
from sandbox.ledger import Ledger, Who
from sandbox.states import NOW

PUBLIC = Who(None, Role.PUBLIC)
# Above those that the files of the largest region give out, and as them with a 9 in front.
BSNS = ("999999990", "999999989")


async def tell(*, connection: Any, ledger: Ledger) -> None:
    """What each asked, yesterday evening, as the steps would have left it."""
    region = await connection.fetchrow(_REGION)
    school = await connection.fetchrow(_SCHOOL, region["group_id"])
    child = await connection.fetchrow(_CHILD, region["group_id"], region["id"])
    place = {"region_id": region["id"], "school_year_id": region["school_year_id"]}
    mei = _registration("Mei-Lin", "de", "Boer", date(2015, 4, 5), bsn=BSNS[0])
    # The same name and day of birth as a child that a school here has already.
    twice = _registration(
        child["first_name"], child["infix"], child["last_name"], child["birth_date"], advice="VWO"
    )
    # Its school is one of this region: that sends the login.
    here = _registration(
        "Kjell", "", "Søndergård", date(2014, 11, 30), bsn=BSNS[1], school=school["name"], brin=school["brin"]
    )
    for number, told in enumerate((mei, twice, here)):
        _registered(ledger, place, told, NOW - timedelta(hours=15 - number))
    waiting = await connection.fetchrow(_WITHOUT_ADDRESS, region["group_id"], region["id"])
    if waiting is not None:
        asked_at = NOW - timedelta(hours=11)
        values = {**place, "state": LoginRequestState.OPEN, "pupil_id": waiting["id"], "created_at": asked_at}
        identity = ledger.row(LoginRequest, **values)
        _act(ledger, place, "requestParentLogin", asked_at, identity, None, values)


def _registration(
    first_name: str,
    infix: str,
    last_name: str,
    born: date,
    *,
    bsn: str = "",
    advice: str = "HAVO",
    school: str = "De Verre Molen, Utrecht",
    brin: str = "",
) -> Registration:
    return Registration(
        first_name=first_name,
        infix=infix,
        last_name=last_name,
        birth_date=born,
        address=Home(street="Molenpad", house_number="7", postcode="3511 SA", city="Utrecht"),
        guardian=Carer(last_name=last_name, infix=infix, relation="moeder", phone="06 00000000"),
        email=f"gezin.{born:%d%m%y}@example.org",
        origin_school=school,
        origin_brin=brin,
        advice=advice,
        bsn=bsn,
    )


def _registered(ledger: Ledger, place: dict[str, Any], told: Registration, at: datetime) -> None:
    confirmed_at = at + timedelta(minutes=4)
    values = {
        **place,
        "email": told.email,
        "told": told.told(),
        "birth_date": told.birth_date,
        "created_at": at,
        "bsn_encrypted": vault().encrypt(bsn=told.bsn) if told.bsn else None,
        "bsn_index": vault().index(bsn=told.bsn) if told.bsn else None,
    }
    asked, opened = (
        {"state": LoginRequestState.UNCONFIRMED},
        {"state": LoginRequestState.OPEN, "confirmed_at": confirmed_at},
    )
    identity = ledger.row(LoginRequest, **values, **opened)
    _act(ledger, place, "registerOutsidePupil", at, identity, None, {**values, **asked})
    _act(ledger, place, "confirmLoginRequest", confirmed_at, identity, asked, opened)


def _act(
    ledger: Ledger,
    place: dict[str, Any],
    name: str,
    at: datetime,
    identity: UUID,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    ledger.act(
        name, PUBLIC, at, LoginRequest, identity, before, after,
        pupil_id=after.get("pupil_id"), region_id=place["region_id"],
    )  # fmt: skip


_REGION = """
SELECT region.id, region.group_id, period.school_year_id FROM region JOIN period ON period.region_id = region.id
 ORDER BY region.code = 'AMSTELLAND' DESC, region.code, period.opens_at LIMIT 1
"""
_SCHOOL = """
SELECT school.name, school.brin FROM primary_school school JOIN region ON region.id = school.region_id
 WHERE region.group_id = $1 ORDER BY school.brin LIMIT 1
"""
_CHILD = """
SELECT first_name, infix, last_name, birth_date FROM pupil
 WHERE group_id = $1 AND region_id <> $2 AND primary_school_id IS NOT NULL ORDER BY elk_number LIMIT 1
"""
_WITHOUT_ADDRESS = """
SELECT pupil.id FROM pupil LEFT JOIN guardian ON guardian.pupil_id = pupil.id AND guardian.position = 1
 WHERE pupil.group_id = $1 AND pupil.region_id <> $2 AND coalesce(guardian.email, '') = ''
 ORDER BY pupil.elk_number LIMIT 1
"""
