"""Documents in a dossier: base64 of a ZIP that holds one file. Nothing in them is trusted."""

import binascii
import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from imports.pictures import pixels_of
from rules.uploads import (
    JPEG,
    MEGABYTE,
    MOST_FILES,
    PNG,
    SORTS,
    FileRefused,
    clean_filename,
    judge_in_dossier,
    type_of,
)
from rules.vocabulary import UploadKind

MOST_BYTES = SORTS[UploadKind.ATTACHMENT].most_bytes
MOST_TOGETHER = 60 * MEGABYTE
"""Unpacked, of one dossier: a bomb may be in many parts."""
_MOST_DIRECTORY = 1_000_000
_END = b"PK\x05\x06"
_NOT_FILES = ("__macosx/", "thumbs.db", ".ds_store")

DAMAGED = "is beschadigd en kan niet worden geopend. Lever het opnieuw aan, of voeg het zelf toe"


@dataclass(frozen=True, slots=True)
class Opened:
    """A document as it came out, or why it did not."""

    filename: str
    content: bytes | None = None
    content_type: str = ""
    problem: str = ""
    code: str = ""


class _Refused(Exception):
    def __init__(self, why: str, *, code: str) -> None:
        super().__init__(why)
        self.why = why
        self.code = code


@dataclass(slots=True)
class Unpacking:
    """The documents of one dossier, one after the other."""

    together: int = 0
    files: int = 0

    def open(self, name: str, text: str) -> Opened:
        """One document; whatever is wrong with it is said, and the others go on."""
        filename = clean_filename(given=name.replace("/", "-").replace("\\", "-"))
        try:
            content, content_type = self._open(name, text)
        except _Refused as refused:
            return Opened(filename, problem=f"Het document {filename} {refused.why}.", code=refused.code)
        return Opened(filename, content, content_type)

    def _open(self, name: str, text: str) -> tuple[bytes, str]:
        if not name:
            raise _Refused("heeft geen naam", code="ATTACHMENT_WITHOUT_NAME")
        if _has_path(name):
            raise _Refused(
                "heeft een map in zijn naam. Dat is niet veilig: voeg het zelf toe", code="ATTACHMENT_PATH"
            )
        if self.files >= MOST_FILES:
            raise _Refused(
                f"is er een te veel: een kind heeft ten hoogste {MOST_FILES} bijlagen",
                code="ATTACHMENT_TOO_MANY",
            )
        packed = _decoded(text)
        content, members = _unpacked(packed)
        if self.together + len(content) > MOST_TOGETHER:
            raise _Refused(
                f"past er niet meer bij: alle documenten samen zijn groter dan {MOST_TOGETHER // MEGABYTE} MB",
                code="ATTACHMENT_TOO_LARGE",
            )
        try:
            content_type = judge_in_dossier(
                filename=clean_filename(given=name),
                content=content,
                pixels=pixels_of(content) if type_of(head=content[:4096]) in (JPEG, PNG) else None,
                members=members,
            )
        except FileRefused as refused:
            raise _Refused(
                f"kan niet mee. {refused.explanation.rstrip('.')}", code="ATTACHMENT_REFUSED"
            ) from None
        self.together += len(content)
        self.files += 1
        return content, content_type


def _has_path(name: str) -> bool:
    return (
        any(mark in name for mark in "/\\\0")
        or name in (".", "..")
        or re.match(r"[A-Za-z]:", name) is not None
    )


def _decoded(text: str) -> bytes:
    if len(text) > MOST_BYTES * 2:
        raise _Refused(f"is te groot: ten hoogste {MOST_BYTES // MEGABYTE} MB", code="ATTACHMENT_TOO_LARGE")
    try:
        packed = binascii.a2b_base64("".join(text.split()).encode("ascii"), strict_mode=True)
    except (ValueError, UnicodeError):
        raise _Refused(DAMAGED, code="ATTACHMENT_DAMAGED") from None
    if not packed:
        raise _Refused("is leeg", code="ATTACHMENT_EMPTY")
    return packed


def _unpacked(packed: bytes) -> tuple[bytes, list[str]]:
    """The one file in a ZIP, and the names inside that file if it is a ZIP itself."""
    entry, archive = _only_entry(packed)
    if entry.flag_bits & 0x1:
        raise _Refused(
            "is met een wachtwoord beveiligd. Voeg het zelf toe, zonder wachtwoord", code="ATTACHMENT_LOCKED"
        )
    if _has_path(entry.filename):
        raise _Refused(
            "heeft een map in de naam van het ingepakte bestand. Dat is niet veilig: voeg het zelf toe",
            code="ATTACHMENT_PATH",
        )
    if entry.file_size > MOST_BYTES:
        raise _Refused(
            f"is te groot: ten hoogste {MOST_BYTES // MEGABYTE} MB. Maak het kleiner en voeg het zelf toe",
            code="ATTACHMENT_TOO_LARGE",
        )
    try:
        with archive.open(entry) as file:
            content = file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        raise _Refused(DAMAGED, code="ATTACHMENT_DAMAGED") from None
    if len(content) > MOST_BYTES or len(content) != entry.file_size:
        raise _Refused(DAMAGED, code="ATTACHMENT_DAMAGED")
    if not content:
        raise _Refused("is leeg", code="ATTACHMENT_EMPTY")
    return content, _names_in(content)


def _only_entry(packed: bytes) -> tuple[zipfile.ZipInfo, zipfile.ZipFile]:
    archive = _archive(packed)
    if archive is None:
        raise _Refused(DAMAGED, code="ATTACHMENT_DAMAGED")
    entries = [
        one
        for one in archive.infolist()
        if not one.is_dir() and not one.filename.lower().startswith(_NOT_FILES)
    ]
    if len(entries) > 1:
        raise _Refused(
            f"bevat {len(entries)} bestanden in plaats van een. Voeg ze zelf toe, elk apart",
            code="ATTACHMENT_SEVERAL",
        )
    if not entries:
        raise _Refused("is leeg", code="ATTACHMENT_EMPTY")
    if entries[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _Refused(
            "is ingepakt op een manier die wij niet kennen. Voeg het zelf toe", code="ATTACHMENT_DAMAGED"
        )
    return entries[0], archive


def _archive(packed: bytes) -> zipfile.ZipFile | None:
    """None when it is no ZIP. A list of contents that is too long for one file is not even read."""
    end = packed.rfind(_END)
    if end < 0 or int.from_bytes(packed[end + 12 : end + 16], "little") > _MOST_DIRECTORY:
        return None
    try:
        return zipfile.ZipFile(io.BytesIO(packed))
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        return None


def _names_in(content: bytes) -> list[str]:
    if not content.startswith(b"PK\x03\x04"):
        return []
    inside = _archive(content)
    return inside.namelist() if inside is not None else []
