"""Free text becomes a code of the national list where it can mean nothing else, and otherwise nothing."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.advice_text import may_mean, read

NATIONAL = Path(__file__).parents[2] / "imports" / "data" / "adviezen.csv"
with NATIONAL.open(encoding="utf-8-sig", newline="") as file:
    ADVIEZEN = {row["Advies"]: row["Omschrijving"] for row in csv.DictReader(file, delimiter=";")}

READ = {
    "vwo": "VWO",
    " VWO ": "VWO",
    "havo": "HAVO",
    "havo/vwo": "HAVO_TM_VWO",
    "havo t/m vwo": "HAVO_TM_VWO",
    "HAVO_TM_VWO": "HAVO_TM_VWO",
    "havo tot en met vwo": "HAVO_TM_VWO",
    "mavo/havo": "VMBO_GL/TL_TM_HAVO",
    "vmbo-t/havo": "VMBO_GL/TL_TM_HAVO",
    "vmbo gl-tl/havo": "VMBO_GL/TL_TM_HAVO",
    "VMBO-GL/TL t/m HAVO": "VMBO_GL/TL_TM_HAVO",
    "vmbo-gl/tl": "VMBO_GL/TL",
    "vmbo tl": "VMBO_GL/TL",
    "vmbo-(g)t": "VMBO_GL/TL",
    "gl/tl": "VMBO_GL/TL",
    "gemengde en theoretische leerweg": "VMBO_GL/TL",
    "vmbo kb/vmbo gl-tl": "VMBO_KB_TM_VMBO_GL/TL",
    "vmbo-k/gl-tl": "VMBO_KB_TM_VMBO_GL/TL",
    "vmbo kader": "VMBO_KB",
    "vmbo-bb/kb": "VMBO_BB_TM_VMBO_KB",
    "bb/kb": "VMBO_BB_TM_VMBO_KB",
    "vmbo basis/kader": "VMBO_BB_TM_VMBO_KB",
    "vmbo-b": "VMBO_BB",
    "vmbo-bb met lwoo": "VMBO_BB_MET_LWOO",
    "vmbo bb (lwoo)": "VMBO_BB_MET_LWOO",
    "vmbo kb + lwoo": "VMBO_KB_MET_LWOO",
    "vmbo-bb/kb met leerwegondersteuning": "VMBO_BB_TM_VMBO_KB_MET_LWOO",
    "praktijkonderwijs": "PRAKTIJKONDERWIJS",
    "pro": "PRAKTIJKONDERWIJS",
    "vso": "VSO",
    "Voortgezet Speciaal Onderwijs": "VSO",
    "geen specifiek advies mogelijk": "GEEN_SPECIFIEK_ADVIES_MOGELIJK",
    "Voorbereidend wetenschappelijk onderwijs": "VWO",
    "Hoger algemeen vormend onderwijs tot en met voorbereidend wetenschappelijk onderwijs": "HAVO_TM_VWO",
    "Voorbereidend middelbaar beroepsonderwijs – basisberoepsgerichte leerweg tot en met "
    "kaderberoepsgerichte leerweg met leerwegondersteunend onderwijs": "VMBO_BB_TM_VMBO_KB_MET_LWOO",
    "Voorbereidend middelbaar beroepsonderwijs – gemengde leerweg/theoretische leerweg tot en met "
    "hoger algemeen vormend onderwijs": "VMBO_GL/TL_TM_HAVO",
}
DOUBTFUL = [
    "", " ", "/", "-", "?", "vmbo", "vmbo/havo", "vmbo-havo", "vmbo t/m havo", "havo vwo", "vwo/havo", "havo/",
    "/havo", "havo//vwo", "havo?", "havo+", "havo (vwo)", "havo, vwo", "havo of vwo", "geen vwo", "niet havo",
    "vwo 110", "b", "t/havo", "basis/kader", "basis", "lwoo", "met lwoo", "havo met lwoo", "plwoo",
    "pro/vmbo-bb", "vmbo-bb/havo", "bb/kb/gl-tl", "vmbo kb vmbo gl", "vmbo vmbo bb", "brugklas", "VWO\x00", "50",
]  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_what_can_mean_one_thing_is_read(text: str) -> None:
    assert read(text, adviezen=ADVIEZEN) == READ[text]


@pytest.mark.parametrize("text", DOUBTFUL)
def test_what_leaves_a_doubt_is_not_guessed(text: str) -> None:
    assert read(text, adviezen=ADVIEZEN) is None


@pytest.mark.parametrize("code", ADVIEZEN)
def test_every_code_and_every_description_of_the_list_reads_as_itself(code: str) -> None:
    assert read(code, adviezen=ADVIEZEN) == code
    assert read(code.lower().replace("_", " "), adviezen=ADVIEZEN) == code
    assert read(ADVIEZEN[code], adviezen=ADVIEZEN) == code


def test_an_advice_that_the_region_does_not_know_is_none() -> None:
    assert read("havo/vwo", adviezen={"HAVO": "havo", "VWO": "vwo"}) is None


def test_a_description_of_the_regions_own_is_read_and_a_double_one_is_not() -> None:
    assert read("Bovenbouw-route", adviezen={"HAVO": "bovenbouw route"}) == "HAVO"
    assert read("bovenbouw", adviezen={"HAVO": "bovenbouw", "VWO": "Bovenbouw"}) is None


@given(
    st.lists(
        st.sampled_from([*"/-+() ~_", "vmbo", "bb", "t", "gl", "havo", "vwo", "met", "lwoo", "t/m", "é", "İ"])
    )
)
def test_any_heap_of_its_words_is_an_advice_of_the_list_or_none(words: list[str]) -> None:
    for text in ("".join(words), " ".join(words)):
        assert read(text, adviezen=ADVIEZEN) in {None, *ADVIEZEN}


@given(st.text())
def test_any_text_is_an_advice_of_the_list_or_none(text: str) -> None:
    assert read(text, adviezen=ADVIEZEN) in {None, *ADVIEZEN}


@pytest.mark.parametrize(
    ("text", "within", "outside"),
    [
        (
            "pro/vmbo-bb",
            ["PRAKTIJKONDERWIJS", "VMBO_BB", "VMBO_BB_MET_LWOO"],
            ["VMBO_BB_TM_VMBO_KB", "HAVO", "VWO"],
        ),
        ("vmbo", ["VMBO_BB", "VMBO_KB_TM_VMBO_GL/TL", "VMBO_GL/TL"], ["PRAKTIJKONDERWIJS", "HAVO"]),
        ("vmbo-bb/havo", ["VMBO_BB", "VMBO_KB", "HAVO"], ["PRAKTIJKONDERWIJS", "VWO", "HAVO_TM_VWO"]),
        ("bb/kb/gl-tl", ["VMBO_KB"], ["HAVO"]),
        ("havo vwo", ["HAVO", "VWO", "HAVO_TM_VWO"], ["VMBO_GL/TL", "VMBO_GL/TL_TM_HAVO"]),
        ("havo met lwoo", ["HAVO"], ["VWO"]),
        # What other words say, a person judges.
        ("havo+", ["HAVO", "VWO"], []),
        ("niet havo", ["VWO", "VMBO_BB"], []),
        ("50", ["VWO", "VMBO_BB"], []),
        ("", ["VWO", "VMBO_BB"], []),
    ],
)
def test_a_person_confirms_what_the_text_may_mean(text: str, within: list[str], outside: list[str]) -> None:
    assert read(text, adviezen=ADVIEZEN) is None
    assert [code for code in within if not may_mean(text, code=code)] == []
    assert [code for code in outside if may_mean(text, code=code)] == []
    assert may_mean(text, code="GEEN_SPECIFIEK_ADVIES_MOGELIJK")


@pytest.mark.parametrize("text", READ)
def test_what_is_read_may_mean_what_it_is_read_as(text: str) -> None:
    assert may_mean(text, code=READ[text])


@given(st.text(max_size=40), st.sampled_from(sorted(ADVIEZEN)))
def test_any_text_is_judged(text: str, code: str) -> None:
    assert may_mean(text, code=code) in (True, False)
