"""The secondary schools of the demo region, their departments and who may sit there. All invented."""

from collections.abc import Iterator
from dataclasses import dataclass

_LWOO = "_MET_LWOO"
_BASIS = ("VMBO_BB", "VMBO_BB" + _LWOO, "VMBO_BB_TM_VMBO_KB", "VMBO_BB_TM_VMBO_KB" + _LWOO)
_KADER = ("VMBO_BB_TM_VMBO_KB", "VMBO_BB_TM_VMBO_KB" + _LWOO, "VMBO_KB", "VMBO_KB" + _LWOO,
          "VMBO_KB_TM_VMBO_GL/TL", "VMBO_KB_TM_VMBO_GL/TL" + _LWOO)  # fmt: skip
_MAVO = ("VMBO_KB_TM_VMBO_GL/TL", "VMBO_KB_TM_VMBO_GL/TL" + _LWOO, "VMBO_GL/TL", "VMBO_GL/TL" + _LWOO,
         "VMBO_GL/TL_TM_HAVO")  # fmt: skip
_HAVO = ("VMBO_GL/TL_TM_HAVO", "HAVO", "HAVO_TM_VWO")
_VWO = ("HAVO_TM_VWO", "VWO")


@dataclass(frozen=True, slots=True)
class Stream:
    """A capacity group of a department. `seats`: of a region of 400 pupils; larger ones have more."""

    department: str
    seats: int
    adviezen: tuple[str, ...]
    group: str = ""


BASIS = Stream("Vmbo-basis", 16, _BASIS)
KADER = Stream("Vmbo-kader", 24, _KADER)
MAVO = Stream("Mavo", 28, _MAVO)
HAVO = Stream("Havo", 28, _HAVO)
VWO = Stream("Vwo", 28, _VWO)


@dataclass(frozen=True, slots=True)
class SecondarySchool:
    """`place`: of the first or the second region of its group."""

    brin: str
    name: str
    city: str
    digits: int
    priority: str
    streams: tuple[Stream, ...]
    linked: bool = False


AT_HOME = (
    SecondarySchool("AA", "Amstelbroncollege", "Amstelveen", 1181, "broer/zus",
                    (BASIS, KADER, MAVO, Stream("Havo", 20, ("VMBO_GL/TL_TM_HAVO", "HAVO"), "Havo"),
                     Stream("Havo", 8, ("HAVO_TM_VWO",), "Havo/vwo"), VWO)),
    SecondarySchool("AB", "Legmeerlyceum", "Amstelveen", 1186, "broer/zus, kind van medewerker",
                    (Stream("Mavo", 20, _MAVO), HAVO, Stream("Atheneum", 28, _VWO),
                     Stream("Tweetalig vwo", 6, _VWO), Stream("Gymnasium", 14, ("VWO",)))),
    SecondarySchool("AC", "College aan de Poel", "Aalsmeer", 1431, "broer/zus, kind van medewerker",
                    (BASIS, KADER, MAVO, HAVO, VWO)),
    SecondarySchool("AD", "Thamerschans College", "Uithoorn", 1421, "broer/zus", (BASIS, KADER, MAVO, HAVO, VWO)),
    SecondarySchool("AE", "Rondehoeplyceum", "Ouderkerk aan de Amstel", 1191, "",
                    (MAVO, HAVO, VWO, Stream("Technasium", 10, _VWO))),
    SecondarySchool("AF", "Vakcollege Meerlanden", "Aalsmeer", 1432, "kind van medewerker", (BASIS, KADER, MAVO)),
)  # fmt: skip
LINKED = (
    SecondarySchool("BA", "Sluishavencollege", "Amsterdam", 1055, "broer/zus", (BASIS, KADER, MAVO, HAVO, VWO), True),
    SecondarySchool("BB", "Wetering Lyceum", "Amsterdam", 1079, "broer/zus, kind van medewerker",
                    (BASIS, KADER, MAVO, HAVO, VWO), True),
)  # fmt: skip
ALL = (*AT_HOME, *LINKED)

POPULAR = "AB"
POPULAR_DEPARTMENT = "Tweetalig vwo"
"""At the school of the persona `vo_staff`: more enrolments than seats."""


def brin_of(*, group: int, letters: str) -> str:
    """No real school has a BRIN this high."""
    return f"{94 + group}{letters}"


def streams_for(*, school: SecondarySchool, advice: str) -> Iterator[Stream]:
    """The departments of a school that are open to an advice."""
    return (stream for stream in school.streams if advice in stream.adviezen)
