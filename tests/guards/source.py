"""The source as guards read it: every module of a folder, as a tree."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HOUSE = (
    "rules",
    "models",
    "emails",
    "documents",
    "exports",
    "imports",
    "resolvers",
    "schema",
    "workers",
    "compiled",
)
"""The layers and the executor; with the files at the top, everything that runs in production."""
AT_THE_TOP = ("app.py", "asgi.py", "cli.py", "commands.py", "logs.py", "settings.py")


@cache
def tree_of(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"))


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Path and tree of every module below these folders; generated migrations left out."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith("models/migrations/"):
                yield name, tree_of(name)


def everything() -> Iterator[tuple[str, ast.Module]]:
    """What runs in production."""
    yield from modules(*HOUSE)
    for name in AT_THE_TOP:
        yield name, tree_of(name)


def imported(tree: ast.Module) -> dict[str, str]:
    """What each name of a module stands for: `from models import TestResult as Result` gives
    {"Result": "models.TestResult"}, also within functions."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                names[one.asname or one.name.partition(".")[0]] = (
                    one.name if one.asname else one.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                names[one.asname or one.name] = f"{node.module}.{one.name}"
    return names


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """`datetime.now` in a module that imported it: "datetime.datetime.now". Empty for anything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        before = dotted(node.value, names)
        return f"{before}.{node.attr}" if before else ""
    return ""
