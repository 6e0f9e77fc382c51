"""What each request costs on paper: `docs/budgets.md`, from `schema/budgets.py`."""

from itertools import groupby

from rules.vocabulary import Role
from schema.budgets import BUDGETS

HEAD = """# What a request costs

Made from `schema/budgets.py` with `./loket schema`; not to be changed by hand. A line is one root field: how many
statements a request with it sends to PostgreSQL, those of knowing who asks and of BEGIN and COMMIT among them. A
question is asked with every part that its role may see, of three rows and of thirty: that makes no difference. A step
is gone as in its journey. A test measures every line; it fails when one costs more, and when one costs less. The log
says of each request how many it sent, as `statements=`.
"""


def page() -> str:
    """The whole of `docs/budgets.md`."""
    lines = [HEAD]
    for role, found in groupby(sorted(BUDGETS.items(), key=_by_role), key=lambda one: one[0][0]):
        lines += [f"## {role}\n", "| operation | how | statements |", "|---|---|--:|"]
        lines += [f"| `{root}` | {case.replace('_', ' ')} | {count} |" for (_, root, case), count in found]
        lines.append("")
    return "\n".join(lines)


def _by_role(one: tuple[tuple[str, str, str], int]) -> tuple[int, str, str]:
    (role, root, case), _ = one
    return list(Role).index(Role(role)), root, case
