"""`common(column)`: the column in a condition that holds for most rows.

An index is no way to those, but SQLite, which knows nothing of values, takes one and then sorts
everything that it found. A `+` keeps it from that; PostgreSQL knows better by itself.
"""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Common(FunctionElement[Any]):
    inherit_cache = True


def common(column: ColumnElement[Any]) -> ColumnElement[Any]:
    shown = _Common(column)
    shown.type = column.type
    return shown


@compiles(_Common)
def _common(element: _Common, compiler: SQLCompiler, **kw: Any) -> str:
    plus = "+" if compiler.dialect.name == "sqlite" else ""
    return plus + compiler.process(next(iter(element.clauses)), **kw)
