"""What a dossier changes, field by field and in words: shown before it is taken (rule 6)."""

from collections.abc import Sequence
from typing import Any

from models import Pupil
from resolvers.adviezen import advice_labels
from rules import oki_doc as rule
from rules.dossier_import import Difference
from rules.oki_doc.identity import PUPIL

IDENTITY = ("first_name", "official_names", "infix", "last_name", "birth_date", "gender", "school_key")
_BESIDES = {"class_group": "Groep", "provisional_advice_id": "Voorlopig advies"}
_NUMBERED = ("er is een nummer", "een ander nummer")
"""A BSN is never shown where it is not asked for by itself."""


def facts_of(pupil: Pupil) -> dict[str, Any]:
    """What a dossier may change of the child itself, as it is now."""
    return {name: getattr(pupil, name) for name in (*IDENTITY, *_BESIDES, "bsn_index")}


async def changed_facts(*, before: dict[str, Any], pupil: Pupil) -> list[Difference]:
    """What is different of the child itself."""
    labels = {field.name: field.label for field in PUPIL.fields} | _BESIDES
    after = facts_of(pupil)
    adviezen = await advice_labels()
    found = [
        Difference(
            f"pupil.{name.removesuffix('_id')}",
            f"Leerling: {labels[name]}",
            _text(before[name], labels=adviezen),
            _text(after[name], labels=adviezen),
        )
        for name in (*IDENTITY, *_BESIDES)
        if before[name] != after[name]
    ]
    if before["bsn_index"] != after["bsn_index"]:
        was, now = (_NUMBERED[0], _NUMBERED[1]) if before["bsn_index"] else ("", _NUMBERED[0])
        found.append(Difference("pupil.bsn", "Leerling: BSN", was, now))
    return found


async def in_words(changes: Sequence[rule.Change]) -> list[Difference]:
    """Changed fields of the Oki-doc, as a Dutch reader writes their values."""
    if not changes:
        return []
    labels = await advice_labels()
    return [
        Difference(one.path, one.label, _text(one.before, labels=labels), _text(one.after, labels=labels))
        for one in changes
    ]


def _text(value: Any, *, labels: dict[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if hasattr(value, "strftime"):
        return f"{value:%d-%m-%Y}"
    return labels.get(value, value) if isinstance(value, str) else str(value)
