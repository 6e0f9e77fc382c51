"""Documents to compare executors with: any selection, any argument, right or wrong."""

import random
from typing import Any

from hypothesis import strategies as st

LEAVES = {
    "Person": [
        "id",
        "name",
        "nick",
        "age",
        "height",
        "score",
        "active",
        "paint",
        "paints",
        "rank",
        "born",
        "day",
        "price",
        "extra",
        "seen",
        "loud",
        "tags",
        "grid",
        "__typename",
    ],
    "Place": ["name", "code", "__typename"],
    "Named": ["name", "__typename"],
    "Weighed": ["name", "weight", "__typename"],
    "Thing": ["name", "weight", "paint", "__typename"],
    "Pet": ["name", "__typename"],
    "Either": ["__typename"],
    "IntBox": ["item", "items", "__typename"],
}
NESTED = {
    "Person": {
        "boss": "Person",
        "friends": "Person",
        "rivals": "Person",
        "home": "Place",
        "toys": "Thing",
        "toy": "Named",
        "heavy": "Weighed",
        "owned": "Named",
        "find": "Either",
        "finds": "Either",
        "box": "IntBox",
        "friend": "Person",
        "some": "Person",
        "chosen": "Either",
    },
    "Place": {"residents": "Person"},
    "Pet": {"owner": "Person"},
}
CONDITIONS_ON = {
    "Named": ["Named", "Thing", "Pet", "Weighed"],
    "Weighed": ["Weighed", "Named", "Thing"],
    "Either": ["Person", "Place", "Thing", "Pet", "Named", "Either"],
    "Thing": ["Thing", "Named", "Either"],
}
ARGUMENTS = {
    "greeting": {"loud": "Boolean"},
    "echo": {
        "text": "String",
        "id": "ID",
        "whole": "Int",
        "part": "Float",
        "yes": "Boolean",
        "paint": "Paint",
        "rank": "Rank",
    },
    "built": {
        "shape": "Shape",
        "shapes": "[Shape]",
        "on": "Date",
        "price": "Decimal",
        "extra": "JSON",
        "words": "[String!]",
    },
    "required": {"nth": "Int!", "shape": "Shape"},
    "friend": {"nth": "Int"},
    "some": {"most": "Int"},
    "chosen": {"nth": "Int"},
    "odd": {"nth": "Int"},
    "odder": {"nth": "Int"},
    "call": {"times": "Int"},
}
COMPUTED = {
    "Person": ["greeting", "echo", "echo", "built", "built", "required", "odd", "odder"],
    "Pet": ["call"],
}
LEFT = ["slow", "asked", "guarded"]
"""Fields that only the stock executor does."""

LITERALS = {
    "Boolean": ["true", "false", "null", '"yes"', "1"],
    "String": ['"a"', '"Zoë \\" "', "null", "5", "RED"],
    "ID": ['"a"', "7", "null", "1.5"],
    "Int": ["0", "1", "2", "23", "-1", "null", "99999999999", "1.5", '"1"'],
    "Float": ["1", "2.5", "null", '"x"', "1e400"],
    "Paint": ["RED", "BLUE", "null", "GREEN", '"RED"'],
    "Rank": ["ONE", "YES", "null", "TWO"],
    "Date": ['"2014-05-31"', "null", '"no day"', "5"],
    "Decimal": ['"1.50"', "2", '"x"', "null"],
    "JSON": ['{a: [1, "b"]}', "null", "5"],
    "Shape": [
        "{}",
        "{sides: 3, paint: RED}",
        '{names: ["a"], inner: {sides: 1}}',
        "{sides: -1}",
        "{sides: null}",
        "{paint: GREEN}",
        "{other: 1}",
        "{sides: $whole}",
        "{paint: $paint, names: $words}",
        "{inner: $shape, day: $on}",
        "null",
        "[]",
    ],
    "[Shape]": ["[]", "[{}, null]", "{sides: 9}", "[$shape, {sides: $whole}]", "[{sides: null}]", "null"],
    "[String!]": ["[]", '["a", "b"]', '"a"', "[$text]", "[null]", "null"],
}
LITERALS["Int!"] = LITERALS["Int"]
DECLARED = {
    "yes": "Boolean = true",
    "no": "Boolean = false",
    "loud": "Boolean",
    "text": "String",
    "id": "ID",
    "whole": "Int = 1",
    "nth": "Int! = 0",
    "part": "Float",
    "paint": "Paint",
    "rank": "Rank = YES",
    "on": "Date",
    "price": "Decimal",
    "extra": "JSON",
    "shape": "Shape",
    "shapes": "[Shape]",
    "words": "[String!]",
}
VALUES: dict[str, list[Any]] = {
    "yes": [True, False],
    "no": [True, False],
    "loud": [True, None],
    "text": ["x", "Zoë", None],
    "id": ["a", 5, None],
    "whole": [0, 2, -1, None],
    "nth": [0, 1, -1],
    "part": [1.5, 2, None],
    "paint": ["RED", None],
    "rank": ["ONE", None],
    "on": ["2014-05-31", None],
    "price": ["1.50", None],
    "extra": [{"a": [1]}, None],
    "shape": [{}, {"sides": 3, "names": ["a"]}, {"inner": {"sides": 1}}, None],
    "shapes": [[{}, None], None],
    "words": [["a"], [], "b", None],
}
UNFIT: dict[str, list[Any]] = {
    "loud": ["yes"],
    "whole": [2**40, "1", 1.5],
    "part": [float("nan"), "x"],
    "paint": ["GREEN", 5],
    "on": ["no day", 5],
    "price": ["x"],
    "shape": [{"sides": None}, {"other": 1}, {"sides": "x"}, 5],
    "words": [[None], 5],
    "nth": [None],
}


def variables(choose: random.Random, *, unfit: float) -> dict[str, Any]:
    """Some of the variables, now and then one that does not fit."""
    given = {name: choose.choice(VALUES[name]) for name in DECLARED if choose.random() < 0.6}
    if choose.random() < unfit:
        name = choose.choice(list(UNFIT))
        given[name] = choose.choice(UNFIT[name])
    return given


class Document:
    """Writes one document, with choices drawn from `choose`."""

    def __init__(
        self, choose: random.Random, *, conditions: bool, computed: float, left: bool, sound: bool
    ) -> None:
        self._choose = choose
        self._conditions = conditions
        self._computed = computed
        self._left = left
        self._sound = sound
        self._calls = 0
        self.fragments: dict[str, str] = {}

    def _if(self) -> str:
        if not self._conditions or self._choose.random() < 0.7:
            return ""
        condition = self._choose.choice(["$yes", "$no", "true", "false"])
        return f" @{self._choose.choice(['skip', 'include'])}(if: {condition})"

    def selection(self, type_: str, depth: int) -> str:
        parts = []
        for _ in range(self._choose.randint(1, 5)):
            kind = self._choose.random()
            nested = NESTED.get(type_, {})
            if kind < 0.3 and nested and depth:
                field = self._choose.choice(list(nested))
                parts.append(f"{self._asked(field)}{self._if()} {self.selection(nested[field], depth - 1)}")
            elif kind < 0.45 and depth:
                narrower = self._choose.choice(CONDITIONS_ON.get(type_, [type_]))
                parts.append(f"... on {narrower}{self._if()} {self.selection(narrower, depth - 1)}")
            elif kind < 0.5 and depth:
                parts.append(f"...{self._if()} {self.selection(type_, depth - 1)}")
            elif kind < 0.6 and depth:
                narrower = self._choose.choice(CONDITIONS_ON.get(type_, [type_]))
                parts.append(f"...{self._fragment(narrower, depth - 1)}{self._if()}")
            elif kind < 0.6 + self._computed and type_ in COMPUTED:
                parts.append(f"{self._asked(self._choose.choice(COMPUTED[type_]))}{self._if()}")
            elif kind < 0.85 and self._left and type_ == "Person":
                parts.append(f"{self._choose.choice(LEFT)}{self._if()}")
            else:
                parts.append(f"{self._alias(self._choose.choice(LEAVES[type_]))}{self._if()}")
        return "{ " + " ".join(parts) + " }"

    def _asked(self, field: str) -> str:
        if field not in ARGUMENTS:
            return self._alias(field)
        given = []
        for name, type_ in ARGUMENTS[field].items():
            if self._choose.random() < (0.9 + self._sound if type_.endswith("!") else 0.4):
                named = [
                    one for one, of in DECLARED.items() if of.split(" ")[0].strip("!") == type_.strip("!")
                ]
                if named and self._choose.random() < 0.4:
                    given.append(f"{name}: ${self._choose.choice(named)}")
                else:
                    likely = LITERALS[type_][:2] if self._sound else LITERALS[type_]
                    given.append(f"{name}: {self._choose.choice(likely)}")
        # Under a name of its own, so that merged selections agree.
        self._calls += 1
        return f"c{self._calls}: {field}{'(' + ', '.join(given) + ')' if given else ''}"

    def _alias(self, field: str) -> str:
        # An alias belongs to one field, so that merged selections agree.
        return self._choose.choice([field, field, f"{field.strip('_')}X: {field}"])

    def _fragment(self, type_: str, depth: int) -> str:
        if self.fragments and self._choose.random() < 0.3:
            known = [name for name in self.fragments if name.startswith(type_) and self.fragments[name]]
            if known:
                return self._choose.choice(known)
        name = f"{type_}{len(self.fragments)}"
        self.fragments[name] = ""
        self.fragments[name] = f"fragment {name} on {type_} {self.selection(type_, depth)}"
        return name

    def text(self) -> str:
        roots = {
            "people": "Person",
            "maybePeople": "Person",
            "person": "Person",
            "either": "Either",
            "all": "Either",
        }
        asked = []
        names = list(roots) if self._choose.random() < 0.3 else list(roots)[:3]
        for root in self._choose.sample(names, self._choose.randint(1, 3)):
            asked.append(f"{root} {self.selection(roots[root], 3)}")
            if self._choose.random() < 0.3:
                asked.append(f"{root} {self.selection(roots[root], 2)}")
        written = "\n".join([f"{{ {' '.join(asked)} }}", *self.fragments.values()])
        declared = ", ".join(f"${name}: {type_}" for name, type_ in DECLARED.items())
        return f"query Q({declared}) {written}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document over the rich schema; some with conditions, some with resolvers, some plain."""
    choose = draw(st.randoms(use_true_random=False))
    return Document(
        choose,
        conditions=draw(st.booleans()),
        computed=draw(st.sampled_from([0, 0.1, 0.2])),
        left=draw(st.booleans()),
        sound=draw(st.booleans()),
    ).text()


@st.composite
def given_variables(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What three requests in turn send along with one document."""
    choose = draw(st.randoms(use_true_random=False))
    return [variables(choose, unfit=draw(st.sampled_from([0, 0, 0.5]))) for _ in range(3)]
