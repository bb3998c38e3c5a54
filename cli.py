"""`thinkalike`: the command line. Each command's module is imported only when it is called."""

from importlib import import_module

import click

COMMANDS = {
    "check": "check:check",
    "demo": "app.commands.demo:demo",
    "documents": "resolvers.commands:documents",
    "explain": "resolvers.explain_command:explain",
    "generate": "app.commands.generate:generate",
    "import": "app.commands.imports:imports",
    "migrate": "app.commands.migrate:migrate",
    "schema": "resolvers.commands:schema",
    "openapi": "resolvers.commands:openapi",
    "serve": "serve:serve",
    "settings": "app.commands.settings:settings",
    "user": "app.commands.user:user",
    "worker": "app.commands.worker:worker",
}


class LazyGroup(click.Group):
    """Starts fast: `thinkalike settings` need not import the GraphQL schema."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=LazyGroup)
@click.version_option(package_name="thinkalike-content", message="%(version)s")
def main() -> None:
    """A GraphQL-first content server."""


if __name__ == "__main__":
    main()
