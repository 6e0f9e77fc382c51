"""The command line: parses and dispatches; each command imports only what it needs."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rules.integrator import OVERLAP_HOURS
from rules.vocabulary import ExportKind

ROOT = Path(__file__).resolve().parent


MEASURED = ("reads", "finalise", "storm", "mails", "pdfs", "exports", "processes")


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(prog="./loket", description="Loket: from primary to secondary school.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    dev = commands.add_parser("dev", help="everything in one terminal, with invented data")
    dev.add_argument("--port", type=_port, default=8000, help="where the API listens on 127.0.0.1")
    dev.add_argument(
        "--pupils", type=int, default=400, help="how many pupils the demo region has; at least 100"
    )
    dev.add_argument("--fresh", action="store_true", help="throw away the data there is and begin anew")

    test = commands.add_parser("test", help="lint, types, layers, tests")
    test.add_argument("--long", action="store_true", help="also storms, kill tests at length and big data")
    test.add_argument("rest", nargs=argparse.REMAINDER, help="given to pytest as it is")

    bench = commands.add_parser("bench", help="everything that is measured, in one run")
    bench.add_argument("--only", choices=MEASURED, help="one part of it")
    bench.add_argument("--cases", help="of the reads: PAGE, ONE, ROWS, OVERVIEW, START, with commas")
    bench.add_argument("--alone", action="store_true", help="Loket and the floor, without peers")
    bench.add_argument("--turns", type=int, default=5)
    bench.add_argument("--seconds", type=float, default=2.0, help="of a turn")
    bench.add_argument("--connections", type=int, default=8)
    bench.add_argument(
        "--write", action="store_true", help="a whole run, into docs/performance.md and docs/plans.md"
    )

    commands.add_parser("serve", help="the API, in production: settings from the environment")
    commands.add_parser("worker", help="the worker, in production: settings from the environment")
    commands.add_parser("migrate", help="bring the database up to date, as its owner")
    commands.add_parser("schema", help="write schema/sdl and the generated tables in docs")
    commands.add_parser("mails", help="write a page with every mail to .loket/mails.html")

    trusted = commands.add_parser(
        "trusted", help="which roles can run a portal's documents, and their manifest"
    )
    trusted.add_argument(
        "files",
        nargs="+",
        type=lambda text: Path(text).absolute(),
        metavar="FILE",
        help="a document, as it is sent; or a manifest, ending in .json",
    )
    trusted.add_argument(
        "--manifest",
        type=lambda text: Path(text).absolute(),
        metavar="FILE",
        help="write there what TRUSTED_DOCUMENTS takes",
    )

    load = commands.add_parser("import", help="take in a file of a region, a school or a test provider")
    load.add_argument(
        "kind",
        help="regions, adviezen, adviescodes, periods, schools, departments, staff, pupils, edexml, oso or "
        "toetsresultaten",
    )
    load.add_argument("files", nargs="+", type=lambda text: Path(text).absolute(), metavar="FILE")
    load.add_argument("--region", help="the code of the region; needed when there are several")
    load.add_argument("--year", help="the school year, as 2026-2027; by default the current one")
    load.add_argument(
        "--school",
        metavar="BRIN",
        help="toetsresultaten: the school that messages are of, where they do not say",
    )
    load.add_argument(
        "--confirm-overwrite",
        action="store_true",
        help="oso, edexml: a definitive Oki-doc may change, and is a concept again afterwards",
    )
    load.add_argument("--here", action="store_true", help="oso: in this process, where no worker is to do it")
    load.add_argument(
        "--report", action="store_true", help="oso: the report of a delivery, by its ID in place of files"
    )
    load.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    load.add_argument(
        "--invite-teachers", action="store_true", help="edexml: accounts and mails for teachers of group 8"
    )

    _integrator(
        commands.add_parser("integrator", help="the systems that read exports of a region by themselves")
    )

    rotate = commands.add_parser("rotate-bsn-keys", help="encrypt every BSN with the newest key")
    rotate.add_argument("--index", action="store_true", help="also compute the blind index anew")
    return top


def _integrator(command: argparse.ArgumentParser) -> None:
    acts = command.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = acts.add_parser("list", help="who they are, and when each was used")
    listed.add_argument("region", help="the code of the region")
    create = acts.add_parser("create", help="a new one; prints its secret, once")
    create.add_argument("region", help="the code of the region")
    create.add_argument("name", help="what it is called")
    several: dict[str, Any] = {"action": "append", "default": []}
    create.add_argument(
        "--school",
        **several,
        dest="schools",
        metavar="SCHOOL",
        help="a BRIN or a name; again for each school",
    )
    create.add_argument(
        "--kind",
        **several,
        dest="kinds",
        type=str.upper,
        choices=list(ExportKind),
        help="again for each kind of export",
    )
    create.add_argument(
        "--network",
        **several,
        dest="networks",
        metavar="NETWORK",
        help="an address or range it asks from; again for each; else from everywhere",
    )
    create.add_argument("--expires", metavar="MOMENT", help="2027-08-01 or 2027-08-01T12:00+02:00")
    rotate = acts.add_parser("rotate", help="another secret; prints it, once")
    rotate.add_argument("username", help="its user name")
    rotate.add_argument(
        "--overlap-hours", type=int, default=OVERLAP_HOURS, help="how long the one before still works"
    )
    revoke = acts.add_parser("revoke", help="the end of one, at once and for good")
    revoke.add_argument("username", help="its user name")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def main(argv: list[str]) -> int:
    """Run one command; the exit status."""
    given = parser().parse_args(argv)
    os.chdir(ROOT)
    if given.command in WITHOUT_DATABASE:
        return WITHOUT_DATABASE[given.command](given)
    from commands import run

    return run(given)


def _dev(given: argparse.Namespace) -> int:
    from sandbox.dev import run

    return run(port=given.port, pupils=given.pupils, fresh=given.fresh)


def _test(given: argparse.Namespace) -> int:
    from tests.run import run

    return run(long=given.long, rest=given.rest)


def _bench(given: argparse.Namespace) -> int:
    from benchmarks.bench import measure

    return measure(given=given)


def _schema(_given: argparse.Namespace) -> int:
    from schema.sdl import write

    for path in write():
        print(path)
    return 0


def _trusted(given: argparse.Namespace) -> int:
    from schema.trusting import offer

    offered = offer(files=given.files)
    print(*offered.said, sep="\n")
    if offered.wrong:
        print(*offered.wrong, sep="\n", file=sys.stderr)
        return 1
    if given.manifest is not None:
        given.manifest.write_text(offered.manifest, "utf-8")
    return 0


def _mails(_given: argparse.Namespace) -> int:
    from emails.preview import index_html
    from sandbox.state import FOLDER

    FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    page = FOLDER / "mails.html"
    page.write_text(index_html(), "utf-8")
    print(page)
    return 0


WITHOUT_DATABASE: dict[str, Callable[[argparse.Namespace], int]] = {
    "dev": _dev,
    "test": _test,
    "bench": _bench,
    "schema": _schema,
    "mails": _mails,
    "trusted": _trusted,
}
"""These bring their own servers or need none; the other commands are in `commands.py`."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
