"""Schemathesis with all its checks and phases, the same requests in every run."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events

PHASES = ("examples", "coverage", "fuzzing", "stateful")
KNOWN = tomllib.loads((Path(__file__).parent / "schemathesis.toml").read_text())


def findings(
    document: Mapping[str, Any],
    address: str,
    headers: Mapping[str, str],
    phases: Collection[str] = PHASES,
) -> list[str]:
    """What is wrong with the API at `address`, each with the curl command that shows it.

    Blocks for as long as the run takes: some 50 ms a request, and for an operation some 20 requests
    of coverage and as many as there are examples of fuzzing. `headers` go with every request.
    """
    chosen = {name: {**KNOWN["phases"].get(name, {}), "enabled": name in phases} for name in PHASES}
    config = SchemathesisConfig.from_dict(
        {**KNOWN, "base-url": address, "headers": dict(headers), "phases": chosen}
    )
    schema = schemathesis.openapi.from_dict(dict(document), config=config)
    found: dict[str, None] = {}
    for event in engine.from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            found.update(dict.fromkeys(_failures(event)))
        elif isinstance(event, events.NonFatalError):
            found[f"{event.label}: {event.value!r}"] = None
        elif isinstance(event, events.FatalError):
            raise event.exception
    return list(found)


def _failures(event: events.ScenarioFinished) -> list[str]:
    return [
        f"{event.label} [{event.phase.value}] {check.name}: "
        f"{check.failure_info.failure}\n{check.failure_info.code_sample}"
        for checks in event.recorder.checks.values()
        for check in checks
        if check.failure_info is not None
    ]
