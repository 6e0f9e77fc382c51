"""Rule 39: each export is its rows in GraphQL, a CSV and an XLSX, from one declaration."""

from typing import Any
from uuid import uuid4

import pytest

from models import Address, AuditEntry, Enrolment, Preference, Pupil
from rules.vocabulary import ExportKind, PupilOrigin, Role
from tests.journeys.applied import applied, officer
from tests.journeys.exported import file, in_csv, in_xlsx, of_csv, of_xlsx, rows
from tests.statements import counted
from tests.world import Person, World

KINDS = list(ExportKind)
FORMS: dict[str, dict[str, Any]] = {
    "placed": {"placement_status": "PLACED", "track": "Sport", "profile": "=Zorg", "placed_at": "2027-04-01T10:00:00Z"},
    "claimed": {"priority_ground": "SIBLING", "priority_status": "REQUESTED", "sibling_name": "+Bo", "is_multiple": True},
    "drawn": {"placement_status": "DRAWN_OUT", "accept_equivalent_department": True},
    "moved": {"moved": True, "priority_ground": "STAFF_CHILD", "priority_status": "GRANTED"},
    "revoked": {"status": "WITHDRAWN", "withdrawn_by": "PARENT", "withdrawn_at": "2027-03-18T10:00:00Z"},
    "ended": {"status": "WITHDRAWN", "withdrawn_by": "VO_STAFF", "placement_status": "WITHDRAWN",
              "withdrawn_at": "2027-04-02T10:00:00Z"},
    "refused": {"status": "WITHDRAWN", "withdrawn_by": "VO_STAFF", "placement_status": "NOT_PLACEABLE",
                "withdrawn_at": "2027-04-02T10:00:00Z"},
    "corrected": {"status": "WITHDRAWN", "withdrawn_by": "PO_EDITOR", "withdrawn_at": "2027-03-18T10:00:00Z"},
}  # fmt: skip
"""A form in each state, by the name of its child."""


async def full(world: World) -> dict[str, Pupil]:
    """School 0 with a form in each state, two more at school 1, and a child from outside."""
    made = {}
    for name, columns in FORMS.items():
        made[name] = await applied(world, first_name=name, form=columns)
        await Address.filter(pupil_id=made[name].id).update(street="Dorpsstraat", secret=name == "drawn")
    for school in (0, 1, 1):
        made[f"plain{school}"] = await applied(
            world, first_name="Łucja", last_name='=HYPERLINK("x")', school=school
        )
    outside = await applied(world, first_name="Ver", outside=True)
    made["outside"] = outside
    for pupil in made.values():
        form = await Enrolment.get(pupil_id=pupil.id)
        await Preference.bulk_create(
            Preference(
                id=uuid4(),
                enrolment_id=form.id,
                rank=rank,
                department_id=world.departments[f"{rank - 1}-HAVO"].id,
            )
            for rank in range(1, 6)
        )
    return made


def who(found: list[dict[str, Any]]) -> list[str]:
    return sorted(node["firstName"] for node in found)


class TestWhoIsInAnExport:
    @pytest.mark.parametrize(
        ("kind", "names"),
        [
            (ExportKind.ENROLMENTS, ["Ver", "claimed", "drawn", "moved", "placed", "Łucja"]),
            (ExportKind.WITHDRAWN, ["ended", "revoked"]),
            (ExportKind.DECENTRAL_LOTTERY, ["Ver", "claimed", "Łucja"]),
            (ExportKind.CENTRAL_PLACEMENT, ["drawn"]),
            (ExportKind.OUTSIDE_PUPILS, ["Ver"]),
        ],
    )
    async def test_is_who_the_rule_says_at_the_own_school(
        self, world: World, kind: ExportKind, names: list[str]
    ) -> None:
        await full(world)
        assert who(await rows(await officer(world), kind)) == names

    async def test_is_everyone_for_the_region(self, world: World) -> None:
        await full(world)
        admin = await world.staff(Role.REGION_ADMIN, region_id=world.amstelland.id)
        assert len(await rows(admin, ExportKind.ENROLMENTS, Role.REGION_ADMIN)) == 8
        other = await world.staff(Role.REGION_ADMIN, region_id=world.amsterdam.id)
        assert await rows(other, ExportKind.ENROLMENTS, Role.REGION_ADMIN) == []

    async def test_is_narrowed_to_a_department_of_the_own_school(self, world: World) -> None:
        await full(world)
        staff = await officer(world)
        own, theirs = (str(world.departments[name].id) for name in ("0-HAVO", "1-HAVO"))
        assert len(await rows(staff, ExportKind.ENROLMENTS, departmentId=f'"{own}"')) == 6
        assert await rows(staff, ExportKind.ENROLMENTS, departmentId=f'"{theirs}"') == []
        refused = await staff.do(
            "createExport", "export { id }", kind="ENROLMENTS", format="CSV", departmentId=theirs
        )
        assert [(one["code"], one["path"]) for one in refused["errors"]] == [("NOT_FOUND", ["departmentId"])]
        assert len(of_csv(await file(world, staff, ExportKind.ENROLMENTS, "CSV", departmentId=own))) == 6


class TestAFile:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("role", [Role.VO_STAFF, Role.REGION_ADMIN])
    async def test_is_the_query_row_by_row(self, world: World, kind: ExportKind, role: Role) -> None:
        made = await full(world)
        await Pupil.filter(id=made["outside"].id).update(origin=PupilOrigin.OUTSIDE, origin_brin="99ZZ00")
        person = await reader(world, role)
        nodes = await rows(person, kind, role)
        assert nodes
        key = "ELK-nummer"
        by_key = sorted((in_csv(kind, role, node) for node in nodes), key=lambda row: row[key])
        assert sorted(of_csv(await file(world, person, kind, "CSV")), key=lambda row: row[key]) == by_key
        sheet = sorted((in_xlsx(kind, role, node) for node in nodes), key=lambda row: row[key])
        assert sorted(of_xlsx(await file(world, person, kind, "XLSX")), key=lambda row: row[key]) == sheet

    async def test_without_rows_has_its_headers(self, world: World) -> None:
        staff = await officer(world)
        assert of_csv(await file(world, staff, ExportKind.ENROLMENTS, "CSV")) == []
        assert of_xlsx(await file(world, staff, ExportKind.ENROLMENTS, "XLSX")) == []

    async def test_counts_nothing_out_and_shows_no_secret_address(self, world: World) -> None:
        await full(world)
        staff = await officer(world)
        for found in (of_csv(await file(world, staff, ExportKind.ENROLMENTS, "CSV")),
                      of_xlsx(await file(world, staff, ExportKind.ENROLMENTS, "XLSX"))):  # fmt: skip
            by_name = {row["Roepnaam"]: row for row in found}
            assert by_name["Łucja"]["Achternaam"] == '\'=HYPERLINK("x")'
            assert by_name["claimed"]["Naam broer of zus"] == "'+Bo"
            assert by_name["placed"]["Straat"] == "Dorpsstraat"
            assert not by_name["drawn"]["Straat"]
            assert not by_name["moved"]["Voorrang"]

    async def test_of_outside_pupils_is_in_the_audit_with_its_rows_and_why(self, world: World) -> None:
        await full(world)
        staff = await officer(world)
        reason = "Inlezen in de leerlingadministratie"
        (row,) = of_csv(await file(world, staff, ExportKind.OUTSIDE_PUPILS, "CSV", reason=reason))
        assert row["BSN"] == ""
        await rows(staff, ExportKind.OUTSIDE_PUPILS)
        traces = {trace.act: trace.after for trace in await AuditEntry.filter(entity="Export").order_by("id")}
        assert traces["export.made"] == {
            "kind": "OUTSIDE_PUPILS", "format": "CSV", "reason": reason, "rows": 1,
        }  # fmt: skip
        assert set(traces) == {"createExport", "export.made", "read.export", "read.outside_pupils"}
        assert traces["read.outside_pupils"] == {"rows": 1}


class TestAPage:
    async def test_costs_the_same_whatever_its_length(self, world: World) -> None:
        await full(world)
        staff = await officer(world)
        counts = []
        for first in (1, 500):
            async with counted() as statements:
                await rows(staff, ExportKind.ENROLMENTS, first=first) if first > 1 else await staff.ask(
                    "{ exportEnrolments(first: 1) { totalCount nodes { id firstName choice3School } } }"
                )
            counts.append(len(statements))
        assert counts[0] == counts[1]

    async def test_is_whole_whatever_its_size(self, world: World) -> None:
        await full(world)
        staff = await officer(world)
        assert await rows(staff, ExportKind.ENROLMENTS, first=2) == await rows(staff, ExportKind.ENROLMENTS)
        refused = (await staff.post("{ exportEnrolments(first: 501) { nodes { id } } }")).json()
        assert refused["errors"][0]["extensions"]["code"] == "BAD_PAGE_SIZE"

    async def test_takes_no_cursor_of_another_question(self, world: World) -> None:
        await full(world)
        staff = await officer(world)
        asked = "{ exportEnrolments(first: 1) { pageInfo { endCursor } } }"
        cursor = (await staff.ask(asked))["exportEnrolments"]["pageInfo"]["endCursor"]
        for query in (
            f'{{ exportWithdrawn(after: "{cursor}") {{ nodes {{ id }} }} }}',
            f'{{ exportEnrolments(after: "{cursor}", changedSince: "2027-01-01T00:00:00Z") {{ nodes {{ id }} }} }}',
        ):
            answer = (await staff.post(query)).json()
            assert answer["errors"][0]["extensions"]["code"] == "BAD_CURSOR"


async def reader(world: World, role: Role) -> Person:
    if role is Role.VO_STAFF:
        return await officer(world)
    return await world.staff(role, region_id=world.amstelland.id)


async def test_twins_of_the_lottery_are_those_of_the_list(world: World) -> None:
    """Rule 29 is told twice, row by row on the list and in a file: the same children are meant."""
    mother: dict[str, Any] = {"email": "moeder@example.org"}
    one, two = (
        await applied(world, first_name="Lot", **mother),
        await applied(world, first_name="Mia", **mother),
    )
    three = await applied(world, first_name="Noa", email="vader@example.org")
    await applied(world, first_name="Ver", school=1, **mother)
    other = await applied(world, first_name="Oud", **mother)
    await Pupil.filter(id=other.id).update(birth_date="2014-01-01")
    await Address.filter(pupil_id__in=[one.id, three.id]).update(secret=True)
    staff = await officer(world)
    asked = "{ pupils(first: 100) { nodes { elkNumber twinsAtThisSchool { id } } } }"
    listed = (await staff.ask(asked))["pupils"]["nodes"]
    numbers = {str(pupil.id): pupil.elk_number for pupil in await Pupil.all()}
    by_list = {
        row["elkNumber"]: sorted(numbers[twin["id"]] for twin in row["twinsAtThisSchool"]) for row in listed
    }
    exported = await rows(staff, ExportKind.DECENTRAL_LOTTERY)
    assert {row["elkNumber"]: (row["twins"] or "").split() for row in exported} == by_list
    assert by_list[one.elk_number] == [two.elk_number]
    assert by_list[three.elk_number] == by_list[other.elk_number] == []
    assert {row["elkNumber"] for row in exported if row["twinsHere"]} == {one.elk_number, two.elk_number}
