"""A step asked again under its `Idempotency-Key` is done once; what it shows is asked again each time."""

import json
from typing import Any

import httpx
import pytest

from models import AuditEntry, Pupil
from resolvers import clock
from rules.steps import STEPS
from schema.roles import SCHEMAS
from schema.visibility import STEP
from tests.journeys import steps_of_schools, steps_of_supplements
from tests.journeys.every_step import WAYS, Way
from tests.journeys.handling import AFTER_CENTRAL, at_home, child, handle, listed, seats
from tests.journeys.test_bad_input import picture
from tests.world import Person, World, at

assert steps_of_schools  # Their ways stand among the others.
assert steps_of_supplements

WHOLE = """pupil { fullName advice address { street } guardians { email } okiDoc { status }
    attachments { filename } notes { text } enrolment { preferences { rank } } }"""
SECRET = "Belt liever niet naar vader."


def takes_a_key(step: str) -> bool:
    fields = [
        schema.core.mutation_type.fields.get(step) for schema in SCHEMAS.values() if schema.core.mutation_type
    ]
    return any(
        field and STEP in getattr(field.extensions["strawberry-definition"], "metadata", {})
        for field in fields
    )


KEYED = [
    pytest.param(step, way, id=f"{step}-{way.name}")
    for step, ways in WAYS.items()
    if takes_a_key(step)
    for way in ways
]


async def sent(world: World, person: Person, step: str, fields: str, **given: Any) -> Any:
    """The step under one key, as often as this is called."""
    takes = f"{step[0].upper()}{step[1:]}Input"
    query = f"mutation($i: {takes}!) {{ it: {step}(input: $i) {{ {fields} errors {{ __typename code message path }} }} }}"
    headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": "een"}
    answer = await world.http.post(
        "/graphql", json={"query": query, "variables": {"i": given}}, headers=headers
    )
    body = answer.json()
    assert "errors" not in body, body
    return body["data"]["it"]


class TestWhoLeft:
    @pytest.fixture
    async def pupil(self, world: World) -> Pupil:
        pupil = await child(world)
        editor = await world.editor()
        await editor.done("addNote", "", pupilId=str(pupil.id), text=SECRET, sharedWithSecondary=True)
        return pupil

    async def test_is_shown_no_more_to_the_school_that_asks_again(self, world: World, pupil: Pupil) -> None:
        staff = await handle(world)
        asked = {"pupilId": str(pupil.id), "wanted": True, "note": "Over rekenen."}
        first = await sent(world, staff, "setTransferMeeting", WHOLE, **asked)
        assert first["errors"] == []
        assert SECRET in str(first)
        assert await sent(world, staff, "setTransferMeeting", WHOLE, **asked) == first
        await staff.done("withdrawPupil", "", pupilId=str(pupil.id), reason="Verhuisd.")
        before = await picture()
        again = await sent(world, staff, "setTransferMeeting", WHOLE, **asked)
        assert again == {
            "pupil": None,
            "errors": [
                {
                    "__typename": "PupilLeft",
                    "code": "NOT_FOUND",
                    "message": "Deze leerling is niet meer bij uw school aangemeld: de aanmelding is beëindigd. "
                    "Ververs de lijst.",
                    "path": [],
                }
            ],
        }
        assert await picture() == before

    async def test_is_told_of_no_more_in_a_refusal_either(self, world: World, pupil: Pupil) -> None:
        staff = await handle(world)
        await seats(world, 0)
        asked = {"pupilId": str(pupil.id), **at_home(world)}
        first = await sent(world, staff, "placePupil", WHOLE, **asked)
        assert [error["code"] for error in first["errors"]] == ["NO_SEATS_LEFT"]
        assert await sent(world, staff, "placePupil", WHOLE, **asked) == first
        clock.stand_still(at=at(AFTER_CENTRAL))
        await staff.done("reassign", "", pupilId=str(pupil.id), **listed(1, world))
        (error,) = (await sent(world, staff, "placePupil", WHOLE, **asked))["errors"]
        assert (error["__typename"], "doorgeplaatst" in error["message"]) == ("PupilLeft", True)

    async def test_by_the_step_itself_reads_the_same_answer_again(self, world: World, pupil: Pupil) -> None:
        staff = await handle(world)
        asked = {"pupilId": str(pupil.id), "reason": "Verhuisd."}
        first = await sent(world, staff, "withdrawPupil", WHOLE, **asked)
        assert first == {"pupil": None, "errors": []}
        assert await sent(world, staff, "withdrawPupil", WHOLE, **asked) == first


class TestWhatIsShownAgain:
    async def test_leaves_the_trace_of_reading_again(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        asked = {"pupilId": str(pupil.id), "wanted": True}
        read = AuditEntry.filter(act="read.okiDoc", pupil_id=pupil.id)
        for times in (1, 2):
            await sent(world, staff, "setTransferMeeting", "pupil { okiDoc { version } }", **asked)
            assert await read.count() == times

    async def test_is_what_was_saved_for_a_family_whose_form_was_stale(self, world: World) -> None:
        parent = await world.at_home(await world.pupil(), world.amstelland)
        fields = "enrolment { version canFinalize missing preferences { department { id } } } notices"
        given = {"expectedVersion": 3, "preferences": [world.choice(0)]}
        await parent.done("saveEnrolment", "", expectedVersion=0, preferences=[world.choice(1)])
        first = await sent(world, parent, "saveEnrolment", fields, **given)
        assert (first["errors"][0]["code"], first["enrolment"]["version"]) == ("STALE", 1)
        assert await sent(world, parent, "saveEnrolment", fields, **given) == first


class TestEveryStepUnderAKey:
    @pytest.fixture
    def doubled(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        """Every mutation of the step named is sent twice, under a key of its own."""
        about: dict[str, Any] = {"step": "", "pairs": []}
        once = Person.post

        async def twice(person: Person, query: str, **variables: Any) -> httpx.Response:
            if f" it: {about['step']}(" not in query:
                return await once(person, query, **variables)
            headers = {
                "Authorization": f"Bearer {person.token}",
                "Idempotency-Key": f"k{len(about['pairs'])}",
                "Content-Type": "application/json",
            }
            body = json.dumps({"query": query, "variables": variables})
            first = await person.http.post("/graphql", content=body, headers=headers)
            before = await picture()
            again = await person.http.post("/graphql", content=body, headers=headers)
            after = await picture()
            changed = {table for table in after if after[table] != before[table]}
            about["pairs"].append((first.json(), again.json(), changed))
            return first

        monkeypatch.setattr(Person, "post", twice)
        return about

    @pytest.mark.parametrize(("step", "way"), KEYED)
    async def test_is_done_once_and_answers_the_same(
        self, world: World, doubled: dict[str, Any], step: str, way: Way
    ) -> None:
        doubled["step"] = step
        await way.do(world)
        assert doubled["pairs"]
        for first, again, changed in doubled["pairs"]:
            assert first == again
            # Reading leaves a trace each time.
            assert changed <= {"audit_entry"}

    def test_is_tried_for_all_that_take_one(self) -> None:
        tried = {param.values[0] for param in KEYED}
        assert tried == {step for step in STEPS if takes_a_key(step)}
        assert len(tried) > 20
