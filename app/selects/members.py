"""`column` is one of many ids: one parameter, so one statement text whatever their number."""

from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Dialect,
    SQLColumnExpression,
    String,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeEngine


class _Ids(TypeDecorator[list[str]]):
    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(
            ARRAY(String()) if dialect.name == "postgresql" else String()
        )

    def bind_processor(self, dialect: Dialect) -> Any:
        # Not `process_bind_param`: SQLAlchemy's arrays then look at each element, asyncpg again.
        return None if dialect.name == "postgresql" else _json


def _json(ids: list[str]) -> str:
    return orjson.dumps(ids).decode()


class _Member(FunctionElement[Any]):
    type = NullType()
    inherit_cache = True


# The ids that each fetch gives, by the name `ids`.
IDS: BindParameter[list[str]] = bindparam("ids", type_=_Ids(), required=True)


def member(
    column: SQLColumnExpression[str], ids: "list[str] | BindParameter[list[str]]" = IDS
) -> ColumnElement[bool]:
    if isinstance(ids, list):
        ids = bindparam(None, ids, type_=_Ids(), unique=True)
    return _Member(column, ids)


@compiles(_Member, "sqlite")
def _member_sqlite(element: _Member, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"


@compiles(_Member, "postgresql")
def _member_postgresql(element: _Member, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY({ids})"
