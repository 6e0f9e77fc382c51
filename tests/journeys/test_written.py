"""Statements that are written once (`resolvers/written.py`)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from models import Enrolment, ParentLogin, Pupil
from resolvers.viewer import Viewer
from resolvers.written import Shape, written
from rules.vocabulary import EnrolmentStatus, LoginStatus, Role
from tests.world import World

ONE, OTHER = uuid4(), uuid4()


def viewer(**also: Any) -> Viewer:
    return Viewer(account_id=uuid4(), session_id=uuid4(), role=Role.VO_STAFF, display_name="x", **also)


@written
def _at_school(who: Viewer, *, since: datetime | None, status: EnrolmentStatus, limit: int) -> Any:
    found = Enrolment.filter(handling_school_id=who.secondary_school_id, status=status)
    if since is not None:
        found = found.filter(changed_at__gte=since)
    return found.limit(limit).values_list("id")


@written
def _logins(*, pupil_ids: Any, but: Any = ()) -> Any:
    found = ParentLogin.filter(pupil_id__in=pupil_ids)
    return (found.exclude(region_id__in=but) if but else found).values_list("pupil_id", "status")


class TestAStatement:
    async def test_is_the_same_for_other_values_and_takes_those_of_each_call(self, world: World) -> None:
        mine, theirs = viewer(secondary_school_id=ONE), viewer(secondary_school_id=OTHER)
        since = datetime(2026, 2, 9, tzinfo=UTC)
        asked: dict[str, Any] = {"since": since, "status": EnrolmentStatus.FINAL}
        first, values = _at_school.sql(mine, limit=3, **asked)
        second, others = _at_school.sql(theirs, limit=4, **asked)
        assert first == second
        assert (set(values), set(others)) == ({ONE, since, 3}, {OTHER, since, 4})

    async def test_says_what_is_always_so_in_its_text(self, world: World) -> None:
        sql, values = _at_school.sql(
            viewer(secondary_school_id=ONE), since=None, status=EnrolmentStatus.FINAL, limit=3
        )
        assert "\"status\"='FINAL'" in sql
        assert values == [ONE, 3]

    async def test_takes_a_list_of_any_length(self, world: World) -> None:
        short, few = _logins.sql(pupil_ids=[ONE])
        long, many = _logins.sql(pupil_ids=[ONE, OTHER, uuid4()])
        assert short == long
        assert '"pupil_id" = ANY ($1)' in short
        assert (len(few[0]), len(many[0])) == (1, 3)

    async def test_takes_a_list_that_is_excluded(self, world: World) -> None:
        pupil = await world.pupil()
        await world.at_home(pupil, world.amstelland)
        assert len(await _logins(pupil_ids=[pupil.id], but=[OTHER])) == 1
        assert len(await _logins(pupil_ids=[pupil.id], but=[OTHER, world.amstelland.id])) == 0

    async def test_gives_the_rows_that_the_orm_gives(self, world: World) -> None:
        pupils = [await world.pupil() for _ in range(3)]
        for one in pupils[:2]:
            await world.at_home(one, world.amstelland)
        found = await _logins(pupil_ids=[one.id for one in pupils])
        assert {tuple(one) for one in found} == {(one.id, LoginStatus.ACTIVATED.value) for one in pupils[:2]}
        assert [tuple(one) for one in await _logins(pupil_ids=[])] == []


class TestMoreShapesThanAreKept:
    async def test_put_out_the_one_not_used_for_longest(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("resolvers.written.MOST_SHAPES", 2)
        made = list[str]()

        @written
        def shaped(*, column: Shape) -> Any:
            made.append(column)
            return Pupil.all().values_list(column)

        for column in ("id", "eck_id", "id", "group", "id"):
            shaped.sql(column=Shape(column.replace("group", "gender")))
        # Each is made twice, to be sure of it.
        assert made == ["id"] * 2 + ["eck_id"] * 2 + ["gender"] * 2


class TestAFunctionThatIsNoGood:
    async def test_looks_at_a_value(self, world: World) -> None:
        @written
        def looking(*, name: str) -> Any:
            return Pupil.filter(sort_name__contains=name.upper()).values_list("id")

        with pytest.raises(TypeError, match="looks at a value"):
            looking.sql(name="noor")

    async def test_leaves_out_a_value(self, world: World) -> None:
        @written
        def leaving(*, school: UUID, year: UUID) -> Any:
            return Pupil.filter(primary_school_id=school).values_list("id")

        with pytest.raises(TypeError, match="leaves out a value"):
            leaving.sql(school=ONE, year=OTHER)

    async def test_may_look_at_a_shape(self, world: World) -> None:
        @written
        def shaped(*, without: Shape, school: UUID) -> Any:
            names = [name for name in ("id", "eck_id") if name not in without.split()]
            return Pupil.filter(primary_school_id=school).values_list(*names)

        assert "eck_id" in shaped.sql(without=Shape(""), school=ONE)[0]
        assert "eck_id" not in shaped.sql(without=Shape("eck_id"), school=ONE)[0]

    async def test_names_a_list_elsewhere_than_after_in(self, world: World) -> None:
        @written
        def odd(*, ids: list[UUID]) -> Any:
            return Pupil.filter(id=ids[0]).values_list("id")

        with pytest.raises(TypeError, match="elsewhere than after IN"):
            odd.sql(ids=[ONE])
