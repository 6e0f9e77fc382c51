"""Files as people send them: announced by a use case, sent and fetched over HTTP."""

from uuid import UUID

from models import Pupil
from resolvers import file_links, uploads
from resolvers.file_links import Use
from resolvers.viewer import Viewer
from rules.vocabulary import UploadKind

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n" + b"% vulling\n" * 400 + b"trailer\n<<>>\nstartxref\n9\n%%EOF\n"


async def announced(
    *,
    viewer: Viewer,
    pupil: Pupil,
    size: int,
    kind: UploadKind = UploadKind.ATTACHMENT,
    name: str = "brief.pdf",
) -> tuple[UUID, str]:
    upload_id = await uploads.create_upload(
        viewer=viewer, kind=kind, filename=name, size=size, pupil_id=pupil.id
    )
    row = await uploads.upload(viewer=viewer, upload_id=upload_id)
    assert row is not None
    assert row.url is not None
    return upload_id, row.url


async def link_to(*, viewer: Viewer, upload_id: UUID) -> str:
    return file_links.url(use=Use.UPLOAD, row_id=upload_id, viewer=viewer)
