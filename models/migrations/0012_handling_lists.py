"""The lists of secondary schools (rule 25): by name, by the moment of enrolling, and twins."""

from tortoise import migrations
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("loket", "0011_login_requests")]

    operations = [
        ops.AddIndex(
            model_name="Pupil",
            index=Index(fields=["school_year_id", "sort_name", "id"], name="pupil_of_year"),
        ),
        ops.AddIndex(model_name="Pupil", index=Index(fields=["birth_date", "last_name"], name="pupil_born")),
        ops.AddIndex(
            model_name="Enrolment",
            index=PartialIndex(
                fields=["handling_school_id", "school_year_id", "finalized_at", "pupil_id"],
                name="enrolment_arrival",
                condition={"status": "FINAL"},
            ),
        ),
    ]
