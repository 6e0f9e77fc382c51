"""The name a file is served with: it never promises another kind of file than it holds (rules 5, 24, 26)."""

from rules.uploads import DOSSIER_TYPES, XML, clean_filename

_LONGEST = 150


def served_name(*, given: str, content_type: str) -> str:
    """The name a person gave, ending as its judged type does: `rapport.exe` that is a PDF, `rapport.exe.pdf`.

    Nothing of the name is taken away: whoever sent it knows it by that. A type without an ending keeps its name.
    """
    name = clean_filename(given=given)
    endings = [ending for ending, named in {**DOSSIER_TYPES, "xml": XML}.items() if named == content_type]
    if not endings or ("." in name and name.rpartition(".")[2].lower() in endings):
        return name
    return f"{name[: _LONGEST - 1 - len(endings[0])].rstrip(' .')}.{endings[0]}"
