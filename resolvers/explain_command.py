"""`thinkalike explain FILE`: runs a query and prints its plan, loads, statements and times."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

import click
import orjson
from sqlalchemy import select

from app.commands.running import data_option, load, opened, run
from app.documents import MemoryDocuments
from app.errors import StartupError
from app.http.caller import Caller
from app.http.refusal import RequestError
from app.models import User
from app.permissions import GUEST, Actor
from app.resources import Resources
from app.setting_values import Environment
from app.settings import Settings
from resolvers.endpoint.parameters import Parameters
from resolvers.execution import Operations

ONLY_QUERIES = "Only queries are explained: what changes something is not run"


@click.command()
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"))
@click.option("--variables", default="{}", help="As a JSON object.")
@click.option("--operation", help="Its name, where FILE has several.")
@click.option("--as", "username", help="Run it as this user; as a guest when left out.")
@data_option
def explain(
    file: Any, variables: str, operation: str | None, username: str | None, data: Path | None
) -> None:
    """Run the query in FILE and show how: its plan, each load, each statement, their times.

    It is run twice, and the second time is shown. `-` is standard input.
    """
    try:
        given = orjson.loads(variables)
    except orjson.JSONDecodeError as error:
        raise click.ClickException(f"--variables is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise click.ClickException("--variables must be a JSON object")
    asked = Parameters(file.read(), operation, given, {"plan": True})
    chosen = load(data_dir=data).model_copy(
        update={"environment": Environment.DEVELOPMENT, "engine": "plan", "engine_plan_after": 0}
    )
    body = run(_run(chosen, asked, username))
    for line in lines(body):
        click.echo(line)


async def _run(chosen: Settings, asked: Parameters, username: str | None) -> dict[str, Any]:
    async with opened(chosen) as db:
        actor = GUEST
        if username is not None:
            rows = await db.fetch(select(User.id, User.role).where(User.username == username))
            if not rows:
                raise StartupError(f"There is no user {username}")
            actor = Actor(rows[0].id, rows[0].role)
        operations = Operations(Resources.on(db, MemoryDocuments(), chosen))
        caller = Caller(actor, "http://localhost", "explain")
        try:
            for _ in range(2):
                answer = await operations.run(asked, caller, only_reads=True, finished=True)
        except RequestError as refusal:
            mutation = refusal.status == HTTPStatus.METHOD_NOT_ALLOWED
            raise StartupError(ONLY_QUERIES if mutation else refusal.message) from None
    if not answer.ran:
        raise StartupError("; ".join(error["message"] for error in answer.body["errors"]))
    return answer.body


def lines(body: dict[str, Any]) -> list[str]:
    """What an answer with `extensions.plan` says, for people."""
    told = [f"error: {error['message']}" for error in body.get("errors", ())]
    plan = body.get("extensions", {}).get("plan")
    if plan is None:
        return told
    reason = f", since: {plan['reason']}" if "reason" in plan else ""
    told.append(f"executed {plan['executed']}{reason}")
    told += [f"  {line}" for line in plan.get("outline", ())]
    for one in plan.get("loads", ()):
        told.append(
            f"level {one['level']}: {', '.join(one['fields'])} by {one['load']},"
            f" {one['parents']} parents, {one['milliseconds']} ms"
        )
        told += [
            f"  {statement['milliseconds']} ms  {' '.join(statement['sql'].split())}"
            for statement in one["statements"]
        ]
    return told
