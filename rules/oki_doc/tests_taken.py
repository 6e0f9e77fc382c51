"""Tests of the pupil monitoring system, and reports."""

from rules.oki_doc.declared import UNKNOWN, Field, Kind, Row, Section, documents

_PUPIL = "huidigeschool/leerling"
YEAR_GROUP = Field(name="year_group", label="Jaargroep", longest=10, oso="jaargroep")


def _count(name: str, label: str, oso: str) -> Field:
    return Field(name=name, label=label, kind=Kind.NUMBER, longest=100_000, oso=f"resultaat/toetsscore/{oso}")


def _measure(name: str, label: str, oso: str, *, required: bool = False) -> Field:
    return Field(
        name=name,
        label=label,
        kind=Kind.DECIMAL,
        longest=1_000_000,
        oso=f"resultaat/toetsscore/{oso}",
        required=required,
    )


REFERENCE = Row(
    name="referenceScore",
    title="Referentiescore",
    said=("code", "value", "group", "qualification"),
    fields=(
        Field(
            name="code",
            label="Soort",
            longest=40,
            oso="codereferentiescore",
            required=True,
            fallback=UNKNOWN,
        ),
        Field(
            name="group",
            label="Vergeleken met",
            longest=40,
            oso="codevergelijkingsgroep",
            required=True,
            fallback=UNKNOWN,
        ),
        Field(name="value", label="Waarde", longest=60, oso="waarde", required=True),
        Field(name="qualification", label="Kwalificatie", oso="kwalificatie"),
    ),
)

RESULT = (
    Field(
        name="references",
        label="Scores",
        kind=Kind.ROWS,
        row=REFERENCE,
        oso="resultaat/referentiescore",
        most=50,
    ),
    _count("items", "Aantal opgaven", "aantalopgaven"),
    _count("right", "Aantal goed", "aantalgoed"),
    _count("wrong", "Aantal fout", "aantalfout"),
    _count("read", "Aantal gelezen", "aantalgelezen"),
    _measure("seconds", "Tijd in seconden", "tijd"),
    _measure("ability", "Vaardigheidsscore", "vaardigheidsscore"),
    Field(
        name="scale",
        label="Schaal",
        longest=40,
        oso="resultaat/toetsscore/codevaardigheidsschaal",
    ),
    _measure("interval_low", "Interval van", "betrouwbaarheidsinterval/bivlaag", required=True),
    _measure("interval_high", "Interval tot", "betrouwbaarheidsinterval/bivhoog", required=True),
    documents(oso="resultaat/document", most=1),
)
"""What a test says, as a whole or of one part."""

PART = Row(
    name="testPart",
    title="Onderdeel van een toets",
    said=("name", "references"),
    fields=(
        Field(
            name="code",
            label="Code",
            longest=80,
            oso="eldonderdeelcode",
            required=True,
            fallback=UNKNOWN,
        ),
        Field(name="name", label="Onderdeel", longest=300, oso="onderdeelnaam"),
        *RESULT,
    ),
)

_LVS = Section(
    name="lvs_tests",
    title="Toetsen uit het leerlingvolgsysteem",
    many=True,
    most=400,
    columns=("taken_on", "name", "year_group", "references"),
    oso=f"{_PUPIL}/toetslijst/toets",
    category="toetsresultaten",
    always=("toetsidentificatie", "afname", "resultaat"),
    fields=(
        Field(name="taken_on", label="Datum", kind=Kind.DAY, oso="afname/afnamedatum", required=True),
        Field(
            name="code",
            label="Toetscode",
            longest=80,
            oso="toetsidentificatie/eldtoetscode",
            required=True,
            fallback=UNKNOWN,
        ),
        Field(name="name", label="Toets", longest=400, oso="toetsidentificatie/toetsnaam"),
        Field(name="version", label="Versie", longest=120, oso="toetsidentificatie/toetsversie"),
        Field(name="subject", label="Leergebied", longest=120, oso="toetsidentificatie/leergebied"),
        Field(name="year_group", label="Groep", longest=10, oso="afname/jaargroep"),
        Field(
            name="months_taught",
            label="Didactische leeftijd in maanden",
            kind=Kind.NUMBER,
            longest=200,
            oso="afname/dl",
        ),
        Field(
            name="taken_by",
            label="Afgenomen door",
            oso="afname/afgenomendoor/naammedewerker",
            required=True,
            fallback=UNKNOWN,
        ),
        Field(name="taken_by_function", label="Functie", oso="afname/afgenomendoor/functie"),
        Field(
            name="taken_at",
            label="Instelling",
            oso="afname/afgenomendoor/werktbijinstelling/instelling/naam",
            required=True,
        ),
        *RESULT,
        Field(
            name="parts",
            label="Onderdelen",
            kind=Kind.ROWS,
            row=PART,
            oso="toetsonderdeel",
            most=50,
            always=("resultaat",),
        ),
        Field(name="remark", label="Opmerking", kind=Kind.TEXT, longest=4000, oso="opmerking"),
    ),
)

MARK = Row(
    name="reportMark",
    title="Beoordeling",
    said=("value", "qualification"),
    fields=(
        Field(name="value", label="Waarde", longest=60, oso="waarde"),
        Field(name="qualification", label="Kwalificatie", oso="kwalificatie"),
    ),
)
SUBJECT = Row(
    name="reportSubject",
    title="Vak op een rapport",
    said=("name", "value", "qualification"),
    fields=(
        Field(name="name", label="Vak", oso="naam", required=True),
        Field(name="value", label="Waarde", longest=60, oso="score/waarde"),
        Field(name="qualification", label="Kwalificatie", oso="score/kwalificatie"),
        Field(name="marked_on", label="Datum", kind=Kind.DAY, oso="afnamedatum"),
        YEAR_GROUP,
        Field(name="period", label="Periode", longest=60, oso="periode"),
    ),
)
LIST = Row(
    name="reportList",
    title="Lijst op een rapport",
    said=("name", "marks", "subjects"),
    fields=(
        Field(name="name", label="Naam", oso="naam", required=True, fallback=UNKNOWN),
        Field(
            name="subjects",
            label="Vakken",
            kind=Kind.ROWS,
            row=SUBJECT,
            oso="onderdeel",
            most=60,
            always=("score",),
        ),
        Field(
            name="marks",
            label="Totaal",
            kind=Kind.ROWS,
            row=MARK,
            oso="score",
            most=20,
            required=True,
            fallback="",
        ),
    ),
)
_REPORTS = Section(
    name="reports",
    title="Cijferlijsten",
    many=True,
    most=40,
    columns=("reported_on", "year_group", "period", "lists"),
    oso=f"{_PUPIL}/cijferlijstlijst/cijferlijst",
    category="cijferlijsten",
    fields=(
        Field(name="reported_on", label="Datum", kind=Kind.DAY, oso="afnamedatum"),
        Field(name="year_group", label="Jaargroep", longest=10, oso="jaargroep", required=True, fallback=""),
        Field(name="period", label="Periode", longest=60, oso="periode"),
        Field(
            name="lists",
            label="Cijfers",
            kind=Kind.ROWS,
            row=LIST,
            oso="cijferlijstTypelijst",
            starts="naam",
            most=20,
            required=True,
        ),
    ),
)

TESTS_TAKEN: tuple[Section, ...] = (_LVS, _REPORTS)
