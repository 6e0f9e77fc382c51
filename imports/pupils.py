"""The list of pupils: identity, home, parents, adviezen, one line a child."""

from collections.abc import Iterator, Mapping
from typing import Any

from imports import cells
from imports.cells import Wrong
from imports.checks import Said, dutch_postcode, one_location, settle_location
from imports.columns import Column, Kind
from rules.reconsideration import SAYS_TOO_LITTLE, says_why

GUARDIANS = (1, 2)
GUARDIAN_FIELDS = ("initials", "first_name", "infix", "last_name", "relation", "email", "phone")


def _motivation(text: str) -> str:
    kept = cells.text_of(4000)(text)
    if not says_why(kept):
        raise Wrong(SAYS_TOO_LITTLE.capitalize())
    return kept


def _guardian(number: int) -> Iterator[Column]:
    """The columns of one parent: Ouder 1 achternaam, also Verzorger 1: achternaam."""

    def column(name: str, header: str, read: Any, *also: str) -> Column:
        others = [
            f"{who} {number} {what}"
            for who in ("Ouder", "Verzorger", "Ouder/verzorger")
            for what in (header, *also)
        ]
        return Column(f"guardian{number}_{name}", others[0], read, also=tuple(others[1:]))

    yield column("initials", "voorletters", cells.line_of(40))
    yield column("first_name", "voornaam", cells.line_of(100), "roepnaam")
    yield column("infix", "tussenvoegsel", cells.line_of(40), "voorvoegsel")
    yield column("last_name", "achternaam", cells.line_of(120), "naam")
    yield column("relation", "relatie", cells.line_of(60))
    yield column("email", "e-mail", cells.email, "e-mailadres", "mail")
    yield column("phone", "telefoon", cells.line_of(30), "telefoonnummer", "mobiel")


def _check(values: Mapping[str, Any]) -> Said:
    yield from one_location(values)
    yield from dutch_postcode(values)
    outside = values.get("elk_number", "").startswith("B")
    if values.get("outside", outside) != outside and "elk_number" in values:
        yield "outside", "Het ELK-nummer van een buitenleerling begint met een B, en alleen dat."
    if outside or values.get("outside"):
        if "brin" in values:
            yield "brin", "Een buitenleerling hoort bij geen school van de regio: gebruik BRIN herkomst."
    elif "brin" not in values:
        yield "brin", "Vul de BRIN van de basisschool in."
    for number in GUARDIANS:
        filled = [name for name in GUARDIAN_FIELDS if f"guardian{number}_{name}" in values]
        if filled and "last_name" not in filled:
            yield f"guardian{number}_last_name", "Vul de achternaam van deze ouder in."
    if "house_number" in values and "street" not in values:
        yield "street", "Er is wel een huisnummer, maar geen straat."


PUPILS = Kind(
    name="pupils",
    dutch="leerlingen",
    columns=(
        Column("elk_number", "ELK-nummer", cells.elk_number, also=("ELK nr", "Aanmeldnummer")),
        Column("bsn", "BSN", cells.bsn, also=("Burgerservicenummer", "PGN", "Persoonsgebonden nummer")),
        Column("first_name", "Roepnaam", cells.line_of(100), required=True, also=("Voornaam",)),
        Column("official_names", "Voornamen", cells.line_of(200), also=("Officiële voornamen", "Doopnamen")),
        Column("infix", "Tussenvoegsel", cells.line_of(40), also=("Voorvoegsel", "Tussenvoegsels")),
        Column("last_name", "Achternaam", cells.line_of(120), required=True, also=("Geslachtsnaam",)),
        Column("birth_date", "Geboortedatum", cells.day, required=True, also=("Geb. datum", "Geboren")),
        Column("gender", "Geslacht", cells.gender, also=("M/V",)),
        Column("brin", "BRIN", cells.brin, also=("Brinnummer", "BRIN school", "BRIN6")),
        Column("location", "Vestiging", cells.location, also=("Vestigingsnummer", "Locatie")),
        Column("class_group", "Groep", cells.line_of(64), also=("Klas", "Stamgroep")),
        Column("street", "Straat", cells.line_of(120), also=("Straatnaam",)),
        Column("house_number", "Huisnummer", cells.line_of(12), also=("Huisnr",)),
        Column("house_letter", "Toevoeging", cells.line_of(8), also=("Huisnummertoevoeging", "Huisletter")),
        Column("postcode", "Postcode", cells.postcode),
        Column("city", "Plaats", cells.line_of(80), also=("Woonplaats", "Plaatsnaam")),
        Column("country", "Land", cells.line_of(60)),
        Column("secret", "Geheim adres", cells.yes_or_no, also=("Adres geheim",)),
        Column("provisional_advice", "Voorlopig advies", cells.line_of(120)),
        Column("advice", "Definitief advies", cells.line_of(120), also=("Advies", "Schooladvies")),
        Column("test_advice", "Toetsadvies", cells.line_of(120), also=("Advies doorstroomtoets",)),
        Column("test_code", "Toets", cells.line_of(60), also=("Doorstroomtoets",)),
        Column("test_exemption", "Ontheffing toets", cells.line_of(200), also=("Reden geen toets",)),
        Column("motivation", "Motivering niet bijstellen", _motivation, also=("Motivering",)),
        *(column for number in GUARDIANS for column in _guardian(number)),
        Column("outside", "Buitenleerling", cells.yes_or_no),
        Column("origin_school", "School van herkomst", cells.line_of(160)),
        Column("origin_brin", "BRIN herkomst", cells.brin, also=("BRIN school van herkomst",)),
        Column("eck_id", "ECK iD", cells.line_of(256)),
        Column("school_key", "Leerlingnummer", cells.line_of(256), also=("Leerlingsleutel", "Leerling-id")),
        Column("region", "Regio", cells.line_of(40), also=("Kernprocedure", "Regiocode")),
        Column("school_year", "Schooljaar", cells.school_year),
    ),
    unique=(("elk_number",), ("bsn",)),
    check=_check,
    settle=settle_location,
)
