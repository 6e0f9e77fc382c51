"""What a dossier may hold and Loket does not keep, each with the reason: `docs/privacy.md` and the reader use it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dropped:
    """Elements that are not kept, with all that is in them. Paths as `Field.oso`, from the dossier on.

    `told`: a report of a dossier names it.
    """

    what: str
    reason: str
    paths: tuple[str, ...]
    told: bool = True


_SCHOOL = "huidigeschool"
_PUPIL = f"{_SCHOOL}/leerling"
_ADDRESS = f"{_PUPIL}/adreslijst/adres"
_GUARDIAN = f"{_PUPIL}/verzorger"
_SUPPORT = f"{_PUPIL}/onderwijsondersteuning"
_CAREER = f"{_PUPIL}/schoolloopbaanlijst/schoolloopbaan"
_INSTITUTION = f"{_PUPIL}/toetslijst/toets/afname/afgenomendoor/werktbijinstelling"


def _in(base: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{base}/{name}" for name in names)


DROPPED: tuple[Dropped, ...] = (
    Dropped(
        "IBAN en banknummer van ouders",
        "Aanmelden kost niets; er wordt niets betaald.",
        _in(_GUARDIAN, "iban", "banknummer"),
    ),
    Dropped(
        "Huisarts",
        "Voor de aanmelding is geen arts nodig. De VO-school vraagt er zelf naar bij de inschrijving.",
        _in(_PUPIL, "huisarts"),
    ),
    Dropped(
        "Geheime telefoonnummers en e-mailadressen",
        "Wie een nummer geheim houdt, deelt het niet. De standaard stuurt het ook niet mee.",
        (),
    ),
    Dropped(
        "Telefoonnummers en e-mailadressen van het kind",
        "De procedure schrijft en belt de ouders, niet het kind.",
        _in(_PUPIL, "communicatielijst"),
    ),
    Dropped(
        "Tweede en volgende nummer of adres van een ouder, en noodnummers",
        "Per ouder is één telefoonnummer en één e-mailadres genoeg.",
        _in(_GUARDIAN, "communicatielijst/communicatie/noodnummer"),
    ),
    Dropped(
        "Adres, geslacht en roepnaam van een ouder, en de datum van overlijden",
        "De procedure schrijft per e-mail. Dat een ouder is overleden, staat er wel bij: dan schrijft niemand "
        "die ouder.",
        _in(_GUARDIAN, "adreslijst", "adresgeheim", "geslacht", "roepnaam", "overlijdensdatum"),
    ),
    Dropped(
        "Nationaliteit en geboorteplaats",
        "Herkomst speelt geen rol bij toelating; de afspraken verbieden ze in een overstapdossier.",
        _in(_PUPIL, "nationaliteit", "geboorteplaats"),
    ),
    Dropped(
        "Culturele achtergrond (NNCA), kerk en etniciteit",
        "Herkomst en geloof spelen geen rol bij toelating. Het zijn bijzondere persoonsgegevens.",
        _in(_PUPIL, "nnca"),
    ),
    Dropped(
        "Leerlinggewicht",
        "Gaat over de bekostiging van de basisschool en de opleiding van de ouders.",
        _in(_PUPIL, "leerlinggewicht"),
    ),
    Dropped(
        "Verblijf in een tehuis, aansprakelijkheid en aansprakelijke instelling",
        "Wie het gezag heeft, staat bij de ouders en verzorgers; ook een voogd.",
        _in(_PUPIL, "tehuis", "verzorgersaansprakelijk", "aansprakelijkeinstelling"),
    ),
    Dropped(
        "Namen en geboortedatum in de basisregistratie (GBA)",
        "De namen en de geboortedatum staan al in het dossier.",
        _in(_PUPIL, "gba"),
    ),
    Dropped(
        "Voorletters van het kind",
        "De voornamen staan er al.",
        _in(_PUPIL, "voorletters-1"),
    ),
    Dropped(
        "Onderwijsnummer, geboortemaand en vier cijfers van de postcode",
        "Plaatsvervangers in anonieme dossiers. Loket zoekt een kind op BSN, nummer of naam.",
        _in(_PUPIL, "onderwijsnummer", "geboortemaand", "postcode4adres"),
    ),
    Dropped(
        "Data van in- en uitschrijving, en sinds wanneer het kind onderwijs volgt",
        "De schoolloopbaan zegt hetzelfde, per jaar.",
        _in(
            _PUPIL,
            "onderwijssinds",
            "startdatumhuidigonderwijs",
            "datuminschrijving",
            "datumuitschrijving",
            "teruggeplaatstnaarbrin",
        ),
    ),
    Dropped(
        "Gemeente bij een adres",
        "De postcode zegt het al.",
        _in(_ADDRESS, "gemeente"),
    ),
    Dropped(
        "Voor- en vroegschoolse educatie",
        "Hoort niet in een overstap naar het voortgezet onderwijs.",
        _in(_PUPIL, "vanpeuterspeelzaal", "naampeuterspeelzaal", "voorschools", "vroegschools"),
    ),
    Dropped(
        "Verwijzing door de regionale verwijzingscommissie (RVC)",
        "Deze commissies bestaan niet meer; een geldige beslissing staat bij de TLV of de lwoo-aanwijzing.",
        _in(_SUPPORT, "rvc"),
    ),
    Dropped(
        "Soort onderwijs in het vo in de schoolloopbaan",
        "Een kind dat van de basisschool komt, zat nog niet op het vo.",
        _in(_CAREER, "voelementcode", "voelementomschrijving"),
    ),
    Dropped(
        "Adres en telefoon van wie een toets afnam, en de school van die persoon",
        "Naam, functie en instelling zijn genoeg om het resultaat te wegen.",
        (*_in(_INSTITUTION, "instelling/adreslijst", "instelling/communicatielijst", "school"),),
    ),
    Dropped(
        "Bevordering, examens, vakken, certificaten, competenties en stages",
        "Gaat over de overstap van vo naar mbo.",
        _in(
            _PUPIL,
            "bevorderd",
            "examenresultaat",
            "resultaatvakkenvo",
            "certificaat",
            "competenties",
            "stage",
            "overigvombo",
        ),
    ),
    Dropped(
        "Adres, telefoon, directeur, website, soort en aanleverpunt van de basisschool",
        "Loket kent de scholen van de regio al.",
        _in(
            _SCHOOL,
            "adreslijst",
            "communicatielijst",
            "aanleverpunt",
            "soort",
            "type",
            "naamdirecteur",
            "website",
        ),
        told=False,
    ),
)
