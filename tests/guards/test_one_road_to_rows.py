"""Nobody reaches the data of a child but through `resolvers/scope.py`."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from tortoise import fields
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

import models
from tests.guards.source import dotted, everything, imported, modules

ROAD = "resolvers/scope.py"

NOT_OF_A_CHILD = {
    "Account": "who signs in; the public forms look it up by its name, and the rows behind it are scoped",
    "OutboxMail": "what goes out; nobody reads it",
    "AuditEntry": "written by every step, read by the region's own view of it",
}
"""Models that name a pupil and yet are not its data."""

ELSEWHERE = {
    ("resolvers/pupils.py", "ParentLogin"): "a subquery that narrows pupils that are in reach already",
    ("resolvers/calendars.py", "IndividualWindow"): "of the child whose calendar is asked for, by who has it",
    ("resolvers/uploads.py", "Upload"): "the scanner and the receiver move a file on; nobody is shown it",
    ("workers/housekeeping.py", "Document"): "the sweep throws away; it shows nobody anything",
    ("workers/housekeeping.py", "LoginRequest"): "the sweep throws away; it shows nobody anything",
    ("workers/housekeeping.py", "Upload"): "the sweep throws away; it shows nobody anything",
    ("workers/press.py", "Document"): "the worker makes what a step asked for, from what the step froze",
}
"""Where else a query on these models begins, and why it may."""

SQL_ELSEWHERE = {
    "exports/query.py": "columns of forms that scope.py has chosen: each of its statements begins with one of scope's",
    "resolvers/admissions.py": "the list on a form that scope.py has admitted, as a column of its pupil",
    "resolvers/family_file.py": "the file of one family: of the child that scope.py names for it, by its id",
    "resolvers/imports/departments.py": "files of a region: no viewer, and nothing in the schema reaches it",
    "resolvers/imports/pupil_parts.py": "files of a region: no viewer, and nothing in the schema reaches it",
    "resolvers/imports/pupil_register.py": "files of a region: no viewer, and nothing in the schema reaches it",
    "resolvers/imports/regions.py": "files of a region: no viewer, and nothing in the schema reaches it",
    "resolvers/imports/result_desk.py": "files of test makers: no viewer, and nothing in the schema reaches it",
    "resolvers/tray.py": "gives pupils that a step or a file has just written what waits for them",
    "workers/metrics.py": "counts, of everything",
    "workers/outbox.py": "whether the link of a mail is still good",
}
"""Where SQL names these tables, and why it may."""

BEGIN = {
    "all", "annotate", "count", "exclude", "exists", "fetch_for_list", "filter", "first", "get", "get_or_create",
    "get_or_none", "in_bulk", "last", "only", "raw", "select_for_update", "update_or_create", "values",
}  # fmt: skip
"""What begins a query on a model."""


@cache
def of_a_child() -> dict[str, str]:
    """Every model that belongs to a pupil, directly or through a form, with its table."""
    found = {
        name: model
        for name in models.__all__
        if isinstance(model := getattr(models, name), type) and issubclass(model, Model)
    }
    return {
        name: str(model._meta.db_table)
        for name, model in found.items()
        if (name == "Pupil" or _names_a_child(model)) and name not in NOT_OF_A_CHILD
    }


def _names_a_child(model: type[Model]) -> bool:
    # Read from the declarations: which columns there are, Tortoise only knows once it is connected.
    return any(
        name.removesuffix("_id") in ("pupil", "enrolment")
        and isinstance(field, fields.UUIDField | ForeignKeyFieldInstance)
        for name, field in model._meta.fields_map.items()
    )


def begun(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Each place in a module where a query on the data of a child begins: model, line."""
    wanted, names = of_a_child(), imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in BEGIN:
            meant = dotted(node.value, names)
            if meant.startswith("models.") and meant.rpartition(".")[2] in wanted:
                yield meant.rpartition(".")[2], node.lineno


def queries() -> Iterator[tuple[str, str, int]]:
    """The same of all that runs in production: path, model, line."""
    for path, tree in everything():
        for model, line in begun(tree):
            yield path, model, line


def statements() -> Iterator[tuple[str, int]]:
    """Each text that reads or writes such a table by name: path, line."""
    tables = "|".join(sorted(of_a_child().values()))
    naming = re.compile(rf'\b(?:FROM|JOIN|UPDATE|INTO|TABLE)\s+"?(?:{tables})"?\b')
    for path, tree in everything():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and naming.search(node.value):
                yield path, node.lineno


def test_the_models_of_a_child_are_found() -> None:
    assert {
        "Pupil", "Guardian", "Address", "OkiDoc", "Enrolment", "Preference", "ParentLogin", "Note",
        "Supplement", "Upload", "Document", "TestResult", "LoginRequest", "IndividualWindow",
    } <= set(of_a_child())  # fmt: skip


class TestAQueryOnTheDataOfAChild:
    def test_begins_in_scope(self) -> None:
        astray = [
            f"{path}:{line} {model}: ask resolvers/scope.py, or name the reason in ELSEWHERE"
            for path, model, line in queries()
            if path != ROAD and (path, model) not in ELSEWHERE
        ]
        assert not astray, "\n".join(astray)

    def test_in_sql_stands_where_no_viewer_is(self) -> None:
        astray = [f"{path}:{line}" for path, line in statements() if path not in {ROAD, *SQL_ELSEWHERE}]
        assert not astray, "\n".join(astray)

    def test_is_excepted_only_where_there_is_one(self) -> None:
        assert set(ELSEWHERE) <= {(path, model) for path, model, _ in queries()}
        assert set(SQL_ELSEWHERE) <= {path for path, _ in statements()}
        assert set(NOT_OF_A_CHILD) <= set(models.__all__)

    def test_is_not_begun_in_the_schema_at_all(self) -> None:
        for path, tree in modules("schema"):
            bad = [name for name in imported(tree).values() if name.split(".")[0] in ("models", "tortoise")]
            assert not bad, f"{path} imports {bad}: a resolver hands out plain rows"


def test_no_client_reaches_the_imports_of_a_region() -> None:
    """What reads pupils without a viewer is for the command line alone."""
    for path, tree in modules("schema", "workers"):
        if path not in OF_THE_COMMAND_LINE:
            assert not [name for name in imported(tree).values() if name.startswith("resolvers.imports")], (
                path
            )


OF_THE_COMMAND_LINE = {
    "workers/deliveries.py": "takes in what was handed in at the command line",
    "workers/housekeeping.py": "throws away what was handed in there",
}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from models import Pupil\nPupil.filter(id=1)", True),
        ("from models import TestResult as R\nR.get(id=1)", True),
        ("import models\nmodels.Note.all()", True),
        ("from models.pupil import Guardian\nx = Guardian.filter", True),
        ("from models import Pupil\nPupil(id=1)", False),
        ("from models import Region\nRegion.filter(id=1)", False),
    ],
)
def test_the_guard_sees_a_query_however_it_is_written(source: str, found: bool) -> None:
    assert bool(list(begun(ast.parse(source)))) is found
