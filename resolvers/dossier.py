"""Reading an Oki-doc and a BSN: in one statement for many, and never without a trace (rule 26)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from models import AuditEntry, OkiDoc
from resolvers import audit, clock, scope
from resolvers.family import grouped
from resolvers.oki_doc import vault
from resolvers.pupils import PupilRow, part
from resolvers.rows import fetch, from_json
from resolvers.viewer import Viewer
from rules.oki_doc import SECTIONS, Field, Kind, visible
from rules.vocabulary import OkiDocStatus


class Shown:
    """A section, or all of them: what is not there reads as empty."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


@dataclass(slots=True)
class OkiDocRow:
    id: UUID
    status: OkiDocStatus
    version: int
    finalized_at: datetime | None
    updated_at: datetime
    sections: Any


@part("oki_doc")
async def _oki_doc(viewer: Viewer, rows: list[PupilRow]) -> None:
    found = scope.of_all(rows, OkiDoc)
    columns = ("id", "status", "version", "finalized_at", "updated_at", "sections")
    by_pupil = await grouped(found, columns, OkiDocRow)
    for row in rows:
        oki_doc = by_pupil.get(row.id, [None])[0]
        if oki_doc is not None:
            oki_doc.sections = sections_shown(sections=from_json(oki_doc.sections), viewer=viewer)
        row.parts["oki_doc"] = oki_doc
    await record_reads(viewer=viewer, what="okiDoc", rows=[row for row in rows if row.oki_doc is not None])


def sections_shown(*, sections: dict[str, Any], viewer: Viewer) -> Shown:
    """The sections this viewer may read, as objects with a plain attribute for each field."""
    readable = visible(sections, role=viewer.role)
    return Shown(
        {
            section.name: None
            if (content := readable.get(section.name)) is None
            else _shown_rows(section.fields, content)
            if section.many
            else shown_row(section.fields, row=content)
            for section in SECTIONS
        }
    )


def _shown_rows(declared: tuple[Field, ...], rows: list[dict[str, Any]]) -> list[Shown]:
    return [shown_row(declared, row=row) for row in rows]


def shown_row(declared: tuple[Field, ...], *, row: dict[str, Any]) -> Shown:
    """A row as these fields declare it; the caller has seen to it that the viewer may read them."""
    values: dict[str, Any] = {}
    for one in declared:
        value = row.get(one.name)
        if value and one.kind is Kind.DAY:
            value = date.fromisoformat(value)
        elif value and one.kind is Kind.ROWS:
            value = _shown_rows(one.rows_of.fields, value)
        values[one.name] = value
    return Shown(values)


@part("bsn")
async def _bsn(viewer: Viewer, rows: list[PupilRow]) -> None:
    """Decrypted for who may read it; each reading is recorded."""
    numbers = scope.pupils(viewer).filter(id__in=[row.id for row in rows])
    found = dict(await fetch(numbers, ("id", "bsn_encrypted"), lambda *row: row))
    for row in rows:
        encrypted = found.get(row.id)
        row.parts["bsn"] = vault().decrypt(encrypted=encrypted) if encrypted else None
    await record_reads(viewer=viewer, what="bsn", rows=[row for row in rows if row.bsn])


async def record_reads(*, viewer: Viewer, what: str, rows: list[PupilRow]) -> None:
    """One audit row a pupil, written together."""
    at = await clock.now()
    entries = [
        audit.entry(viewer=viewer, act=f"read.{what}", at=at, entity=what, entity_id=row.id, pupil_id=row.id)
        for row in rows
    ]
    if entries:
        await AuditEntry.bulk_create(entries)
