"""Nothing enters a schema unsaid: roles, Dutch help, refusals, and the files that show it all."""

import dataclasses
import importlib
import pkgutil
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
)
from graphql.type import is_introspection_type, is_specified_scalar_type
from strawberry.types.base import StrawberryOptional, has_object_definition
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import capitalize_first, to_camel_case

import resolvers
import rules
import schema
from rules.refusal import Refusal
from rules.steps import STEPS
from rules.vocabulary import Role
from schema.errors import all_refusals
from schema.refusals import REFUSALS
from schema.roles import SCHEMAS
from schema.sdl import ROOT, documents
from schema.visibility import SIGN_IN, STEP, definition_of, roles_in, roles_of

WITHOUT_INPUT = {"logout"}
SECRETS = {"token", "password", "secret"}


@pytest.fixture(scope="module")
def every_module() -> None:
    """Refusals count from the moment their module is imported: import them all."""
    for package in (rules, resolvers, schema):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def ours(role: Role) -> dict[str, object]:
    """The types of a schema that are not GraphQL's own."""
    types = SCHEMAS[role].core.type_map
    return {
        name: type_
        for name, type_ in types.items()
        if not is_introspection_type(type_) and not is_specified_scalar_type(type_)
    }


@pytest.mark.usefixtures("every_module")
class TestRefusals:
    def test_every_refusal_has_a_line_in_the_table(self) -> None:
        unmapped = {
            refusal.__qualname__
            for refusal in all_refusals()
            if refusal.__module__.split(".")[0] in ("rules", "resolvers", "schema")
            and not REFUSALS.knows(refusal)
        }
        assert not unmapped

    def test_every_refusal_is_a_dataclass_of_plain_facts_with_a_message_and_its_own_code(self) -> None:
        codes: dict[str, type[Refusal]] = {}
        for refusal in all_refusals():
            if not REFUSALS.knows(refusal):
                continue
            assert dataclasses.is_dataclass(refusal), refusal
            assert refusal.message is not Refusal.message, f"{refusal.__name__} has no message"
            assert codes.setdefault(refusal.code, refusal) is refusal, refusal.code


@pytest.mark.parametrize("role", Role)
class TestEverySchema:
    def test_everything_is_described(self, role: Role) -> None:
        silent = []
        for name, type_ in ours(role).items():
            if not type_.description:  # type: ignore[attr-defined]
                silent.append(name)
            if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
                silent += [f"{name}.{field}" for field, told in type_.fields.items() if not told.description]
            if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
                silent += [
                    f"{name}.{field}({argument}:)"
                    for field, told in type_.fields.items()
                    for argument, said in told.args.items()
                    if not said.description
                ]
        assert not silent

    def test_descriptions_are_dutch_and_not_those_of_a_library(self, role: Role) -> None:
        told = {name: type_.description or "" for name, type_ in ours(role).items()}  # type: ignore[attr-defined]
        library = {name for name, text in told.items() if " the " in f" {text.lower()} "}
        assert not library
        scalars = {name for name, type_ in ours(role).items() if isinstance(type_, GraphQLScalarType)}
        assert scalars <= {"DateTime", "Date"}

    def test_it_holds_the_public_one(self, role: Role) -> None:
        public = SCHEMAS[Role.PUBLIC].core.type_map
        own = SCHEMAS[role].core.type_map
        for name, type_ in public.items():
            assert name in own
            if isinstance(type_, GraphQLObjectType | GraphQLInputObjectType):
                assert set(type_.fields) <= set(own[name].fields), name  # type: ignore[attr-defined]

    def test_every_mutation_takes_one_input_and_gives_an_entity_and_errors(self, role: Role) -> None:
        root = SCHEMAS[role].core.mutation_type
        for name, act in root.fields.items() if root else ():
            pascal = capitalize_first(name)
            takes = {argument: str(said.type) for argument, said in act.args.items()}
            assert takes == ({} if name in WITHOUT_INPUT else {"input": f"{pascal}Input!"}), name
            assert str(act.type) == f"{pascal}Payload!", name
            payload = act.type.of_type if isinstance(act.type, GraphQLNonNull) else act.type
            fields = {field: str(told.type) for field, told in payload.fields.items()}
            assert fields.pop("errors") == "[UserError!]!", name
            assert not any(type_.endswith("!") for type_ in fields.values()), name


class TestMutations:
    def acts(self) -> dict[str, StrawberryField]:
        from schema.mutations import Mutation

        return {field.python_name: field for field in definition_of(Mutation).fields}

    def test_what_takes_or_gives_a_password_is_a_sign_in_and_counts_once_per_document(self) -> None:
        for name, field in self.acts().items():
            hot = {"password", "login", "activate", "reset", "secret"} & set(name.split("_"))
            if hot and name not in ("send_parent_login", "approve_login_request", "decline_login_request"):
                assert field.metadata.get(SIGN_IN), f"{name} is tried with a secret: Mutations.sign_in"

    def test_no_step_answers_with_a_secret(self) -> None:
        """An answer under an Idempotency-Key is kept: sealed, and longer than a link in it lives."""
        for field in self.acts().values():
            if not field.metadata.get(STEP):
                continue
            for entity in definition_of(field.type).fields:  # type: ignore[arg-type]
                shown = entity.resolve_type()
                shown = shown.of_type if isinstance(shown, StrawberryOptional) else shown
                names = (
                    {one.python_name for one in definition_of(shown).fields}
                    if has_object_definition(shown)
                    else set()
                )
                assert not names & SECRETS, (
                    f"{field.python_name} answers with {names & SECRETS}: Mutations.act"
                )

    def test_a_step_is_shown_to_those_who_may_do_it(self) -> None:
        for name, field in self.acts().items():
            row = STEPS.get(to_camel_case(name))
            if row is not None:
                assert roles_of(field) == roles_in(row.roles), name


class TestWhatIsCommitted:
    @pytest.mark.parametrize("path", documents(schemas=SCHEMAS), ids=str)
    def test_the_file_is_current(self, path: Path) -> None:
        committed = (ROOT / path).read_text("utf-8") if (ROOT / path).exists() else ""
        current = committed == documents(schemas=SCHEMAS)[path]
        assert current, f"{path} is behind the types: run ./loket schema and look at the diff"

    def test_no_role_is_left_that_does_not_exist(self) -> None:
        kept = {path.name for path in (ROOT / "schema" / "sdl").glob("*")}
        assert kept == {f"{role.value.lower()}.graphql" for role in Role}

    def test_no_enum_names_what_only_another_role_meets(self) -> None:
        for role in Role:
            for type_ in ours(role).values():
                if isinstance(type_, GraphQLEnumType):
                    assert type_.values
