"""What kind of dossier this is, and which parts of it may be taken."""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from imports.oso.reading import Reading
from imports.oso.refusal import Unreadable
from imports.oso.tree import Node, Tree
from rules.identifiers import read_date
from rules.oki_doc.dossier import Severity
from rules.oki_doc.elements import HANDOVERS, NAMESPACES, PARTS, TAKEN, TRANSFERS, VERSION, YEAR
from rules.oki_doc.sections import CATEGORIES

MAKE_POVO = "Maak in uw leerlingadministratie een overstapdossier van basisonderwijs naar voortgezet onderwijs (POVO)."
WITHHELD = ("VERBODEN", "OPT-UIT")
NEEDED = "VERPLICHT"
NEEDS_CONSENT = "OPTIONEEL"
_OTHER_NAMES = {"onderwijsondersteuning": "cat_zorgenbegeleiding"}
"""What older versions call a category."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """`choices`: what the dossier says of each category; empty where it says nothing."""

    kind: str
    version: str
    made_on: date | None
    made_by: str
    choices: dict[str, str] = field(default_factory=dict)

    def takes(self, category: str) -> bool:
        return self.choices.get(category, "") not in WITHHELD


def checked_root(tree: Tree, *, reading: Reading) -> Node:
    """The dossier, and what is unusual about its wrapping. Raises `Unreadable`."""
    root = tree.root
    found = re.fullmatch(NAMESPACES, tree.namespace)
    if found is None:
        raise Unreadable(_other_file(tree), code="NOT_OSO")
    if root.tag == "terugkoppeling" or (root.tag == "dossiers" and root.first("dossier") is None):
        raise Unreadable(
            "Dit is een terugkoppeling van een VO-school en geen dossier. Loket leest alleen overstapdossiers.",
            code="FEEDBACK",
        )
    if root.tag == "dossiers":
        inside = list(root.all("dossier"))
        if len(inside) > 1:
            raise Unreadable(
                f"In dit bestand staan {len(inside)} dossiers. Bewaar elk dossier in een eigen bestand.",
                code="SEVERAL_DOSSIERS",
            )
        root = inside[0]
    if root.tag != "dossier":
        raise Unreadable(f"Dit is geen OSO-dossier. {MAKE_POVO}", code="NOT_OSO")
    if found[1] != str(YEAR):
        older = found[1][:4] < str(YEAR)
        reading.remark(
            "dossier",
            f"Dit dossier is gemaakt met {'een oudere' if older else 'een nieuwere'} versie van de standaard "
            f"({found[1]}). Loket kent versie {VERSION} en leest wat daarin hetzelfde heet. Controleer het Oki-doc.",
            code="OTHER_VERSION",
            severity=Severity.CONFIRM,
        )
    if tree.encoding:
        reading.remark(
            "dossier",
            "Het bestand zegt zelf niet goed hoe de letters zijn opgeslagen. Controleer namen met bijzondere letters.",
            code="ENCODING",
            severity=Severity.CONFIRM,
        )
    if tree.foreign:
        reading.remark(
            "dossier",
            f"In het dossier staan onderdelen die niet bij de standaard horen. Ze zijn niet overgenomen: "
            f"{', '.join(sorted(tree.foreign))}.",
            code="FOREIGN",
        )
    return root


def _other_file(tree: Tree) -> str:
    name = tree.root.tag.lower()
    if "edex" in name or "edex" in tree.namespace.lower():
        return "Dit is een EDEXML-bestand en geen OSO-dossier. Lees het in als EDEXML."
    if name == "dossier":
        return f"Dit dossier volgt niet de OSO-standaard: de aanduiding (namespace) is onbekend. {MAKE_POVO}"
    return f"Dit is geen OSO-dossier. {MAKE_POVO}"


def metadata_of(root: Node, *, reading: Reading) -> Metadata:
    """Raises `Unreadable` for a dossier that is for somebody else, with what to do."""
    kind = root.say("metadata/overstap").upper()[:20]
    handover = root.say("overdrachtsoort").lower()[:40]
    if handover in HANDOVERS and handover != "overstapdossier":
        raise Unreadable(f"Dit dossier is voor een {HANDOVERS[handover]}. {MAKE_POVO}", code="OTHER_KIND")
    if kind in TRANSFERS and kind not in TAKEN:
        raise Unreadable(
            f"Dit dossier ({kind}) is voor een overstap {TRANSFERS[kind]}. {MAKE_POVO}", code="OTHER_KIND"
        )
    if kind not in TAKEN:
        reading.remark(
            "metadata/overstap",
            f"{'Deze overstap kent Loket niet' if kind else 'In dit dossier staat niet voor welke overstap het is'}. "
            "Loket leest het als een dossier van basisonderwijs naar voortgezet onderwijs.",
            code="KIND_UNKNOWN",
            severity=Severity.CONFIRM,
        )
    part = root.say("metadata/deeldossier").upper()
    missing = PARTS.get(part, "de soort is onbekend" if part else "")
    if missing:
        reading.remark(
            "metadata/deeldossier",
            f"Dit is een deel van een dossier: {missing}.",
            code="PART",
            severity=Severity.CONFIRM,
        )
    return Metadata(
        kind=kind or "POVO",
        version=root.say("metadata/standaardversie")[:20],
        made_on=read_date(root.say("metadata/datum")),
        made_by=" ".join(root.say("metadata/pakketnaam").split())[:80],
        choices=_choices(root, reading),
    )


def _choices(root: Node, reading: Reading) -> dict[str, str]:
    base = "metadata/categorie_uitlevering"
    choices = {}
    for name in CATEGORIES:
        said = root.say(f"{base}/cat_{name}") or root.say(f"{base}/{_OTHER_NAMES.get(name, '-')}")
        if said and said not in (*WITHHELD, NEEDED, NEEDS_CONSENT):
            reading.remark(
                f"{base}/cat_{name}",
                f"Bij {CATEGORIES[name]} staat een keuze die wij niet kennen. Het onderdeel is niet overgenomen.",
                code="CHOICE_UNKNOWN",
                severity=Severity.CONFIRM,
            )
            said = WITHHELD[1]
        choices[name] = said
    if choices["leerling"] in WITHHELD or choices["school"] in WITHHELD:
        raise Unreadable(
            "Dit dossier zegt dat de gegevens van de leerling of de school niet mogen worden gedeeld. Zo kan het niet "
            "worden ingelezen. Maak het opnieuw in uw leerlingadministratie.",
            code="WITHHELD",
        )
    return choices


def without_consent(metadata: Metadata, *, reading: Reading) -> Metadata:
    """What parents did not agree to share stays out: only what the law has the school send is taken."""
    reading.remark(
        "inzage/toestemming",
        "De ouders geven geen toestemming om het dossier door te geven. Alleen de verplichte onderdelen zijn "
        "overgenomen.",
        code="NO_CONSENT",
        severity=Severity.CONFIRM,
    )
    choices = {
        name: WITHHELD[1] if said == NEEDS_CONSENT else said for name, said in metadata.choices.items()
    }
    return replace(metadata, choices=choices)
