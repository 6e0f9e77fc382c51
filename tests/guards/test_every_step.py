"""A step cannot be half there: it has a row, a resolver, a mutation, a journey, and the mails it says it writes."""

import ast
import inspect
import pkgutil
from importlib import import_module

import pytest
from strawberry.utils.str_converters import to_camel_case

import resolvers
from emails import KINDS
from rules.step import AXES
from rules.steps import STEPS
from rules.vocabulary import Role
from schema.mutations import Mutation
from schema.visibility import STEP, definition_of
from tests.guards.source import modules
from tests.journeys import steps_of_schools, steps_of_supplements
from tests.journeys.every_step import WAYS

assert steps_of_schools
assert steps_of_supplements  # Its ways stand among the others.

NOT_A_MUTATION: dict[str, str] = {}
"""Steps that nobody asks for through GraphQL, and who does them."""


def public_resolvers() -> dict[str, list[str]]:
    """Every public coroutine of `resolvers`, by its name in GraphQL, with the modules that define it."""
    found: dict[str, list[str]] = {}
    for module in pkgutil.walk_packages(resolvers.__path__, "resolvers."):
        for name, value in vars(import_module(module.name)).items():
            if inspect.iscoroutinefunction(value) and value.__module__ == module.name:
                found.setdefault(to_camel_case(name), []).append(module.name)
    return found


@pytest.mark.parametrize("step", STEPS)
class TestEveryStep:
    def test_has_one_resolver_of_its_name(self, step: str) -> None:
        assert len(public_resolvers().get(step, [])) == 1

    def test_has_a_mutation_of_its_name(self, step: str) -> None:
        acts = {field.graphql_name for field in definition_of(Mutation).fields}
        assert (step in acts) != (step in NOT_A_MUTATION)

    def test_has_a_journey_for_each_role_that_may_do_it(self, step: str) -> None:
        gone = {way.role for way in WAYS.get(step, [])}
        assert gone, f"{step}: show how it is done in tests/journeys/every_step.py"
        if Role.PUBLIC not in STEPS[step].roles:
            assert gone == STEPS[step].roles

    def test_has_a_journey_that_writes_each_mail_it_tells(self, step: str) -> None:
        assert {mail for way in WAYS[step] for mail in way.tells} == set(STEPS[step].tells)

    def test_tells_mails_that_exist(self, step: str) -> None:
        assert set(STEPS[step].tells) <= set(KINDS)

    def test_says_what_it_is_and_which_rule_it_keeps(self, step: str) -> None:
        row = STEPS[step]
        assert row.dutch
        assert row.rules
        assert all(1 <= rule <= 47 for rule in row.rules)
        assert set(row.when) | set(row.then) | set(row.moves_from) <= set(AXES)


def test_every_step_of_the_schema_has_a_row() -> None:
    marked = {
        field.graphql_name or to_camel_case(field.python_name)
        for field in definition_of(Mutation).fields
        if field.metadata.get(STEP)
    }
    assert marked <= set(STEPS)


def test_no_journey_goes_a_step_that_is_none() -> None:
    assert set(WAYS) <= set(STEPS)


def test_every_step_that_a_resolver_takes_has_a_row() -> None:
    """`take("…")` in the source names a row of the table."""
    for path, tree in modules("resolvers"):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in ("take", "_taken")
                and node.args
            ):
                name = node.args[0]
                if isinstance(name, ast.Constant):
                    assert name.value in STEPS, f"{path}:{node.lineno}"
