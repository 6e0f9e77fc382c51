"""Messages of test makers in which anything may be bent: the others come in, and nothing is half there."""

from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import TestResult as Result
from resolvers.imports.result_report import Became
from tests.imports.messages import message
from tests.journeys.deliveries import became, known, result_of
from tests.world import World

odd: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.text(max_size=5) | st.integers() | st.floats() | st.just([]) | st.just({})
)


@st.composite
def bent_messages(draw: st.DrawFn) -> Any:
    """A message in which a few fields hold something else."""
    bent = message(eck_id="eck-bent", school_key="4711", advice=draw(st.sampled_from(["vwo", "pro/vmbo-bb"])))
    for _ in range(draw(st.integers(1, 3))):
        value: Any = bent
        while isinstance(value, dict | list) and value:
            names: Any = sorted(value) if isinstance(value, dict) else range(len(value))
            name = draw(st.sampled_from(names))
            if not isinstance(value[name], dict | list) or draw(st.integers(0, 3)) == 0:
                value[name] = draw(odd)
                break
            value = value[name]
    return bent


class TestWhateverComes:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(bent=bent_messages())
    async def test_never_stops_the_others_and_is_never_half_there(self, world: World, bent: Any) -> None:
        """Two good messages around one of which any few fields are bent."""
        marks = [uuid4().hex for _ in range(2)]
        pupils = [await known(world, eck_id=mark) for mark in marks]
        before = await Result.all().count()
        found = await became(world, message(eck_id=marks[0]), bent, message(eck_id=marks[1]), school="12AB")
        assert (found[0], found[2]) == (Became.NEW, Became.NEW)
        assert await Result.all().count() - before - 2 in ({0, 1} if found[1] is Became.WAITS else {0})
        for pupil in pupils:
            kept = await result_of(pupil)
            assert (kept.advice_id, len(kept.content["outcomes"])) == ("VWO", 3)
