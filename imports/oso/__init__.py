"""An OSO dossier, bytes to facts. Pure: no network, no DTD, no entities, no clock, no database."""

from collections.abc import Iterator
from typing import Any

from imports.oso.metadata import WITHHELD, Metadata, checked_root, metadata_of, without_consent
from imports.oso.people import addresses_of, guardians_of, pupil_of, school_of
from imports.oso.published import validated
from imports.oso.reading import MOST_REMARKS, Reading
from imports.oso.refusal import Unreadable
from imports.oso.tree import MOST_BYTES, Node, tree_of
from rules.oki_doc.declared import Section
from rules.oki_doc.dossier import Dossier, Remark, Severity
from rules.oki_doc.dropped import DROPPED
from rules.oki_doc.elements import paths
from rules.oki_doc.identity import PUPIL, TEST
from rules.oki_doc.sections import CATEGORIES, SECTIONS

__all__ = ["MOST_BYTES", "Unreadable", "read", "validated"]

_GONE = frozenset(path for one in DROPPED for path in one.paths)
NOT_A_CATEGORY_OF_OURS = frozenset({"metadata", "vve", "vombo"})


def read(content: bytes) -> Dossier:
    """What the dossier says. Whatever cannot be right is a remark; raises `Unreadable` and nothing else.

    Look at a file's size before reading it: more than `MOST_BYTES` is refused.
    """
    tree = tree_of(content)
    reading = Reading()
    root = checked_root(tree, reading=reading)
    metadata = metadata_of(root, reading=reading)
    school = school_of(root, reading=reading)
    pupil = pupil_of(root, reading=reading)
    inspection = root.say("inzage/toestemming")
    if inspection == "Nee":
        metadata = without_consent(metadata, reading=reading)
    sections = dict(_sections(root, metadata, reading))
    test = _section(root, TEST, metadata, reading)
    pupil["class_group"] = _group(sections.get("career") or [])
    dossier = Dossier(
        kind=metadata.kind,
        version=metadata.version,
        made_on=metadata.made_on,
        made_by=metadata.made_by,
        school=school,
        pupil=pupil,
        addresses=addresses_of(root, reading=reading),
        guardians=guardians_of(root, reading=reading) if metadata.takes("oudersverzorgers") else [],
        sections=sections,
        test=_test(test) if test else None,
        attachments=reading.attachments,
        remarks=reading.remarks,
    )
    _said_of_the_whole(dossier, root, metadata, reading)
    return dossier


def _group(career: list[dict[str, Any]]) -> str:
    """The group of the last school year."""
    years = sorted(career, key=lambda row: str(row.get("school_year", "")))
    return str(years[-1].get("group_code", "")) if years else ""


def _sections(root: Node, metadata: Metadata, reading: Reading) -> Iterator[tuple[str, Any]]:
    withheld = [
        {"category": name, "choice": said}
        for name, said in metadata.choices.items()
        if said in WITHHELD and name not in NOT_A_CATEGORY_OF_OURS
    ]
    for section in SECTIONS:
        content = (
            (withheld or None) if section.name == "withheld" else _section(root, section, metadata, reading)
        )
        if content:
            yield section.name, content


def _section(root: Node, section: Section, metadata: Metadata, reading: Reading) -> Any:
    return reading.section(root, section=section) if metadata.takes(section.category) else None


def _test(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "test_code": content.get("kind", ""),
        "advice_text": content.get("advice", ""),
        "exempt": content.get("exempt", False),
        "content": content,
    }


def _said_of_the_whole(dossier: Dossier, root: Node, metadata: Metadata, reading: Reading) -> None:
    """What was withheld, what should have been there, what is not kept, what is unknown."""
    children = sum(1 for _ in root.all(PUPIL.oso))
    if children > 1:
        reading.remark(
            PUPIL.oso,
            f"In dit dossier staan {children} leerlingen. Alleen de eerste is overgenomen.",
            code="MORE_PUPILS",
        )
    _choices(dossier, metadata, reading)
    if dossier.is_provisional:
        _notice(reading, "inzage/voorlopigdossier", "Dit dossier is nog voorlopig.", "PROVISIONAL")
    inspection = dossier.sections.get("inspection", {})
    if inspection.get("seen") is False:
        _notice(reading, "inzage/inzage", "De ouders hebben het dossier nog niet ingezien.", "NOT_SEEN")
    if inspection.get("agreed") == "NEE":
        _notice(reading, "inzage/akkoord", "De ouders zijn niet akkoord met het dossier.", "NOT_AGREED")
    if not dossier.advice_code and metadata.takes("overstapadvies"):
        reading.remark(
            "huidigeschool/leerling/overstapadvies/advies",
            "Er staat geen advies in het dossier. Vul het zelf in.",
            code="NO_ADVICE",
            severity=Severity.CONFIRM,
        )
    found = set(_paths(root, ""))
    dropped = [one.what for one in DROPPED if one.told and found & set(one.paths)]
    if dropped:
        _notice(reading, "dossier", f"Loket bewaart dit niet: {'; '.join(dropped)}.", "NOT_KEPT")
    unknown = sorted({path.rpartition("/")[2] for path in found - paths()})
    if unknown:
        reading.remark(
            "dossier",
            f"Deze onderdelen kent Loket niet; ze zijn niet overgenomen: {', '.join(unknown[:10])}.",
            code="UNKNOWN",
        )
    if reading.unsaid:
        _notice(
            reading, "dossier", f"Er zijn nog {reading.unsaid} opmerkingen, meer dan {MOST_REMARKS}.", "MORE"
        )


def _choices(dossier: Dossier, metadata: Metadata, reading: Reading) -> None:
    there = {section.category for section in SECTIONS if dossier.sections.get(section.name)}
    there |= {"eindtoetsbo"} if dossier.test else set()
    there |= {"oudersverzorgers"} if dossier.guardians else set()
    there |= {"school", "leerling", *NOT_A_CATEGORY_OF_OURS}
    for name, said in metadata.choices.items():
        path = f"metadata/categorie_uitlevering/cat_{name}"
        if said in WITHHELD:
            why = "mag niet worden gedeeld" if said == WITHHELD[0] else "is uitgezet"
            _notice(
                reading, path, f"Dit onderdeel {why}, en is niet overgenomen: {CATEGORIES[name]}.", "WITHHELD"
            )
        elif said == "VERPLICHT" and name not in there:
            reading.remark(
                path,
                f"Dit onderdeel is verplicht, maar staat niet in het dossier: {CATEGORIES[name]}.",
                code="MISSING",
                severity=Severity.CONFIRM,
            )


def _notice(reading: Reading, path: str, message: str, code: str) -> None:
    reading.remarks.append(Remark(path=path, message=message, code=code, severity=Severity.NOTICE))


def _paths(node: Node, base: str) -> Iterator[str]:
    """Every element; not what is in one that is dropped, or unknown, as a whole."""
    for child in node.children:
        path = f"{base}{child.tag}"
        yield path
        if child.children and path in paths() and path not in _GONE:
            yield from _paths(child, f"{path}/")
