"""The people of the demo region: those that were promised, each able to sign in and with work to do,
and the families who ask for a login."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date

import pytest

from models import (
    Advice,
    AuditEntry,
    CapacityGroup,
    Enrolment,
    LoginRequest,
    ParentLogin,
    PrimarySchool,
    Region,
)
from resolvers import sessions
from resolvers.login_request_list import login_requests
from resolvers.viewer import Viewer
from rules.registration import Carer, FormAdvice, Home, Registration, checked
from rules.vocabulary import EnrolmentStatus, LoginStatus, PriorityStatus, PupilOrigin, Role
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


class TestTheFamiliesThatAsk:
    async def test_are_shown_to_the_region_each_for_another_reason(self) -> None:
        """Rule 24: what a person must look at before deciding is there to be looked at."""
        admin = await persona("region_admin")
        assert admin.region_id is not None
        region = await Region.get(id=admin.region_id)
        viewer = Viewer(
            account_id=admin.id,
            session_id=admin.id,
            role=Role.REGION_ADMIN,
            display_name="",
            region_id=region.id,
            group_id=region.group_id,
            school_year_id=(await LoginRequest.all().first() or LoginRequest()).school_year_id,
        )
        wanted = {"possible_duplicates", "other_requests", "primary_school_here"}
        rows = await login_requests(
            viewer=viewer, state=None, school_year=None, first=100, after=None, wanted=wanted
        )
        assert [row.origin for row in rows] == [PupilOrigin.OUTSIDE] * 3 + [PupilOrigin.HOME]
        plain, twice, here, linked = rows
        assert (plain.possible_duplicates, plain.primary_school_here) == ([], None)
        assert [one.same_name_and_birth_date for one in twice.possible_duplicates] == [True]
        assert here.primary_school_here is not None
        assert linked.primary_school is not None

    async def test_told_what_the_form_would_take(self) -> None:
        adviezen = {one.code: FormAdvice(one.list_length, one.other_way) for one in await Advice.all()}
        for request in await LoginRequest.filter(pupil_id=None):
            told = dict(request.told)
            home, carer = Home(**told.pop("address")), Carer(**told.pop("guardian"))
            given = Registration(
                **told,
                address=home,
                guardian=carer,
                email=request.email,
                birth_date=request.birth_date,  # type: ignore[arg-type]
            )
            right = checked(registration=given, year_begins=date(2026, 8, 1), adviezen=adviezen)
            assert right == given
            acts = await AuditEntry.filter(entity="LoginRequest", entity_id=str(request.id)).order_by("id")
            assert [one.act for one in acts] == ["registerOutsidePupil", "confirmLoginRequest"]
            assert given.last_name not in str([one.after for one in acts])
