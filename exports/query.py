"""The statement of an export: the columns that are asked for, of the forms that somebody reaches.

Aliases: `base` the forms with the moment of their last change, `e` the form while it is in the export (else all of
what follows is empty), `p` pupil, `ad` home, `ps` primary school, `hd` and `hs` department and school that handle it,
`c2` `d2` `s2` the second line of the list with its department and school, and so on, `tw` children of the same birth. Only what a column names is joined.
"""

import re
from collections.abc import Iterable, Sequence

from exports.columns import Column, Shape
from exports.lists import LONGEST_LIST

PARTS = {
    "p": "LEFT JOIN pupil p ON p.id = e.pupil_id",
    # A secret address is for nobody but PO and the family.
    "ad": "LEFT JOIN address ad ON ad.pupil_id = e.pupil_id AND ad.position = 1 AND NOT ad.secret",
    "ps": "LEFT JOIN primary_school ps ON ps.id = p.primary_school_id",
    "hd": "LEFT JOIN department hd ON hd.id = e.handling_department_id",
    "hs": "LEFT JOIN secondary_school hs ON hs.id = e.handling_school_id",
    # As the list of the school marks them: born on one day, of one name, and of one home or one parent's address.
    "tw": """LEFT JOIN LATERAL (
        SELECT count(*) > 0 AS here, string_agg(t.elk_number, ' ' ORDER BY t.elk_number) AS numbers
          FROM pupil t JOIN enrolment te ON te.pupil_id = t.id AND te.status = 'FINAL'
         WHERE te.handling_school_id = e.handling_school_id AND te.school_year_id = e.school_year_id
           AND t.id <> p.id AND t.birth_date = p.birth_date AND t.last_name = p.last_name
           AND (EXISTS (SELECT FROM address a JOIN address b ON b.postcode = a.postcode
                               AND lower(b.house_number) = lower(a.house_number)
                         WHERE a.pupil_id = p.id AND b.pupil_id = t.id AND a.position = 1 AND b.position = 1
                           AND NOT a.secret AND NOT b.secret AND a.postcode <> '' AND a.house_number <> '')
             OR EXISTS (SELECT FROM guardian a JOIN guardian b ON lower(b.email) = lower(a.email)
                         WHERE a.pupil_id = p.id AND b.pupil_id = t.id AND a.email <> ''))) tw ON TRUE""",
}
_NEEDS: dict[str, tuple[str, ...]] = {"ps": ("p",), "tw": ("p",)}
for _rank in range(1, LONGEST_LIST + 1):
    _line, _department = f"c{_rank}", f"d{_rank}"
    PARTS |= {
        _line: f"LEFT JOIN preference {_line} ON {_line}.enrolment_id = e.id AND {_line}.rank = {_rank}",
        _department: f"LEFT JOIN department {_department} ON {_department}.id = {_line}.department_id",
        f"s{_rank}": f"LEFT JOIN secondary_school s{_rank} ON s{_rank}.id = {_department}.school_id",
    }
    _NEEDS |= {_department: (_line,), f"s{_rank}": (_line, _department)}
ALSO_TWINS = """
SELECT id, changed_at, there FROM (
    SELECT x."0" AS id, x."1" AS changed_at, y."0" IS NOT NULL AS there
      FROM ({changed}) x LEFT JOIN ({now}) y ON y."0" = x."0"
     UNION
    SELECT y."0", y."1", TRUE
      FROM ({changed}) x JOIN pupil p ON p.id = x."2"
      JOIN pupil t ON t.birth_date = p.birth_date AND t.last_name = p.last_name AND t.id <> p.id
      JOIN ({now}) y ON y."2" = t.id) found"""
"""What changed as a base, and the children of the same birth who are in the export: their row names it. `changed` and
`now` give the id of a form, the moment of its last change, and its pupil."""

ZONE = "Europe/Amsterdam"


def statement(*, base: str, columns: Sequence[str], also: str = "") -> str:
    """`base`: a statement that gives `id` and `changed_at` of each form, and `there`: whether it is in the export."""
    named = {alias for alias in PARTS for column in columns if re.search(rf"\b{alias}\.", column + also)}
    named |= {needed for alias in named for needed in _NEEDS.get(alias, ())}
    joins = "\n".join(join for alias, join in PARTS.items() if alias in named)
    return (
        f"WITH base AS ({base}) SELECT {', '.join(columns) or 'NULL'} FROM base"  # noqa: S608
        f" LEFT JOIN enrolment e ON e.id = base.id AND base.there\n{joins}\n{also}"
    )


def raw(column: Column) -> str:
    """The value as GraphQL gives it."""
    return column.sql


def typed(column: Column) -> str:
    """The value as a spreadsheet takes it: words for codes, the clock of Amsterdam, and no formula."""
    match column.shape:
        case Shape.MOMENT:
            return f"date_trunc('minute', {column.sql} AT TIME ZONE '{ZONE}')"
        case Shape.CODE:
            return _in_words(column)
        case Shape.YES_NO:
            return f"CASE {column.sql} WHEN TRUE THEN 'ja' WHEN FALSE THEN 'nee' END"
        case Shape.TEXT:
            return _harmless(column.sql)
        case _:
            return column.sql


def text(column: Column) -> str:
    """The value as a CSV shows it: a text, empty where there is none."""
    match column.shape:
        case Shape.DATE:
            shown = f"to_char({column.sql}, 'DD-MM-YYYY')"
        case Shape.MOMENT:
            shown = f"to_char({column.sql} AT TIME ZONE '{ZONE}', 'DD-MM-YYYY HH24:MI')"
        case Shape.NUMBER:
            shown = f"({column.sql})::text"
        case Shape.SEALED:
            return column.sql
        case _:
            shown = typed(column)
    return f"coalesce({shown}, '')"


def _in_words(column: Column) -> str:
    cases = " ".join(f"WHEN {_quoted(code)} THEN {_quoted(word)}" for code, word in _pairs(column))
    return f"CASE {column.sql} {cases} ELSE {_harmless(f'({column.sql})::text')} END"


def _pairs(column: Column) -> Iterable[tuple[str, str]]:
    return (column.words or {}).items()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _harmless(sql: str) -> str:
    """A cell that begins as a formula does begins with an apostrophe: no program counts it out."""
    return f"CASE WHEN {sql} ~ '^[=+@\\t\\r\\n-]' THEN '''' || {sql} ELSE {sql} END"
