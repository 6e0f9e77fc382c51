"""A PDF cannot be forgotten: each kind has examples, prints them, and is laid out by the one template."""

import ast
import json
import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from documents import Paper, examples
from documents.layout import laid_out
from documents.letters import FAMILY
from documents.printing import environment, printed
from rules.vocabulary import DocumentKind
from tests.documents.test_printing import set_in, text_of

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = [(kind, paper) for kind in DocumentKind for paper in examples(kind=kind)]
WORDS = [f"{kind}-{paper.stamp or 'definitive'}" for kind, paper in EXAMPLES]


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_has_examples(kind: DocumentKind) -> None:
    assert examples(kind=kind)


@pytest.mark.parametrize(("kind", "paper"), EXAMPLES, ids=WORDS)
class TestEveryExample:
    def test_it_prints_all_it_says_in_our_letters(self, kind: DocumentKind, paper: Paper) -> None:
        made = printed(content=json.loads(json.dumps(paper.payload())))
        assert all("Lato" in name and "NOT" not in name for name in set_in(made))
        text = text_of(made)
        assert paper.title in text
        assert paper.status in text
        for section in paper.sections:
            assert section.title in text
            for line in section.lines:
                assert line.label.split()[0] in text
                assert " ".join(line.value.split())[:40] in text
            assert all(column in text for column in section.columns)

    def test_it_holds_no_bsn(self, kind: DocumentKind, paper: Paper) -> None:
        assert not re.search(r"\b\d{9}\b|bsn", str(paper.payload()), re.IGNORECASE)

    def test_a_word_that_is_not_there_stops_it(self, kind: DocumentKind, paper: Paper) -> None:
        whole = (
            (ROOT / "documents" / "paper.html").read_text("utf-8").replace("</body>", "{{ paper.misspelt }}")
        )
        with pytest.raises(UndefinedError, match="misspelt"):
            environment().from_string(whole).render(paper=laid_out(paper.payload()), family=FAMILY)

    def test_its_file_can_be_saved_anywhere(self, kind: DocumentKind, paper: Paper) -> None:
        assert paper.filename().endswith(f" {paper.elk_number}.pdf")


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 400, 'a"b:c*?', "Zo\x00ë\n", "con\\aux"])
def test_a_name_makes_no_path_and_fits_its_column(name: str) -> None:
    paper = examples(kind=DocumentKind.OKI_DOC)[0]
    said = {field: getattr(paper, field) for field in paper.__dataclass_fields__}
    filename = Paper(**{**said, "pupil": name}).filename()
    assert len(filename) <= 200
    assert not set(filename) & set('\\/:*?"<>|\x00\n')


def test_the_printer_is_imported_in_its_own_processes_only() -> None:
    """xhtml2pdf and what it draws with weigh 60 MB and keep state: `documents.printing` alone has them."""
    for path in ROOT.glob("*/**/*.py"):
        top = path.relative_to(ROOT).parts[0]
        if top.startswith(".") or top in ("tests", "benchmarks"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            heavy = {name for name in names if name.split(".")[0] in ("xhtml2pdf", "reportlab")}
            heavy |= {name for name in names if name == "documents.printing"}
            if heavy:
                where = str(path.relative_to(ROOT))
                assert where in ("documents/printing.py", "documents/letters.py", "workers/pdf.py"), where
