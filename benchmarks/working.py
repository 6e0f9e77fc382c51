"""The cases of the comparison that are no reads, each alone on a small place of its own.

python -m benchmarks.working [--only mails] [--turns 3] [--pupils 1000]
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor

from benchmarks import data, exports, pdf
from benchmarks.finalising import finalisations
from benchmarks.mailing import mails
from benchmarks.measured import Measured
from benchmarks.place import Place, measuring
from benchmarks.storm import sign_ins_beside_reads
from models import database

CASES: dict[str, Callable[[Place, ProcessPoolExecutor, int], Awaitable[list[Measured]]]] = {
    "finalise": lambda place, loader, turns: finalisations(place=place, loader=loader, turns=turns),
    "storm": lambda place, loader, turns: sign_ins_beside_reads(
        place=place, loader=loader, turns=min(turns, LONG)
    ),
    "mails": lambda place, loader, turns: mails(place=place, loader=loader, turns=turns),
    "pdfs": lambda _place, loader, turns: pdf.by_the_pool(loader=loader, turns=turns),
    "exports": lambda _place, _loader, turns: exports.as_cases(turns=min(turns, LONG)),
}
"""Each on a place whose database is filled and open in this process, where no process of Loket runs yet."""
PUPILS = 1_000
LONG = 3
"""Turns, at most, of what takes minutes."""


async def _run(place: Place, *, loader: ProcessPoolExecutor, given: argparse.Namespace) -> None:
    await database.migrate(owner_url=place.urls.owner, application_url=place.urls.application)
    async with database.connected(url=place.urls.application, pool_size=4):
        await data.region(pupils=given.pupils)
        for name in given.only or CASES:
            for found in await CASES[name](place, loader, given.turns):
                print(found.words(), flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--only", action="append", choices=list(CASES))
    arguments.add_argument("--turns", type=int, default=3)
    arguments.add_argument("--pupils", type=int, default=PUPILS)
    given = arguments.parse_args()
    with measuring() as (place, loader):
        asyncio.run(_run(place, loader=loader, given=given))


if __name__ == "__main__":
    main()
