"""Migrations, in order. Make one with `tortoise -c models.database.TORTOISE makemigrations`."""
