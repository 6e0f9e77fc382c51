"""Who is who in the demo region, by number alone: what the files say of a child and how far it has come.

A child is a group of linked regions and a serial number within it. Everything about it follows from these
two, so that the first children, and with them the personas, are the same in a region of any size.
"""

from dataclasses import dataclass
from enum import IntEnum

from sandbox.dice import Dice

YEAR = "2026-2027"
LEAST_PUPILS = 100
# Five digits, and room for the pupils that are still to be added.
MOST_IN_A_GROUP = 80_000
FIRST_NUMBER = 10_000

OWN_SCHOOL = range(1, 41)
"""The school of the personas `po_editor` and `po_monitor`."""
OSO_SCHOOL = range(41, 53)
"""The school with the standards' test BRIN, 00YY: its pupils come as dossiers."""
OSO_BRIN = "00YY"
TWINS = {21: 20, 31: 30}
"""The second of a pair: the first."""
WANTS_THE_POPULAR = frozenset({2, 20})
"""They, and with one of them a twin, choose the popular department first: more than a small region has seats."""
IN_TWO_REGIONS = frozenset({3})
"""Invited in both regions of their group."""
OUTSIDE = 1_000_000
"""Where the serial numbers of buitenleerlingen begin."""


class Stage(IntEnum):
    """How far a child has come on the third day of the application week."""

    FILE_OPEN = 0
    FILE_FINAL = 1
    SENT = 2
    ACTIVATED = 3
    STARTED = 4
    FINAL = 5
    UNDONE = 6


class Gap(IntEnum):
    """What an open file still lacks."""

    NOTHING = 0
    NO_TEST = 1
    NO_ADVICE = 2
    NO_EMAIL = 3
    RECONSIDER = 4
    EXEMPT = 5
    """No gap at all: the law asks no test of this child."""


# Every advice of the national list; out of a hundred children.
_ADVIEZEN = {
    "VSO": 1,
    "PRAKTIJKONDERWIJS": 3,
    "VMBO_BB": 4,
    "VMBO_BB_MET_LWOO": 3,
    "VMBO_BB_TM_VMBO_KB": 4,
    "VMBO_BB_TM_VMBO_KB_MET_LWOO": 2,
    "VMBO_KB": 6,
    "VMBO_KB_MET_LWOO": 2,
    "VMBO_KB_TM_VMBO_GL/TL": 6,
    "VMBO_KB_TM_VMBO_GL/TL_MET_LWOO": 2,
    "VMBO_GL/TL": 11,
    "VMBO_GL/TL_MET_LWOO": 2,
    "VMBO_GL/TL_TM_HAVO": 11,
    "HAVO": 14,
    "HAVO_TM_VWO": 13,
    "VWO": 15,
    "GEEN_SPECIFIEK_ADVIES_MOGELIJK": 1,
}
_HUNDRED = tuple(advice for advice, times in _ADVIEZEN.items() for _ in range(times))
NOT_ON_THE_FORM = ("VSO", "PRAKTIJKONDERWIJS", "GEEN_SPECIFIEK_ADVIES_MOGELIJK")
SHORT_LIST = tuple(_ADVIEZEN)[2:10]
_NEXT = {
    "HAVO": "HAVO_TM_VWO",
    "HAVO_TM_VWO": "VWO",
    "VMBO_GL/TL": "VMBO_GL/TL_TM_HAVO",
    "VMBO_KB": "VMBO_KB_TM_VMBO_GL/TL",
}

# The personas' school shows everything; the rest of the region falls as it falls.
_OWN: dict[int, tuple[str, Stage, Gap]] = {
    1: ("HAVO_TM_VWO", Stage.ACTIVATED, Gap.NOTHING),
    2: ("VWO", Stage.FINAL, Gap.NOTHING),
    3: ("VMBO_KB", Stage.ACTIVATED, Gap.NOTHING),
    4: ("HAVO", Stage.STARTED, Gap.NOTHING),
    5: ("HAVO", Stage.FILE_OPEN, Gap.NOTHING),
    6: ("VWO", Stage.FILE_OPEN, Gap.NOTHING),
    7: ("VMBO_KB", Stage.FILE_OPEN, Gap.NOTHING),
    8: ("HAVO", Stage.FILE_FINAL, Gap.NOTHING),
    9: ("VMBO_GL/TL", Stage.FILE_FINAL, Gap.NOTHING),
    10: ("VMBO_BB", Stage.FILE_FINAL, Gap.EXEMPT),
    11: ("HAVO", Stage.FILE_OPEN, Gap.NO_TEST),
    12: ("HAVO_TM_VWO", Stage.FILE_OPEN, Gap.NO_ADVICE),
    13: ("VMBO_GL/TL", Stage.FILE_OPEN, Gap.NO_EMAIL),
    14: ("HAVO", Stage.FILE_OPEN, Gap.RECONSIDER),
    15: ("PRAKTIJKONDERWIJS", Stage.FILE_FINAL, Gap.NOTHING),
    16: ("VSO", Stage.FILE_FINAL, Gap.NOTHING),
    17: ("VWO", Stage.SENT, Gap.NOTHING),
    18: ("VMBO_KB_TM_VMBO_GL/TL", Stage.SENT, Gap.NOTHING),
    19: ("VMBO_GL/TL_TM_HAVO", Stage.UNDONE, Gap.NOTHING),
    20: ("VWO", Stage.FINAL, Gap.NOTHING),
    21: ("VWO", Stage.FINAL, Gap.NOTHING),
    30: ("HAVO", Stage.FINAL, Gap.NOTHING),
    31: ("HAVO", Stage.STARTED, Gap.NOTHING),
    OUTSIDE + 1: ("HAVO", Stage.ACTIVATED, Gap.NOTHING),
    OUTSIDE + 2: ("VWO", Stage.FINAL, Gap.NOTHING),
}
_FUNNEL = {
    Stage.FILE_OPEN: 9,
    Stage.FILE_FINAL: 8,
    Stage.SENT: 14,
    Stage.ACTIVATED: 12,
    Stage.STARTED: 17,
    Stage.FINAL: 38,
    Stage.UNDONE: 2,
}


@dataclass(frozen=True, slots=True)
class Course:
    """What a child may become and how far it is."""

    advice: str
    stage: Stage
    gap: Gap

    @property
    def test_advice(self) -> str | None:
        """What the test said; nothing where it is not in yet or, by law, was not taken."""
        if self.gap in (Gap.NO_TEST, Gap.EXEMPT) or self.advice in NOT_ON_THE_FORM:
            return None
        return _NEXT.get(self.advice, self.advice) if self.gap is Gap.RECONSIDER else self.advice

    @property
    def on_the_form(self) -> bool:
        return self.advice not in NOT_ON_THE_FORM


def course(*, group: int, serial: int) -> Course:
    """The course of one child."""
    if group == 1 and serial in _OWN:
        return Course(*_OWN[serial])
    # 37 and 100 share no divisor: any hundred in a row hold every advice.
    advice = _HUNDRED[serial * 37 % 100]
    if group == 1 and serial in OSO_SCHOOL:
        return Course(advice, Stage.FILE_OPEN, Gap.NOTHING)
    dice = Dice(1, group, serial)
    stage = dice.weighted(_FUNNEL)
    gap = Gap.NOTHING
    if stage is Stage.FILE_OPEN and dice.chance(60):
        gap = dice.one((Gap.NO_TEST, Gap.NO_ADVICE, Gap.NO_EMAIL, Gap.RECONSIDER))
    if gap is Gap.RECONSIDER and advice not in _NEXT:
        gap = Gap.NO_TEST
    if advice in NOT_ON_THE_FORM:
        stage, gap = min(stage, Stage.FILE_FINAL), Gap.NOTHING
    return Course(advice, stage, gap)


@dataclass(frozen=True, slots=True)
class Group:
    """One group of linked regions and how its pupils are spread."""

    number: int
    home: int
    linked: int
    outside: int

    @property
    def regions(self) -> tuple[str, str]:
        return (
            ("AMSTELLAND", "AMSTERDAM")
            if self.number == 1
            else (f"REGIO-{self.number}A", f"REGIO-{self.number}B")
        )

    @property
    def schools_at_home(self) -> int:
        """Primary schools of the first region beside the first two."""
        return max(6, (self.home - OSO_SCHOOL.stop + 1) // 45)

    @property
    def schools_linked(self) -> int:
        return max(2, self.linked // 45)

    def is_linked(self, serial: int) -> bool:
        return serial > self.home

    def school_of(self, serial: int) -> int:
        """Which primary school of the group, from 0: the personas' own, 00YY, those at home, those linked."""
        if serial in OWN_SCHOOL:
            return 0
        if serial in OSO_SCHOOL:
            return 1
        if serial <= self.home:
            return 2 + (serial - OSO_SCHOOL.stop) % self.schools_at_home
        return 2 + self.schools_at_home + (serial - self.home - 1) % self.schools_linked


def groups(*, pupils: int) -> list[Group]:
    """As many groups as five digits ask for; 400 pupils are one."""
    pupils = max(pupils, LEAST_PUPILS)
    count = -(-pupils // MOST_IN_A_GROUP)
    found = []
    for number in range(1, count + 1):
        share = pupils // count + (number <= pupils % count)
        outside, linked = share * 3 // 100, share * 15 // 100
        found.append(Group(number, share - outside - linked, linked, outside))
    return found


def elk_number(serial: int) -> str:
    return str(FIRST_NUMBER + serial)


def outside_number(serial: int) -> str:
    return f"B{FIRST_NUMBER + serial}"
