"""An advice as people and systems write it, "vmbo kb/vmbo gl-tl", as a code of the national list. Never a guess."""

import re
from collections.abc import Iterable, Mapping

from rules.identifiers import fold

_CODES = {
    "vso": "VSO",
    "pro": "PRAKTIJKONDERWIJS",
    "bb": "VMBO_BB",
    "kb": "VMBO_KB",
    "gt": "VMBO_GL/TL",
    "havo": "HAVO",
    "vwo": "VWO",
}
_ORDER = tuple(_CODES)
_LEVELS = {code: level for level, code in _CODES.items()}
_WITH_SUPPORT = "_MET_LWOO"
_VMBO = frozenset({"bb", "kb", "gt"})

_ALWAYS = {
    "vso": "vso",
    "pro": "pro",
    "praktijkonderwijs": "pro",
    "bb": "bb",
    "bbl": "bb",
    "kb": "kb",
    "kbl": "kb",
    "gl": "gt",
    "tl": "gt",
    "gltl": "gt",
    "mavo": "gt",
    "havo": "havo",
    "vwo": "vwo",
    "atheneum": "vwo",
    "gymnasium": "vwo",
}
_AFTER_VMBO = {"b": "bb", "basis": "bb", "k": "kb", "kader": "kb", "g": "gt", "t": "gt", "gt": "gt"}
"""What says nothing by itself: the t of vmbo-t."""

_IN_FULL = (
    (r"voorbereidend middelbaar beroepsonderwijs", "vmbo"),
    (r"hoger algemeen (?:vormend|voortgezet) onderwijs", "havo"),
    (r"voorbereidend wetenschappelijk onderwijs", "vwo"),
    (r"voortgezet speciaal onderwijs", "vso"),
    (r"basisberoepsgerichte?(?: leerweg)?", "bb"),
    (r"kaderberoepsgerichte?(?: leerweg)?", "kb"),
    (r"gemengde?(?: leerweg)?", "gl"),
    (r"theoretische?(?: leerweg)?", "tl"),
    (r"leerwegondersteunend onderwijs|leerwegondersteuning", "lwoo"),
    (r"tot en met|t ?/ ?m|t\.m\.|tm", "~"),
    (r"en", "/"),
)
_WORDS = tuple((re.compile(rf"(?<![a-z0-9])(?:{said})(?![a-z0-9])"), word) for said, word in _IN_FULL)
_SUPPORT = re.compile(r"(?:\s|/)*(?:\(\s*(?:met\s+)?lwoo\s*\)|(?:met\s+|\+\s*)?(?<![a-z0-9])lwoo)$")
_OPTIONAL_G = re.compile(r"\(g\)\s*t(?![a-z0-9])")
_TOKEN = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")
_BETWEEN = re.compile(r"[\s_/–-]+")
_JOINS = frozenset("/-–~")


def read(text: str, *, adviezen: Mapping[str, str]) -> str | None:
    """The code of an advice, or None where the text leaves any doubt. `adviezen`: code and label of each there is.

    Two levels are an advice where the list has the two together: havo/vwo is, vmbo-bb/havo is not.
    """
    plain = fold(text.replace("_", " ")).strip(" .")
    alike = {code for code, label in adviezen.items() if _form(plain) in (_form(code), _form(label))}
    if alike:
        return alike.pop() if len(alike) == 1 else None
    plain = _short(plain)
    without = _SUPPORT.sub("", plain)
    levels = _levels(_TOKEN.findall(_OPTIONAL_G.sub("gt", without)))
    if levels is None or len(levels) > 2:
        return None
    code = "_TM_".join(_CODES[level] for level in levels)
    if without != plain:
        code += _WITH_SUPPORT
    return code if code in adviezen else None


def may_mean(text: str, *, code: str) -> bool:
    """Whether a person may say that a text which `read` leaves open is this advice.

    Only from its lowest level to its highest; words that are no level leave everything open.
    """
    plain = _SUPPORT.sub("", _short(fold(text.replace("_", " ")).strip(" .")))
    words = [word for word in _TOKEN.findall(_OPTIONAL_G.sub("gt", plain)) if word not in _JOINS]
    said = {_ALWAYS.get(word) or _AFTER_VMBO.get(word, "") for word in words if word != "vmbo"}
    if "vmbo" in words and not said & _VMBO:
        said |= _VMBO
    levels = {_LEVELS.get(part, "") for part in code.removesuffix(_WITH_SUPPORT).split("_TM_")}
    if not said or "" in said | levels:
        return True
    places = [_ORDER.index(level) for level in said]
    return all(min(places) <= _ORDER.index(level) <= max(places) for level in levels)


def _short(plain: str) -> str:
    """Levels that are written in full as the word for them."""
    for said, word in _WORDS:
        plain = said.sub(word, plain)
    return plain


def _form(text: str) -> str:
    return _BETWEEN.sub(" ", fold(text))


def _levels(words: Iterable[str]) -> list[str] | None:
    """The levels in their order; None when anything else is said, or a word lacks what it needs."""
    levels: list[str] = []
    joined, in_vmbo, vmbo_said = True, False, False
    may_join = False
    for word in words:
        if word in _JOINS:
            if not may_join:
                return None
            joined, may_join = True, False
            continue
        if word == "vmbo":
            if not joined or in_vmbo:
                return None
            # Its own dash joins nothing: vmbo-havo is no advice.
            in_vmbo = vmbo_said = may_join = True
            continue
        level = _ALWAYS.get(word) or (_AFTER_VMBO.get(word) if vmbo_said else None)
        if level is None or (in_vmbo and level not in _VMBO):
            return None
        if not levels or level != levels[-1]:
            if not joined:
                return None
            levels.append(level)
        joined, in_vmbo, may_join = False, False, True
    return levels if levels and not joined and not in_vmbo else None
