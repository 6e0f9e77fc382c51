"""Where a dossier keeps what has a table of its own: school, pupil, addresses, guardians, transfer test.

`name` is the column. What is not declared here or in the sections is in `dropped.py`, with the reason.
"""

from rules.oki_doc.declared import UNKNOWN, Field, Kind, Row, Section, documents

_SCHOOL = "huidigeschool"
_PUPIL = f"{_SCHOOL}/leerling"

GENDERS = {"V": "vrouw", "M": "man", "O": "onbekend"}
_GENDERS_SPELLED = {"0": "O", "1": "V", "2": "M"}
RELATIONS = {
    "1": "vader",
    "2": "moeder",
    "3": "voogd",
    "5": "anders",
    "6": "adoptiemoeder",
    "7": "biologische moeder",
}
"""The codes whose meaning is published; 4, 8 and 9 exist too, and come in as their code."""
ADDRESS_KINDS = {"bezoek": "woonadres", "gba": "adres in de basisregistratie", "post": "postadres"}
ABROAD = "buiten"
MOST_GUARDIANS = 10

SCHOOL = Section(
    name="school",
    title="Basisschool",
    oso=_SCHOOL,
    category="school",
    fields=(
        Field(name="name", label="Naam", longest=120, oso="naam", required=True, fallback=UNKNOWN),
        Field(name="brin", label="BRIN", longest=4, oso="brincode", required=True, shape=r"[0-9]{2}[A-Z]{2}"),
        Field(
            name="location",
            label="Vestiging",
            longest=2,
            oso="vestigingscode",
            required=True,
            fallback="00",
            shape=r"[0-9]{2}",
        ),
    ),
)

PUPIL = Section(
    name="pupil",
    title="Leerling",
    oso=_PUPIL,
    category="leerling",
    fields=(
        Field(name="official_names", label="Voornamen", oso="voornaam", joined=" "),
        Field(name="infix", label="Tussenvoegsel", longest=40, oso="voorvoegsel"),
        Field(
            name="last_name",
            label="Achternaam",
            longest=120,
            oso="achternaam",
            required=True,
            fallback="-",
        ),
        Field(name="first_name", label="Roepnaam", longest=100, oso="roepnaam"),
        Field(name="birth_date", label="Geboortedatum", kind=Kind.DAY, oso="geboortedatum"),
        Field(
            name="gender",
            label="Geslacht",
            kind=Kind.CODE,
            longest=1,
            codes=GENDERS,
            oso="geslacht",
            spelled=_GENDERS_SPELLED,
        ),
        Field(name="secret", label="Het adres is geheim", kind=Kind.FLAG, oso="adresgeheim"),
        Field(name="bsn", label="BSN", longest=20, oso="bsn"),
        Field(name="school_key", label="Sleutel in de leerlingadministratie", longest=60, oso="leerlingid"),
    ),
)

ADDRESS = Section(
    name="address",
    title="Adressen van de leerling",
    many=True,
    most=5,
    oso=f"{_PUPIL}/adreslijst/adres",
    category="leerling",
    fields=(
        Field(
            name="kind",
            label="Soort adres",
            kind=Kind.CODE,
            longest=10,
            codes=ADDRESS_KINDS,
            oso="soortadres",
            required=True,
            fallback="bezoek",
        ),
        Field(name="street", label="Straat", longest=120, oso="straat", required=True, fallback=UNKNOWN),
        Field(name="number", label="Huisnummer", longest=20, oso="nummer", required=True, fallback=UNKNOWN),
        Field(name="addition", label="Toevoeging", longest=12, oso="toevoeging"),
        Field(name="beside", label="Aanduiding bij het huisnummer", longest=10, oso="aanduiding"),
        Field(name="detail", label="Omschrijving van de plek", longest=35, oso="locatieomschrijving"),
        Field(name="postcode", label="Postcode", longest=12, oso="postcode", required=True, fallback=UNKNOWN),
        Field(name="city", label="Woonplaats", longest=80, oso="plaats", required=True, fallback=UNKNOWN),
        Field(name="country", label="Land", longest=60, oso="land"),
    ),
)
ADDRESS_ABROAD = Field(
    name="lines", label="Adres in het buitenland", longest=120, oso="adresbuitenland", joined=" / "
)

GUARDIAN = Section(
    name="guardian",
    title="Ouders en verzorgers",
    many=True,
    most=MOST_GUARDIANS,
    oso=f"{_PUPIL}/verzorger",
    category="oudersverzorgers",
    fields=(
        Field(name="first_name", label="Voornaam", longest=100, oso="voornaam", joined=" "),
        Field(name="initials", label="Voorletters", longest=40, oso="voorletters-1"),
        Field(name="infix", label="Tussenvoegsel", longest=40, oso="voorvoegsel"),
        Field(
            name="last_name",
            label="Achternaam",
            longest=120,
            oso="achternaam",
            required=True,
            fallback="-",
        ),
        Field(
            name="relation",
            label="Relatie",
            kind=Kind.CODE,
            longest=20,
            codes=RELATIONS,
            open=True,
            oso="relatietotkind",
        ),
        Field(name="deceased", label="Overleden", kind=Kind.FLAG, oso="overleden"),
        Field(
            name="legal_representative",
            label="Wettelijk gezag",
            kind=Kind.FLAG,
            oso="wettigevertegenwoordiger",
            required=True,
            fallback="false",
        ),
    ),
)

CONTACT_WAYS = "communicatielijst/communicatie"
"""Where a guardian's first telephone number and e-mail address that are not secret come from."""
CONTACT_WAY = (
    Field(name="sort", label="Soort", longest=20, oso="soort"),
    Field(name="use", label="Aanduiding", longest=20, oso="aanduiding"),
    Field(name="value", label="Nummer of adres", longest=254, oso="nummer"),
    Field(name="secret", label="Geheim", kind=Kind.FLAG, oso="geheim"),
)
SECRET_VALUES = frozenset({"9999999999", "geheim@geheim.geheim"})
"""What the standard writes in place of a number or address that is secret."""

LEVELS = {"01": "lager dan 1F", "02": "1F", "03": "1S", "04": "2F"}


def _level(oso: str) -> Field:
    return Field(
        name="level",
        label="Referentieniveau",
        kind=Kind.CODE,
        longest=10,
        codes=LEVELS,
        open=True,
        oso=oso,
    )


DOMAIN = Row(
    name="testDomain",
    title="Domein van de toets",
    said=("description", "code", "level"),
    fields=(
        Field(name="code", label="Code", longest=20, oso="domeincode", required=True, fallback=""),
        Field(name="description", label="Domein", oso="domeinomschrijving"),
        _level("dom_referentieniveau"),
    ),
)
TEST_PART = Row(
    name="transferTestPart",
    title="Onderdeel van de toets",
    said=("description", "code", "level", "domains"),
    fields=(
        Field(name="code", label="Code", longest=20, oso="onderdeelcode", required=True, fallback=""),
        Field(name="description", label="Onderdeel", oso="onderdeelomschrijving"),
        _level("ond_referentieniveau"),
        Field(name="domains", label="Domeinen", kind=Kind.ROWS, row=DOMAIN, oso="domeinen/domein", most=20),
    ),
)
_RESULT = "eindtoetsresultaat"

TEST = Section(
    name="test",
    title="Eindtoets of doorstroomtoets",
    oso=f"{_PUPIL}/eindtoets_basisonderwijs",
    category="eindtoetsbo",
    always=(f"{_RESULT}/onderdelen",),
    fields=(
        Field(
            name="participated",
            label="Heeft meegedaan",
            kind=Kind.FLAG,
            oso="deelgenomen",
            required=True,
            fallback="true",
        ),
        Field(
            name="kind",
            label="Soort toets",
            kind=Kind.CODE,
            longest=20,
            codes={"0011": "Centrale eindtoets", "0012": "Route 8", "0013": "IEP"},
            open=True,
            oso=f"{_RESULT}/toetssoort",
            required=True,
            fallback="",
        ),
        Field(
            name="test_level",
            label="Niveau van de toets",
            kind=Kind.CODE,
            longest=20,
            codes={"B": "basis", "E": "eenvoudig"},
            open=True,
            oso=f"{_RESULT}/toetsniveau",
            required=True,
            fallback="",
        ),
        Field(name="description", label="Omschrijving", oso=f"{_RESULT}/toetsomschrijving"),
        Field(name="taken_on", label="Datum", kind=Kind.DAY, oso=f"{_RESULT}/datum_afname", required=True),
        Field(
            name="exempt",
            label="Wettelijke ontheffing",
            kind=Kind.FLAG,
            oso=f"{_RESULT}/wettelijke_ontheffing",
            spelled={"J": "true", "N": "false"},
        ),
        Field(
            name="score",
            label="Standaardscore",
            kind=Kind.NUMBER,
            longest=1000,
            oso=f"{_RESULT}/standaardscore",
        ),
        Field(name="advice", label="Toetsadvies", longest=1024, oso=f"{_RESULT}/toets_advies"),
        Field(
            name="parts",
            label="Onderdelen",
            kind=Kind.ROWS,
            row=TEST_PART,
            oso=f"{_RESULT}/onderdelen/onderdeel",
            most=20,
        ),
        documents(),
    ),
)

IDENTITY = (SCHOOL, PUPIL, ADDRESS, GUARDIAN, TEST)
