"""The README's journey over plain HTTP, typed as it stands there into a shell, against a sandbox of its own."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schema.sdl import ROOT
from tests.guards.paper import blocks
from tests.starting.running import Dev

pytestmark = pytest.mark.xdist_group("dev")


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Dev]:
    """The sandbox as the README starts it: with the region that is shipped."""
    dev = Dev(folder=tmp_path / "sandbox")
    try:
        process = dev.begin()
        process.says("Ctrl-C stops everything.")
        yield dev
        process.tell(signal.SIGTERM)
        process.ended()
    finally:
        dev.clear()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")
def test_the_journey_of_the_readme_goes_from_school_to_a_definitive_form(dev: Dev) -> None:
    (typed,) = (block for block in blocks(ROOT / "README.md", language="sh") if "sendParentLogin" in block)
    typed = typed.replace("http://127.0.0.1:8000", dev.address)
    done = subprocess.run(["sh", "-eu", "-c", typed], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    sent, saved, final, child = answers_in(done.stdout)
    assert sent["sendParentLogin"]["pupil"]["parentLogins"][0]["colour"] == "BLUE"
    assert saved["saveEnrolment"]["enrolment"] == {"canFinalize": True, "missing": []}
    assert final["finalizeEnrolment"]["enrolment"]["status"] == "FINAL"
    assert child["child"]["loginStatus"] == "ENROLMENT_FINAL"
    assert len(child["child"]["enrolment"]["preferences"]) == 2


def answers_in(text: str) -> list[Any]:
    """curl writes one answer behind the other."""
    found, at = [], 0
    while at < len(text.rstrip()):
        answer, at = json.JSONDecoder().raw_decode(text, at)
        found.append(answer["data"])
    return found
