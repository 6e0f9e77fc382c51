"""The result of the doorstroomtoets: what is kept of a delivery, how people read it, and the duty it may bring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from imports.toetsresultaten import LEVEL, MAKERS, Outcome, Result
from models import TestResult
from models.region import Advice, SchoolYear
from resolvers import scope
from resolvers.dossier import Shown, shown_row
from resolvers.family import grouped
from resolvers.pupils import PupilRow, part
from resolvers.rows import fetch, from_json
from resolvers.step import take
from resolvers.viewer import Viewer
from rules import advice_text
from rules.calendar import AMSTERDAM
from rules.input import InvalidValue
from rules.oki_doc.identity import LEVELS, TEST
from rules.reconsideration import TestAdviceConfirmed, is_open, reopens
from rules.steps import NotFound, StateConflict
from rules.test_delivery import is_of_year


def kept(result: Result, *, is_read: bool) -> dict[str, Any]:
    """What is kept of a message beside the columns. Its ids, its links and its report are not."""
    return {
        "test_name": result.test_name,
        "test_version": result.test_version,
        "maker": result.maker,
        "taken_at": result.taken_at.astimezone(UTC).isoformat(),
        "advice_text": result.advice,
        "advice_is_read": is_read,
        "outcomes": [_plain(one) for one in result.outcomes],
        "scores": [_plain(one) for one in result.scores],
    }


def _plain(one: Outcome) -> dict[str, str]:
    return {"kind": one.kind, "part": one.part, "name": one.name, "value": one.value}


@dataclass(slots=True)
class LevelRow:
    """A reference level: 1S of Rekenen."""

    part: str
    name: str
    level: str


@dataclass(slots=True)
class ScoreRow:
    kind: str
    part: str
    name: str
    value: str


@dataclass(slots=True)
class TestResultRow:
    advice: str | None
    advice_label: str | None
    level: int | None
    delivered_at: datetime
    reopens: bool
    test_name: str
    test_version: str
    taken_at: datetime | None
    advice_text: str
    advice_to_confirm: bool
    reference_levels: list[LevelRow]
    scores: list[ScoreRow]
    counts: bool
    dossier: Shown | None = None
    reconsideration_open: bool = False


def counts(*, advice: str | None, content: Mapping[str, Any], begins: date, ends: date) -> bool:
    """Whether this is a result of the school year that begins and ends then (rule 8).

    A dossier may bring an older one: that is kept without an advice of the list, until somebody says this year's.
    """
    taken_on = content.get("taken_on")
    day = date.fromisoformat(taken_on) if taken_on else None
    return advice is not None or is_of_year(day, starts_on=begins, ends_on=ends)


def _row(
    advice: str | None,
    label: str,
    level: int,
    at: datetime,
    reopened: bool,
    code: str,
    content: Any,
    begins: date,
    ends: date,
) -> TestResultRow:
    said = from_json(content)
    in_time = counts(advice=advice, content=said, begins=begins, ends=ends)
    if said and "maker" not in said:
        return TestResultRow(
            advice=advice,
            advice_label=label,
            level=level,
            delivered_at=at,
            reopens=reopened,
            counts=in_time,
            advice_to_confirm=advice is None and in_time,
            **_of_dossier(said, code),
        )
    outcomes = said.get("outcomes", [])
    taken_at = said.get("taken_at")
    return TestResultRow(
        advice=advice,
        advice_label=label,
        level=level,
        delivered_at=at,
        reopens=reopened,
        test_name=said.get("test_name") or MAKERS.get(code, code),
        test_version=said.get("test_version", ""),
        taken_at=datetime.fromisoformat(taken_at) if taken_at else None,
        advice_text=said.get("advice_text", ""),
        counts=in_time,
        advice_to_confirm=advice is None,
        reference_levels=[
            LevelRow(one["part"], one["name"], one["value"]) for one in outcomes if one["kind"] == LEVEL
        ],
        scores=[ScoreRow(**one) for one in (*said.get("scores", []), *outcomes) if one["kind"] != LEVEL],
    )


def _of_dossier(said: dict[str, Any], code: str) -> dict[str, Any]:
    """What a dossier says, in the words that a maker's delivery is read in, and besides as it stands there."""
    inside = [one for part in said.get("parts") or () for one in (part, *(part.get("domains") or ()))]
    day = said.get("taken_on")
    score = said.get("score")
    return {
        "test_name": TEST.by_name["kind"].codes.get(code) or said.get("description") or code,
        "test_version": "",
        "taken_at": datetime.combine(date.fromisoformat(day), time(), AMSTERDAM) if day else None,
        "advice_text": said.get("advice", ""),
        "reference_levels": [
            LevelRow(one.get("code", ""), one.get("description", ""), LEVELS.get(one["level"], one["level"]))
            for one in inside
            if one.get("level")
        ],
        "scores": [] if score is None else [ScoreRow("Standaardscore", "", "", str(score))],
        "dossier": shown_row(TEST.fields, row=said),
    }


async def _results(rows: list[PupilRow]) -> dict[UUID, TestResultRow]:
    """The result of each pupil that has one, and whether it leaves the school a duty."""
    columns = (
        "advice_id",
        "advice__label",
        "advice__level",
        "delivered_at",
        "reopens",
        "test_code",
        "content",
        "school_year__starts_on",
        "school_year__ends_on",
    )
    by_pupil = await grouped(scope.of_all(rows, TestResult), columns, _row)
    levels = dict(await fetch(Advice.all(), ("code", "level"), lambda *row: row)) if by_pupil else {}
    for row in rows:
        for result in by_pupil.get(row.id, ()):
            result.reconsideration_open = is_open(
                school_level=levels.get(row.provisional_advice),
                test_level=result.level,
                motivation=row.reconsideration_motivation,
                definitive_level=levels.get(row.advice),
                reopened=result.reopens,
            )
    return {pupil_id: found[0] for pupil_id, found in by_pupil.items()}


@part("test_result")
async def _test_result(viewer: Viewer, rows: list[PupilRow]) -> None:
    found = await _results(rows)
    for row in rows:
        row.parts["test_result"] = found.get(row.id)


@part("reconsideration_open")
async def _reconsideration_open(viewer: Viewer, rows: list[PupilRow]) -> None:
    found = await _results(rows)
    for row in rows:
        result = found.get(row.id)
        row.parts["reconsideration_open"] = result is not None and result.reconsideration_open


async def confirm_test_advice(*, viewer: Viewer, pupil_id: UUID, advice: str) -> UUID:
    """PO says which advice of the list the test's is, where its maker wrote it in words nobody reads for sure.

    Once confirmed it stands; the same advice again is the same answer.

    Raises `NotFound` without a result, `TestAdviceConfirmed`, `StateConflict` where there is nothing to confirm,
    `InvalidValue` of what is no advice, or not one that the words may mean.
    """
    async with take("confirmTestAdvice", viewer=viewer, pupil_id=pupil_id) as act:
        test = await scope.of(act.child, TestResult).select_for_update(of=("test_result",)).first()
        if test is None:
            raise NotFound()
        if test.advice_id == advice:
            return pupil_id
        adviezen = await Advice.all()
        labels = {one.code: one.label for one in adviezen}
        levels = {one.code: one.level for one in adviezen}
        said = test.content.get("advice_text") or test.content.get("advice") or ""
        if test.advice_id is not None:
            if said and advice_text.read(said, adviezen=labels) is None:
                raise TestAdviceConfirmed()
            explanation = "Het toetsadvies is al bekend: zo is het aangeleverd."
            raise StateConflict(step=act.step.name, explanation=explanation)
        year = await SchoolYear.get(id=test.school_year_id)
        if not counts(advice=None, content=test.content, begins=year.starts_on, ends=year.ends_on):
            explanation = "Deze toets is van een ander schooljaar: er valt geen toetsadvies te bevestigen."
            raise StateConflict(step=act.step.name, explanation=explanation)
        if advice not in levels:
            reason = "Toetsadvies: dit advies staat niet op de landelijke lijst."
            raise InvalidValue(field="advice", reason=reason).at("advice")
        if not advice_text.may_mean(said, code=advice):
            reason = "Toetsadvies: dit advies past niet bij de woorden van de uitslag. Kies een advies dat er staat."
            raise InvalidValue(field="advice", reason=reason).at("advice")
        news = reopens(
            motivation=act.child.reconsideration_motivation,
            before=None,
            after=levels[advice],
        )
        act.change(test, advice_id=advice, reopens=test.reopens or news)
    return pupil_id
