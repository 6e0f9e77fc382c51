"""Exports, the machines that read them, and when what they show has changed (rule 39)."""

import functools
from json import dumps, loads
from uuid import uuid4

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from rules.vocabulary import ExportKind, FileFormat, JobStatus

NOW = """
CREATE FUNCTION loket_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT now() + make_interval(secs => coalesce((SELECT offset_seconds FROM clock_offset WHERE id = 1), 0))
$$
"""
"""The beginning of the transaction on the procedure's clock, which only the sandbox moves."""

# What an export shows of a form and stands in another table: name of the trigger, table, when, which forms.
TOUCHED = (
    (
        "pupil_in_exports",
        "pupil",
        "UPDATE OF elk_number, first_name, infix, last_name, birth_date, gender, advice_id, primary_school_id,"
        " origin_school, origin_brin, bsn_encrypted, class_group",
        # And children of the same birth, when it is not the same any more.
        "pupil_id IN (SELECT NEW.id UNION ALL SELECT t.id FROM pupil t"
        " WHERE t.birth_date = OLD.birth_date AND t.last_name = OLD.last_name"
        " AND (OLD.birth_date, OLD.last_name) IS DISTINCT FROM (NEW.birth_date, NEW.last_name))",
    ),
    (
        "address_in_exports",
        "address",
        "INSERT OR UPDATE OR DELETE",
        "pupil_id = coalesce(NEW.pupil_id, OLD.pupil_id)",
    ),
    # Twins are known by their parents' address too.
    (
        "guardian_in_exports",
        "guardian",
        "INSERT OR UPDATE OF email OR DELETE",
        "pupil_id = coalesce(NEW.pupil_id, OLD.pupil_id)",
    ),
    (
        "department_in_exports",
        "department",
        "UPDATE OF name",
        "id IN (SELECT enrolment_id FROM preference WHERE department_id = NEW.id)",
    ),
    (
        "secondary_school_in_exports",
        "secondary_school",
        "UPDATE OF name",
        "id IN (SELECT p.enrolment_id FROM preference p JOIN department d ON d.id = p.department_id"
        " WHERE d.school_id = NEW.id)",
    ),
    (
        "primary_school_in_exports",
        "primary_school",
        "UPDATE OF name, brin, location",
        "pupil_id IN (SELECT id FROM pupil WHERE primary_school_id = NEW.id)",
    ),
)
TOUCH = [
    """
    CREATE FUNCTION enrolment_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.changed_at := loket_now();
        RETURN NEW;
    END $$
    """,
    *(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- The trigger of the form itself sets the moment.
            UPDATE enrolment SET changed_at = NULL WHERE finalized_at IS NOT NULL AND ({forms});
            RETURN NULL;
        END $$
        """  # noqa: S608
        for name, _, _, forms in TOUCHED
    ),
]
TRIGGERS = [
    "UPDATE enrolment SET changed_at = updated_at",
    "CREATE TRIGGER enrolment_changed BEFORE INSERT OR UPDATE ON enrolment"
    " FOR EACH ROW EXECUTE FUNCTION enrolment_changed()",
    *(
        f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        for name, table, when, _ in TOUCHED
    ),
]


class Migration(migrations.Migration):
    dependencies = [("loket", "0013_what_was_decided_before")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Export",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="ENROLMENTS: ENROLMENTS\nWITHDRAWN: WITHDRAWN\nDECENTRAL_LOTTERY: DECENTRAL_LOTTERY\nCENTRAL_PLACEMENT: CENTRAL_PLACEMENT\nOUTSIDE_PUPILS: OUTSIDE_PUPILS",
                        enum_type=ExportKind,
                        max_length=20,
                    ),
                ),
                (
                    "format",
                    fields.CharEnumField(
                        description="CSV: CSV\nXLSX: XLSX", enum_type=FileFormat, max_length=4
                    ),
                ),
                (
                    "requested_by",
                    fields.ForeignKeyField(
                        "loket.Account",
                        source_field="requested_by_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("school_year_id", fields.UUIDField()),
                ("department_id", fields.UUIDField(null=True)),
                (
                    "reach",
                    fields.JSONField(
                        description="Role, region and schools of who asked",
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
                ("reason", fields.CharField(default="", max_length=300)),
                (
                    "status",
                    fields.CharEnumField(
                        default=JobStatus.QUEUED,
                        description="QUEUED: QUEUED\nRUNNING: RUNNING\nREADY: READY\nFAILED: FAILED",
                        enum_type=JobStatus,
                        max_length=10,
                    ),
                ),
                ("progress", fields.SmallIntField(default=0, description="Per cent")),
                ("row_count", fields.IntField(null=True, description="Once it is READY")),
                ("storage_key", fields.CharField(default="", max_length=120)),
                ("filename", fields.CharField(max_length=200)),
                ("sha256", fields.CharField(default="", max_length=64)),
                ("size", fields.BigIntField(default=0)),
                ("attempts", fields.SmallIntField(default=0)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("lease_token", fields.UUIDField(null=True)),
                ("lease_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_error", fields.CharField(default="", max_length=300)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ready_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "export",
                "app": "loket",
                "indexes": [Index(fields=["status", "due_at"], name="export_due")],
                "pk_attr": "id",
                "table_description": "A file on request: claimed with a lease as mails are, written in the worker, gone soon after.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Integrator",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "account",
                    fields.OneToOneField(
                        "loket.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="integrator",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "region",
                    fields.ForeignKeyField(
                        "loket.Region",
                        source_field="region_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("kinds", ArrayField(default=list, element_type="TEXT")),
                ("networks", ArrayField(default=list, element_type="TEXT")),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "integrator",
                "app": "loket",
                "indexes": [Index(fields=["region_id"], name="integrator_region")],
                "pk_attr": "id",
                "table_description": "A machine: which schools and which exports it may read, from where, until when.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="IntegratorSchool",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "integrator",
                    fields.ForeignKeyField(
                        "loket.Integrator",
                        source_field="integrator_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="schools",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "school",
                    fields.ForeignKeyField(
                        "loket.SecondarySchool",
                        source_field="school_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "integrator_school",
                "app": "loket",
                "constraints": [
                    UniqueConstraint(fields=("integrator_id", "school_id"), name="integrator_school_once")
                ],
                "pk_attr": "id",
                "table_description": "One secondary school that a machine was granted.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="IntegratorSecret",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "integrator",
                    fields.ForeignKeyField(
                        "loket.Integrator",
                        source_field="integrator_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="secrets",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("secret_hash", fields.CharField(unique=True, max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "integrator_secret",
                "app": "loket",
                "indexes": [Index(fields=["integrator_id"], name="integrator_secret_of")],
                "pk_attr": "id",
                "table_description": "A secret of a machine, as a hash: 256 bits of chance need no slow one. After a rotation two work for a while.",
            },
            bases=["Model"],
        ),
        ops.AlterField(
            model_name="Enrolment",
            name="drawn_out_at",
            field=fields.DatetimeField(
                null=True,
                description="Taken back from placed, it is drawn out again",
                auto_now=False,
                auto_now_add=False,
            ),
        ),
        ops.AlterField(
            model_name="Enrolment",
            name="not_at",
            field=fields.JSONField(
                null=True,
                description="Ids of schools that cannot place the child (rule 33), also of the forms before this",
                encoder=functools.partial(dumps, separators=(",", ":")),
                decoder=loads,
            ),
        ),
        ops.AddField(
            model_name="Enrolment",
            name="changed_at",
            field=fields.DatetimeField(
                null=True,
                description="When anything changed that an export shows of it; the database sets it",
                auto_now=False,
                auto_now_add=False,
            ),
        ),
        ops.AddIndex(
            model_name="Enrolment",
            index=Index(fields=["handling_school_id", "school_year_id", "id"], name="enrolment_exported"),
        ),
        ops.AddIndex(
            model_name="Enrolment",
            index=Index(fields=["region_id", "school_year_id", "id"], name="enrolment_exported_region"),
        ),
        ops.AddIndex(
            model_name="Enrolment",
            index=Index(fields=["region_id", "school_year_id", "changed_at"], name="enrolment_changed"),
        ),
        ops.RunSQL(
            [NOW, *TOUCH, *TRIGGERS],
            reverse_sql=[
                *(f"DROP TRIGGER {name} ON {table}" for name, table, *_ in TOUCHED),
                "DROP TRIGGER enrolment_changed ON enrolment",
                *(f"DROP FUNCTION {name}()" for name, *_ in TOUCHED),
                "DROP FUNCTION enrolment_changed()",
                "DROP FUNCTION loket_now()",
            ],
        ),
    ]
