"""Rows inside rows as a person reads them: what matters on one line, what is within it on lines below."""

from rules.oki_doc import SECTIONS
from rules.oki_doc.identity import TEST
from rules.oki_doc.view import in_words, shown_as

SECTION = {section.name: section for section in SECTIONS}


def test_the_subjects_of_a_report_stand_below_it_each_on_its_own_line() -> None:
    lists = [
        {
            "name": "Rapport",
            "marks": [{"value": "6", "qualification": "bevorderd"}],
            "subjects": [
                {"name": "Rekenen", "value": "8", "marked_on": "2027-01-10"},
                {"name": "Taal", "qualification": "goed"},
            ],
        },
        {"name": "Gedrag"},
    ]
    assert in_words(SECTION["reports"].by_name["lists"], value=lists).split("\n") == [
        "Rapport",
        "– 6: bevorderd",
        "– Rekenen: 8 (Datum: 10-01-2027)",
        "– Taal: goed",
        "Gedrag",
    ]


def test_a_part_of_a_test_keeps_its_documents_apart_under_their_name() -> None:
    (row,) = shown_as(
        SECTION["lvs_tests"],
        content=[
            {
                "name": "WISC",
                "parts": [
                    {
                        "name": "Verbaal",
                        "right": 80,
                        "references": [{"code": "IQ", "value": "108", "group": "Landelijk"}],
                        "documents": [{"filename": "verbaal.txt"}, {"filename": "nog een.txt"}],
                    }
                ],
            }
        ],
    ).rows
    assert row[-1].split("\n") == [
        "Onderdelen:",
        "Verbaal (Aantal goed: 80)",
        "– IQ: 108, Landelijk",
        "– Documenten: verbaal.txt",
        "– Documenten: nog een.txt",
    ]


def test_the_domains_of_the_transfer_test_stand_below_their_part() -> None:
    content = {
        "parts": [
            {
                "code": "8000",
                "description": "Taal",
                "level": "02",
                "domains": [{"code": "8050", "description": "Lezen", "level": "04"}],
            }
        ]
    }
    (line,) = shown_as(TEST, content=content).lines
    assert line.value.split("\n") == ["Taal: 8000, 1F", "– Lezen: 8050, 2F"]
