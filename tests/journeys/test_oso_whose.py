"""Whose a dossier is, and what it may overwrite (rules 5 and 6): a number or a person says so, nothing guesses."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models import OkiDoc, Pupil, Upload
from models import TestResult as Result
from resolvers import clock
from resolvers.files import store
from tests.imports.oso_dossier import dossier
from tests.journeys.oso_school import REPORT, editor_of_00yy, imported, sent
from tests.world import Person, World
from workers import housekeeping

BSN = b"<bsn>123456782</bsn>"
OTHER_BSN = b"<bsn>900000004</bsn>"


def changed(*pairs: tuple[bytes, bytes]) -> bytes:
    content = dossier()
    for was, now in pairs:
        assert was in content
        content = content.replace(was, now)
    return content


def codes(answer: Any) -> list[str]:
    return [error["code"] for error in answer["errors"]]


def differences(answer: Any) -> dict[str, tuple[str, str]]:
    return {one["path"]: (one["before"], one["after"]) for one in answer["report"]["differences"]}


async def definitive(editor: Person, pupil_id: str) -> None:
    await OkiDoc.filter(pupil_id=pupil_id).update(status="FINAL")


class TestTwoClicks:
    @pytest.mark.parametrize("content", [dossier(), changed((BSN, b""))], ids=["with a BSN", "without"])
    async def test_make_one_child(self, world: World, content: bytes) -> None:
        editor = await editor_of_00yy(world)
        upload = await sent(world, editor, content)
        answers = await asyncio.gather(
            *(editor.do("importOsoDossier", REPORT, uploadId=upload) for _ in range(4))
        )
        assert [codes(one) for one in answers] == [[]] * 4
        assert len({one["pupil"]["id"] for one in answers}) == 1
        assert await Pupil.all().count() == 1

    async def test_on_two_uploads_of_one_child_raise_the_question(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        uploads = [await sent(world, editor, changed((BSN, b""))) for _ in range(3)]
        answers = await asyncio.gather(
            *(editor.do("importOsoDossier", REPORT, uploadId=one) for one in uploads)
        )
        assert sorted(codes(one) for one in answers) == [[], *[["DOSSIER_MATCH_UNSURE"]] * 2]
        assert await Pupil.all().count() == 1


class TestAQuestion:
    async def test_is_a_known_bsn_with_another_name_and_birth_date(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        first = (await imported(world, editor, dossier()))["pupil"]
        await Pupil.filter(id=first["id"]).update(last_name="Anders", birth_date="2014-12-12")
        refused = await imported(world, editor, dossier())
        assert codes(refused) == ["DOSSIER_MATCH_UNSURE"]
        taken = await imported(world, editor, dossier(), pupilId=first["id"])
        assert (codes(taken), taken["report"]["outcome"]) == ([], "UPDATED")

    async def test_is_another_bsn_with_the_same_name_and_birth_date(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        first = (await imported(world, editor, dossier()))["pupil"]
        other = changed((BSN, OTHER_BSN))
        assert codes(await imported(world, editor, other)) == ["DOSSIER_MATCH_UNSURE"]
        refused = await imported(world, editor, other, pupilId=first["id"])
        assert codes(refused) == ["CONFIRM_OVERWRITE"]
        assert "BSN" in refused["errors"][0]["message"]
        shown = await imported(world, editor, other, pupilId=first["id"], dryRun=True)
        assert differences(shown)["pupil.bsn"] == ("er is een nummer", "een ander nummer")
        taken = await imported(world, editor, other, pupilId=first["id"], confirmOverwrite=True)
        assert codes(taken) == []
        new = await imported(world, editor, dossier(), newPupil=True)
        assert new["report"]["outcome"] == "CREATED"

    async def test_is_the_key_of_another_child(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        first = (await imported(world, editor, dossier()))["pupil"]
        other = changed((BSN, b""), (b"<geboortedatum>2015-02-03", b"<geboortedatum>2015-02-04"))
        assert codes(await imported(world, editor, other)) == ["DOSSIER_MATCH_UNSURE"]
        new = await imported(world, editor, other, newPupil=True)
        assert "KEY_TAKEN" in [one["code"] for one in new["report"]["remarks"]]
        keys = [one.school_key for one in await Pupil.all() if one.school_key]
        assert len(keys) == len(set(keys)) == 1
        given = {"pupilId": new["pupil"]["id"], "expectedVersion": 1, "schoolKey": keys[0]}
        refused = await editor.do("updateOkiDoc", "", **given)
        assert [error["path"] for error in refused["errors"]] == [["schoolKey"]]
        assert first["id"] != new["pupil"]["id"]


class TestADefinitiveOkiDoc:
    @pytest.mark.parametrize(
        ("was", "now", "path"),
        [
            (b"<standaardscore>", b"<standaardscore>5", "test."),
            (b"<geboortedatum>2015-02-03", b"<geboortedatum>2015-02-04", "pupil.birth_date"),
        ],
        ids=["the test", "the child itself"],
    )
    async def test_is_not_overwritten_in_silence(
        self, world: World, was: bytes, now: bytes, path: str
    ) -> None:
        editor = await editor_of_00yy(world)
        pupil = (await imported(world, editor, dossier()))["pupil"]
        await definitive(editor, pupil["id"])
        before = await Result.all().values()
        assert codes(await imported(world, editor, changed((was, now)))) == ["CONFIRM_OVERWRITE"]
        assert await Result.all().values() == before
        shown = await imported(world, editor, changed((was, now)), dryRun=True)
        assert shown["report"]["overwritesFinal"] is True
        assert any(one.startswith(path) for one in differences(shown))
        taken = await imported(world, editor, changed((was, now)), confirmOverwrite=True)
        assert taken["pupil"]["okiDoc"]["status"] == "CONCEPT"


class TestABirthDate:
    async def test_that_has_yet_to_come_is_nobodys(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        born = changed((b"<geboortedatum>2015-02-03", b"<geboortedatum>2033-02-03"))
        assert codes(await imported(world, editor, born)) == ["DOSSIER_WITHOUT_BIRTH_DATE"]

    async def test_that_is_unlikely_is_for_a_person_to_look_at(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        made = await imported(
            world, editor, changed((b"<geboortedatum>2015-02-03", b"<geboortedatum>2003-02-03"))
        )
        assert "UNLIKELY_BIRTH_DATE" in [one["code"] for one in made["report"]["remarks"]]


class TestTheFile:
    async def test_goes_soon_after_it_was_taken_and_cannot_be_fetched(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        upload = await sent(world, editor, dossier())
        await editor.done("importOsoDossier", REPORT, uploadId=upload)
        asked = "query($id: ID!) { upload(id: $id) { state url } }"
        assert (await editor.ask(asked, id=upload))["upload"] == {"state": "RELEASED", "url": None}
        clock.stand_still(at=await clock.now() + timedelta(hours=1, minutes=1))
        await housekeeping.sweep(store=store())
        assert (await Upload.get(id=upload)).state == "REMOVED"
        assert codes(await editor.do("importOsoDossier", REPORT, uploadId=upload)) == ["NOT_FOUND"]

    async def test_counts_no_more_once_it_was_taken(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        await imported(world, editor, dossier())
        upload = await Upload.get(kind="OSO_DOSSIER")
        (waiting,) = await Upload.filter(id=upload.id).values()
        waiting.pop("id")
        await Upload.bulk_create(Upload(**{**waiting, "read_at": None, "pupil_id": None}) for _ in range(199))
        await sent(world, editor, dossier())
        given = {"kind": "OSO_DOSSIER", "filename": "d.xml", "size": 10}
        refused = await editor.do("createUpload", "upload { id }", **given)
        assert codes(refused) == ["TOO_MANY_UPLOADS"]
        assert "dossiers" in refused["errors"][0]["message"]

    async def test_that_never_came_is_not_ready_and_no_riddle(self, world: World) -> None:
        editor = await editor_of_00yy(world)
        given = {"kind": "OSO_DOSSIER", "filename": "d.xml", "size": 10}
        made = (await editor.done("createUpload", "upload { id }", **given))["upload"]
        assert codes(await editor.do("importOsoDossier", REPORT, uploadId=made["id"])) == ["UPLOAD_NOT_READY"]
        stranger = await world.editor()
        assert codes(await stranger.do("importOsoDossier", REPORT, uploadId=made["id"])) == ["NOT_FOUND"]
