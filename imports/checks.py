"""What cells of one line say of each other, for more than one kind of file."""

from collections.abc import Iterable, Mapping
from typing import Any

from imports.cells import key
from rules.identifiers import read_postcode

Said = Iterable[tuple[str, str]]


def one_location(values: Mapping[str, Any]) -> Said:
    """12AB03 names the location already; another column may not say something else."""
    written = values["brin"][1] if "brin" in values else None
    if written is not None and values.get("location", written) != written:
        yield "location", f"De BRIN noemt vestiging {written}. Schrijf één van de twee."


def dutch_postcode(values: Mapping[str, Any]) -> Said:
    """In the Netherlands a postcode is 1234 AB; elsewhere it is what people write there."""
    postcode = values.get("postcode")
    at_home = key(values.get("country", "Nederland")) in ("nederland", "nl")
    if postcode and at_home and read_postcode(postcode) is None:
        yield "postcode", "Dit is geen postcode. Schrijf vier cijfers en twee letters, zoals 1181 AB."


def settle_location(values: dict[str, Any]) -> None:
    """12AB03 and 12AB with vestiging 03 are one school; a school without a location is 00."""
    if "brin" in values:
        brin, written = values["brin"]
        values["brin"], values["location"] = brin, written or values.get("location", "00")
