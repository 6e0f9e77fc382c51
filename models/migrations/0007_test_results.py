"""Results of the doorstroomtoets as their makers deliver them: longer keys, and one place in the tray a child."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

KEY = fields.CharField(max_length=256, default="")
OWN_KEY = fields.CharField(max_length=256, default="", description="The key in the school's own system")
REOPENS = fields.BooleanField(
    default=False,
    db_default=False,
    description="It is news to the pupil's motivation: that one has to be saved again",
)


class Migration(migrations.Migration):
    dependencies = [("loket", "0006_what_dossiers_bring")]

    operations = [
        ops.AlterField(model_name="Pupil", name="eck_id", field=KEY),
        ops.AlterField(model_name="Pupil", name="school_key", field=OWN_KEY),
        ops.AlterField(model_name="TestResult", name="eck_id", field=KEY),
        ops.AlterField(model_name="TestResult", name="school_key", field=KEY),
        ops.AddField(model_name="TestResult", name="reopens", field=REOPENS),
        ops.RunSQL(
            [
                "CREATE INDEX pupil_school_key ON pupil (primary_school_id, school_key) WHERE school_key <> ''",
                "CREATE INDEX test_result_waits_with_key ON test_result (primary_school_id, school_key)"
                " WHERE pupil_id IS NULL AND school_key <> ''",
                "CREATE UNIQUE INDEX test_result_waits_by_eck_id ON test_result"
                " (school_year_id, eck_id, primary_school_id) NULLS NOT DISTINCT"
                " WHERE pupil_id IS NULL AND eck_id <> ''",
                "CREATE UNIQUE INDEX test_result_waits_by_key ON test_result"
                " (school_year_id, primary_school_id, school_key) WHERE pupil_id IS NULL AND eck_id = ''",
            ],
            reverse_sql=[
                "DROP INDEX test_result_waits_by_key",
                "DROP INDEX test_result_waits_by_eck_id",
                "DROP INDEX test_result_waits_with_key",
                "DROP INDEX pupil_school_key",
            ],
        ),
    ]
