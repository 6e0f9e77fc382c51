"""What the stories about asking for a login share: a child of a linked region, and a family from outside."""

from typing import Any
from uuid import uuid4

from models import LoginRequest, PrimarySchool, Pupil
from rules.vocabulary import LoginRequestState, Role
from tests.world import Person, World, token_in

BSN = "111222333"
OTHER_BSN = "123456782"
ADDRESS = "verweg@example.org"


async def linked_child(world: World, **more: Any) -> Pupil:
    """A child of a primary school in Amsterdam, ready to be sent a login, whose parents want to go to Amstelland."""
    school, _ = await PrimarySchool.get_or_create(
        brin="18DE", defaults={"id": uuid4(), "region": world.amsterdam, "name": "De Sluis"}
    )
    return await world.pupil(**{"school": school, "region": world.amsterdam, **more})


def asks_for(pupil: Pupil, **changes: Any) -> dict[str, Any]:
    """What its parents fill in."""
    born = pupil.birth_date.isoformat()
    return {"elkNumber": pupil.elk_number, "birthDate": born, "region": "AMSTELLAND", **changes}


def registration(**changes: Any) -> dict[str, Any]:
    """What an outside family fills in, right in every field but for the changes."""
    return {
        "region": "AMSTELLAND",
        "firstName": "Mei-Lin",
        "infix": "van der",
        "lastName": "Łukasz",
        "officialNames": "Mei Lin",
        "birthDate": "2015-04-05",
        "gender": "V",
        "bsn": BSN,
        "address": {
            "street": "Regenboogpad",
            "houseNumber": "12",
            "postcode": "3511ab",
            "city": "Utrecht",
        },
        "email": ADDRESS,
        "guardian": {"firstName": "Noor", "lastName": "Łukasz", "relation": "moeder", "phone": "0612345678"},
        "originSchool": "De Verre Molen, Utrecht",
        "originBrin": "03xy",
        "advice": "HAVO",
        **changes,
    }


async def registered(world: World, **changes: Any) -> LoginRequest:
    """A registration whose family opened the link of its mail."""
    nobody, given = world.nobody(), registration(**changes)
    await nobody.done("registerOutsidePupil", "", **given)
    asked = (mail for mail in await world.mails() if mail["to"] == given["email"])
    # Others to this address may have gone out at this same moment.
    mail = next(mail for mail in asked if mail["subject"].startswith("Bevestig"))
    await nobody.done("confirmLoginRequest", "", token=token_in(mail))
    return await LoginRequest.get(email=given["email"], state=LoginRequestState.OPEN)


async def admin_of(world: World, region: str = "AMSTELLAND") -> Person:
    """The helpdesk of a region."""
    there = {"AMSTELLAND": world.amstelland, "AMSTERDAM": world.amsterdam}[region]
    return await world.staff(Role.REGION_ADMIN, region_id=there.id)
