"""The commands that need the schema: printing and comparing it and what is made of it, compiling
trusted documents, and those of `usage_command`."""

from pathlib import Path

import click
import orjson
from graphql import build_schema

from app.errors import StartupError
from app.rest.door import DIALECTS
from app.rest.openapi.document import document, whole
from resolvers import changes
from resolvers.access import PERMISSIONS
from resolvers.schema import schema as strawberry_schema
from resolvers.trusted import compile_documents
from resolvers.usage_command import check, existing_file, usage

existing_folder = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def schema() -> None:
    """Print the schema, or compare it with an older one."""


@schema.command("print")
def print_() -> None:
    """Print the schema as SDL."""
    click.echo(strawberry_schema.as_str())


@schema.command()
@click.argument("old", type=existing_file)
@click.option("--changelog", type=existing_file, help="Breaking changes that it names may be.")
def diff(old: Path, changelog: Path | None) -> None:
    """Name what changed for clients of the schema in OLD; fail when something breaks them."""
    try:
        before = changes.read(old.read_text(), str(old))
    except StartupError as error:
        raise click.ClickException(str(error)) from None
    now = build_schema(strawberry_schema.as_str())
    for change in changes.dangerous(before, now):
        click.echo(f"dangerous  {change}")
    found = changes.breaking(before, now, changelog.read_text() if changelog else "")
    for change in found:
        click.echo(f"BREAKING   {change}")
    if found:
        raise click.ClickException(f"{len(found)} breaking changes")


schema.add_command(usage)
schema.add_command(check)


@click.group()
def openapi() -> None:
    """Print what the REST API is to programs."""


@openapi.command("print")
@click.option("--version", type=click.Choice(["v1", "v2", "all"]), default="all", show_default=True)
def print_openapi(version: str) -> None:
    """Print an OpenAPI document, as every server serves it below /api."""
    dialects = {dialect.version: dialect(strawberry_schema._schema) for dialect in DIALECTS}
    if version == "all":
        made = whole(list(dialects.values()), PERMISSIONS)
    else:
        made = document(dialects[version], PERMISSIONS)
    click.echo(orjson.dumps(made, option=orjson.OPT_INDENT_2))


@click.group()
def documents() -> None:
    """Compile trusted documents."""


@documents.command()
@click.argument("folder", type=existing_folder)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("documents.json"),
    show_default=True,
    help="The manifest to write.",
)
def build(folder: Path, output: Path) -> None:
    """Compile every operation in the .graphql files below FOLDER into a manifest."""
    try:
        manifest = compile_documents(folder)
        output.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    except StartupError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"Cannot write {output}: {error.strerror}") from None
    except RecursionError:
        raise click.ClickException("The documents nest too deeply") from None
    click.echo(f"{len(manifest['operations'])} operations in {output}")
