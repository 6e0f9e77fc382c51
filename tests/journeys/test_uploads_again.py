"""What goes wrong on the way: an answer that is lost, a file that never comes, a place that is kept for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from models import AuditEntry, Pupil, Upload
from resolvers import clock, uploads
from resolvers.viewer import Viewer
from rules.uploads import AWAITED, MOST_FILES, TooManyUploads
from rules.vocabulary import PupilOrigin, UploadKind
from tests.journeys.one_school import OneSchool, one_school
from tests.journeys.sent_files import PDF, announced, link_to

OTHER = PDF.replace(b"vulling", b"anders!")


class TestTheSameLinkAgain:
    @pytest.mark.parametrize("state", ["RELEASED", "QUARANTINE"])
    async def test_with_the_same_bytes_gets_the_same_answer_and_changes_nothing(
        self, school: OneSchool, http: httpx.AsyncClient, state: str
    ) -> None:
        upload_id, url = await announced(viewer=school.editor, pupil=school.pupil, size=len(PDF))
        first = await http.put(url, content=PDF)
        await Upload.filter(id=upload_id).update(state=state)
        before = await Upload.get(id=upload_id)
        again = await http.put(url, content=PDF)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == {"id": str(upload_id), "state": state}
        after = await Upload.get(id=upload_id)
        assert (after.storage_key, after.received_at) == (before.storage_key, before.received_at)
        assert await AuditEntry.filter(act="upload.released").count() == 1

    @pytest.mark.parametrize(
        "other", [OTHER, PDF[:-1], PDF + b"meer", b""], ids=["as-long", "less", "more", "none"]
    )
    async def test_with_other_bytes_says_that_the_file_is_there(
        self, school: OneSchool, http: httpx.AsyncClient, other: bytes
    ) -> None:
        upload_id, url = await announced(viewer=school.editor, pupil=school.pupil, size=len(PDF))
        await http.put(url, content=PDF)
        refused = await http.put(url, content=other)
        assert (refused.status_code, refused.json()["code"]) == (409, "UPLOAD_RECEIVED")
        assert "al ontvangen" in refused.json()["message"]
        assert (await http.get(await link_to(viewer=school.editor, upload_id=upload_id))).content == PDF

    async def test_twice_at_once_with_the_same_bytes_is_well_received_twice(
        self, school: OneSchool, http: httpx.AsyncClient
    ) -> None:
        _, url = await announced(viewer=school.editor, pupil=school.pupil, size=len(PDF))
        gate = asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield PDF[:100]
            await gate.wait()
            yield PDF[100:]

        late = asyncio.create_task(http.put(url, content=slowly()))
        await asyncio.sleep(0.05)
        assert (await http.put(url, content=PDF)).status_code == 201
        gate.set()
        assert (await late).status_code == 201

    async def test_after_it_was_taken_away_is_refused(
        self, school: OneSchool, http: httpx.AsyncClient
    ) -> None:
        upload_id, url = await announced(viewer=school.editor, pupil=school.pupil, size=len(PDF))
        await http.put(url, content=PDF)
        await uploads.remove_attachment(viewer=school.editor, upload_id=upload_id)
        refused = await http.put(url, content=PDF)
        assert (refused.status_code, refused.json()["code"]) == (409, "UPLOAD_NOT_READY")
        assert "verwijderd" in refused.json()["message"]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who may send a kind of file, for a child."""

    kind: UploadKind
    viewer: Viewer
    pupil: Pupil

    async def announces(self) -> tuple[UUID, str]:
        return await announced(viewer=self.viewer, pupil=self.pupil, size=len(PDF), kind=self.kind)

    async def takes_back(self, upload_id: UUID) -> None:
        by_family = self.kind is UploadKind.FAMILY_DOCUMENT
        remove = uploads.remove_family_document if by_family else uploads.remove_attachment
        await remove(viewer=self.viewer, upload_id=upload_id)


class TestAFileThatNeverComes:
    @pytest.fixture(params=[UploadKind.ATTACHMENT, UploadKind.FAMILY_DOCUMENT])
    async def sender(self, database: None, request: pytest.FixtureRequest) -> Sender:
        if request.param is UploadKind.ATTACHMENT:
            home = await one_school()
            return Sender(request.param, home.editor, home.pupil)
        outside = await one_school(origin=PupilOrigin.OUTSIDE)
        return Sender(request.param, outside.family, outside.pupil)

    async def test_keeps_its_place_for_a_while_and_blocks_nobody_afterwards(
        self, sender: Sender, http: httpx.AsyncClient
    ) -> None:
        now = clock.real_now()
        clock.stand_still(at=now)
        for _ in range(MOST_FILES):
            upload_id, url = await sender.announces()
        clock.stand_still(at=now + AWAITED - timedelta(seconds=1))
        with pytest.raises(TooManyUploads):
            await sender.announces()
        row = await uploads.upload(viewer=sender.viewer, upload_id=upload_id)
        assert row is not None
        assert row.url is not None
        clock.stand_still(at=now + AWAITED)
        # What was given up cannot come in any more: no link is given, and none that is there works.
        row = await uploads.upload(viewer=sender.viewer, upload_id=upload_id)
        assert row is not None
        assert row.url is None
        assert (await http.put(url, content=PDF)).status_code == 404
        _, fresh = await sender.announces()
        assert (await http.put(fresh, content=PDF)).status_code == 201

    async def test_what_came_in_counts_for_as_long_as_it_is_there(
        self, sender: Sender, http: httpx.AsyncClient
    ) -> None:
        now = clock.real_now()
        clock.stand_still(at=now)
        for _ in range(MOST_FILES):
            upload_id, url = await sender.announces()
            assert (await http.put(url, content=PDF)).status_code == 201
        clock.stand_still(at=now + AWAITED)
        with pytest.raises(TooManyUploads):
            await sender.announces()
        await sender.takes_back(upload_id)
        await sender.announces()
