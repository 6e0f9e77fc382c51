"""The demo region as the files a region would hand in: `python -m sandbox.invent` writes sandbox/region/."""

import csv
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from rules.identifiers import is_bsn
from sandbox import names, plan, schools
from sandbox.dice import Dice
from sandbox.plan import YEAR, Gap, Group

SHIPPED = Path(__file__).parent / "region"
PUPILS = 400

TIJDPAD = (
    ("Versturen ouderinlog", "01-02-2027 09:00", "19-03-2027 17:00"),
    ("Aanvragen ouderinlog", "08-03-2027 09:00", "15-03-2027 09:00"),
    ("Aanmeldweek", "15-03-2027 09:00", "19-03-2027 17:00"),
    ("Behandelperiode", "19-03-2027 17:00", "15-04-2027 16:00"),
    ("Decentrale loting", "05-04-2027 09:00", "09-04-2027 17:00"),
    ("Centrale plaatsing en loting", "12-04-2027 09:00", "14-04-2027 17:00"),
    ("Bekendmaking", "15-04-2027 16:00", ""),
)

OSO_NAME = "De Testvlinder"

# Nobody has been given a BSN that begins with a 9.
FIRST_BSN = 900_000_000
# How many times 26 x 26 primary schools a group of linked regions may have: BRIN 80AA up to 94ZZ.
PREFIXES = 3
# Of two tens next to each other one holds a number that passes the elfproef.
BSN_STEP = 20

_PUPIL_HEADER = (
    "ELK-nummer", "BSN", "Roepnaam", "Voornamen", "Tussenvoegsel", "Achternaam", "Geboortedatum", "Geslacht",
    "BRIN", "Vestiging", "Groep", "Straat", "Huisnummer", "Toevoeging", "Postcode", "Plaats", "Geheim adres",
    "Voorlopig advies", "Definitief advies", "Toetsadvies", "Ontheffing toets",
    "Ouder 1 voorletters", "Ouder 1 voornaam", "Ouder 1 tussenvoegsel", "Ouder 1 achternaam", "Ouder 1 relatie",
    "Ouder 1 e-mail", "Ouder 1 telefoon",
    "Ouder 2 voorletters", "Ouder 2 voornaam", "Ouder 2 tussenvoegsel", "Ouder 2 achternaam", "Ouder 2 relatie",
    "Ouder 2 e-mail", "Ouder 2 telefoon",
    "School van herkomst", "BRIN herkomst", "Leerlingnummer", "Regio", "Schooljaar",
)  # fmt: skip


def write(*, folder: Path, pupils: int) -> list[tuple[str, Path]]:
    """Write the files of a region of this size; (kind, path) in the order they are to be taken in."""
    folder.mkdir(parents=True, exist_ok=True)
    found = plan.groups(pupils=pupils)
    files = [
        ("regions", "regions.csv", _regions(found)),
        ("periods", "periods.csv", _periods(found)),
        ("schools", "schools.csv", _schools(found)),
        ("departments", "departments.csv", _departments(found)),
        ("staff", "staff.csv", _staff(found)),
    ]
    for group in found:
        mark = "" if group.number == 1 else f"-{group.number}"
        files.append(("pupils", f"pupils{mark}.csv", _pupils(group)))
    for _, name, rows in files:
        with (folder / name).open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return [(kind, folder / name) for kind, name, _ in files]


def files_of(*, folder: Path) -> list[tuple[str, Path]]:
    """The files of a folder that `write` filled, in the order they are to be taken in."""
    order = ("regions", "periods", "schools", "departments", "staff", "pupils")
    return [(kind, path) for kind in order for path in sorted(folder.glob(f"{kind}*.csv"))]


def _regions(found: list[Group]) -> Iterator[tuple[str, ...]]:
    yield ("Regio", "Naam", "Gekoppeld als", "Portaal", "Afzender", "Helpdesk", "Informatie",
           "E-mail projectleider", "Dagen eigen aanmeldtijd")  # fmt: skip
    for group in found:
        for code in group.regions:
            word = code.lower()
            yield (code, code.title(), "-".join(group.regions), f"https://{word}.example.org/inloggen",
                   f"elk@{word}.example.org", f"020-0000123 of helpdesk@{word}.example.org",
                   f"https://{word}.example.org/aanmelden", f"projectleider@{word}.example.org", "5")  # fmt: skip


def _periods(found: list[Group]) -> Iterator[tuple[str, ...]]:
    yield "Regio", "Schooljaar", "Periode", "Opent", "Sluit"
    for group in found:
        for code in group.regions:
            yield from ((code, YEAR, *period) for period in TIJDPAD)


def _schools(found: list[Group]) -> Iterator[tuple[str, ...]]:
    yield ("Soort", "BRIN", "Vestiging", "Naam", "Straat", "Huisnummer", "Postcode", "Plaats", "E-mail",
           "Telefoon", "Website", "Voorrang", "Regio")  # fmt: skip
    for group in found:
        for number in range(2 + group.schools_at_home + group.schools_linked):
            dice = Dice(2, group.number, number)
            brin, location, name = primary_school(group=group.number, number=number)
            linked = number >= 2 + group.schools_at_home
            city, digits = dice.one(names.CITY if linked else names.PLACES)
            yield ("PO", brin, location, name, dice.one(names.STREETS), str(dice.between(1, 99)),
                   f"{digits} {dice.one(names.LETTERS)}", city, f"administratie@{_domain(name, group.number)}",
                   f"020-00010{dice.between(10, 99)}", "", "", group.regions[linked])  # fmt: skip
        for school in schools.ALL:
            brin, at = (
                schools.brin_of(group=group.number, letters=school.brin),
                _domain(school.name, group.number),
            )
            dice = Dice(3, group.number, school.digits)
            yield ("VO", brin, "00", school.name, dice.one(names.STREETS), str(dice.between(1, 99)),
                   f"{school.digits} {dice.one(names.LETTERS)}", school.city, f"aanmelding@{at}",
                   f"020-00020{dice.between(10, 99)}", f"https://{at}", school.priority,
                   group.regions[school.linked])  # fmt: skip


def primary_school(*, group: int, number: int) -> tuple[str, str, str]:
    """BRIN, location and name. The second one bears the BRIN that the standards test with."""
    if (group, number) == (1, 1):
        return plan.OSO_BRIN, "00", OSO_NAME
    named, again = (
        names.PRIMARY_SCHOOLS[number % len(names.PRIMARY_SCHOOLS)],
        number // len(names.PRIMARY_SCHOOLS),
    )
    letters = f"{chr(65 + number // 26 % 26)}{chr(65 + number % 26)}"
    digits = 80 + PREFIXES * (group - 1) + number // 676
    return f"{digits}{letters}", "00", named if not again else f"{named} {again + 1}"


def _departments(found: list[Group]) -> Iterator[tuple[str, ...]]:
    yield "BRIN", "Vestiging", "Afdeling", "Capaciteitsgroep", "Plaatsen", "Adviezen", "Schooljaar"
    for group in found:
        size = group.home + group.linked + group.outside
        for school in schools.ALL:
            for stream in school.streams:
                yield (schools.brin_of(group=group.number, letters=school.brin), "00", stream.department,
                       stream.group or stream.department, str(max(2, stream.seats * size // PUPILS)),
                       ", ".join(stream.adviezen), YEAR)  # fmt: skip


def _staff(found: list[Group]) -> Iterator[tuple[str, ...]]:
    yield "Naam", "E-mail", "Rol", "BRIN", "Vestiging", "Regio"
    for group in found:
        for number in range(2 + group.schools_at_home + group.schools_linked):
            brin, location, school = primary_school(group=group.number, number=number)
            for role, place in (("invoeren/accorderen", 0), ("monitoring", 1)):
                yield (*_colleague(school, role, 4, group.number, number, place), role, brin, location, "")
        for school_number, one in enumerate(schools.ALL):
            brin = schools.brin_of(group=group.number, letters=one.brin)
            for place in range(2):
                who = _colleague(one.name, f"vo{place + 1}", 5, group.number, school_number, place)
                yield (*who, "VO-medewerker", brin, "00", "")
        for code in group.regions:
            word = code.lower()
            yield f"Beheer {code.title()}", f"beheer@{word}.example.org", "ELK-beheerder", "", "", code
            yield (
                f"Projectleiding {code.title()}",
                f"projectleider@{word}.example.org",
                "projectleider",
                "",
                "",
                code,
            )


def _colleague(school: str, role: str, *seed: int) -> tuple[str, str]:
    dice = Dice(*seed)
    infix, last = dice.one(names.FAMILIES)
    name = " ".join(part for part in (dice.one(names.MOTHERS + names.FATHERS), infix, last) if part)
    mark = {"invoeren/accorderen": "groep8", "monitoring": "directie"}.get(role, role)
    return name, f"{mark}@{_domain(school, seed[1])}"


def _domain(school: str, group: int) -> str:
    """Every group has a De Wilg; no two have one address."""
    return f"{_word(school)}.{'' if group == 1 else f'groep{group}.'}example.org"


def _word(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())


def _pupils(group: Group) -> Iterator[tuple[str, ...]]:
    yield _PUPIL_HEADER
    dossiers: Iterable[int] = plan.OSO_SCHOOL if group.number == 1 else ()
    bsns = _bsns(group.number)
    for serial in range(1, group.home + group.linked + 1):
        if serial not in dossiers:
            yield _pupil(group, serial, bsns(serial), outside=False)
    for serial in range(1, group.outside + 1):
        yield _pupil(group, serial, bsns(plan.MOST_IN_A_GROUP + serial), outside=True)


def oso_lines() -> Iterator[dict[str, str]]:
    """The pupils of 00YY, who come as dossiers: what the file would have said of each, by its headers."""
    first, bsns = plan.groups(pupils=PUPILS)[0], _bsns(1)
    for serial in plan.OSO_SCHOOL:
        line = _pupil(first, serial, bsns(serial), outside=False)
        yield dict(zip(_PUPIL_HEADER, line, strict=True))


def _bsns(group: int) -> "_Bsns":
    return _Bsns(FIRST_BSN + (group - 1) * 2 * plan.MOST_IN_A_GROUP * BSN_STEP)


class _Bsns:
    """The same child, the same number; each passes the elfproef."""

    def __init__(self, first: int) -> None:
        self._first = first

    def __call__(self, serial: int) -> str:
        start = self._first + serial * BSN_STEP
        return next(str(one) for one in range(start, start + BSN_STEP) if is_bsn(str(one)))


def _pupil(group: Group, serial: int, bsn: str, *, outside: bool) -> tuple[str, ...]:
    """One line. The second of twins has the home, the family and the birthday of the first."""
    mark = plan.OUTSIDE if outside else 0
    own = Dice(6, group.number, mark + serial)
    shared = Dice(7, group.number, mark + (serial if outside else plan.TWINS.get(serial, serial)))
    course = plan.course(group=group.number, serial=mark + serial)
    number = plan.outside_number(serial) if outside else plan.elk_number(serial)
    girl = own.chance(50)
    first, second = own.one(names.GIRLS if girl else names.BOYS), own.one(names.GIRLS if girl else names.BOYS)
    infix, last = shared.one(names.FAMILIES)
    born = date(2014, 10, 1) + timedelta(days=shared.below(365))
    linked = not outside and group.is_linked(serial)
    city, digits = shared.one(names.CITY if linked else names.PLACES)
    if outside:
        city, digits = shared.one((("Utrecht", 3511), ("Haarlem", 2011), ("Leiden", 2311)))
        school, origin = (
            ("", ""),
            (f"Basisschool {shared.one(names.STREETS)}", f"{shared.between(70, 78)}ZZ00"),
        )
    else:
        brin, location, _ = primary_school(group=group.number, number=group.school_of(serial))
        school, origin = (brin, location), ("", "")
    definitive = course.advice if course.gap not in (Gap.NO_ADVICE, Gap.RECONSIDER) else ""
    secret = "ja" if shared.chance(1) else ""
    home = (shared.one(names.STREETS), str(shared.between(1, 240)), shared.one(("", "", "", "a", "2", "hs")),
            f"{digits} {shared.one(names.LETTERS)}", city, secret)  # fmt: skip
    email = (
        ""
        if course.gap is Gap.NO_EMAIL
        else f"ouder.{plan.TWINS.get(serial, serial)}{'b' if outside else ''}"
    )
    address = f"{email}.{group.number}@example.org" if email else ""
    first_is_mother = shared.chance(70)
    one = _guardian(shared, infix, last, mother=first_is_mother, email=address)
    two: tuple[str, ...] = ("",) * 7
    if shared.chance(75):
        same = shared.chance(4)
        two = _guardian(shared, *shared.one(names.FAMILIES), mother=first_is_mother is same, email="")
    return (
        number, bsn, first, f"{first} {second}", infix, last, f"{born:%d-%m-%Y}", "V" if girl else "M", *school,
        "" if outside else own.one(("8a", "8b")), *home,
        course.advice, definitive, course.test_advice or "",
        "Korter dan vier jaar in Nederland" if course.gap is Gap.EXEMPT else "",
        *one, *two, *origin, "" if outside else f"L{serial:05d}",
        group.regions[linked], YEAR,
    )  # fmt: skip


def _guardian(dice: Dice, infix: str, last: str, *, mother: bool, email: str) -> tuple[str, ...]:
    first = dice.one(names.MOTHERS if mother else names.FATHERS)
    phone = f"06-000{dice.between(10000, 99999)}"
    return f"{first[0]}.", first, infix, last, "moeder" if mother else "vader", email, phone


if __name__ == "__main__":
    for _, path in write(folder=SHIPPED, pupils=PUPILS):
        print(path.relative_to(Path.cwd()), file=sys.stdout)
