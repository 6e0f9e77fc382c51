"""The people of the demo region: those that were promised, each able to sign in and with work to do."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from models import CapacityGroup, Enrolment, ParentLogin, PrimarySchool
from resolvers import sessions
from rules.vocabulary import EnrolmentStatus, LoginStatus, PriorityStatus
from sandbox import personas
from tests.sandbox.region import demo_region, persona

PROMISED = {
    "po_editor",
    "po_monitor",
    "po_editor_oso",
    "vo_staff",
    "vo_staff_other",
    "region_admin",
    "project_lead",
    "integrator",
    "parent",
    "parent_enrolled",
}


@pytest.fixture(scope="module", autouse=True)
async def _region() -> AsyncIterator[None]:
    async with demo_region():
        yield


class TestThePersonas:
    async def test_are_those_that_were_promised(self) -> None:
        known = personas.known()
        names = [one["persona"] for one in known]
        assert set(names) >= PROMISED
        assert len(set(names)) == len(names)
        for one in known:
            assert set(one) == {"persona", "role", "username", "password", "note"}
            assert len(one["password"]) >= 12

    @pytest.mark.parametrize("name", [one["persona"] for one in personas.known()])
    async def test_can_sign_in(self, name: str) -> None:
        said = {one["persona"]: one for one in personas.known()}[name]
        signed_in = await sessions.login(
            username=said["username"],
            password=said["password"],
            region=None,
            request_ip="127.0.0.1",
            user_agent="",
        )
        assert signed_in.role.value == said["role"]

    async def test_of_po_work_where_they_should(self) -> None:
        oso = await persona("po_editor_oso")
        assert oso.primary_school_id == (await PrimarySchool.get(brin="00YY", location="00")).id
        editor, monitor = await persona("po_editor"), await persona("po_monitor")
        assert editor.primary_school_id == monitor.primary_school_id != oso.primary_school_id

    async def test_of_vo_have_work_waiting(self) -> None:
        staff, other = await persona("vo_staff"), await persona("vo_staff_other")
        assert staff.secondary_school_id != other.secondary_school_id
        for one in (staff, other):
            theirs = Enrolment.filter(
                handling_school_id=one.secondary_school_id, status=EnrolmentStatus.FINAL
            )
            assert await theirs.count() >= 5
        asked = Enrolment.filter(
            handling_school_id=staff.secondary_school_id, priority_status=PriorityStatus.REQUESTED
        )
        assert await asked.count() >= 2
        enrolled = Counter(
            [
                one.handling_department_id
                for one in await Enrolment.filter(
                    handling_school_id=staff.secondary_school_id, status=EnrolmentStatus.FINAL
                )
            ]
        )
        seats: Counter[object] = Counter()
        for group in await CapacityGroup.filter(department_id__in=list(enrolled)):
            seats[group.department_id] += group.seats
        assert [place for place, many in enrolled.items() if many > seats[place]]

    async def test_of_families_stand_where_they_say(self) -> None:
        new = await ParentLogin.get(pupil_id=(await persona("parent")).pupil_id, region__code="AMSTELLAND")
        assert new.status is LoginStatus.ACTIVATED
        assert not await Enrolment.filter(pupil_id=new.pupil_id).exists()
        enrolled = await persona("parent_enrolled")
        assert await Enrolment.filter(pupil_id=enrolled.pupil_id, status=EnrolmentStatus.FINAL).exists()
