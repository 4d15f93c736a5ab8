"""Alembic environment: the caller's connection, the ledger's metadata."""

from alembic import context

from tasks.adapters.ledger.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
