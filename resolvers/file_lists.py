"""The files of many children (rules 5, 24, 26): one statement for each kind, links only where they are asked for."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from models import Upload
from resolvers import scope
from resolvers.family import grouped
from resolvers.file_links import Use, url
from resolvers.pupils import PupilRow, part
from resolvers.viewer import Viewer
from rules import uploads as rule
from rules.uploads import UploadState
from rules.vocabulary import UploadKind


@dataclass(slots=True)
class FileRow:
    """A file of a child as its reader sees it. Listing it is no reading of it: downloading is."""

    viewer: Viewer
    id: UUID
    filename: str
    given_title: str
    content_type: str
    size: int
    added_at: datetime
    state: str

    @property
    def title(self) -> str | None:
        return self.given_title or None

    @property
    def url(self) -> str | None:
        """Fresh each time; nothing while the file is still being checked."""
        if self.state != UploadState.RELEASED:
            return None
        return url(use=Use.UPLOAD, row_id=self.id, viewer=self.viewer)


@part("attachments")
async def _attachments(viewer: Viewer, rows: list[PupilRow]) -> None:
    await _list(viewer, rows, part="attachments", kind=UploadKind.ATTACHMENT)


@part("family_documents")
async def _family_documents(viewer: Viewer, rows: list[PupilRow]) -> None:
    await _list(viewer, rows, part="family_documents", kind=UploadKind.FAMILY_DOCUMENT)


async def _list(viewer: Viewer, rows: list[PupilRow], *, part: str, kind: UploadKind) -> None:
    """What was released; whose side sends this kind also sees what is still being checked."""
    states = rule.RECEIVED if viewer.role in rule.SORTS[kind].roles else {UploadState.RELEASED}
    found = scope.of_all(rows, Upload).filter(kind=kind, state__in=states).order_by("received_at", "id")
    columns = ("id", "filename", "title", "content_type", "size", "received_at", "state")
    by_pupil = await grouped(found, columns, partial(FileRow, viewer))
    for row in rows:
        row.parts[part] = by_pupil.get(row.id, [])
