"""Files come in: announced, sent, judged by content (rules 5, 24, 26)."""

import asyncio
import io
import struct
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from PIL import Image

from models import AuditEntry, Period, Upload
from resolvers import clock, files, uploads
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
from tests.journeys.one_school import OneSchool, one_school
from tests.journeys.sent_files import PDF, announced, link_to

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(500)


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
        ending = {"application/pdf": "", "image/jpeg": ".jpg", "image/png": ".png"}[type_]
        exact = f"filename*=UTF-8''Brief%20van%20Zo%C3%AB%20%E6%9D%8E.pdf{ending}"
        assert got.headers["content-disposition"].endswith(exact)
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
            PDF.replace(b"trailer\n<<>>", b"trailer\n<</Encrypt 2 0 R>>"),
            b"<html><script>alert(1)</script>",
            b"PK\x03\x04" + bytes(100),
            b"MZ" + bytes(100),
            b"zomaar tekst",
        ],
        ids=[
            "bomb",
            "large",
            "torn-png",
            "torn-jpeg",
            "torn-pdf",
            "locked-pdf",
            "html",
            "zip",
            "program",
            "text",
        ],
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
