"""A dossier of an invented child, written by hand: every element that Loket keeps, and many that it does not."""

import base64
import io
import zipfile

NAMESPACE = "http://www.edustandaard.nl/oso_gegevensset/2019/dossier"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def packed(
    content: bytes,
    *,
    name: str = "bestand.pdf",
    method: int = zipfile.ZIP_DEFLATED,
    others: tuple[tuple[str, bytes], ...] = (),
) -> str:
    """A ZIP with one file, or more, as base64."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as archive:
        for one, inside in ((name, content), *others):
            archive.writestr(zipfile.ZipInfo(one), inside, compress_type=method)
    return base64.b64encode(kept.getvalue()).decode()


def document(*, name: str = "bestand.pdf", description: str = "", content: str | None = None) -> str:
    told = f"<omschrijving>{description}</omschrijving>" if description else ""
    inside = packed(PDF) if content is None else content
    return f"<document><bestandsnaam>{name}</bestandsnaam>{told}<bestandsinhoud>{inside}</bestandsinhoud></document>"


CHOICES = {
    "metadata": "VERPLICHT", "ouderinzage": "VERPLICHT", "school": "VERPLICHT", "leerling": "VERPLICHT",
    "oudersverzorgers": "VERPLICHT", "vve": "VERBODEN", "schoolloopbaan": "VERPLICHT",
    "overstapadvies": "VERPLICHT", "onderwijsondersteuning": "OPTIONEEL", "verzuim": "OPTIONEEL",
    "eindtoetsbo": "OPTIONEEL", "toetsresultaten": "OPTIONEEL", "handelingsplannen": "OPTIONEEL",
    "cijferlijsten": "OPTIONEEL", "vombo": "VERBODEN", "bijlagedocs": "OPTIONEEL",
}  # fmt: skip

INSPECTION = (
    "<inzage><voorlopigdossier>false</voorlopigdossier><inzage>true</inzage><inzagedatum>2027-01-20</inzagedatum>"
    "<akkoord>Nee</akkoord><redennietakkoord>Wij hoopten op meer.</redennietakkoord>"
    "<toestemming>Ja</toestemming></inzage>"
)
NAMES = "<voornaam>Zoë</voornaam><voornaam>Łucja</voornaam><voorletters-1>Z.Ł.</voorletters-1>"
BORN = "<geboortedatum>2015-02-03</geboortedatum>"
ADDRESS = (
    "<adres><soortadres>bezoek</soortadres><straat>Dorpsstraat</straat><nummer>12</nummer>"
    "<toevoeging>a</toevoeging><postcode>1421AA</postcode><plaats>Uithoorn</plaats><gemeente>Uithoorn</gemeente>"
    "<land omschrijving='Nederland'>6030</land></adres>"
)
OTHER_ADDRESSES = (
    "<adres><soortadres>post</soortadres><straat>Postbus</straat><nummer>7</nummer><postcode>1420 AB</postcode>"
    "<plaats>Uithoorn</plaats></adres>"
    "<adres><soortadres>gba</soortadres><straat>Amsteldijk</straat><nummer>3</nummer><aanduiding>TO</aanduiding>"
    "<locatieomschrijving>woonboot Vrede</locatieomschrijving><postcode>1422 AC</postcode><plaats>Uithoorn</plaats>"
    "<land omschrijving='Nederland'>6030</land></adres>"
)
ADDRESSES = f"<adresgeheim>false</adresgeheim><adreslijst>{ADDRESS}{OTHER_ADDRESSES}</adreslijst>"
WAYS_OF_PUPIL = (
    "<communicatielijst><communicatie><soort>telefoon</soort><nummer>0600000001</nummer></communicatie>"
    "</communicatielijst>"
)
BSN = "<bsn>123456782</bsn>"
ADVICE = (
    "<overstapadvies><advies>60</advies><wensouders>61</wensouders><wensleerling>60</wensleerling>"
    "<herzienadvies>61</herzienadvies><motivatie_herzienadvies>De toets was hoger.</motivatie_herzienadvies>"
    "<profiel>plus</profiel><argumentatie>Werkt hard.\nPlant goed.</argumentatie><contactnodig>true</contactnodig>"
    "<contactpersoon>Anne de Wit</contactpersoon><contacttelefoon>0200000002</contacttelefoon>"
    "<contactemail>anne@school.example.org</contactemail><aandachtspunten>Rustige plek.</aandachtspunten>"
    "</overstapadvies>"
)
CAREER = "".join(
    f"<schoolloopbaan><schooljaar>{year}-{year + 1}</schooljaar><groepscode>{code}</groepscode>"
    f"<groepsnaam>groep {group}</groepsnaam><jaargroep>{group}</jaargroep><begindatum>{year}-08-01</begindatum>"
    f"<einddatum>{year + 1}-07-31</einddatum><brincode>00YY</brincode><vestigingscode>00</vestigingscode>"
    "<schoolsoort>BO</schoolsoort><schooltype>BAS</schooltype>"
    "<schoolsoortomschrijving>basisonderwijs</schoolsoortomschrijving></schoolloopbaan>"
    for year, group, code in ((2025, 7, "7b"), (2026, 8, "8a"))
)
SUPPORT = (
    "<onderwijsondersteuning><toelichting_onderwijsbehoeften>"
    f"{document(name='behoeften.pdf', description='Toelichting')}</toelichting_onderwijsbehoeften>"
    "<diagnose><code>F81.0</code><code>F81.2</code><naam>Dyslexie</naam><datum>2024-05-06</datum>"
    f"<doorwie>drs. Vos</doorwie><instantie>Praktijk Vos</instantie>{document(name='verslag.pdf')}</diagnose>"
    "<diagnose><code>F90.0</code></diagnose>"
    "<medicijngebruik>false</medicijngebruik>"
    "<handelingsplan><startdatum>2026-09-01</startdatum><einddatum>2027-02-01</einddatum>"
    f"<isgerichtop>spelling</isgerichtop>{document(name='plan.pdf')}</handelingsplan>"
    f"<opp><opp_ingangdatum>2025-09-01</opp_ingangdatum><opp_einddatum>2027-07-31</opp_einddatum>"
    f"{document(name='opp.pdf')}{document(name='opp evaluatie.pdf')}</opp>"
    "<tlv><tlvingangdatum>2026-08-01</tlvingangdatum><tlvswvnummer>PO2701</tlvswvnummer>"
    "<tlvcategorie>L</tlvcategorie><tlvbeschikkingsnummer>TLV-1</tlvbeschikkingsnummer>"
    f"<tlveinddatum>2028-07-31</tlveinddatum>{document(name='tlv.pdf')}</tlv>"
    "<arrangement_cluster12><arrangement_datum>2025-01-28</arrangement_datum>"
    "<arrangement_brin>00YY</arrangement_brin><arrangement_vestigingscode>00</arrangement_vestigingscode>"
    "</arrangement_cluster12>"
    "<arrangement_pao><arrangement_datum>2025-01-28</arrangement_datum>"
    "<arrangement_kenmerk>Twee uur per week</arrangement_kenmerk>"
    "<arrangement_beschikkingsnr>A-2</arrangement_beschikkingsnr>"
    "<arrangement_einddatum>2027-01-28</arrangement_einddatum></arrangement_pao>"
    "<lwoo><lwoo_ingangdatum>2026-08-01</lwoo_ingangdatum><lwoo_swvnummer>VO2701</lwoo_swvnummer>"
    "<lwoo_beschikkingsnummer>L-3</lwoo_beschikkingsnummer><lwoo_einddatum>2030-07-31</lwoo_einddatum>"
    f"{document(name='lwoo.pdf')}</lwoo></onderwijsondersteuning>"
)
ABSENCE = (
    "<verzuim><dagdelengeoorloofd>12</dagdelengeoorloofd><dagdelenongeoorloofd>0</dagdelenongeoorloofd>"
    "<urengeoorloofd>40</urengeoorloofd><urenongeoorloofd>0</urenongeoorloofd>"
    "<meerdan25percent>false</meerdan25percent><frequentie>0</frequentie>"
    "<contactleerplicht>false</contactleerplicht><rmcmelding>0</rmcmelding>"
    f"<documentLijst>{document(name='verzuim.pdf')}</documentLijst></verzuim>"
)
TEST = (
    "<eindtoets_basisonderwijs><eindtoetsresultaat><toetssoort>0013</toetssoort><toetsniveau>S</toetsniveau>"
    "<toetsomschrijving>Toets</toetsomschrijving><datum_afname>2027-02-01</datum_afname>"
    "<wettelijke_ontheffing>N</wettelijke_ontheffing><standaardscore>81</standaardscore>"
    "<toets_advies>havo/vwo</toets_advies><onderdelen><onderdeel><onderdeelcode>8000</onderdeelcode>"
    "<onderdeelomschrijving>Taal</onderdeelomschrijving><domeinen><domein><domeincode>8050</domeincode>"
    "<domeinomschrijving>Lezen</domeinomschrijving><dom_referentieniveau>04</dom_referentieniveau></domein>"
    "</domeinen></onderdeel><onderdeel><onderdeelcode>8001</onderdeelcode>"
    "<ond_referentieniveau>03</ond_referentieniveau></onderdeel></onderdelen></eindtoetsresultaat>"
    f"<deelgenomen>true</deelgenomen>{document(name='uitslag.png', content=packed(PNG))}</eindtoets_basisonderwijs>"
)
SCORE = (
    "<toetsscore><aantalopgaven>50</aantalopgaven><aantalgoed>40</aantalgoed><aantalfout>10</aantalfout>"
    "<aantalgelezen>50</aantalgelezen><tijd>62.5</tijd><vaardigheidsscore>118</vaardigheidsscore>"
    "<codevaardigheidsschaal>110</codevaardigheidsschaal><betrouwbaarheidsinterval><bivlaag>110.25</bivlaag>"
    "<bivhoog>126</bivhoog></betrouwbaarheidsinterval></toetsscore>"
    "<referentiescore><codereferentiescore>IV</codereferentiescore>"
    "<codevergelijkingsgroep>Landelijk</codevergelijkingsgroep><waarde>II</waarde>"
    "<kwalificatie>goed</kwalificatie></referentiescore>"
)
LVS = (
    "<toetslijst><toets><toetsidentificatie><eldtoetscode>RW8</eldtoetscode><leergebied>rekenen</leergebied>"
    "<toetsnaam>Rekenen 3.0</toetsnaam><toetsversie>M8</toetsversie></toetsidentificatie>"
    "<afname><afnamedatum>2027-01-18</afnamedatum><jaargroep>8</jaargroep><dl>55</dl>"
    "<afgenomendoor><naammedewerker>Anne de Wit</naammedewerker><functie>leerkracht</functie>"
    "<werktbijinstelling><instelling><naam>Toetscentrum</naam></instelling></werktbijinstelling></afgenomendoor>"
    f"</afname><resultaat>{SCORE}{document(name='toets.pdf')}</resultaat>"
    f"<toetsonderdeel><eldonderdeelcode>RW8-G</eldonderdeelcode><onderdeelnaam>Getallen</onderdeelnaam>"
    f"<resultaat>{SCORE}{document(name='getallen.pdf')}</resultaat></toetsonderdeel>"
    "<toetsonderdeel><eldonderdeelcode>RW8-M</eldonderdeelcode><resultaat/></toetsonderdeel>"
    "<opmerking>Maakte de toets in twee keer.</opmerking></toets></toetslijst>"
)
REPORTS = (
    "<cijferlijstlijst><cijferlijst><cijferlijstTypelijst><naam>Rapport</naam><onderdeel><naam>Rekenen</naam>"
    "<score><waarde>8</waarde><kwalificatie>goed</kwalificatie></score><afnamedatum>2027-01-10</afnamedatum>"
    "<jaargroep>8</jaargroep><periode>1</periode></onderdeel><onderdeel><naam>Taal</naam><score/></onderdeel>"
    "<score><kwalificatie>naar verwachting</kwalificatie></score><naam>Gedrag</naam>"
    "<score><kwalificatie>prettig</kwalificatie></score></cijferlijstTypelijst><afnamedatum>2027-01-29</afnamedatum>"
    "<jaargroep>8</jaargroep><periode>1</periode></cijferlijst></cijferlijstlijst>"
)
DOCUMENTS = (
    f"<overigdocumentlijst>{document(name='brief.pdf', description='Een brief')}</overigdocumentlijst>"
)


def guardian(
    *,
    last: str = "van der Æbëłğ",
    relation: str = "2",
    email: str = "ouder@example.org",
    extra: str = "",
    before: str = "",
) -> str:
    ways = (
        "<communicatielijst><communicatie><soort>telefoon</soort><nummer>9999999999</nummer><geheim>true</geheim>"
        "</communicatie><communicatie><soort>telefoon</soort><aanduiding>werk</aanduiding><nummer>0200000003</nummer>"
        "</communicatie><communicatie><soort>telefoon</soort><aanduiding>prive</aanduiding>"
        f"<nummer>0600000004</nummer></communicatie><communicatie><soort>e-mail</soort><nummer>{email}</nummer>"
        "<geheim>false</geheim></communicatie></communicatielijst>"
        if email
        else ""
    )
    return (
        f"<verzorger><voornaam>Siân</voornaam><voorletters-1>S.</voorletters-1><achternaam>{last}</achternaam>{before}"
        f"{ways}<relatietotkind>{relation}</relatietotkind>{extra}"
        "<wettigevertegenwoordiger>true</wettigevertegenwoordiger><iban>NL91ABNA0417164300</iban></verzorger>"
    )


GUARDIANS = guardian() + guardian(
    last="O'Neill", relation="8", email="", extra="<overleden>false</overleden>"
)
DROPPED = (
    "<leerlinggewicht>0.30</leerlinggewicht><nnca>2</nnca><huisarts><achternaam>Bot</achternaam></huisarts>"
    "<verzorgersaansprakelijk>true</verzorgersaansprakelijk>"
)


def dossier(
    *,
    namespace: str = NAMESPACE,
    kind: str = "POVO",
    handover: str = "overstapdossier",
    part: str = "LASLVS",
    choices: dict[str, str] | None = None,
    inspection: str = INSPECTION,
    brin: str = "00YY",
    names: str = NAMES,
    last: str = "Æbëłğ",
    born: str = BORN,
    addresses: str = ADDRESSES,
    bsn: str = BSN,
    advice: str = ADVICE,
    career: str = CAREER,
    support: str = SUPPORT,
    absence: str = ABSENCE,
    test: str = TEST,
    lvs: str = LVS,
    reports: str = REPORTS,
    documents: str = DOCUMENTS,
    guardians: str = GUARDIANS,
    opening: str = '<?xml version="1.0" encoding="UTF-8"?>',
    inside: str = "",
) -> bytes:
    """The whole of it, each part as it is or another."""
    said = {**CHOICES, **(choices or {})}
    told = "".join(f"<cat_{name}>{choice}</cat_{name}>" for name, choice in said.items())
    transfer = f"<overstap>{kind}</overstap>" if kind else ""
    return (
        f"{opening}<dossier xmlns='{namespace}'><metadata><deeldossier>{part}</deeldossier>"
        "<pakketnaam>Leerlingpakket</pakketnaam><pakketversie>1</pakketversie><datum>2027-02-20</datum>"
        "<standaardversie>2019.1</standaardversie><validatieversie>2019.1.1</validatieversie>"
        f"<categorie_uitlevering>{told}</categorie_uitlevering>{transfer}</metadata>"
        f"<overdrachtsoort>{handover}</overdrachtsoort>{inspection}<huidigeschool><naam>De Peppel</naam>"
        f"<brincode>{brin}</brincode><vestigingscode>00</vestigingscode><aanleverpunt>0</aanleverpunt>"
        f"<leerling>{names}<voorvoegsel>van der</voorvoegsel><achternaam>{last}</achternaam>{born}"
        f"<geslacht>1</geslacht>{addresses}{WAYS_OF_PUPIL}<adresbuitenland>Rue Haute 1, Bruxelles</adresbuitenland>"
        f"{bsn}<leerlingid>L00042</leerlingid>{DROPPED}{advice}<schoolloopbaanlijst>{career}</schoolloopbaanlijst>"
        f"{support}{absence}{test}{lvs}{reports}{documents}{guardians}{inside}</leerling></huidigeschool></dossier>"
    ).encode()
