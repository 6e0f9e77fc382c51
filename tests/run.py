"""`./loket test`: every check, each with its time; all of them run, whatever one of them says."""

import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parent.parent


def run(*, long: bool, rest: list[str]) -> int:
    """0 when everything is right. `rest` goes to pytest; with a `rest` only pytest runs."""
    extra = [one for one in rest if one != "--"]
    pytest: list[str | Path] = [
        BIN / "python",
        "-m",
        "pytest",
        "-n",
        "2",
        "--dist",
        "loadgroup",
        *(["--long"] if long else []),
        *extra,
    ]
    stages: dict[str, list[str | Path]] = {
        "lint": [BIN / "ruff", "check", "."],
        "format": [BIN / "ruff", "format", "--check", "."],
        "types": [BIN / "mypy", "."],
        "layers": [BIN / "lint-imports"],
        "tests": pytest,
    }
    if extra:
        stages = {"tests": pytest}
    failed = []
    for name, command in stages.items():
        started = time.monotonic()
        status = subprocess.run(command, cwd=ROOT).returncode
        took = time.monotonic() - started
        print(f"== {name}: {'ok' if status == 0 else 'FAILED'} in {took:.1f} s", flush=True)
        if status:
            failed.append(name)
    print(f"== failed: {', '.join(failed)}" if failed else "== all is right", flush=True)
    return 1 if failed else 0
