"""The database's two doors: `fetch` for reads, `write` for one transaction."""

from app.db.database import Database
from app.db.engines import parse
from app.db.failures import reason
from app.db.reading import Observer, Rows
from app.db.statements import planned_anew

__all__ = ["Database", "Observer", "Rows", "parse", "planned_anew", "reason"]
