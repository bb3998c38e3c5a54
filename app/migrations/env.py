"""What Alembic runs: on the connection it is handed, never on one of its own."""

from typing import Any

from alembic import context

from app.models import Base

SEARCH = ("search_index", "title_trigrams")


def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """The search index differs by database and is written by hand, its shadow tables by SQLite."""
    return not (kind == "table" and name and name.startswith(SEARCH))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=ours,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
