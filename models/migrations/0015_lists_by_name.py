"""The list of a secondary school is read from an index, in the order of its names (rule 25)."""

from tortoise import fields, migrations
from tortoise.indexes import PartialIndex
from tortoise.migrations import operations as ops

CHANGED = """
CREATE OR REPLACE FUNCTION enrolment_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := loket_now();
    {also}
    RETURN NEW;
END $$
"""
ALSO = "NEW.sort_name := (SELECT sort_name FROM pupil WHERE id = NEW.pupil_id);"
# The pupil of a form that is not definitive yet is looked up when it is.
PUPIL = """
CREATE OR REPLACE TRIGGER pupil_in_exports AFTER UPDATE OF elk_number, first_name, infix, last_name, birth_date, gender,
    advice_id, primary_school_id, origin_school, origin_brin, bsn_encrypted, class_group{also} ON pupil
    FOR EACH ROW EXECUTE FUNCTION pupil_in_exports()
"""


class Migration(migrations.Migration):
    dependencies = [("loket", "0014_exports")]

    initial = False

    operations = [
        # In the order in which a step takes them: one that is under way is waited for, and none is in the way.
        ops.RunSQL("LOCK TABLE pupil, enrolment IN ACCESS EXCLUSIVE MODE", reverse_sql=ops.RunSQL.noop),
        ops.AddField(
            model_name="Enrolment",
            name="sort_name",
            field=fields.CharField(
                null=True,
                description="As the pupil's, for a school's list; the database sets it",
                max_length=260,
            ),
        ),
        ops.RunSQL(
            [
                # Nothing changed that an export shows.
                "ALTER TABLE enrolment DISABLE TRIGGER enrolment_changed",
                "UPDATE enrolment SET sort_name = pupil.sort_name FROM pupil WHERE pupil.id = enrolment.pupil_id",
                "ALTER TABLE enrolment ENABLE TRIGGER enrolment_changed",
                CHANGED.format(also=ALSO),
                PUPIL.format(also=", sort_name"),
            ],
            reverse_sql=[PUPIL.format(also=""), CHANGED.format(also="")],
        ),
        ops.AddIndex(
            model_name="Enrolment",
            index=PartialIndex(
                fields=["handling_school_id", "school_year_id", "sort_name", "pupil_id"],
                name="enrolment_by_name",
                condition={"status": "FINAL"},
            ),
        ),
    ]
