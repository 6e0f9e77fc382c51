"""What the codes of adviezen mean: those of the national list, and the older ones of dossiers."""

from models import Advice, OsoCode
from resolvers.rows import fetch


async def advice_labels() -> dict[str, str]:
    """In Dutch, by code. An older code that nobody filled in is not there."""
    labels = dict(await fetch(Advice.all(), ("code", "label"), lambda *row: row))
    for code, advice, text in await fetch(OsoCode.all(), ("code", "advice_id", "text"), lambda *row: row):
        known = labels.get(advice, "") or text
        if known:
            labels[code] = known
    return labels


async def of_dossiers() -> dict[str, str]:
    """The advice each older code is read as, for those that are filled in."""
    found = await fetch(OsoCode.exclude(advice_id=None), ("code", "advice_id"), lambda *row: row)
    return dict(found)


async def for_dossiers() -> dict[str, str]:
    """The older code an advice is written as: the first of those that are read as it."""
    by_code = await of_dossiers()
    return {advice: code for code, advice in sorted(by_code.items(), reverse=True)}
