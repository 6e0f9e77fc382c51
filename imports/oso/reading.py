"""Rows of declared fields out of the tree, with a remark for whatever did not come in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from imports.oso.attachments import Opened, Unpacking
from imports.oso.tree import Node
from imports.oso.values import Wrong, is_cut, is_known_advice, value_of
from rules.oki_doc.content import ends_too_soon
from rules.oki_doc.declared import DOCUMENT, UNKNOWN, Field, Kind, Section
from rules.oki_doc.dossier import Attachment, Remark, Severity

MOST_REMARKS = 200


@dataclass(slots=True)
class Reading:
    """One dossier being read."""

    remarks: list[Remark] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    unpacking: Unpacking = field(default_factory=Unpacking)
    unsaid: int = 0
    """Remarks beyond the most there may be."""

    def remark(self, path: str, message: str, *, code: str, severity: Severity = Severity.LOST) -> None:
        if len(self.remarks) >= MOST_REMARKS and severity is Severity.LOST:
            self.unsaid += 1
        else:
            self.remarks.append(Remark(path=path, message=message, code=code, severity=severity))

    def section(self, root: Node, *, section: Section) -> Any:
        """The content of a section: a row or rows; None when the dossier says nothing of it."""
        if section.fields is DOCUMENT.fields:
            nodes = [node for node, _ in self._nodes(root, section)]
            return self._documents(nodes, section.name, section.oso, section.title) or None
        rows = [row for _, row in self.rows(root, section=section)]
        return rows or None if section.many else next(iter(rows), None)

    def rows(self, root: Node, *, section: Section) -> Iterator[tuple[Node, dict[str, Any]]]:
        """Every row of a section that says something, with its element."""
        kept = 0
        for node, number in self._nodes(root, section):
            row = self.row(
                node,
                section.fields,
                f"{section.name}.{kept}" if section.many else section.name,
                f"{section.oso}[{number}]" if section.many else section.oso,
                f"{section.title}, regel {number}" if section.many else section.title,
            )
            if row:
                kept += 1
                yield node, row

    def _nodes(self, root: Node, section: Section) -> Iterator[tuple[Node, int]]:
        base, _, name = section.oso.rpartition("/")
        holder = root.first(base) if base else root
        if holder is None:
            return
        nodes = list(holder.all(name))
        most = section.most if section.many else 1
        self._too_many(len(nodes) + holder.left_out.get(name, 0), most, section.oso, section.title)
        yield from zip(nodes[:most], range(1, most + 1), strict=False)

    def row(
        self, node: Node, declared: tuple[Field, ...], place: str, path: str, title: str
    ) -> dict[str, Any]:
        """What one element says of the fields. `place`: in the sections; `path`: in the dossier."""
        row: dict[str, Any] = {}
        for one in declared:
            if not one.oso:
                continue
            if one.kind is Kind.ROWS:
                value: Any = self._rows(node, one, f"{place}.{one.name}", f"{path}/{one.oso}", title)
            else:
                value = self.value(node, one, f"{path}/{one.oso}", title)
            if value not in (None, "", []):
                row[one.name] = value
        if ends_too_soon(row):
            del row["ends_on"]
            self.remark(
                path,
                f"{title}: de einddatum ligt voor de begindatum. De einddatum is niet overgenomen.",
                code="WRONG_DATE",
            )
        return row

    def value(self, node: Node, declared: Field, path: str, title: str) -> Any:
        """The value of one field; None when it was not said or cannot be right."""
        texts = [found.text for found in node.all(declared.oso)]
        if not texts:
            return None
        text = declared.joined.join(filter(None, map(str.strip, texts))) if declared.joined else texts[0]
        try:
            value = value_of(text, declared=declared)
        except Wrong as wrong:
            advice = wrong.code == "ADVICE_UNKNOWN"
            self.remark(
                path,
                f"{title}: {declared.label}: {wrong.reason}. Dit is niet overgenomen."
                + (" Vul het advies zelf in." if advice else ""),
                code=wrong.code,
                severity=Severity.CONFIRM if advice else Severity.LOST,
            )
            return None
        if value == UNKNOWN == declared.fallback:
            return None
        if value and is_cut(text, declared=declared):
            self.remark(
                path,
                f"{title}: {declared.label}: de tekst is te lang. Alleen de eerste {declared.longest} tekens zijn "
                "overgenomen.",
                code="TEXT_CUT",
            )
        if declared.kind is Kind.ADVICE and value and value.isdigit() and not is_known_advice(value):
            self.remark(
                path,
                f"{title}: {declared.label}: deze code staat niet op de lijst van DUO. Controleer het advies.",
                code="ADVICE_UNKNOWN",
                severity=Severity.CONFIRM,
            )
        return value

    def _rows(self, node: Node, declared: Field, place: str, path: str, title: str) -> list[dict[str, Any]]:
        if declared.starts:
            nodes = _groups(node, declared)
            many = len(nodes)
        else:
            nodes = list(node.all(declared.oso))
            many = len(nodes) + _left_out(node, declared.oso)
        title = f"{title}: {declared.label}"
        self._too_many(many, declared.most, path, title)
        nodes = nodes[: declared.most]
        if declared.row is DOCUMENT:
            return self._documents(nodes, place, path, title)
        rows: list[dict[str, Any]] = []
        for number, inside in enumerate(nodes, start=1):
            row = self.row(
                inside,
                declared.rows_of.fields,
                f"{place}.{len(rows)}",
                f"{path}[{number}]",
                f"{title} {number}",
            )
            if row:
                rows.append(row)
        return rows

    def _too_many(self, many: int, most: int, path: str, title: str) -> None:
        if many > most:
            self.remark(
                path,
                f"{title}: dit staat er {many} keer. Alleen de eerste {most} zijn overgenomen.",
                code="TOO_MANY",
            )

    def _documents(self, nodes: list[Node], place: str, path: str, title: str) -> list[dict[str, Any]]:
        """The documents that can come in, each with an attachment; the others are named in a remark."""
        rows: list[dict[str, Any]] = []
        for number, node in enumerate(nodes, start=1):
            where = f"{path}[{number}]"
            content = node.first("bestandsinhoud")
            opened = self.unpacking.open(
                node.say("bestandsnaam"), content.text if content is not None else ""
            )
            if content is not None:
                content.text = ""  # The largest texts of a dossier: let go as soon as they are read.
            description = self.value(node, DOCUMENT.by_name["description"], f"{where}/omschrijving", title)
            if opened.content is None:
                self.remark(where, f"{title}. {opened.problem}", code=opened.code)
            else:
                row = {"filename": opened.filename}
                rows.append({**row, "description": description} if description else row)
            self.attachments.append(_attachment(opened, description or "", place, len(rows) - 1))
        return rows


def _attachment(opened: Opened, description: str, place: str, number: int) -> Attachment:
    return Attachment(
        place=place if opened.content is None else f"{place}.{number}",
        filename=opened.filename,
        description=description,
        content=opened.content,
        content_type=opened.content_type,
        problem=opened.problem,
    )


def _left_out(node: Node, path: str) -> int:
    base, _, name = path.rpartition("/")
    holder = node.first(base) if base else node
    return holder.left_out.get(name, 0) if holder is not None else 0


def _groups(node: Node, declared: Field) -> list[Node]:
    """The children of one element, as rows that each begin with the child called `starts`."""
    groups: list[Node] = []
    for holder in node.all(declared.oso):
        for child in holder.children:
            if child.tag == declared.starts or not groups:
                groups.append(Node(holder.tag))
            groups[-1].children.append(child)
    return groups
