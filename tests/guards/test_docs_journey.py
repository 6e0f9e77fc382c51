"""The README's journey over plain HTTP, typed as it stands there into a shell, against a sandbox of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.state import GIVEN, free_port
from schema.sdl import ROOT
from tests.guards.paper import blocks

STARTS_WITHIN = 120.0


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[str]:
    """`./loket dev` in a folder of its own; its address."""
    port, said = free_port(), tmp_path / "said"
    ours = (*GIVEN, "DATABASE_OWNER_URL", "ENVIRONMENT", "LINK_KEY", "BSN_KEYS", "BSN_INDEX_KEY")
    environ = {name: value for name, value in os.environ.items() if name not in ours}
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "cli.py", "dev", "--port", str(port)],
            cwd=ROOT,
            env={**environ, "LOKET_FOLDER": str(tmp_path / "sandbox")},
            stdout=out,
            stderr=out,
        )
    try:
        until = time.monotonic() + STARTS_WITHIN
        while b"Ctrl-C" not in said.read_bytes():
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < until, said.read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")
def test_the_journey_of_the_readme_goes_from_school_to_a_definitive_form(sandbox: str) -> None:
    (typed,) = (block for block in blocks(ROOT / "README.md", language="sh") if "sendParentLogin" in block)
    typed = typed.replace("http://127.0.0.1:8000", sandbox)
    done = subprocess.run(["sh", "-eu", "-c", typed], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    sent, saved, final, child = _answers(done.stdout)
    assert sent["sendParentLogin"]["pupil"]["parentLogins"][0]["colour"] == "BLUE"
    assert saved["saveEnrolment"]["enrolment"] == {"canFinalize": True, "missing": []}
    assert final["finalizeEnrolment"]["enrolment"]["status"] == "FINAL"
    assert child["child"]["loginStatus"] == "ENROLMENT_FINAL"
    assert len(child["child"]["enrolment"]["preferences"]) == 2


def _answers(text: str) -> list[Any]:
    """curl writes one answer behind the other."""
    found, at = [], 0
    while at < len(text.rstrip()):
        answer, at = json.JSONDecoder().raw_decode(text, at)
        found.append(answer["data"])
    return found
