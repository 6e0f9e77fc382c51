"""What a role may not see is not in its schema; what says nothing stops the program."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import pytest
import strawberry

from rules.refusal import Refusal
from rules.vocabulary import Role
from schema.build import RoleSchema
from schema.errors import RefusalTypes, told_to
from schema.visibility import (
    EVERYONE,
    NobodySaidWhoSees,
    computed_for,
    input_type,
    output_type,
    roles_in,
    seen_by,
)
from tests.schema import small


class TestOneSchemaPerRole:
    def test_a_field_of_another_role_is_not_there(self) -> None:
        editor, parent = small.SCHEMAS[Role.PO_EDITOR].as_str(), small.SCHEMAS[Role.PARENT].as_str()
        assert "secretNote" in editor
        assert "secretNote" not in parent

    def test_types_that_only_hidden_fields_lead_to_are_not_there_either(self) -> None:
        parent = small.SCHEMAS[Role.PARENT].core.type_map
        public = small.SCHEMAS[Role.PUBLIC].core.type_map
        assert not {"MarkChildInput", "MarkChildPayload", "WindowShut"} & set(parent)
        assert "Child" in parent
        assert not {"Child", "ChildConnection", "PageInfo"} & set(public)

    def test_a_refusal_is_only_known_to_those_who_can_meet_it(self) -> None:
        told = {role for role, schema in small.SCHEMAS.items() if "WindowShut" in schema.core.type_map}
        assert told == {Role.PO_EDITOR}

    def test_every_role_holds_the_public_operations(self) -> None:
        for schema in small.SCHEMAS.values():
            assert "login" in schema.core.mutation_type.fields  # type: ignore[union-attr]

    def test_whatever_the_public_sees_everyone_sees(self) -> None:
        assert roles_in(Role.PUBLIC) == EVERYONE

    def test_a_role_without_any_mutation_has_no_mutation_type(self) -> None:
        @output_type("Handelingen.")
        class Acts:
            @computed_for(Role.PARENT, description="Iets.")
            def act(self) -> int:
                return 1

        public = RoleSchema(role=Role.PUBLIC, query=small.Query, mutation=Acts, types=[])
        assert public.core.mutation_type is None


class TestDenyByDefault:
    def test_a_field_that_says_nothing_stops_the_program_where_it_stands(self) -> None:
        with pytest.raises(NobodySaidWhoSees, match=r"Forgetful\.name"):

            @output_type("Vergeetachtig.")
            class Forgetful:
                name: str

        with pytest.raises(NobodySaidWhoSees, match=r"Forgetful2\.name"):

            @input_type("Vergeetachtig.")
            class Forgetful2:
                name: str = ""

    def test_so_does_a_type_made_without_our_decorator_when_the_schema_is_built(self) -> None:
        @strawberry.type(description="Omweg.")
        class Detour:
            name: str = "x"

        @output_type("Vragen.")
        class Query:
            detour: Detour = seen_by(EVERYONE, description="Een omweg.")

        with pytest.raises(TypeError, match=r"Detour\.name does not say who sees it"):
            RoleSchema(role=Role.PUBLIC, query=Query, mutation=None, types=[])

    @pytest.mark.parametrize("description", ["", None])
    def test_a_field_without_a_description_does_not_pass(self, description: str) -> None:
        with pytest.raises(NobodySaidWhoSees, match="no description"):

            @output_type("Zwijgzaam.")
            class Silent:
                name: str = seen_by(EVERYONE, description=description)

    def test_an_argument_without_a_description_does_not_pass(self) -> None:
        with pytest.raises(NobodySaidWhoSees, match=r"Silent.name\(loud:\)"):

            @output_type("Zwijgzaam.")
            class Silent:
                @computed_for(EVERYONE, description="De naam.")
                def name(self, loud: bool) -> str:
                    return ""

    def test_no_role_at_all_is_not_an_answer(self) -> None:
        with pytest.raises(NobodySaidWhoSees):
            seen_by(description="Niemand.")


class TestRefusalsAsTypes:
    def test_every_fact_must_be_described(self) -> None:
        @dataclass(eq=False)
        class Vague(Refusal):
            code: ClassVar[str] = "VAGUE"
            since: datetime

        with pytest.raises(TypeError, match="since"):
            RefusalTypes({Vague: told_to(EVERYONE, description="Vaag.")})
        # The next test that looks at all refusals must not find this one.
        del Vague
