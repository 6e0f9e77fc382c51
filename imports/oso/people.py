"""School, child, addresses and carers: what has tables of its own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from imports.oso.reading import Reading
from imports.oso.refusal import Unreadable
from imports.oso.tree import Node
from rules.identifiers import is_name, read_bsn, read_email, read_postcode
from rules.oki_doc.declared import Kind
from rules.oki_doc.dossier import School, Severity
from rules.oki_doc.identity import (
    ABROAD,
    ADDRESS,
    ADDRESS_ABROAD,
    CONTACT_WAY,
    CONTACT_WAYS,
    GUARDIAN,
    PUPIL,
    RELATIONS,
    SCHOOL,
    SECRET_VALUES,
)

HOME_FIRST = ("bezoek", "gba", "post")
BESIDE = {"TO": "t/o", "BY": "bij"}
NETHERLANDS = "6030"


def school_of(root: Node, *, reading: Reading) -> School:
    """Raises `Unreadable` when nobody can tell whose dossier this is."""
    node = root.first(SCHOOL.oso)
    row = reading.row(node, SCHOOL.fields, SCHOOL.name, SCHOOL.oso, SCHOOL.title) if node is not None else {}
    if "brin" not in row:
        raise Unreadable(
            "In dit dossier staat niet van welke school het is: de BRIN ontbreekt of klopt niet. Maak het dossier "
            "opnieuw in uw leerlingadministratie.",
            code="NO_SCHOOL",
        )
    return School(brin=row["brin"], location=row.get("location", "00"), name=row.get("name", ""))


def pupil_of(root: Node, *, reading: Reading) -> dict[str, Any]:
    """The columns of the child. Raises `Unreadable` when there is none."""
    node = root.first(PUPIL.oso)
    if node is None:
        raise Unreadable(
            "In dit dossier staat geen leerling. Maak het dossier opnieuw in uw leerlingadministratie.",
            code="NO_PUPIL",
        )
    row = reading.row(node, PUPIL.fields, PUPIL.name, PUPIL.oso, PUPIL.title)
    row.pop("secret", None)
    official, last = row.get("official_names", ""), row.get("last_name", "")
    if not is_name(last):
        raise Unreadable(
            "In dit dossier heeft de leerling geen achternaam. Vul die aan in uw leerlingadministratie en maak het "
            "dossier opnieuw.",
            code="NO_NAME",
        )
    # A name that stands in for it may be longer than it.
    longest = next(field.longest for field in PUPIL.fields if field.name == "first_name")
    pupil: dict[str, Any] = {
        "first_name": (row.get("first_name") or official.partition(" ")[0] or last)[:longest].strip(),
        "official_names": official,
        "infix": row.get("infix", ""),
        "last_name": last,
        "birth_date": date.fromisoformat(row["birth_date"]) if "birth_date" in row else None,
        "gender": row.get("gender", ""),
        "school_key": row.get("school_key", ""),
        **_bsn(row.get("bsn", ""), reading),
    }
    if not row.get("first_name") and not official:
        _confirm(reading, "roepnaam", "er staat geen roepnaam. Vul die in", "NO_FIRST_NAME")
    if pupil["birth_date"] is None:
        _confirm(reading, "geboortedatum", "er staat geen geboortedatum die kan kloppen", "NO_BIRTH_DATE")
    return pupil


def _confirm(reading: Reading, element: str, words: str, code: str) -> None:
    reading.remark(f"{PUPIL.oso}/{element}", f"Leerling: {words}.", code=code, severity=Severity.CONFIRM)


def _bsn(text: str, reading: Reading) -> dict[str, Any]:
    """A number that fails comes in as a mark, never as a number."""
    if not text:
        _confirm(reading, "bsn", "er staat geen BSN in het dossier", "NO_BSN")
        return {"bsn": "", "bsn_doubtful": False}
    bsn = read_bsn(text)
    if bsn is None:
        _confirm(
            reading,
            "bsn",
            "het BSN klopt niet (elfproef), en is niet bewaard. Vul het goede BSN in",
            "BSN_DOUBTFUL",
        )
    return {"bsn": bsn or "", "bsn_doubtful": bsn is None}


def addresses_of(root: Node, *, reading: Reading) -> list[dict[str, Any]]:
    """The child's addresses as columns: where it lives first. A secret one is marked, all of them are."""
    node = root.first(PUPIL.oso)
    assert node is not None
    secret = node.say("adresgeheim").lower() in ("true", "1")
    found = list(_at_home(root, reading))
    found.sort(key=lambda row: HOME_FIRST.index(row["kind"]))
    abroad = reading.value(
        node, replace(ADDRESS_ABROAD, kind=Kind.LINE), f"{PUPIL.oso}/adresbuitenland", "Leerling"
    )
    if abroad:
        found.append({**_EMPTY, "kind": ABROAD, "street": abroad, "country": ""})
    if secret and not found:
        # So that whoever types it in later does not forget: the standard leaves a secret address out.
        found.append({**_EMPTY, "kind": HOME_FIRST[0]})
    if secret:
        _confirm(
            reading, "adresgeheim", "het adres is geheim. Alleen u en het gezin zien het", "ADDRESS_SECRET"
        )
    elif not found:
        _confirm(reading, "adreslijst", "er staat geen adres in het dossier", "NO_ADDRESS")
    return [{"position": place, "secret": secret, **row} for place, row in enumerate(found, start=1)]


_EMPTY = {
    "street": "", "house_number": "", "postcode": "", "city": "", "country": "Nederland", "detail": "",
}  # fmt: skip


def _at_home(root: Node, reading: Reading) -> Iterator[dict[str, Any]]:
    for node, row in reading.rows(root, section=ADDRESS):
        country = _country(node)
        number = row.get("number", "")
        addition = row.get("addition", "")
        yield {
            "kind": row.get("kind", HOME_FIRST[0]),
            "street": row.get("street", ""),
            "house_number": _house_number(number, addition, BESIDE.get(row.get("beside", ""), ""))[:20],
            "postcode": _postcode(row.get("postcode", ""), country),
            "city": row.get("city", ""),
            "country": country,
            "detail": row.get("detail", ""),
        }


def _house_number(number: str, addition: str, beside: str) -> str:
    """136 and a: 136a. What would run together stays apart: 12 and 3: 12-3."""
    apart = "-" if addition[:1].isdigit() and number[-1:].isdigit() else ""
    return " ".join(part for part in (beside, f"{number}{apart}{addition}") if part)


def _country(node: Node) -> str:
    """The code decides; its description serves where we do not know the code."""
    land = node.first("land")
    if land is None or land.text.strip() in ("", NETHERLANDS):
        return "Nederland"
    return (
        " ".join(land.attributes.get("omschrijving", "").split())[:60] or f"landcode {land.text.strip()[:10]}"
    )


def _postcode(text: str, country: str) -> str:
    return (read_postcode(text) or text) if country == "Nederland" else text


def guardians_of(root: Node, *, reading: Reading) -> list[dict[str, Any]]:
    """Carers in the order of the dossier; those who died come last, so that nobody writes them."""
    found = []
    for number, (node, row) in enumerate(reading.rows(root, section=GUARDIAN), start=1):
        path = f"{GUARDIAN.oso}[{number}]"
        if "last_name" not in row:
            reading.remark(path, f"Ouders: verzorger {number} heeft geen achternaam en is niet overgenomen.",
                           code="NO_NAME")  # fmt: skip
            continue
        deceased = row.get("deceased", False)
        ways = {} if deceased else _ways(node, path, number, reading)
        found.append(
            {
                **{name: row.get(name, "") for name in ("first_name", "initials", "infix", "last_name")},
                "relation": _relation(row.get("relation", "")),
                "legal_representative": row.get("legal_representative", False),
                "deceased": deceased,
                "email": ways.get("email", ""),
                "phone": ways.get("phone", ""),
                "secret_email": "secret_email" in ways,
            }
        )
    found.sort(key=lambda row: row["deceased"])
    secrets = [row.pop("secret_email") for row in found]
    if found and not found[0]["email"]:
        said, code = "de eerste ouder heeft geen e-mailadres", "NO_EMAIL"
        if secrets[0]:
            said = "het e-mailadres van de eerste ouder is geheim en daarom niet overgenomen"
            code = "EMAIL_SECRET"
        reading.remark(
            f"{GUARDIAN.oso}[1]",
            f"Ouders: {said}. Zonder dat adres kan de ouderinlog niet weg.",
            code=code,
            severity=Severity.CONFIRM,
        )
    return [{"position": place, **row} for place, row in enumerate(found, start=1)]


def _relation(code: str) -> str:
    return RELATIONS.get(code) or (f"code {code}" if code.isalnum() else code)


def _ways(node: Node, path: str, number: int, reading: Reading) -> dict[str, str]:
    """The first number and the first e-mail address that are not secret; private ones before others."""
    found: dict[str, str] = {}
    ways = []
    for place, way in enumerate(node.all(CONTACT_WAYS), start=1):
        row = reading.row(way, CONTACT_WAY, "", f"{path}/{CONTACT_WAYS}[{place}]", f"Ouder {number}")
        if row.get("secret") or row.get("value") in SECRET_VALUES:
            if row.get("sort") == "e-mail":
                found["secret_email"] = ""
        elif "value" in row:
            ways.append(row)
    ways.sort(key=lambda row: row.get("use") != "prive")
    for row in ways:
        if row.get("sort") == "telefoon":
            found.setdefault("phone", row["value"][:30])
        elif row.get("sort") == "e-mail":
            email = read_email(row["value"])
            if email is None:
                reading.remark(
                    path, f"Ouders: een e-mailadres van verzorger {number} klopt niet en is niet overgenomen.",
                    code="WRONG_EMAIL",
                )  # fmt: skip
            else:
                found.setdefault("email", email)
    return found
