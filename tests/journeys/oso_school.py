"""School 00YY, whose own system brings dossiers, and how its editor sends one."""

from typing import Any
from urllib.parse import urlsplit

from models.school import PrimarySchool
from rules.vocabulary import Role
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
