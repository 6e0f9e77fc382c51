"""Nothing of a dossier is forgotten: every element is kept and declared once, or dropped with a reason."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from rules.oki_doc import SECTIONS
from rules.oki_doc.declared import Kind
from rules.oki_doc.dropped import DROPPED
from rules.oki_doc.elements import ORDER, kept, leaves, paths
from rules.oki_doc.identity import IDENTITY
from schema.privacy_page import page

XS = "{http://www.w3.org/2001/XMLSchema}"
DROPPED_PATHS = {path for one in DROPPED for path in one.paths}


class TestTheDeclarations:
    def test_each_name_its_element_once(self) -> None:
        named = [path for one in (*IDENTITY, *SECTIONS) if one.oso for path, _ in leaves(one)]
        assert len(named) == len(set(named))

    def test_keep_nothing_that_is_dropped(self) -> None:
        for path in kept():
            assert not [dropped for dropped in DROPPED_PATHS if f"{path}/".startswith(f"{dropped}/")], path

    def test_put_every_element_in_order(self) -> None:
        for path in kept():
            for parent, child in pairwise(path.split("/")):
                assert parent not in ORDER or child in ORDER[parent], path

    def test_order_nothing_that_is_unknown(self) -> None:
        names = {name for path in paths() for name in path.split("/")}
        assert {name for children in ORDER.values() for name in children} <= names

    def test_give_each_row_its_own_name(self) -> None:
        for section in SECTIONS:
            names = [one.name for one in section.fields]
            assert len(names) == len(set(names)), section.name
            assert set(section.columns) <= set(names), section.name
            for one in section.fields:
                if one.kind is Kind.ROWS:
                    assert set(one.rows_of.said) <= {inside.name for inside in one.rows_of.fields}


class TestThePageOnPrivacy:
    def test_names_all_that_is_kept_and_all_that_is_not(self) -> None:
        text = page()
        for path in [*kept(), *DROPPED_PATHS]:
            if not path.endswith(("/soort", "/aanduiding", "/geheim")) or "verzorger" not in path:
                assert f"`{path.removeprefix('huidigeschool/leerling/')}`" in text, path
        for one in DROPPED:
            assert f"| {one.what} |" in text
            assert one.reason in text

    @pytest.mark.parametrize(
        "what",
        [
            "IBAN",
            "Huisarts",
            "Geheime telefoonnummers",
            "kerk",
            "etniciteit",
            "Nationaliteit",
            "Leerlinggewicht",
        ],
    )
    def test_says_why_what_nobody_needs_is_not_kept(self, what: str) -> None:
        (line,) = [line for line in page().splitlines() if line.startswith("| ") and what in line]
        assert len(line.split("|")[3].strip()) > 20

    def test_lets_nobody_but_the_three_read_an_oki_doc(self) -> None:
        text = page().partition("### Inzage")[2].partition("## Wat Loket niet bewaart")[0]
        rows = [
            line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| gegeven")
        ]
        assert len(rows) > 100
        assert all(line.endswith("| ● | ● | ● |  |") for line in rows)

    def test_keeps_a_secret_address_with_school_and_family(self) -> None:
        text = page().partition("### Adressen")[2].partition("###")[0]
        rows = [line for line in text.splitlines() if line.startswith("| ") and "gegeven" not in line]
        assert rows
        assert all(line.endswith("| ● | ● | ◐ | ◐ |") for line in rows)


class TestThePublishedSchema:
    def test_has_no_element_that_is_neither_kept_nor_dropped(self, standards: Path) -> None:
        schema = etree.parse(str(next((standards / "oso").glob("*.xsd")))).getroot()
        unsaid = {
            path
            for path in _leaves_of(schema, _dossier(schema), "", 0)
            if path not in paths() and not any(path.startswith(f"{dropped}/") for dropped in DROPPED_PATHS)
        }
        assert not unsaid

    def test_orders_elements_as_we_do(self, standards: Path) -> None:
        schema = etree.parse(str(next((standards / "oso").glob("*.xsd")))).getroot()
        found: dict[str, list[list[str]]] = {}
        _orders(schema, "dossier", _dossier(schema), found, 0)
        for parent, ours in ORDER.items():
            theirs = max(found[parent], key=lambda names: len(set(names) & set(ours)))
            if parent == "onderdeel":
                continue  # Two elements of this name: each of them has a part of the row.
            assert [name for name in theirs if name in ours] == list(ours), parent


def _dossier(schema: Any) -> Any:
    return schema.find(f"{XS}complexType[@name='dossierType']")


def _children(schema: Any, of: Any) -> Iterator[tuple[str, Any]]:
    """The elements of a type, in order, those it inherits first; each with what declares its own."""
    for one in of:
        if one.tag == f"{XS}element":
            name = one.get("name") or one.get("ref")
            yield name, one
        elif one.tag == f"{XS}extension":
            base = schema.find(f"{XS}complexType[@name='{one.get('base')}']")
            if base is not None:
                yield from _children(schema, base)
            yield from _children(schema, one)
        elif one.tag is not etree.Comment:
            yield from _children(schema, one)


def _declares(schema: Any, element: Any) -> Any:
    if element.get("ref"):
        element = schema.find(f"{XS}element[@name='{element.get('ref')}']")
    named = schema.find(f"{XS}complexType[@name='{element.get('type')}']")
    return named if named is not None else element.find(f"{XS}complexType")


def _leaves_of(schema: Any, of: Any, base: str, deep: int) -> Iterator[str]:
    for name, element in _children(schema, of):
        path = f"{base}{name}"
        inside = _declares(schema, element)
        if path in DROPPED_PATHS or deep > 12 or inside is None or not list(_children(schema, inside)):
            yield path
        else:
            yield from _leaves_of(schema, inside, f"{path}/", deep + 1)


def _orders(schema: Any, name: str, of: Any, found: dict[str, list[list[str]]], deep: int) -> None:
    children = list(_children(schema, of))
    found.setdefault(name, []).append([child for child, _ in children])
    for child, element in children:
        inside = _declares(schema, element)
        if inside is not None and deep < 12:
            _orders(schema, child, inside, found, deep + 1)
