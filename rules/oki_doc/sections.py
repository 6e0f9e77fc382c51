"""What an Oki-doc holds (domain: the PO→VO profile of the OSO data set), section by section.

Declared once: editing, checking, showing, printing, reading and writing dossiers, and the page on privacy all
read these rows. Identity, addresses, guardians and the transfer test stand in `identity.py`: they have tables
of their own.
"""

from rules.oki_doc.declared import UNKNOWN, Field, Kind, Section, documents
from rules.oki_doc.support import SUPPORT
from rules.oki_doc.tests_taken import TESTS_TAKEN

AGREED = {"JA": "ja", "NEE": "nee", "ONBEKEND": "onbekend"}
AS_SPELLED = {"Ja": "JA", "Nee": "NEE", "Onbekend": "ONBEKEND"}
PUPIL = "huidigeschool/leerling"
ADVICE = f"{PUPIL}/overstapadvies"

CATEGORIES = {
    "metadata": "gegevens over het dossier",
    "ouderinzage": "inzage van de ouders",
    "school": "school",
    "leerling": "leerling",
    "oudersverzorgers": "ouders en verzorgers",
    "vve": "voor- en vroegschoolse educatie",
    "schoolloopbaan": "schoolloopbaan",
    "overstapadvies": "advies",
    "onderwijsondersteuning": "ondersteuning",
    "verzuim": "verzuim",
    "eindtoetsbo": "eindtoets of doorstroomtoets",
    "toetsresultaten": "toetsen uit het leerlingvolgsysteem",
    "handelingsplannen": "handelingsplannen",
    "cijferlijsten": "cijferlijsten",
    "vombo": "overstap van vo naar mbo",
    "bijlagedocs": "andere documenten",
}
"""What a dossier's metadata calls `cat_…`, in the order of the standard."""

_WITHHELD = Section(
    name="withheld",
    title="Niet meegegeven",
    many=True,
    most=len(CATEGORIES),
    fields=(
        Field(name="category", label="Onderdeel", kind=Kind.CODE, codes=CATEGORIES),
        Field(
            name="choice",
            label="Waarom",
            kind=Kind.CODE,
            codes={"OPT-UIT": "uitgezet door de school of de ouders", "VERBODEN": "mag niet worden gedeeld"},
        ),
    ),
)
_INSPECTION = Section(
    name="inspection",
    title="Inzage en zienswijze van de ouders",
    oso="inzage",
    category="ouderinzage",
    fields=(
        Field(
            name="provisional",
            label="Het dossier is nog voorlopig",
            kind=Kind.FLAG,
            oso="voorlopigdossier",
            required=True,
            fallback="false",
        ),
        Field(name="seen", label="Ouders hebben het Oki-doc ingezien", kind=Kind.FLAG, oso="inzage"),
        Field(name="seen_on", label="Datum van inzage", kind=Kind.DAY, oso="inzagedatum"),
        Field(
            name="agreed",
            label="Ouders zijn akkoord",
            kind=Kind.CODE,
            codes=AGREED,
            oso="akkoord",
            spelled=AS_SPELLED,
        ),
        Field(
            name="reason_not_agreed",
            label="Reden niet akkoord",
            kind=Kind.TEXT,
            longest=8000,
            oso="redennietakkoord",
        ),
        Field(
            name="consent",
            label="Toestemming om te delen met het VO",
            kind=Kind.CODE,
            codes=AGREED,
            oso="toestemming",
            spelled=AS_SPELLED,
        ),
    ),
)
_CONTACT = Section(
    name="contact",
    title="Contact op de basisschool",
    oso=ADVICE,
    category="overstapadvies",
    fields=(
        Field(name="needed", label="Contact met het VO is gewenst", kind=Kind.FLAG, oso="contactnodig"),
        Field(name="person", label="Contactpersoon", longest=120, oso="contactpersoon"),
        Field(name="phone", label="Telefoon", longest=30, oso="contacttelefoon"),
        Field(name="email", label="E-mailadres", longest=254, oso="contactemail"),
    ),
)
_CAREER = Section(
    name="career",
    title="Schoolloopbaan",
    many=True,
    most=40,
    columns=("school_year", "year_group", "group_code", "group_name", "begins_on", "ends_on", "brin"),
    oso=f"{PUPIL}/schoolloopbaanlijst/schoolloopbaan",
    category="schoolloopbaan",
    fields=(
        Field(
            name="school_year",
            label="Schooljaar",
            longest=9,
            oso="schooljaar",
            required=True,
            shape=r"[0-9]{4}-[0-9]{4}",
        ),
        Field(
            name="group_code",
            label="Groepscode",
            longest=40,
            oso="groepscode",
            required=True,
            fallback=UNKNOWN,
        ),
        Field(name="group_name", label="Groep", longest=80, oso="groepsnaam"),
        Field(name="year_group", label="Jaargroep", longest=10, oso="jaargroep", required=True, fallback=""),
        Field(name="begins_on", label="Van", kind=Kind.DAY, oso="begindatum"),
        Field(name="ends_on", label="Tot", kind=Kind.DAY, oso="einddatum"),
        Field(
            name="brin",
            label="School (BRIN)",
            longest=6,
            oso="brincode",
            required=True,
            shape=r"[0-9]{2}[A-Z]{2}",
        ),
        Field(
            name="location",
            label="Vestiging",
            longest=2,
            oso="vestigingscode",
            required=True,
            fallback="00",
            shape=r"[0-9]{2}",
        ),
        Field(name="school_kind", label="Schoolsoort", longest=40, oso="schoolsoort"),
        Field(name="school_type", label="Schooltype", longest=40, oso="schooltype"),
        Field(name="school_description", label="Omschrijving school", oso="schoolsoortomschrijving"),
    ),
)
_ADVICE = Section(
    name="advice",
    title="Advies en wensen",
    oso=ADVICE,
    category="overstapadvies",
    fields=(
        Field(
            name="school_advice",
            label="Schooladvies in de leerlingadministratie",
            kind=Kind.ADVICE,
            longest=60,
            oso="advies",
        ),
        Field(
            name="wish_parents", label="Wens van de ouders", kind=Kind.ADVICE, longest=60, oso="wensouders"
        ),
        Field(
            name="wish_pupil", label="Wens van de leerling", kind=Kind.ADVICE, longest=60, oso="wensleerling"
        ),
        Field(name="revised", label="Herzien advies", kind=Kind.ADVICE, longest=60, oso="herzienadvies"),
        Field(
            name="revision_motivation",
            label="Motivatie herziening",
            kind=Kind.TEXT,
            longest=8000,
            oso="motivatie_herzienadvies",
        ),
        Field(
            name="profile",
            label="Profiel",
            kind=Kind.CODE,
            longest=40,
            open=True,
            codes={
                "basis": "basis",
                "plus": "plus",
                "bespreek": "bespreek",
                "disharmonisch": "disharmonisch",
                "ondersteuning": "ondersteuning",
            },
            oso="profiel",
        ),
        Field(
            name="motivation",
            label="Onderbouwing van het advies",
            kind=Kind.TEXT,
            longest=20_000,
            oso="argumentatie",
        ),
        Field(
            name="points_of_attention",
            label="Aandachtspunten",
            kind=Kind.TEXT,
            longest=280,
            oso="aandachtspunten",
        ),
    ),
)
_ABSENCE = Section(
    name="absence",
    title="Verzuim in de laatste twaalf maanden",
    oso=f"{PUPIL}/verzuim",
    category="verzuim",
    fields=(
        *(
            Field(name=name, label=label, kind=Kind.NUMBER, longest=9999, oso=oso)
            for name, label, oso in (
                ("half_days_authorised", "Dagdelen geoorloofd", "dagdelengeoorloofd"),
                ("half_days_unauthorised", "Dagdelen ongeoorloofd", "dagdelenongeoorloofd"),
                ("hours_authorised", "Uren geoorloofd", "urengeoorloofd"),
                ("hours_unauthorised", "Uren ongeoorloofd", "urenongeoorloofd"),
            )
        ),
        Field(
            name="over_quarter",
            label="Meer dan 25 procent van de lestijd",
            kind=Kind.FLAG,
            oso="meerdan25percent",
        ),
        Field(
            name="times",
            label="Aantal keren ongeoorloofd",
            kind=Kind.NUMBER,
            longest=9999,
            oso="frequentie",
        ),
        Field(
            name="attendance_officer",
            label="Contact met de leerplichtambtenaar",
            kind=Kind.FLAG,
            oso="contactleerplicht",
        ),
        Field(name="reported", label="Gemeld bij het RMC", kind=Kind.FLAG, oso="rmcmelding"),
        documents(oso="documentLijst/document"),
    ),
)
_DOCUMENTS = Section(
    name="documents",
    title="Andere documenten",
    many=True,
    most=40,
    oso=f"{PUPIL}/overigdocumentlijst/document",
    category="bijlagedocs",
    fields=documents().rows_of.fields,
)

SECTIONS: tuple[Section, ...] = (
    _WITHHELD,
    _INSPECTION,
    _CONTACT,
    _CAREER,
    _ADVICE,
    *SUPPORT,
    _ABSENCE,
    *TESTS_TAKEN,
    _DOCUMENTS,
)
