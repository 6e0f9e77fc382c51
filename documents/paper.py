"""What a PDF says: words in sections, as a person reads them. Plain values: it lies in the request as JSON.

No BSN: the request is not encrypted, and no form of the procedure asks for one.
"""

import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rules.oki_doc import Line, SectionView
from rules.vocabulary import DocumentKind

LONGEST_NAME = 120
NO_FILENAME = frozenset('\\/:*?"<>|')


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """A PDF in words. `status`: what stands under the title, such as "nog niet definitief, versie 3".

    `stamp`: a word in capitals on every page, CONCEPT, of what must not be taken for the definitive one.
    `signatures`: who signs on paper, a line for each.
    """

    title: str
    status: str
    pupil: str
    elk_number: str
    school: str
    region: str
    made_at: datetime
    sections: tuple[SectionView, ...]
    stamp: str = ""
    version: int | None = None
    signatures: tuple[str, ...] = ()

    def payload(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {**asdict(self), "made_at": self.made_at.isoformat()}

    def filename(self) -> str:
        """What the file is called where it is saved: no longer than any disk takes, without a folder in it."""
        name = unicodedata.normalize("NFC", self.pupil)
        kept = "".join("-" if letter in NO_FILENAME else letter for letter in name if letter.isprintable())
        return f"{self.title} {kept[:LONGEST_NAME].strip()} {self.elk_number}.pdf"


def _lines(*pairs: tuple[str, str]) -> tuple[Line, ...]:
    return tuple(Line(label, value) for label, value in pairs)


_CHILD = SectionView(
    "pupil",
    "Leerling",
    lines=_lines(
        ("Roepnaam", "Zoë"),
        ("Voornamen", "Zoë Łucja"),
        ("Achternaam", "van der Æbëłğ"),
        ("Geboortedatum", "03-02-2015"),
        ("Geslacht", "vrouw"),
        ("ELK-nummer", "78018"),
        ("Groep", "8a"),
    ),
)
_HOME = SectionView(
    "address",
    "Woonadres",
    lines=_lines(("Straat en huisnummer", "Dorpsstraat 1a"), ("Postcode en woonplaats", "1421 AA  Uithoorn")),
)
_GUARDIANS = SectionView(
    "guardians",
    "Ouders en verzorgers",
    columns=("Naam", "Relatie", "Wettelijk gezag", "E-mailadres", "Telefoon"),
    rows=(
        ("Siân O'Neill", "moeder", "ja", "sian.oneill@voorbeeld.example", "06 12345678"),
        ("李小龙", "vader", "ja", "li@voorbeeld.example", ""),
    ),
)
_ADVICE = SectionView(
    "advice",
    "Advies en toets",
    lines=_lines(
        ("Definitief advies", "havo/vwo"),
        ("Toetsadvies", "vwo"),
        ("Scholen op de voorkeurslijst", "5"),
    ),
)
_MADE_AT = datetime.fromisoformat("2027-03-17T10:00:00+01:00")
_MOTIVATION = (
    "Zoë werkt zelfstandig, vraagt hulp als zij vastloopt en helpt klasgenoten graag. Bij begrijpend lezen en "
    "rekenen haalt zij sinds groep 6 ruime voldoendes. Plannen kost haar soms moeite; met een weektaak lukt het. "
)


def _oki_doc() -> Paper:
    return Paper(
        title="Oki-doc",
        status="definitief, 3 maart 2027 om 15.12 uur, versie 3",
        version=3,
        pupil="Zoë van der Æbëłğ",
        elk_number="78018",
        school="De Peppel",
        region="Amstelland",
        made_at=_MADE_AT,
        sections=(
            _CHILD,
            _HOME,
            _GUARDIANS,
            _ADVICE,
            SectionView(
                "inspection",
                "Inzage en zienswijze van de ouders",
                lines=_lines(("Ouders hebben het Oki-doc ingezien", "ja"), ("Ouders zijn akkoord", "ja")),
            ),
            SectionView(
                "wishes",
                "Advies en wensen",
                lines=_lines(
                    ("Onderbouwing van het advies", "\n".join([_MOTIVATION * 3, _MOTIVATION * 2])),
                    ("Wens van de leerling", "tweetalig onderwijs"),
                ),
            ),
            SectionView(
                "support",
                "Ondersteuning",
                lines=_lines(("Ontwikkelingsperspectief", "nee"), ("Gebruikt medicatie", "nee")),
            ),
            SectionView(
                "lvs_tests",
                "Toetsen uit het leerlingvolgsysteem",
                columns=("Datum", "Toets", "Onderdeel", "Groep", "Score", "Niveau"),
                rows=tuple(
                    (f"{1 + place % 28:02}-01-2026", "Leerling in beeld", part, "8", str(200 + place), "II")
                    for place in range(20)
                    for part in ("Rekenen-wiskunde", "Begrijpend lezen", "Spelling")
                ),
            ),
        ),
    )


def _application_form(*, final: bool) -> Paper:
    to_do = SectionView(
        "missing",
        "Nog te doen",
        columns=("Wat",),
        rows=(("Kies nog 1 school. Uw lijst moet precies 5 scholen hebben.",),),
    )
    schools = (
        "Het Veenlicht",
        "Lyceum De Ronde Hoep",
        "Scholengemeenschap Bovenkerk",
        "De Amstel",
        "Polderhof",
    )
    return Paper(
        title="Aanmeldformulier",
        status=f"{'definitief gemaakt op 16 maart 2027 om 20.31 uur' if final else 'nog niet definitief'}, versie 4",
        stamp="" if final else "CONCEPT",
        version=4,
        pupil="Zoë van der Æbëłğ",
        elk_number="78018",
        school="De Peppel",
        region="Amstelland",
        made_at=_MADE_AT,
        sections=(
            _CHILD,
            _HOME,
            _GUARDIANS,
            _ADVICE,
            SectionView(
                "preferences",
                "Voorkeurslijst",
                columns=("Voorkeur", "School", "Afdeling"),
                rows=tuple(
                    (str(rank), school, "havo/vwo")
                    for rank, school in enumerate(schools[: 5 if final else 4], start=1)
                ),
            ),
            SectionView(
                "first_choice",
                "Bij de eerste voorkeur",
                lines=_lines(
                    ("Voorrang", "broer of zus: Noë van der Æbëłğ, klas 2b"),
                    ("Een gelijkwaardige afdeling is ook goed", "ja"),
                    ("Een van een meerling", "ja"),
                    ("Alle kinderen van de meerling dit jaar op deze school", "ja"),
                ),
            ),
            *(() if final else (to_do,)),
        ),
        signatures=("Ouder/verzorger 1", "Ouder/verzorger 2") if final else (),
    )


def examples(*, kind: DocumentKind) -> tuple[Paper, ...]:
    """Every shape of a kind of PDF, with invented content: for previews and tests."""
    match kind:
        case DocumentKind.OKI_DOC:
            return (_oki_doc(),)
        case DocumentKind.APPLICATION_FORM:
            return (_application_form(final=False), _application_form(final=True))
