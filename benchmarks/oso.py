"""What a dossier costs to read and to write, and what a thousand of them leave in memory.

python -m benchmarks.oso [FILE]
"""

import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from exports.oso import write
from imports.oso import read
from tests.imports.oso_dossier import dossier

ROUNDS = 40
MANY = 1000


def best(work: Callable[[], object]) -> float:
    """The quickest of some rounds, in milliseconds of the processor: others may be busy too."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took) * 1000


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    content = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else dossier()
    found = read(content)
    files = [len(one.content) for one in found.attachments if one.content]
    print(f"a dossier of {len(content):,} bytes, {len(files)} documents of {sum(files):,} bytes")
    print(f"read    {best(lambda: read(content)):8.1f} ms")
    print(f"write   {best(lambda: write(dossier=found, made_on=date(2027, 2, 20))):8.1f} ms")
    before, began = megabytes(), time.process_time()
    for _ in range(MANY):
        read(content)
    took = time.process_time() - began
    print(f"{MANY} read one after the other: {took:.1f} s, {megabytes() - before:.1f} MB more")


if __name__ == "__main__":
    main()
