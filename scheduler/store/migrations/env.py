"""Alembic's environment: migrations run on the connection that the program gives."""

from alembic import context

from scheduler.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
