"""From bytes to a small tree of elements: no network, no DTD, no entities, and bounds on everything.

The parser hands over events and builds nothing itself: so an attachment may be larger than libxml2 takes in
one text, and what a file repeats too often is counted, not kept.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from imports.oso.refusal import Unreadable
from imports.xml import SAFELY

MOST_BYTES = 25_000_000
MOST_ELEMENTS = 100_000
MOST_STARTED = 1_000_000
MOST_ALIKE = 500
MOST_DEEP = 40
MOST_NAME = 100
CHUNK = 1 << 16

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_FALLBACK = "windows-1252"


@dataclass(slots=True)
class Node:
    """One element: its name without namespace, its text without that of its children."""

    tag: str
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    """How many children of a name were not kept, because there were too many."""

    def all(self, path: str) -> Iterator["Node"]:
        """The elements at a path below this one, in order."""
        head, _, rest = path.partition("/")
        for child in self.children:
            if child.tag == head:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, path: str) -> "Node | None":
        return next(self.all(path), None)

    def say(self, path: str) -> str:
        """The text of the first element at a path, without space around it; empty when there is none."""
        found = self.first(path)
        return found.text.strip() if found is not None else ""


@dataclass(slots=True)
class Tree:
    """A file as it came in. `foreign`: names of elements of another namespace, which were skipped."""

    namespace: str
    root: Node
    encoding: str = ""
    """What it was read as, where its own declaration was wrong."""
    foreign: set[str] = field(default_factory=set)


class _Halted(Exception):
    """Ends the parsing; `refusal` says why."""

    def __init__(self, refusal: Unreadable) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class _Builder:
    """What the parser talks to."""

    def __init__(self) -> None:
        self.namespace = ""
        self.root: Node | None = None
        self.foreign: set[str] = set()
        self.halted: _Halted | None = None
        self._open: list[tuple[Node, list[str]]] = []
        self._seen: list[dict[str, int]] = []
        self._started = 0
        self._kept = 0
        self._skipping = 0

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        self._halt(
            "DOCTYPE",
            "Dit bestand verwijst naar andere bestanden of bevat bouwstenen (DOCTYPE). Dat is niet veilig, en een "
            "OSO-dossier heeft het niet nodig. Maak het dossier opnieuw in uw leerlingadministratie.",
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.halted:
            return
        self._started += 1
        if self._started > MOST_STARTED:
            self._too_much()
            return
        namespace, _, name = tag.rpartition("}")
        namespace = namespace[1:]
        if self._skipping:
            self._skipping += 1
        elif self.root is None:
            self.namespace = namespace
            self.root = Node(name[:MOST_NAME], "", _short(attributes))
            self._enter(self.root)
        elif namespace != self.namespace:
            if len(self.foreign) < 5:
                self.foreign.add(name[:40])
            self._skipping = 1
        else:
            self._add(name, attributes)

    def _add(self, name: str, attributes: dict[str, str]) -> None:
        parent, seen = self._open[-1][0], self._seen[-1]
        alike = seen[name] = seen.get(name, 0) + 1
        if alike > MOST_ALIKE:
            parent.left_out[name] = alike - MOST_ALIKE
            self._skipping = 1
            return
        self._kept += 1
        if self._kept > MOST_ELEMENTS or len(self._open) >= MOST_DEEP or len(seen) > MOST_ALIKE:
            self._too_much()
            return
        node = Node(name[:MOST_NAME], "", _short(attributes) if attributes else {})
        parent.children.append(node)
        self._enter(node)

    def _enter(self, node: Node) -> None:
        self._open.append((node, []))
        self._seen.append({})

    def data(self, text: str) -> None:
        if not self._skipping and self._open and not self.halted:
            self._open[-1][1].append(text)

    def end(self, _tag: str) -> None:
        if self.halted:
            return
        if self._skipping:
            self._skipping -= 1
            return
        node, parts = self._open.pop()
        self._seen.pop()
        node.text = "".join(parts) if not node.children else ""

    def close(self) -> None:
        return None

    def _too_much(self) -> None:
        self._halt(
            "TOO_MUCH",
            "In dit bestand staat veel meer dan in een OSO-dossier kan staan. Maak het dossier opnieuw in uw "
            "leerlingadministratie.",
        )

    def _halt(self, code: str, message: str) -> None:
        self.halted = self.halted or _Halted(Unreadable(message, code=code))


def _short(attributes: dict[str, str]) -> dict[str, str]:
    return {name[:MOST_NAME]: value[:200] for name, value in list(attributes.items())[:10]}


def tree_of(content: bytes) -> Tree:
    """The elements of a file. Raises `Unreadable`."""
    if len(content) > MOST_BYTES:
        raise Unreadable(
            f"Dit bestand is te groot. Een OSO-dossier is ten hoogste {MOST_BYTES // 1_000_000} MB.",
            code="TOO_LARGE",
        )
    if not content.strip():
        raise Unreadable("Dit bestand is leeg. Kies een ander bestand.", code="EMPTY")
    encoding = _really(content)
    builder = _parsed(content, encoding)
    if builder.root is None:
        raise Unreadable("In dit bestand staat niets.", code="EMPTY")
    return Tree(builder.namespace, builder.root, encoding, builder.foreign)


def _really(content: bytes) -> str:
    """The encoding to read a file in, where what it declares cannot be true; empty when it can."""
    bom = next((name for mark, name in _BOMS if content.startswith(mark)), "")
    if bom == "utf-16":
        return ""
    start = content[3:] if bom else content
    found = _DECLARED.match(start)
    declared = found[1].decode("ascii").lower() if found else "utf-8"
    if b"\x00" in content[:4]:
        return ""  # UTF-16 without a mark: the parser knows.
    if declared in _UTF8 or bom:
        return "" if _decodes(content, "utf-8") and declared in _UTF8 else _best(content)
    if content.isascii():
        return "" if _known(declared) and not declared.startswith(("utf-16", "utf-32", "ucs")) else "utf-8"
    # One byte a letter makes words of anything: what is right UTF-8 was written as UTF-8.
    if _decodes(content, "utf-8"):
        return "utf-8"
    return "" if _known(declared) and _decodes(content, declared) else _FALLBACK


def _best(content: bytes) -> str:
    return "utf-8" if _decodes(content, "utf-8") else _FALLBACK


def _known(encoding: str) -> bool:
    try:
        b"<a/>".decode(encoding)
        etree.XMLParser(encoding=encoding)
    except (LookupError, UnicodeError, ValueError):
        return False
    return True


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except (LookupError, UnicodeError, ValueError):
        return False
    return True


def _parsed(content: bytes, encoding: str) -> _Builder:
    builder = _Builder()
    parser = etree.XMLParser(
        target=builder,
        encoding=encoding or None,
        **SAFELY,
    )
    try:
        for begin in range(0, len(content), CHUNK):
            parser.feed(content[begin : begin + CHUNK])
            if builder.halted:
                raise builder.halted.refusal
        parser.close()
    except etree.XMLSyntaxError as fault:
        if builder.halted:
            raise builder.halted.refusal from None
        raise Unreadable(
            f"Dit bestand is geen goede XML: het gaat mis op regel {fault.lineno or 1}. Het is beschadigd of niet "
            "helemaal bewaard. Maak het dossier opnieuw in uw leerlingadministratie.",
            code="NOT_WELL_FORMED",
        ) from None
    except (etree.LxmlError, ValueError, LookupError) as fault:
        raise Unreadable(
            "Dit bestand is niet te lezen als XML. Maak het dossier opnieuw in uw leerlingadministratie.",
            code="NOT_WELL_FORMED",
        ) from fault
    if builder.halted:
        raise builder.halted.refusal
    return builder
