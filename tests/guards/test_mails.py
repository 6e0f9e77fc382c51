"""A mail cannot be forgotten: each has a template of three parts, an example and a preview that renders."""

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from emails import KINDS, Mail
from emails.preview import LINK, ExampleRegion, index_html, previews
from emails.render import TEMPLATES, environment

PARTS = {"subject.txt", "text.txt", "html.html"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
class TestEveryKind:
    def test_it_has_the_folder_of_its_name_with_three_parts(self, kind: type[Mail]) -> None:
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__)
        assert kind.template == snake.strip("_")
        assert {path.name for path in (TEMPLATES / kind.template).iterdir()} == PARTS

    def test_it_has_examples_of_its_own_kind(self, kind: type[Mail]) -> None:
        assert type(kind.example()) is kind
        assert kind.example() in kind.examples()

    def test_it_is_frozen_and_holds_plain_values_only(self, kind: type[Mail]) -> None:
        assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        for field in dataclasses.fields(kind):
            assert field.kw_only
            assert field.type in (str, bool, datetime, datetime | None), field.name

    def test_it_says_which_rule_it_keeps(self, kind: type[Mail]) -> None:
        assert kind.__doc__

    @pytest.mark.parametrize("part", sorted(PARTS))
    def test_a_word_that_is_not_there_stops_it(self, kind: type[Mail], part: str) -> None:
        """A template that names what the mail does not say never goes out with a hole in it."""
        whole = (TEMPLATES / kind.template / part).read_text("utf-8")
        place = "{% block body %}" if part == "html.html" else ""
        misspelt = environment().from_string(whole.replace(place, place + "{{ mail.misspelt }}", 1))
        with pytest.raises(UndefinedError, match="misspelt"):
            misspelt.render(mail=kind.example(), region=ExampleRegion(), link=LINK, name="ELK", subject="x")


def test_every_folder_belongs_to_a_mail() -> None:
    folders = {path.name for path in TEMPLATES.iterdir() if path.is_dir()}
    assert folders == {kind.template for kind in KINDS.values()}


def test_every_field_is_said_somewhere() -> None:
    for kind in KINDS.values():
        said = "".join(path.read_text("utf-8") for path in (TEMPLATES / kind.template).iterdir())
        for field in dataclasses.fields(kind):
            assert f"mail.{field.name}" in said, f"{kind.__name__}.{field.name} is in no template"


def test_the_page_of_previews_shows_them_all(tmp_path: Path) -> None:
    page = index_html()
    for preview in previews():
        assert f'id="{preview.name.replace(" ", "-")}"' in page
    assert page.count("<iframe") == len(list(previews()))
    assert "<script" not in page
