"""Rows of declared fields into elements: what the standard demands is there, or the row is not."""

import base64
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

from rules.oki_doc.declared import DOCUMENT, Field, Kind, Section
from rules.oki_doc.dossier import Attachment, Remark, Severity
from rules.oki_doc.elements import NAMESPACE
from rules.uploads import clean_filename

Element = Any
"""lxml's own, which has no types."""

_NOT_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FOLDER = re.compile(r"[/\\]|(?<=^[A-Za-z]):")
_OTHER_DOCUMENTS = "overigdocumentlijst/document"


def element_at(parent: Element, *, path: str) -> Element:
    """The element at a path, made where it is not there yet."""
    found = parent
    for name in path.split("/"):
        tag = f"{{{NAMESPACE}}}{name}"
        inside = found.find(tag)
        found = etree.SubElement(found, tag) if inside is None else inside
    return found


def put(parent: Element, *, path: str, text: str = "") -> Element:
    """A new element at a path, after others of its name; the elements around it are shared."""
    base, _, name = path.rpartition("/")
    holder = element_at(parent, path=base) if base else parent
    made = etree.SubElement(holder, f"{{{NAMESPACE}}}{name}")
    made.text = text or None
    return made


@dataclass(slots=True)
class Writing:
    """One dossier being written. `attachments` by their place; `loose`: those without one of their own."""

    codes: Mapping[str, str]
    attachments: dict[str, Attachment]
    loose: list[Attachment] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def remark(self, path: str, message: str, *, code: str) -> None:
        self.remarks.append(Remark(path=path, message=message, code=code, severity=Severity.LOST))

    def section(self, root: Element, section: Section, content: Any) -> None:
        """One section. What is empty, or cannot be said, leaves no element behind."""
        if not section.many:
            holder = element_at(root, path=section.oso)
            was = len(holder)
            whole = self.row(holder, section.fields, content, section.name, section.title, section.always)
            if not whole and not was:
                _take_away(holder)
            return
        for number, row in enumerate(content):
            place = f"{section.name}.{number}"
            holder = put(root, path=section.oso)
            title = f"{section.title}, regel {number + 1}"
            whole = (
                self._document(holder, row, place)
                if section.fields is DOCUMENT.fields
                else self.row(holder, section.fields, row, place, title, section.always)
            )
            if not whole:
                _take_away(holder)

    def row(
        self,
        element: Element,
        declared: tuple[Field, ...],
        row: Mapping[str, Any],
        place: str,
        title: str,
        always: tuple[str, ...] = (),
    ) -> bool:
        """Write a row; False when it says nothing, or lacks what the standard cannot do without."""
        said = False
        for one in declared:
            value = row.get(one.name)
            if one.oso and value not in (None, "", []):
                if one.kind is Kind.ROWS:
                    said |= self._rows(element, one, value, f"{place}.{one.name}", title)
                else:
                    said |= self._value(element, one, value, title)
        return said and self._complete(element, declared, title, always)

    def _complete(
        self, element: Element, declared: tuple[Field, ...], title: str, always: tuple[str, ...]
    ) -> bool:
        """What must be there is there, or is made; what is half there goes."""
        for path in always:
            base = path.rpartition("/")[0]
            if not base or _at(element, base) is not None:
                element_at(element, path=path)
        needed = [one for one in declared if one.required and _at(element, one.oso) is None]
        for one in needed:
            base = one.oso.rpartition("/")[0]
            if one.fallback is not None or (base and _at(element, base) is None):
                continue
            whole = not base or base in always
            self.remark(
                one.oso,
                f"{title}: {one.label} ontbreekt. Zonder dit kan {'deze regel' if whole else 'wat erbij hoort'} niet "
                "in een dossier.",
                code="INCOMPLETE",
            )
            if whole:
                return False
            _take_away(_at(element, base))
        for one in needed:
            base = one.oso.rpartition("/")[0]
            if one.fallback is not None and (not base or _at(element, base) is not None):
                put(element, path=one.oso, text=one.fallback)
        return True

    def _rows(self, element: Element, declared: Field, rows: Any, place: str, title: str) -> bool:
        said = False
        # Documents beyond what the standard takes here stay with the attachments: `other_documents` has them.
        for number, row in enumerate(rows[: declared.most]):
            inside = f"{place}.{number}"
            if declared.row is DOCUMENT and inside not in self.attachments:
                continue
            holder = etree.Element("row") if declared.starts else put(element, path=declared.oso)
            whole = (
                self._document(holder, row, inside)
                if declared.row is DOCUMENT
                else self.row(
                    holder,
                    declared.rows_of.fields,
                    row,
                    inside,
                    f"{title}: {declared.label}",
                    declared.always,
                )
            )
            if not whole:
                _take_away(holder)
            elif declared.starts:
                first = _at(holder, declared.starts)
                if first is not None:  # Made at the end, where it was not said.
                    holder.insert(0, first)
                element_at(element, path=declared.oso).extend(holder)
            said |= whole
        return said

    def _value(self, element: Element, declared: Field, value: Any, title: str) -> bool:
        text = self._text(declared, value, title)
        if text and declared.shape and not re.fullmatch(declared.shape, text):
            self.remark(
                declared.oso,
                f"{title}: {declared.label} heeft niet de vorm die de standaard vraagt, en is weggelaten.",
                code="WRONG_SHAPE",
            )
            text = ""
        if not text:
            return False
        for part in text.split(declared.joined) if declared.joined else [text]:
            if part.strip():
                put(element, path=declared.oso, text=part)
        return True

    def _text(self, declared: Field, value: Any, title: str) -> str:
        spelled = {ours: theirs for theirs, ours in declared.spelled.items()}
        match declared.kind:
            case Kind.FLAG:
                text = "true" if value else "false"
            case Kind.DECIMAL:
                text = format(Decimal(repr(value)), "f")
            case Kind.ADVICE if not str(value).isdigit():
                text = self.codes.get(value, "")
                if not text:
                    self.remark(
                        declared.oso,
                        f"{title}: {declared.label}: voor dit advies is er geen code in de standaard.",
                        code="ADVICE_UNKNOWN",
                    )
            case _:
                text = _NOT_IN_XML.sub("", str(value)).strip()
        return spelled.get(text, text)

    def _document(self, element: Element, row: Mapping[str, Any], place: str) -> bool:
        attachment = self.attachments.pop(place, None)
        if attachment is None or attachment.content is None:
            return False
        _write_document(
            element,
            filename=row.get("filename") or attachment.filename,
            description=row.get("description") or attachment.description,
            content=attachment.content,
        )
        return True

    def other_documents(self, child: Element) -> None:
        """Attachments that no row names: they stand with the other documents."""
        for attachment in (*self.attachments.values(), *self.loose):
            assert attachment.content is not None
            _write_document(
                put(child, path=_OTHER_DOCUMENTS),
                filename=attachment.filename,
                description=attachment.description,
                content=attachment.content,
            )


def _write_document(element: Element, *, filename: str, description: str, content: bytes) -> None:
    # Nobody takes a name with a folder in it, and a name is only ever shown.
    name = clean_filename(given=_FOLDER.sub("-", _NOT_IN_XML.sub("", filename)))
    put(element, path="bestandsnaam", text=name)
    if told := _NOT_IN_XML.sub("", description).strip():
        put(element, path="omschrijving", text=told)
    put(element, path="bestandsinhoud", text=_packed(name, content))


def _packed(filename: str, content: bytes) -> str:
    """A ZIP with one file, as base64; the same bytes every time."""
    kept = io.BytesIO()
    entry = zipfile.ZipInfo(filename)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(entry, content)
    return base64.b64encode(kept.getvalue()).decode("ascii")


def _at(element: Element, path: str) -> Element | None:
    found = element
    for name in path.split("/"):
        found = found.find(f"{{{NAMESPACE}}}{name}")
        if found is None:
            return None
    return found


def _take_away(element: Element) -> None:
    """An element, and the ones around it that hold nothing else."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    if not len(parent) and not parent.text:
        _take_away(parent)
