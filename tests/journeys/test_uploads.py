"""Files come in: announced, sent, judged by content, kept apart until they are safe (rules 5, 24, 26)."""

import asyncio
import io
import struct
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from models import AuditEntry, Period, Pupil, Session, Upload
from resolvers import clock, file_links, files, uploads
from resolvers.file_links import Use
from resolvers.viewer import Viewer
from rules.calendar import PeriodClosed
from rules.steps import NotFound
from rules.uploads import (
    OnlyForOutsidePupils,
    TooManyUploads,
    UploadEmpty,
    UploadKindNotYours,
    UploadState,
    UploadTooLarge,
)
from rules.vocabulary import PupilOrigin, UploadKind
from schema import files_http
from tests.journeys.one_school import OneSchool, one_school, sign_in_again
from workers.quarantine import Quarantine

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n" + b"% vulling\n" * 400 + b"trailer\n<<>>\nstartxref\n9\n%%EOF\n"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(500)
XML = b'<?xml version="1.0" encoding="UTF-8"?>\n<dossier/>\n'


def picture(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(made, kind)
    return made.getvalue()


def png_that_says(*, width: int, height: int) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=files_http.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def school(database: None) -> OneSchool:
    return await one_school()


async def announced(
    *,
    viewer: Viewer,
    pupil: Pupil,
    size: int,
    kind: UploadKind = UploadKind.ATTACHMENT,
    name: str = "brief.pdf",
) -> tuple[UUID, str]:
    upload_id = await uploads.create_upload(
        viewer=viewer, kind=kind, filename=name, size=size, pupil_id=pupil.id
    )
    row = await uploads.upload(viewer=viewer, upload_id=upload_id)
    assert row is not None
    assert row.url is not None
    return upload_id, row.url


async def link_to(*, viewer: Viewer, upload_id: UUID) -> str:
    return file_links.url(use=Use.UPLOAD, row_id=upload_id, viewer=viewer)


class TestSendingAFile:
    @pytest.mark.parametrize(
        ("content", "type_"),
        [(PDF, "application/pdf"), (picture("JPEG"), "image/jpeg"), (picture("PNG"), "image/png")],
    )
    async def test_what_was_sent_comes_back_as_an_attachment(
        self, school: OneSchool, http: httpx.AsyncClient, content: bytes, type_: str
    ) -> None:
        name = "Brief van Zoë 李.pdf"
        upload_id, url = await announced(
            viewer=school.editor, pupil=school.pupil, size=len(content), name=name
        )
        sent = await http.put(url, content=content)
        assert (sent.status_code, sent.json()["state"]) == (201, "RELEASED")
        row = await uploads.upload(viewer=school.editor, upload_id=upload_id)
        assert row is not None
        assert row.state is UploadState.RELEASED
        assert row.url is not None
        got = await http.get(row.url)
        assert got.content == content
        assert got.headers["content-type"] == type_
        assert got.headers["content-disposition"].startswith("attachment; ")
        assert "filename*=UTF-8''Brief%20van%20Zo%C3%AB%20%E6%9D%8E.pdf" in got.headers["content-disposition"]
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["cache-control"] == "no-store"
        read = await AuditEntry.filter(act="read.attachment", entity_id=str(upload_id))
        assert [entry.account_id for entry in read] == [school.editor.account_id]

    async def test_a_heic_photo_is_refused_with_advice(
        self, school: OneSchool, http: httpx.AsyncClient
    ) -> None:
        upload_id, url = await announced(
            viewer=school.editor, pupil=school.pupil, size=len(HEIC), name="IMG_1.pdf"
        )
        answer = await http.put(url, content=HEIC)
        assert answer.status_code == 415
        assert "HEIC" in answer.json()["message"]
        assert "JPEG" in answer.json()["message"]
        row = await uploads.upload(viewer=school.editor, upload_id=upload_id)
        assert row is not None
        assert row.state is UploadState.REFUSED
        assert "HEIC" in row.refusal
        assert row.url is None
        assert (await http.put(url, content=HEIC)).status_code == 409

    @pytest.mark.parametrize(
        "content",
        [
            png_that_says(width=60000, height=60000),
            png_that_says(width=12000, height=12000),
            b"\x89PNG\r\n\x1a\n" + bytes(200),
            b"\xff\xd8\xff" + bytes(200),
            PDF[:-20],
            b"<html><script>alert(1)</script>",
            b"PK\x03\x04" + bytes(100),
            b"MZ" + bytes(100),
            b"zomaar tekst",
        ],
        ids=["bomb", "large", "torn-png", "torn-jpeg", "torn-pdf", "html", "zip", "program", "text"],
    )
    async def test_what_schools_cannot_use_is_refused_and_not_kept(
        self, school: OneSchool, http: httpx.AsyncClient, content: bytes
    ) -> None:
        upload_id, url = await announced(viewer=school.editor, pupil=school.pupil, size=len(content))
        assert (await http.put(url, content=content)).status_code == 415
        upload = await Upload.get(id=upload_id)
        assert (upload.state, upload.storage_key) == ("REFUSED", "")

    async def test_more_or_less_than_announced_is_not_kept_and_may_be_tried_again(
        self, school: OneSchool, http: httpx.AsyncClient
    ) -> None:
        _, url = await announced(viewer=school.editor, pupil=school.pupil, size=len(PDF))

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(1000):
                yield bytes(100_000)

        assert (await http.put(url, content=PDF + b"meer")).status_code == 413
        assert (await http.put(url, content=endless())).status_code == 413
        assert (await http.put(url, content=PDF[:-5])).status_code == 400
        assert (await http.put(url, content=PDF)).status_code == 201

    async def test_of_two_at_once_the_first_that_is_whole_counts(
        self, school: OneSchool, http: httpx.AsyncClient
    ) -> None:
        other = PDF.replace(b"vulling", b"anders!")
        upload_id, url = await announced(viewer=school.editor, pupil=school.pupil, size=len(PDF))
        gate = asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield other[:100]
            await gate.wait()
            yield other[100:]

        late = asyncio.create_task(http.put(url, content=slowly()))
        await asyncio.sleep(0.05)
        assert (await http.put(url, content=PDF)).status_code == 201
        gate.set()
        assert (await late).status_code == 409
        got = await http.get(await link_to(viewer=school.editor, upload_id=upload_id))
        assert got.content == PDF


class TestWhoMaySendWhat:
    async def test_each_kind_has_its_sender_and_its_bounds(self, school: OneSchool) -> None:
        async def tried(viewer: Viewer, kind: UploadKind, size: int = 10) -> None:
            await uploads.create_upload(
                viewer=viewer, kind=kind, filename="x", size=size, pupil_id=school.pupil.id
            )

        with pytest.raises(UploadKindNotYours):
            await tried(school.family, UploadKind.ATTACHMENT)
        with pytest.raises(UploadKindNotYours):
            await tried(school.editor, UploadKind.FAMILY_DOCUMENT)
        with pytest.raises(OnlyForOutsidePupils):
            await tried(school.family, UploadKind.FAMILY_DOCUMENT)
        with pytest.raises(UploadTooLarge):
            await tried(school.editor, UploadKind.ATTACHMENT, 10_000_001)
        with pytest.raises(UploadEmpty):
            await tried(school.editor, UploadKind.ATTACHMENT, 0)
        await tried(school.editor, UploadKind.OSO_DOSSIER, 25_000_000)
        assert await Upload.filter(pupil_id=school.pupil.id).count() == 1

    async def test_another_schools_pupil_is_not_found(self, school: OneSchool) -> None:
        other = await one_school()
        with pytest.raises(NotFound):
            await announced(viewer=other.editor, pupil=school.pupil, size=10)

    async def test_a_family_of_an_outside_pupil_sends_while_the_period_is_open(self, database: None) -> None:
        outside = await one_school(origin=PupilOrigin.OUTSIDE)
        kind = UploadKind.FAMILY_DOCUMENT
        await announced(viewer=outside.family, pupil=outside.pupil, size=10, kind=kind)
        await Period.filter(region_id=outside.region.id).update(
            closes_at=clock.real_now() - timedelta(seconds=1)
        )
        with pytest.raises(PeriodClosed):
            await announced(viewer=outside.family, pupil=outside.pupil, size=10, kind=kind)

    async def test_there_is_a_bound_to_the_number_of_files(self, school: OneSchool) -> None:
        for _ in range(40):
            await announced(viewer=school.editor, pupil=school.pupil, size=10)
        with pytest.raises(TooManyUploads):
            await announced(viewer=school.editor, pupil=school.pupil, size=10)

    async def test_a_removed_attachment_is_gone_with_its_bytes(
        self, school: OneSchool, http: httpx.AsyncClient
    ) -> None:
        upload_id, url = await announced(viewer=school.editor, pupil=school.pupil, size=len(PDF))
        await http.put(url, content=PDF)
        fetch = await link_to(viewer=school.editor, upload_id=upload_id)
        key = (await Upload.get(id=upload_id)).storage_key
        assert await uploads.remove_attachment(viewer=school.editor, upload_id=upload_id) == school.pupil.id
        assert (await http.get(fetch)).status_code == 404
        with pytest.raises(files.FileGone):
            await files.store().size(key=key)


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


class Clamd:
    """Speaks clamd's INSTREAM; `answer` is what it says of anything."""

    def __init__(self) -> None:
        self.answer = b"stream: OK\0"
        self.heard: list[bytes] = []
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        return f"tcp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
        self.heard.append(content)
        writer.write(self.answer)
        await writer.drain()
        writer.close()


class TestQuarantine:
    @pytest.fixture
    async def clamd(self, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
        clamd = Clamd()
        url = await clamd.start()
        monkeypatch.setattr(uploads, "load", lambda: SimpleNamespace(clamav_url=url))
        yield SimpleNamespace(clamd=clamd, quarantine=Quarantine(clamav_url=url, store=files.store()))
        await clamd.stop()

    async def sent(self, school: OneSchool, http: httpx.AsyncClient) -> UUID:
        upload_id, url = await announced(viewer=school.editor, pupil=school.pupil, size=len(PDF))
        answer = await http.put(url, content=PDF)
        assert (answer.status_code, answer.json()["state"]) == (201, "QUARANTINE")
        assert (await http.get(await link_to(viewer=school.editor, upload_id=upload_id))).status_code == 404
        return upload_id

    async def test_what_is_clean_is_released(
        self, school: OneSchool, http: httpx.AsyncClient, clamd: Any
    ) -> None:
        upload_id = await self.sent(school, http)
        await clamd.quarantine.judge_waiting()
        assert clamd.clamd.heard[-1] == PDF
        assert (await http.get(await link_to(viewer=school.editor, upload_id=upload_id))).content == PDF

    async def test_what_is_infected_is_refused_and_destroyed(
        self, school: OneSchool, http: httpx.AsyncClient, clamd: Any
    ) -> None:
        upload_id = await self.sent(school, http)
        key = (await Upload.get(id=upload_id)).storage_key
        clamd.clamd.answer = b"stream: Win.Test.EICAR_HDB-1 FOUND\0"
        await clamd.quarantine.judge_waiting()
        row = await uploads.upload(viewer=school.editor, upload_id=upload_id)
        assert row is not None
        assert row.state is UploadState.REFUSED
        assert "virus" in row.refusal
        with pytest.raises(files.FileGone):
            await files.store().size(key=key)

    @pytest.mark.parametrize("fault", ["away", "error", "silent"])
    async def test_while_the_scanner_is_away_nothing_is_released(
        self, school: OneSchool, http: httpx.AsyncClient, clamd: Any, fault: str
    ) -> None:
        upload_id = await self.sent(school, http)
        if fault == "away":
            await clamd.clamd.stop()
        clamd.clamd.answer = {"error": b"INSTREAM size limit exceeded. ERROR\0", "silent": b""}.get(
            fault, b""
        )
        await clamd.quarantine.judge_waiting()
        assert (await Upload.get(id=upload_id)).state == UploadState.QUARANTINE
        if fault != "away":
            clamd.clamd.answer = b"stream: OK\0"
            await clamd.quarantine.judge_waiting()
            assert (await Upload.get(id=upload_id)).state == UploadState.RELEASED
