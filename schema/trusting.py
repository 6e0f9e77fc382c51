"""Trusting beforehand: what `./loket trusted` tells the builder of a portal, and whether an API would start."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from schema.execution import Documents
from schema.roles import SCHEMAS
from schema.scalars import is_clean
from schema.trusted import digest, id_of, of, read, taken
from settings import Settings, SettingsRefused


@dataclass(slots=True)
class Offered:
    """A line for each document, one for everything wrong, and the texts by their id."""

    said: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def manifest(self) -> str:
        """As TRUSTED_DOCUMENTS takes it; the same files give the same."""
        return json.dumps(self.texts, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def try_out(*, settings: Settings) -> None:
    """Raise what an API with these settings would: SettingsRefused, for documents that cannot be trusted."""
    of(settings).documents(schemas=SCHEMAS)


def offer(*, files: Sequence[Path]) -> Offered:
    """Offer the documents of these files to every role."""
    told = Offered()
    kept = {role: Documents(schema) for role, schema in SCHEMAS.items()}
    for path in files:
        try:
            texts = _texts(path)
        except _NotRead as wrong:
            told.wrong.append(f"{path.name}: {wrong}")
            continue
        for text in texts:
            became = taken(text=text, by=kept)
            id_ = id_of(digest(text))
            told.texts[id_] = text
            told.said.append(f"{path.name} {id_} {' '.join(became.roles) or 'nobody'}")
            if not became.roles:
                told.wrong += (
                    f"{path.name}: {said} ({' '.join(roles)})" for said, roles in became.errors.items()
                )
    return told


class _NotRead(Exception):
    """A file that holds no documents."""


def _texts(path: Path) -> Sequence[str]:
    """A manifest's documents, or the one that is the whole file: to the byte, as its id is of just that."""
    if path.suffix == ".json":
        try:
            return list(read(path=path).values())
        except SettingsRefused as refused:
            raise _NotRead("; ".join(said.partition(": ")[2] for said in refused.mistakes)) from None
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise _NotRead(f"cannot be read as text ({type(wrong).__name__})") from None
    if not is_clean(text):
        raise _NotRead("holds characters that do not exist")
    return [text]
