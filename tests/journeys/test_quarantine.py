"""With a scanner, a file is kept apart until it was found clean."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest

from models import Upload
from resolvers import files, uploads
from rules.uploads import UploadState
from tests.journeys.one_school import OneSchool
from tests.journeys.sent_files import PDF, announced, link_to
from workers.quarantine import Quarantine


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
