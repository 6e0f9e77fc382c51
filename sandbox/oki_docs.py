"""What the Oki-docs of the demo region say: invented, and as schools write."""

from datetime import date, timedelta
from typing import Any

from sandbox.dice import Dice

MOTIVATIONS = (
    "{name} werkt zelfstandig, plant goed en haalt al drie jaar stabiele resultaten op rekenen en begrijpend "
    "lezen. De werkhouding past bij dit niveau.",
    "{name} leert graag en stelt veel vragen. Bij nieuwe stof helpt een voorbeeld op papier. Met die steun "
    "past dit advies goed.",
    "De resultaten op rekenen liggen iets hoger dan die op taal. {name} zet door als het moeilijk wordt en "
    "vraagt op tijd om hulp.",
    "{name} leert het best door te doen. De praktische lessen gaan met veel plezier en grote inzet.",
    "In groep 7 en 8 is {name} sterk gegroeid. De laatste toetsen laten zien dat dit niveau haalbaar is.",
)
HIGHER = {
    "VMBO_BB": "VMBO_BB_TM_VMBO_KB",
    "VMBO_BB_TM_VMBO_KB": "VMBO_KB",
    "VMBO_KB": "VMBO_KB_TM_VMBO_GL/TL",
    "VMBO_GL/TL": "VMBO_GL/TL_TM_HAVO",
    "VMBO_GL/TL_TM_HAVO": "HAVO",
    "HAVO": "HAVO_TM_VWO",
    "HAVO_TM_VWO": "VWO",
}
"""What parents wish for who hope for more than the advice."""
ATTENTION = (
    "Een rustige plek in de klas helpt bij toetsen.",
    "Wil graag weten wat er van de dag verwacht wordt: een planner werkt goed.",
    "Heeft tijd nodig om te wennen aan nieuwe groepen.",
    "Vindt samenwerken fijn en helpt anderen graag.",
    "Meer uitdaging bij rekenen houdt de aandacht vast.",
)
GOALS = ("Begrijpend lezen", "Rekenen tot honderd", "Spelling van werkwoorden", "Plannen van huiswerk")
DIAGNOSES = (("F81.0", "Dyslexie"), ("F81.2", "Dyscalculie"), ("F90.0", "ADHD"))
LEVELS = ("I", "II", "III", "IV", "V")
TEACHERS = ("Marieke de Boer", "Joost Prins", "Fatima Kaya", "Ingrid Smit", "Ronald Visser")
_LVS = (
    ("Rekenen-Wiskunde", "rekenen"),
    ("Begrijpend lezen", "begrijpend lezen"),
    ("Spelling", "spelling"),
    ("DMT", "technisch lezen"),
)


def sections(
    *, dice: Dice, first_name: str, group: str, brin: str, born: date, advice: str, final: bool
) -> dict[str, Any]:
    """The sections of one child, as `rules.oki_doc` declares them; parents have seen what is definitive."""
    entered = born.year + 4
    found: dict[str, Any] = {
        "contact": {
            "needed": dice.chance(30),
            "person": dice.one(TEACHERS),
            "phone": f"020-00010{dice.between(10, 99)}",
            "email": "groep8@school.example.org",
        },
        "career": [
            {
                "school_year": f"{year}-{year + 1}",
                "year_group": str(place),
                "group_code": group if place == 8 else str(place),
                "group_name": f"groep {place}",
                "begins_on": f"{year}-08-01",
                "ends_on": f"{year + 1}-07-31",
                "brin": brin,
                "location": "00",
            }
            for place, year in zip(range(1, 9), range(2019, 2027), strict=True)
            if year >= entered - 1
        ],
        "advice": {
            "wish_parents": HIGHER.get(advice, advice) if dice.chance(25) else advice,
            "wish_pupil": advice,
            "profile": dice.one(("basis", "basis", "basis", "plus", "bespreek")),
            "motivation": dice.one(MOTIVATIONS).format(name=first_name),
            "points_of_attention": dice.one(ATTENTION),
        },
        "lvs_tests": [
            _lvs(dice, place, taken) for taken in (date(2026, 1, 26), date(2026, 6, 8)) for place in _LVS
        ],
    }
    if dice.chance(18):
        found |= _support(dice, brin)
    if dice.chance(45):
        found["absence"] = _absence(dice)
    if dice.chance(4):
        found["reports"] = [_report(dice)]
    if dice.chance(3):
        found["withheld"] = [{"category": "cijferlijsten", "choice": "OPT-UIT"}]
    if final:
        seen_on = date(2027, 1, 25) + timedelta(days=dice.below(5))
        agreed = "JA" if dice.chance(94) else "NEE"
        found["inspection"] = {
            "provisional": False,
            "seen": True,
            "seen_on": seen_on.isoformat(),
            "agreed": agreed,
            "consent": "JA",
        }
        if agreed == "NEE":
            found["inspection"]["reason_not_agreed"] = "Wij hadden op een hoger advies gehoopt."
    return found


def _lvs(dice: Dice, test: tuple[str, str], taken: date) -> dict[str, Any]:
    name, subject = test
    return {
        "taken_on": taken.isoformat(),
        "code": f"LIB{taken.year}-{name[:3].upper()}",
        "name": name,
        "subject": subject,
        "year_group": "7",
        "references": [{"code": "IV", "group": "Landelijk", "value": dice.one(LEVELS)}],
        "ability": dice.between(60, 320),
    }


def _support(dice: Dice, brin: str) -> dict[str, Any]:
    begun = date(2025, 9, 1) + timedelta(days=dice.below(200))
    found: dict[str, Any] = {
        "support": {"medication": dice.chance(10)},
        "plans": [{"begins_on": begun.isoformat(), "ends_on": "2027-07-31", "aimed_at": dice.one(GOALS)}],
    }
    day = {"begins_on": begun.isoformat()}
    if dice.chance(40):
        code, name = dice.one(DIAGNOSES)
        found["diagnoses"] = [
            {
                "codes": code,
                "name": name,
                "established_on": day["begins_on"],
                "established_by": "GZ-psycholoog",
            }
        ]
    if dice.chance(25):
        found["perspective_plan"] = day
    if dice.chance(25):
        found["arrangements"] = [{**day, "feature": "Extra begeleiding in de klas, twee uur per week"}]
    match dice.below(6):
        case 0:
            found["statements"] = [
                {**day, "partnership": "PO2701", "category": "L", "number": f"TLV-{dice.between(1000, 9999)}"}
            ]
        case 1:
            found["cluster_arrangements"] = [{**day, "brin": brin, "location": "00"}]
        case 2:
            found["learning_support"] = {
                **day, "ends_on": "2030-07-31", "partnership": "VO2701", "number": f"{dice.between(1000, 9999)}",
            }  # fmt: skip
    return found


def _absence(dice: Dice) -> dict[str, Any]:
    unauthorised = dice.one((0, 0, 0, 0, 1, 2))
    return {
        "half_days_authorised": dice.between(1, 24),
        "half_days_unauthorised": unauthorised,
        "over_quarter": False,
        "times": unauthorised,
        "attendance_officer": unauthorised > 1,
    }


def _report(dice: Dice) -> dict[str, Any]:
    subjects = [
        {"name": name, "value": dice.one(("6", "7", "8", "goed"))}
        for name in ("Rekenen", "Lezen", "Taal", "Werkhouding")
    ]
    return {
        "reported_on": "2027-01-29",
        "year_group": "8",
        "period": "1",
        "lists": [
            {"name": "Rapport", "subjects": subjects, "marks": [{"qualification": "naar verwachting"}]}
        ],
    }
