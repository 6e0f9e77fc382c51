"""The transfer test as a dossier has it: what the test's maker delivered goes before."""

from datetime import date
from typing import Any
from uuid import uuid4

from models import Advice, SchoolYear, TestResult
from resolvers import scope
from resolvers.rows import fetch
from resolvers.step import Act
from resolvers.test_results import counts
from rules import advice_text
from rules.dossier_import import Report
from rules.oki_doc.content import Change, diff
from rules.oki_doc.dossier import Dossier, Remark, Severity
from rules.oki_doc.identity import TEST

EXEMPT = "wettelijke ontheffing volgens het dossier"
PATH = "huidigeschool/leerling/eindtoets_basisonderwijs"


async def write_test(*, act: Act, dossier: Dossier, report: Report) -> list[Change]:
    """Keep the result of the dossier where no maker delivered one, and where it does not replace one that counts.

    Returns what is different then.
    """
    test = dossier.test
    if test is None:
        return []
    year = await SchoolYear.get(id=act.child.school_year_id)
    of_other_year = not counts(advice=None, content=test["content"], begins=year.starts_on, ends=year.ends_on)
    if test["exempt"]:
        if of_other_year:
            _of_other_year(report, test, "De ontheffing is niet overgenomen.")
        if of_other_year or act.child.test_exemption:
            return []
        act.change(act.child, test_exemption=EXEMPT)
        return [Change(f"{TEST.name}.exempt", f"{TEST.title}: Geen toets, omdat", None, EXEMPT)]
    there = await scope.of(act.child, TestResult).first()
    if there is not None and "maker" in there.content:
        report.remarks.append(
            Remark(
                path=PATH,
                message="De uitslag van de toetsaanbieder is er al, en blijft staan.",
                code="TEST_DELIVERED",
            )
        )
        return []
    advice = None
    if not of_other_year:
        advice = await _read_or_confirmed(test=test, there=there, report=report)
    elif there is not None and counts(
        advice=there.advice_id, content=there.content, begins=year.starts_on, ends=year.ends_on
    ):
        _of_other_year(report, test, "De uitslag van dit schooljaar is er al, en blijft staan.")
        return []
    else:
        _of_other_year(
            report,
            test,
            "De uitslag staat in het Oki-doc, maar telt niet mee. De uitslag van dit schooljaar is nog nodig.",
        )
    values = {"advice_id": advice, "test_code": test["test_code"], "content": test["content"]}
    was = there.content if there is not None else {}
    changes = diff(before={TEST.name: was}, after={TEST.name: test["content"]}, declared=(TEST,))
    if there is not None:
        act.change(there, **values)
        return changes
    act.create(
        TestResult(
            id=uuid4(),
            pupil_id=act.child.id,
            primary_school_id=act.child.primary_school_id,
            school_year_id=act.child.school_year_id,
            delivered_at=act.now,
            **values,
        )
    )
    return changes


async def _read_or_confirmed(*, test: dict[str, Any], there: TestResult | None, report: Report) -> str | None:
    """The advice that the words of the test are; of the same words what was said of them before stays."""
    advice = await _advice(test["advice_text"])
    if advice is None and there is not None and there.content.get("advice", "") == test["advice_text"]:
        advice = there.advice_id
    if advice is None:
        said = "Het toetsadvies is niet te lezen als een advies van de landelijke lijst. Controleer het."
        report.remarks.append(
            Remark(
                path=f"{PATH}/eindtoetsresultaat/toets_advies",
                message=said if test["advice_text"] else "Er staat geen toetsadvies in het dossier.",
                code="TEST_ADVICE_UNKNOWN",
                severity=Severity.CONFIRM,
            )
        )
    return advice


def _of_other_year(report: Report, test: dict[str, Any], what: str) -> None:
    """Rule 8: only a test of this school year counts."""
    day = date.fromisoformat(test["content"]["taken_on"])
    report.remarks.append(
        Remark(
            path=f"{PATH}/eindtoetsresultaat/datum_afname",
            message=f"De toets in dit dossier is van een ander schooljaar ({day:%d-%m-%Y}). {what}",
            code="TEST_OF_OTHER_YEAR",
            severity=Severity.CONFIRM,
        )
    )


async def _advice(text: str) -> str | None:
    """The code of a test advice that is written as words."""
    if not text:
        return None
    adviezen = dict(await fetch(Advice.all(), ("code", "label"), lambda *row: row))
    return advice_text.read(text, adviezen=adviezen)
