"""What Loket keeps of a child, who sees it, and what it does not keep: `docs/privacy.md`, from the declarations."""

from collections.abc import Iterator
from typing import Any

from rules.oki_doc.declared import Field, Kind, Section
from rules.oki_doc.dropped import DROPPED
from rules.oki_doc.elements import VERSION
from rules.oki_doc.identity import (
    ADDRESS,
    ADDRESS_ABROAD,
    CONTACT_WAYS,
    GUARDIAN,
    PUPIL,
    SCHOOL,
    TEST,
)
from rules.oki_doc.sections import CATEGORIES, SECTIONS
from rules.oki_doc.support import SENSITIVE
from rules.vocabulary import Role
from schema.pupil import Address, Guardian, Pupil
from schema.pupil import School as SchoolType
from schema.visibility import definition_of, roles_of

COLUMNS = {
    Role.PO_EDITOR: "basisschool",
    Role.PARENT: "ouders",
    Role.VO_STAFF: "VO-school",
    Role.REGION_ADMIN: "regio",
}
_TYPES: dict[str, Any] = {
    SCHOOL.name: SchoolType,
    PUPIL.name: Pupil,
    ADDRESS.name: Address,
    GUARDIAN.name: Guardian,
}
_SHOWN_AS = {
    "number": "house_number",
    "addition": "house_number",
    "beside": "house_number",
    "lines": "street",
}

HEAD = f"""# Wat Loket van een kind bewaart, en wie het ziet

Gemaakt uit de declaraties in `rules/oki_doc/` en de typen van het schema met `./loket schema`; niet met de hand
wijzigen. De indeling is die van het profiel PO→VO van de OSO-gegevensset {VERSION}: wat een basisschool van de wet
mag doorgeven. Meer dan hier staat, bewaart Loket niet.

- **De basisschool** ziet en wijzigt alles van haar eigen leerlingen; wie alleen meekijkt (monitoring) ziet naam,
  groep, advies en stand.
- **Ouders** lezen het hele Oki-doc van hun eigen kind, en van geen ander.
- **De VO-school** ziet een kind vanaf de definitieve aanmelding, en alleen de school van die aanmelding. Gaat het
  kind naar een andere school, dan ziet alleen die school het. Andere scholen op de voorkeurslijst zien niets.
- **Diagnoses en medicijngebruik** leest behalve basisschool en ouders dus alleen de school van de aanmelding; de
  regio, de projectleider en koppelingen nooit.
- **Een geheim adres** zien alleen de basisschool en het gezin. Het gaat nooit mee in een dossier. Van de adressen zien
  VO-school en regio alleen het woonadres.
- **De regio** (beheerder en helpdesk) ziet waarmee zij een gezin kan helpen, en nooit het Oki-doc.
- Wie een Oki-doc of een BSN leest, wordt vastgelegd.
- Bijlagen: dezelfde lezers als het Oki-doc. Een document dat een dossier meebrengt, staat bij de regel waar het bij
  hoort.
- Dossiers die de regio in één keer laat inlezen, bewaart Loket tot ze zijn ingelezen, en nooit langer dan een dag. Het
  verslag noemt bestanden, ELK-nummers en velden, niet wat erin staat; na twaalf uur is het weg.
- Een dossier dat een school zelf verstuurt, ligt er ten hoogste een dag, en nog een uur nadat het is overgenomen. Het
  bestand is dan niet versleuteld. Niemand kan het nog ophalen.

● ziet het · ◐ ziet het, behalve als het adres geheim is · een regel zonder teken dient om te vinden over wie of welke
school het gaat, en staat op geen scherm
"""

DOSSIER = f"""## Wat een dossier zelf over delen zegt

Een dossier noemt per onderdeel of het verplicht, optioneel, verboden of uitgezet is ({", ".join(CATEGORIES.values())}).
Wat verboden of uitgezet is, neemt Loket niet over, ook niet als het er toch in staat; het verslag noemt het, en het
Oki-doc zegt dat het niet is meegegeven. Wat verplicht is en ontbreekt, noemt het verslag ook. Geven ouders geen
toestemming, dan komen alleen de verplichte onderdelen mee.
"""


def page() -> str:
    """The whole of `docs/privacy.md`."""
    parts = [HEAD, "## Wat Loket bewaart", ""]
    for section in (SCHOOL, PUPIL, ADDRESS, GUARDIAN, *SECTIONS, TEST):
        parts += [f"### {section.title}", ""]
        if section.name in SENSITIVE:
            parts += ["Behalve de basisschool en de ouders leest alleen de school van de aanmelding dit.", ""]
        parts.append("| gegeven | in het dossier | " + " | ".join(COLUMNS.values()) + " |")
        parts.append("|---|---|" + ":-:|" * len(COLUMNS))
        parts += [_row(section, one, label, path) for one, label, path in _fields(section)]
        parts.append("")
    parts += [
        "## Wat Loket niet bewaart",
        "",
        "| wat | in het dossier | waarom niet |",
        "|---|---|---|",
        *(
            f"| {one.what} | {', '.join(f'`{_short(path)}`' for path in one.paths)} | {one.reason} |"
            for one in DROPPED
        ),
        "",
        DOSSIER,
    ]
    return "\n".join(parts)


def _fields(section: Section) -> Iterator[tuple[Field, str, str]]:
    if section is ADDRESS:
        yield ADDRESS_ABROAD, ADDRESS_ABROAD.label, f"{PUPIL.oso}/{ADDRESS_ABROAD.oso}"
    yield from _inside(section.fields, section.oso, "")
    if section is GUARDIAN:
        for name, label in (("email", "E-mailadres"), ("phone", "Telefoonnummer")):
            told = Field(name=name, label=f"{label}: het eerste dat niet geheim is")
            yield told, told.label, f"{GUARDIAN.oso}/{CONTACT_WAYS}/nummer"


def _inside(declared: tuple[Field, ...], base: str, before: str) -> Iterator[tuple[Field, str, str]]:
    for one in declared:
        if one.kind is Kind.FILE:
            continue
        path, label = f"{base}/{one.oso}" if one.oso else "", f"{before}{one.label}"
        if one.kind is Kind.ROWS:
            yield from _inside(one.rows_of.fields, path, f"{label}: ")
        else:
            yield one, label, path


def _row(section: Section, declared: Field, label: str, path: str) -> str:
    roles = _readers(section, declared)
    half = section is ADDRESS and declared.name != "secret"
    marks = " | ".join(
        "" if role not in roles else "◐" if half and role not in (Role.PO_EDITOR, Role.PARENT) else "●"
        for role in COLUMNS
    )
    return f"| {label} | {f'`{_short(path)}`' if path else ''} | {marks} |"


def _readers(section: Section, declared: Field) -> frozenset[Role]:
    """Who sees it in the schema; of the sections, who the declaration names."""
    made = Address if declared.name == "secret" else _TYPES.get(section.name)
    if made is None:
        return declared.readers
    shown = {one.python_name: one for one in definition_of(made).fields}
    found = shown.get(_SHOWN_AS.get(declared.name, declared.name))
    return roles_of(found) if found is not None else frozenset()


def _short(path: str) -> str:
    return path.removeprefix("huidigeschool/leerling/")
