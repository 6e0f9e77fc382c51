"""Each kind of file knows its own columns: schools, departments, periods, staff, adviezen."""

from pathlib import Path

import pytest

from imports import KINDS, read
from imports.cells import SchoolKind
from rules.vocabulary import PeriodKind, Role


class TestOtherKinds:
    def test_schools_have_a_kind_and_priority_rules(self) -> None:
        rows, problems = read(
            kind=KINDS["schools"],
            content=(
                b"Soort;BRIN;Naam;Voorrang\n"
                b"VO;95AA00;De Amstel;broer/zus, kind van medewerker\n"
                b"basisschool;91AA;De Wilg;\n"
            ),
        )
        assert problems == []
        assert rows[0].get("priority_grounds") == ["SIBLING", "STAFF_CHILD"]
        assert [row.get("kind") for row in rows] == [SchoolKind.SECONDARY, SchoolKind.PRIMARY]

    def test_one_school_stands_on_one_line_however_it_is_written(self) -> None:
        content = b"Soort;BRIN;Vestiging;Naam\nPO;91AA;0;De Wilg\nPO;91aa00;;De Wilg\nPO;91AA00;01;De Wilg\n"
        _, problems = read(kind=KINDS["schools"], content=content)
        assert [(problem.line, problem.column) for problem in problems] == [(3, "BRIN"), (4, "Vestiging")]

    def test_a_primary_school_has_no_priority_rules(self) -> None:
        _, problems = read(
            kind=KINDS["schools"], content=b"Soort;BRIN;Naam;Voorrang\nPO;91AA;De Wilg;broer/zus\n"
        )
        assert [problem.column for problem in problems] == ["Voorrang"]

    def test_departments_list_their_adviezen(self) -> None:
        rows, problems = read(
            kind=KINDS["departments"],
            content=b"BRIN;Afdeling;Plaatsen;Adviezen\n95AA;Havo;56;HAVO, havo t/m vwo|VMBO_GL/TL_TM_HAVO\n",
        )
        assert problems == []
        assert rows[0].get("adviezen") == ("HAVO", "havo t/m vwo", "VMBO_GL/TL_TM_HAVO")

    @pytest.mark.parametrize("seats", ["-1", "1,5", "veel", "1000000", ""])
    def test_seats_are_a_whole_number(self, seats: str) -> None:
        content = f"BRIN;Afdeling;Plaatsen;Adviezen\n95AA;Havo;{seats};HAVO\n"
        _, problems = read(kind=KINDS["departments"], content=content.encode())
        assert [problem.column for problem in problems] == ["Plaatsen"]

    def test_periods_are_on_the_clock_of_amsterdam(self) -> None:
        rows, problems = read(
            kind=KINDS["periods"],
            content=(
                b"Periode;Opent;Sluit\n"
                b"Aanmeldweek;15-03-2027 09:00;2027-03-19 17:00\n"
                b"Bekendmaking;15-4-2027 om 16.00 uur;\n"
            ),
        )
        assert problems == []
        assert [row.get("kind") for row in rows] == [PeriodKind.APPLICATION, PeriodKind.ANNOUNCEMENT]
        assert rows[0].get("opens_at").isoformat() == "2027-03-15T09:00:00+01:00"
        assert rows[1].get("opens_at").isoformat() == "2027-04-15T16:00:00+02:00"

    @pytest.mark.parametrize(
        ("line", "column"),
        [
            ("Aanmeldweek;15-03-2027 09:00;", "Sluit"),
            ("Aanmeldweek;15-03-2027 09:00;15-03-2027 09:00", "Sluit"),
            ("Aanmeldweek;15-03-2027 25:00;16-03-2027", "Opent"),
            ("Aanmeldweek;28-03-2027 02:30;29-03-2027", "Opent"),
            ("Bekendmaking;15-03-2027 16:00;16-03-2027", "Sluit"),
            ("Zomer;15-03-2027 16:00;16-03-2027", "Periode"),
        ],
    )
    def test_a_period_that_cannot_be_is_named(self, line: str, column: str) -> None:
        _, problems = read(kind=KINDS["periods"], content=f"Periode;Opent;Sluit\n{line}\n".encode())
        assert [problem.column for problem in problems] == [column]

    def test_staff_belong_to_a_school_or_to_the_region(self) -> None:
        rows, problems = read(
            kind=KINDS["staff"],
            content=(
                b"Naam;E-mail;Rol;BRIN\n"
                b"Anne de Wit;anne@example.nl;Invoeren/accorderen;91AA\n"
                b"Bo;bo@example.nl;ELK-beheerder;\n"
                b"Cas;cas@example.nl;monitoring;\n"
                b"Dee;dee@example.nl;projectleider;91AA\n"
                b"Eef;anne@example.nl;VO-medewerker;95AA\n"
            ),
        )
        assert [row.get("role") for row in rows] == [Role.PO_EDITOR, Role.REGION_ADMIN, Role.VO_STAFF]
        assert [(problem.line, problem.column) for problem in problems] == [
            (4, "BRIN"),
            (5, "BRIN"),
            (6, "E-mail"),
        ]

    def test_the_national_list_of_adviezen_is_read(self) -> None:
        rows, problems = read(kind=KINDS["adviezen"], content=Path("imports/data/adviezen.csv").read_bytes())
        assert problems == []
        lengths = {row.get("code"): row.get("list_length") for row in rows}
        assert len(lengths) == 17
        assert {code for code, length in lengths.items() if length is None} == {
            "VSO",
            "PRAKTIJKONDERWIJS",
            "GEEN_SPECIFIEK_ADVIES_MOGELIJK",
        }
        assert lengths["VMBO_KB_TM_VMBO_GL/TL_MET_LWOO"] == 2
        assert lengths["VMBO_GL/TL_MET_LWOO"] == 5
