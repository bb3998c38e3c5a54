"""`thinkalike check`: whether a server could start here, and what is unwise about its settings."""

import asyncio
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import click

from app.commands.running import data_option, load
from app.environment import unknown
from app.errors import StartupError
from app.health import Findings, Health, Outcome
from app.resources import Resources
from app.settings import Settings
from asgi import doors

ADVICE = {
    "database": "Is it running, and is DATABASE_URL right?",
    "storage": "May this user write there? For a bucket, are THINKALIKE_S3_… right?",
    "redis": "Is it running, and is REDIS_URL right?",
}


@click.command()
@data_option
def check(data: Path | None) -> None:
    """Look whether the server could work here, and what is unwise about its settings."""
    chosen = load(data_dir=data)
    strange = unknown()
    for name, meant in strange.items():
        _tell("failed", name, f"no such setting{f'; did you mean {meant}?' if meant else ''}")
    for setting, why in unwise(chosen):
        _tell("unwise", setting, why)
    findings = _found(chosen)
    for name, finding in findings.items():
        _tell(finding.outcome, name, finding.reason or f"{finding.seconds * 1_000:.1f} ms")
        if finding.outcome is not Outcome.OK and name in ADVICE:
            _tell("", "advice", ADVICE[name])
    if strange or any(finding.outcome is not Outcome.OK for finding in findings.values()):
        raise SystemExit(1)


def _found(chosen: Settings) -> Findings:
    try:
        return asyncio.run(_look(chosen))
    except StartupError as error:
        raise click.ClickException(str(error)) from None


async def _look(chosen: Settings) -> Findings:
    resources = Resources.of(chosen)
    try:
        doors(resources)  # what only they need of the settings, such as a file
        return await Health.of(resources).findings()
    finally:
        await resources.close()


def _tell(how: str, what: str, more: str) -> None:
    click.echo(f"{how:8}{what}: {more}")


def unwise(chosen: Settings) -> Iterator[tuple[str, str]]:
    """What is allowed and hardly meant: settings, and what follows from them."""
    if not chosen.production:
        if _public(chosen.host):
            yield (
                "THINKALIKE_ENVIRONMENT",
                f"`development` shows GraphiQL and hints to whoever reaches {chosen.host}",
            )
        return
    if chosen.public_url is None:
        yield "THINKALIKE_PUBLIC_URL", "empty: links and cookies go by what each request says"
    elif chosen.public_url.startswith("http:"):
        what = "sessions' cookies and passwords" if chosen.session_cookies else "passwords"
        yield "THINKALIKE_PUBLIC_URL", f"without https, {what} are sent for all to read"
    if chosen.forwarded_allow_ips == "*":
        yield "THINKALIKE_FORWARDED_ALLOW_IPS", "`*`: whoever connects may take any address"
    if chosen.metrics and chosen.metrics_token is None:
        what = "a proxy on this machine that passes on neither X-Forwarded-For nor Host"
        yield "THINKALIKE_METRICS_TOKEN", f"empty: {what} shows /metrics to everybody"
    if chosen.smtp_url is None:
        yield "THINKALIKE_SMTP_URL", "empty: no mail is sent"
    elif chosen.app_url is None:
        yield "THINKALIKE_APP_URL", "empty: mails hold tokens instead of links"
    if chosen.redis_url is None and not chosen.database.startswith("sqlite"):
        yield "REDIS_URL", "empty: with more than one process, each has limits of its own"


def _public(host: str) -> bool:
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"
