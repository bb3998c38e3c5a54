"""Whom a change of the schema breaks, as far as it is known who asks for what."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    BreakingChange,
    BreakingChangeType,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLSchema,
    OperationDefinitionNode,
    find_breaking_changes,
    get_named_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    parse,
    validate,
)

from app.db import Rows
from engine.coordinates import coordinates

# How graphql-core's descriptions name what has changed: `Type.field`, `Type.field(argument:)`.
_PLACE = re.compile(r"(\w+)\.(\w+)(?:\((\w+):\))?")
_OF_ARGUMENTS = (BreakingChangeType.ARG_REMOVED, BreakingChangeType.ARG_CHANGED_KIND)


@dataclass(frozen=True, slots=True)
class Finding:
    """A breaking change and who uses what it changes: nobody, when `users` is empty; None when
    that is not counted, as of directives."""

    change: str
    users: list[str] | None = field(default_factory=list)

    @property
    def breaks(self) -> bool:
        return self.users is None or bool(self.users)


def findings(
    old: GraphQLSchema, new: GraphQLSchema, usage: Rows, documents: Mapping[str, str]
) -> list[Finding]:
    """Every breaking change. `usage` is from `app.usage.used`, `documents` are texts by id."""
    trusted = {
        f"trusted document {name}": asked
        for id, text in documents.items()
        for name, asked in _asked(old, id, text)
    }
    found = []
    for change in find_breaking_changes(old, new):
        touched = affected(old, change)
        if touched is None:
            found.append(Finding(change.description, None))
            continue
        users = [*_clients(usage, touched), *(who for who in trusted if trusted[who] & touched)]
        found.append(Finding(change.description, users))
    return sorted(found, key=lambda one: one.change)


def affected(old: GraphQLSchema, change: BreakingChange) -> set[str] | None:
    """The coordinates whose use a change breaks, or may break; None when it is of a directive."""
    if "@" in change.description:
        return None
    place = _PLACE.search(change.description)
    type = old.type_map.get(place[1]) if place else None
    if place and (is_object_type(type) or is_interface_type(type)):
        argument = f"({place[3]}:)" if change.type in _OF_ARGUMENTS else ""
        return {f"{place[1]}.{place[2]}{argument}"}
    words = [place[1]] if place else re.findall(r"\w+", change.description)
    names = [word for word in words if word in old.type_map]
    if change.type is not BreakingChangeType.IMPLEMENTED_INTERFACE_REMOVED:
        del names[1:]  # the member, not the union
    return {one for one, types in reaching(old) if not types.isdisjoint(names)}


def reaching(schema: GraphQLSchema) -> Iterator[tuple[str, set[str]]]:
    """Every field and argument with the types that whoever uses it depends on."""
    for type in schema.type_map.values():
        if type.name.startswith("__") or not (is_object_type(type) or is_interface_type(type)):
            continue
        for name, one in type.fields.items():
            place = f"{type.name}.{name}"
            yield place, {type.name, get_named_type(one.type).name}
            for argument, given in one.args.items():
                yield f"{place}({argument}:)", _inside(given.type, set())


def _inside(type: GraphQLInputType, found: set[str]) -> set[str]:
    named = get_named_type(type)
    if named.name not in found:
        found.add(named.name)
        if is_input_object_type(named):
            for one in named.fields.values():
                _inside(one.type, found)
    return found


def _clients(usage: Rows, touched: set[str]) -> Iterable[str]:
    counts: dict[str, tuple[int, str]] = {}
    for row in usage:
        if f"{row.type}.{row.field}" in touched:
            count, last = counts.get(who := named(row.client, row.version), (0, ""))
            counts[who] = count + row.count, max(last, str(row.last))
    return (f"{who}, {count} times, last on {last}" for who, (count, last) in counts.items())


def named(client: str, version: str) -> str:
    return f"{client} {version}".strip() or "a client without a name"


def _asked(schema: GraphQLSchema, id: str, text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """What each operation of a document asks for; nothing, when it did not fit the schema."""
    try:
        document = parse(text)
    except GraphQLError:
        return
    if validate(schema, document):
        return
    definitions = document.definitions
    fragments = {
        one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)
    }
    for one in definitions:
        if isinstance(one, OperationDefinitionNode):
            name = one.name.value if one.name else "without a name"
            yield f"{name} ({id[:12]})", coordinates(schema, one, fragments)
