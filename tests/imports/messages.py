"""Messages `Leerlingresultaat` as the tests make them, and the one that the standard shows."""

import json
from pathlib import Path
from typing import Any

import pytest


def message(
    *,
    eck_id: str = "eck-noor",
    school_key: str = "",
    advice: str = "vwo",
    at: str = "2027-02-10T11:44:00Z",
    school_year: str = "2026-2027",
    edition: str = "Definitief",
    **more: Any,
) -> dict[str, Any]:
    """A whole message; `more` stands beside its own fields."""
    known = (("ECK-iD", eck_id), ("LAS-key", school_key))
    return {
        "datumtijd": at,
        "auteur": "Toetssysteem van Noord",
        "versie": "Doorstroomtoetsketen_v1.1",
        "profiel": "Leerlingtoetsresultaat",
        "schooljaar": school_year,
        "resultatenscores": {
            "id": "uitslag-1",
            "deelnemerref": [
                {"label": label, "onderwijsdeelnemerID": value} for label, value in known if value
            ],
            "versie": edition,
            "datumtijd": "2027-02-09T08:00:00Z",
            "toetsdefinitie": "ROUTE_8",
            "afnamecontext": {"afname": {"id": "afname-1", "afnametijdstip": "2027-02-02T09:00:00+01:00"}},
            "scores": {
                "id": "scores-1",
                "scores": [
                    {"label": "Toetsscore", "id": "score-1", "waarde": "212"},
                    {"label": "Aantal goed", "id": "score-2", "toetseenheid": "LEZEN", "waarde": 31},
                ],
            },
            "resultaten": {
                "aanvullendeinfo": "dst/leerlingrapport/77",
                "resultaten": [
                    {"label": "Toetsadvies", "waarde": advice},
                    {"label": "Referentieniveau", "toetseenheid": "REKENEN", "waarde": "1S"},
                    {"label": "Referentieniveau", "toetseenheid": "LEZEN", "waarde": "2F"},
                    {"label": "Percentielscore", "toetseenheid": "9010", "waarde": "88"},
                ],
            },
        },
        "toets": {
            "label": "Doorstroomtoets",
            "id": "ROUTE_8",
            "naam": "Route 8",
            "versie": "digitaal",
            "toetsonderdelen": [
                {"label": "Onderdeel", "id": "REKENEN", "omschrijving": "Rekenen en wiskunde"},
                {
                    "label": "Onderdeel",
                    "id": "NEDERLANDSE_TAAL",
                    "toetsonderdelen": [
                        {
                            "label": "Domein",
                            "id": "LEZEN",
                            "toetsonderdelen": [{"label": "Subdomein", "id": "9010"}],
                        }
                    ],
                },
            ],
        },
        **more,
    }


def written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


@pytest.fixture
def published(standards: Path) -> dict[str, Any]:
    """The example of the standard as published."""
    return example((standards / "doorstroomtoets" / "doorstroom-openapi.yaml").read_text("utf-8"))


def example(openapi: str) -> dict[str, Any]:
    """The example message `Leerlingresultaat` in an OpenAPI file: as much of YAML as it is written in."""
    _, found, rest = openapi.partition("              Leerlingresultaat:\n                value:\n")
    assert found, "the file shows no Leerlingresultaat"
    lines = [line for line in rest.splitlines() if line.strip()]
    inner = next((place for place, line in enumerate(lines) if _indent(line) < 18), len(lines))
    value, left = _block(lines[:inner])
    assert not left
    assert isinstance(value, dict)
    return value


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _block(lines: list[str]) -> tuple[Any, list[str]]:
    """The mapping or list that begins here, and the lines after it."""
    if lines[0].lstrip().startswith("- "):
        return _items(lines)
    found: dict[str, Any] = {}
    indent = _indent(lines[0])
    while lines and _indent(lines[0]) == indent and not lines[0].lstrip().startswith("- "):
        name, _, scalar = lines[0].strip().partition(":")
        lines = lines[1:]
        if scalar:
            found[name] = _scalar(scalar.strip())
        else:
            found[name], lines = _block(lines)
    return found, lines


def _items(lines: list[str]) -> tuple[list[Any], list[str]]:
    found = []
    indent = _indent(lines[0])
    while lines and _indent(lines[0]) == indent and lines[0].lstrip().startswith("- "):
        one, lines = _block([" " * (indent + 2) + lines[0].lstrip()[2:], *lines[1:]])
        found.append(one)
    return found, lines


def _scalar(text: str) -> Any:
    if text[:1] in "\"'":
        return text[1:-1]
    return int(text) if text.isdigit() else text
