"""Nobody adds a mutation that takes a password or a link's token and may be tried ten times in a document."""

from rules.vocabulary import Role
from schema.mutations import Mutation
from schema.roles import SCHEMAS
from schema.visibility import SIGN_IN, definition_of

SECRETS = {"password", "token", "secret", "birthDate"}


def secret_acts() -> dict[str, bool]:
    """Every public mutation whose input holds a secret, and whether it is marked."""
    marked = {
        field.graphql_name: bool(field.metadata.get(SIGN_IN)) for field in definition_of(Mutation).fields
    }
    public = SCHEMAS[Role.PUBLIC].core.mutation_type
    assert public is not None
    found = {}
    for name, field in public.fields.items():
        for argument in field.args.values():
            inputs = getattr(argument.type, "of_type", argument.type).fields
            if SECRETS & set(inputs):
                found[name] = marked[name]
    return found


class TestEveryActThatTakesASecret:
    def test_is_marked_as_one_try_a_document(self) -> None:
        assert all(secret_acts().values()), secret_acts()

    def test_is_among_these(self) -> None:
        assert {"login", "activateAccount", "resetPassword"} <= set(secret_acts())
