"""The examples on /dev: whoever signs in can run each of them as it stands, one after the other."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app import create_app
from models import Account, ParentLogin, Pupil
from resolvers import sessions, throttle
from rules import parent_login as login_rule
from rules.refusal import Refusals
from rules.vocabulary import LoginStatus, Role
from sandbox import pages, personas
from sandbox.examples import ready_children
from schema import files_http
from schema.roles import SCHEMAS
from settings import load
from tests.sandbox.region import demo_region, situation_of

MOST = 40


@pytest.fixture(scope="module")
async def here() -> AsyncIterator[httpx.AsyncClient]:
    """The application of the sandbox, on the demo region."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(demo_region())
        settings = load()
        app = create_app(
            settings,
            schemas=SCHEMAS,
            authenticate=sessions.viewer_of,
            checks={},
            routes=[*files_http.routes(), *pages.routes()],
        )
        await stack.enter_async_context(throttle.connected(url=settings.redis_url))
        transport = httpx.ASGITransport(app=app)
        yield await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", timeout=30)
        )


async def token_of(name: str) -> str | None:
    if name == "nobody":
        return None
    said = {one["persona"]: one for one in personas.known()}[name]
    signed_in = await sessions.login(
        username=said["username"],
        password=said["password"],
        region=None,
        request_ip="127.0.0.1",
        user_agent="",
    )
    return signed_in.token


def headers(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


async def offered(here: httpx.AsyncClient, token: str | None) -> dict[str, dict[str, Any]]:
    found = (await here.get("/dev/examples.json", headers=headers(token))).json()
    names = [one["name"] for one in found]
    assert len(set(names)) == len(names)
    return {one["name"]: one for one in found}


async def run(here: httpx.AsyncClient, token: str | None, example: dict[str, Any]) -> dict[str, Any]:
    """The answer, in which nothing went wrong and nothing was refused."""
    given = {"query": example["query"], "variables": example["variables"]}
    answer = (await here.post("/graphql", json=given, headers=headers(token))).json()
    assert "errors" not in answer, (example, answer)
    for payload in answer["data"].values():
        assert not (isinstance(payload, dict) and payload.get("errors")), (example, payload)
    data: dict[str, Any] = answer["data"]
    return data


async def walked(here: httpx.AsyncClient, token: str | None) -> dict[str, dict[str, Any]]:
    """Each example that is offered, also those that an earlier one makes possible, once: its answer by its name."""
    answers: dict[str, dict[str, Any]] = {}
    for _ in range(MOST):
        left = [one for name, one in (await offered(here, token)).items() if name not in answers]
        if not left:
            return answers
        answers[left[0]["name"]] = await run(here, token, left[0])
    raise AssertionError(f"there is no end to the examples: {list(answers)}")


FIND = {
    "nobody": {"Wachtwoord vergeten", "Inlog aanvragen", "Buitenleerling opgeven"},
    "parent_short_list": {"Aanmelding bewaren", "Aanmelding definitief maken", "Aanmelding ongedaan maken", "Pdf ophalen"},
    "parent_outside": {"Document sturen"},
    "po_editor": {"Oki-doc bewerken", "Oki-doc definitief maken", "Ouderinlog versturen", "Pdf ophalen", "Bijlage toevoegen"},
    "po_editor_oso": {"Oki-doc definitief maken", "Ouderinlog versturen"},
    "po_monitor": {"Het overzicht"},
    "vo_staff": {"Aangemelde leerlingen", "Eén leerling, met dossier", "Notitie toevoegen"},
    "vo_staff_amsterdam": {"Aangemelde leerlingen"},
    "region_admin": {
        "Leerlingen", "Nog geen ouderinlog", "Eén leerling", "Wie om een inlog vraagt", "Aanvraag goedkeuren",
        "Aanvraag afwijzen", "Koppelingen", "Koppeling maken",
    },
    "project_lead": {"Wat is nu open"},
    "integrator": {"Wat is nu open"},
}  # fmt: skip
"""What somebody must find among the examples, beside what they find."""


@pytest.mark.parametrize("name", ["nobody", *(one["persona"] for one in personas.known())])
async def test_each_works_as_it_stands(here: httpx.AsyncClient, name: str) -> None:
    answers = await walked(here, await token_of(name))
    assert {"Wie ben ik"} | FIND.get(name, set()) <= set(answers)
    nothing = {example for example, answer in answers.items() if None in answer.values()}
    assert nothing == ({"Wie ben ik"} if name == "nobody" else set())


async def test_no_role_is_forgotten() -> None:
    assert {one["role"] for one in personas.known()} == set(Role) - {Role.PUBLIC}


async def test_a_list_that_is_offered_can_be_made_definitive(here: httpx.AsyncClient) -> None:
    token = await token_of("parent")
    saved = await run(here, token, (await offered(here, token))["Aanmelding bewaren"])
    form = saved["saveEnrolment"]["enrolment"]
    assert (form["canFinalize"], form["missing"], len(form["preferences"])) == (True, [], 5)
    assert "Aanmelding ongedaan maken" not in await offered(here, token)


async def test_what_is_shown_follows_the_session_and_its_end(here: httpx.AsyncClient) -> None:
    token = await token_of("vo_staff")
    assert "Aangemelde leerlingen" in await offered(here, token)
    for wrong in ("Bearer none", f"Basic {token}", ""):
        found = (await here.get("/dev/examples.json", headers={"Authorization": wrong})).json()
        assert {one["name"] for one in found} == {"Wie ben ik", "Inloggen", *FIND["nobody"]}


async def test_a_school_is_shown_the_children_whose_parents_can_be_sent_a_login(
    here: httpx.AsyncClient,
) -> None:
    editors = await Account.filter(role=Role.PO_EDITOR)
    assert len(editors) > 8
    for editor in editors:
        signed_in = await sessions.login(
            username=editor.username,
            password=personas.STAFF_PASSWORD,
            region=None,
            request_ip="127.0.0.1",
            user_agent="",
        )
        viewer = await sessions.viewer_of(token=signed_in.token)
        assert viewer is not None
        shown = {row["id"]: row["final"] for row in await ready_children(viewer=viewer)}
        own = await Pupil.filter(primary_school_id=editor.primary_school_id)
        sends = (await offered(here, signed_in.token)).get("Ouderinlog versturen")
        assert (sends is not None) == any(shown.values())
        if sends is not None:
            await run(here, signed_in.token, sends)
        assert shown == {pupil.id: final for pupil in own if (final := await _ready(pupil)) is not None}


async def _ready(pupil: Pupil) -> bool | None:
    """Whether the login may be sent now, or, None, not even with a definitive Oki-doc."""
    login = await ParentLogin.filter(pupil_id=pupil.id, region_id=pupil.region_id).first()
    situation = replace(
        await situation_of(pupil), login_status=login.status if login else LoginStatus.NOT_SENT
    )
    try:
        login_rule.send(situation=replace(situation, oki_doc_final=True), window_closed=None)
    except Refusals:
        return None
    return situation.oki_doc_final


async def test_a_login_is_sent_by_the_example_as_it_stands(here: httpx.AsyncClient) -> None:
    token = await token_of("po_editor")
    sent = await run(here, token, (await offered(here, token))["Ouderinlog versturen"])
    (own, *_) = sent["sendParentLogin"]["pupil"]["parentLogins"]
    assert (own["region"], own["status"]) == ("AMSTELLAND", "SENT")
