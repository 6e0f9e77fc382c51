"""The elements of a dossier (OSO data set 2019.1, profile PO→VO): names, versions, and their order.

Only what Loket writes has an order here. `paths` says which elements are known at all.
"""

from collections.abc import Iterator
from functools import cache

from rules.oki_doc.declared import Field, Kind, Section
from rules.oki_doc.dropped import DROPPED
from rules.oki_doc.identity import ADDRESS_ABROAD, CONTACT_WAY, CONTACT_WAYS, GUARDIAN, IDENTITY
from rules.oki_doc.sections import CATEGORIES, SECTIONS

YEAR = 2019
VERSION = "2019.1"
CHECKED_AS = "2019.1.1"
NAMESPACE = f"http://www.edustandaard.nl/oso_gegevensset/{YEAR}/dossier"
NAMESPACES = r"http://www\.edustandaard\.nl/oso_gegevensset/([0-9][0-9.]{0,9})/dossier"
"""Any version of the data set, its year or number first."""

TRANSFERS = {
    "POVO": "van basisonderwijs naar voortgezet onderwijs",
    "WECVO": "van speciaal onderwijs naar voortgezet onderwijs",
    "POPO": "tussen twee basisscholen",
    "POWEC": "van basisonderwijs naar speciaal onderwijs",
    "VSPO": "van voorschool naar basisonderwijs",
    "VSWEC": "van voorschool naar speciaal onderwijs",
    "VOVO": "tussen twee scholen voor voortgezet onderwijs",
    "VOMBO": "van voortgezet onderwijs naar mbo",
    "VOHBO": "van voortgezet onderwijs naar hbo",
    "VOWO": "van voortgezet onderwijs naar de universiteit",
    "WECWEC": "tussen twee scholen voor speciaal onderwijs",
    "WECMBO": "van speciaal onderwijs naar mbo",
    "WECHBO": "van speciaal onderwijs naar hbo",
    "WECWO": "van speciaal onderwijs naar de universiteit",
    "POSWV": "van basisonderwijs naar het samenwerkingsverband",
    "VOSWV": "van voortgezet onderwijs naar het samenwerkingsverband",
}
TAKEN = frozenset({"POVO", "WECVO"})
HANDOVERS = {
    "overstapdossier": "overstap naar een andere school",
    "overdrachtbinnenbrin": "overdracht binnen dezelfde school",
    "swv-dossier": "dossier voor het samenwerkingsverband",
}
PARTS = {
    "LASLVS": "",
    "LAS": "de toetsen uit het leerlingvolgsysteem ontbreken",
    "LVS": "alleen het leerlingvolgsysteem: ouders, adres en advies kunnen ontbreken",
    "TIB": "alleen een deel over toetsen en begeleiding",
}
ADVICE_CODES = frozenset(
    [
        "01",
        "10",
        "20",
        "21",
        "22",
        "23",
        "30",
        "31",
        "32",
        "33",
        "34",
        "35",
        "40",
        "41",
        "42",
        "43",
        "44",
        "50",
        "51",
        "52",
        "60",
        "61",
        "70",
        "80",
    ]
)

ORDER: dict[str, tuple[str, ...]] = {
    "dossier": ("metadata", "overdrachtsoort", "inzage", "huidigeschool"),
    "metadata": (
        "deeldossier",
        "pakketnaam",
        "pakketversie",
        "datum",
        "standaardversie",
        "validatieversie",
        "categorie_uitlevering",
        "overstap",
    ),
    "categorie_uitlevering": tuple(f"cat_{name}" for name in CATEGORIES),
    "inzage": ("voorlopigdossier", "inzage", "inzagedatum", "akkoord", "redennietakkoord", "toestemming"),
    "huidigeschool": ("naam", "brincode", "vestigingscode", "aanleverpunt", "leerling"),
    "leerling": (
        "voornaam",
        "voorvoegsel",
        "achternaam",
        "roepnaam",
        "geboortedatum",
        "geslacht",
        "adresgeheim",
        "adreslijst",
        "adresbuitenland",
        "bsn",
        "leerlingid",
        "overstapadvies",
        "schoolloopbaanlijst",
        "onderwijsondersteuning",
        "verzuim",
        "eindtoets_basisonderwijs",
        "toetslijst",
        "cijferlijstlijst",
        "overigdocumentlijst",
        "verzorger",
    ),
    "adres": (
        "soortadres",
        "straat",
        "nummer",
        "toevoeging",
        "aanduiding",
        "locatieomschrijving",
        "postcode",
        "plaats",
        "land",
    ),
    "overstapadvies": (
        "advies",
        "wensouders",
        "wensleerling",
        "herzienadvies",
        "motivatie_herzienadvies",
        "profiel",
        "argumentatie",
        "contactnodig",
        "contactpersoon",
        "contacttelefoon",
        "contactemail",
        "aandachtspunten",
    ),
    "schoolloopbaan": (
        "schooljaar",
        "groepscode",
        "groepsnaam",
        "jaargroep",
        "begindatum",
        "einddatum",
        "brincode",
        "vestigingscode",
        "schoolsoort",
        "schooltype",
        "schoolsoortomschrijving",
    ),
    "onderwijsondersteuning": (
        "toelichting_onderwijsbehoeften",
        "diagnose",
        "medicijngebruik",
        "handelingsplan",
        "opp",
        "tlv",
        "arrangement_cluster12",
        "arrangement_pao",
        "lwoo",
    ),
    "diagnose": ("code", "naam", "datum", "doorwie", "instantie", "document"),
    "handelingsplan": ("startdatum", "einddatum", "isgerichtop", "document"),
    "opp": ("opp_ingangdatum", "opp_einddatum", "document"),
    "tlv": (
        "tlvingangdatum",
        "tlvswvnummer",
        "tlvcategorie",
        "tlvbeschikkingsnummer",
        "tlveinddatum",
        "document",
    ),
    "arrangement_cluster12": ("arrangement_datum", "arrangement_brin", "arrangement_vestigingscode"),
    "arrangement_pao": (
        "arrangement_datum",
        "arrangement_kenmerk",
        "arrangement_beschikkingsnr",
        "arrangement_einddatum",
    ),
    "lwoo": (
        "lwoo_ingangdatum",
        "lwoo_swvnummer",
        "lwoo_beschikkingsnummer",
        "lwoo_einddatum",
        "document",
    ),
    "verzuim": (
        "dagdelengeoorloofd",
        "dagdelenongeoorloofd",
        "urengeoorloofd",
        "urenongeoorloofd",
        "meerdan25percent",
        "frequentie",
        "contactleerplicht",
        "rmcmelding",
        "documentLijst",
    ),
    "eindtoets_basisonderwijs": ("eindtoetsresultaat", "deelgenomen", "document"),
    "eindtoetsresultaat": (
        "toetssoort",
        "toetsniveau",
        "toetsomschrijving",
        "datum_afname",
        "wettelijke_ontheffing",
        "standaardscore",
        "toets_advies",
        "onderdelen",
    ),
    # Of the transfer test, and of a report.
    "onderdeel": (
        "onderdeelcode",
        "onderdeelomschrijving",
        "ond_referentieniveau",
        "domeinen",
        "naam",
        "score",
        "afnamedatum",
        "jaargroep",
        "periode",
    ),
    "domein": ("domeincode", "domeinomschrijving", "dom_referentieniveau"),
    "toets": ("toetsidentificatie", "afname", "resultaat", "toetsonderdeel", "opmerking"),
    "toetsidentificatie": ("eldtoetscode", "leergebied", "toetsnaam", "toetsversie"),
    "afname": ("afnamedatum", "jaargroep", "dl", "afgenomendoor"),
    "afgenomendoor": ("naammedewerker", "functie", "werktbijinstelling"),
    "resultaat": ("toetsscore", "referentiescore", "document"),
    "toetsscore": (
        "aantalopgaven",
        "aantalgoed",
        "aantalfout",
        "aantalgelezen",
        "tijd",
        "vaardigheidsscore",
        "codevaardigheidsschaal",
        "betrouwbaarheidsinterval",
    ),
    "betrouwbaarheidsinterval": ("bivlaag", "bivhoog"),
    "referentiescore": ("codereferentiescore", "codevergelijkingsgroep", "waarde", "kwalificatie"),
    "toetsonderdeel": ("eldonderdeelcode", "onderdeelnaam", "resultaat"),
    "cijferlijst": ("cijferlijstTypelijst", "afnamedatum", "jaargroep", "periode"),
    "score": ("waarde", "kwalificatie"),
    "document": ("bestandsnaam", "omschrijving", "bestandsinhoud"),
    "verzorger": (
        "voornaam",
        "voorletters-1",
        "voorvoegsel",
        "achternaam",
        "communicatielijst",
        "relatietotkind",
        "overleden",
        "wettigevertegenwoordiger",
    ),
    "communicatie": ("soort", "aanduiding", "nummer", "geheim"),
}
"""The children of an element as the standard orders them. What has one kind of child needs no row."""

_OF_THE_FILE = (
    "metadata/deeldossier",
    "metadata/pakketnaam",
    "metadata/pakketversie",
    "metadata/datum",
    "metadata/standaardversie",
    "metadata/validatieversie",
    "metadata/overstap",
    "overdrachtsoort",
    *(f"metadata/categorie_uitlevering/cat_{name}" for name in CATEGORIES),
    "metadata/categorie_uitlevering/cat_zorgenbegeleiding",
)


def leaves(section: Section) -> Iterator[tuple[str, Field]]:
    """Every field of a section with its whole path; of rows inside it too."""
    yield from _leaves(section.oso, section.fields)


def _leaves(base: str, fields: tuple[Field, ...]) -> Iterator[tuple[str, Field]]:
    for one in fields:
        if not one.oso:
            continue
        path = f"{base}/{one.oso}"
        if one.kind is Kind.ROWS:
            yield from _leaves(path, one.rows_of.fields)
        else:
            yield path, one


@cache
def kept() -> dict[str, Field]:
    """The paths of all that is kept, each with its field."""
    found = dict(leaf for section in (*IDENTITY, *SECTIONS) for leaf in leaves(section) if section.oso)
    pupil = next(section for section in IDENTITY if section.name == "pupil")
    found[f"{pupil.oso}/{ADDRESS_ABROAD.oso}"] = ADDRESS_ABROAD
    found |= {f"{GUARDIAN.oso}/{CONTACT_WAYS}/{one.oso}": one for one in CONTACT_WAY}
    return found


@cache
def paths() -> frozenset[str]:
    """Every element a dossier may hold, with the elements around it."""
    whole = [*kept(), *_OF_THE_FILE, *(path for one in DROPPED for path in one.paths)]
    whole += [
        f"{path.rpartition('/')[0]}/bestandsinhoud" for path in kept() if path.endswith("/bestandsnaam")
    ]
    found = set(whole)
    for path in whole:
        while path := path.rpartition("/")[0]:
            found.add(path)
    return frozenset(found)
