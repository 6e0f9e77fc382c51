"""Rules 16 to 22: what a form still lacks, in the order of the form, and what stays when the first choice moves."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.enrolment import Choice, EnrolmentIncomplete, Form, fitting, missing
from rules.vocabulary import PriorityGround

SIBLING, STAFF = PriorityGround.SIBLING, PriorityGround.STAFF_CHILD


def choice(
    school: int, *, name: str = "", open_to_child: bool = True, grounds: tuple[str, ...] = ()
) -> Choice:
    return Choice(
        department_id=UUID(int=1000 + school),
        department="havo",
        school_id=UUID(int=school),
        school=name or f"School {school}",
        open_to_child=open_to_child,
        grounds=frozenset(grounds),
    )


FIVE = tuple(choice(school, grounds=(SIBLING, STAFF) if school == 1 else ()) for school in range(1, 6))
FULL = Form(choices=FIVE)
KEEP_ONE = "Kies elke school maar één keer."


class TestWhatIsMissing:
    @pytest.mark.parametrize(
        ("form", "length", "lacks"),
        [
            (FULL, 5, []),
            (Form(choices=FIVE[:2]), 2, []),
            (Form(), 5, ["Kies nog 5 scholen. Uw lijst moet precies 5 scholen hebben."]),
            (Form(choices=FIVE[:4]), 5, ["Kies nog 1 school. Uw lijst moet precies 5 scholen hebben."]),
            (Form(choices=FIVE[:1]), 2, ["Kies nog 1 school. Uw lijst moet precies 2 scholen hebben."]),
            (FULL, 2, ["Uw lijst heeft te veel scholen. Kies er precies 2."]),
            (Form(choices=(*FIVE, choice(6))), 5, ["Uw lijst heeft te veel scholen. Kies er precies 5."]),
            (replace(FULL, ground=STAFF), 5, []),
            (replace(FULL, ground=SIBLING, sibling_name="Daan", sibling_class="2b"), 5, []),
            (
                replace(FULL, ground=SIBLING, sibling_name="Daan"),
                5,
                ["Vul bij de voorrang de klas van de broer of zus in."],
            ),
            (
                replace(FULL, ground=SIBLING, sibling_class="2b"),
                5,
                ["Vul bij de voorrang de naam van de broer of zus in."],
            ),
            (
                Form(choices=tuple(reversed(FIVE)), ground=STAFF),
                5,
                ["School 5 geeft geen voorrang voor: kind van een medewerker. Haal de voorrang weg."],
            ),
            (
                Form(ground=SIBLING),
                2,
                [
                    "Kies nog 2 scholen. Uw lijst moet precies 2 scholen hebben.",
                    "U vraagt voorrang aan. Kies daarvoor eerst de school van uw eerste voorkeur.",
                ],
            ),
            (
                replace(FULL, accept_equivalent_department=True, is_multiple=True, all_apply_here=True),
                5,
                [],
            ),
        ],
    )
    def test_is_named_in_the_order_of_the_form(self, form: Form, length: int, lacks: list[str]) -> None:
        assert missing(form=form, list_length=length) == lacks

    def test_of_an_advice_that_is_not_on_this_form_is_one_thing_whatever_was_filled_in(self) -> None:
        for form in (Form(), FULL, replace(FULL, ground=SIBLING)):
            (only,) = missing(form=form, list_length=None)
            assert "basisschool" in only

    def test_is_each_department_that_the_advice_does_not_open(self) -> None:
        choices = (
            FIVE[0],
            replace(FIVE[1], open_to_child=False),
            FIVE[2],
            FIVE[3],
            replace(FIVE[4], open_to_child=False),
        )
        assert missing(form=Form(choices=choices), list_length=5) == [
            "Voorkeur 2: havo van School 2 past niet bij het advies van uw kind. Kies een andere afdeling.",
            "Voorkeur 5: havo van School 5 past niet bij het advies van uw kind. Kies een andere afdeling.",
        ]


class TestASchoolTwice:
    def test_is_named_with_how_often(self) -> None:
        choices = (FIVE[0], FIVE[1], FIVE[0], FIVE[1], FIVE[0])
        assert missing(form=Form(choices=choices), list_length=5) == [
            f"School 1 staat 3 keer op uw lijst. {KEEP_ONE}",
            f"School 2 staat 2 keer op uw lijst. {KEEP_ONE}",
        ]

    def test_counts_also_under_two_departments(self) -> None:
        other = replace(FIVE[0], department_id=UUID(int=7), department="vwo")
        assert missing(form=Form(choices=(FIVE[0], other)), list_length=2) == [
            f"School 1 staat 2 keer op uw lijst. {KEEP_ONE}"
        ]

    def test_is_not_two_schools_of_one_name(self) -> None:
        same = (choice(1, name="De Brug"), choice(2, name="De Brug"))
        assert missing(form=Form(choices=same), list_length=2) == []
        twice = (*same, choice(1, name="De Brug"), choice(2, name="De Brug"))
        assert missing(form=Form(choices=twice), list_length=4) == [
            f"De Brug staat 2 keer op uw lijst. {KEEP_ONE}",
            f"De Brug staat 2 keer op uw lijst. {KEEP_ONE}",
        ]


class TestAnotherFirstSchool:
    def test_takes_away_a_claim_that_it_does_not_have_and_says_so(self) -> None:
        typed = Form(
            choices=FIVE[1:], ground=SIBLING, sibling_name="Daan", sibling_class="2b",
            accept_equivalent_department=True, is_multiple=True, all_apply_here=True,
        )  # fmt: skip
        kept, told = fitting(form=typed, first_school_before=FIVE[0].school_id)
        assert kept == replace(typed, ground=None, sibling_name="", sibling_class="")
        assert len(told) == 1
        assert "broer of zus op deze school" in told[0]

    @pytest.mark.parametrize(
        ("typed", "before"),
        [
            (replace(FULL, ground=STAFF), UUID(int=9)),
            (replace(FULL, ground=STAFF), FIVE[0].school_id),
            (Form(choices=FIVE[1:], ground=STAFF), FIVE[1].school_id),
            (Form(choices=FIVE[1:], ground=STAFF), None),
            (Form(choices=FIVE[1:]), FIVE[0].school_id),
            (Form(ground=STAFF), FIVE[0].school_id),
        ],
        ids=[
            "it has it",
            "it is the same",
            "never had it",
            "is the first one",
            "no claim",
            "none for a moment",
        ],
    )
    def test_leaves_what_was_typed_in_every_other_case(self, typed: Form, before: UUID | None) -> None:
        kept, told = fitting(form=typed, first_school_before=before)
        assert kept == typed
        moved = bool(typed.choices) and before not in (None, typed.choices[0].school_id)
        assert bool(told) is (moved and typed.ground is not None)
        assert all("Kijk na" in one for one in told)


class TestTheRefusal:
    def test_says_all_that_is_missing(self) -> None:
        lacks = tuple(missing(form=Form(ground=SIBLING), list_length=5))
        message = EnrolmentIncomplete(missing=lacks).message
        assert all(one in message for one in lacks)


CHOICES = st.builds(
    choice,
    st.integers(1, 6),
    open_to_child=st.booleans(),
    grounds=st.lists(st.sampled_from([SIBLING, STAFF])).map(tuple),
)
FORMS = st.builds(
    Form,
    choices=st.lists(CHOICES, max_size=10).map(tuple),
    ground=st.none() | st.sampled_from(PriorityGround),
    sibling_name=st.sampled_from(["", "Daan"]),
    sibling_class=st.sampled_from(["", "2b"]),
    accept_equivalent_department=st.booleans(),
    is_multiple=st.booleans(),
    all_apply_here=st.booleans(),
)


class TestAnyForm:
    @given(form=FORMS, length=st.sampled_from([2, 5]))
    def test_is_complete_just_when_it_keeps_every_rule(self, form: Form, length: int) -> None:
        first = form.choices[0] if form.choices else None
        right = (
            len(form.choices) == length
            and len({one.school_id for one in form.choices}) == length
            and all(one.open_to_child for one in form.choices)
            and (form.ground is None or (first is not None and form.ground in first.grounds))
            and (form.ground is not SIBLING or bool(form.sibling_name and form.sibling_class))
        )
        lacks = missing(form=form, list_length=length)
        assert (lacks == []) is right
        assert all(one.endswith(".") for one in lacks)

    @given(form=FORMS, before=st.none() | st.integers(1, 6).map(lambda number: UUID(int=number)))
    def test_fits_after_fitting_and_loses_nothing_but_the_claim(
        self, form: Form, before: UUID | None
    ) -> None:
        kept, told = fitting(form=form, first_school_before=before)
        assert replace(kept, ground=None, sibling_name="", sibling_class="") == replace(
            form, ground=None, sibling_name="", sibling_class=""
        )
        assert kept == form or told
        again, _ = fitting(form=kept, first_school_before=before)
        assert again == kept
