"""The kinds of files a region is set up from: every column, once."""

from collections.abc import Mapping
from typing import Any

from imports import cells
from imports.cells import SchoolKind
from imports.checks import Said, dutch_postcode, one_location, settle_location
from imports.columns import Column, Kind
from imports.pupils import PUPILS
from rules.vocabulary import PeriodKind, Role

_REGION = Column("region", "Regio", cells.line_of(40), also=("Kernprocedure", "Regiocode"))
_YEAR = Column("school_year", "Schooljaar", cells.school_year)
_BRIN = ("Brinnummer", "BRIN school", "BRIN6")
_LOCATION = Column("location", "Vestiging", cells.location, also=("Vestigingsnummer", "Locatie"))


def _way_of_advice(values: Mapping[str, Any]) -> Said:
    """An advice either asks a number of schools, or says where the child goes instead (rule 8)."""
    if ("list_length" in values) == ("other_way" in values):
        yield "list_length", "Vul het aantal scholen in, of de andere weg, en niet allebei."


def _school(values: Mapping[str, Any]) -> Said:
    yield from one_location(values)
    if values.get("kind") is SchoolKind.PRIMARY:
        for name in ("priority_grounds", "website"):
            if values.get(name):
                yield name, "Dit kan alleen bij een VO-school."
    yield from dutch_postcode(values)


def _period(values: Mapping[str, Any]) -> Said:
    """Half-open windows; the announcement is a moment (rule 3)."""
    closes_at = values.get("closes_at")
    if values.get("kind") is PeriodKind.ANNOUNCEMENT:
        if closes_at is not None:
            yield "closes_at", "De bekendmaking is een moment: laat deze cel leeg."
    elif closes_at is None:
        yield "closes_at", "Vul in tot wanneer deze periode open is."
    elif "opens_at" in values and closes_at <= values["opens_at"]:
        yield "closes_at", "Deze periode sluit voordat zij opent."


def _staff(values: Mapping[str, Any]) -> Said:
    yield from one_location(values)
    of_region = values.get("role") in (Role.REGION_ADMIN, Role.PROJECT_LEAD)
    if of_region and "brin" in values:
        yield "brin", "Iemand met deze rol hoort bij de regio: laat de BRIN leeg."
    if "role" in values and not of_region and "brin" not in values:
        yield "brin", "Vul de BRIN van de school in."


REGIONS = Kind(
    name="regions",
    dutch="regio's",
    columns=(
        Column("code", "Regio", cells.line_of(40), required=True, also=("Regiocode", "Code")),
        Column("name", "Naam", cells.line_of(120), required=True),
        Column("group", "Gekoppeld als", cells.line_of(40), also=("Groep", "Koppeling")),
        Column("portal_url", "Portaal", cells.url, required=True, also=("Portaal-url", "Webadres portaal")),
        Column("sender_address", "Afzender", cells.email, required=True, also=("E-mail afzender",)),
        Column("helpdesk", "Helpdesk", cells.line_of(254)),
        Column("information_url", "Informatie", cells.url, also=("Website",)),
        Column("project_lead_email", "E-mail projectleider", cells.email),
        Column("individual_window_days", "Dagen eigen aanmeldtijd", cells.whole(1, 60)),
    ),
    unique=(("code",),),
)

ADVIEZEN = Kind(
    name="adviezen",
    dutch="adviezen",
    columns=(
        Column("code", "Advies", cells.line_of(60), required=True, also=("Code",)),
        Column("label", "Omschrijving", cells.line_of(120), required=True),
        Column("level", "Niveau", cells.whole(0, 1000), required=True),
        Column("list_length", "Aantal scholen", cells.whole(1, 10), also=("Lijstlengte",)),
        Column("other_way", "Andere weg", cells.text_of(1000)),
    ),
    unique=(("code",), ("label",)),
    check=_way_of_advice,
)


ADVIESCODES = Kind(
    name="adviescodes",
    dutch="adviescodes",
    columns=(
        Column("code", "Code", cells.two_digits, required=True, also=("OSO-code", "Adviescode", "DUO-code")),
        Column("advice", "Advies", cells.line_of(120), also=("Landelijk advies",)),
        Column("text", "Omschrijving", cells.line_of(200), also=("Betekenis",)),
    ),
    unique=(("code",),),
)


SCHOOLS = Kind(
    name="schools",
    dutch="scholen",
    columns=(
        Column("kind", "Soort", cells.school_kind, required=True, also=("Schoolsoort", "Type")),
        Column("brin", "BRIN", cells.brin, required=True, also=_BRIN),
        _LOCATION,
        Column("name", "Naam", cells.line_of(120), required=True, also=("School", "Schoolnaam")),
        Column("street", "Straat", cells.line_of(120), also=("Straatnaam",)),
        Column("house_number", "Huisnummer", cells.line_of(20), also=("Huisnr",)),
        Column("postcode", "Postcode", cells.postcode),
        Column("city", "Plaats", cells.line_of(80), also=("Woonplaats", "Plaatsnaam")),
        Column("email", "E-mail", cells.email, also=("E-mailadres", "Mail")),
        Column("phone", "Telefoon", cells.line_of(30), also=("Telefoonnummer",)),
        Column("website", "Website", cells.url),
        Column("priority_grounds", "Voorrang", cells.priority_grounds, also=("Voorrangsregels",)),
        _REGION,
    ),
    unique=(("brin", "location"),),
    check=_school,
    settle=settle_location,
)


DEPARTMENTS = Kind(
    name="departments",
    dutch="afdelingen",
    columns=(
        Column("brin", "BRIN", cells.brin, required=True, also=_BRIN),
        _LOCATION,
        Column("code", "Code", cells.line_of(40), also=("Afdelingscode", "Code afdeling")),
        Column(
            "name", "Afdeling", cells.line_of(120), required=True, also=("Naam afdeling", "Afdelingsnaam")
        ),
        Column("group", "Capaciteitsgroep", cells.line_of(120), also=("Groep",)),
        Column(
            "seats", "Plaatsen", cells.whole(0, 99_999), required=True, also=("Capaciteit", "Aantal plaatsen")
        ),
        Column("adviezen", "Adviezen", cells.listed, required=True, also=("Advies", "Toelaatbare adviezen")),
        _YEAR,
    ),
    unique=(("brin", "location", "name", "group"),),
    check=one_location,
    settle=settle_location,
)

PERIODS = Kind(
    name="periods",
    dutch="perioden",
    columns=(
        Column("kind", "Periode", cells.period_kind, required=True, also=("Soort",)),
        Column("opens_at", "Opent", cells.moment, required=True, also=("Begin", "Van", "Vanaf", "Opent op")),
        Column("closes_at", "Sluit", cells.moment, also=("Einde", "Tot", "Sluit op")),
        _REGION,
        _YEAR,
    ),
    unique=(("kind", "region", "school_year"),),
    check=_period,
)


STAFF = Kind(
    name="staff",
    dutch="medewerkers",
    columns=(
        Column("name", "Naam", cells.line_of(200), required=True, also=("Medewerker",)),
        Column("email", "E-mail", cells.email, required=True, also=("E-mailadres", "Mail", "Gebruikersnaam")),
        Column("role", "Rol", cells.role, required=True, also=("Functie", "Rechten")),
        Column("brin", "BRIN", cells.brin, also=_BRIN),
        _LOCATION,
        _REGION,
    ),
    unique=(("email",),),
    check=_staff,
    settle=settle_location,
)


KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (REGIONS, ADVIEZEN, ADVIESCODES, SCHOOLS, DEPARTMENTS, PERIODS, STAFF, PUPILS)
}
