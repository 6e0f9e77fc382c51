"""What must hold of every dossier that came in, and what two of them have to say alike."""

from datetime import date
from typing import Any

from models import Address, Guardian, Pupil
from rules.identifiers import is_bsn, is_email
from rules.oki_doc import validate
from rules.oki_doc.content import problems
from rules.oki_doc.dossier import Dossier, Severity, document_rows
from rules.oki_doc.identity import TEST

NOT_COLUMNS = {"bsn"}


def facts(dossier: Dossier) -> dict[str, Any]:
    """All that counts: not when and by what program the file was made, nor what did not come in."""
    return {
        "school": dossier.school,
        "pupil": dossier.pupil,
        "addresses": dossier.addresses,
        "guardians": dossier.guardians,
        "sections": dossier.sections,
        "test": dossier.test,
        "attachments": sorted(
            (one.place, one.filename, one.description, one.content_type, one.content)
            for one in dossier.attachments
            if one.content
        ),
    }


def assert_whole(dossier: Dossier) -> None:
    """Nothing half: every value fits its column, every document its row, every row the declarations."""
    assert validate(dossier.sections) == []
    if dossier.test is not None:
        assert list(problems(dossier.test["content"], section=TEST)) == []
    assert_fits(Pupil, {name: value for name, value in dossier.pupil.items() if name not in NOT_COLUMNS})
    assert dossier.pupil["first_name"]
    assert dossier.pupil["last_name"]
    assert not dossier.pupil["bsn"] or is_bsn(dossier.pupil["bsn"])
    assert dossier.pupil["birth_date"] is None or isinstance(dossier.pupil["birth_date"], date)
    for model, rows in ((Address, dossier.addresses), (Guardian, dossier.guardians)):
        assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
        for row in rows:
            assert_fits(model, row)
    assert len(dossier.guardians) <= 10
    assert all(not row["email"] or is_email(row["email"]) for row in dossier.guardians)
    places = [place for place, _ in document_rows(dossier.sections)]
    if dossier.test is not None:
        places += [place for place, _ in document_rows(dossier.test["content"], path="test")]
    if isinstance(dossier.sections.get("documents"), list):
        assert all(f"documents.{place}" in places for place in range(len(dossier.sections["documents"])))
    assert sorted(places) == sorted(one.place for one in dossier.attachments if one.content)
    for one in dossier.attachments:
        assert bool(one.content) is not bool(one.problem)
    assert len(dossier.remarks) < 300
    assert all(remark.message.endswith((".", "?")) for remark in dossier.remarks)


def assert_fits(model: Any, row: dict[str, Any]) -> None:
    for name, value in row.items():
        longest = getattr(model._meta.fields_map[name], "max_length", None)
        if longest is not None:
            assert isinstance(value, str), name
            assert len(value) <= longest, name


def codes(found: Dossier, *severities: Severity) -> set[str]:
    """The remarks there are, of some severities or of all."""
    return {one.code for one in found.remarks if not severities or one.severity in severities}


def message(found: Dossier, code: str) -> str:
    """What the one remark of this code says."""
    (said,) = [one.message for one in found.remarks if one.code == code]
    return said
