"""Runs the migrations on the caller's connection, in its transaction."""

from alembic import context
from sqlmodel import SQLModel

from junheng.store import tables as tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
