"""A PDF: asked for, made by the worker, fetched by a link that asks again each time (rules 5 and 15)."""

import asyncio
import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psutil
import pytest
from pypdf import PdfReader

from models import Account, Address, AuditEntry, Document, Guardian, OkiDoc, Pupil
from resolvers import clock, documents, files
from resolvers.viewer import Viewer
from rules.steps import NotFound
from rules.vocabulary import DocumentKind, JobStatus, OkiDocStatus, PupilOrigin, Role
from tests.breakable import WorkerProcess
from tests.journeys.one_school import OneSchool, one_school
from workers import housekeeping, press
from workers.press import Press


class Maker:
    """Stands in for the pool of processes: its "PDF" is what it was told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.fault: BaseException | None = None
        self.begun = asyncio.Event()
        self.gate: asyncio.Event | None = None

    async def __call__(self, *, kind: str, content: dict[str, Any]) -> bytes:
        self.told.append(content)
        self.begun.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        return f"%PDF-1.7 {content['title']}\n%%EOF".encode()


@pytest.fixture
async def school(database: None) -> OneSchool:
    made = await one_school()
    await OkiDoc.create(
        id=uuid4(),
        pupil=made.pupil,
        status=OkiDocStatus.FINAL,
        finalized_at=clock.real_now(),
        updated_at=clock.real_now(),
        sections={"contact": {"person": "Anne de Wit"}},
    )
    await Address.create(
        id=uuid4(), pupil=made.pupil, street="Dorpsstraat", house_number="1a", city="Uithoorn"
    )
    await Guardian.create(id=uuid4(), pupil=made.pupil, position=1, last_name="O'Neill", first_name="Siân")
    return made


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def worker(maker: Maker) -> Press:
    return Press(make=maker, store=files.store())


async def asked(*, viewer: Viewer, school: OneSchool, kind: DocumentKind = DocumentKind.OKI_DOC) -> UUID:
    return await documents.create_document(viewer=viewer, kind=kind, pupil_id=school.pupil.id)


async def seen(*, viewer: Viewer, document_id: UUID) -> documents.DocumentRow:
    row = await documents.document(viewer=viewer, document_id=document_id)
    assert row is not None
    return row


class TestAskingForAPdf:
    async def test_it_is_made_and_comes_as_an_attachment_by_a_link(
        self, school: OneSchool, worker: Press, http: httpx.AsyncClient
    ) -> None:
        document_id = await asked(viewer=school.editor, school=school)
        row = await seen(viewer=school.editor, document_id=document_id)
        assert (row.status, row.url) == (JobStatus.QUEUED, None)
        assert await worker.make_due() == 1
        row = await seen(viewer=school.editor, document_id=document_id)
        assert row.status is JobStatus.READY
        assert row.url is not None
        got = await http.get(row.url)
        assert got.content == b"%PDF-1.7 Oki-doc\n%%EOF"
        assert got.headers["content-type"] == "application/pdf"
        assert "Oki-doc%20Zo%C3%AB%20%E6%9D%8E%2010001.pdf" in got.headers["content-disposition"]
        again = await seen(viewer=school.editor, document_id=document_id)
        assert again.url is not None
        assert (await http.get(again.url)).status_code == 200
        entries = await AuditEntry.filter(pupil_id=school.pupil.id).order_by("id")
        acts = [entry.act for entry in entries]
        assert acts == ["read.oki_doc", "createDocument", "read.oki_doc", "read.oki_doc"]

    async def test_it_says_what_was_there_when_it_was_asked_for(
        self, school: OneSchool, worker: Press, maker: Maker
    ) -> None:
        await asked(viewer=school.editor, school=school)
        await Pupil.filter(id=school.pupil.id).update(first_name="Anders")
        await worker.make_due()
        said = maker.told[0]
        assert said["pupil"] == "Zoë 李"
        assert said["status"].startswith("definitief")
        words = str(said["sections"])
        assert all(word in words for word in ("Dorpsstraat 1a", "Siân O'Neill", "Anne de Wit", "03-02-2015"))

    async def test_the_family_asks_for_its_own_child_only(self, school: OneSchool) -> None:
        other = await one_school()
        document_id = await asked(viewer=school.family, school=school, kind=DocumentKind.APPLICATION_FORM)
        for stranger in (other.family, other.editor):
            with pytest.raises(NotFound):
                await asked(viewer=stranger, school=school, kind=DocumentKind.APPLICATION_FORM)
        assert await documents.document(viewer=school.editor, document_id=document_id) is None

    async def test_an_outside_pupil_has_no_oki_doc(self, database: None) -> None:
        outside = await one_school(origin=PupilOrigin.OUTSIDE)
        with pytest.raises(NotFound):
            await asked(viewer=outside.family, school=outside)
        assert await asked(viewer=outside.family, school=outside, kind=DocumentKind.APPLICATION_FORM)


class TestOutOfReach:
    async def test_the_moment_a_pupil_leaves_nothing_of_it_is_reached(
        self, school: OneSchool, worker: Press, http: httpx.AsyncClient
    ) -> None:
        document_id = await asked(viewer=school.editor, school=school)
        await worker.make_due()
        link = (await seen(viewer=school.editor, document_id=document_id)).url
        assert link is not None
        other = await one_school()
        await Pupil.filter(id=school.pupil.id).update(primary_school_id=other.school.id)
        assert (await http.get(link)).status_code == 404
        assert (await http.get(link, headers={"Range": "bytes=3-"})).status_code == 404
        assert await documents.document(viewer=school.editor, document_id=document_id) is None

    async def test_a_role_taken_away_takes_the_link_along(
        self, school: OneSchool, worker: Press, http: httpx.AsyncClient
    ) -> None:
        document_id = await asked(viewer=school.editor, school=school)
        await worker.make_due()
        link = (await seen(viewer=school.editor, document_id=document_id)).url
        assert link is not None
        await Account.filter(id=school.editor.account_id).update(role=Role.PO_MONITOR)
        assert (await http.get(link)).status_code == 404


class TestAWorkerThatDies:
    async def test_in_the_middle_another_starts_over_and_no_half_file_shows(
        self, school: OneSchool, maker: Maker, worker: Press, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(press, "LEASE_SECONDS", 0.3)
        document_id = await asked(viewer=school.editor, school=school)
        maker.gate = asyncio.Event()
        dying = asyncio.create_task(worker.make_due())
        await maker.begun.wait()
        # It holds the lease and is silent: nobody else may touch the row yet.
        second = Maker()
        other = Press(make=second, store=files.store())
        assert await other.make_due() == 0
        await asyncio.sleep(0.4)
        assert await other.make_due() == 1
        kept = await Document.get(id=document_id)
        assert (kept.status, kept.attempts) == (JobStatus.READY, 2)
        maker.gate.set()  # The dead one turns out to be only slow: its file may not replace what is READY.
        await dying
        now = await Document.get(id=document_id)
        assert now.storage_key == kept.storage_key
        assert await files.store().size(key=kept.storage_key) == kept.size

    async def test_told_to_stop_it_gives_the_row_back(
        self, school: OneSchool, maker: Maker, worker: Press
    ) -> None:
        document_id = await asked(viewer=school.editor, school=school)
        maker.gate = asyncio.Event()
        working = asyncio.create_task(worker.make_due())
        await maker.begun.wait()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        row = await Document.get(id=document_id)
        assert (row.lease_token, row.attempts) == (None, 0)
        maker.gate = None
        assert await worker.make_due() == 1
        assert (await Document.get(id=document_id)).status is JobStatus.READY

    async def test_after_a_few_faults_it_is_failed_and_says_so(
        self, school: OneSchool, maker: Maker, worker: Press
    ) -> None:
        document_id = await asked(viewer=school.editor, school=school)
        maker.fault = RuntimeError("het sjabloon is stuk")
        now = clock.real_now()
        for minutes in range(10):
            clock.stand_still(at=now + timedelta(minutes=minutes))
            await worker.make_due()
        row = await seen(viewer=school.editor, document_id=document_id)
        assert (row.status, row.url) == (JobStatus.FAILED, None)
        assert len(maker.told) == press.ATTEMPTS


class TestTheWholeWay:
    async def test_a_worker_process_prints_it_and_killed_in_the_middle_leaves_nobody_behind(
        self, school: OneSchool, http: httpx.AsyncClient, tmp_path: Path
    ) -> None:
        worker = WorkerProcess(folder=tmp_path, environment={})
        worker.start()
        try:
            document_id = await asked(viewer=school.editor, school=school)
            row = await seen(viewer=school.editor, document_id=document_id)
            until = asyncio.get_running_loop().time() + 30
            while row.status is not JobStatus.READY:
                assert asyncio.get_running_loop().time() < until, worker.said()
                await asyncio.sleep(0.1)
                row = await seen(viewer=school.editor, document_id=document_id)
            assert row.url is not None
            pdf = PdfReader(io.BytesIO((await http.get(row.url)).content))
            words = pdf.pages[0].extract_text()
            assert "Oki-doc" in words
            assert "Zoë" in words
            assert "Siân O'Neill" in words
        finally:
            children = psutil.Process(worker.pid).children(recursive=True)
            worker.kill()
        gone, alive = psutil.wait_procs(children, timeout=5)
        assert gone
        assert alive == []


class TestItsEnd:
    async def test_after_a_day_row_and_file_are_gone(self, school: OneSchool, worker: Press) -> None:
        document_id = await asked(viewer=school.editor, school=school)
        await worker.make_due()
        key = (await Document.get(id=document_id)).storage_key
        await housekeeping.sweep(store=files.store())
        assert await files.store().size(key=key) > 0
        clock.stand_still(at=clock.real_now() + timedelta(days=1, minutes=1))
        assert await housekeeping.sweep(store=files.store()) >= 1
        assert await Document.filter(id=document_id).exists() is False
        with pytest.raises(files.FileGone):
            await files.store().size(key=key)
