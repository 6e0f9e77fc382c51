"""`docs/procedure.md` says of each rule whether it works, and the code agrees."""

import re
from dataclasses import dataclass
from functools import cache

import pytest

from rules.calendar import Window
from rules.steps import STEPS
from schema.sdl import ROOT
from tests.guards.paper import links, rules_cited, sources

PROCEDURE = ROOT / "docs" / "procedure.md"
NUMBERS = range(1, 48)
ROW = re.compile(r'^\| <a id="rule-(\d+)"></a>(\d+) \| (.+?) \| (.+?) \| (.*)\|$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rule:
    anchor: int
    number: int
    text: str
    state: str
    where: str


@cache
def rules() -> tuple[Rule, ...]:
    found = ROW.findall(PROCEDURE.read_text("utf-8"))
    return tuple(Rule(int(row[0]), int(row[1]), *(cell.strip() for cell in row[2:])) for row in found)


@cache
def cited_by_tests() -> frozenset[int]:
    return frozenset().union(*(rules_cited(path.read_text("utf-8")) for path in sources(under="tests")))


class TestEveryRule:
    def test_stands_there_once_in_order_under_its_own_anchor(self) -> None:
        assert [rule.number for rule in rules()] == list(NUMBERS)
        assert [rule.anchor for rule in rules()] == list(NUMBERS)

    def test_works_or_says_what_is_missing(self) -> None:
        for rule in rules():
            assert re.fullmatch(r"\*\*works\*\*|\*\*not yet\*\*|\*\*partly\*\*: .{10,}", rule.state), rule

    def test_that_does_something_says_where(self) -> None:
        for rule in rules():
            assert ("](../" in rule.where) == (rule.state != "**not yet**"), rule

    def test_that_works_is_cited_by_a_test(self) -> None:
        untried = {rule.number for rule in rules() if rule.state == "**works**"} - cited_by_tests()
        assert not untried, f"no test cites {sorted(untried)}"

    def test_that_a_step_keeps_is_not_called_not_yet(self) -> None:
        kept = {number for step in STEPS.values() for number in step.rules}
        late = {rule.number for rule in rules() if rule.state == "**not yet**"} & kept
        assert not late, f"a step keeps {sorted(late)}: say works, or partly"


class TestEveryCitation:
    @pytest.mark.parametrize(
        "folder", ["rules", "resolvers", "schema", "models", "emails", "workers", "tests"]
    )
    def test_names_a_rule_that_exists(self, folder: str) -> None:
        for path in sources(under=folder):
            unknown = rules_cited(path.read_text("utf-8")) - set(NUMBERS)
            assert not unknown or path.name == "test_docs_procedure.py", f"{path}: {sorted(unknown)}"

    def test_in_the_step_table_names_a_rule_that_exists(self) -> None:
        for step in STEPS.values():
            assert step.rules, step.name
            assert set(step.rules) <= set(NUMBERS), step.name

    def test_is_read_however_it_is_written(self) -> None:
        assert rules_cited("Rules 4 to 6, 46 and 9; rule 3. (rules 8-11)") == {3, 4, 5, 6, 8, 9, 10, 11, 46}


class TestTheTableOfPeriods:
    def test_has_every_window_of_the_rules_in_their_words(self) -> None:
        rows = re.findall(r"^\| `([A-Z_]+)` \| .+ \| (.+?) \|$", PROCEDURE.read_text("utf-8"), re.MULTILINE)
        assert sorted(rows) == sorted((window.name, window.value) for window in Window)


def test_links_to_rules_lead_to_one() -> None:
    for path in sources(under="docs", ending=".md"):
        for link in links(path):
            if "#rule-" in link:
                assert int(link.rpartition("-")[2]) in NUMBERS, f"{path}: {link}"
