"""A call reads without looking up the function: but for its one subject, arguments come by name."""

import ast
from collections.abc import Iterator

import pytest

from tests.guards.source import modules

FOLDERS = ("rules", "resolvers", "documents", "emails", "exports", "imports")

BY_PLACE = {
    "resolvers/rows.py fetch": "reads as SELECT: from where, which columns, into what",
    "resolvers/family.py grouped": "reads as SELECT: from where, which columns, into what",
    "resolvers/scope.py of": "reads as words: what is of this pupil, of this kind",
    "resolvers/scope.py of_all": "reads as words: what is of all these pupils, of this kind",
    "resolvers/scope.py of_ids": "reads as words: what is of these pupils, of this kind",
    "imports/cells.py whole": "stands in the table of columns: a whole number from, to",
}
"""Functions that take more than their subject by place, and why."""


def public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


def by_place(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many arguments may come without a name."""
    return len(function.args.posonlyargs) + len(function.args.args)


def several() -> set[str]:
    return {
        f"{path} {function.name}"
        for path, tree in modules(*FOLDERS)
        for function in public_functions(tree)
        if by_place(function) > 1
    }


def test_but_for_its_subject_a_public_function_takes_arguments_by_name() -> None:
    astray = several() - set(BY_PLACE)
    assert not astray, "put a * before the second argument, or name the reason in BY_PLACE"


def test_every_exception_is_needed() -> None:
    assert set(BY_PLACE) <= several()


@pytest.mark.parametrize(
    ("source", "many"),
    [("def f(*, a, b): ...", 0), ("def f(a, *, b): ...", 1), ("async def f(a, b): ...", 2), ("def f(a, /, b): ...", 2)],
)  # fmt: skip
def test_the_guard_counts(source: str, many: int) -> None:
    (function,) = public_functions(ast.parse(source))
    assert by_place(function) == many
