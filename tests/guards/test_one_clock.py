"""Time is asked in one place, chance in one place, and the rules know neither."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.guards.source import dotted, everything, imported, modules

READS_A_CLOCK = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.ctime",
    "time.gmtime",
    "time.localtime",
    "time.strftime",
    "time.time",
    "time.time_ns",
}
"""`time.monotonic` and `time.perf_counter` are none: they measure how long, not when."""
THROWS_DICE = ("random", "secrets", "os.urandom", "os.getrandom", "uuid.uuid1", "numpy.random")
SQL_CLOCK = re.compile(r"\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(\)|\bcurrent_(?:timestamp|date|time)\b", re.IGNORECASE)  # fmt: skip

CLOCKS = {"resolvers/clock.py": "the one place: the procedure's clock and real time"}
DICE = {
    "resolvers/machines.py": "the secret of a machine",
    "resolvers/sessions.py": "the token of a session",
    "resolvers/passwords.py": "a hash that nobody can type the password of",
}
SQL_CLOCKS = {
    "workers/lease.py": "a lease runs on the database's own time, the same for every worker",
    "resolvers/export_rows.py": "what changed bears the beginning of its transaction, which only the database knows",
}

PURE = {
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "ipaddress",
    "itertools",
    "re",
    "rules",
    "typing",
    "unicodedata",
    "uuid",
    "zoneinfo",
}
"""What a rule may import: nothing that reads a file, a network, a clock or a die."""


def used(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every imported thing that a module uses, by its full name, with the line."""
    names = imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and (meant := dotted(node, names)):
            yield meant, node.lineno


def clocks(tree: ast.Module) -> list[int]:
    return [line for meant, line in used(tree) if meant in READS_A_CLOCK]


def dice(tree: ast.Module) -> list[int]:
    return [
        line for meant, line in used(tree) if any(f"{meant}.".startswith(f"{one}.") for one in THROWS_DICE)
    ]


def sql_clocks(tree: ast.Module) -> list[int]:
    texts = [
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return [
        text.lineno for text in texts if SQL_CLOCK.search(str(text.value)) and " " in str(text.value).strip()
    ]


@pytest.mark.parametrize(
    ("looked_for", "allowed"),
    [(clocks, CLOCKS), (dice, DICE), (sql_clocks, SQL_CLOCKS)],
    ids=["clock", "dice", "sql-clock"],
)
class TestEachHasItsOnePlace:
    def test_and_no_other(self, looked_for: object, allowed: dict[str, str]) -> None:
        assert callable(looked_for)
        astray = [
            f"{path}:{line}"
            for path, tree in everything()
            if path not in allowed
            for line in looked_for(tree)
        ]
        assert not astray

    def test_which_is_there(self, looked_for: object, allowed: dict[str, str]) -> None:
        assert callable(looked_for)
        for path in allowed:
            ((_, tree),) = [one for one in everything() if one[0] == path]
            assert looked_for(tree), f"{path} needs no exception any more"


def test_no_column_fills_itself_with_a_moment() -> None:
    for path, tree in modules("models"):
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword):
                assert node.arg not in ("auto_now", "auto_now_add"), f"{path}:{node.lineno}"


def test_rules_import_nothing_that_is_not_pure() -> None:
    for path, tree in modules("rules"):
        foreign = {name.partition(".")[0] for name in imported(tree).values()} - PURE
        assert not foreign, f"{path} imports {foreign}"
        assert not [meant for meant, _ in used(tree) if meant.startswith("uuid.uuid")], path


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime as d\nd.datetime.utcnow()",
        "from datetime import date\nf = date.today",
        "from time import time\ntime()",
        "import time\ntime.time()",
    ],
)
def test_the_guard_sees_a_clock_however_it_is_read(source: str) -> None:
    assert clocks(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "import random\nrandom.shuffle([])",
        "from random import Random\nRandom(1)",
        "import secrets\nsecrets.choice([])",
        "from os import urandom\nurandom(8)",
        "from uuid import uuid1\nuuid1()",
    ],
)
def test_the_guard_sees_dice_however_they_are_thrown(source: str) -> None:
    assert dice(ast.parse(source))
