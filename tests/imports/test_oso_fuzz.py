"""Whatever stands in a dossier: facts that are whole, or a refusal; never another exception, never half."""

import copy
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from exports.oso import made
from imports.oso import Unreadable, read, validated
from rules.oki_doc.elements import kept
from tests.imports.oso_dossier import NAMESPACE, dossier
from tests.imports.oso_facts import assert_whole, facts

BYTES = dossier()
TREE = etree.fromstring(BYTES)
ELEMENTS = len(list(TREE.iter()))
OFTEN = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ODD = st.sampled_from(
    [
        "", " ", "0", "-1", "1e9", "NaN", "99999999999999999999", "1.5", "true", "J", "Ja", "0203-01-01", "2015-02-30",
        "9999-12-31", "31-07-2027", "2027-07-31Z", "00YY", "99", "VERBODEN", "OPT-UIT", "Nee", "POPO", "123456789",
        "geheim@geheim.geheim", "a@b.nl", "x" * 9000, "\u202eomgekeerd", "李小龙", "&<>\"'", "=1+1", "../../a", "UEsDBA==",
    ]
)  # fmt: skip
ANY = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60)
CHANGES = st.lists(
    st.tuples(
        st.integers(1, ELEMENTS - 1),
        st.sampled_from(["say", "say", "say", "drop", "twice", "many", "empty", "swap", "rename"]),
        ODD | ANY,
    ),
    min_size=1,
    max_size=8,
)


def changed(changes: list[tuple[int, str, str]]) -> bytes:
    tree = copy.deepcopy(TREE)
    for place, what, text in changes:
        every = list(tree.iter())
        element = every[place % (len(every) - 1) + 1]
        parent = element.getparent()
        match what:
            case "say":
                element.text = "".join(letter for letter in text if letter not in "\ufffe\uffff")
            case "drop":
                parent.remove(element)
            case "twice":
                element.addnext(copy.deepcopy(element))
            case "many":
                for _ in range(60):
                    element.addnext(copy.deepcopy(element))
            case "empty":
                element.clear()
            case "swap":
                parent.append(element)
            case "rename":
                element.tag = f"{{{NAMESPACE}}}verzorger"
    return bytes(etree.tostring(tree, encoding="UTF-8", xml_declaration=True))


def read_or_refused(content: bytes) -> None:
    found = None
    with suppress(Unreadable):
        found = read(content)
    if found is None:
        return
    assert_whole(found)
    written, lost = made(dossier=found, made_on=date(2027, 2, 20))
    again = read(written)
    assert_whole(again)
    if not lost:
        assert settled(facts(again)) == settled(facts(found))


def settled(found: dict[str, Any]) -> dict[str, Any]:
    """Without what the standard makes us say where nothing was said, a secret address, a BSN that failed."""
    found = copy.deepcopy(found)
    found["pupil"]["bsn_doubtful"] = False
    if any(row["secret"] for row in found["addresses"]):
        found["addresses"] = []
    for row in found["addresses"]:
        if row["kind"] == "buiten":  # Of lines that the standard bounds at 35 letters.
            row["street"] = row["street"].replace(" / ", "")[:80]
    found["sections"].get("inspection", {}).setdefault("provisional", False)
    for row in found["sections"].get("career", []):
        row.setdefault("location", "00")
    if found["test"]:
        found["test"]["content"].setdefault("participated", True)
    return found


class TestADossierWithAnythingInIt:
    @given(changes=CHANGES)
    @OFTEN
    def test_is_whole_or_refused(self, changes: list[tuple[int, str, str]]) -> None:
        read_or_refused(changed(changes))

    # Without a roepnaam the first of these stands in for it.
    @example(text="x" * 150, path="huidigeschool/leerling/voornaam")
    @example(text="x" * 120, path="huidigeschool/leerling/achternaam")
    @given(text=ODD | ANY, path=st.sampled_from(sorted(kept())))
    @OFTEN
    def test_is_so_for_every_field(self, text: str, path: str) -> None:
        tree = copy.deepcopy(TREE)
        steps = "/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/"))
        for element in tree.findall(steps):
            element.text = "".join(letter for letter in text if letter not in "\ufffe\uffff")
        read_or_refused(etree.tostring(tree, encoding="UTF-8"))

    @given(changes=CHANGES)
    @OFTEN
    def test_is_written_as_the_published_schema_has_it(
        self, standards: Path, changes: list[tuple[int, str, str]]
    ) -> None:
        with suppress(Unreadable):
            found = read(changed(changes))
            written, _ = made(dossier=found, made_on=date(2027, 2, 20))
            assert validated(written, folder=str(standards / "oso")) == []


class TestADossierWithOtherBytes:
    @given(
        places=st.lists(st.integers(0, len(BYTES) - 1), min_size=1, max_size=6),
        bytes_=st.binary(min_size=1, max_size=6),
        how=st.sampled_from(["replace", "insert", "cut", "repeat"]),
    )
    @OFTEN
    def test_is_whole_or_refused(self, places: list[int], bytes_: bytes, how: str) -> None:
        content = bytearray(BYTES)
        for place in places:
            begin = place % (len(content) or 1)
            match how:
                case "replace":
                    content[begin : begin + len(bytes_)] = bytes_
                case "insert":
                    content[begin:begin] = bytes_
                case "cut":
                    del content[begin : begin + 200]
                case "repeat":
                    content[begin:begin] = content[begin : begin + 300]
        read_or_refused(bytes(content))

    @given(content=st.binary(max_size=400))
    @OFTEN
    def test_and_so_is_any_file(self, content: bytes) -> None:
        read_or_refused(content)
