"""From SQLAlchemy's statements to what a driver takes: each shape is compiled once.

The one place that knows private names of SQLAlchemy (2.1). A statement that is fetched again, the
same object, costs one look-up; another one of the same shape, what its cache key costs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Dialect, Enum, Executable, Float
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import LRUCache

from app.db.rows import Convert, Make, maker, named

SHAPES = 500
ANEW = "planned_anew"
FLOAT8 = 701

Values = Mapping[str, Any]
S = TypeVar("S", bound=Executable)


def planned_anew(statement: S) -> S:
    """To be planned for the values of each execution. After a few, PostgreSQL has one plan for all,
    which is a bad one where few rows have some values and many have others (ADR 35)."""
    return statement.execution_options(**{ANEW: True})


def is_planned_anew(statement: Executable) -> bool:
    return ANEW in statement.get_execution_options()


@dataclass(frozen=True, slots=True)
class Opening:
    """A parameter that is given with each fetch, or else made anew by `default`."""

    position: int
    name: str
    process: Callable[[Any], Any] | None
    default: Callable[[], Any] | None

    def value(self, values: Values) -> Any:
        """Raises KeyError when there is none."""
        value = values[self.name]
        return value if self.process is None else self.process(value)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as its driver takes it, and what makes rows of the driver's answer."""

    sql: str
    arguments: list[Any]
    openings: tuple[Opening, ...]
    rows: Make

    def filled(self, values: Values) -> list[Any]:
        """The arguments in the driver's order."""
        if not self.openings:
            return self.arguments
        arguments = self.arguments.copy()
        missing = {
            one.name: one.default()
            for one in self.openings
            if one.default and one.name not in values
        }  # once a name: the statement has one now, wherever it says so
        if missing:
            values = {**values, **missing}
        for opening in self.openings:
            arguments[opening.position] = opening.value(values)
        return arguments


class Statements:
    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._compiled: Any = LRUCache(SHAPES)
        self._makers: WeakKeyDictionary[SQLCompiler, Make] = WeakKeyDictionary()
        # Must not hold the statement that is its key, or it would be kept for ever.
        self._prepared: WeakKeyDictionary[Executable, Prepared] = WeakKeyDictionary()

    def __getitem__(self, statement: Executable) -> Prepared:
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = self._prepared[statement] = self._prepare(statement)
        return prepared

    def _prepare(self, statement: Any) -> Prepared:
        kept = statement.get_execution_options().get("shape_is_kept", True)
        cache = self._compiled if kept else None
        compiled, extracted, collected, _hit = statement._compile_w_cache(
            self._dialect, compiled_cache=cache, column_keys=[]
        )
        make = self._makers.get(compiled)
        if make is None:
            make = self._makers[compiled] = _make(compiled, self._dialect)
        values = compiled.construct_params(
            extracted_parameters=extracted,
            escape_names=False,
            _check=False,
            _collected_params=collected,
        )
        return _prepared(compiled, values, make)


def _prepared(compiled: SQLCompiler, values: dict[str, Any], make: Make) -> Prepared:
    sql, processors = compiled.string, compiled._bind_processors
    order: Sequence[str] | None = compiled.positiontup
    if compiled.post_compile_params or compiled.literal_execute_params:  # lists of IN
        state = compiled._process_parameters_for_postcompile(values)
        sql, order, values = state.statement, state.positiontup, dict(state.parameters)
        processors = {**processors, **state.processors}
    open_names = {
        name: bind for bind, name in compiled.bind_names.items() if bind.required or bind.callable
    }
    arguments: list[Any] = []
    openings = []
    for position, name in enumerate(order or ()):
        process: Any = processors.get(name)
        if (bind := open_names.get(name)) is not None:
            openings.append(Opening(position, _key(bind), process, bind.callable))
            arguments.append(None)
        else:
            arguments.append(process(values[name]) if process else values[name])
    return Prepared(sql, arguments, tuple(openings), make)


def _key(bind: BindParameter[Any]) -> str:
    return str(bind.key)


def _make(compiled: SQLCompiler, dialect: Dialect) -> Make:
    columns = compiled._result_columns
    if not columns:
        return named
    converts = [_convert(column.type, dialect) for column in columns]
    return maker((column.keyname for column in columns), converts)


def _convert(type: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    if isinstance(type, Enum) and type.enum_class is not None:
        members = type.enum_class.__members__.values()
        return {None: None} | dict(zip(type.enums, members, strict=True))
    # PostgreSQL's dialect wants to know which number it is: `double precision`, as we store them.
    return type._cached_result_processor(dialect, FLOAT8 if isinstance(type, Float) else None)
