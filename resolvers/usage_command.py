"""`thinkalike schema usage` and `schema check`: what is asked for, and what may go."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import orjson
from graphql import GraphQLSchema, build_schema
from sqlalchemy.exc import SQLAlchemyError

from app.commands.running import PATIENCE, data_option, load, run
from app.db import Database, Rows, reason
from app.errors import StartupError
from app.settings import Settings
from app.usage import used
from resolvers import changes
from resolvers.in_use import findings, named, reaching
from resolvers.schema import schema
from resolvers.texts import read_manifest

DAYS = 30

existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)
since_option = click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help=f"The first day that counts; {DAYS} days ago when left out.",
)


@click.command()
@since_option
@click.option("--unused", is_flag=True, help="Fields and arguments that nobody has asked for.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@data_option
def usage(since: datetime | None, unused: bool, as_json: bool, data: Path | None) -> None:
    """Show which clients ask for which fields and arguments, and how often."""
    first = _first(since)
    rows = run(_used(load(data_dir=data), first))
    fields = _fields(rows)
    told: dict[str, Any] = {"since": first, "fields": [*fields.values()]}
    if unused:
        told = {"since": first, "unused": _unused(schema._schema, set(fields))}
    if as_json:
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        return
    for one in told.get("unused", ()):
        click.echo(one)
    for one in told.get("fields", ()):
        clients = ", ".join(
            f"{named(by['name'], by['version'])} ({by['count']})" for by in one["clients"]
        )
        click.echo(f"{one['field']}  {one['count']} times, last on {one['last']}: {clients}")


@click.command()
@click.argument("old", type=existing_file)
@since_option
@click.option("--documents", type=existing_file, help="Manifest of trusted documents.")
@data_option
def check(old: Path, since: datetime | None, documents: Path | None, data: Path | None) -> None:
    """Fail when the schema breaks somebody who uses the one in OLD: a client that has asked for
    what has changed, or a trusted document."""
    chosen = load(data_dir=data)
    first, manifest = _first(since), documents or chosen.trusted_documents
    try:
        before = changes.read(old.read_text(), str(old))
        trusted: Mapping[str, str] = read_manifest(manifest) if manifest else {}
    except StartupError as error:
        raise click.ClickException(str(error)) from None
    found = findings(before, build_schema(schema.as_str()), run(_used(chosen, first)), trusted)
    for one in found:
        click.echo(f"{'BREAKING' if one.breaks else 'unused  '}  {one.change}")
        for user in ["who uses it is not counted"] if one.users is None else one.users:
            click.echo(f"          {user}")
    if broken := sum(one.breaks for one in found):
        raise click.ClickException(f"{broken} changes break what is in use since {first}")


async def _used(chosen: Settings, since: date) -> Rows:
    """Of whatever version the database is: the check is for before it is migrated."""
    database = Database.at(chosen.database, pool=1, timeout=PATIENCE)
    try:
        await database.check()
        return await used(database, since)
    except SQLAlchemyError as error:
        raise StartupError(f"The database at {database} cannot be read: {reason(error)}") from None
    finally:
        await database.close()


def _first(since: datetime | None) -> date:
    return since.date() if since else datetime.now(UTC).date() - timedelta(DAYS)


def _fields(rows: Rows) -> dict[str, dict[str, Any]]:
    """What was asked for, by coordinate; most first."""
    fields: dict[str, dict[str, Any]] = {}
    for row in rows:
        place = f"{row.type}.{row.field}"
        one = fields.setdefault(
            place, {"field": place, "count": 0, "last": row.last, "clients": []}
        )
        one["count"] += row.count
        one["last"] = max(one["last"], row.last)
        by = {"name": row.client, "version": row.version, "count": row.count, "last": row.last}
        one["clients"].append(by)
    return dict(sorted(fields.items(), key=lambda item: (-item[1]["count"], item[0])))


def _unused(graphql: GraphQLSchema, asked: set[str]) -> list[str]:
    """An interface's field that is asked for is one of each type that has it."""
    for type in graphql.type_map.values():
        for interface in getattr(type, "interfaces", ()):
            asked |= {
                f"{type.name}{one.removeprefix(interface.name)}"
                for one in asked
                if one.startswith(f"{interface.name}.")
            }
    return [place for place, _ in reaching(graphql) if place not in asked]
