"""The support a child gets: plans, statements, arrangements, diagnoses."""

from rules.oki_doc.declared import UNKNOWN, Field, Kind, Section, documents

_BASE = "huidigeschool/leerling/onderwijsondersteuning"
_CATEGORY = "onderwijsondersteuning"
BRIN = r"[0-9]{2}[A-Z]{2}"
LOCATION = r"[0-9]{2}"


def _day(name: str, label: str, oso: str, *, required: bool = False, shape: str = "") -> Field:
    return Field(name=name, label=label, kind=Kind.DAY, oso=oso, required=required, shape=shape)


def _must(name: str, label: str, oso: str, *, longest: int = 200) -> Field:
    return Field(name=name, label=label, longest=longest, oso=oso, required=True, fallback=UNKNOWN)


SUPPORT: tuple[Section, ...] = (
    Section(
        name="support",
        title="Ondersteuning",
        oso=_BASE,
        category=_CATEGORY,
        fields=(
            Field(
                name="medication",
                label="Gebruikt medicijnen die voor het leren van belang zijn",
                kind=Kind.FLAG,
                oso="medicijngebruik",
            ),
            documents(oso="toelichting_onderwijsbehoeften/document", most=1),
        ),
    ),
    Section(
        name="perspective_plan",
        title="Ontwikkelingsperspectief",
        oso=f"{_BASE}/opp",
        category=_CATEGORY,
        fields=(
            _day("begins_on", "Van", "opp_ingangdatum", required=True),
            _day("ends_on", "Tot", "opp_einddatum"),
            documents(),
        ),
    ),
    Section(
        name="plans",
        title="Handelingsplannen",
        many=True,
        most=40,
        oso=f"{_BASE}/handelingsplan",
        category="handelingsplannen",
        fields=(
            _day("begins_on", "Van", "startdatum", required=True),
            _day("ends_on", "Tot", "einddatum"),
            _must("aimed_at", "Gericht op", "isgerichtop"),
            documents(most=1),
        ),
    ),
    Section(
        name="statements",
        title="Toelaatbaarheidsverklaringen (TLV)",
        many=True,
        most=20,
        oso=f"{_BASE}/tlv",
        category=_CATEGORY,
        fields=(
            _day("begins_on", "Geldig van", "tlvingangdatum", required=True),
            _day("ends_on", "Geldig tot", "tlveinddatum"),
            _must("partnership", "Samenwerkingsverband", "tlvswvnummer", longest=40),
            Field(
                name="category",
                label="Categorie",
                kind=Kind.CODE,
                longest=20,
                open=True,
                codes={"L": "laag", "M": "midden", "H": "hoog", "Nvt": "niet van toepassing"},
                oso="tlvcategorie",
                required=True,
                fallback=UNKNOWN,
            ),
            _must("number", "Beschikkingsnummer", "tlvbeschikkingsnummer", longest=80),
            documents(most=1),
        ),
    ),
    Section(
        name="cluster_arrangements",
        title="Arrangementen van cluster 1 en 2",
        many=True,
        most=20,
        oso=f"{_BASE}/arrangement_cluster12",
        category=_CATEGORY,
        fields=(
            _day("begins_on", "Van", "arrangement_datum", required=True),
            Field(name="brin", label="School (BRIN)", longest=4, oso="arrangement_brin", shape=BRIN),
            Field(
                name="location",
                label="Vestiging",
                longest=2,
                oso="arrangement_vestigingscode",
                shape=LOCATION,
            ),
        ),
    ),
    Section(
        name="arrangements",
        title="Arrangementen in het passend onderwijs",
        many=True,
        most=20,
        oso=f"{_BASE}/arrangement_pao",
        category=_CATEGORY,
        fields=(
            _day("begins_on", "Van", "arrangement_datum", required=True),
            _day("ends_on", "Tot", "arrangement_einddatum"),
            Field(name="feature", label="Kenmerk", longest=1000, oso="arrangement_kenmerk"),
            Field(name="number", label="Beschikkingsnummer", longest=80, oso="arrangement_beschikkingsnr"),
        ),
    ),
    Section(
        name="learning_support",
        title="Aanwijzing leerwegondersteuning (lwoo)",
        oso=f"{_BASE}/lwoo",
        category=_CATEGORY,
        fields=(
            _day("begins_on", "Van", "lwoo_ingangdatum", required=True),
            _day("ends_on", "Tot", "lwoo_einddatum", shape=r"[0-9]{4}-07-31"),
            _must("partnership", "Samenwerkingsverband", "lwoo_swvnummer", longest=40),
            _must("number", "Beschikkingsnummer", "lwoo_beschikkingsnummer", longest=80),
            documents(most=1),
        ),
    ),
    Section(
        name="diagnoses",
        title="Diagnoses",
        many=True,
        most=20,
        oso=f"{_BASE}/diagnose",
        category=_CATEGORY,
        fields=(
            Field(
                name="codes",
                label="Code",
                oso="code",
                joined=", ",
                required=True,
                fallback=UNKNOWN,
            ),
            Field(name="name", label="Naam", longest=400, oso="naam"),
            _day("established_on", "Datum", "datum"),
            Field(name="established_by", label="Door wie", oso="doorwie"),
            Field(name="institution", label="Instantie", oso="instantie"),
            documents(),
        ),
    ),
)

SENSITIVE = frozenset({"support", "diagnoses"})
"""What only the school of the enrolment reads, besides PO and the parents: diagnoses and medication."""
