"""Whatever is sent: a typed refusal or a 400, never a fault of ours, and never half of what was asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from graphql import GraphQLField, GraphQLInputType, is_composite_type
from graphql.type import get_named_type
from hypothesis import given, settings
from hypothesis import strategies as st
from tortoise.connection import get_connection

import models
from resolvers import clock, throttle
from rules.vocabulary import Role
from schema.roles import SCHEMAS
from schema.scalars import is_clean
from tests.journeys.every_step import enrolled, outside_family, send_file
from tests.journeys.hostile import TEXTS, likely, values, with_text
from tests.world import PASSWORD, Person, World, at, token_in

MOVES_BY_ITSELF = {"session"}
"""When a session was last seen is written as time goes by."""
LEFT_BY_A_WRONG_TRY = "login.wrong"
READ_BACK = {
    Role.PARENT: """{ child { fullName primarySchool { name } guardians { lastName email } address { street }
        okiDoc { sections { advice { motivation } diagnoses { name } plans { beginsOn aimedAt } } }
        enrolment { missing preferences { department { name } } priorityClaim { siblingName } } } }""",
    Role.PO_EDITOR: """{ pupils(first: 100) { totalCount nodes { fullName officialNames group bsn notes { text }
        guardians { initials lastName email phone } address { street postcode country } testExemption
        okiDoc { sections { advice { motivation } diagnoses { name } plans { beginsOn aimedAt }
            inspection { seenOn reasonNotAgreed } } } parentLogins { label email } } } }""",
    Role.VO_STAFF: "{ pupils(first: 100) { totalCount nodes { fullName notes { text } guardians { lastName } } } }",
    Role.REGION_ADMIN: "{ pupils(first: 100) { totalCount nodes { fullName group address { street } } } }",
}
"""What was kept, by whom it is read: it must still be readable."""


@dataclass(kw_only=True)
class Town:
    """People of every role, and ids that they may and may not use."""

    people: dict[Role, Person]
    ids: tuple[str, ...]
    child: str
    enrolled: str
    department: str
    upload: str

    def named(self, role: Role) -> dict[str, str]:
        """What a field of this name would hold, sent by somebody who may."""
        child = self.enrolled if role is Role.VO_STAFF else self.child
        return {"pupilId": child, "id": child, "departmentId": self.department, "uploadId": self.upload}

    async def fresh(self, act: str, sent: dict[str, Any]) -> dict[str, Any]:
        """With the version that is there now, so that it is not an old one that is refused."""
        if "expectedVersion" not in sent:
            return sent
        if act in ("updateOkiDoc", "finalizeOkiDoc"):
            found = await models.OkiDoc.get(pupil_id=self.child)
            return {**sent, "expectedVersion": found.version}
        form = await models.Enrolment.filter(pupil_id=self.child).order_by("-version").first()
        return {**sent, "expectedVersion": form.version if form else 0}


@pytest.fixture
async def town(world: World) -> Town:
    child, other, done = await world.pupil(), await world.pupil(), await world.pupil()
    outside, _ = await outside_family(world)
    await enrolled(world, done)
    people = {
        Role.PUBLIC: world.nobody(),
        Role.PARENT: await world.parent(child),
        Role.PO_EDITOR: await world.editor(),
        Role.PO_MONITOR: await world.staff(Role.PO_MONITOR, primary_school_id=world.primary.id),
        Role.VO_STAFF: await world.vo_staff(),
    }
    for role in set(Role) - set(people):
        people[role] = await world.staff(role, region_id=world.amstelland.id)
    editor = people[Role.PO_EDITOR]
    about = {"kind": "OKI_DOC", "pupilId": str(child.id)}
    document = (await editor.done("createDocument", "document { id }", **about))["document"]
    departments = [str(world.departments[f"{place}-HAVO"].id) for place in (0, 1, 6)]
    children = [str(one.id) for one in (child, other, done, outside)]
    upload_id = await send_file(world, editor, child)
    return Town(
        people=people,
        ids=(*children, *departments, upload_id, document["id"], str(uuid4())),
        child=children[0],
        enrolled=children[2],
        department=departments[0],
        upload=upload_id,
    )


async def picture() -> dict[str, str]:
    """A mark of every table: it differs when anything in it does."""
    found = [model for name in models.__all__ if hasattr(model := getattr(models, name), "_meta")]
    tables = sorted({str(model._meta.db_table) for model in found} - MOVES_BY_ITSELF)
    parts = [
        f"SELECT '{table}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS mark"
        f" FROM {table} t" + (f" WHERE act <> '{LEFT_BY_A_WRONG_TRY}'" if table == "audit_entry" else "")
        for table in tables
    ]
    _, rows = await get_connection("default").execute_query(" UNION ALL ".join(parts))
    return {row["name"]: row["mark"] for row in rows}


def shame(answer: httpx.Response) -> str | None:
    """What is wrong with an answer, where the fault is ours."""
    if answer.status_code not in (200, 400, 413):
        return f"{answer.status_code} {answer.text[:300]}"
    codes = {error.get("extensions", {}).get("code") for error in answer.json().get("errors", ())}
    return answer.text[:300] if codes & {"INTERNAL", None} else None


def was_refused(answer: httpx.Response) -> bool:
    body = answer.json()
    if answer.status_code != 200 or body.get("errors"):
        return True
    return any(payload["errors"] for payload in body["data"].values())


def acts(role: Role) -> Iterator[tuple[str, str, GraphQLInputType]]:
    """Every act of a role that takes something: its name, a document that does it, what it takes.

    The public ones are in every schema: they are tried by the public.
    """
    root = SCHEMAS[role].core.mutation_type
    public = SCHEMAS[Role.PUBLIC].core.mutation_type
    for name, field in root.fields.items() if root else ():
        if "input" in field.args and (role is Role.PUBLIC or public is None or name not in public.fields):
            takes = field.args["input"].type
            shown = " ".join(_selected(get_named_type(field.type).fields))
            yield name, f"mutation($given: {takes}) {{ it: {name}(input: $given) {{ {shown} }} }}", takes


def _selected(fields: dict[str, GraphQLField]) -> Iterator[str]:
    for name, field in fields.items():
        if name == "errors":
            yield "errors { __typename code message path }"
        else:
            yield f"{name} {{ __typename }}" if is_composite_type(get_named_type(field.type)) else name


def questions(role: Role) -> Iterator[tuple[str, str, dict[str, GraphQLInputType]]]:
    """Every question of a role that takes something: its name, a document, its arguments."""
    root = SCHEMAS[role].core.query_type
    assert root is not None
    for name, field in root.fields.items():
        takes = {argument: said.type for argument, said in field.args.items()}
        if takes:
            declared = ", ".join(f"${argument}: {type_}" for argument, type_ in takes.items())
            given_ = ", ".join(f"{argument}: ${argument}" for argument in takes)
            yield name, f"query({declared}) {{ it: {name}({given_}) {{ __typename }} }}", takes


class TestHostileInput:
    @settings(settings.get_profile("hostile"))
    @given(data=st.data())
    async def test_to_an_act_is_refused_or_done_and_never_half_done(
        self, town: Town, data: st.DataObject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # So that it is not the throttle that answers.
        monkeypatch.setattr(throttle, "PREFIX", f"test:{uuid4().hex}:")
        for role, person in town.people.items():
            for name, document, takes in acts(role):
                sent = data.draw(values(takes, ids=town.ids), label=name)
                before = await picture()
                answer = await person.post(document, given=sent)
                assert not shame(answer), (role, name, shame(answer))
                if was_refused(answer):
                    after = await picture()
                    changed = [table for table, mark in after.items() if mark != before[table]]
                    assert not changed, (role, name, changed, answer.text[:300])
        for role, document in READ_BACK.items():
            answer = await town.people[role].post(document)
            assert answer.status_code == 200
            assert not shame(answer), (role, shame(answer))

    @settings(settings.get_profile("hostile"))
    @given(data=st.data())
    async def test_to_a_question_is_answered_or_refused(self, town: Town, data: st.DataObject) -> None:
        for role, person in town.people.items():
            for name, document, takes in questions(role):
                sent = {one: data.draw(values(type_, ids=town.ids)) for one, type_ in takes.items()}
                answer = await person.post(document, **sent)
                assert not shame(answer), (role, name, sent, shame(answer))


class TestOneBadTextAmongGoodOnes:
    """Each text of each input in its turn, so that it is this one that is judged and no other."""

    FEW = ("", "x" * 5000, "\u202e{{ 1 }}'; --\u2028%\\")

    @pytest.fixture
    def texts(self, request: pytest.FixtureRequest) -> tuple[str, ...]:
        return (*self.FEW, *TEXTS[::3]) if request.config.getoption("--long") else self.FEW

    async def test_in_an_act_is_refused_or_kept_whole(
        self, town: Town, texts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tried = 0
        for role, person in town.people.items():
            for name, document, takes in acts(role):
                whole = likely(takes, name=name, ids=town.named(role))
                for text in texts:
                    for where, sent in with_text(whole, text):
                        # Sections are judged by one rule, which has tests of its own.
                        if where.startswith(".sections") and text != self.FEW[1]:
                            continue
                        monkeypatch.setattr(throttle, "PREFIX", f"test:{uuid4().hex}:")
                        before = await picture()
                        answer = await person.post(document, given=await town.fresh(name, sent))
                        assert not shame(answer), (role, name, where, shame(answer))
                        if was_refused(answer):
                            assert await picture() == before, (role, name, where, text[:20])
                        tried += 1
        assert tried > 200

    async def test_in_a_question_is_answered_or_refused(self, town: Town, texts: tuple[str, ...]) -> None:
        for role, person in town.people.items():
            for name, document, takes in questions(role):
                whole = {one: likely(type_, name=one, ids=town.named(role)) for one, type_ in takes.items()}
                whole = {**whole, "after": None} if "after" in whole else whole
                for text in texts:
                    for where, sent in with_text(whole, text):
                        answer = await person.post(document, **sent)
                        assert not shame(answer), (role, name, where, shame(answer))


class TestTexts:
    async def test_that_no_database_can_keep_are_refused_wherever_they_stand(self, world: World) -> None:
        editor = await world.editor()
        pupil = await world.pupil()
        for text in ("a\x00b", "\ud800", "\udfff"):
            literal = text.encode("unicode_escape").decode().replace("\\x00", "\\u0000")
            for document, variables in (
                ("mutation($i: AddNoteInput!) { addNote(input: $i) { errors { code } } }", {"i": {"pupilId": str(pupil.id), "text": text}}),
                (f'mutation {{ addNote(input: {{pupilId: "{pupil.id}", text: "{literal}"}}) {{ errors {{ code }} }} }}', {}),
                (f'{{ pupils(filter: {{search: "{literal}"}}) {{ totalCount }} }}', {}),
                ("query($f: PupilFilter) { pupils(filter: $f) { totalCount } }", {"f": {"search": text}}),
            ):  # fmt: skip
                answer = await editor.post(document, **variables)
                assert answer.status_code == 400, (document, answer.text)
        assert await models.Note.all().count() == 0

    async def test_of_a_megabyte_are_refused_before_they_are_read(self, world: World) -> None:
        editor = await world.editor()
        given_ = {"firstName": "x" * 1_000_000, "lastName": "Vos", "birthDate": "2015-04-05"}
        answer = await editor.post(
            "mutation($i: CreatePupilInput!) { createPupil(input: $i) { errors { code } } }", i=given_
        )
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "TOO_LARGE")

    async def test_that_were_kept_go_out_by_mail_and_on_paper_as_they_were_typed(self, world: World) -> None:
        """Template braces, tags and turned text are letters to us, and headers cannot be split."""
        editor = await world.editor()
        kept = []
        for text in TEXTS:
            if not is_clean(text) or len(text) > 5000:
                continue
            given_ = {"firstName": text, "lastName": "Vos", "birthDate": "2015-04-05", "testExemption": "kort hier", "advice": "HAVO"}  # fmt: skip
            made = await editor.do("createPupil", "pupil { id }", **given_)
            if made["errors"]:
                continue
            about = {"pupilId": made["pupil"]["id"]}
            guardians = [{"lastName": "Vos", "email": "vos@example.org"}]
            home = {"street": "Pad", "houseNumber": "1", "postcode": "1421 SA", "city": "Uithoorn"}
            await editor.done(
                "updateOkiDoc", "", **about, expectedVersion=1, guardians=guardians, address=home
            )
            await editor.done("finalizeOkiDoc", "", **about, expectedVersion=2)
            await editor.done("sendParentLogin", "", **about, region="AMSTELLAND")
            await editor.done("createDocument", "", **about, kind="OKI_DOC")
            kept.append(" ".join(text.split()))
        assert len(kept) > 10
        mails = await world.mails()
        assert len(mails) == len(kept)
        words = "\n".join(" ".join(mail["text"].split()) for mail in mails)
        for text in kept:
            assert text in words or not text.isascii(), text
        for mail in mails:
            assert mail["to"] == "vos@example.org"
            assert "Bcc" not in mail["headers"]
            assert "<script" not in mail["html"]
        assert await models.Document.filter(status="READY").count() == len(kept)


class TestAPeriodThatClosesBetweenFormAndClick:
    """The server's clock judges the click: to the microsecond, and nothing of it stays."""

    CLOSES = at("2027-03-25 00:00")

    async def clicks(self, world: World) -> list[tuple[Person, str, dict[str, Any]]]:
        """Forms that were opened in time."""
        draft, final, fresh = await world.pupil(), await world.pupil(), await world.pupil()
        parent, done = await world.parent(draft), await enrolled(world, final)
        choices = [world.choice(place) for place in range(5)]
        await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
        editor = await world.editor()
        return [
            (parent, "saveEnrolment", {"expectedVersion": 1, "preferences": choices}),
            (parent, "finalizeEnrolment", {}),
            (done, "revokeEnrolment", {"expectedVersion": 2}),
            (editor, "sendParentLogin", {"pupilId": str(fresh.id), "region": "AMSTELLAND"}),
        ]

    async def test_is_closed_at_its_last_moment_and_open_just_before(self, world: World) -> None:
        clicks = await self.clicks(world)
        before = await picture()
        clock.stand_still(at=self.CLOSES)
        for person, act, given_ in clicks:
            refused = await person.do(act, "", **given_)
            assert [error["code"] for error in refused["errors"]] == ["PERIOD_CLOSED"], act
            assert "25 maart 2027 om 00.00 uur" in refused["errors"][0]["message"]
        assert await picture() == before
        clock.stand_still(at=self.CLOSES.replace(day=24, hour=23, minute=59, second=59, microsecond=999_999))
        for person, act, given_ in clicks:
            await person.done(act, "", **given_)

    async def test_a_password_by_the_link_too(self, world: World) -> None:
        pupil, editor = await world.pupil(), await world.editor()
        await editor.done("sendParentLogin", "", pupilId=str(pupil.id), region="AMSTELLAND")
        token = token_in((await world.mails())[0])
        before = await picture()
        clock.stand_still(at=self.CLOSES)
        late = await world.nobody().do("activateAccount", "", token=token, password=PASSWORD)
        assert [error["code"] for error in late["errors"]] == ["LINK_EXPIRED"]
        assert await picture() == before
