"""One function per selection, in which every leaf is read in a straight line.

    def read(sources, state, paths):
        try:
            outs = [{'id': (v if type((v := s.id)) is str else leaf0(v, state)), 'author': None}
                    for s in sources]
        except Exception:
            outs = guarded(selection, sources, state)
        load(field1, sources, outs, paths, state)
        return outs

The text consists of literals made by `repr`, Python attribute names and the names below; a value
that is not of the one expected Python type goes through `complete_leaf`.
"""

from datetime import datetime
from functools import partial
from keyword import iskeyword
from math import isfinite
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLString,
    is_enum_type,
)

from engine import adapter
from engine.plan.complete import complete_leaf
from engine.plan.model import Field, Kind, Read, Row, Selection, Source, State
from engine.plan.resolve import load, read_attribute, resolve


def generate(selection: Selection) -> tuple[Read, str]:
    """The function and its text."""
    names: dict[str, Any] = {
        "selection": selection, "guarded": guarded, "load": load, "resolve": resolve,
        "read_attribute": read_attribute, "datetime": datetime, "isfinite": isfinite,
    }  # fmt: skip
    values: list[str] = []
    calls: list[str] = []
    for number, field in enumerate(selection.fields):
        if field.source is Source.TYPENAME:
            values.append(f"{field.key!r}: {selection.type.name!r}")
        elif _is_leaf(field):
            values.append(f"{field.key!r}: {_leaf(field, number, names)}")
        else:
            values.append(f"{field.key!r}: None")
            names[f"field{number}"] = field
            calls.append(f"    {_CALLS[field.source]}(field{number}, sources, outs, paths, state)")
    lines = [
        "def read(sources, state, paths):",
        "    try:",
        f"        outs = [{{{', '.join(values)}}} for s in sources]",
        "    except Exception:",
        "        outs = guarded(selection, sources, state)",
        *calls,
        "    return outs",
    ]
    text = "\n".join(lines)
    exec(compile(text, f"<plan of {selection.type.name}>", "exec"), names)  # noqa: S102
    read: Read = names["read"]
    return read, text


_CALLS = {
    Source.ATTRIBUTE: "read_attribute", Source.BATCH: "load", Source.RESOLVER: "resolve",
}  # fmt: skip


def _is_leaf(field: Field) -> bool:
    return field.source is Source.ATTRIBUTE and field.shape.kind is Kind.LEAF


def plain(type: Any) -> type | None:
    """The Python type whose values are their own output; None where there is none."""
    if type is GraphQLString or type is GraphQLID:
        return str
    if type is GraphQLBoolean:
        return bool
    exact = type.coerce_output_value
    return exact if exact is str or exact is int else None


def _leaf(field: Field, number: int, names: dict[str, Any]) -> str:
    """An expression for the value of a leaf of `s`, which uses `v`."""
    type, nullable = field.shape.type, not field.shape.nonnull
    slow = f"leaf{number}(v, state)"
    names[f"leaf{number}"] = partial(_complete, field)
    test, output = _usual(type, number, names)
    if not test:
        return f"leaf{number}({_attribute(field.attribute)}, state)"
    read = f"(v := {_attribute(field.attribute)})"
    if nullable:
        return f"(None if {read} is None else {output} if {test.format('v')} else {slow})"
    return f"({output} if {test.format(read)} else {slow})"


def _attribute(name: str) -> str:
    """An expression for an attribute of `s`, also for a name that Python cannot spell."""
    spelt = name.isascii() and name.isidentifier() and not iskeyword(name)
    return f"s.{name}" if spelt else f"getattr(s, {name!r})"


def _usual(type: Any, number: int, names: dict[str, Any]) -> tuple[str, str]:
    """A test for the usual Python value (`{}`) of a type, and its output."""
    exact = plain(type)
    if exact is not None:
        return f"type({{}}) is {exact.__name__}", "v"
    if type is GraphQLInt:
        return "type({}) is int and -2147483648 <= v <= 2147483647", "v"
    if type is GraphQLFloat:
        return "type({}) is float and isfinite(v)", "v"
    if is_enum_type(type):
        return _member(type, number, names)
    if type.coerce_output_value is datetime.isoformat or _is_moment(type):
        return "type({}) is datetime", "v.isoformat()"
    return "", ""


def _is_moment(type: Any) -> bool:
    definition = (type.extensions or {}).get("strawberry-definition")
    return definition is adapter.base_scalars.DateTimeDefinition


def _member(type: Any, number: int, names: dict[str, Any]) -> tuple[str, str]:
    """By the member's name: its own hash is a Python function, that of a text is not."""
    members = adapter.enum_class(type)
    if members is None:
        return "", ""
    try:
        outputs = {one._name_: type.coerce_output_value(one) for one in members}
    except Exception:  # one that cannot be shown fails when it is met
        return "", ""
    names[f"members{number}"], names[f"enum{number}"] = outputs, members
    return f"type({{}}) is enum{number}", f"members{number}[v._name_]"


def _complete(field: Field, value: Any, state: State) -> Any:
    return complete_leaf(value, field.shape, field, state)


def guarded(selection: Selection, sources: Any, state: State) -> list[Row]:
    """The same rows, a field at a time, since one of them raised."""
    return [
        {field.key: _guarded(field, selection, source, state) for field in selection.fields}
        for source in sources
    ]


def _guarded(field: Field, selection: Selection, source: Any, state: State) -> Any:
    if field.source is Source.TYPENAME:
        return selection.type.name
    if not _is_leaf(field):
        return None
    try:
        value = getattr(source, field.attribute)
    except Exception as error:
        return state.fail(error, field.nodes)
    return complete_leaf(value, field.shape, field, state)
