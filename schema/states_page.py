"""Who sees what, and when, on paper: `docs/visibility-by-state.md`, from `schema/seen_in_states.py`."""

from collections.abc import Iterator, Mapping

from schema.seen_in_states import AT_HOME, FACTS, IN_EXPORTS, MOVED, Fact, State, Who

HEAD = """# Wie ziet wat, en wanneer

Gemaakt uit `schema/seen_in_states.py` met `./loket schema`; niet met de hand wijzigen. [visibility.md](visibility.md)
zegt welke velden een rol heeft. Hier staat wat ervan op een moment te zien is: per kijker een tabel, per regel een
gegeven van één kind, per kolom een stand van dat kind. Een test brengt kinderen in elke stand en laat elke kijker alles
vragen: velden, lijsten, zoekvragen, aantallen, bestanden, pdf's en mails. Hij vergelijkt wat ieder te zien krijgt met
deze tabellen, naar beide kanten.

● de kijker ziet het · – het is er, maar deze kijker ziet het niet · leeg: het is er niet (meer)
"""
STATES_HEAD = """## De standen

| nr | stand | wat er is gebeurd |
|--:|---|---|"""
STORY: Mapping[State, str] = {
    State.NOT_SENT: "Het Oki-doc is definitief; de ouders hebben nog niets gekregen.",
    State.SENT: "Mail 1 is verstuurd; het account is niet geactiveerd.",
    State.ACTIVE: "De ouders hebben een wachtwoord, en nog niets ingevuld.",
    State.CONCEPT: "De ouders hebben een lijst bewaard, met voorrang.",
    State.FINAL: "De aanmelding is definitief: de school van eerste voorkeur heeft de leerling.",
    State.UNDONE: "De ouders maakten de definitieve aanmelding ongedaan.",
    State.FELL_BACK: "Het advies is gewijzigd en past niet meer bij de lijst (regel 7).",
    State.NOT_GOING: "De basisschool legde vast dat de leerling niet naar het VO gaat (regel 11).",
    State.DECIDED: (
        "De school van eerste voorkeur besliste over voorrang, schreef notities, vroeg twee aanvullingen (een is "
        "beantwoord) en vroeg een warme overdracht aan."
    ),
    State.PLACED: "Daarna geplaatst bij de eerste voorkeur.",
    State.DRAWN_OUT: "Daarna uitgeloot.",
    State.NOT_PLACEABLE: "Daarna niet plaatsbaar: de aanmelding is beëindigd, de ouders kunnen opnieuw aanmelden.",
    State.WITHDRAWN: "Daarna teruggetrokken door de school.",
    State.MOVED: "Na de centrale plaatsing doorgeplaatst naar de tweede voorkeur, die een eigen notitie schreef.",
    State.MOVED_PLACED: "Daar geplaatst, een seconde vóór de bekendmaking.",
    State.MOVED_DEFERRED: "Daar is meer tijd nodig, een seconde vóór de bekendmaking.",
    State.OUTSIDE_FINAL: "Een buitenleerling met een geheim adres is definitief aangemeld.",
    State.OUTSIDE_MOVED: "Hij is doorgeplaatst naar de tweede voorkeur.",
}
LATER = "Dezelfde stand, vanaf de bekendmaking."
LATER_THERE = "Dezelfde stand, vanaf de bekendmaking. De tweede school deelt een notitie, vraagt een aanvulling en een gesprek."


def page() -> str:
    """The whole of the page."""
    rows = [f"| {place} | {state.value} | {_story(state)} |" for place, state in enumerate(State, start=1)]
    nothing = [who for who in Who if not _seen(who)]
    parts = [HEAD, STATES_HEAD, *rows, "", *_nowhere()]
    for who in Who:
        if who not in nothing:
            parts += [*_table(who), ""]
    parts += [*_exports(), "## Wie niets ziet", "", "Van dit kind zien in geen enkele stand iets:", ""]
    return "\n".join([*parts, *(f"- {who.value}" for who in nothing), ""])


def _exports() -> Iterator[str]:
    """Rule 39: what is in exports alone."""
    yield "## In exports"
    yield ""
    yield "Een export toont van een kind wat de kijker hierboven ziet, en in deze standen ook:"
    yield ""
    yield "| kijker | standen | gegevens |"
    yield "|---|---|---|"
    places = {state: place for place, state in enumerate(State, start=1)}
    for who, parts in IN_EXPORTS.items():
        for states, names in parts:
            numbers = ", ".join(str(place) for place in sorted(places[state] for state in states))
            titles = "; ".join(FACTS[name].title for name in FACTS if name in names)
            yield f"| {who.value} | {numbers} | {titles} |"
    yield ""


def _story(state: State) -> str:
    there = state in MOVED & AT_HOME
    return STORY.get(state) or (LATER_THERE if there else LATER)


def _seen(who: Who) -> list[Fact]:
    return [fact for fact in FACTS.values() if any(fact.seen_by(who, state) for state in State)]


def _nowhere() -> Iterator[str]:
    only = [
        fact.title
        for fact in FACTS.values()
        if not any(fact.seen_by(who, state) for who in Who for state in State)
    ]
    yield f"Alleen in het logboek, voor niemand te zien: {'; '.join(only)}."
    yield ""


def _table(who: Who) -> Iterator[str]:
    seen = _seen(who)
    yield f"## {who.value[0].upper()}{who.value[1:]}"
    yield ""
    yield "| gegeven | " + " | ".join(str(place) for place, _ in enumerate(State, start=1)) + " |"
    yield "|---|" + ":-:|" * len(State)
    for fact in seen:
        yield f"| {fact.title} | {' | '.join(_mark(fact, who, state) for state in State)} |"
    yield ""
    yield f"Nooit: {'; '.join(fact.title for fact in FACTS.values() if fact not in seen)}."


def _mark(fact: Fact, who: Who, state: State) -> str:
    if fact.seen_by(who, state):
        return "●"
    return "–" if state in fact.there else ""
