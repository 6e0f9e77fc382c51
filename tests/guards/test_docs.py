"""What is written for people is true: pages made from the code, commands, paths, documents, decisions."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from graphql import parse, validate

from cli import parser
from imports import KINDS as FILES
from schema.roles import SCHEMAS
from schema.sdl import ROOT, documents
from settings import Settings
from tests.guards.paper import PAPERS, blocks, links, sources, spans

README = ROOT / "README.md"
ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
WRITTEN_BY_HAND = {
    Path("docs/integrator.py"),
    Path("docs/journey.py"),
    # By `./loket bench --write`.
    Path("docs/performance.md"),
    Path("docs/performance.svg"),
    Path("docs/plans.md"),
    Path("docs/procedure.md"),
    *(path.relative_to(ROOT) for path in ADRS),
}
COMMANDS = set(parser()._subparsers._group_actions[0].choices)  # type: ignore[union-attr, arg-type]
# Put together here, so that this file may be read as well.
HOSTS = [".".join(parts) for parts in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("crates", "io"),
    ("proxy.golang", "org"), ("deb.debian", "org"), ("rubygems", "org"), ("docker", "io"),
)]  # fmt: skip
PLACES = re.compile(r"(?<![\w.])/(?:work|tmp|root|home|Users|mnt|workspace)/")


def commands_in(path: Path) -> list[list[str]]:
    """Every call of `./loket` that a reader may type, as words."""
    lines = [line for block in blocks(path, language="sh") for line in block.splitlines()]
    typed = [text.strip() for text in [*lines, *spans(path)] if text.strip().startswith("./loket")]
    return [shlex.split(text, comments=True)[1:] for text in typed if "…" not in text]


class TestPagesMadeFromTheCode:
    def test_are_all_the_pages_that_nobody_writes(self) -> None:
        there = {path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*") if path.is_file()}
        made = {path for path in documents(schemas=SCHEMAS) if path.parts[0] == "docs"}
        assert there - WRITTEN_BY_HAND == made

    def test_say_how_they_are_made(self) -> None:
        for path, text in documents(schemas=SCHEMAS).items():
            if path.suffix == ".md":
                assert "`./loket schema`" in text, path


class TestCommands:
    @pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
    def test_that_are_printed_can_be_typed(self, path: Path) -> None:
        for words in commands_in(path):
            if len(words) == 1 and words[0] in COMMANDS:  # The name of a command, told in passing.
                continue
            try:
                parser().parse_args(words)
            except SystemExit:
                pytest.fail(f"{path.name}: ./loket {' '.join(words)} is no command")

    def test_are_all_in_the_readme(self) -> None:
        named = {words[0] for words in commands_in(README) if words}
        assert named >= COMMANDS - {"schema"}
        assert "./loket schema" in (ROOT / "docs" / "steps.md").read_text("utf-8")

    def test_that_set_up_a_region_take_every_kind_of_file_that_is_shipped(self) -> None:
        taken = [words for words in commands_in(README) if words[0] == "import"]
        of_region = [words for words in taken if words[1] in FILES]
        assert sorted(words[1] for words in of_region) == sorted(FILES)
        files = {ROOT / name for words in of_region for name in words[2:]}
        assert files >= set((ROOT / "sandbox" / "region").glob("*.csv"))
        assert all(path.is_file() for path in files)


class TestPlaces:
    @pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
    def test_that_are_linked_exist(self, path: Path) -> None:
        for link in links(path):
            if not link.startswith(("https://", "#")):
                assert (path.parent / link.partition("#")[0]).exists(), f"{path.name}: {link}"

    @pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
    def test_that_are_named_exist(self, path: Path) -> None:
        tops = {one.name for one in ROOT.iterdir()} - {".loket", ".venv"}
        for span in spans(path):
            named = re.fullmatch(r"([\w.-]+)/?(?:/[\w./-]+)?", span)
            if named and named[1] in tops and ("/" in span or "." in span):
                assert (ROOT / span).exists(), f"{path.name}: {span}"


class TestSettings:
    def test_in_the_readme_exist(self) -> None:
        known = {name.upper() for name in Settings.model_fields}
        named = {span for span in spans(README) if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", span)}
        refusals = {"PERIOD_CLOSED"}
        assert named - refusals <= known

    def test_that_production_needs_are_in_the_readme(self) -> None:
        needed = {name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
        assert needed <= set(spans(README))


class TestDocumentsOfTheReadme:
    def test_are_valid_for_somebody(self) -> None:
        asked = re.findall(r"\bask '([^']+)'", "\n".join(blocks(README, language="sh")))
        assert len(asked) >= 7
        for text in asked:
            faults = {role: validate(schema.core, parse(text)) for role, schema in SCHEMAS.items()}
            assert not all(faults.values()), f"{text}\n{min(faults.values(), key=len)}"


class TestDecisions:
    def test_are_numbered_without_a_gap(self) -> None:
        assert [path.name[:4] for path in ADRS] == [f"{number:04}" for number in range(1, len(ADRS) + 1)]

    @pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
    def test_fit_on_a_page_and_say_why_what_and_what_then(self, path: Path) -> None:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]}. ")
        heads = re.findall(r"^## (\w+)$", text, re.MULTILINE)
        assert [head for head in heads if head != "Measured"] == ["Context", "Decision", "Consequences"]
        assert text.count("\n") <= 65

    @pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
    def test_give_only_figures_that_a_script_measures(self, path: Path) -> None:
        text = path.read_text("utf-8")
        measured = re.findall(r"python -m (benchmarks\.\w+)", text)
        assert all((ROOT / f"{name.replace('.', '/')}.py").is_file() for name in measured)
        assert bool(measured) == bool(re.search(r"\d (?:ms|µs)\b", text)) == ("## Measured" in text)

    def test_that_the_code_names_exist(self) -> None:
        numbers = {path.name[:4] for path in ADRS}
        for path in sources():
            unknown = set(re.findall(r"ADR (\d{4})", path.read_text("utf-8"))) - numbers
            assert not unknown, f"{path}: {unknown}"


class TestTheLicence:
    def test_is_the_one_that_is_declared(self) -> None:
        declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["license"]
        assert declared == "EUPL-1.2"
        text = (ROOT / "LICENSE").read_text("utf-8")
        assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
        assert "15.Applicable Law" in text
        assert "Licensed under the EUPL, version 1.2" in README.read_text("utf-8")


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert version in (ROOT / "CHANGELOG.md").read_text("utf-8")


class TestNothingOfAnotherMachine:
    def test_is_on_paper(self) -> None:
        for path in PAPERS:
            assert not PLACES.search(path.read_text("utf-8")), path

    @pytest.mark.parametrize("ending", [".md", ".py", ".toml", ".lock", ".html", ".txt", ".sh"])
    def test_is_a_registry(self, ending: str) -> None:
        for path in sources(ending=ending):
            named = [host for host in HOSTS if host in path.read_text("utf-8")]
            assert not named, f"{path}: {named}"
