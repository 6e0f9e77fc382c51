"""One child as one school's system hands it over: facts, whatever file they came from or go to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """What a remark asks of a reader. NOTICE: nothing. LOST: something did not come in. CONFIRM: a person looks."""

    NOTICE = "NOTICE"
    LOST = "LOST"
    CONFIRM = "CONFIRM"


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """Something to know about a dossier. `path`: where in it, as the standard names its elements.

    `message` never holds what stood there: a report is read by more people than the dossier.
    """

    path: str
    message: str
    code: str
    severity: Severity = Severity.NOTICE


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A document of a dossier. `content` is None and `problem` a Dutch sentence when it cannot come in.

    `place`: the row in the sections it belongs to, `diagnoses.0.documents.1`; what has no row of its own
    any more, `diagnoses.0.documents`. `content_type`: judged by content.
    """

    place: str
    filename: str
    description: str = ""
    content: bytes | None = None
    content_type: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class School:
    """The school that made the dossier."""

    brin: str
    location: str = "00"
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """All of one child. `pupil`, `addresses`, `guardians` and `test` by the names of the models' columns.

    `pupil` besides: `bsn`, empty when there is none or when it fails (`bsn_doubtful`); `birth_date` is None
    when the dossier gives none that can be right. What a writer is given may also say an `elk_number`, for where
    there is no `school_key`. `addresses`: the home first. `guardians`: in order, the
    living first. `test`: `test_code`, `advice_text` as it was written, `exempt`, and `content` as
    `rules.oki_doc.identity.TEST` declares it. `sections`: as `rules.oki_doc.SECTIONS` declares them, adviezen
    as the codes of the dossier.
    """

    kind: str = "POVO"
    version: str = ""
    made_on: date | None = None
    made_by: str = ""
    school: School
    pupil: dict[str, Any]
    addresses: list[dict[str, Any]] = field(default_factory=list)
    guardians: list[dict[str, Any]] = field(default_factory=list)
    sections: dict[str, Any] = field(default_factory=dict)
    test: dict[str, Any] | None = None
    attachments: list[Attachment] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def advice_code(self) -> str:
        """The school's advice, in the code of the dossier; empty when it says none."""
        return str(self._advice.get("school_advice", ""))

    @property
    def revised_code(self) -> str:
        """The advice after the test, where it differs from the first."""
        return str(self._advice.get("revised", ""))

    @property
    def wish_codes(self) -> tuple[str, str]:
        """What the parents and the child wish, in the codes of the dossier."""
        return str(self._advice.get("wish_parents", "")), str(self._advice.get("wish_pupil", ""))

    @property
    def is_provisional(self) -> bool:
        return bool((self.sections.get("inspection") or {}).get("provisional"))

    @property
    def _advice(self) -> Mapping[str, Any]:
        return self.sections.get("advice") or {}


def document_rows(content: Any, *, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row that stands for a document, with its place: what `Attachment.place` names.

    `content`: sections, or a test's content under the path `test`.
    """
    if isinstance(content, list):
        for place, row in enumerate(content):
            yield from document_rows(row, path=f"{path}.{place}")
    elif isinstance(content, dict):
        for name, value in content.items():
            inside = f"{path}.{name}" if path else name
            if name == "documents" and isinstance(value, list):
                yield from ((f"{inside}.{place}", row) for place, row in enumerate(value))
            elif isinstance(value, list | dict):
                yield from document_rows(value, path=inside)


def with_uploads(content: Any, *, uploads: Mapping[str, str], path: str = "") -> Any:
    """The same sections, or content of a test, with the id of its upload in each document's row, by place."""
    if isinstance(content, list):
        return [
            with_uploads(row, uploads=uploads, path=f"{path}.{place}") for place, row in enumerate(content)
        ]
    if not isinstance(content, dict):
        return content
    linked = {
        name: with_uploads(value, uploads=uploads, path=f"{path}.{name}" if path else name)
        for name, value in content.items()
    }
    return {**linked, "upload": uploads[path]} if path in uploads else linked


def without_upload(content: Any, *, upload: str) -> Any:
    """The same sections, or content of a test, without each row that points at this upload.

    A list or a row that held nothing else goes with it.
    """
    if isinstance(content, dict):
        kept = {name: (value, without_upload(value, upload=upload)) for name, value in content.items()}
        return {name: after for name, (before, after) in kept.items() if after or not before}
    if isinstance(content, list):
        rows = [row for row in content if not (isinstance(row, dict) and row.get("upload") == upload)]
        kept_rows = [(row, without_upload(row, upload=upload)) for row in rows]
        return [after for before, after in kept_rows if after or not before]
    return content
