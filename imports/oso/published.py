"""Files against the published schema, where the operator has it: `OSO_SCHEMA_DIR`."""

import re
from functools import lru_cache
from pathlib import Path

from lxml import etree

from imports.xml import SAFELY
from rules.oki_doc.dossier import Remark, Severity

MOST = 50
_TARGET = re.compile(rb"""targetNamespace\s*=\s*["']([^"']{1,200})["']""")
_ELEMENT = re.compile(r"'(?:\{[^}]*\})?([\w.-]{1,60})'")


def validated(content: bytes, *, folder: str) -> list[Remark]:
    """What the published schema says is wrong with a file that `read` took; never what stands in it."""
    try:
        tree = etree.fromstring(content, _parser())
    except etree.XMLSyntaxError:
        return [
            _remark(
                "dossier", "Dit dossier is te groot, of anders opgeslagen, om te vergelijken met het schema."
            )
        ]
    namespace = etree.QName(tree).namespace or ""
    schema = _schema(folder, namespace)
    if schema is None:
        return [_remark("dossier", "Van deze versie van de standaard staat er geen schema klaar.")]
    if schema.validate(tree):
        return []
    found = [_remark(*_place(error)) for error in list(schema.error_log)[:MOST]]
    return list(dict.fromkeys(found))


def _place(error: etree._LogEntry) -> tuple[str, str]:
    name = _ELEMENT.search(error.message)
    element = name[1] if name else "dossier"
    return element, f"Regel {error.line}: {element} volgt het gepubliceerde schema niet."


def _remark(path: str, message: str) -> Remark:
    return Remark(path=path, message=message, code="SCHEMA", severity=Severity.NOTICE)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(**SAFELY)


@lru_cache(maxsize=8)
def _schema(folder: str, namespace: str) -> etree.XMLSchema | None:
    """The schema of a namespace, read once; None when the folder has none that can be used."""
    for path in sorted(Path(folder).glob("*.xsd")):
        found = _TARGET.search(path.read_bytes()[:100_000])
        if found and found[1].decode("utf-8", "replace") == namespace:
            try:
                return etree.XMLSchema(etree.parse(str(path), _parser()))
            except etree.LxmlError:
                continue
    return None
