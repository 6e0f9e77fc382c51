"""What is written for people: the README, the changelog and `docs/`, read as text."""

import re
from collections.abc import Iterator
from pathlib import Path

from schema.sdl import ROOT

PAPERS = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))
NOT_OURS = {".git", ".venv", ".loket", ".hypothesis", "__pycache__"}

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`\n]+)`")
_RULES = re.compile(r"\b[Rr]ules?\s(\d+(?:(?:\s?(?:,|and|to|-)\s?)+\d+)*)")
_RANGE = re.compile(r"(\d+)\s?(?:-|to)\s?(\d+)")


def blocks(path: Path, *, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return [text for named, text in _BLOCK.findall(path.read_text("utf-8")) if named == language]


def links(path: Path) -> list[str]:
    """Where links and pictures lead."""
    return _LINK.findall(path.read_text("utf-8"))


def spans(path: Path) -> list[str]:
    """What stands between backticks within a line."""
    return _SPAN.findall(_BLOCK.sub("", path.read_text("utf-8")))


def sources(*, under: str = ".", ending: str = ".py") -> Iterator[Path]:
    """Our own files of one kind."""
    for path in sorted((ROOT / under).rglob(f"*{ending}")):
        inside = path.relative_to(ROOT).parts
        if not NOT_OURS & set(inside) and not any(part.endswith("_cache") for part in inside):
            yield path


def rules_cited(text: str) -> set[int]:
    """The numbers in `rule 17`, `rules 4 to 15, 46`, `rules 8-11` and their like."""
    found: set[int] = set()
    for listed in _RULES.findall(text):
        found |= {int(number) for number in re.findall(r"\d+", listed)}
        for first, last in _RANGE.findall(listed):
            found |= set(range(int(first), int(last) + 1))
    return found
