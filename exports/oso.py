"""An OSO dossier, facts to bytes: the PO→VO profile of the 2019.1 schema, from the declarations.

An address that is secret is never written, as the standard has it. What the schema cannot say is left out and
named: the file is always valid.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lxml import etree

from exports.oso_people import write_addresses, write_guardians, write_pupil
from exports.oso_writing import Element, Writing, element_at
from rules.oki_doc.dossier import Dossier, Remark
from rules.oki_doc.elements import CHECKED_AS, NAMESPACE, ORDER, VERSION
from rules.oki_doc.identity import SCHOOL, TEST
from rules.oki_doc.sections import CATEGORIES, SECTIONS

MADE_BY = "Loket"
MADE_WITH = "1"
NO_CODES: Mapping[str, str] = {}

_ALWAYS = frozenset(
    {
        "metadata",
        "ouderinzage",
        "school",
        "leerling",
        "oudersverzorgers",
        "schoolloopbaan",
        "overstapadvies",
    }
)
_NEVER = frozenset({"vve", "vombo"})


def write(*, dossier: Dossier, made_on: date, codes: Mapping[str, str] = NO_CODES) -> bytes:
    """The dossier as XML that the published schema accepts.

    `codes`: the older code of each advice of the national list, for adviezen that are not codes already.
    """
    return made(dossier=dossier, made_on=made_on, codes=codes)[0]


def made(
    *, dossier: Dossier, made_on: date, codes: Mapping[str, str] = NO_CODES
) -> tuple[bytes, list[Remark]]:
    """The same, with what could not be said in it and why."""
    there = [one for one in dossier.attachments if one.content]
    by_place = {one.place: one for one in there if one.place}
    loose = [one for one in there if by_place.get(one.place) is not one]
    writing = Writing(codes=codes, attachments=by_place, loose=loose)
    root = etree.Element(f"{{{NAMESPACE}}}dossier", nsmap={None: NAMESPACE})
    withheld = {
        row.get("category"): row.get("choice") or "OPT-UIT" for row in dossier.sections.get("withheld") or []
    }
    _metadata(root, dossier, made_on, withheld)
    school = {"name": dossier.school.name, "brin": dossier.school.brin, "location": dossier.school.location}
    at_school = element_at(root, path=SCHOOL.oso)
    writing.row(at_school, SCHOOL.fields, school, SCHOOL.name, SCHOOL.title)
    element_at(at_school, path="aanleverpunt").text = "0"
    child = element_at(at_school, path="leerling")
    write_pupil(child, dossier=dossier, writing=writing)
    write_addresses(child, dossier=dossier, writing=writing)
    for section in (*SECTIONS, TEST):
        content = _test(dossier) if section is TEST else dossier.sections.get(section.name)
        if section.oso and content and section.category not in withheld:
            writing.section(root, section, content)
    if "bijlagedocs" not in withheld:
        writing.other_documents(child)
    if "oudersverzorgers" not in withheld:
        write_guardians(child, dossier=dossier, writing=writing)
    _in_order(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True), writing.remarks


def _metadata(root: Element, dossier: Dossier, made_on: date, withheld: Mapping[Any, str]) -> None:
    metadata = element_at(root, path="metadata")
    said = {
        "deeldossier": "LASLVS",
        "pakketnaam": MADE_BY,
        "pakketversie": MADE_WITH,
        "datum": made_on.isoformat(),
        "standaardversie": VERSION,
        "validatieversie": CHECKED_AS,
        "overstap": dossier.kind,
    }
    for name, text in said.items():
        element_at(metadata, path=name).text = text
    choices = element_at(metadata, path="categorie_uitlevering")
    for name in CATEGORIES:
        usual = "VERBODEN" if name in _NEVER else "VERPLICHT" if name in _ALWAYS else "OPTIONEEL"
        element_at(choices, path=f"cat_{name}").text = withheld.get(name, usual)
    element_at(root, path="overdrachtsoort").text = "overstapdossier"


def _test(dossier: Dossier) -> dict[str, Any] | None:
    if dossier.test is None:
        return None
    told = {
        "participated": not dossier.test.get("exempt"),
        "kind": dossier.test.get("test_code"),
        "advice": dossier.test.get("advice_text"),
    }
    return {**told, **(dossier.test.get("content") or {})}


def _in_order(element: Element) -> None:
    """The children as the standard orders them; those of one name stay in their own order."""
    order = ORDER.get(etree.QName(element).localname)
    if order:
        places = {name: place for place, name in enumerate(order)}
        element[:] = sorted(element, key=lambda child: places[etree.QName(child).localname])
    for child in element:
        if len(child):
            _in_order(child)
