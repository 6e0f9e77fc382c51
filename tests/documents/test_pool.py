"""The processes that print: they may die or hang, and no other document is lost."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import psutil
import pytest

from documents.layout import MOST_ROWS, TooMuchToPrint
from tests.documents.test_printing import paper
from workers import pdf
from workers.pdf import PdfPool, PdfTookTooLong


@pytest.fixture
async def pool() -> AsyncIterator[PdfPool]:
    made = PdfPool(processes=1)
    yield made
    await made.close()


async def make(pool: PdfPool, **said: Any) -> bytes:
    return await pool.make(kind="OKI_DOC", content=paper(**said))


def pid_of(pool: PdfPool, *, seat: int = 0) -> int:
    pid = pool._seats[seat].pid
    assert pid is not None
    return pid


async def gone(pid: int) -> bool:
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        await asyncio.sleep(0.05)
    return False


# What a process of the pool does in place of printing; it must be found by name in another process.
def hang(_content: dict[str, Any]) -> bytes:
    signal.pause()
    return b""


def die(_content: dict[str, Any]) -> bytes:
    os._exit(1)


class TestAProcessThatDies:
    async def test_before_its_document_is_replaced_and_the_document_made(self, pool: PdfPool) -> None:
        first = await make(pool)
        os.kill(pid_of(pool), signal.SIGKILL)
        assert await make(pool) == first
        assert first.startswith(b"%PDF-")

    async def test_in_the_middle_of_a_document_makes_it_again(self, pool: PdfPool) -> None:
        await make(pool)
        pid = pid_of(pool)
        making = asyncio.create_task(make(pool, columns=["A"], rows=[["x"]] * 1000))
        await asyncio.sleep(0.2)
        os.kill(pid, signal.SIGKILL)
        assert (await making).startswith(b"%PDF-")
        assert pid_of(pool) != pid

    async def test_each_time_is_told_and_the_next_document_is_made(
        self, pool: PdfPool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setattr(pdf, "_print", die)
            with pytest.raises(BrokenProcessPool):
                await make(pool)
        assert await make(pool)


class TestADocumentThatDoesNotEnd:
    async def test_is_ended_with_its_process_and_the_next_is_made(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pool = PdfPool(processes=1)
        await make(pool)
        pid = pid_of(pool)
        with monkeypatch.context() as stuck:
            stuck.setattr(pdf, "_print", hang)
            stuck.setattr(pool, "_seconds", 0.5)
            with pytest.raises(PdfTookTooLong, match="OKI_DOC"):
                await make(pool)
        assert await gone(pid)
        assert await make(pool)
        await pool.close()

    async def test_takes_no_other_along(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pool = PdfPool(processes=2)
        await asyncio.gather(make(pool), make(pool))
        with monkeypatch.context() as stuck:
            stuck.setattr(pdf, "_print", hang)
            hanging = asyncio.create_task(make(pool))
            await asyncio.sleep(0.1)
        pids = {seat.pid for seat in pool._seats}
        other = asyncio.create_task(make(pool, columns=["A"], rows=[["x"]] * 300))
        await asyncio.sleep(0.1)
        hanging.cancel()
        assert (await other).startswith(b"%PDF-")
        assert len(pids & {seat.pid for seat in pool._seats}) == 1, "only the one that hung is replaced"
        await pool.close()

    async def test_nobody_waits_for_what_nobody_wants_any_more(
        self, pool: PdfPool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await make(pool)
        pid = pid_of(pool)
        with monkeypatch.context() as stuck:
            stuck.setattr(pdf, "_print", hang)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await make(pool)
        assert await gone(pid)
        assert await make(pool)


class TestThePool:
    async def test_a_refusal_comes_back_as_it_is_and_keeps_the_process(self, pool: PdfPool) -> None:
        await make(pool)
        pid = pid_of(pool)
        with pytest.raises(TooMuchToPrint, match=str(MOST_ROWS)):
            await make(pool, columns=["A"], rows=[["x"]] * (MOST_ROWS + 1))
        assert pid_of(pool) == pid

    async def test_a_process_is_replaced_after_its_share(self) -> None:
        pool = PdfPool(processes=1, recycled_after=2)
        await make(pool)
        pid = pid_of(pool)
        await make(pool)
        await make(pool)
        assert pid_of(pool) != pid
        assert await gone(pid)
        await pool.close()

    async def test_closed_it_leaves_nobody_behind(self, pool: PdfPool) -> None:
        await make(pool)
        pid = pid_of(pool)
        await pool.close()
        assert await gone(pid)

    async def test_ctrl_c_is_for_the_worker_to_judge(self, pool: PdfPool) -> None:
        await make(pool)
        pid = pid_of(pool)
        os.kill(pid, signal.SIGINT)
        await make(pool)
        assert pid_of(pool) == pid

    async def test_more_than_its_processes_wait_their_turn(self) -> None:
        pool = PdfPool(processes=2)
        made = await asyncio.gather(*(make(pool) for _ in range(7)))
        assert len(set(made)) == 1
        await pool.close()
