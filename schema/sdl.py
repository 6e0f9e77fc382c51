"""The schemas on paper: `schema/sdl/<role>.graphql`, the table in `docs/visibility.md`, and its neighbours.

All are committed and compared in a test, so that a change of visibility is a diff someone reviews.
"""

from collections.abc import Iterator
from pathlib import Path

from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    lexicographic_sort_schema,
    print_schema,
)

from rules.vocabulary import Role
from schema import (
    budgets_page,
    index_page,
    privacy_page,
    settings_page,
    states_page,
    steps_drawing,
    steps_page,
)
from schema.build import Schemas
from schema.roles import SCHEMAS

ROOT = Path(__file__).resolve().parent.parent

HEAD = """# Wie ziet wat

Gemaakt uit de types zelf met `./loket schema`; niet met de hand wijzigen. Een regel is een veld, een
invoerveld (*invoer*) of een handeling, een kolom een rol. Wat een rol niet ziet, staat niet in haar
schema. De publieke kolom geldt zonder inloggen; wat daar staat, ziet iedereen. Wat van het moment afhangt, staat
in [visibility-by-state.md](visibility-by-state.md).
"""


def documents(*, schemas: Schemas) -> dict[Path, str]:
    """Every generated file with its text."""
    written = {
        Path("schema", "sdl", f"{role.value.lower()}.graphql"): sdl(schemas=schemas, role=role)
        for role in schemas
    }
    return {
        **written,
        Path("docs", "budgets.md"): budgets_page.page(),
        Path("docs", "find.md"): index_page.page(),
        Path("docs", "privacy.md"): privacy_page.page(),
        Path("docs", "settings.md"): settings_page.page(),
        Path("docs", "steps.md"): steps_page.page(),
        Path("docs", "steps.svg"): steps_drawing.picture(),
        Path("docs", "visibility-by-state.md"): states_page.page(),
        Path("docs", "visibility.md"): table(schemas=schemas),
    }


def write(*, schemas: Schemas = SCHEMAS, root: Path = ROOT) -> list[Path]:
    """Bring the files up to date; the paths that changed."""
    changed = []
    for path, text in documents(schemas=schemas).items():
        target = root / path
        if not target.exists() or target.read_text("utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
            changed.append(path)
    return changed


def sdl(*, schemas: Schemas, role: Role) -> str:
    """One role's schema in SDL, sorted, so that moving code makes no diff."""
    return print_schema(lexicographic_sort_schema(schemas[role].core)) + "\n"


def table(*, schemas: Schemas) -> str:
    """Types, fields and acts against roles."""
    seen: dict[tuple[str, str], set[Role]] = {}
    kinds: dict[str, GraphQLNamedType] = {}
    for role, schema in schemas.items():
        for name, type_ in schema.core.type_map.items():
            for field in _fields(type_):
                kinds[name] = type_
                seen.setdefault((name, field), set()).add(role)
    lines = [HEAD]
    for name in sorted(kinds, key=lambda name: (name not in ("Query", "Mutation"), name)):
        mark = " (*invoer*)" if isinstance(kinds[name], GraphQLInputObjectType) else ""
        lines.append(f"## {name}{mark}\n\n{kinds[name].description}\n")
        lines.append("| veld | " + " | ".join(role.value for role in Role) + " |")
        lines.append("|---|" + ":-:|" * len(Role))
        for field in sorted(field for type_name, field in seen if type_name == name):
            dots = " | ".join("●" if role in seen[name, field] else "" for role in Role)
            lines.append(f"| `{field}` | {dots} |")
        lines.append("")
    return "\n".join(lines)


def _fields(type_: GraphQLNamedType) -> Iterator[str]:
    if type_.name.startswith("__"):
        return
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        yield from type_.fields
