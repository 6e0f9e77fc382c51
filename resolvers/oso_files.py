"""The documents of a dossier as attachments of the child: each once, however often the dossier comes in."""

import copy
import hashlib
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from models import Upload
from resolvers import scope
from resolvers.files import new_key, store
from resolvers.step import Act
from resolvers.uploads import FOLDER
from rules.filenames import served_name
from rules.oki_doc.dossier import Attachment, document_rows
from rules.uploads import MOST_FILES, RECEIVED, UploadState
from rules.vocabulary import UploadKind
from settings import load

SOURCE = "OSO"
TOO_MANY = f"Er staan al {MOST_FILES} bijlagen bij deze leerling. Dit document is niet overgenomen."


@dataclass(kw_only=True)
class Files:
    """The documents of one dossier, on their way into the store."""

    attachments: list[Attachment]
    owner_id: UUID
    _new: list[tuple[Upload, bytes]] = field(default_factory=list)

    @property
    def waits_for_scanner(self) -> bool:
        return any(row.state == UploadState.QUARANTINE for row, _ in self._new)

    async def placed(
        self, *, act: Act, sections: dict[str, Any], test: dict[str, Any] | None
    ) -> dict[str, Any]:
        """The sections, and the test's content in place, with each document pointing at its attachment."""
        found = scope.of(act.child, Upload).filter(kind=UploadKind.ATTACHMENT, state__in=RECEIVED)
        there = {row.sha256: row.id for row in await found}
        # Files that came at one moment stand in the order of their ids: these rise in the order of the dossier.
        rising = iter(sorted(uuid4() for _ in self.attachments))
        placed_at: dict[str, dict[str, str]] = {}
        for number, one in enumerate(self.attachments):
            if one.content is None:
                continue
            digest = hashlib.sha256(one.content).hexdigest()
            one = replace(one, filename=served_name(given=one.filename, content_type=one.content_type))
            self.attachments[number] = one
            if digest not in there:
                if len(there) >= MOST_FILES:
                    self.attachments[number] = _refused(one)
                    continue
                there[digest] = self._begin(act, one, digest, row_id=next(rising))
            placed_at[one.place] = {"upload": str(there[digest]), "filename": one.filename}
        placed = copy.deepcopy(sections)
        rows = [*document_rows(placed), *document_rows((test or {}).get("content") or {}, path="test")]
        for place, row in rows:
            row.update(placed_at.get(place, {}))
        return placed

    def _begin(self, act: Act, one: Attachment, digest: str, *, row_id: UUID) -> UUID:
        assert one.content is not None
        row = Upload(
            id=row_id,
            kind=UploadKind.ATTACHMENT,
            owner_id=self.owner_id,
            pupil_id=act.child.id,
            filename=one.filename,
            title=one.description[:200],
            declared_size=len(one.content),
            size=len(one.content),
            content_type=one.content_type,
            sha256=digest,
            state=UploadState.QUARANTINE if load().clamav_url else UploadState.RELEASED,
            source=SOURCE,
            created_at=act.now,
            received_at=act.now,
        )
        row.storage_key = new_key(folder=FOLDER, row_id=row.id)
        act.create(row)
        self._new.append((row, one.content))
        return row.id

    async def keep(self) -> None:
        """Put the bytes where their rows say they are; called before the rows are committed."""
        for row, content in self._new:
            await store().put(key=row.storage_key, content=content)

    async def forget(self) -> None:
        """The rows did not come: neither do the bytes."""
        for row, _ in self._new:
            await store().delete(key=row.storage_key)


def _refused(one: Attachment) -> Attachment:
    return Attachment(place=one.place, filename=one.filename, description=one.description, problem=TOO_MANY)
