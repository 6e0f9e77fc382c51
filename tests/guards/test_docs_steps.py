"""The steps on paper: every name has words, every step is drawn, and the picture holds many more."""

import dataclasses
from itertools import combinations
from xml.etree import ElementTree

import pytest

from rules.calendar import Window
from rules.step import AXES, Step
from rules.steps import STEPS
from rules.vocabulary import Colour, Role
from schema.places import of_step
from schema.steps_drawing import LANES, PHASES, PILL, picture
from schema.steps_page import PAINT, ROLES, STATES, TITLES, WINDOWS, page

SVG = "{http://www.w3.org/2000/svg}"


def many() -> tuple[Step, ...]:
    """A table as it may become: a step of every role in every window, under a long name."""
    (first, *_) = STEPS.values()
    return tuple(STEPS.values()) + tuple(
        dataclasses.replace(
            first,
            name=f"requestTransferMeeting{number}",
            dutch="Toewijzing aan een andere school herstellen",
            roles=frozenset({role}),
            window=window,
            tells=("PriorityDecided",),
        )
        for number, (role, window) in enumerate((role, window) for role in Role for window in Window)
    )


class TestEveryName:
    def test_of_the_table_has_words(self) -> None:
        assert set(TITLES) == set(AXES)
        assert {axis: list(words) for axis, words in STATES.items()} == {
            axis: [state.value for state in states] for axis, states in AXES.items()
        }
        assert set(WINDOWS) == set(Window)
        assert set(ROLES) == set(Role) == set(LANES)
        assert set(PAINT) == set(Colour)

    def test_of_a_window_stands_under_one_phase(self) -> None:
        assert sorted(window for windows in PHASES.values() for window in windows) == sorted(Window)


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.name)
class TestEveryStep:
    def test_is_a_row_of_the_page_with_its_resolver(self, step: Step) -> None:
        assert f"| [`{step.name}`](../{of_step(name=step.name)}) | {step.dutch} |" in page()

    def test_is_in_the_picture_for_each_who_takes_it(self, step: Step) -> None:
        assert picture().count(f">{step.name}</text>") == len(step.roles)


class TestThePicture:
    @pytest.mark.parametrize("steps", [tuple(STEPS.values()), many()], ids=["today", "a hundred steps"])
    def test_holds_every_step_within_its_frame_and_none_over_another(self, steps: tuple[Step, ...]) -> None:
        root = ElementTree.fromstring(picture(steps))
        width, height = (float(root.get(name, "0")) for name in ("width", "height"))
        pills = [
            [float(rect.get(name, "0")) for name in ("x", "y", "width", "height")]
            for rect in root.iter(f"{SVG}rect")
            if rect.get("width") == str(PILL)
        ]
        assert len(pills) == sum(len(step.roles) for step in steps)
        for left, top, wide, tall in pills:
            assert left >= 0
            assert left + wide <= width
            assert top + tall <= height
        for one, other in combinations(pills, 2):
            apart_x = one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
            apart_y = one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1]
            assert apart_x or apart_y, (one, other)

    def test_is_a_picture_by_itself(self) -> None:
        drawn = picture()
        assert "href" not in drawn
        assert "<script" not in drawn
        assert drawn.count("http") == 1
