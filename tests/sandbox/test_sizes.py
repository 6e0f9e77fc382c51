"""The demo region in other sizes: the same personas, and a new group of regions where five digits run out."""

from collections import Counter

import pytest

from models import Account, IntegratorSecret, Pupil, Region, RegionGroup
from resolvers import clock, machines, passwords
from rules.vocabulary import Role
from sandbox import demo, personas, plan


@pytest.fixture
def movable_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_movable", True)


def silent(_text: str) -> None:
    return None


async def test_a_small_region_knows_every_persona(database: None, movable_clock: None) -> None:
    await demo.ensure(pupils=100, say=silent)
    assert await Pupil.all().count() == 100
    for one in personas.known():
        account = await Account.get(username=one["username"])
        assert account.role.value == one["role"]
        if account.role is Role.INTEGRATOR:
            digest = machines.digest(secret=one["password"])
            assert await IntegratorSecret.filter(
                secret_hash=digest, integrator__account_id=account.id
            ).exists()
        else:
            assert await passwords.matches(password=one["password"], stored=account.password_hash)


async def test_a_group_of_regions_follows_where_numbers_run_out(
    database: None, movable_clock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "MOST_IN_A_GROUP", 120)
    await demo.ensure(pupils=330, say=silent)
    sizes = Counter([pupil.group_id for pupil in await Pupil.all()])
    assert sorted(sizes.values()) == [110, 110, 110]
    assert await Region.all().count() == 2 * await RegionGroup.all().count() == 6
    same = await Pupil.filter(elk_number="10001")
    assert len({pupil.group_id for pupil in same}) == 3
    assert len({pupil.bsn_index for pupil in await Pupil.all()}) == 330
    families = await Account.filter(role=Role.PARENT, username="10001")
    assert len({family.realm for family in families}) == len(families)


@pytest.mark.parametrize(
    ("pupils", "groups"), [(400, 1), (50_000, 1), (80_000, 1), (80_001, 2), (200_000, 3)]
)
def test_groups_share_the_children_and_lose_none(pupils: int, groups: int) -> None:
    found = plan.groups(pupils=pupils)
    assert len(found) == groups
    assert sum(group.home + group.linked + group.outside for group in found) == pupils


@pytest.mark.parametrize("persona", personas.known(), ids=lambda one: one["persona"])
async def test_the_passwords_would_be_accepted(persona: dict[str, str]) -> None:
    await passwords.check(password=persona["password"], names=(persona["username"],))


@pytest.mark.long
async def test_fifty_thousand_children_are_there(database: None, movable_clock: None) -> None:
    await demo.ensure(pupils=50_000, say=silent)
    assert await Pupil.all().count() == 50_000
