"""A name is a person's own: from the school's screen or its file to the mail, the PDF and the portal, letter for letter."""

from pathlib import Path
from typing import Any

import pytest

from models import Pupil
from resolvers.imports import run
from tests.world import Person, World

NAMES = [
    ("Zoë", "", "Coëlho-Brand"),
    ("Doğan", "", "Çelik"),
    ("Łukasz", "", "Wójcik"),
    ("李", "", "小明"),
    ("Siân", "", "O'Neill"),
    ("D’Angelo", "", "N’Dour"),
    ("Noor", "van der", "Berg"),
    ("Jan-Willem", "van 't", "Hoff"),
    ("Ștefan", "", "Țăranu"),
    ("Þóra", "", "Ægisdóttir"),
    ("Nguyễn", "", "Thị Ánh"),
    ("Zoe\u0308", "", "Combine\u0301"),
]
"""Roepnaam, tussenvoegsel, achternaam; the last as a laptop types it, letter and mark apart."""
HOME = {"street": "Ćirićstraat", "houseNumber": "1 ª", "postcode": "1421 SA", "city": "Ouderkerk a/d Amstel"}
OVERVIEW = "{ pupils(first: 100) { nodes { id firstName infix lastName fullName elkNumber } } }"


def composed(text: str) -> str:
    return text.replace("e\u0308", "ë").replace("e\u0301", "é")


def on_paper(text: str) -> str:
    """As a PDF shows it: a letter that its font has not is named, never dropped."""
    return "".join(f"(U+{ord(letter):04X})" if "\u4e00" <= letter <= "\u9fff" else letter for letter in text)


def squeezed(text: str) -> str:
    return "".join(text.split())


async def ready(editor: Person, pupil: dict[str, Any], last_name: str) -> str:
    """Everything a login needs, the carer of the same name; the id of a PDF that was asked for."""
    about = {"pupilId": pupil["id"]}
    guardians = [{"firstName": pupil["firstName"], "lastName": last_name, "email": f"e{pupil['elkNumber']}@example.org"}]  # fmt: skip
    more = {"guardians": guardians, "address": HOME, "advice": "HAVO", "testExemption": "Kort in Nederland"}
    version = (await editor.ask(f'{{ pupil(id: "{pupil["id"]}") {{ okiDoc {{ version }} }} }}'))["pupil"]["okiDoc"]["version"]  # fmt: skip
    edited = await editor.done("updateOkiDoc", "pupil { okiDoc { version } }", **about, expectedVersion=version, **more)  # fmt: skip
    version = edited["pupil"]["okiDoc"]["version"]
    await editor.done("finalizeOkiDoc", "", **about, expectedVersion=version)
    await editor.done("sendParentLogin", "", **about, region="AMSTELLAND")
    asked = await editor.done("createDocument", "document { id }", **about, kind="OKI_DOC")
    return str(asked["document"]["id"])


async def test_from_the_screen_to_the_mail_the_paper_and_the_portal(world: World) -> None:
    editor = await world.editor()
    papers = {}
    for first, infix, last in NAMES:
        given = {"firstName": first, "infix": infix, "lastName": last, "birthDate": "2015-04-05"}
        made = await editor.done("createPupil", "pupil { id firstName lastName fullName elkNumber }", **given)
        pupil = made["pupil"]
        whole = " ".join(part for part in map(composed, (first, infix, last)) if part)
        assert pupil["fullName"] == whole
        papers[whole] = (pupil, await ready(editor, pupil, last))

    mails = {mail["to"]: mail for mail in await world.mails()}
    for whole, (pupil, document_id) in papers.items():
        mail = mails[f"e{pupil['elkNumber']}@example.org"]
        for part in ("text", "html"):
            assert pupil["firstName"] in mail[part].replace("&#39;", "'"), (whole, part)
        words = squeezed(await world.pdf_text(editor, document_id))
        assert squeezed(on_paper(whole)) in words, whole
        assert squeezed(HOME["street"]) in words
        filename = (await editor.ask("query($id: ID!) { document(id: $id) { filename } }", id=document_id))["document"]["filename"]  # fmt: skip
        assert pupil["firstName"] in filename

    whole, (pupil, _) = next(iter(papers.items()))
    row = await Pupil.get(id=pupil["id"])
    parent = await world.account_by_mail(row, mails[f"e{row.elk_number}@example.org"])
    assert (await parent.ask("{ child { fullName } }"))["child"]["fullName"] == whole


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
async def test_from_a_file_of_the_school_to_its_screen(world: World, tmp_path: Path, encoding: str) -> None:
    head = "ELK-nummer;Roepnaam;Tussenvoegsel;Achternaam;Geboortedatum;BRIN"
    lines = [
        f"{20000 + n};{first};{infix};{last};05-04-2015;12AB" for n, (first, infix, last) in enumerate(NAMES)
    ]
    path = tmp_path / "leerlingen.csv"
    path.write_text("\r\n".join([head, *lines]), encoding=encoding)
    report = await run(kind="pupils", path=path)
    assert report.problems == []
    nodes = (await (await world.editor()).ask(OVERVIEW))["pupils"]["nodes"]
    read = {node["elkNumber"]: (node["firstName"], node["infix"], node["lastName"]) for node in nodes}
    assert read == {
        str(20000 + n): (composed(first), infix, composed(last))
        for n, (first, infix, last) in enumerate(NAMES)
    }
    for typed, found in (("lukasz", "Łukasz"), ("DOGAN", "Doğan"), ("oneill", "Siân"), ("o'neill", "Siân"), ("thora", "Þóra"), ("小明", "李")):  # fmt: skip
        asked = "query($f: PupilFilter) { pupils(filter: $f) { nodes { firstName } } }"
        nodes = (await (await world.editor()).ask(asked, f={"search": typed}))["pupils"]["nodes"]
        assert [node["firstName"] for node in nodes] == [found], typed


async def test_from_an_old_file_in_windows_1252(world: World, tmp_path: Path) -> None:
    path = tmp_path / "leerlingen.csv"
    text = "Roepnaam;Tussenvoegsel;Achternaam;Geboortedatum;BRIN\r\nZoë;van der;Müller-O’Neill;05-04-2015;12AB\r\n"
    path.write_text(text, encoding="cp1252")
    assert (await run(kind="pupils", path=path)).problems == []
    (node,) = (await (await world.editor()).ask(OVERVIEW))["pupils"]["nodes"]
    assert node["fullName"] == "Zoë van der Müller-O’Neill"


async def test_what_is_no_name_is_refused_with_its_field(world: World) -> None:
    editor = await world.editor()
    for name in ("", "  ", "\u202eredro", "Zo\u200fë", "a\x1bb", "Zo\u2028ë", "\ue000", "x" * 101):
        given = {"firstName": name, "lastName": "Vos", "birthDate": "2015-04-05"}
        refused = await editor.do("createPupil", "", **given)
        told = [(error["code"], error["path"]) for error in refused["errors"]]
        assert told == [("INVALID_VALUE", ["firstName"])], name
    assert await Pupil.all().count() == 0
