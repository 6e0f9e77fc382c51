"""The steps on paper: `docs/steps.md`, one state diagram an axis and one table, from `rules/steps.py`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from emails import KINDS
from rules.calendar import Window
from rules.parent_login import DOTS
from rules.step import AXES, ENROLMENT, LOGIN, LOGIN_REQUEST, NOTHING, OKI_DOC, PLACEMENT, PRIORITY, Step
from rules.steps import STEPS
from rules.vocabulary import Colour, Role
from schema import places

# Dutch and English of what the table names. A name without words stops `./loket schema`.
TITLES: Mapping[str, tuple[str, str]] = {
    OKI_DOC: ("Het Oki-doc", "The educational file of a child, kept by its primary school."),
    LOGIN_REQUEST: (
        "De aanvraag",
        "A family that no school here invites asks for a login. What is not confirmed in time leaves no trace.",
    ),
    LOGIN: ("De ouderinlog", "The parents' login to one region: the dot that schools see."),
    ENROLMENT: (
        "De aanmelding",
        "The form of a family. An undone one stays as it was, and a fresh concept begins from its answers.",
    ),
    PRIORITY: (
        "De voorrang",
        "The priority claimed at the first-choice school; without a claim there is none.",
    ),
    PLACEMENT: ("De plaatsing", "What the secondary school decides on a definitive enrolment."),
}
STATES: Mapping[str, Mapping[str, str]] = {
    OKI_DOC: {"CONCEPT": "voorlopig", "FINAL": "definitief"},
    LOGIN_REQUEST: {
        "UNCONFIRMED": "nog niet bevestigd",
        "OPEN": "wacht op de regio",
        "APPROVED": "goedgekeurd",
        "DECLINED": "afgewezen",
    },
    LOGIN: {
        "NOT_SENT": "nog niet verstuurd",
        "SENT": "verstuurd",
        "ACTIVATED": "geactiveerd",
        "ENROLMENT_STARTED": "aanmelding gestart",
        "ENROLMENT_FINAL": "aanmelding definitief",
    },
    ENROLMENT: {"CONCEPT": "concept", "FINAL": "definitief", "WITHDRAWN": "ongedaan gemaakt"},
    PRIORITY: {"REQUESTED": "aangevraagd", "GRANTED": "gehonoreerd", "REJECTED": "niet gehonoreerd"},
    PLACEMENT: {
        "NONE": "nog geen besluit",
        "PLACED": "geplaatst",
        "DRAWN_OUT": "uitgeloot",
        "NOT_PLACEABLE": "niet plaatsbaar",
        "WITHDRAWN": "teruggetrokken",
    },
}
WINDOWS: Mapping[Window, str] = {
    Window.ALWAYS: "het hele schooljaar",
    Window.SENDING: "ouderinlog versturen",
    Window.REQUESTING: "inlog aanvragen en aanmeldperiode",
    Window.APPLYING: "aanmeldperiode, of een eigen aanmeldtijd",
    Window.FAMILY_DOCUMENTS: "aanmeldperiode en behandelperiode",
    Window.HANDLING: "behandelperiode",
    Window.UNTIL_CENTRAL_PLACEMENT: "behandelperiode, tot de centrale plaatsing",
    Window.FROM_CENTRAL_PLACEMENT: "vanaf de centrale plaatsing, in de behandelperiode",
    Window.PLACING: "behandelperiode; na de bekendmaking wie meer tijd kreeg",
    Window.FROM_HANDLING_ON: "vanaf de behandelperiode",
    Window.FROM_APPLICATION_ON: "vanaf de aanmeldperiode",
}
ROLES: Mapping[Role, str] = {
    Role.PUBLIC: "zonder in te loggen",
    Role.PARENT: "ouders",
    Role.PO_EDITOR: "basisschool",
    Role.PO_MONITOR: "basisschool (monitoring)",
    Role.VO_STAFF: "VO-school",
    Role.REGION_ADMIN: "beheerder",
    Role.PROJECT_LEAD: "projectleider",
    Role.INTEGRATOR: "systeem",
}
# Fill, border and letters of a dot: schools see these colours, so the diagram shows them.
PAINT: Mapping[Colour, tuple[str, str, str]] = {
    Colour.WHITE: ("#ffffff", "#6b7280", "#1f2937"),
    Colour.BLUE: ("#2563eb", "#1e40af", "#ffffff"),
    Colour.GREEN: ("#15803d", "#14532d", "#ffffff"),
    Colour.RED: ("#b91c1c", "#7f1d1d", "#ffffff"),
}

HEAD = """# De stappen · The steps

Gemaakt uit `rules/steps.py` met `./loket schema`; niet met de hand wijzigen. Eerst het jaar als plaatje,
dan per onderdeel hoe een stap het verandert, dan alle stappen in één tabel.

*Made from `rules/steps.py`. The year as a picture, then what each step changes, then all steps in one table.
Axes and states that no step moves yet are left out.*

![Wie doet wat, en wanneer: alle stappen in het jaar](steps.svg)
"""
TABLE = """## Alle stappen · All steps

*Van*: waarin het kind moet staan, of wat de stap verandert. *Naar*: waarin het daarna staat.
*From*: where the child must stand, or what the step moves. *To*: where it stands then.

| stap · step | wat · what | wie · who | wanneer · when | van · from | naar · to | mails | regels · rules |
|---|---|---|---|---|---|---|---|"""


def page(steps: Sequence[Step] = tuple(STEPS.values())) -> str:
    """The whole of `docs/steps.md`."""
    parts = [HEAD, *(_axis(axis, steps) for axis in AXES if _arrows(axis, steps)), TABLE]
    return "\n".join([*parts, *(_row(step) for step in steps), ""])


def _arrows(axis: str, steps: Iterable[Step]) -> dict[tuple[str, str], list[Step]]:
    """For each pair of states, the steps from the one to the other."""
    found: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        for pair in step.moves(axis=axis):
            found.setdefault(pair, []).append(step)
    return found


def _axis(axis: str, steps: Iterable[Step]) -> str:
    title, told = TITLES[axis]
    arrows = _arrows(axis, steps)
    states = [state.value for state in AXES[axis] if any(state.value in pair for pair in arrows)]
    lines = [f"## {title}", "", f"*{told}*", "", "```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{STATES[axis][state]}<br/>{state}" as {state}' for state in states]
    stays = []
    for (start, end), through in sorted(arrows.items(), key=lambda arrow: _order(axis, arrow[0])):
        names = "<br/>".join(step.dutch for step in through)
        if start == end:  # A loop's words would lie over those of the arrows.
            stays += [f"{step.dutch} (`{start}`)" for step in through]
        else:
            lines.append(f"    {start or '[*]'} --> {end}: {names}")
    lines += [*(_dots(states) if axis == LOGIN else ()), "```", ""]
    if stays:
        lines += [f"Het blijft staan waar het stond · *it stays where it was*: {', '.join(stays)}.", ""]
    return "\n".join(lines)


def _order(axis: str, pair: tuple[str, str]) -> tuple[int, int]:
    places = [NOTHING, *(state.value for state in AXES[axis])]
    return places.index(pair[0]), places.index(pair[1])


def _dots(states: Iterable[str]) -> Iterator[str]:
    """A state in the colour of its dot."""
    shown = {status.value: dot.colour for status, dot in DOTS.items() if status.value in states}
    for colour in dict.fromkeys(shown.values()):
        fill, border, letters = PAINT[colour]
        yield f"    classDef {colour.value} fill:{fill},stroke:{border},color:{letters}"
    yield from (f"    class {state} {colour.value}" for state, colour in shown.items())


def _row(step: Step) -> str:
    place = places.of_step(name=step.name)
    cells = (
        f"[`{step.name}`](../{place})" if place else f"`{step.name}`",
        step.dutch,
        ", ".join(words for role, words in ROLES.items() if role in step.roles),
        f"{WINDOWS[step.window]}<br>*{step.window.value}*",
        "<br>".join(_from(step)),
        "<br>".join(
            f"{_title(axis)} {_listed(axis, _ends(step, axis))}" for axis in AXES if axis in step.then
        ),
        "<br>".join(f"[{mail}](../emails/templates/{KINDS[mail].template}/text.txt)" for mail in step.tells),
        " ".join(f"[{rule}](procedure.md#rule-{rule})" for rule in step.rules),
    )
    return f"| {' | '.join(cells)} |"


def _from(step: Step) -> Iterator[str]:
    for axis in AXES:
        if axis in step.when:
            yield f"{_title(axis)} {_listed(axis, step.when[axis])}"
        elif axis in step.moves_from:
            yield f"{_title(axis)} *elke; verandert · any; moves* {_listed(axis, step.moves_from[axis])}"
        elif axis in step.then:
            yield f"{_title(axis)} *elke · any*"


def _ends(step: Step, axis: str) -> set[str]:
    return {end for _, end in step.moves(axis=axis)}


def _listed(axis: str, states: Iterable[str]) -> str:
    order = [NOTHING, *(state.value for state in AXES[axis])]
    return " / ".join(f"`{state}`" if state else "*geen · none*" for state in sorted(states, key=order.index))


def _title(axis: str) -> str:
    return TITLES[axis][0].split(" ", 1)[1] + ":"
