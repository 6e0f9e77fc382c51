"""What everyone was told at a stop of the year, beside what the table says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from models import Account
from rules.vocabulary import Role
from schema.roles import SCHEMAS
from schema.seen_in_states import FACTS, ROLE, State, Who, fact_of, may_export
from tests.journeys.seen_asking import Told, everything, exported, fetched, roots, tellings
from tests.journeys.seen_children import Child, canaries, numbers
from tests.journeys.seen_year import Year
from tests.world import Person

LISTS = ("notes", "supplements")
"""Of these a row belongs to the fact whose canary it holds."""
FILTERS: Mapping[str, str] = {
    "moved: true": "moved",
    "openSupplement: true": "awaited",
    "transferMeeting: true": "meeting",
    "priorityStatus: GRANTED": "decision",
    "placementStatus: PLACED": "track",
}
"""What a list can be narrowed by, and the fact that it tells."""
NOTHING_TO_DECIDE = {(Who.VO_SECOND, "decision")}
"""It reads the claim in the form; its list is not narrowed by what another school decided."""


def facts_of(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What the fields of one child tell, each with its path. A field of no fact is a fact of its own: undeclared."""
    for path, value, inside in tellings(row):
        fact = fact_of(f"{path}={value}") or f"a field of no fact: {path}"
        if path.partition(".")[0] in LISTS and fact == fact_of(path.partition(".")[0]):
            own = {name for _, name in canaries(f"{inside.get('text')} {inside.get('question')}")}
            fact = min(own, default=f"a row of no fact: {path}")
        yield fact, path


@dataclass
class Looked:
    """Goes round at each stop and keeps every difference."""

    year: Year
    wrong: list[str] = field(default_factory=list)
    cells: set[tuple[Who, State, str]] = field(default_factory=set)
    told_by: set[tuple[Role, str]] = field(default_factory=set)
    answers: int = 0
    links: dict[Any, set[str]] = field(default_factory=dict)

    async def at(self, stop: str) -> None:
        mails = await self._mails()
        for who, person in self.year.people.items():
            told = await self._asked(who, person, key=who, children=self.year.children)
            told.texts += [text for reader, text in mails if reader is who]
            await self._narrowed(stop, who, person, told)
            self._compare(stop, dict.fromkeys(self.year.children, who), told)
            self._exported(stop, who, await exported(person, ROLE[who]))
        for child in self.year.children:
            told = Told()
            if child.parent is not None:
                told = await self._asked(Who.FAMILY, child.parent, key=child, children=self._tried_by(child))
            told.texts += [text for reader, text in mails if reader is child]
            others = dict.fromkeys(self.year.children, Who.OTHER_FAMILY)
            self._compare(stop, {**others, child: Who.FAMILY}, told)

    def _exported(self, stop: str, who: Who, told: Told) -> None:
        """Exports tell no more than they may, and name whoever the viewer has."""
        text = "\n".join(told.texts)
        words = canaries(text) | numbers(self.year.children, text)
        for child in self.year.children:
            found = {fact for number, fact in words if number == child.number}
            where = f"{stop}: {who.name} of {child.state.name}"
            self.wrong += [
                f"{where} sees {one} in an export" for one in sorted(found - may_export(who, child.state))
            ]
            if told.texts and FACTS["list"].seen_by(who, child.state) and "name" not in found:
                self.wrong.append(f"{where} is in no export")

    def _tried_by(self, child: Child) -> list[Child]:
        """One family tries the files of all; the others ask for their own."""
        first = next(one for one in self.year.children if one.parent is not None)
        return self.year.children if child is first else [child]

    async def _asked(self, who: Who, person: Person, *, key: Any, children: Iterable[Child]) -> Told:
        ids = {
            "pupil": [child.id for child in children],
            "upload": [one for child in children for one in child.uploads],
            "document": [one for child in children for one in child.documents],
        }
        told = await everything(person, ROLE[who], ids=ids)
        # A link that was given once is tried again: it opens what its holder may see at that moment.
        links = self.links.setdefault(key, set())
        links |= told.links
        told.texts += await fetched(self.year.world.http, links)
        self.answers += told.answers
        return told

    async def _mails(self) -> list[tuple[Who | Child, str]]:
        """Every mail so far, with who got it. One to somebody else fails here."""
        readers: dict[str, Who | Child] = {child.email: child for child in self.year.children}
        for who, person in self.year.people.items():
            if person.account_id is not None:
                readers[(await Account.get(id=person.account_id)).username] = who
        readers["projectleider@example.org"] = Who.LEAD
        mails = await self.year.world.mails()
        return [(readers[mail["to"]], f"{mail['subject']} {mail['text']} {mail['html']}") for mail in mails]

    async def _narrowed(self, stop: str, who: Who, person: Person, told: Told) -> None:
        """Searches, filters and counts tell no more than the fields do."""
        if "pupils" not in roots(ROLE[who]):
            return
        everyone = self.year.children
        lists = {f'search: "{child.canary("name")}"': self._those(who, "name", [child]) for child in everyone}
        lists |= {
            f'search: "{child.pupil.elk_number}"': self._those(who, "elk_number", [child])
            for child in everyone
        }
        for said, fact in FILTERS.items():
            if said.partition(":")[0] in filters_of(ROLE[who]) and (who, fact) not in NOTHING_TO_DECIDE:
                lists[said] = self._those(who, fact, everyone)
        query = " ".join(
            f"a{place}: pupils(filter: {{ {said} }}, first: 30) {{ nodes {{ id }} }}"
            for place, said in enumerate(lists)
        )
        answer = told.take(await person.post(f"{{ {query} }}"))
        for place, (said, those) in enumerate(lists.items()):
            found = {node["id"] for node in answer[f"a{place}"]["nodes"]}
            if found != those:
                self.wrong.append(f"{stop}: {who.name} finds {len(found)} by {said}, not {len(those)}")
        self._counted(stop, who, told)

    def _those(self, who: Who, fact: str, children: Iterable[Child]) -> set[str]:
        return {child.id for child in children if FACTS[fact].seen_by(who, child.state)}

    def _counted(self, stop: str, who: Who, told: Told) -> None:
        """The totals of a list, and of the departments of a secondary school."""
        everyone = self.year.children
        counts = {"totalCount": (told.roots["pupils"]["totalCount"], self._those(who, "name", everyone))}
        if "departments" in told.roots:
            facts = {"enrolledCount": "list", "placedCount": "track", "movedCount": "moved"}
            for name, fact in facts.items():
                total = sum(one[name] for one in told.roots["departments"])
                counts[name] = (total, self._those(who, fact, everyone))
        self.wrong += [
            f"{stop}: {who.name} counts {total} as {name}, not {len(those)}"
            for name, (total, those) in counts.items()
            if total != len(those)
        ]

    def _compare(self, stop: str, viewers: Mapping[Child, Who], told: Told) -> None:
        text = "\n".join(told.texts)
        words = canaries(text) | numbers(viewers, text)
        for child, who in viewers.items():
            by_field: dict[str, str] = {}
            for row in told.pupils.get(child.id, ()):
                for fact, path in facts_of(row):
                    by_field[fact] = path
                    self.told_by.add(
                        (ROLE[who], ".".join(part.partition("=")[0] for part in path.split(".")))
                    )
            found = {*by_field, *(fact for number, fact in words if number == child.number)}
            declared = {name for name, fact in FACTS.items() if fact.seen_by(who, child.state)}
            self.cells |= {(who, child.state, name) for name in FACTS}
            where = f"{stop}: {who.name} of {child.state.name}"
            self.wrong += [
                f"{where} sees {one} ({by_field.get(one, 'as a word')})" for one in sorted(found - declared)
            ]
            self.wrong += [f"{where} does not see {one}" for one in sorted(declared - found)]


def filters_of(role: Role) -> set[str]:
    type_ = SCHEMAS[role].core.type_map.get("PupilFilter")
    return set(type_.fields) if type_ is not None else set()  # type: ignore[attr-defined]
