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
WISHES = (
    "Een school dichtbij, met duidelijke regels.",
    "Een school met veel sport.",
    "Een kleine school waar men elkaar kent.",
    "Een school met een brede brugklas.",
    "Een school met aandacht voor muziek en theater.",
)
ATTENTION = (
    "Een rustige plek in de klas helpt bij toetsen.",
    "Wil graag weten wat er van de dag verwacht wordt: een planner werkt goed.",
    "Heeft tijd nodig om te wennen aan nieuwe groepen.",
    "Vindt samenwerken fijn en helpt anderen graag.",
    "Meer uitdaging bij rekenen houdt de aandacht vast.",
)
NEEDS = (
    "Dyslexie: extra tijd bij toetsen en voorleessoftware.",
    "Korte, stapsgewijze opdrachten en een vast aanspreekpunt.",
    "Verlengde instructie bij begrijpend lezen.",
)
ABSENCES = ("Ziek", "Bezoek orthodontist", "Huwelijk in de familie", "Begrafenis", "Griep")
LEVELS = ("I", "II", "III", "IV", "V")
TEACHERS = ("Marieke de Boer", "Joost Prins", "Fatima Kaya", "Ingrid Smit", "Ronald Visser")
_LVS = (
    ("Rekenen-Wiskunde", "Rekenen"),
    ("Begrijpend lezen", "Lezen"),
    ("Spelling", "Taal"),
    ("DMT", "Technisch lezen"),
)


def sections(
    *, dice: Dice, first_name: str, group: str, brin: str, born: date, final: bool
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
                "group_name": group if place == 8 else f"groep {place}",
                "begins_on": f"{year}-08-01",
                "brin": brin,
            }
            for place, year in zip(range(1, 9), range(2019, 2027), strict=True)
            if year >= entered - 1
        ],
        "advice": {
            "motivation": dice.one(MOTIVATIONS).format(name=first_name),
            "wish_parents": dice.one(WISHES),
            "wish_pupil": dice.one(WISHES),
            "points_of_attention": dice.one(ATTENTION),
        },
        "lvs_tests": [
            _lvs(dice, place, taken) for taken in (date(2026, 1, 26), date(2026, 6, 8)) for place in _LVS
        ],
    }
    if dice.chance(18):
        found["support"] = {
            "perspective_plan": dice.chance(25),
            "admissibility_statement": False,
            "needs": dice.one(NEEDS),
            "medication": dice.chance(10),
        }
    if dice.chance(45):
        found["absence"] = [_absence(dice) for _ in range(dice.between(1, 4))]
    if final:
        seen_on = date(2027, 1, 25) + timedelta(days=dice.below(5))
        agreed = "JA" if dice.chance(94) else "NEE"
        found["inspection"] = {
            "seen": True,
            "seen_on": seen_on.isoformat(),
            "agreed": agreed,
            "consent": "JA",
        }
        if agreed == "NEE":
            found["inspection"]["reason_not_agreed"] = "Wij hadden op een hoger advies gehoopt."
    return found


def _lvs(dice: Dice, test: tuple[str, str], taken: date) -> dict[str, Any]:
    return {
        "taken_on": taken.isoformat(),
        "name": test[0],
        "part": test[1],
        "year_group": "7",
        "score": str(dice.between(60, 320)),
        "level": dice.one(LEVELS),
    }


def _absence(dice: Dice) -> dict[str, Any]:
    begins = date(2026, 9, 1) + timedelta(days=dice.below(120))
    return {
        "begins_on": begins.isoformat(),
        "ends_on": (begins + timedelta(days=dice.below(3))).isoformat(),
        "reason": dice.one(ABSENCES),
        "authorised": dice.chance(95),
    }
