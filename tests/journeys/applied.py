"""Enrolments straight into the table: for lists, where how a form came to be is not the matter."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from models import Enrolment, Pupil
from rules.vocabulary import EnrolmentStatus
from tests.world import World, at

WEEK = at("2027-03-17 10:00")


async def applied(
    world: World,
    *,
    school: int = 0,
    advice: str = "HAVO",
    minute: int = 0,
    form: dict[str, Any] | None = None,
    **more: Any,
) -> Pupil:
    """A pupil on the list of this school, enrolled so many minutes after the others. `form`: columns of its form."""
    pupil = await world.pupil(advice=advice, **more)
    department = world.departments[f"{school}-{advice}"]
    moment = WEEK + timedelta(minutes=minute)
    await Enrolment.create(
        id=uuid4(),
        pupil=pupil,
        region=world.amstelland,
        group=world.group,
        school_year=world.year,
        **{
            "status": EnrolmentStatus.FINAL,
            "finalized_at": moment,
            "first_school_id": department.school_id,
            "first_department_id": department.id,
            "handling_school_id": department.school_id,
            "handling_department_id": department.id,
            "created_at": moment,
            "updated_at": moment,
            **(form or {}),
        },
    )
    return pupil
