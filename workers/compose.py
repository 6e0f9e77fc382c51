"""From a row of the outbox to the letter that goes out. The link's token is computed here, kept nowhere."""

from dataclasses import dataclass
from email import policy
from typing import Any, cast

from emails import letter_of
from models import Region
from resolvers import links
from workers.lease import json_of

# Seven bits only: a relay that cannot do better must not change what was signed or break a letter.
WIRE = policy.SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    sender: str
    recipient: str
    content: bytes


async def compose(*, row: dict[str, Any]) -> Letter:
    """Written at sending, in the words of today's template; the same row always has the same Message-ID."""
    region = await Region.get(id=row["region_id"])
    message = letter_of(
        kind=row["kind"],
        payload=json_of(row["payload"]),
        region=region,
        link=link_of(row=row, portal_url=region.portal_url),
    )
    for name, value in {
        "To": row["recipient"],
        "Message-ID": row["message_id"],
        "Date": row["created_at"],
        "Auto-Submitted": "auto-generated",
    }.items():
        del message[name]
        message[name] = value
    return Letter(
        sender=region.sender_address, recipient=row["recipient"], content=message.as_bytes(policy=WIRE)
    )


def link_of(*, row: dict[str, Any], portal_url: str) -> str:
    """Where the mail leads: the region's portal, with the token its row stands for."""
    if not row["link"] or row["link_id"] is None:
        return portal_url
    token = links.token(
        purpose=cast(links.Purpose, row["link"]), row_id=row["link_id"], sequence=row["link_sequence"]
    )
    return f"{portal_url}{'&' if '?' in portal_url else '?'}token={token}"
