"""From a row of the outbox to the letter that goes out. The link's token is computed here, kept nowhere."""

from dataclasses import dataclass
from typing import Any, cast

from emails import letter_of
from models import Region
from resolvers import links
from resolvers.rows import from_json


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    sender: str
    recipient: str
    content: bytes


def compose(*, row: dict[str, Any], region: Region) -> Letter:
    """Written at sending, in the words of today's template; the same row always gives the same Message-ID."""
    content = letter_of(
        kind=row["kind"],
        payload=from_json(row["payload"]),
        region=region,
        link=link_of(row=row, portal_url=region.portal_url),
        headers={"To": row["recipient"], "Message-ID": row["message_id"], "Date": row["created_at"]},
    )
    return Letter(sender=region.sender_address, recipient=row["recipient"], content=content)


def link_of(*, row: dict[str, Any], portal_url: str) -> str:
    """Where the mail leads: the region's portal, with the token its row stands for."""
    if not row["link"] or row["link_id"] is None:
        return portal_url
    token = links.token(
        purpose=cast(links.Purpose, row["link"]), row_id=row["link_id"], sequence=row["link_sequence"]
    )
    return f"{portal_url}{'&' if '?' in portal_url else '?'}token={token}"
