"""One document can ask for a whole portal page, and for nothing that keeps a process busy."""

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest
from graphql import get_introspection_query

from rules.vocabulary import Role
from schema.build import RoleSchema
from schema.execution import BadRequest, Documents
from schema.limits import INTROSPECTION_DEPTH
from tests.compiled.rich import CORE
from tests.schema import small

RICH = Documents(cast(RoleSchema, SimpleNamespace(core=CORE)))
SMALL = {role: Documents(schema) for role, schema in small.SCHEMAS.items()}


def refusal(text: str, documents: Documents = RICH) -> str:
    """The code under which a document is refused; empty when it is not."""
    try:
        asyncio.run(documents.prepare(text=text, operation_name=None))
    except BadRequest as bad:
        return str((bad.errors[0].extensions or {}).get("code", bad.code))
    return ""


def nested(depth: int) -> str:
    return "{ people " + "{ boss " * depth + "{ name }" + " }" * depth + " }"


class TestWhatFits:
    def test_the_introspection_of_every_role(self) -> None:
        for documents in SMALL.values():
            assert refusal(get_introspection_query(), documents) == ""
            assert (
                refusal(
                    get_introspection_query(input_value_deprecation=True, specified_by_url=True), documents
                )
                == ""
            )

    def test_a_whole_page_of_pupils_with_all_that_hangs_on_them(self) -> None:
        fields = "id name nick age height score active paint paints rank born day tags grid"
        text = f"""query Page {{
            people {{ ...All boss {{ ...All }} friends {{ ...All home {{ name residents {{ id }} }} }} }}
            person {{ ...All }}
        }}
        fragment All on Person {{ {fields} home {{ name code }} toys {{ name weight }} }}"""
        assert refusal(text) == ""

    def test_a_page_of_an_export_of_500_rows(self) -> None:
        text = "{ children(first: 500) { pageInfo { endCursor } nodes { id name } } }"
        assert refusal(text, SMALL[Role.PARENT]) == ""

    def test_forty_kinds_of_refusal_asked_for_one_by_one(self) -> None:
        kinds = " ".join("... on WindowShut { code message path opensAt missing }" for _ in range(40))
        text = f'mutation {{ markChild(input: {{childId: "1"}}) {{ errors {{ code {kinds} }} }} }}'
        assert refusal(text, SMALL[Role.PO_EDITOR]) == ""


class TestWhatIsTooMuch:
    @pytest.mark.parametrize(
        "text",
        [
            nested(12),
            "{ " + " ".join(f"a{n}: person {{ id }}" for n in range(61)) + " }",
            "{ person { " + " ".join(f"a{n}: id" for n in range(61)) + " } }",
            "{ person { id " + "@skip(if: false) @include(if: true) " * 31 + "} }",
            "{ person { id " + "@skip(if: true) " * 61 + "} }",
            "query Q0 { __typename } " + " ".join(f"query Q{n} {{ __typename }}" for n in range(1, 62)),
            "{ person { " + "id " * 250 + "} }",
            "{ " + "person { name } " * 250 + "}",
            "{ person { " + "... { id } " * 250 + "} }",
            "{ person { ...A ...A } } fragment A on Person { ...B ...B } fragment B on Person { "
            + "id " * 100
            + "}",
            "{ " + "maybePeople { friends { friends { friends { friends { friends { name } } } } } } " + "}",
            "{" + "{" * 5000,
            "{ echo(a: " + "[" * 5000 + ") }",
            "{ echo(a: " + "{a:" * 5000 + ") }",
            "query (" + "$a: " + "[" * 3000 + " ) { person { id } }",
            "{ person " + "{ ... " * 2000 + "{ id }" + " }" * 2000 + " }",
            "{ ...F0 } "
            + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
            + " fragment F40 on Query { ...Nobody }",
        ],
        ids=lambda text: text[:40],
    )
    def test_a_document_made_to_be_expensive_is_refused_within_a_second(self, text: str) -> None:
        assert refusal(text) in ("LIMIT_EXCEEDED", "GRAPHQL_PARSE_FAILED")

    def test_introspection_that_goes_in_circles(self) -> None:
        text = (
            "{ __schema { types { fields "
            + "{ type { fields " * INTROSPECTION_DEPTH
            + "{ name }"
            + " } }" * INTROSPECTION_DEPTH
        )
        assert refusal(text + " } } }") == "LIMIT_EXCEEDED"

    def test_fragments_that_go_in_circles_are_reported_by_validation(self) -> None:
        circle = "fragment A on Person { boss { ...B } } fragment B on Person { boss { ...A } }"
        text = "{ person { ...A } } " + circle
        assert refusal(text) == "GRAPHQL_VALIDATION_FAILED"

    @pytest.mark.parametrize(
        ("first", "code"), [("10", ""), ("500", "LIMIT_EXCEEDED"), ("$n", "LIMIT_EXCEEDED")]
    )
    def test_many_pages_at_once_count_for_their_rows_and_an_unknown_size_for_the_largest(
        self, first: str, code: str
    ) -> None:
        rows = "nodes { id name } edges { cursor node { id name } } pageInfo { startCursor endCursor }"
        pages = " ".join(f"a{n}: children(first: {first}) {{ {rows} }}" for n in range(25))
        head = "query ($n: Int!)" if "$" in first else ""
        assert refusal(f"{head} {{ {pages} }}", SMALL[Role.PARENT]) == code

    def test_more_words_than_a_document_has_are_not_even_parsed(self) -> None:
        assert refusal("{ person(a: [" + "1 " * 4100 + "]) { id } }") == "GRAPHQL_PARSE_FAILED"

    def test_eleven_mutations(self) -> None:
        mark = 'markChild(input: {childId: "1"}) { errors { code } }'
        text = "mutation { " + " ".join(f"m{n}: {mark}" for n in range(11)) + " }"
        assert refusal(text, SMALL[Role.PO_EDITOR]) == "LIMIT_EXCEEDED"

    def test_the_worst_that_fits_is_still_quick(self) -> None:
        fields = " ".join(f"id{n}: id" for n in range(50))
        plain = "id name nick age height score active paint paints rank born day tags grid "
        text = "{ person { " + fields + " " + plain * 14 + "} }"
        assert refusal(text) == ""
        fragments = " ".join(f"fragment F{n} on Person {{ {plain} }}" for n in range(50))
        assert refusal("{ person { " + " ".join(f"...F{n}" for n in range(50)) + " } } " + fragments) == ""


LOGIN = 'login(input: {username: "1", password: "2"}) { session { token } }'


class TestOneSignInPerDocument:
    @pytest.mark.parametrize(
        "text",
        [
            f"mutation {{ a: {LOGIN} b: {LOGIN} }}",
            f"mutation {{ {LOGIN} {LOGIN} }}",
            f"mutation {{ a: {LOGIN} ... {{ b: {LOGIN} }} }}",
            f"mutation {{ a: {LOGIN} ...F }} fragment F on Mutation {{ b: {LOGIN} }}",
            f"mutation {{ ...F ...G }} fragment F on Mutation {{ a: {LOGIN} }} "
            f"fragment G on Mutation {{ b: {LOGIN} }}",
            f"mutation A {{ {LOGIN} }} mutation B {{ {LOGIN} }}",
            f"mutation {{ a: {LOGIN} ... @skip(if: true) {{ b: {LOGIN} }} }}",
        ],
    )
    def test_a_second_password_in_the_same_document_is_refused(self, text: str) -> None:
        assert refusal(text, SMALL[Role.PUBLIC]) == "ONE_SIGN_IN_PER_DOCUMENT"

    def test_one_is_fine_also_from_a_fragment(self) -> None:
        assert refusal(f"mutation {{ ...F }} fragment F on Mutation {{ {LOGIN} }}", SMALL[Role.PUBLIC]) == ""
