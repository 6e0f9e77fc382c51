"""The command line: every command it offers exists, and those that need no database ask for none."""

import json
import os
import subprocess
import sys
from argparse import _SubParsersAction
from pathlib import Path

import cli
import commands
from emails import KINDS

ROOT = Path(__file__).resolve().parents[2]


def offered() -> list[str]:
    """Every command of the parser."""
    (subparsers,) = (one for one in cli.parser()._actions if isinstance(one, _SubParsersAction))
    return list(subparsers.choices)


def run(*command: str, **environment: str) -> tuple[int, str, str]:
    """A command in a process of its own, with nothing around it but `environment`."""
    done = subprocess.run(
        [sys.executable, "cli.py", *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


def test_every_command_that_is_offered_is_answered_in_one_place() -> None:
    answered = [*cli.WITHOUT_DATABASE, *commands.IN_PRODUCTION, *commands.ON_DATABASE]
    assert sorted(offered()) == sorted(answered)


def test_every_command_says_what_it_is_for() -> None:
    status, out, _ = run("--help")
    assert status == 0
    for name in offered():
        assert f"\n    {name}" in out, name


def test_mails_writes_a_page_of_every_mail_where_nothing_runs(tmp_path: Path) -> None:
    status, out, err = run("mails", LOKET_FOLDER=str(tmp_path / "loket"))
    assert (status, err) == (0, "")
    page = tmp_path / "loket" / "mails.html"
    assert out == f"{page}\n"
    for kind in KINDS:
        assert f'<h2 id="{kind}">' in page.read_text("utf-8")
    assert [path.name for path in page.parent.iterdir()] == ["mails.html"]


def test_trusted_writes_a_manifest_only_when_somebody_can_run_each_document(tmp_path: Path) -> None:
    good, bad, made = [tmp_path / name for name in ("good.graphql", "bad.graphql", "made.json")]
    good.write_text("query Who { viewer { role } }", "utf-8")
    bad.write_text("query Who { rol }", "utf-8")
    status, out, err = run("trusted", str(good), str(bad), "--manifest", str(made))
    assert status == 1
    assert [line.split()[2] for line in out.splitlines()] == ["PUBLIC", "nobody"]
    assert "bad.graphql: Cannot query field 'rol' on type 'Query'." in err
    assert not made.exists()
    status, out, err = run("trusted", str(good), "--manifest", str(made))
    assert (status, err) == (0, "")
    assert list(json.loads(made.read_text("utf-8"))) == [out.split()[1]]


def test_a_command_on_the_database_says_so_where_there_is_none(tmp_path: Path) -> None:
    for name in commands.ON_DATABASE:
        given = {"import": ["schools", "scholen.csv"], "integrator": ["list", "AMSTELLAND"]}.get(name, [])
        status, out, err = run(name, *given, LOKET_FOLDER=str(tmp_path))
        assert (status, out) == (2, ""), name
        assert "DATABASE_URL: is not set, and there is no sandbox here: ./loket dev makes one" in err
        assert "Traceback" not in err
