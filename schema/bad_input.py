"""What does not fit its type, told in Dutch.

The engine tells it in English and repeats what was sent, which may be a child's number: here it is named
where it stands, and what belongs there.
"""

import re

from graphql import GraphQLError

from schema.scalars import BadValue

_PLACE = re.compile(
    r"(?:Variable|Argument) '(\$?\w+)'(?:[^:]* has invalid (?:default )?value at ([\w.\[\]]+):)?"
)
_REASONS = (
    (re.compile(r"to include required field '(\w+)'"), "Het veld `{}` is verplicht."),
    (re.compile(r"not to include unknown field '(\w{1,64})'"), "Het veld `{}` bestaat hier niet."),
    (re.compile(r"not to include unknown field"), "Er staat een veld in dat hier niet bestaat."),
    (re.compile(r"non-null type|required type"), "Dit veld is verplicht."),
    (re.compile(r"to be an object"), "Geef hier een object met velden."),
    (re.compile(r"Int cannot represent non 32-bit"), "Dit getal is te groot of te klein."),
    (re.compile(r"Int cannot represent"), "Geef een geheel getal."),
    (re.compile(r"Float cannot represent"), "Geef een getal."),
    (re.compile(r"Boolean cannot represent"), "Geef true (ja) of false (nee)."),
    (re.compile(r"(?:String|ID) cannot represent"), "Geef een tekst."),
    (
        re.compile(r"does not exist in '\w+' enum|Enum '\w+' cannot"),
        "Geef een van de waarden van deze lijst.",
    ),
)
MORE = "Er is nog meer niet goed ingevuld."
TOO_DEEP = "De gegevens bij deze vraag zijn te diep genest."
_OTHER = "Wat er staat, past hier niet."


def in_dutch(error: GraphQLError) -> GraphQLError:
    """The same error, at the same place."""
    return GraphQLError(
        _told(error), error.nodes, error.source, error.positions, error.path, extensions=error.extensions
    )


def _told(error: GraphQLError) -> str:
    said = error.message
    at = _PLACE.match(said)
    if at is None:
        return MORE if said.startswith("Too many errors") else TOO_DEEP
    return f"`{''.join(at.groups(default=''))}` is niet goed ingevuld. {_reason(error, said)}"


def _reason(error: GraphQLError, said: str) -> str:
    for one in (error, error.original_error):
        if isinstance(one, BadValue):
            return one.hint
    for pattern, reason in _REASONS:
        if match := pattern.search(said):
            return reason.format(*match.groups())
    return _OTHER
