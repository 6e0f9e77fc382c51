"""Who answers the questions of `benchmarks.asked`: how each is set up and started, what it answers, and whether that
is the same as what Loket answers.

Setting up needs npm with Node 20 or newer and a registry of packages; what it makes is kept in the sandbox's folder.
"""

import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any

import asyncpg

from benchmarks import asked, load
from benchmarks.load import Request
from benchmarks.peers import documents
from sandbox.state import FOLDER, ROOT

HERE = Path(__file__).parent
CACHE = FOLDER / "peers"
CASES = ("PAGE", "ONE", "ROWS", "OVERVIEW", "START")
READS = CASES[:4]
POSTGRAPHILE = ("package.json", "package-lock.json", ".npmrc", "server.mjs")


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """`command` serves on PORT, in `folder`, the rows of DATABASE_URL; it is ready when `/readyz` answers 200.

    `sql`: what the owner of the database runs first. `documents`: its own words of what is asked; None where each case
    is an address of its own. Every answer is `{"data": …}` as Loket gives it; the cursors in it may differ.
    """

    name: str
    command: Sequence[str | Path]
    folder: Path = ROOT
    environment: Mapping[str, str]
    cases: Sequence[str] = READS
    documents: Any = asked
    sql: Path | None = None
    setup: Callable[[], None] = lambda: None

    def request(self, case: str, *, token: str, **variables: Any) -> Request:
        """`variables`: `id` of ONE, `after` of ROWS."""
        if self.documents is None:
            return Request(f"/{case.lower()}", variables, token)
        body = {"query": getattr(self.documents, case), "variables": variables}
        return Request("/graphql", body, token)


def _node_packages() -> None:
    folder = CACHE / "postgraphile"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "node_modules" / ".from.json"
    for name in POSTGRAPHILE:
        copyfile(HERE / "postgraphile" / name, folder / name)
    lock = (folder / "package-lock.json").read_bytes()
    if not stamp.exists() or stamp.read_bytes() != lock:
        command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=folder, check=True)
        stamp.write_bytes(lock)


def _python_packages() -> None:
    folder, wanted = CACHE / "venv", HERE / "requirements.txt"
    stamp = folder / "from.txt"
    if not stamp.exists() or stamp.read_bytes() != wanted.read_bytes():
        venv.create(folder, with_pip=True, clear=True)
        pip: list[str | Path] = [
            folder / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        subprocess.run([*pip, "-r", wanted], check=True)
        copyfile(wanted, stamp)


FLOOR = Contestant(
    name="floor: SQL by hand",
    command=[sys.executable, "-m", "benchmarks.floor"],
    environment={},
    cases=CASES,
    documents=None,
)
POSTGRAPHILE_5 = Contestant(
    name="PostGraphile",
    command=[CACHE / "postgraphile" / "node_modules" / ".bin" / "node", "server.mjs"],
    folder=CACHE / "postgraphile",
    environment={"NODE_ENV": "production", "GRAPHILE_ENV": "production"},
    documents=documents,
    sql=HERE / "postgraphile" / "views.sql",
    setup=_node_packages,
)
STOCK = Contestant(
    name="Strawberry", command=[sys.executable, "-m", "benchmarks.peers.stock"], environment={}
)
ARIADNE = Contestant(
    name="Ariadne",
    command=[CACHE / "venv" / "bin" / "python", "-m", "benchmarks.peers.ariadne_peer"],
    environment={},
    setup=_python_packages,
)
CONTESTANTS = (FLOOR, POSTGRAPHILE_5, STOCK, ARIADNE)

LOKET = Contestant(name="Loket", command=[], environment={}, cases=CASES)
"""How it is started is said elsewhere; this is how it is asked."""


async def prepare(contestant: Contestant, *, owner_url: str) -> None:
    """What it needs in the database of the measurement, all or nothing."""
    if contestant.sql is not None:
        owner = await asyncpg.connect(owner_url)
        try:
            async with owner.transaction():
                await owner.execute(contestant.sql.read_text())
        finally:
            await owner.close()


def answered(contestant: Contestant, case: str, *, port: int, token: str, **variables: Any) -> Any:
    """What it gives as `data`; of ROWS the nodes of all pages."""
    if case == "ROWS":
        return list(_rows(contestant, port=port, token=token))
    (answer,) = load.answers(port=port, requests=[contestant.request(case, token=token, **variables)])
    return _data(answer)


def _rows(contestant: Contestant, *, port: int, token: str) -> Iterator[Any]:
    def behind(answer: Any) -> dict[str, Any] | None:
        info = _data(answer)["exportEnrolments"]["pageInfo"]
        after = info["endCursor"] if info["hasNextPage"] else None
        return contestant.request("ROWS", token=token, after=after).body if after else None

    first = contestant.request("ROWS", token=token)
    _, pages = load.paged(port=port, first=first, behind=behind, pages=asked.ROWS_PAGES, times=1)
    for page in pages:
        yield from _data(page)["exportEnrolments"]["nodes"]


def _data(answer: Any) -> Any:
    if answer.get("errors") or not answer.get("data"):
        raise RuntimeError(f"no answer: {str(answer)[:500]}")
    return answer["data"]


def difference(expected: Any, given: Any, *, at: str = "data") -> str | None:
    """Where two answers differ first, in words; None when they are equal as JSON."""
    if isinstance(expected, dict) and isinstance(given, dict) and expected.keys() == given.keys():
        parts = ((expected[name], given[name], f"{at}.{name}") for name in expected)
    elif isinstance(expected, list) and isinstance(given, list) and len(expected) == len(given):
        parts = (
            (one, other, f"{at}[{place}]")
            for place, (one, other) in enumerate(zip(expected, given, strict=True))
        )
    else:
        same = type(expected) is type(given) and expected == given
        return None if same else f"{at}: {str(expected)[:200]} is here {str(given)[:200]}"
    found = (difference(one, other, at=place) for one, other, place in parts)
    return next((words for words in found if words is not None), None)


def disagreement(
    contestant: Contestant, case: str, *, loket: int, port: int, token: str, **variables: Any
) -> str | None:
    """Where its answer to a case differs from that of Loket, which listens on port `loket`; None when it does not."""
    asking: dict[str, Any] = {"token": token, **variables}
    return difference(
        answered(LOKET, case, port=loket, **asking), answered(contestant, case, port=port, **asking)
    )
