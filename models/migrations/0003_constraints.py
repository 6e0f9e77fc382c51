from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

class Migration(migrations.Migration):
    dependencies = [('loket', '0002_accounts_enrolments_files')]

    initial = False

    operations = [
        ops.AddConstraint(
            model_name='Account',
            constraint=UniqueConstraint(fields=('realm', 'username'), name='account_username'),
        ),
        ops.AddConstraint(
            model_name='Address',
            constraint=UniqueConstraint(fields=('pupil_id', 'position'), name='address_position'),
        ),
        ops.AddConstraint(
            model_name='CapacityGroup',
            constraint=UniqueConstraint(fields=('department_id', 'name'), name='capacity_group_name'),
        ),
        ops.AddConstraint(
            model_name='CapacityGroup',
            constraint=CheckConstraint(check='seats >= 0', name='capacity_group_seats'),
        ),
        ops.AddConstraint(
            model_name='Department',
            constraint=UniqueConstraint(fields=('school_id', 'school_year_id', 'code'), name='department_code'),
        ),
        ops.AddConstraint(
            model_name='Enrolment',
            constraint=UniqueConstraint(fields=('pupil_id',), name='enrolment_one_final', condition="status = 'FINAL'"),
        ),
        ops.AddConstraint(
            model_name='Enrolment',
            constraint=UniqueConstraint(fields=('pupil_id', 'region_id'), name='enrolment_one_live', condition="status <> 'WITHDRAWN'"),
        ),
        ops.AddConstraint(
            model_name='Guardian',
            constraint=UniqueConstraint(fields=('pupil_id', 'position'), name='guardian_position'),
        ),
        ops.AddConstraint(
            model_name='IdempotencyKey',
            constraint=UniqueConstraint(fields=('account_id', 'key'), name='idempotency_key_once'),
        ),
        ops.AddConstraint(
            model_name='OsoAdviceCode',
            constraint=UniqueConstraint(fields=('region_id', 'code'), name='oso_advice_code_once'),
        ),
        ops.AddConstraint(
            model_name='ParentLogin',
            constraint=UniqueConstraint(fields=('pupil_id', 'region_id'), name='parent_login_once'),
        ),
        ops.AddConstraint(
            model_name='Period',
            constraint=UniqueConstraint(fields=('region_id', 'school_year_id', 'kind'), name='period_once'),
        ),
        ops.AddConstraint(
            model_name='Preference',
            constraint=UniqueConstraint(fields=('enrolment_id', 'rank'), name='preference_rank'),
        ),
        ops.AddConstraint(
            model_name='PrimarySchool',
            constraint=UniqueConstraint(fields=('brin', 'location'), name='primary_school_brin'),
        ),
        ops.AddConstraint(
            model_name='Pupil',
            constraint=UniqueConstraint(fields=('group_id', 'school_year_id', 'elk_number'), name='pupil_elk_number'),
        ),
        ops.AddConstraint(
            model_name='SecondarySchool',
            constraint=UniqueConstraint(fields=('brin', 'location'), name='secondary_school_brin'),
        ),
    ]
