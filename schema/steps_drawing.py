"""The steps as a picture: `docs/steps.svg`, drawn from `rules/steps.py` without any other program.

Above, the road of the parents' login: its dots, and the steps from each to the next. Below, a lane for
everyone who acts: under each period the steps open in it, and in a band those of the whole year. Lanes
grow with their steps; a period or a lane without steps is not drawn.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from xml.sax.saxutils import escape

from rules.calendar import Window
from rules.parent_login import DOTS, Dot
from rules.step import LOGIN, Step
from rules.steps import STEPS
from rules.vocabulary import LoginStatus, Role
from schema.steps_page import PAINT, STATES

YEAR = "het hele schooljaar · all year"
PHASES: Mapping[str, tuple[Window, ...]] = {
    "ouderinlog versturen · sending": (Window.SENDING,),
    "inlog aanvragen · requesting": (Window.REQUESTING,),
    "aanmelden · application": (Window.APPLYING, Window.FAMILY_DOCUMENTS, Window.FROM_APPLICATION_ON),
    "behandelen · handling": (
        Window.HANDLING,
        Window.PLACING,
        Window.UNTIL_CENTRAL_PLACEMENT,
        Window.FROM_HANDLING_ON,
    ),
    "na de loting · after the draw": (Window.FROM_CENTRAL_PLACEMENT,),
    YEAR: (Window.ALWAYS,),
}
# Name, tint of the lane, colour of its steps.
LANES: Mapping[Role, tuple[str, str, str]] = {
    Role.PO_EDITOR: ("Basisschool|primary school", "#fff7ed", "#c2410c"),
    Role.PO_MONITOR: ("Basisschool|monitoring", "#fff7ed", "#c2410c"),
    Role.PUBLIC: ("Wie niet is|ingelogd|not signed in", "#f8fafc", "#475569"),
    Role.PARENT: ("Ouders|parents", "#eff6ff", "#1d4ed8"),
    Role.VO_STAFF: ("VO-school|secondary school", "#f0fdf4", "#15803d"),
    Role.REGION_ADMIN: ("Beheerder|region", "#faf5ff", "#7e22ce"),
    Role.PROJECT_LEAD: ("Projectleider|project lead", "#faf5ff", "#7e22ce"),
    Role.INTEGRATOR: ("Systeem|machine", "#f8fafc", "#475569"),
}

WIDTH = 1180
MARGIN = 20
LANE = 124
GAP = 8
PILL = 196
LETTERS = 22  # of a step's name on one line
ROAD = 128
FONT = "font-family=\"'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif\""
MONO = "font-family=\"Consolas, 'DejaVu Sans Mono', monospace\""
ENVELOPE = "M0 0h16v11h-16zM0 0l8 6l8 -6"


@dataclass(frozen=True, slots=True)
class Cell:
    """The steps of one lane in one phase, in rows that fit its width."""

    rows: tuple[tuple[Step, ...], ...]

    @property
    def height(self) -> int:
        return sum(_tallest(row) + GAP for row in self.rows)


def picture(steps: Sequence[Step] = tuple(STEPS.values())) -> str:
    """The whole of `docs/steps.svg`."""
    phases = [name for name, windows in PHASES.items() if any(step.window in windows for step in steps)]
    columns = [name for name in phases if name != YEAR]
    lanes = [role for role in LANES if any(role in step.roles for step in steps)]
    drawn = [*_road(steps)]
    top = ROAD + 44
    drawn += _heads(columns, top - 6)
    for role in lanes:
        lane, height = _lane(role, steps, columns, has_year=YEAR in phases, top=top)
        drawn += lane
        top += height + GAP
    drawn += _legend(top + 14)
    height = top + 40
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" role="img" aria-label="Wie doet wat, en wanneer" {FONT}>',
            "<title>Wie doet wat, en wanneer · who does what, and when</title>",
            f'<rect width="{WIDTH}" height="{height}" rx="12" fill="#ffffff"/>',
            *drawn,
            "</svg>",
            "",
        ]
    )


def _road(steps: Sequence[Step]) -> Iterator[str]:
    """The five dots, and over each arrow the steps that lead from one to the next."""
    stops = list(LoginStatus)
    apart = (WIDTH - 2 * MARGIN - 2 * 90) / (len(stops) - 1)
    places = {stop: MARGIN + 90 + apart * number for number, stop in enumerate(stops)}
    for start, end in pairwise(stops):
        left, right = places[start] + 22, places[end] - 24
        yield f'<path d="M{left:.0f} 56H{right:.0f}" stroke="#64748b" stroke-width="2"/>'
        yield f'<path d="M{right:.0f} 50l10 6l-10 6z" fill="#64748b"/>'
        names = [step.dutch for step in steps if (start, end) in step.moves(axis=LOGIN)]
        lines = [line for name in names for line in wrap(name, 24)]
        for number, line in enumerate(lines):
            height = 48 - 15 * (len(lines) - 1 - number)
            yield _text((left + right) / 2 + 3, height, line, size=12, anchor="middle")
    for stop, place in places.items():
        yield _dot(place, 56, DOTS[stop], radius=16)
        yield _text(place, 92, STATES[LOGIN][stop], size=12, anchor="middle", weight=600)
        yield _text(place, 108, stop.value, size=10, anchor="middle", fill="#64748b", font=MONO)


def _heads(columns: Sequence[str], bottom: float) -> Iterator[str]:
    """The periods, as arrows over their columns."""
    width = _column_width(columns)
    for number, name in enumerate(columns):
        dutch, english = name.split(" · ")
        left = MARGIN + LANE + number * width
        yield f'<path d="M{left + 4:.0f} {bottom - 36:.0f}h{width - 18:.0f}l8 18l-8 18h-{width - 18:.0f}z" fill="#e2e8f0"/>'
        yield _text(left + 14, bottom - 21, dutch, size=12, weight=600)
        yield _text(left + 14, bottom - 7, english, size=10.5, fill="#475569")


def _lane(
    role: Role, steps: Sequence[Step], columns: Sequence[str], *, has_year: bool, top: int
) -> tuple[list[str], int]:
    """A lane: its cells side by side, under them its band of the whole year; and how tall it is."""
    own = [step for step in steps if role in step.roles]
    width = _column_width(columns)
    cells = {name: _cell(own, name, width) for name in columns}
    year = _cell(own, YEAR, WIDTH - 2 * MARGIN - LANE) if has_year else Cell(())
    upper = max((cell.height for cell in cells.values()), default=0)
    lower = year.height + 20 if year.rows else 0
    height = max(upper + (GAP if upper else 0) + lower + (GAP if lower else 0), 60)
    name, tint, paint = LANES[role]
    drawn = [
        f'<rect x="{MARGIN}" y="{top}" width="{WIDTH - 2 * MARGIN}" height="{height}" rx="8" fill="{tint}"/>'
    ]
    dutch, *rest = name.split("|")
    for number, line in enumerate([dutch, *rest]):
        last = number == len(rest)
        drawn.append(
            _text(
                MARGIN + 12,
                top + 26 + 16 * number,
                line,
                size=12 if last else 14,
                weight=400 if last else 700,
                fill="#475569" if last else paint,
            )
        )
    for number, column in enumerate(columns):
        left = MARGIN + LANE + number * width
        if number:
            drawn.append(
                f'<path d="M{left - 2:.0f} {top + 6}V{top + (upper or height - 14) + 6:.0f}" stroke="#cbd5e1" '
                f'stroke-dasharray="2 4"/>'
            )
        drawn += _pills(cells[column], left + 4, top + GAP, paint)
    if year.rows:
        band = top + (upper + GAP if upper else 0)
        inner = WIDTH - 2 * MARGIN - LANE - GAP
        drawn.append(
            f'<rect x="{MARGIN + LANE}" y="{band + 4}" width="{inner}" height="{lower}" rx="6" '
            f'fill="#ffffff" fill-opacity="0.6"/>'
        )
        drawn.append(_text(MARGIN + LANE + 8, band + 18, YEAR, size=10.5, fill="#64748b"))
        drawn += _pills(year, MARGIN + LANE + 4, band + 24, paint)
    return drawn, height


def _column_width(columns: Sequence[str]) -> float:
    return (WIDTH - 2 * MARGIN - LANE) / max(1, len(columns))


def _cell(steps: Iterable[Step], phase: str, width: float) -> Cell:
    inside = [step for step in steps if step.window in PHASES[phase]]
    fit = max(1, int((width - GAP) // (PILL + GAP)))
    return Cell(tuple(tuple(inside[at : at + fit]) for at in range(0, len(inside), fit)))


def _name_lines(step: Step) -> list[str]:
    return wrap(step.dutch, LETTERS)


def _tallest(row: Iterable[Step]) -> int:
    return max(14 + 16 * len(_name_lines(step)) + 14 for step in row)


def _pills(cell: Cell, left: float, top: float, paint: str) -> Iterator[str]:
    for row in cell.rows:
        height = _tallest(row)
        for number, step in enumerate(row):
            yield from _pill(step, left + number * (PILL + GAP), top, height, paint)
        top += height + GAP


def _pill(step: Step, left: float, top: float, height: int, paint: str) -> Iterator[str]:
    yield (
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{PILL}" height="{height}" rx="6" fill="#ffffff" '
        f'stroke="#cbd5e1"/>'
    )
    yield (f'<rect x="{left:.0f}" y="{top + 6:.0f}" width="4" height="{height - 12}" rx="2" fill="{paint}"/>')
    lines = _name_lines(step)
    for number, line in enumerate(lines):
        yield _text(left + 12, top + 19 + 16 * number, line, size=13, weight=600)
    yield _text(left + 12, top + 19 + 16 * len(lines), step.name, size=10.5, fill="#64748b", font=MONO)
    ends = [LoginStatus(end) for _, end in step.moves(axis=LOGIN)]
    foot = top + 16 + 16 * len(lines)
    if ends:
        yield _dot(left + PILL - 15, foot, DOTS[ends[0]], radius=8)
    if step.tells:
        told = escape(", ".join(step.tells))
        place = left + PILL - (48 if ends else 24)
        yield (
            f'<g><title>{told}</title><path transform="translate({place:.0f} {foot - 6:.0f})" '
            f'd="{ENVELOPE}" fill="#fef9c3" stroke="#a16207"/></g>'
        )


def _dot(x: float, y: float, dot: Dot, *, radius: int) -> str:
    fill, border, letters = PAINT[dot.colour]
    circle = f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius}" fill="{fill}" stroke="{border}"/>'
    if dot.letters is None:
        return circle
    size = radius * 0.9
    return circle + _text(
        x, y + size * 0.36, dot.letters, size=size, anchor="middle", weight=700, fill=letters
    )


def _legend(baseline: float) -> Iterator[str]:
    yield (
        f'<path transform="translate({MARGIN + 4} {baseline - 10:.0f})" d="{ENVELOPE}" fill="#fef9c3" stroke="#a16207"/>'
    )
    words = "stuurt een mail · sends a mail"
    yield _text(MARGIN + 28, baseline, words, size=11, fill="#475569")
    yield _dot(MARGIN + 246, baseline - 4, DOTS[LoginStatus.ENROLMENT_STARTED], radius=8)
    words = "het bolletje bij de ouderinlog na deze stap · the login's dot after this step"
    yield _text(MARGIN + 262, baseline, words, size=11, fill="#475569")


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: float,
    anchor: str = "start",
    weight: int = 400,
    fill: str = "#0f172a",
    font: str = "",
) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.1f}" font-size="{size:g}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{fill}" {font}>{escape(words)}</text>'
    ).replace(" >", ">")
