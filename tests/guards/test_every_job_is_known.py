"""Work is never asked for under a name that nobody answers to."""

import ast
import inspect
from pathlib import Path

from workers import jobs
from workers.jobs import JOBS

ROOT = Path(__file__).resolve().parent.parent.parent


def nudged() -> set[str]:
    """Every name given to `nudge(…)` in the source."""
    names: set[str] = set()
    for folder in ("resolvers", "schema", "workers"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "nudge":
                    (name,) = node.args
                    assert isinstance(name, ast.Constant), f"{path}: name the job in words"
                    names.add(str(name.value))
    return names


class TestEveryJob:
    def test_that_is_nudged_exists(self) -> None:
        assert {"deliver_mails", "make_documents", "scan_uploads"} <= nudged()
        assert nudged() <= set(JOBS)

    def test_that_is_written_is_registered_under_its_own_name(self) -> None:
        written = {
            name
            for name, value in vars(jobs).items()
            if inspect.iscoroutinefunction(value) and value.__module__ == jobs.__name__
        }
        assert written == set(JOBS)
        assert all(job.work.__name__ == name for name, job in JOBS.items())

    def test_is_one_line_that_takes_no_arguments_of_its_own(self) -> None:
        for name, job in JOBS.items():
            assert list(inspect.signature(job.work).parameters) == ["equipment"], name
            (function,) = ast.parse(inspect.getsource(job.work)).body
            assert isinstance(function, ast.AsyncFunctionDef)
            assert len(function.body) == 1, name

    def test_looks_by_itself_every_minute_at_least(self) -> None:
        assert all(0 < job.every <= 60 for job in JOBS.values())
