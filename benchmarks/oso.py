"""What taking in dossiers costs: seconds, and the most memory that the processes of it held.

    python -m benchmarks.oso [--dossiers 1000]

Every dossier is of another invented child, with eight documents of its own, and as large as the published example
(170 kB). They are written by Loket's own exporter first, and that is not counted. On an embedded PostgreSQL of its own.
"""

import argparse
import asyncio
import os
import random
import resource
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from cryptography.fernet import Fernet

from exports import oso
from models import database
from resolvers import clock
from resolvers.adviezen import advice_labels, for_dossiers
from resolvers.imports import in_words, run, take_dossiers
from resolvers.imports.dossiers import SIDE_BY_SIDE
from rules.identifiers import is_bsn
from rules.oki_doc.dossier import Attachment
from sandbox import demo, dossiers, invent
from sandbox.postgres import Postgres
from sandbox.states import NOW

DOCUMENTS, BYTES = 8, 15_000


async def files(folder: Path, *, count: int) -> list[Path]:
    """As many dossiers, of children who differ in name and number."""
    codes, labels = await for_dossiers(), await advice_labels()
    children = list(dossiers.children(labels))
    bsns = (str(number) for number in range(950_000_000, 999_999_999) if is_bsn(str(number)))
    chance = random.Random(1)
    made = []
    for number in range(count):
        child = children[number % len(children)]
        papers = [
            {"filename": f"stuk {place}.png", "description": f"Stuk {place}"} for place in range(DOCUMENTS)
        ]
        one = replace(
            child,
            pupil={**child.pupil, "bsn": next(bsns), "school_key": f"K{number:06}"},
            sections={**child.sections, "documents": papers},
            attachments=[
                Attachment(place=f"documents.{place}", content=_picture(chance), **paper)
                for place, paper in enumerate(papers)
            ],
        )
        path = folder / f"dossier-{number:05}.xml"
        path.write_bytes(oso.write(dossier=one, made_on=dossiers.MADE_ON, codes=codes))
        made.append(path)
    return made


def _picture(chance: random.Random) -> bytes:
    """Starts and ends as a PNG does."""
    begin, end = PNG
    return begin + chance.randbytes(BYTES) + end


PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89",
    b"\x00\x00\x00\x00IEND\xaeB`\x82",
)


async def measure(folder: Path, *, count: int) -> None:
    clock.allow_moving()
    region = folder / "region"
    codes = [("adviescodes", path) for path in demo.ADVIESCODES]
    wanted = [
        one for one in invent.write(folder=region, pupils=100) if one[0] in ("regions", "periods", "schools")
    ]
    for kind, path in [("adviezen", demo.ADVIEZEN), *codes, *wanted]:
        report = await run(kind=kind, path=path)
        if not report.is_right:
            raise RuntimeError("\n".join(in_words(report=report)))
    await clock.move(to=NOW)
    paths = await files(folder, count=count)
    size = sum(path.stat().st_size for path in paths) / len(paths)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    began = time.perf_counter()
    done = await take_dossiers(paths=paths)
    took = time.perf_counter() - began
    mine = resource.getrusage(resource.RUSAGE_SELF)
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(
        f"{count} dossiers of {size / 1000:.0f} kB: {dict(Counter(line.became.name for line in done.lines))}"
    )
    print(f"seconds                        {took:8.1f}  ({1000 * took / count:.1f} ms a dossier)")
    print(f"  of which this process's core {mine.ru_utime - before:8.1f}")
    print(f"most memory, this process      {mine.ru_maxrss / 1024:8.0f} MB")
    print(f"most memory, a reading process {child / 1024:8.0f} MB (of those that ended)")


async def _run(folder: Path, *, url: str, owner: str, count: int) -> None:
    await database.migrate(owner_url=owner, application_url=url)
    async with database.connected(url=url, pool_size=SIDE_BY_SIDE + 1):
        await measure(folder, count=count)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--dossiers", type=int, default=1000)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "files").mkdir()
        server = Postgres(folder=folder / "postgres", durable=False)
        try:
            urls = server.start()
            os.environ.update(
                ENVIRONMENT="test",
                DATABASE_URL=urls.application,
                REDIS_URL="redis://127.0.0.1:9",
                SMTP_URL="smtp://127.0.0.1:9",
                FILES_URL=(folder / "files").as_uri(),
                LINK_KEY="sandbox-links-for-a-benchmark-0123456789",
                BSN_KEYS=Fernet.generate_key().decode(),
                BSN_INDEX_KEY="sandbox-bsn-index-for-a-benchmark-0123456789",
            )
            asyncio.run(_run(folder, url=urls.application, owner=urls.owner, count=given.dossiers))
        finally:
            server.stop()
            server.discard()


if __name__ == "__main__":
    main()
