"""What a PDF costs: each example as a ratio to the floor, an empty document of the same printer.

python -m benchmarks.pdf
"""

import asyncio
import io
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from xhtml2pdf import pisa

from benchmarks.measured import Measured
from benchmarks.place import most_memory
from documents import examples
from documents.printing import NOTHING, prepare, printed
from rules.vocabulary import DocumentKind
from workers.pdf import PROCESSES, PdfPool

ROUNDS = 7


def best(work: Callable[[], object]) -> float:
    """The quickest of some rounds, in milliseconds: what the work takes when nothing else disturbs."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took) * 1000


def empty() -> None:
    pisa.CreatePDF("<body><p></p></body>", dest=io.BytesIO(), encoding="utf-8", resource_policy=NOTHING)


async def by_the_pool(
    *, loader: ProcessPoolExecutor, turns: int = 5, count: int = 12, empties: int = 100
) -> list[Measured]:
    """PDFs a second of each kind by the worker's pool, beside empty documents by one process."""
    loop, pool = asyncio.get_running_loop(), PdfPool()
    papers = {kind: next(iter(examples(kind=kind))) for kind in DocumentKind}
    found: dict[DocumentKind, list[float]] = {kind: [] for kind in papers}
    floor = list[float]()
    try:
        await asyncio.gather(*(pool.make(kind=kind, content=one.payload()) for kind, one in papers.items()))
        await loop.run_in_executor(loader, _empties, 1)
        for _ in range(turns):
            for kind, paper in papers.items():
                began = time.perf_counter()
                await asyncio.gather(*(pool.make(kind=kind, content=paper.payload()) for _ in range(count)))
                found[kind].append(count / (time.perf_counter() - began))
            floor.append(await loop.run_in_executor(loader, _empties, empties))
        memory = max(most_memory(seat.pid) for seat in pool._seats if seat.pid is not None)
    finally:
        await pool.close()
    return [
        Measured(
            name=f"PDF: {paper.title}",
            unit="PDFs/s",
            mine=found[kind],
            floor_name="empty documents of the same printer, one process",
            floor=floor,
            memory=memory,
            note=f"{sum(len(part.rows) + len(part.lines) for part in paper.sections)} rows, in {PROCESSES} processes",
        )
        for kind, paper in papers.items()
    ]


def _empties(count: int) -> float:
    prepare()
    began = time.perf_counter()
    for _ in range(count):
        empty()
    return count / (time.perf_counter() - began)


def main() -> None:
    began = time.perf_counter()
    prepare()
    print(f"fonts read, once a process   {(time.perf_counter() - began) * 1000:8.1f} ms")
    empty()
    floor = best(empty)
    print(f"floor: an empty document     {floor:8.1f} ms")
    for kind in DocumentKind:
        for paper in examples(kind=kind):
            content = paper.payload()
            took = best(lambda content=content: printed(content=content))  # type: ignore[misc]
            rows = sum(len(section.rows) + len(section.lines) for section in paper.sections)
            name = f"{paper.title} {paper.stamp.lower() or 'definitief'}, {rows} rows"
            print(f"{name:45} {took:8.1f} ms  {took / floor:6.1f} × floor  {took / rows:6.2f} ms a row")


if __name__ == "__main__":
    main()
