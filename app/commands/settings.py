import click
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from app.commands.running import load
from app.environment import variable
from app.settings import Settings


@click.command()
def settings() -> None:
    """List every setting: its meaning, default and present value."""
    chosen = load()
    table = Table("Variable", "Value", "Default", "Meaning", show_lines=True)
    for name, field in Settings.model_fields.items():
        table.add_row(
            variable(name),
            shown(getattr(chosen, name)),
            shown(field.default),
            field.description or "",
        )
    Console().print(table)


def shown(value: object) -> str:
    """A value for people: secrets hidden, nothing as a dash."""
    if value is None:
        return "-"
    return "(hidden)" if isinstance(value, SecretStr) else str(value)
