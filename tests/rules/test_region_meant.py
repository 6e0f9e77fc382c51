"""Rule 2: a family has an invitation for each region; which one an act means that names none."""

from uuid import UUID

import pytest

from rules.parent_login import region_meant
from rules.vocabulary import LoginStatus

OWN, LINKED, THIRD = (UUID(int=number) for number in (1, 2, 3))
SENT, ACTIVE, STARTED = LoginStatus.SENT, LoginStatus.ACTIVATED, LoginStatus.ENROLMENT_STARTED


@pytest.mark.parametrize(
    ("logins", "signed_in", "meant"),
    [
        ({}, None, OWN),
        ({}, LINKED, OWN),
        ({LINKED: SENT}, None, LINKED),
        ({LINKED: STARTED}, OWN, LINKED),
        ({OWN: SENT, LINKED: ACTIVE}, None, LINKED),
        ({OWN: SENT, LINKED: ACTIVE}, OWN, LINKED),
        ({OWN: LoginStatus.NOT_SENT, LINKED: SENT}, None, LINKED),
        ({OWN: ACTIVE, LINKED: STARTED}, None, OWN),
        ({OWN: ACTIVE, LINKED: STARTED}, LINKED, LINKED),
        ({OWN: ACTIVE, LINKED: STARTED}, THIRD, OWN),
        ({OWN: SENT, LINKED: SENT}, LINKED, LINKED),
    ],
)
def test_is_the_one_active_else_the_one_signed_in_with_else_the_childs_own(
    logins: dict[UUID, LoginStatus], signed_in: UUID | None, meant: UUID
) -> None:
    assert region_meant(logins=logins, own=OWN, signed_in=signed_in) == meant
