"""What a person typed and cannot be right, named field by field."""

from dataclasses import dataclass
from typing import ClassVar

from rules.identifiers import clean_name, is_bsn, is_email, is_name, read_postcode, without_turning
from rules.refusal import Refusal, Refusals


@dataclass(eq=False)
class InvalidValue(Refusal):
    """One field that cannot be right: `field` is its path as the client spells it, `reason` in Dutch."""

    code: ClassVar[str] = "INVALID_VALUE"
    field: str = ""
    reason: str = ""

    @property
    def message(self) -> str:
        return self.reason


def wrong_at(*path: str, reason: str) -> Refusal:
    """The refusal of the field at this path; names of ours, `wish_parents`, become the client's, `wishParents`."""
    spelled = [_camel(step) for step in path]
    return InvalidValue(field=".".join(spelled), reason=reason).at(*spelled)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


class Checks:
    """Collects what is wrong, so that a person reads all of it at once."""

    def __init__(self) -> None:
        self._wrong: list[Refusal] = []

    def wrong(self, field: str, reason: str) -> None:
        self._wrong.append(wrong_at(*field.split("."), reason=reason))

    def refuse(self, refusal: Refusal) -> None:
        """What is wrong in another way than by its spelling."""
        self._wrong.append(refusal)

    def done(self) -> None:
        """Raises `Refusals` when anything was wrong."""
        if self._wrong:
            raise Refusals(*self._wrong[:20])

    def name(self, field: str, value: str, *, label: str, longest: int = 120, required: bool = True) -> str:
        if not value.strip() and not required:
            return ""
        if not is_name(value, longest=longest) or not any(map(str.isalpha, value)):
            self.wrong(field, f"{label}: vul een naam in van 1 tot {longest} letters.")
        return clean_name(value[: longest + 1])

    def text(self, field: str, value: str, *, label: str, longest: int, required: bool = False) -> str:
        """Running text: line breaks are fine, other control characters are not."""
        kept = without_turning(value).strip()
        if required and not kept:
            self.wrong(field, f"{label}: vul dit in.")
        if len(kept) > longest:
            self.wrong(field, f"{label}: dit is te lang. Gebruik ten hoogste {longest} tekens.")
        if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in kept):
            self.wrong(field, f"{label}: hier staan tekens in die wij niet kunnen bewaren.")
        return kept

    def line(self, field: str, value: str, *, label: str, longest: int, required: bool = True) -> str:
        """Text on one line: a street, a school."""
        kept = clean_name(without_turning(value))
        if not kept:
            if required:
                self.wrong(field, f"{label}: vul dit in.")
        elif len(kept) > longest:
            self.wrong(field, f"{label}: dit is te lang. Gebruik ten hoogste {longest} tekens.")
        elif not is_name(kept, longest=longest):
            self.wrong(field, f"{label}: hier staan tekens in die wij niet kunnen bewaren.")
        return kept

    def email(self, field: str, value: str, *, label: str) -> str:
        kept = value.strip()
        if kept and not is_email(kept):
            self.wrong(field, f"{label}: dit is geen geldig e-mailadres.")
        return kept

    def postcode(self, field: str, value: str, *, country: str = "Nederland") -> str:
        kept = without_turning(value).strip()
        if not kept or country.casefold() != "nederland":
            return kept[:12]
        read = read_postcode(kept)
        if read is None:
            self.wrong(field, "Postcode: schrijf vier cijfers en twee letters, zoals 1181 AB.")
        return read or ""

    def bsn(self, field: str, value: str) -> str:
        kept = value.strip()
        if kept and not is_bsn(kept):
            self.wrong(field, "BSN: dit nummer klopt niet. Controleer de negen cijfers.")
        return kept
