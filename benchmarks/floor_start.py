"""The floor of START: what an ordinary family needs on its first screen, by hand."""

from typing import Any

from benchmarks.peers.serving import Account


async def start(database: Any, me: Account, _asked: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError
