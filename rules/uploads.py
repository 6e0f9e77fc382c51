"""Rules 5, 24 and 26: which files may come in, from whom, how large, of what type."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from rules.refusal import Refusal
from rules.vocabulary import PupilOrigin, Role, UploadKind

MEGABYTE = 1_000_000
PIXELS = 100_000_000

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
XML = "application/xml"
HEIC = "image/heic"
DOCUMENT_TYPES = frozenset({PDF, JPEG, PNG})
ZIP = "application/zip"
OLE = "application/msword"
TEXT = "text/plain"
OFFICE = "application/vnd.openxmlformats-officedocument"
DOSSIER_TYPES: Mapping[str, str] = {
    "pdf": PDF,
    "jpg": JPEG,
    "jpeg": JPEG,
    "png": PNG,
    "txt": TEXT,
    "doc": OLE,
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "pptx": f"{OFFICE}.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
"""What the OSO standard lets a dossier bring, by the ending of the name; people send `DOCUMENT_TYPES` alone."""


class UploadState(StrEnum):
    """AWAITING bytes → QUARANTINE until judged → RELEASED or REFUSED; REMOVED by a person."""

    AWAITING = "AWAITING"
    QUARANTINE = "QUARANTINE"
    RELEASED = "RELEASED"
    REFUSED = "REFUSED"
    REMOVED = "REMOVED"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sort:
    """One kind of upload: who sends it, how large it may be, what it may contain."""

    roles: frozenset[Role]
    most_bytes: int
    types: frozenset[str]
    needs_pupil: bool
    most: int = 40


SORTS: Mapping[UploadKind, Sort] = {
    UploadKind.ATTACHMENT: Sort(
        roles=frozenset({Role.PO_EDITOR}), most_bytes=10 * MEGABYTE, types=DOCUMENT_TYPES, needs_pupil=True
    ),
    UploadKind.SUPPLEMENT: Sort(
        roles=frozenset({Role.PO_EDITOR}), most_bytes=10 * MEGABYTE, types=DOCUMENT_TYPES, needs_pupil=True
    ),
    UploadKind.FAMILY_DOCUMENT: Sort(
        roles=frozenset({Role.PARENT}), most_bytes=10 * MEGABYTE, types=DOCUMENT_TYPES, needs_pupil=True
    ),
    UploadKind.OSO_DOSSIER: Sort(
        roles=frozenset({Role.PO_EDITOR}),
        most_bytes=25 * MEGABYTE,
        types=frozenset({XML}),
        needs_pupil=False,
        most=200,
    ),
}
MOST_BYTES = max(sort.most_bytes for sort in SORTS.values())
MOST_FILES = SORTS[UploadKind.ATTACHMENT].most
AWAITED = timedelta(minutes=30)
"""How long a place is kept for a file that was announced. After that it takes none, and none can come in."""

RECEIVED = frozenset({UploadState.QUARANTINE, UploadState.RELEASED})

_FILE_OF_CHILD = frozenset({Role.PO_EDITOR, Role.PARENT, Role.VO_STAFF})
READERS: Mapping[UploadKind, frozenset[Role]] = {
    UploadKind.ATTACHMENT: _FILE_OF_CHILD,
    UploadKind.SUPPLEMENT: frozenset({Role.PO_EDITOR, Role.VO_STAFF}),
    UploadKind.FAMILY_DOCUMENT: frozenset({Role.PARENT, Role.VO_STAFF}),
    UploadKind.OSO_DOSSIER: frozenset({Role.PO_EDITOR}),
}
"""Who may read a released file of a child in their reach; scope decides which children those are."""


@dataclass(eq=False)
class UploadKindNotYours(Refusal):
    """This kind of file is sent by somebody else."""

    code: ClassVar[str] = "UPLOAD_KIND_NOT_YOURS"

    @property
    def message(self) -> str:
        return "Dit soort bestand kunt u niet toevoegen."


@dataclass(eq=False)
class UploadTooLarge(Refusal):
    """More than this kind of file may hold."""

    code: ClassVar[str] = "UPLOAD_TOO_LARGE"
    most_bytes: int = 0

    @property
    def message(self) -> str:
        return (
            f"Dit bestand is te groot. Het mag hoogstens {self.most_bytes // MEGABYTE} MB zijn. "
            "Maak het bestand kleiner, of verdeel het over meer bestanden."
        )


@dataclass(eq=False)
class UploadEmpty(Refusal):
    """A file without content, or a size that is none."""

    code: ClassVar[str] = "UPLOAD_EMPTY"

    @property
    def message(self) -> str:
        return "Dit bestand is leeg. Kies een ander bestand."


@dataclass(eq=False)
class UploadSizeDiffers(Refusal):
    """More or fewer bytes came in than were announced. The same link takes another try."""

    code: ClassVar[str] = "UPLOAD_SIZE_DIFFERS"
    size: int = 0
    declared_size: int = 0

    @property
    def message(self) -> str:
        if self.size > self.declared_size:
            return "Het bestand is groter dan is aangekondigd. Begin opnieuw met versturen."
        return "Het bestand is niet helemaal aangekomen. Verstuur het opnieuw."


@dataclass(eq=False)
class TooManyUploads(Refusal):
    """A file of a child is read by people: there is a bound to it."""

    code: ClassVar[str] = "TOO_MANY_UPLOADS"
    most: int = 0
    dossiers: bool = False

    @property
    def message(self) -> str:
        if self.dossiers:
            return f"Er staan al {self.most} dossiers klaar die nog niet zijn overgenomen. Probeer het morgen opnieuw."
        return (
            f"Er staan al {self.most} bestanden, of ze zijn nog onderweg. Verwijder er een, voeg bestanden samen, "
            "of probeer het over een half uur opnieuw."
        )


@dataclass(eq=False)
class OnlyForOutsidePupils(Refusal):
    """Rule 24: only outside pupils bring documents of their own; of others the primary school sends all."""

    code: ClassVar[str] = "ONLY_FOR_OUTSIDE_PUPILS"

    @property
    def message(self) -> str:
        return (
            "U hoeft zelf geen documenten toe te voegen: de basisschool van uw kind stuurt alles door. "
            "Ontbreekt er iets? Vraag het de basisschool."
        )


@dataclass(eq=False)
class FileRefused(Refusal):
    """What came in is not a file that schools can take: judged by its content, never by its name."""

    code: ClassVar[str] = "FILE_REFUSED"
    found: str = ""
    explanation: str = ""

    @property
    def message(self) -> str:
        return self.explanation


@dataclass(eq=False)
class UploadNotReady(Refusal):
    """The file has not arrived, or is still being checked."""

    code: ClassVar[str] = "UPLOAD_NOT_READY"
    state: str = ""

    @property
    def message(self) -> str:
        if self.state == UploadState.AWAITING:
            return "Dit bestand is nog niet ontvangen. Verstuur het eerst."
        if self.state == UploadState.QUARANTINE:
            return "Dit bestand wordt nog gecontroleerd. Probeer het over een paar minuten opnieuw."
        return "Dit bestand is geweigerd of verwijderd. Stuur het opnieuw."


@dataclass(eq=False)
class UploadReceived(Refusal):
    """Other bytes to a link that has brought its file already."""

    code: ClassVar[str] = "UPLOAD_RECEIVED"

    @property
    def message(self) -> str:
        return "Dit bestand hebben wij al ontvangen. Wilt u nog een bestand sturen? Voeg dat dan apart toe."


def may_begin(*, kind: UploadKind, role: Role, size: int, origin: PupilOrigin | None) -> None:
    """Whether somebody may send this. Raises the refusal that says why not."""
    sort = SORTS[kind]
    if role not in sort.roles:
        raise UploadKindNotYours().at("kind")
    if kind is UploadKind.FAMILY_DOCUMENT and origin is not PupilOrigin.OUTSIDE:
        raise OnlyForOutsidePupils().at("kind")
    if size < 1:
        raise UploadEmpty().at("size")
    if size > sort.most_bytes:
        raise UploadTooLarge(most_bytes=sort.most_bytes).at("size")


def awaited_since(*, now: datetime) -> datetime:
    """A file announced after this moment may still come; one announced before it is given up."""
    return now - AWAITED


def may_add(*, kind: UploadKind, living: int) -> None:
    """Raises `TooManyUploads` when there are as many files of this kind as there may be."""
    most = SORTS[kind].most
    if living >= most:
        raise TooManyUploads(most=most, dossiers=kind is UploadKind.OSO_DOSSIER)


_MARKS = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"PK\x03\x04", ZIP),
    (b"\xd0\xcf\x11\xe0", OLE),
    (b"GIF8", "image/gif"),
    (b"MZ", "application/x-msdownload"),
)
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\x00", b"\xfe\xff\x00<")


def type_of(*, head: bytes) -> str:
    """What a file is by its first kilobyte; empty when that is nothing known."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return HEIC
    if head.lstrip(b"\xef\xbb\xbf \t\r\n\x00").startswith(b"%PDF-"):
        return PDF
    opening = (
        head[:3] + head[3:].lstrip(b" \t\r\n") if head[:3] == b"\xef\xbb\xbf" else head.lstrip(b" \t\r\n")
    )
    if opening.startswith(_XML_STARTS):
        return "text/html" if b"<html" in head[:1024].lower() else XML
    return ""


def _name(text: str) -> bytes:
    """A name in a PDF, each of whose letters may be written as # and two hexadecimal digits."""
    return b"/" + b"".join(b"(?:%c|#(?i:%02x))" % (ord(letter), ord(letter)) for letter in text)


_ENCRYPTED = re.compile(_name("Encrypt") + rb"\s{0,20}(?:\d{1,10}\s{1,20}\d{1,5}\s{1,20}R|<<)")
_SCRIPT = re.compile(_name("JavaScript") + rb"(?=[\s/<>\[\]()])")


def judge(*, kind: UploadKind, head: bytes, tail: bytes, pixels: int | None, whole: bytes = b"") -> str:
    """The type of a file that came in. Raises `FileRefused`, with advice.

    `tail`: its last kilobytes. `pixels`: of an image, None when its header cannot be read. `whole`: of a
    PDF, where it says whether it is encrypted or runs a script. What is compressed in it is not looked
    into: that is for the virus scanner.
    """
    found = type_of(head=head)
    sort = SORTS[kind]
    if found not in sort.types:
        raise FileRefused(found=found, explanation=_advice(found=found, sort=sort))
    if found == PDF and b"%%EOF" not in tail:
        raise FileRefused(
            found=found,
            explanation="Deze pdf is niet compleet. Maak of download hem opnieuw en verstuur hem nog eens.",
        )
    if found == PDF and _ENCRYPTED.search(whole):
        raise FileRefused(
            found=found,
            explanation=(
                "Deze pdf is beveiligd, met een wachtwoord of tegen afdrukken en kopiëren. De school kan hem "
                "dan niet altijd openen. Bewaar hem zonder beveiliging en verstuur hem opnieuw."
            ),
        )
    if found == PDF and _SCRIPT.search(whole):
        raise FileRefused(
            found=found,
            explanation=(
                "In deze pdf zit een programma (JavaScript). Dat nemen wij niet aan. Open de pdf, kies "
                "Afdrukken en dan opslaan als pdf, en verstuur die."
            ),
        )
    if found in (JPEG, PNG):
        if pixels is None:
            raise FileRefused(
                found=found, explanation="Deze foto is beschadigd. Maak een nieuwe foto en verstuur die."
            )
        if pixels > PIXELS:
            raise FileRefused(
                found=found, explanation="Deze foto is te groot. Maak hem kleiner, of maak er een pdf van."
            )
    return found


def judge_in_dossier(*, filename: str, content: bytes, pixels: int | None, members: Collection[str]) -> str:
    """The type of a document that a dossier brought. Raises `FileRefused`.

    `members`: the names in a file that is a ZIP itself, as office documents are.
    """
    found = type_of(head=content[:4096])
    if found in DOCUMENT_TYPES:
        return judge(kind=UploadKind.ATTACHMENT, head=content[:4096], tail=content[-4096:], pixels=pixels)
    ending = filename.rpartition(".")[2].lower()
    named = DOSSIER_TYPES.get(ending, "")
    if (
        (found == ZIP and named.startswith(OFFICE) and "[Content_Types].xml" in members)
        or (found == ZIP and ending in ("odt", "ods", "odp") and "mimetype" in members)
        or (found == OLE and ending in ("doc", "xls", "ppt"))
    ):
        if _MACROS.search(content) or any("vbaproject" in name.lower() for name in members):
            raise FileRefused(
                found=found, explanation="In dit bestand staan macro's. Die nemen wij niet aan."
            )
        return named
    if not found and named == TEXT and _is_text(content):
        return TEXT
    raise FileRefused(found=found, explanation="Dit soort bestand mag niet in een dossier.")


_MACROS = re.compile("_VBA_PROJECT".encode("utf-16-le"))
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")


def _is_text(content: bytes) -> bool:
    return _NO_TEXT.search(content) is None


def _advice(*, found: str, sort: Sort) -> str:
    if XML in sort.types:
        return "Dit is geen OSO-dossier. Kies het xml-bestand dat uw leerlingadministratie heeft gemaakt."
    if found == HEIC:
        return (
            "Dit is een HEIC-foto, zoals een iPhone of iPad die maakt. Scholen kunnen die vaak niet openen. "
            "Kies op uw toestel Instellingen > Camera > Structuur > Meest compatibel en maak de foto "
            "opnieuw, of bewaar hem als JPEG."
        )
    if found in (ZIP, OLE):
        return "Dit bestand kunnen wij niet aannemen. Bewaar het eerst als pdf en verstuur dan de pdf."
    return "Wij nemen alleen pdf, JPEG en PNG aan. Bewaar het bestand in een van die vormen."


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean_filename(*, given: str) -> str:
    """The name as people see it: no folders, no control or direction characters, at most 150 long.

    It is only ever shown; where the file lies is named by the server.
    """
    name = _CONTROL.sub("", given.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if len(name) > 150:
        name = f"{stem[: 149 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else name[:150]
    return name or "bestand"
