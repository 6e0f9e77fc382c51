"""Every text that people read has one spelling; mails 1 to 3 keep the words of the procedure's own text."""

import re
from pathlib import Path

from schema.sdl import ROOT

FOLDERS = (
    "rules",
    "resolvers",
    "schema",
    "emails",
    "documents",
    "imports",
    "exports",
    "workers",
    "sandbox",
    "docs",
)
ENDINGS = {".py", ".html", ".txt", ".md", ".graphql", ".csv"}
KEEPS_ITS_OWN = ROOT / "emails" / "templates" / "parent_login_sent"
OTHERWISE = {
    r"\b[hH]ebt\b": "heeft",
    r"\bELK nummer": "ELK-nummer",
    r"\bOkidoc\b|\bOKI-doc\b": "Oki-doc",
}


def texts() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in ENDINGS]
    assert len(found) > 200
    return [path for path in [*found, ROOT / "README.md"] if KEEPS_ITS_OWN not in path.parents]


def test_no_text_spells_a_word_its_own_way() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: write {right}"
        for path in texts()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        for other, right in OTHERWISE.items()
        if re.search(other, line)
    ]
    assert not wrong, "\n".join(wrong)
