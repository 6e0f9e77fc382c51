"""A region is set up from its own files: all of a file or nothing, and the same file twice changes nothing."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models import (
    Account,
    Address,
    AuditEntry,
    CapacityGroup,
    Department,
    Guardian,
    OkiDoc,
    Period,
    PrimarySchool,
    Pupil,
    Region,
    SecondarySchool,
)
from models import TestResult as Result
from models.bsn import BsnVault
from resolvers.imports import Report, run
from rules.vocabulary import OkiDocStatus, PupilOrigin, Role
from settings import load

NATIONAL = Path(__file__).parents[2] / "imports" / "data" / "adviezen.csv"
REGIONS = """Regio;Naam;Portaal;Afzender;Gekoppeld als
AMSTELLAND;Amstelland;https://portaal.example.org/in;elk@example.org;ELK
AMSTERDAM;Amsterdam;https://portaal.example.org/in;elk@example.org;ELK
"""
SCHOOLS = """Regio;Soort;BRIN;Naam;Plaats;Voorrang
AMSTELLAND;PO;91AA;De Wilg;Uithoorn;
AMSTELLAND;PO;91AB01;Het Palet;Aalsmeer;
AMSTERDAM;PO;92AA;De Kameleon;Amsterdam;
AMSTELLAND;VO;95AA;Het Amstellyceum;Amstelveen;broer/zus, kind van medewerker
"""
PERIODS = """Periode;Opent;Sluit
Aanmeldweek;15-03-2027 09:00;25-03-2027 17:00
Behandelperiode;25-03-2027 17:00;21-05-2027 16:00
Decentrale loting;06-04-2027 09:00;16-04-2027 17:00
Centrale plaatsing en loting;10-05-2027 09:00;20-05-2027 17:00
Bekendmaking;21-05-2027 16:00;
"""
DEPARTMENTS = """BRIN;Afdeling;Capaciteitsgroep;Plaatsen;Adviezen
95AA;vmbo-t/havo;vmbo-t;30;vmbo-gl/tl, VMBO_GL/TL_MET_LWOO
95AA;vmbo-t/havo;havo;28;havo
95AA;vwo;;56;HAVO_TM_VWO,VWO
"""
STAFF = """Naam;E-mail;Rol;BRIN
Anne Prins;Anne.Prins@wilg.example.org;invoeren;91AA
Bo Kaya;bo@wilg.example.org;monitoring;91AA
Cas Smit;cas@amstel.example.org;VO-medewerker;95AA
Dina Groen;dina@elk.example.org;beheerder;
"""
HEADER = (
    "ELK-nummer;BSN;Roepnaam;Tussenvoegsel;Achternaam;Geboortedatum;BRIN;Straat;Huisnummer;Postcode;Plaats;"
    "Voorlopig advies;Definitief advies;Toetsadvies;Ouder 1 achternaam;Ouder 1 e-mail\n"
)
NOOR = (
    "10001;111222333;Noor;van der;Berg;03-02-2015;91AA;Lindepad;4a;1421 SA;Uithoorn;havo;havo;havo;"
    "Berg;ouder@example.org\n"
)
LUKASZ = "10002;123456782;Łukasz;;O'Neill-李;9-11-2014;91AB01;;;;;;;;;\n"


class Desk:
    """Somebody with files at the command line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def take(self, kind: str, text: str, **options: Any) -> Report:
        path = self._folder / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        return await run(kind=kind, path=path, **options)

    async def right(self, kind: str, text: str, **options: Any) -> Report:
        report = await self.take(kind, text, **options)
        assert report.problems == []
        return report


@pytest.fixture
async def desk(database: None, standing_clock: object, tmp_path: Path) -> Desk:
    """A region with schools, periods and the national list."""
    at = Desk(tmp_path)
    await at.right("regions", REGIONS)
    await run(kind="adviezen", path=NATIONAL)
    await at.right("schools", SCHOOLS)
    await at.right("periods", PERIODS, region="AMSTELLAND", year="2026-2027")
    return at


def counts(report: Report) -> tuple[int, int, int]:
    return report.created, report.changed, report.unchanged


async def test_the_files_of_a_region_become_its_schools_seats_people_and_pupils(desk: Desk) -> None:
    await desk.right("departments", DEPARTMENTS)
    await desk.right("staff", STAFF, region="AMSTELLAND")
    await desk.right("pupils", HEADER + NOOR + LUKASZ)
    home, linked = await Region.get(code="AMSTELLAND"), await Region.get(code="AMSTERDAM")
    assert home.group_id == linked.group_id
    assert await PrimarySchool.filter(region_id=linked.id).count() == 1
    assert (await PrimarySchool.get(brin="91AB")).location == "01"
    assert (await SecondarySchool.get(brin="95AA")).priority_grounds == ["SIBLING", "STAFF_CHILD"]
    assert await Period.filter(region_id=home.id).count() == 5
    department = await Department.get(name="vmbo-t/havo")
    groups = {group.name: group for group in await CapacityGroup.filter(department_id=department.id)}
    assert groups["vmbo-t"].adviezen == ["VMBO_GL/TL", "VMBO_GL/TL_MET_LWOO"]
    assert groups["havo"].seats == 28
    anne = await Account.get(username="anne.prins@wilg.example.org")
    assert (anne.role, anne.realm, anne.password_hash) == (Role.PO_EDITOR, "staff", None)
    assert anne.primary_school_id == (await PrimarySchool.get(brin="91AA")).id
    dina = await Account.get(username="dina@elk.example.org")
    assert (dina.role, dina.region_id) == (Role.REGION_ADMIN, home.id)


async def test_a_pupil_comes_in_whole(desk: Desk) -> None:
    await desk.right("pupils", HEADER + NOOR + LUKASZ)
    noor = await Pupil.get(elk_number="10001")
    assert (noor.first_name, noor.infix, noor.last_name) == ("Noor", "van der", "Berg")
    assert (noor.origin, noor.provisional_advice_id, noor.advice_id) == (PupilOrigin.HOME, "HAVO", "HAVO")
    assert (await OkiDoc.get(pupil_id=noor.id)).status is OkiDocStatus.CONCEPT
    assert (await Result.get(pupil_id=noor.id)).advice_id == "HAVO"
    assert (await Address.get(pupil_id=noor.id)).house_number == "4a"
    assert (await Guardian.get(pupil_id=noor.id, position=1)).email == "ouder@example.org"
    other = await Pupil.get(elk_number="10002")
    assert (other.first_name, other.last_name) == ("Łukasz", "O'Neill-李")
    assert await Result.filter(pupil_id=other.id).count() == 0


async def test_a_bsn_is_kept_encrypted_and_is_nowhere_in_the_audit(desk: Desk) -> None:
    await desk.right("pupils", HEADER + NOOR)
    noor = await Pupil.get(elk_number="10001")
    settings = load()
    vault = BsnVault(keys=list(settings.bsn_keys), index_key=settings.bsn_index_key)
    assert noor.bsn_encrypted is not None
    assert b"111222333" not in bytes(noor.bsn_encrypted)
    assert vault.decrypt(encrypted=noor.bsn_encrypted) == "111222333"
    for entry in await AuditEntry.all():
        assert "111222333" not in f"{entry.before} {entry.after}"


@pytest.mark.parametrize(
    ("kind", "text", "options", "lines"),
    [
        ("regions", REGIONS, {}, 2),
        ("schools", SCHOOLS, {}, 4),
        ("periods", PERIODS, {"region": "AMSTELLAND", "year": "2026-2027"}, 5),
        ("departments", DEPARTMENTS, {}, 3),
        ("staff", STAFF, {"region": "AMSTELLAND"}, 4),
        ("pupils", HEADER + NOOR + LUKASZ, {}, 2),
        # Without numbers to be known by: by BSN, and by school, name and birth date.
        ("pupils", "\n".join(row.split(";", 1)[1] for row in (HEADER + NOOR).splitlines()), {}, 1),
        ("pupils", "\n".join(row.split(";", 2)[2] for row in (HEADER + LUKASZ).splitlines()), {}, 1),
    ],
)
async def test_the_same_file_twice_changes_nothing(
    desk: Desk, kind: str, text: str, options: dict[str, Any], lines: int
) -> None:
    await desk.right(kind, text, **options)
    traces = await AuditEntry.all().count()
    assert counts(await desk.right(kind, text, **options)) == (0, 0, lines)
    assert await AuditEntry.all().count() == traces


async def test_a_change_is_one_line_changed_with_before_and_after(desk: Desk) -> None:
    await desk.right("pupils", HEADER + NOOR + LUKASZ)
    moved = HEADER + NOOR.replace("Lindepad;4a", "Molenpad;12") + LUKASZ
    assert counts(await desk.right("pupils", moved)) == (0, 1, 1)
    entry = await AuditEntry.filter(entity="Pupil").order_by("-id").first()
    assert entry is not None
    assert entry.before["address"] == {"street": "Lindepad", "house_number": "4a"}
    assert entry.after["address"] == {"street": "Molenpad", "house_number": "12"}


async def test_an_empty_cell_takes_nothing_away(desk: Desk) -> None:
    await desk.right("pupils", HEADER + NOOR)
    await desk.right(
        "pupils",
        "ELK-nummer;Roepnaam;Achternaam;Geboortedatum;BRIN;Groep\n10001;Noor;Berg;03-02-2015;91AA;8b\n",
    )
    noor = await Pupil.get(elk_number="10001")
    assert (noor.class_group, noor.infix, noor.advice_id) == ("8b", "van der", "HAVO")
    assert await Address.filter(pupil_id=noor.id).count() == 1


async def test_a_dry_run_counts_and_leaves_nothing(desk: Desk) -> None:
    traces = await AuditEntry.all().count()
    assert counts(await desk.right("pupils", HEADER + NOOR + LUKASZ, dry_run=True)) == (2, 0, 0)
    assert await Pupil.all().count() == 0
    assert await AuditEntry.all().count() == traces


BAD = {
    "unknown BRIN": (NOOR.replace("91AA", "91ZZ"), "BRIN", "onbekend"),
    "school of another kind": (NOOR.replace("91AA", "95AA"), "BRIN", "onbekend"),
    "unknown advice": (NOOR.replace(";havo;havo;havo;", ";havo;hawo;;"), "Definitief advies", "onbekend"),
    "elfproef": (NOOR.replace("111222333", "123456789"), "BSN", "elfproef"),
    "date": (NOOR.replace("03-02-2015", "30-02-2015"), "Geboortedatum", "datum"),
    "an impossible year": (NOOR.replace("03-02-2015", "03-02-2001"), "Geboortedatum", "jaar"),
    "postcode": (NOOR.replace("1421 SA", "142 SA"), "Postcode", "postcode"),
    "a higher test without motivation": (
        NOOR.replace(";havo;havo;havo;", ";havo;havo;vwo;"),
        "Definitief advies",
        "toetsadvies",
    ),
    "doubled ELK number": (NOOR + NOOR.replace("111222333", "123456782"), "ELK-nummer", "regel"),
}


@pytest.mark.parametrize("what", BAD)
async def test_a_bad_line_is_named_and_nothing_of_the_file_is_written(desk: Desk, what: str) -> None:
    text, column, reason = BAD[what]
    good = LUKASZ.replace("10002", "10009").replace("123456782", "")
    report = await desk.take("pupils", HEADER + good + text)
    (problem,) = report.problems
    assert problem.line == 2 + text.count("\n")
    assert problem.column == column
    assert reason in problem.reason
    assert await Pupil.all().count() == 0


async def test_a_motivation_that_says_nothing_is_none(desk: Desk) -> None:
    header, noor = (
        HEADER.strip() + ";Motivering\n",
        NOOR.replace(";havo;havo;havo;", ";havo;havo;vwo;").strip(),
    )
    report = await desk.take("pupils", f"{header}{noor};.\n")
    (problem,) = report.problems
    assert (problem.line, problem.column) == (2, "Motivering niet bijstellen")
    assert "waarom u het advies niet bijstelt" in problem.reason
    await desk.right("pupils", f"{header}{noor};Zij kiest zelf voor de havo.\n")


async def test_another_child_never_takes_a_number_or_a_bsn(desk: Desk) -> None:
    await desk.right("pupils", HEADER + NOOR)
    report = await desk.take("pupils", HEADER + "10001;123456782;Bram;;Visser;01-05-2015;91AA;;;;;;;;;\n")
    assert [(problem.line, problem.column) for problem in report.problems] == [(2, "ELK-nummer")]
    report = await desk.take("pupils", HEADER + "10003;111222333;Bram;;Visser;01-05-2015;91AA;;;;;;;;;\n")
    assert [(problem.line, problem.column) for problem in report.problems] == [(2, "BSN")]
    assert (await Pupil.get(elk_number="10001")).first_name == "Noor"


async def test_numbers_are_given_once_over_linked_regions(desk: Desk) -> None:
    header = "Roepnaam;Achternaam;Geboortedatum;BRIN\n"
    await desk.right("pupils", header + "Noor;Berg;03-02-2015;91AA\nSem;Kaya;04-02-2015;92AA\n")
    await desk.right("pupils", header + "Lev;Smit;05-02-2015;92AA\n")
    numbers = sorted([pupil.elk_number for pupil in await Pupil.all()])
    assert numbers == ["10000", "10001", "10002"]


async def test_an_outside_pupil_has_a_number_with_b_and_no_oki_doc(desk: Desk) -> None:
    """Rule 47."""
    text = "Roepnaam;Achternaam;Geboortedatum;Buitenleerling;School van herkomst;Regio\nMia;Pinas;03-02-2015;ja;De Brug;AMSTELLAND\n"
    await desk.right("pupils", text)
    mia = await Pupil.get(first_name="Mia")
    assert (mia.elk_number, mia.origin, mia.primary_school_id) == ("B10000", PupilOrigin.OUTSIDE, None)
    assert await OkiDoc.filter(pupil_id=mia.id).count() == 0


async def test_a_definitive_oki_doc_that_a_file_corrects_stands_as_concept_again(desk: Desk) -> None:
    await desk.right("pupils", HEADER + NOOR)
    noor = await Pupil.get(elk_number="10001")
    await OkiDoc.filter(pupil_id=noor.id).update(status=OkiDocStatus.FINAL, version=4)
    report = await desk.right("pupils", HEADER + NOOR.replace("Lindepad", "Molenpad"))
    oki_doc = await OkiDoc.get(pupil_id=noor.id)
    assert (oki_doc.status, oki_doc.version) == (OkiDocStatus.CONCEPT, 5)
    assert "10001" in report.notices[0].reason


async def test_periods_that_contradict_the_procedure_are_refused(desk: Desk) -> None:
    options = {"region": "AMSTELLAND", "year": "2026-2027"}
    late = PERIODS.replace("Behandelperiode;25-03-2027 17:00", "Behandelperiode;26-03-2027 17:00")
    report = await desk.take("periods", late, **options)
    assert [(problem.line, problem.column) for problem in report.problems] == [(3, "Opent")]
    outside = PERIODS.replace("16-04-2027", "16-06-2027")
    assert (await desk.take("periods", outside, **options)).problems[0].line == 4


async def test_an_advice_in_two_groups_of_a_department_is_refused(desk: Desk) -> None:
    report = await desk.take("departments", DEPARTMENTS.replace("28;havo", "28;havo, vmbo-gl/tl"))
    assert {problem.column for problem in report.problems} == {"Adviezen"}
    assert await Department.all().count() == 0


async def test_ten_thousand_pupils_come_in_and_say_how_far(desk: Desk) -> None:
    text = HEADER + "".join(
        f"{10000 + place};;Noor;;Berg {place};03-02-2015;91AA;Lindepad;{place};1421 SA;Uithoorn;"
        f"havo;havo;havo;Berg;ouder{place}@example.org\n"
        for place in range(10_000)
    )
    said: list[str] = []
    report = await desk.right("pupils", text, say=said.append)
    assert counts(report) == (10_000, 0, 0)
    assert said
    assert await AuditEntry.filter(entity="Pupil").count() == 10_000


async def test_a_step_under_way_and_a_file_follow_each_other(desk: Desk) -> None:
    await desk.right("pupils", HEADER + NOOR)
    noor = await Pupil.get(elk_number="10001")
    corrected = HEADER + NOOR.replace("Lindepad", "Molenpad")
    step = await asyncpg.connect(load().database_url)
    try:
        async with step.transaction():
            await step.execute("SELECT 1 FROM pupil WHERE id = $1 FOR UPDATE", noor.id)
            await step.execute("UPDATE oki_doc SET version = 7 WHERE pupil_id = $1", noor.id)
            file = asyncio.create_task(desk.right("pupils", corrected))
            await asyncio.sleep(0.4)
            assert not file.done()
    finally:
        await step.close()
    assert counts(await file) == (0, 1, 0)
    assert (await OkiDoc.get(pupil_id=noor.id)).version == 8
