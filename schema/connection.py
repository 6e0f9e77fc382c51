"""Relay connections with keyset cursors.

A page is one statement that asks one row more than it shows; `totalCount` is a second one, run only
when it is asked for. A cursor is opaque and sealed to the question it came from: another question, other
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
import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import Annotated, Any, Generic, Protocol, TypeVar, cast
from uuid import UUID

import strawberry

from schema.answers import ClientError
from schema.context import Info
from schema.visibility import EVERYONE, computed_for, output_type, seen_by

Node = TypeVar("Node")
Key = tuple[Any, ...]

LARGEST_PAGE = 100
LARGEST_EXPORT_PAGE = 500
_SEAL = 16

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
    """Cursors of one question: readable by us alone, in the sense that no other text is accepted."""

    def __init__(self, *, key: bytes, question: str) -> None:
        self._hash = blake2b(question.encode(errors="surrogatepass"), key=key[:64], digest_size=_SEAL)

    def close(self, key: Key) -> str:
        written = json.dumps([_written(part) for part in key], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mac(written) + written).rstrip(b"=").decode()

    def open(self, cursor: str) -> Key:
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raise _not_ours() from None
        seal, written = raw[:_SEAL], raw[_SEAL:]
        if not hmac.compare_digest(seal, self._mac(written)):
            raise _not_ours()
        return tuple(_read(part) for part in json.loads(written))

    def _mac(self, written: bytes) -> bytes:
        mac = self._hash.copy()
        mac.update(b"\x00" + written)
        return mac.digest()


def _not_ours() -> ClientError:
    return ClientError(
        "Deze cursor hoort niet bij deze vraag. Begin opnieuw zonder `after`.", code="BAD_CURSOR"
    )


def _written(part: Any) -> Any:
    for tag, type_ in _TAGS.items():
        if isinstance(part, type_):
            return {tag: part.isoformat() if isinstance(part, date) else str(part)}
    return part


def _read(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    ((tag, text),) = part.items()
    return _READERS[tag](text)


# A datetime is a date too: it comes first.
_TAGS: dict[str, type] = {"m": datetime, "d": date, "u": UUID}
_READERS: dict[str, Callable[[str], Any]] = {"m": datetime.fromisoformat, "d": date.fromisoformat, "u": UUID}
