"""School 00YY, whose own system brings dossiers, and how its editor sends one."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from models.school import PrimarySchool
from rules.identifiers import is_bsn
from rules.vocabulary import Role
from tests.imports.oso_dossier import BORN, BSN, dossier
from tests.world import Person, World

REPORT = (
    "pupil { id firstName elkNumber provisionalAdvice okiDoc { status version } "
    "attachments { filename } } report { outcome dryRun overwritesFinal differences { path label before after } "
    "attachments { filename problem } remarks { path code message severity } } errors { code message }"
)


async def editor_of_00yy(world: World) -> Person:
    school = await PrimarySchool.create(
        brin="00YY", location="00", name="De Testvlinder", region=world.amstelland
    )
    return await world.staff(Role.PO_EDITOR, primary_school_id=school.id)


async def sent(world: World, editor: Person, content: bytes) -> str:
    given = {"kind": "OSO_DOSSIER", "filename": "dossier.xml", "size": len(content)}
    made = (await editor.done("createUpload", "upload { id url }", **given))["upload"]
    answer = await world.http.put(urlsplit(made["url"]).path, content=content)
    assert answer.status_code == 201, answer.text
    return str(made["id"])


async def imported(world: World, editor: Person, content: bytes, **more: Any) -> Any:
    upload = await sent(world, editor, content)
    return await editor.do("importOsoDossier", REPORT, uploadId=upload, **more)


def bsns() -> Iterator[str]:
    return (str(number) for number in range(900_000_000, 999_999_999) if is_bsn(str(number)))


def files(folder: Path, *contents: bytes | str) -> list[Path]:
    """A file of each."""
    found = []
    for number, content in enumerate(contents, start=1):
        path = folder / f"dossier-{number}.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        found.append(path)
    return found


def many(count: int) -> list[str]:
    """Dossiers of as many children."""
    text, numbers = dossier().decode(), bsns()
    first = date(2015, 1, 1)
    return [
        text.replace(BSN, f"<bsn>{next(numbers)}</bsn>")
        .replace(BORN, f"<geboortedatum>{first + timedelta(days=place)}</geboortedatum>")
        .replace("L00042", f"L{place}")
        for place in range(count)
    ]
