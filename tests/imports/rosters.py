"""EDEXML files that the tests make themselves, as a school's system writes them."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from imports.edexml import Judged, judge, read
from imports.edexml.reader import PIECE

YEAR = "2026-2027"


def judged(content: bytes) -> Judged:
    """The rows of a file."""
    return judge(roster=read(pieces=pieces(content)))


def pieces(content: bytes) -> Iterator[bytes]:
    return (content[place : place + PIECE] for place in range(0, len(content), PIECE))


def _leaf(name: str, text: object) -> str:
    return f"<{name}>{escape(str(text))}</{name}>"


def pupil(
    key: str = "L1",
    *,
    eck_id: str = "",
    group: str | None = "8A",
    combined: Iterable[str] = (),
    extra: str = "",
    **fields: object,
) -> str:
    """A `leerling` in the order of the standard; a field that is None is left out."""
    said: dict[str, object] = {
        "achternaam": "Berg",
        "voorvoegsel": "van der",
        "roepnaam": "Noor",
        "geboortedatum": "2015-02-03",
        "geslacht": 2,
        "jaargroep": 8,
        **fields,
    }
    leaves = {name: _leaf(name, value) for name, value in said.items() if value is not None}
    order = (
        "achternaam",
        "voorvoegsel",
        "voornamen",
        "voorletters-1",
        "roepnaam",
        "geboortedatum",
        "geslacht",
    )
    before = [leaves.pop(name, "") for name in (*order, "jaargroep")]
    sits = f"<groep key={quoteattr(group)}/>" if group is not None else ""
    joined = "".join(f"<samengestelde_groep key={quoteattr(one)}/>" for one in combined)
    also = f"<samengestelde_groepen>{joined}</samengestelde_groepen>" if joined else ""
    identity = f" eckid={quoteattr(eck_id)}" if eck_id else ""
    return (
        f"<leerling key={quoteattr(key)}{identity}>{''.join(before)}{sits}{also}"
        f"{''.join(leaves.values())}{extra}</leerling>"
    )


def group(key: str = "8A", *, name: str = "8a", year: str = "8") -> str:
    return f"<groep key={quoteattr(key)}><naam>{escape(name)}</naam><jaargroep>{year}</jaargroep></groep>"


def combined_group(key: str, *, name: str = "Plusklas") -> str:
    return f"<samengestelde_groep key={quoteattr(key)}><naam>{escape(name)}</naam></samengestelde_groep>"


def teacher(
    key: str = "T1",
    *,
    email: str | None = "juf@peppel.example.org",
    groups: Iterable[str] = ("8A",),
    roles: Iterable[str] = (),
    roles_there: Iterable[str] = (),
    description: str = "",
    **fields: object,
) -> str:
    said: dict[str, object] = {"achternaam": "Bemmel", "voorvoegsel": "van", "roepnaam": "Julia", **fields}
    there = "".join(_leaf("rol", role) for role in roles_there)
    places = "".join(f"<groep key={quoteattr(one)}>{there}</groep>" for one in groups)
    return "".join(
        (
            f"<leerkracht key={quoteattr(key)}>",
            *(_leaf(name, value) for name, value in said.items() if value is not None),
            _leaf("emailadres", email) if email else "",
            *(_leaf("rol", role) for role in roles),
            _leaf("rolomschrijving", description) if description else "",
            f"<groepen>{places}</groepen>" if places else "",
            "</leerkracht>",
        )
    )


def roster(
    *rows: str,
    groups: Iterable[str] = (group(),),
    teachers: Iterable[str] = (),
    brin: str = "12AB",
    location: str = "",
    year: str = YEAR,
    version: str = "2.1",
    locations: str = "",
    encoding: str = "UTF-8",
) -> bytes:
    """A whole file."""
    place = _leaf("dependancecode", location) if location else ""
    staff = "\n".join(teachers)
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        '<EDEX xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="EDEXML.structuur.xsd">\n'
        f"<school><schooljaar>{year}</schooljaar><brincode>{brin}</brincode>{place}"
        f"<xsdversie>{version}</xsdversie></school>\n{locations}"
        f"<groepen>{''.join(groups)}</groepen>\n<leerlingen>\n"
        + "\n".join(rows)
        + f"\n</leerlingen>\n{f'<leerkrachten>{staff}</leerkrachten>' if staff else ''}\n</EDEX>\n"
    )
    return text.encode(encoding)


FULL = roster(
    pupil("a", bsn="111222333", eck_id="https://id.school/abc", roepnaam="Zoë"),
    pupil("b", jaargroep=None, roepnaam="李", combined=["plus"], uitstroomdatum="2027-07-31"),
    pupil("c", group="4A", jaargroep=4, roepnaam="O'Neill"),
    groups=[group(), group("4A", year="4"), combined_group("plus")],
    teachers=[teacher(roles=["LRK"])],
)
"""Two children of group 8 and one of group 4, with about everything that a file may have."""
