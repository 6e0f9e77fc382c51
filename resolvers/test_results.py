"""The result of the doorstroomtoets: what is kept of a delivery, how people read it, and the duty it may bring."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from imports.toetsresultaten import LEVEL, MAKERS, Outcome, Result
from models import TestResult
from models.region import Advice
from resolvers import scope
from resolvers.family import grouped
from resolvers.pupils import PupilRow, part
from resolvers.rows import fetch, from_json
from resolvers.step import take
from resolvers.viewer import Viewer
from rules.input import InvalidValue
from rules.reconsideration import is_open, reopens
from rules.steps import NotFound, StateConflict


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
    reconsideration_open: bool = False


def _row(
    advice: str | None, label: str, level: int, at: datetime, reopened: bool, code: str, content: Any
) -> TestResultRow:
    said = from_json(content)
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
        advice_to_confirm=advice is None,
        reference_levels=[
            LevelRow(one["part"], one["name"], one["value"]) for one in outcomes if one["kind"] == LEVEL
        ],
        scores=[ScoreRow(**one) for one in (*said.get("scores", []), *outcomes) if one["kind"] != LEVEL],
    )


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

    Raises `NotFound` without a result, `StateConflict` where the advice was read, `InvalidValue`.
    """
    async with take("confirmTestAdvice", viewer=viewer, pupil_id=pupil_id) as act:
        test = await scope.of(act.child, TestResult).select_for_update(of=("test_result",)).first()
        if test is None:
            raise NotFound()
        if test.advice_id is not None and test.content.get("advice_is_read", True):
            explanation = "Het toetsadvies is al bekend: zo heeft de toetsaanbieder het aangeleverd."
            raise StateConflict(step=act.step.name, explanation=explanation)
        levels = {one.code: one.level for one in await Advice.all()}
        if advice not in levels:
            reason = "Toetsadvies: dit advies staat niet op de landelijke lijst."
            raise InvalidValue(field="advice", reason=reason).at("advice")
        news = reopens(
            motivation=act.child.reconsideration_motivation,
            before=levels.get(test.advice_id or ""),
            after=levels[advice],
        )
        act.change(test, advice_id=advice, reopens=test.reopens or news)
    return pupil_id
