"""Every environment variable on paper: `docs/settings.md`, from `settings.py`."""

from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from settings import SANDBOX_MARK, Settings

HEAD = f"""# Settings

Made from `settings.py` with `./loket schema`; not to be changed by hand. Loket reads its settings from the
environment alone, refuses to start when one is wrong, and then names every mistake at once and no value.
An empty variable counts as not set. In production no secret may hold `{SANDBOX_MARK}`, the mark of the
sandbox's own. `./loket dev` needs none of them.

| variable | needed | default | what it is |
|---|---|---|---|"""


def page() -> str:
    """The whole of `docs/settings.md`."""
    return "\n".join([HEAD, *(_row(name, field) for name, field in Settings.model_fields.items()), ""])


def _row(name: str, field: FieldInfo) -> str:
    assert field.description, f"{name}: say what it is, in settings.py"
    needed = "yes" if field.is_required() else ""
    told = f"{field.description}{_choices(field.annotation)}".replace("|", "\\|")
    return f"| `{name.upper()}` | {needed} | {_default(field)} | {told}. |"


def _default(field: FieldInfo) -> str:
    unsaid = field.is_required() or field.default in (None, ())
    return "" if unsaid else f"`{field.default}`"


def _choices(annotation: Any) -> str:
    return f" ({', '.join(get_args(annotation))})" if get_origin(annotation) is Literal else ""
