"""The pupils of school 00YY: dossiers that Loket's own exporter writes of invented children, taken in as any other."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from exports import oso as exported
from imports import oso
from models import Account
from resolvers import clock
from resolvers.adviezen import advice_labels, for_dossiers
from resolvers.calendars import current_year
from resolvers.oso_dossier import take_in
from resolvers.viewer import Viewer
from rules.oki_doc.dossier import Attachment, Dossier, School
from rules.vocabulary import Role
from sandbox import invent, oki_docs, plan
from sandbox.dice import Dice

MADE_ON = date(2027, 1, 15)
PAPER = "afspraken.pdf"


async def files() -> list[bytes]:
    """Twelve files, always the same."""
    codes, labels = await for_dossiers(), await advice_labels()
    return [exported.write(dossier=one, made_on=MADE_ON, codes=codes) for one in children(labels)]


async def take_all() -> None:
    """Take them in, as the editor of the school does."""
    editor = await Account.get(
        primary_school__brin=plan.OSO_BRIN, role=Role.PO_EDITOR, realm="staff"
    ).select_related("primary_school")
    year = await current_year(now=await clock.now())
    assert editor.primary_school is not None
    assert year is not None
    viewer = Viewer(
        account_id=editor.id,
        session_id=editor.id,
        role=Role.PO_EDITOR,
        display_name=editor.display_name,
        region_id=editor.primary_school.region_id,
        school_year_id=year.id,
        primary_school_id=editor.primary_school_id,
    )
    for content in await files():
        await take_in(viewer=viewer, dossier=oso.read(content), dry_run=False, confirm_overwrite=False)


def children(labels: dict[str, str]) -> Iterator[Dossier]:
    """The twelve, as facts. `labels`: of the adviezen, by code."""
    for serial, line in zip(plan.OSO_SCHOOL, invent.oso_lines(), strict=True):
        dice = Dice(10, 1, serial)
        born = datetime.strptime(line["Geboortedatum"], "%d-%m-%Y").date()
        advice = line["Voorlopig advies"]
        sections = oki_docs.sections(
            dice=dice,
            first_name=line["Roepnaam"],
            group=line["Groep"],
            brin=plan.OSO_BRIN,
            born=born,
            advice=advice,
            final=True,
        )
        sections["advice"]["school_advice"] = advice
        paper = {"filename": PAPER, "description": "Afspraken met de ouders"}
        yield Dossier(
            made_on=MADE_ON,
            school=School(brin=line["BRIN"], location=line["Vestiging"], name=invent.OSO_NAME),
            pupil={
                "bsn": line["BSN"],
                "first_name": line["Roepnaam"],
                "official_names": line["Voornamen"],
                "infix": line["Tussenvoegsel"],
                "last_name": line["Achternaam"],
                "birth_date": born,
                "gender": line["Geslacht"],
                "school_key": line["Leerlingnummer"],
            },
            addresses=[_address(line)],
            guardians=[_guardian(line, number) for number in (1, 2) if line[f"Ouder {number} achternaam"]],
            sections={**sections, "documents": [paper]},
            test=_test(labels.get(line["Toetsadvies"], "")),
            attachments=[
                Attachment(
                    place="documents.0",
                    **paper,
                    content=page(f"Afspraken over {line['Roepnaam']}: zie het overleg van 11 januari."),
                )
            ],
        )


def _address(line: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": "bezoek",
        "street": line["Straat"],
        "house_number": f"{line['Huisnummer']}-{line['Toevoeging']}"
        if line["Toevoeging"].isdigit()
        else f"{line['Huisnummer']}{line['Toevoeging']}",
        "postcode": line["Postcode"],
        "city": line["Plaats"],
        "country": "Nederland",
        "detail": "",
        "secret": bool(line["Geheim adres"]),
    }


def _guardian(line: dict[str, str], number: int) -> dict[str, Any]:
    said = {name: line[f"Ouder {number} {label}"] for name, label in _GUARDIAN.items()}
    return {**said, "legal_representative": True, "deceased": False}


_GUARDIAN = {
    "initials": "voorletters", "first_name": "voornaam", "infix": "tussenvoegsel", "last_name": "achternaam",
    "relation": "relatie", "email": "e-mail", "phone": "telefoon",
}  # fmt: skip


def _test(advice: str) -> dict[str, Any] | None:
    """What the test said, in words; none where the advice is not on the form."""
    if not advice:
        return None
    return {
        "test_code": "",
        "advice_text": advice,
        "exempt": False,
        "content": {"taken_on": "2027-02-01"},
    }


def page(text: str) -> bytes:
    """A PDF of one line."""
    line = "".join(f"\\{letter}" if letter in "()\\" else letter for letter in text)
    drawn = f"BT /F1 12 Tf 56 780 Td ({line}) Tj ET".encode("cp1252", "replace")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    return written + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, len(written),
    )  # fmt: skip
