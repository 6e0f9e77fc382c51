"""/files/{token}: files come and go outside GraphQL.

A link is short-lived and of one session; at each use the account behind it is asked again what it may
see, so that a file is out of reach the moment its pupil is. Whatever is wrong with a link, the answer
is the same 404. Downloads are attachments; nothing keeps a copy on the way.
"""

import re
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from resolvers import downloads, file_links, files, sessions, uploads
from resolvers.file_links import Use
from resolvers.viewer import Viewer
from rules.refusal import Refusal
from rules.uploads import FileRefused, UploadNotReady, UploadReceived, UploadSizeDiffers

ALWAYS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",
    "Referrer-Policy": "no-referrer",
}
GONE = "Deze link werkt niet (meer). Vraag het bestand opnieuw op."


def routes() -> list[Route]:
    """What `create_app` mounts."""
    return [Route("/files/{token}", _files, methods=["GET", "HEAD", "PUT"])]


async def _files(request: Request) -> Response:
    link = file_links.read(token=request.path_params["token"])
    address = request.client.host if request.client else ""
    viewer = await sessions.viewer_of_session(session_id=link.session_id, address=address) if link else None
    if link is None or viewer is None:
        return _told(404, code="NOT_FOUND", message=GONE)
    if request.method == "PUT":
        if link.use is not Use.SEND:
            return _told(404, code="NOT_FOUND", message=GONE)
        return await _taken_in(request, viewer=viewer, link=link)
    found = await downloads.opened(viewer=viewer, link=link)
    if found is None:
        return _told(404, code="NOT_FOUND", message=GONE)
    try:
        return await _given_out(request, viewer=viewer, found=found)
    except files.FileGone:
        return _told(404, code="NOT_FOUND", message=GONE)


async def _taken_in(request: Request, *, viewer: Viewer, link: file_links.Link) -> Response:
    try:
        upload = await uploads.receive(
            viewer=viewer,
            upload_id=link.row_id,
            chunks=request.stream(),
            announced=_length(request.headers),
        )
    except ClientDisconnect:
        return Response(status_code=400)
    except Refusal as refusal:
        status = _status(refusal)
        # The rest of the body is not read: the connection cannot be used again.
        return _told(status, code=refusal.code, message=refusal.message, headers={"Connection": "close"})
    return JSONResponse({"id": str(upload.id), "state": upload.state}, status_code=201, headers=ALWAYS)


def _status(refusal: Refusal) -> int:
    match refusal:
        case FileRefused():
            return 415
        case UploadNotReady() | UploadReceived():
            return 409
        case UploadSizeDiffers():
            return 413 if refusal.size > refusal.declared_size else 400
        case _:
            return 404


def _length(headers: Headers) -> int | None:
    given = headers.get("content-length", "")
    return int(given) if given.isascii() and given.isdigit() else None


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` up to `end` of `size`."""

    start: int
    end: int
    size: int

    @property
    def whole(self) -> bool:
        return self.start == 0 and self.end == self.size


async def _given_out(request: Request, *, viewer: Viewer, found: downloads.Download) -> Response:
    etag = f'"{found.sha256[:32]}"'
    headers = {
        **ALWAYS,
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition(found.filename),
    }
    if _matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    span = Span(0, found.size, found.size)
    if_range = request.headers.get("if-range")
    if request.method == "GET" and (if_range is None or if_range == etag):
        asked = span_of(request.headers.get("range"), size=found.size)
        if asked is None:
            return Response(status_code=416, headers={**ALWAYS, "Content-Range": f"bytes */{found.size}"})
        span = asked
    headers["Content-Length"] = str(span.end - span.start)
    headers["Content-Type"] = found.content_type
    if request.method == "HEAD":
        return Response(status_code=200, headers=headers)
    if not span.whole:
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{span.size}"
    pieces = found.store.read(key=found.key, start=span.start, end=span.end)
    first = await anext(pieces, b"")  # A file that is not there must become a 404, not half an answer.
    if span.start == 0:
        await downloads.record(viewer=viewer, found=found)
    return StreamingResponse(_chained(first, pieces), status_code=200 if span.whole else 206, headers=headers)


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")


def span_of(asked: str | None, *, size: int) -> Span | None:
    """What a Range header asks for (RFC 9110, 14.2); None when the file has nothing of it (416).

    No header, another unit, several ranges or nonsense mean the whole file, as the RFC allows.
    """
    whole = Span(0, size, size)
    match = _RANGE.match((asked or "").strip())
    if match is None:
        return whole
    first, last = match.groups()
    if not first and not last:
        return whole
    if not first:
        length = min(int(last), size)
        return Span(size - length, size, size) if length else None
    if last and int(last) < int(first):
        return whole
    if int(first) >= size:
        return None
    return Span(int(first), min(int(last) + 1, size) if last else size, size)


def _matches(header: str | None, etag: str) -> bool:
    if header is None:
        return False
    return header.strip() == "*" or etag in [one.strip().removeprefix("W/") for one in header.split(",")]


def disposition(filename: str) -> str:
    """RFC 6266: a name every browser can write down, and beside it the name as it is (RFC 8187)."""
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode("ascii")
    plain = re.sub(r'[\x00-\x1f\x7f"\\%;]', "", plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not (stem if dot else plain):
        plain = f"bestand.{ending}" if ending else "bestand"
    if plain == filename:
        return f'attachment; filename="{plain}"'
    exact = quote(filename, safe="!#$&+-.^_`|~", encoding="utf-8", errors="replace")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"


def _told(status: int, *, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(
        {"code": code, "message": message}, status_code=status, headers={**ALWAYS, **(headers or {})}
    )
