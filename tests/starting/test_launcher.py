"""The launcher: what it says when it cannot begin, and that an install is made once, whole, or again."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534

# Stands for uv: counts its calls, takes its time, and links to the Python of this test.
UV = """#!/bin/sh
case $1 in
venv) echo made >>"$COUNTED"; sleep 0.3; mkdir -p "$6/bin"; ln -sf "$REAL_PYTHON" "$6/bin/python" ;;
pip) [ ! -e "$BROKEN" ] || { echo "no room on the disk"; exit 1; } ;;
esac
"""

# Stands for a Python with the venv module, whose environments have a pip.
PYTHON_WITH_VENV = """#!/bin/sh
case "$*" in
*"-m venv"*) echo made by venv >>"$COUNTED"; rm -f "$3/bin/python"; ln -s "$0" "$3/bin/python" ;;
*"-m pip"*) echo filled by pip >>"$COUNTED" ;;
*compileall*) ;;
*) exec "$REAL_PYTHON" "$@" ;;
esac
"""


class Place:
    """A copy of the launcher with a program of its own, and a PATH on which only chosen things are."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "map met spaties"
        self.bin = folder / "bin"
        self.counted = folder / "counted"
        self.broken = folder / "broken"
        self.home.mkdir()
        self.bin.mkdir()
        shutil.copy(ROOT / "loket", self.home)
        (self.home / "requirements.lock").write_text("een==1\n")
        self.program("import sys; print('began with', *sys.argv[1:])")
        for name in ["sh", "dirname", "cmp", "cat", "cp", "mv", "rm", "tail", "sleep", "mkdir", "ln"]:
            (self.bin / name).symlink_to(shutil.which(name) or "")

    def program(self, text: str) -> None:
        (self.home / "cli.py").write_text(text)

    def has(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def python_that(self, *, refuses: str) -> None:
        """A python3 that fails on whatever holds `refuses`."""
        self.has(
            "python3", f'#!/bin/sh\ncase "$*" in *{refuses}*) exit 1 ;; esac\nexec "{sys.executable}" "$@"\n'
        )

    def environment(self) -> dict[str, str]:
        return {
            "PATH": str(self.bin),
            "HOME": str(self.home),
            "REAL_PYTHON": sys.executable,
            "COUNTED": str(self.counted),
            "BROKEN": str(self.broken),
        }

    def begin(self, *arguments: str, user: int | None = None) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [str(self.home / "loket"), *arguments],
            user=user,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, user: int | None = None) -> tuple[int, str, str]:
        begun = self.begin(*arguments, user=user)
        out, err = begun.communicate(timeout=30)
        return begun.returncode, out, err

    def installs(self) -> int:
        return len(self.counted.read_text().splitlines()) if self.counted.exists() else 0


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.python_that(refuses="nothing-at-all")
    made.has("uv", UV)
    return made


class TestWhatIsMissing:
    def test_a_python_too_old_is_one_sentence_that_says_what_to_install(self, place: Place) -> None:
        place.python_that(refuses="version_info")
        status, out, err = place.run("dev")
        assert (status, out) == (1, "")
        assert len(err.splitlines()) == 1
        assert "install Python 3.11 or newer" in err

    def test_a_newer_python_under_its_own_name_is_found(self, place: Place) -> None:
        (place.bin / "python3").rename(place.bin / "python3.12")
        place.has("python3", "#!/bin/sh\nexit 1\n")
        assert place.run("dev")[:2] == (0, "began with dev\n")

    def test_no_venv_module_is_one_sentence_that_says_what_to_install(self, place: Place) -> None:
        (place.bin / "uv").unlink()
        place.python_that(refuses="ensurepip")
        status, _, err = place.run("dev")
        assert status == 1
        assert len(err.splitlines()) == 1
        assert "apt install python3-venv" in err

    def test_a_folder_that_is_not_yours_is_one_sentence_that_says_what_to_do(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            place = Place(Path(folder))
            place.home.chmod(0o555)
            status, out, err = place.run("dev", user=NOBODY if os.geteuid() == 0 else None)
            place.home.chmod(0o755)
        assert (status, out) == (1, "")
        assert len(err.splitlines()) == 1
        assert "clone Loket into a folder of your own" in err


class TestInstalling:
    def test_happens_once(self, place: Place) -> None:
        assert place.run("test", "een twee")[:2] == (0, "began with test een twee\n")
        assert place.run("dev") == (0, "began with dev\n", "")
        assert place.installs() == 1

    def test_happens_again_when_the_lock_changed(self, place: Place) -> None:
        place.run()
        (place.home / "requirements.lock").write_text("een==2\n")
        place.run()
        assert place.installs() == 2

    def test_that_failed_says_why_and_is_done_again(self, place: Place) -> None:
        place.broken.touch()
        place.python_that(refuses="'-m venv'")
        status, out, err = place.run("dev")
        assert (status, out) == (1, "")
        assert "no room on the disk" in err
        place.broken.unlink()
        assert place.run("dev")[:2] == (0, "began with dev\n")

    def test_is_done_without_uv_where_uv_fails(self, place: Place) -> None:
        place.broken.touch()
        place.has("python3", PYTHON_WITH_VENV)
        assert place.run("dev")[:2] == (0, "began with dev\n")
        assert place.counted.read_text() == "made\nmade by venv\nfilled by pip\n"

    def test_that_was_killed_is_done_again(self, place: Place) -> None:
        begun = place.begin("dev")
        until = time.monotonic() + 10
        while not place.installs() and time.monotonic() < until:
            time.sleep(0.01)
        begun.kill()
        begun.communicate()
        assert place.run("dev")[:2] == (0, "began with dev\n")
        assert place.installs() == 2

    def test_by_two_at_once_is_done_by_one(self, place: Place) -> None:
        begun = [place.begin("dev") for _ in range(3)]
        assert [one.communicate(timeout=30)[0] for one in begun] == ["began with dev\n"] * 3
        assert place.installs() == 1

    def test_is_done_anew_where_the_folder_was_moved_to(self, place: Place) -> None:
        place.run()
        place.home = place.home.rename(place.home.with_name("elders"))
        assert place.run("dev")[:2] == (0, "began with dev\n")
        assert place.installs() == 2

    def test_is_done_anew_when_its_python_is_gone(self, place: Place) -> None:
        place.run()
        (place.home / ".venv" / "bin" / "python").unlink()
        assert place.run("dev")[:2] == (0, "began with dev\n")

    def test_holds_nobody_up_once_it_is_done(self, place: Place) -> None:
        place.program("import time; print('began', flush=True); time.sleep(60)")
        first = place.begin("dev")
        assert first.stdout is not None
        assert first.stdout.readline() == "began\n"
        place.program("print('second')")
        (place.home / "requirements.lock").write_text("een==2\n")
        assert place.run("import")[:2] == (0, "second\n")
        first.kill()
        first.communicate()


class TestTheProgram:
    def test_gets_the_signals_itself(self, place: Place) -> None:
        place.run()
        place.program("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
        begun = place.begin("dev")
        assert begun.stdout is not None
        assert int(begun.stdout.readline()) == begun.pid
        begun.send_signal(signal.SIGTERM)
        begun.communicate(timeout=10)
        assert begun.returncode == -signal.SIGTERM

    def test_begins_within_a_tenth_of_a_second(self, place: Place) -> None:
        place.run()
        place.has("fast", "#!/bin/sh\n")
        python = place.home / ".venv" / "bin" / "python"
        python.unlink()
        python.symlink_to(place.bin / "fast")
        # What the children of this process used, so that a busy machine does not count.
        before = os.times()
        for _ in range(5):
            place.run("dev")
        after = os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        assert used / 5 < 0.1
