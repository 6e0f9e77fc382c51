"""What does not fit its type is told in Dutch, where it stands, and never repeated."""

from typing import Any

import pytest
from graphql import GraphQLError

from schema.bad_input import in_dutch
from tests.schema.small import Door, code

LIST = "query ($n: Int, $s: String) { children(first: $n, search: $s) { totalCount } }"
MARK = "mutation ($i: MarkChildInput!) { markChild(input: $i) { errors { code } } }"
LITERAL = "mutation ($i: ID = 1) { markChild(input: {childId: $i, others: []}) { errors { code } } }"
BSN = 123456782


class TestWhatDoesNotFit:
    @pytest.mark.parametrize(
        ("document", "variables", "told"),
        [
            (LIST.replace("Int,", "Int = 3,"), {"n": None}, "`first` is niet goed ingevuld. Dit veld is verplicht."),
            (LIST, {"n": "x"}, "`$n` is niet goed ingevuld. Geef een geheel getal."),
            (LIST, {"n": 10**12}, "`$n` is niet goed ingevuld. Dit getal is te groot of te klein."),
            (LIST, {"s": BSN}, "`$s` is niet goed ingevuld. Geef een tekst."),
            (MARK, {}, "`$i` is niet goed ingevuld. Dit veld is verplicht."),
            (MARK, {"i": BSN}, "`$i` is niet goed ingevuld. Geef hier een object met velden."),
            (MARK, {"i": {"why": str(BSN)}}, "`$i` is niet goed ingevuld. Het veld `childId` is verplicht."),
            (MARK, {"i": {"childId": "1", "bsn": BSN}}, "`$i` is niet goed ingevuld. Het veld `bsn` bestaat hier niet."),
            (MARK, {"i": {"childId": "1", "a b": BSN}}, "`$i` is niet goed ingevuld. Er staat een veld in dat hier niet bestaat."),
            (MARK, {"i": {"childId": "1", "why": BSN}}, "`$i.why` is niet goed ingevuld. Geef een tekst."),
            (MARK, {"i": {"childId": "1", "others": ["1", None]}}, "`$i.others[1]` is niet goed ingevuld. Dit veld is verplicht."),
            (LITERAL, {"i": None}, "`input.childId` is niet goed ingevuld. Dit veld is verplicht."),
        ],
    )  # fmt: skip
    async def test_is_named_where_it_stands(
        self, document: str, variables: dict[str, Any], told: str
    ) -> None:
        response = await Door().ask(document, variables, token="editor")
        (error, *_) = response.json()["errors"]
        assert (code(response), error["message"]) == ("BAD_USER_INPUT", told)
        assert error["locations"]
        assert str(BSN) not in response.text

    async def test_is_told_of_the_first_fifty_and_that_there_are_more(self) -> None:
        given = {"childId": "1", "others": [7.5] * 60}
        errors = (await Door().ask(MARK, {"i": given}, token="editor")).json()["errors"]
        assert len(errors) == 51
        assert errors[49]["message"] == "`$i.others[49]` is niet goed ingevuld. Geef een tekst."
        assert errors[50]["message"] == "Er is nog meer niet goed ingevuld."

    def test_is_too_deep_to_look_where(self) -> None:
        told = in_dutch(GraphQLError("Variable values are nested too deeply."))
        assert told.message == "De gegevens bij deze vraag zijn te diep genest."
