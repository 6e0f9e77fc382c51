"""What is asked all day, as the resolvers are asked it: each operation by the account that has most to read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

from exports.lists import LISTS
from models import Account
from resolvers import admissions, clock, export_rows, family_child, schools, sessions
from resolvers import pupils as children
from resolvers.family_file import Reading
from resolvers.viewer import Viewer
from rules.vocabulary import ExportKind, PupilOrder, Role
from workers import lease, outbox

PAGE = 50
PARTS = {"parent_logins", "enrolment", "address", "guardians", "test_result", "oki_doc"}
OF_ITS_FORM = {"priority_claim", "placement", "multiple_birth"}


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """Who asks, by the sessions they have."""

    tokens: dict[Role, str]
    viewers: dict[Role, Viewer]
    child: UUID


Operation = Callable[[People], Awaitable[Any]]
HOT: dict[str, Operation] = {}


def hot(name: str) -> Callable[[Operation], Operation]:
    def register(run: Operation) -> Operation:
        HOT[name] = run
        return run

    return register


@hot("who asks, at every request")
async def _viewer(people: People) -> None:
    for token in people.tokens.values():
        assert await sessions.viewer_of(token=token)


async def _school(people: People, order: PupilOrder) -> None:
    viewer = people.viewers[Role.VO_STAFF]
    narrowed = admissions.AdmissionFilter()
    asked: dict[str, Any] = {
        "viewer": viewer,
        "narrowed": narrowed,
        "wanted": PARTS | OF_ITS_FORM,
        "limit": PAGE,
        "order": order,
    }
    rows, total = await admissions.page_of(after=None, counted=True, **asked)
    last = rows[-1]
    key = last.sort_name if order is PupilOrder.NAME else admissions.enrolled_at(last)
    await admissions.page_of(after=(key, last.id), **asked)
    assert await admissions.total(viewer=viewer, narrowed=narrowed) == total


@hot("the list of a secondary school, by name")
async def _by_name(people: People) -> None:
    await _school(people, PupilOrder.NAME)


@hot("the list of a secondary school, by arrival")
async def _by_arrival(people: People) -> None:
    await _school(people, PupilOrder.ENROLLED_AT)


async def _overview(viewer: Viewer) -> None:
    narrowed = children.PupilFilter()
    asked: dict[str, Any] = {"viewer": viewer, "narrowed": narrowed, "wanted": {"parent_logins", "enrolment"}}
    rows = await children.page_of(after=None, limit=PAGE, **asked)
    await children.page_of(after=(rows[0].sort_name, rows[0].id), limit=PAGE, **asked)
    assert await children.total(viewer=viewer, narrowed=narrowed) >= len(rows)


@hot("the overview of a primary school")
async def _of_primary(people: People) -> None:
    await _overview(people.viewers[Role.PO_EDITOR])


@hot("the overview of a region")
async def _of_region(people: People) -> None:
    await _overview(people.viewers[Role.REGION_ADMIN])


@hot("one child, by each school that has it")
async def _one(people: People) -> None:
    for role in (Role.PO_EDITOR, Role.VO_STAFF):
        viewer = people.viewers[role]
        if role is Role.PO_EDITOR:
            child = (await children.page_of(
                viewer=viewer, narrowed=children.PupilFilter(), wanted=(), after=None, limit=1
            ))[0].id  # fmt: skip
        else:
            child = people.child
        assert await children.pupil(viewer=viewer, pupil_id=child, wanted=PARTS)


@hot("the start screen of a family")
async def _family(people: People) -> None:
    viewer, reading = people.viewers[Role.PARENT], Reading()
    assert await family_child.child(viewer=viewer, wanted=PARTS, reading=reading)
    assert await schools.secondary_schools(viewer=viewer, region=None, reading=reading)


@hot("a page of an export")
async def _export(people: People) -> None:
    for role in (Role.VO_STAFF, Role.REGION_ADMIN):
        viewer = people.viewers[role]
        asked = await export_rows.asked_by(
            viewer=viewer,
            kind=ExportKind.ENROLMENTS,
            school_year=None,
            department_id=None,
            changed_since=None,
        )
        wanted = {column.name for column in LISTS[asked.kind].columns}
        rows = await export_rows.page_of(viewer=viewer, asked=asked, wanted=wanted, after=None, limit=PAGE)
        await export_rows.page_of(viewer=viewer, asked=asked, wanted=wanted, after=(rows[0].id,), limit=PAGE)


@hot("the worker takes mails that are due")
async def _mails(people: People) -> None:
    del people
    _, taken = await lease.claim(
        table=outbox.TABLE, waiting=outbox.WAITING, columns=outbox.COLUMNS, seconds=60, limit=PAGE,
        values=[await clock.now()],
    )  # fmt: skip
    assert taken


_FULL = {
    Role.VO_STAFF: "(SELECT count(*) FROM enrolment e WHERE e.handling_school_id = a.secondary_school_id)",
    Role.PO_EDITOR: "(SELECT count(*) FROM pupil p WHERE p.primary_school_id = a.primary_school_id)",
    Role.REGION_ADMIN: "(SELECT count(*) FROM enrolment e WHERE e.region_id = a.region_id AND e.status = 'FINAL')",
    Role.PARENT: "(SELECT count(*) FROM enrolment e WHERE e.pupil_id = a.pupil_id AND e.status = 'FINAL')",
}
"""Of each role the account that has most to read."""


async def people_of_all_roles() -> People:
    tokens, viewers = {}, {}
    for role, most in _FULL.items():
        rows = await get_connection("default").execute_query_dict(
            f"SELECT a.id FROM account a WHERE a.role = $1 AND a.active ORDER BY {most} DESC, a.id LIMIT 1",
            [role],
        )
        account = await Account.get(id=rows[0]["id"])
        session, signed_in = sessions.new_session(account=account, user_agent="")
        await session.save(force_create=True)
        viewer = await sessions.viewer_of(token=signed_in.token)
        assert viewer is not None
        tokens[role], viewers[role] = signed_in.token, viewer
    (first,), _ = await admissions.page_of(
        viewer=viewers[Role.VO_STAFF], narrowed=admissions.AdmissionFilter(), wanted=(), after=None, limit=1,
        order=PupilOrder.NAME,
    )  # fmt: skip
    return People(tokens=tokens, viewers=viewers, child=first.id)
