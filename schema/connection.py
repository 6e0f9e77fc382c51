"""Relay connections with keyset cursors.

A page is one statement that asks one row more than it shows; `totalCount` is a second one, run only
when it is asked for. A cursor is encrypted, and good only for the question it came from: another question, other
filters or another account make it invalid.

    @computed_for(PRIMARY_SCHOOL, description="De leerlingen van de school.")
    async def pupils(
        self, info: Info, filter: Filter | None = None, first: First = 50, after: After = None
    ) -> Connection[Pupil]:
        return await page(
            info, question="pupils", about=filter, first=first, after=after,
            fetch=partial(pupil_rows, viewer=info.context.viewer, filter=filter),
            count=partial(pupil_count, viewer=info.context.viewer, filter=filter),
            key=lambda row: (row.last_name, row.first_name, row.id),
        )

`fetch(after=..., limit=...)` returns rows in the order of `key`, beginning behind the key in `after`.
"""

import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Generic, Protocol, TypeVar, cast

import strawberry
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from schema.answers import ClientError
from schema.context import Info
from schema.plain import read, written
from schema.visibility import EVERYONE, computed_for, output_type, seen_by

Node = TypeVar("Node")
Key = tuple[Any, ...]

LARGEST_PAGE = 100
LARGEST_EXPORT_PAGE = 500

First = Annotated[
    int, strawberry.argument(description="Hoeveel er op een bladzijde staan: ten hoogste 100 (export: 500).")
]
After = Annotated[
    str | None,
    strawberry.argument(description="De cursor waarachter de bladzijde begint; leeg voor het begin."),
]


@output_type("Waar deze bladzijde staat in het geheel.")
class PageInfo:
    has_next_page: bool = seen_by(EVERYONE, description="Of er hierna nog meer is.")
    has_previous_page: bool = seen_by(EVERYONE, description="Of er hiervoor iets was.")
    start_cursor: str | None = seen_by(EVERYONE, description="De cursor van de eerste regel.")
    end_cursor: str | None = seen_by(
        EVERYONE, description="De cursor van de laatste regel; geef die als `after`."
    )


@output_type("Eén regel van een bladzijde, met zijn cursor.")
class Edge(Generic[Node]):
    cursor: str = seen_by(EVERYONE, description="De cursor van deze regel.")
    node: Node = seen_by(EVERYONE, description="De regel zelf.")


async def _total_count(root: strawberry.Parent[Any]) -> int:
    return cast(int, await root.count())


@output_type("Een bladzijde uit een lange lijst.")
class Connection(Generic[Node]):
    nodes: list[Node] = seen_by(EVERYONE, description="De regels van deze bladzijde.")
    edges: list[Edge[Node]] = seen_by(EVERYONE, description="De regels van deze bladzijde, met hun cursor.")
    page_info: PageInfo = seen_by(EVERYONE, description="Waar deze bladzijde staat in het geheel.")
    total_count: int = computed_for(EVERYONE, description="Hoeveel er in het geheel zijn.")(_total_count)


class Fetch(Protocol):
    """The rows behind a key, in order."""

    def __call__(self, *, after: Key | None, limit: int) -> Awaitable[Sequence[Any]]: ...


class _Edge:
    __slots__ = ("cursor", "node")

    def __init__(self, cursor: str, node: Any) -> None:
        self.cursor = cursor
        self.node = node


class Page:
    """What a `Connection` shows; cursors are made only when they are asked for."""

    def __init__(
        self,
        *,
        nodes: list[Any],
        more: bool,
        behind: bool,
        count: Callable[[], Awaitable[int]],
        cursor: Callable[[Any], str],
    ) -> None:
        self.nodes = nodes
        self.count = count
        self._more = more
        self._behind = behind
        self._cursor = cursor

    @property
    def edges(self) -> list[_Edge]:
        return [_Edge(self._cursor(node), node) for node in self.nodes]

    @property
    def page_info(self) -> PageInfo:
        return PageInfo(
            has_next_page=self._more,
            has_previous_page=self._behind,
            start_cursor=self._cursor(self.nodes[0]) if self.nodes else None,
            end_cursor=self._cursor(self.nodes[-1]) if self.nodes else None,
        )


async def page(
    info: Info,
    *,
    question: str,
    about: Any,
    first: int,
    after: str | None,
    fetch: Fetch,
    count: Callable[[], Awaitable[int]],
    key: Callable[[Any], Key],
    largest: int = LARGEST_PAGE,
) -> Any:
    """One page. `about`: whatever else decides which rows there are (the filter)."""
    if not 0 <= first <= largest:
        raise ClientError(f"`first` is hier 0 tot en met {largest}.", code="BAD_PAGE_SIZE")
    viewer = info.context.viewer
    seal = _Seal(
        key=info.context.cursor_key,
        question=repr((question, about, str(viewer.account_id) if viewer else None)),
    )
    start = seal.open(after) if after is not None else None
    rows = list(await fetch(after=start, limit=first + 1))
    return Page(
        nodes=rows[:first],
        more=len(rows) > first,
        behind=start is not None,
        count=count,
        cursor=lambda row: seal.close(key(row)),
    )


class _Seal:
    """Cursors of one question: nobody reads them, and no other text is accepted.

    A cursor says where a page ends, such as at a child's name, and goes into addresses and logs of portals. The same
    place has the same cursor each time.
    """

    def __init__(self, *, key: bytes, question: str) -> None:
        self._cipher = AESSIV(key)
        self._question = [question.encode(errors="surrogatepass")]

    def close(self, key: Key) -> str:
        said = json.dumps(written(key), separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._cipher.encrypt(said, self._question)).rstrip(b"=").decode()

    def open(self, cursor: str) -> Key:
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            said = self._cipher.decrypt(raw, self._question)
        except (ValueError, InvalidTag):
            raise ClientError(
                "Deze cursor hoort niet bij deze vraag. Begin opnieuw zonder `after`.", code="BAD_CURSOR"
            ) from None
        return tuple(read(json.loads(said)))
