"""What the stories about machines share: a region that makes one, and the machine that signs in."""

from datetime import datetime
from typing import Any

import httpx

from tests.journeys.asking import admin_of
from tests.world import Person, World

FIELDS = (
    "integrator { id name username schools { id name } kinds networks expiresAt createdAt revokedAt lastUsedAt "
    "active secretExpiresAt }"
)
HANDED = f"{FIELDS} secret"
LIST = f"{{ {FIELDS.replace('integrator', 'integrators', 1)} }}"
ME = "{ viewer { role displayName } }"


def grant(world: World, *schools: int, **changes: Any) -> dict[str, Any]:
    """What a region fills in, right in every field but for the changes."""
    ids = [str(world.schools[place].id) for place in schools or (0, 1)]
    return {"name": "Magister Amstelland", "schoolIds": ids, "kinds": ["ENROLMENTS"], **changes}


async def made(world: World, admin: Person | None = None, **changes: Any) -> dict[str, Any]:
    """A machine of Amstelland: what the region read when it made it."""
    admin = admin or await admin_of(world)
    done: dict[str, Any] = await admin.done("createIntegrator", HANDED, **grant(world, **changes))
    return {**done["integrator"], "secret": done["secret"]}


async def refused(admin: Person, act: str = "createIntegrator", **given: Any) -> list[tuple[str, list[str]]]:
    """Why not, and where."""
    payload = await admin.do(act, FIELDS, **given)
    assert payload["integrator"] is None
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def enters(world: World, machine: dict[str, Any], secret: str | None = None) -> Person | None:
    """The machine with this secret, signed in; None when it was not let in."""
    nobody = world.nobody()
    given = {"username": machine["username"], "password": secret or machine["secret"]}
    payload = await nobody.do("login", "session { token role expiresAt }", **given)
    if payload["errors"]:
        assert [error["code"] for error in payload["errors"]] == ["WRONG_CREDENTIALS"]
        return None
    assert payload["session"]["role"] == "INTEGRATOR"
    return Person(world.http, payload["session"]["token"])


async def let_in(world: World, machine: dict[str, Any], secret: str | None = None) -> Person:
    person = await enters(world, machine, secret)
    assert person is not None
    return person


async def is_nobody(person: Person) -> bool:
    """Whether its token is not good any more."""
    answer = await person.post(ME)
    if answer.status_code == 200:
        return False
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    return True


def from_(world: World, person: Person, address: str) -> Person:
    """The same token, sent from elsewhere."""
    app = world.http._transport.app  # type: ignore[attr-defined]
    transport = httpx.ASGITransport(app=app, client=(address, 4711))
    return Person(httpx.AsyncClient(transport=transport, base_url="http://loket.test"), person.token)


async def used(admin: Person) -> datetime | None:
    """When the one machine of the region was used, as the region reads it."""
    ((listed,),) = [(await admin.ask(LIST))["integrators"]]
    return datetime.fromisoformat(listed["lastUsedAt"]) if listed["lastUsedAt"] else None
