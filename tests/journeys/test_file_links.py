"""A link to a file opens it for one session, for a while, and nothing by itself (rules 5, 24, 26)."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from models import Pupil, Session
from resolvers import clock, file_links
from resolvers.file_links import Use
from tests.journeys.one_school import OneSchool, one_school, sign_in_again
from tests.journeys.sent_files import PDF, announced, link_to


class TestALinkOpensNothingByItself:
    @pytest.fixture
    async def released(self, school: OneSchool, http: httpx.AsyncClient) -> UUID:
        upload_id, url = await announced(viewer=school.editor, pupil=school.pupil, size=len(PDF))
        assert (await http.put(url, content=PDF)).status_code == 201
        return upload_id

    async def test_it_dies_after_a_quarter_of_an_hour(
        self, school: OneSchool, http: httpx.AsyncClient, released: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        link = await link_to(viewer=school.editor, upload_id=released)
        real = clock.real_now
        monkeypatch.setattr(clock, "real_now", lambda: real() + timedelta(minutes=14, seconds=55))
        assert (await http.get(link)).status_code == 200
        monkeypatch.setattr(clock, "real_now", lambda: real() + timedelta(minutes=15, seconds=1))
        assert (await http.get(link)).status_code == 404

    async def test_it_dies_with_its_session(
        self, school: OneSchool, http: httpx.AsyncClient, released: UUID
    ) -> None:
        again = await sign_in_again(account_id=school.editor.account_id)
        link = await link_to(viewer=again, upload_id=released)
        assert (await http.get(link)).status_code == 200
        await Session.filter(id=again.session_id).update(revoked_at=clock.real_now())
        assert (await http.get(link)).status_code == 404

    async def test_it_dies_the_moment_the_pupil_leaves(
        self, school: OneSchool, http: httpx.AsyncClient, released: UUID
    ) -> None:
        link = await link_to(viewer=school.editor, upload_id=released)
        other = await one_school()
        await Pupil.filter(id=school.pupil.id).update(primary_school_id=other.school.id)
        assert (await http.get(link)).status_code == 404

    async def test_made_for_somebody_who_may_not_read_it_it_opens_nothing(
        self, http: httpx.AsyncClient, released: UUID
    ) -> None:
        other = await one_school()
        assert (await http.get(await link_to(viewer=other.editor, upload_id=released))).status_code == 404

    async def test_forged_or_bent_it_opens_nothing(
        self, school: OneSchool, http: httpx.AsyncClient, released: UUID
    ) -> None:
        link = await link_to(viewer=school.editor, upload_id=released)
        base, _, token = link.rpartition("/")
        bent = [
            f"{token[:50]}{'A' if token[50] != 'A' else 'B'}{token[51:]}",
            token[:-4],
            token + "AAAA",
            "ë",
            "%00",
            "x",
        ]
        for one in bent:
            assert (await http.get(f"{base}/{one}")).status_code == 404
        send = file_links.url(use=Use.SEND, row_id=released, viewer=school.editor)
        assert (await http.get(send)).status_code == 404
        assert (await http.put(link, content=PDF)).status_code == 404


class TestPartsOfAFile:
    @pytest.fixture
    async def link(self, school: OneSchool, http: httpx.AsyncClient) -> str:
        upload_id, url = await announced(viewer=school.editor, pupil=school.pupil, size=len(PDF))
        await http.put(url, content=PDF)
        return await link_to(viewer=school.editor, upload_id=upload_id)

    @pytest.mark.parametrize(
        ("asked", "status", "start", "end"),
        [
            ("bytes=0-9", 206, 0, 10),
            ("bytes=10-", 206, 10, len(PDF)),
            ("bytes=-7", 206, len(PDF) - 7, len(PDF)),
            ("bytes=0-", 200, 0, len(PDF)),
            (f"bytes=5-{10**17}", 206, 5, len(PDF)),
            ("bytes=9-3", 200, 0, len(PDF)),
            ("bytes=0-1,4-5", 200, 0, len(PDF)),
            ("regels=1-2", 200, 0, len(PDF)),
        ],
    )
    async def test_a_range_is_what_was_asked(
        self, http: httpx.AsyncClient, link: str, asked: str, status: int, start: int, end: int
    ) -> None:
        got = await http.get(link, headers={"Range": asked})
        assert (got.status_code, got.content) == (status, PDF[start:end])
        assert got.headers["content-length"] == str(end - start)
        if status == 206:
            assert got.headers["content-range"] == f"bytes {start}-{end - 1}/{len(PDF)}"

    async def test_beyond_the_end_there_is_nothing(self, http: httpx.AsyncClient, link: str) -> None:
        for asked in (f"bytes={len(PDF)}-", "bytes=-0"):
            got = await http.get(link, headers={"Range": asked})
            assert (got.status_code, got.headers["content-range"]) == (416, f"bytes */{len(PDF)}")

    async def test_what_one_has_is_not_sent_again(self, http: httpx.AsyncClient, link: str) -> None:
        head = await http.head(link)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(PDF))
        etag = head.headers["etag"]
        same = await http.get(link, headers={"If-None-Match": f'"x", {etag}'})
        assert (same.status_code, same.content) == (304, b"")
        resumed = await http.get(link, headers={"Range": "bytes=5-", "If-Range": etag})
        assert (resumed.status_code, resumed.content) == (206, PDF[5:])
        changed = await http.get(link, headers={"Range": "bytes=5-", "If-Range": '"anders"'})
        assert (changed.status_code, changed.content) == (200, PDF)
