"""Where something stands, given its name: `docs/find.md`, from the code itself."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from emails import KINDS as MAILS
from imports import KINDS as FILES
from imports.edexml.fields import PUPIL, TEACHER
from imports.toetsresultaten import Result
from rules.calendar import Window
from rules.steps import STEPS
from schema import places
from schema.mutations import Mutation
from schema.queries import Query
from schema.refusals import TABLE
from schema.steps_page import WINDOWS
from schema.visibility import definition_of

HEAD = """# Waar staat het? · Where do I find it?

Gemaakt uit de code zelf met `./loket schema`; niet met de hand wijzigen. Zoek op de naam die u kent.
*Made from the code itself. Look for the name you know: of a mutation, a question, a refusal, a mail, a
window or a file of a region. Roles stand in [visibility.md](visibility.md), states in [steps.md](steps.md).*
"""


def page() -> str:
    """The whole of `docs/find.md`."""
    return "\n".join(
        [
            HEAD,
            *_table("Mutations", ("mutation", "what it does", "offered in", "done in"), _mutations()),
            *_table("Questions", ("field of Query", "what it answers", "offered in"), _queries()),
            *_table("Refusals", ("code", "type", "what is wrong", "raised beside its rule in"), _refusals()),
            *_table("Mails", ("mail", "which one", "words", "written by the steps"), _mails()),
            *_table("Windows of the year", ("window", "in Dutch", "steps that are open in it"), _windows()),
            *_table("Files of a region", ("`./loket import …`", "columns", "taken in by"), _files()),
            *_table(
                "Messages of test makers",
                ("`./loket import …`", "kept", "read by", "taken in by"),
                _messages(),
            ),
            *_table(
                "Files of a school", ("`./loket import …`", "kept of", "fields", "taken in by"), _rosters()
            ),
        ]
    )


def _table(title: str, heads: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _mutations() -> Iterator[Sequence[str]]:
    for name, field, part in _fields(Mutation):
        done = places.of_use_case(name=field.python_name)
        yield f"`{name}`", field.description, _link(places.of_class(cls=part)), _link(done) if done else ""


def _queries() -> Iterator[Sequence[str]]:
    for name, field, part in _fields(Query):
        yield f"`{name}`", field.description, _link(places.of_class(cls=part))


def _fields(root: type) -> Sequence[tuple[str, Any, type]]:
    """The fields of a root type by name, each with the part it comes from: `pupils` is one for PO, another for VO."""
    found = [
        (_camel(field.graphql_name or field.python_name), field, part)
        for part in root.__bases__
        for field in definition_of(part).fields
    ]
    return sorted(found, key=lambda one: (one[0], one[2].__name__))


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


def _refusals() -> Iterator[Sequence[str]]:
    for refusal, told in sorted(TABLE.items(), key=lambda line: line[0].code):
        place = places.of_class(cls=refusal)
        yield f"`{refusal.code}`", f"`{refusal.__name__}`", told.description, _link(place)


def _mails() -> Iterator[Sequence[str]]:
    for name, mail in sorted(MAILS.items()):
        writers = ", ".join(f"`{step.name}`" for step in STEPS.values() if name in step.tells)
        words = f"emails/templates/{mail.template}"
        told = (mail.__doc__ or "").split("\n")[0]
        yield f"`{name}`", told, _link(words), writers


def _windows() -> Iterator[Sequence[str]]:
    for window in Window:
        steps = ", ".join(f"`{step.name}`" for step in STEPS.values() if step.window is window)
        yield f"`{window.name}`: {window.value}", WINDOWS[window], steps


def _files() -> Iterator[Sequence[str]]:
    for name, kind in FILES.items():
        columns = ", ".join(f"**{one.header}**" if one.required else one.header for one in kind.columns)
        yield f"`{name}`", columns, _link(places.of_import(kind=name))


def _messages() -> Iterator[Sequence[str]]:
    fields = ", ".join(one.name for one in dataclasses.fields(Result))
    read, taken = "imports/toetsresultaten.py", places.of_import(kind="toetsresultaten")
    yield "`toetsresultaten`", fields, _link(read), _link(taken)


def _rosters() -> Iterator[Sequence[str]]:
    for shape, module in ((PUPIL, "pupils"), (TEACHER, "teachers")):
        fields = ", ".join(column.header for column in shape.columns)
        yield "`edexml`", shape.dutch, fields, _link(f"resolvers/imports/edexml/{module}.py")


def _link(path: str) -> str:
    return f"[{path}](../{path})"
