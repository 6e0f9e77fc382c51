"""A database with children in it is brought up to date: a column that comes later has a value for the rows there are."""

import importlib
import pkgutil

import pytest
from tortoise.fields.base import Field
from tortoise.migrations import operations as ops

from models import migrations

NAMES = [one.name for one in pkgutil.iter_modules(migrations.__path__)]


@pytest.mark.parametrize("name", NAMES)
def test_an_added_column_may_be_empty_or_has_a_default_of_the_database(name: str) -> None:
    migration = importlib.import_module(f"models.migrations.{name}").Migration
    for operation in migration.operations:
        if isinstance(operation, ops.AddField):
            field = operation.field
            assert isinstance(field, Field)
            assert field.null or field.has_db_default(), (operation.model_name, operation.name)
