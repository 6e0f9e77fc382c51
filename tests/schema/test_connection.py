"""Pages: keyset cursors that belong to one question, and counts only when asked for."""

import base64
from typing import Any

import pytest

from tests.schema import small
from tests.schema.small import ROWS, Door, code

PAGE = """query ($first: Int! = 20, $after: String, $search: String) {
    children(first: $first, after: $after, search: $search) {
        edges { cursor node { name } } nodes { name }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}"""


@pytest.fixture
def door() -> Door:
    small.calls.clear()
    return Door()


async def page(door: Door, token: str = "parent", **variables: Any) -> Any:
    return (await door.ask(PAGE, variables, token=token)).json()["data"]["children"]


class TestPages:
    async def test_pages_follow_each_other_without_a_gap_or_a_double(self, door: Door) -> None:
        names, after = [], None
        while True:
            one = await page(door, first=100, after=after)
            assert one["pageInfo"]["hasPreviousPage"] is (after is not None)
            assert [edge["node"] for edge in one["edges"]] == one["nodes"]
            assert one["edges"][-1]["cursor"] == one["pageInfo"]["endCursor"]
            names += [node["name"] for node in one["nodes"]]
            after = one["pageInfo"]["endCursor"]
            if not one["pageInfo"]["hasNextPage"]:
                break
        assert names == [row.name for row in ROWS]

    async def test_an_empty_page_has_no_cursors(self, door: Door) -> None:
        one = await page(door, first=0)
        assert one["pageInfo"] == {
            "hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None
        }  # fmt: skip

    async def test_the_total_is_counted_only_when_asked_for(self, door: Door) -> None:
        await page(door)
        assert small.calls == [("fetch", 21)]
        response = await door.ask("{ children { totalCount } }", token="parent")
        assert response.json()["data"]["children"] == {"totalCount": 250}
        assert small.calls.count("count") == 1

    @pytest.mark.parametrize("first", [-1, 101, 2**31 - 1])
    async def test_a_page_is_at_most_100(self, door: Door, first: int) -> None:
        response = await door.ask(PAGE, {"first": first}, token="parent")
        assert (response.status_code, code(response)) == (200, "BAD_PAGE_SIZE")
        assert small.calls == []

    async def test_a_size_of_null_is_the_clients_mistake_and_no_bug(self, door: Door) -> None:
        text = "query ($n: Int = 3) { children(first: $n) { totalCount } }"
        response = await door.ask(text, {"n": None}, token="parent")
        assert code(response) == "BAD_USER_INPUT"


class TestCursors:
    async def test_nobody_reads_where_a_page_ends(self, door: Door) -> None:
        one = await page(door)
        for edge, row in zip(one["edges"], ROWS, strict=False):
            raw = base64.urlsafe_b64decode(edge["cursor"] + "==")
            for said in (row.name.encode(), str(row.id).encode(), row.id.bytes):
                assert said not in raw
                assert said not in edge["cursor"].encode()
        assert (await page(door))["edges"] == one["edges"]

    @pytest.mark.parametrize("cursor", ["", "x", "AAAA", "é", "=" * 40, "A" * 200, "kind 001", "\x7f"])
    async def test_what_is_no_cursor_is_a_clear_error(self, door: Door, cursor: str) -> None:
        response = await door.ask(PAGE, {"after": cursor}, token="parent")
        assert (response.status_code, code(response)) == (200, "BAD_CURSOR")

    async def test_a_cursor_with_one_bit_changed_is_refused(self, door: Door) -> None:
        cursor = (await page(door))["pageInfo"]["endCursor"]
        raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        for place in range(len(raw)):
            raw[place] ^= 1
            response = await door.ask(PAGE, {"after": base64.urlsafe_b64encode(raw).decode()}, token="parent")
            assert code(response) == "BAD_CURSOR"
            raw[place] ^= 1

    async def test_a_cursor_of_another_question_or_another_person_is_refused(self, door: Door) -> None:
        cursor = (await page(door))["pageInfo"]["endCursor"]
        other_search = await door.ask(PAGE, {"after": cursor, "search": "x"}, token="parent")
        other_person = await door.ask(PAGE, {"after": cursor}, token="editor")
        assert [code(other_search), code(other_person)] == ["BAD_CURSOR", "BAD_CURSOR"]
        assert (await page(door, after=cursor))["nodes"]
