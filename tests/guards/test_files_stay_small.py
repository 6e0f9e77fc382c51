"""A Python file over 400 lines is two files."""

from tests.guards.source import ROOT

LONGEST = 400
NOT_OURS = {".venv", ".git", ".loket", "node_modules"}


def test_no_python_file_is_over_400_lines() -> None:
    long = {}
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT)
        if not NOT_OURS & set(name.parts):
            lines = path.read_text("utf-8").count("\n")
            if lines > LONGEST:
                long[name.as_posix()] = lines
    assert not long
