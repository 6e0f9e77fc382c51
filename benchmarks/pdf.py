"""What a PDF costs: each example as a ratio to the floor, an empty document of the same printer.

python -m benchmarks.pdf
"""

import io
import time
from collections.abc import Callable

from xhtml2pdf import pisa

from documents import examples
from documents.printing import NOTHING, prepare, printed
from rules.vocabulary import DocumentKind

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
