"""Rule 26: a secondary school asks for a supplement; the primary school answers, and no other school reads it."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from models import Account, AuditEntry, Enrolment, OutboxMail, Pupil, Supplement
from resolvers import clock, sessions
from resolvers.file_links import Use, url
from tests.journeys.every_step import send_file
from tests.journeys.handling import AFTER_CENTRAL, HANDLING, act, child, codes, done, handle, listed, seats
from tests.journeys.sent_files import PDF
from tests.statements import counted
from tests.world import Person, World, at

ASKED = """query($id: ID!) { pupil(id: $id) { openSupplement supplements {
    id question askedAt schoolName answer answeredAt open files { id filename url } } } }"""
QUESTION = "Hoe ging het met rekenen in groep 7?"
ANSWER = "Goed: zie het verslag."
OPEN = "query($open: Boolean!) { pupils(filter: {openSupplement: $open}) { totalCount nodes { firstName } } }"


async def read(person: Person, pupil: Pupil) -> Any:
    return (await person.ask(ASKED, id=str(pupil.id)))["pupil"]


async def answer(person: Person, pupil: Pupil, **more: Any) -> Any:
    return await person.do("answerSupplement", "pupil { openSupplement }", pupilId=str(pupil.id), **more)


async def link_of(person: Person, upload: str) -> str:
    """A link to a file as Loket would make it for this person."""
    viewer = await sessions.viewer_of(token=person.token or "")
    assert viewer is not None
    return url(use=Use.UPLOAD, row_id=UUID(upload), viewer=viewer)


async def fetched(world: World, url: str) -> int:
    return (await world.http.get(urlsplit(url).path)).status_code


class TestASupplement:
    async def test_is_asked_mailed_without_content_answered_and_read(self, world: World) -> None:
        pupil = await child(world)
        editor = await world.editor()
        staff = await handle(world)
        asked = await done(staff, "requestSupplement", pupil, question=QUESTION)
        assert asked["openSupplement"] is True
        addressee = (await Account.get(id=editor.account_id)).username
        mail = next(one for one in await world.mails() if one["to"] == addressee)
        assert "Het Veenlicht 0" in mail["text"]
        assert QUESTION not in str(mail)
        assert "Zoë" not in str(mail)
        assert "https://amstelland.example.org/portaal" in mail["text"]

        seen = await read(editor, pupil)
        (one,) = seen["supplements"]
        assert (seen["openSupplement"], one["open"], one["question"]) == (True, True, QUESTION)
        assert (one["schoolName"], one["answer"]) == ("Het Veenlicht 0", None)

        clock.stand_still(at=at("2027-04-02 10:00"))
        upload = await send_file(world, editor, pupil, kind="SUPPLEMENT")
        made = await answer(editor, pupil, answer=ANSWER, uploadIds=[upload])
        assert (made["errors"], made["pupil"]["openSupplement"]) == ([], False)
        seen = await read(staff, pupil)
        (one,) = seen["supplements"]
        assert (seen["openSupplement"], one["open"], one["answer"]) == (False, False, ANSWER)
        assert one["answeredAt"].startswith("2027-04-02T")
        (file,) = one["files"]
        got = await world.http.get(urlsplit(file["url"]).path)
        assert (got.status_code, got.content) == (200, PDF)
        assert await AuditEntry.filter(act="read.supplement", account_id=staff.account_id).count() == 1
        for secret in (QUESTION, ANSWER):
            assert not [row for row in await AuditEntry.all() if secret in str((row.before, row.after))]

    async def test_asked_again_in_the_same_words_is_one_question_and_one_mail(self, world: World) -> None:
        pupil = await child(world)
        await world.editor()
        staff = await handle(world)
        for _ in range(2):
            await done(staff, "requestSupplement", pupil, question=QUESTION)
        assert await Supplement.all().count() == 1
        mails = await OutboxMail.filter(kind="SupplementAsked").values_list("recipient", flat=True)
        assert len(mails) == len(set(mails))

    async def test_is_answered_once_and_the_same_answer_is_the_same(self, world: World) -> None:
        pupil = await child(world)
        staff, editor = await handle(world), await world.editor()
        await done(staff, "requestSupplement", pupil, question=QUESTION)
        assert codes(await answer(editor, pupil)) == ["INVALID_VALUE"]
        assert codes(await answer(editor, pupil, answer="  ")) == ["INVALID_VALUE"]
        for _ in range(2):
            assert codes(await answer(editor, pupil, answer=ANSWER)) == []
        (row,) = await Supplement.all()
        assert codes(await answer(editor, pupil, answer="Anders.")) == ["SUPPLEMENT_ANSWERED"]
        given = {"supplementId": str(row.id), "answer": "Anders."}
        assert codes(await answer(editor, pupil, **given)) == ["SUPPLEMENT_ANSWERED"]
        assert (await Supplement.get()).answer == ANSWER
        assert await AuditEntry.filter(act="answerSupplement", entity="Supplement").count() == 1

    async def test_of_several_must_be_chosen_and_the_mark_goes_with_the_last(self, world: World) -> None:
        pupil = await child(world)
        staff, editor = await handle(world), await world.editor()
        await done(staff, "requestSupplement", pupil, question=QUESTION)
        clock.stand_still(at=at("2027-04-01 11:00"))
        await done(staff, "requestSupplement", pupil, question="En met taal?")
        refused = await answer(editor, pupil, answer=ANSWER)
        assert codes(refused) == ["SUPPLEMENT_NOT_CHOSEN"]
        newest, oldest = (await read(editor, pupil))["supplements"]
        assert [newest["question"], oldest["question"]] == ["En met taal?", QUESTION]
        made = await answer(editor, pupil, supplementId=newest["id"], answer=ANSWER)
        assert (made["errors"], made["pupil"]["openSupplement"]) == ([], True)
        # What is open stands first, whatever is newer.
        assert [one["question"] for one in (await read(editor, pupil))["supplements"]] == [
            QUESTION,
            "En met taal?",
        ]
        assert (await read(staff, pupil))["openSupplement"] is True
        made = await answer(editor, pupil, answer="Ook goed.")
        assert (made["errors"], made["pupil"]["openSupplement"]) == ([], False)
        assert (await read(staff, pupil))["openSupplement"] is False

    async def test_waits_for_handling_and_is_not_for_outside_pupils(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world, moment="2027-03-24 23:59")
        assert codes(await act(staff, "requestSupplement", pupil, question=QUESTION)) == ["PERIOD_CLOSED"]
        clock.stand_still(at=at(HANDLING))
        assert codes(await act(staff, "requestSupplement", pupil, question=" ")) == ["INVALID_VALUE"]
        await Pupil.filter(id=pupil.id).update(primary_school_id=None, origin="OUTSIDE")
        refused = await act(staff, "requestSupplement", pupil, question=QUESTION)
        assert codes(refused) == ["NO_PRIMARY_SCHOOL"]
        assert not await Supplement.exists()

    async def test_is_given_after_the_announcement_too_until_the_year_closes(self, world: World) -> None:
        pupil = await child(world)
        staff, editor = await handle(world, moment="2027-06-20 10:00"), await world.editor()
        await done(staff, "requestSupplement", pupil, question=QUESTION)
        assert codes(await answer(editor, pupil, answer=ANSWER)) == []
        await world.year.filter(id=world.year.id).update(closed=True)
        assert codes(await act(staff, "requestSupplement", pupil, question="Nog iets?")) == ["YEAR_CLOSED"]


class TestAFileOfAnAnswer:
    async def test_is_of_this_pupil_sent_as_a_supplement_and_of_one_answer(self, world: World) -> None:
        pupil = await child(world)
        other = await child(world, first_name="Bo")
        staff, editor = await handle(world), await world.editor()
        for one in (pupil, other):
            await done(staff, "requestSupplement", one, question=QUESTION)
        elsewhere = await send_file(world, editor, other, kind="SUPPLEMENT")
        attachment = await send_file(world, editor, pupil)
        for wrong in (elsewhere, attachment, "x"):
            refused = await answer(editor, pupil, answer=ANSWER, uploadIds=[wrong])
            assert codes(refused) == ["NOT_FOUND"]
        given = {"kind": "SUPPLEMENT", "filename": "a.pdf", "size": len(PDF), "pupilId": str(pupil.id)}
        awaited = (await editor.done("createUpload", "upload { id }", **given))["upload"]["id"]
        assert codes(await answer(editor, pupil, uploadIds=[awaited])) == ["UPLOAD_NOT_READY"]
        own = await send_file(world, editor, pupil, kind="SUPPLEMENT")
        assert codes(await answer(editor, pupil, uploadIds=[own, own])) == []
        await done(staff, "requestSupplement", pupil, question="Nog iets?")
        assert codes(await answer(editor, pupil, answer="Zie daar.", uploadIds=[own])) == ["INVALID_VALUE"]

    async def test_that_was_sent_and_answers_nothing_yet_is_read_by_no_school(self, world: World) -> None:
        pupil = await child(world)
        staff, editor = await handle(world), await world.editor()
        await done(staff, "requestSupplement", pupil, question=QUESTION)
        upload = await send_file(world, editor, pupil, kind="SUPPLEMENT")
        (one,) = (await read(staff, pupil))["supplements"]
        assert one["files"] == []
        assert await fetched(world, await link_of(staff, upload)) == 404
        await answer(editor, pupil, uploadIds=[upload])
        assert await fetched(world, await link_of(staff, upload)) == 200

    async def test_is_read_by_the_school_that_asked_and_not_by_the_next(self, world: World) -> None:
        pupil = await child(world)
        staff, editor = await handle(world), await world.editor()
        await done(staff, "requestSupplement", pupil, question=QUESTION)
        upload = await send_file(world, editor, pupil, kind="SUPPLEMENT")
        await answer(editor, pupil, uploadIds=[upload])
        await seats(world, 0)
        await done(staff, "drawOutPupil", pupil)
        clock.stand_still(at=at(AFTER_CENTRAL))
        await done(staff, "reassign", pupil, **listed(1, world))
        receiver = await world.vo_staff(1)
        assert await fetched(world, await link_of(receiver, upload)) == 404


class TestAPupilWhoLeft:
    async def test_takes_question_answer_and_file_along(self, world: World) -> None:
        pupil = await child(world)
        staff, editor = await handle(world), await world.editor()
        await done(staff, "requestSupplement", pupil, question=QUESTION)
        upload = await send_file(world, editor, pupil, kind="SUPPLEMENT")
        await answer(editor, pupil, answer=ANSWER, uploadIds=[upload])
        await done(staff, "requestSupplement", pupil, question="Nog iets?")
        link = (await read(staff, pupil))["supplements"][1]["files"][0]["url"]
        assert await fetched(world, link) == 200
        await seats(world, 0)
        await done(staff, "drawOutPupil", pupil)
        clock.stand_still(at=at(AFTER_CENTRAL))
        await done(staff, "reassign", pupil, **listed(1, world))
        assert await fetched(world, link) == 404
        assert await read(staff, pupil) is None
        receiver = await world.vo_staff(1)
        assert await read(receiver, pupil) == {"openSupplement": False, "supplements": []}

    async def test_tells_its_primary_school_no_sooner_than_the_announcement(self, world: World) -> None:
        """Rule 23: moved to another school; what PO reads and may do stays as it was."""
        pupil = await child(world)
        staff, editor = await handle(world), await world.editor()
        await done(staff, "requestSupplement", pupil, question=QUESTION)
        before = await read(editor, pupil)
        await seats(world, 0)
        await done(staff, "drawOutPupil", pupil)
        clock.stand_still(at=at(AFTER_CENTRAL))
        await done(staff, "reassign", pupil, **listed(1, world))
        assert await read(editor, pupil) == before
        assert (await editor.ask(OPEN, open=True))["pupils"]["totalCount"] == 1
        receiver = await world.vo_staff(1)
        refused = await act(receiver, "requestSupplement", pupil, question="Wie is dit?")
        assert codes(refused) == ["PERIOD_CLOSED"]
        assert "20 mei 2027 om 16.00 uur" in refused["errors"][0]["message"]

        clock.stand_still(at=at("2027-05-20 16:00"))
        seen = await read(editor, pupil)
        assert (seen["openSupplement"], seen["supplements"][0]["open"]) == (False, False)
        assert (await editor.ask(OPEN, open=True))["pupils"]["totalCount"] == 0
        assert codes(await answer(editor, pupil, answer=ANSWER)) == ["NO_OPEN_SUPPLEMENT"]
        await done(receiver, "requestSupplement", pupil, question="Wie is dit?")
        assert (await editor.ask(OPEN, open=True))["pupils"]["totalCount"] == 1

    async def test_is_asked_about_no_more_when_the_enrolment_ended(self, world: World) -> None:
        pupil = await child(world)
        staff, editor = await handle(world), await world.editor()
        assert codes(await answer(editor, pupil, answer=ANSWER)) == ["NO_OPEN_SUPPLEMENT"]
        await done(staff, "requestSupplement", pupil, question=QUESTION)
        await done(staff, "withdrawPupil", pupil, reason="Komt niet.")
        assert codes(await answer(editor, pupil, answer=ANSWER)) == ["NO_OPEN_SUPPLEMENT"]
        assert (await read(editor, pupil))["openSupplement"] is False


class TestThePrimarySchool:
    async def test_finds_the_pupils_with_an_open_question(self, world: World) -> None:
        pupil, _ = await child(world), await child(world, first_name="Bo")
        staff, editor = await handle(world), await world.editor()
        await done(staff, "requestSupplement", pupil, question=QUESTION)
        found = {
            is_open: [one["firstName"] for one in (await editor.ask(OPEN, open=is_open))["pupils"]["nodes"]]
            for is_open in (True, False)
        }
        assert found == {True: ["Zoë"], False: ["Bo"]}

    async def test_reads_a_page_of_them_at_one_price(self, world: World) -> None:
        staff_of = world.vo_staff
        pupil = await child(world)
        staff, editor = await handle(world), await world.editor()
        await done(staff, "requestSupplement", pupil, question=QUESTION)
        page = "{ pupils { nodes { openSupplement transferMeeting course { what } supplements { question files { id } } } } }"
        async with counted() as few:
            await editor.ask(page)
        for number in range(4):
            more = await child(world, first_name=f"Kind{number}")
            clock.stand_still(at=at(HANDLING))
            await done(await staff_of(), "requestSupplement", more, question=QUESTION)
            await answer(
                editor,
                more,
                answer=ANSWER,
                uploadIds=[await send_file(world, editor, more, kind="SUPPLEMENT")],
            )
        async with counted() as many:
            await editor.ask(page)
        assert len(many) == len(few) <= 22, few


class TestAnOfficersOwnSchool:
    async def test_alone_asks_and_only_the_pupils_primary_school_answers(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        await done(staff, "requestSupplement", pupil, question=QUESTION)
        stranger = await world.vo_staff(1)
        assert codes(await act(stranger, "requestSupplement", pupil, question=QUESTION)) == ["NOT_FOUND"]
        assert await Enrolment.filter(open_supplement=True).count() == 1
