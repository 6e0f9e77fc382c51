"""In which file something stands, read from the source itself: for the pages in `docs/`."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from rules.steps import STEPS

ROOT = Path(__file__).resolve().parent.parent


def of_step(*, name: str) -> str | None:
    """The resolver that takes this step; None while there is none."""
    return _takers().get(name)


def of_use_case(*, name: str) -> str | None:
    """The resolver that defines this function."""
    return _functions().get(name)


def of_import(*, kind: str) -> str:
    """The module that takes in this kind of file, which bears its name or holds `take_<kind>`."""
    path = f"resolvers/imports/{kind}.py"
    return path if (ROOT / path).exists() else _functions()[f"take_{kind}"]


def of_class(*, cls: type) -> str:
    """The file of a class of ours."""
    return f"{cls.__module__.replace('.', '/')}.py"


@cache
def _functions() -> Mapping[str, str]:
    return {
        node.name: path
        for path, tree in _resolvers()
        for node in tree.body
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_")
    }


@cache
def _takers() -> Mapping[str, str]:
    """A step is taken where a call names it first: `take("sendParentLogin", …)`."""
    found: dict[str, str] = {}
    for path, tree in _resolvers():
        for node in ast.walk(tree):
            first = node.args[0] if isinstance(node, ast.Call) and node.args else None
            if isinstance(first, ast.Constant) and first.value in STEPS:
                found.setdefault(str(first.value), path)
    return found


@cache
def _resolvers() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(_parsed())


def _parsed() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "resolvers").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))
