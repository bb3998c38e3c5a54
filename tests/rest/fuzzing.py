"""Schemathesis with all its checks and phases, and what of its findings is no mistake of ours."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events

from tests.rest.examples.stable import placeholder
from tests.rest.examples.world import World

Phases = Mapping[str, Mapping[str, Any]]
"""What to do, each with what is put over its table in schemathesis.toml."""

PHASES: Phases = {"examples": {}, "coverage": {}, "fuzzing": {}, "stateful": {}}
KNOWN = tomllib.loads((Path(__file__).parent / "schemathesis.toml").read_text())


@dataclass(frozen=True)
class Explained:
    """A failure of `check` that is right. `message` is a pattern of what the check tells, `code`
    and `detail` are of every error of the answer, where it has any."""

    check: str
    message: str = ""
    code: str = ""
    detail: str = ""

    def of(self, check: str, message: str, error: Mapping[str, Any]) -> bool:
        return (
            check == self.check
            and bool(re.search(self.message, message))
            and self.code in ("", error.get("code"))
            and bool(re.match(self.detail, error.get("detail", "")))
        )


EXPLAINED = [Explained(**one) for one in KNOWN.pop("explained")]


def of_world(document: Mapping[str, Any], world: World) -> dict[str, Any]:
    """The document with the world's ids where its examples have those that stand for them."""
    text = orjson.dumps(document).decode()
    for place, id in enumerate(world.ids.values()):
        text = text.replace(placeholder(id, place), id)
    read: dict[str, Any] = orjson.loads(text)
    return read


def findings(
    document: Mapping[str, Any],
    address: str,
    headers: Mapping[str, str],
    *,
    phases: Phases = PHASES,
    config: Mapping[str, Any] = MappingProxyType({}),
) -> list[str]:
    """What is wrong with the API at `address`, each with the curl command that shows it.

    Blocks for as long as the run takes. `headers` go with every request; `config` is
    put over schemathesis.toml.
    """
    chosen = {
        name: {**KNOWN["phases"].get(name, {}), **phases.get(name, {}), "enabled": name in phases}
        for name in PHASES
    }
    base = address + document["servers"][0]["url"]
    run = {**KNOWN, "base-url": base, "headers": dict(headers), "phases": chosen}
    schema = schemathesis.openapi.from_dict(
        dict(document),
        config=SchemathesisConfig.from_dict(run | config),
    )
    schema.hooks.hook(filter_failure)
    found: dict[str, None] = {}
    for event in engine.from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            found.update(dict.fromkeys(_failures(event)))
        elif isinstance(event, events.NonFatalError):
            found[f"{event.label}: {event.value!r}"] = None
        elif isinstance(event, events.FatalError):
            raise event.exception
    return list(found)


CHECKS = {
    "RejectedPositiveData": "positive_data_acceptance",
    "AcceptedNegativeData": "negative_data_rejection",
}


def filter_failure(_context: Any, failure: Failure, _case: Any, response: Any) -> bool:
    """A hook of schemathesis: whether a failure is one."""
    check = CHECKS.get(type(failure).__name__, "")
    try:
        errors = orjson.loads(response.content).get("errors", [])
    except orjson.JSONDecodeError:
        errors = []
    return not all(
        any(one.of(check, failure.message, error) for one in EXPLAINED) for error in errors or [{}]
    )


def _failures(event: events.ScenarioFinished) -> Iterator[str]:
    for id, checks in event.recorder.checks.items():
        for check in checks:
            if failed := check.failure_info:
                response = event.recorder.find_response(case_id=id)
                told = response.text[:1_000] if response else ""
                yield (
                    f"{event.label} [{event.phase.value}] {check.name}: {failed.failure}\n"
                    f"{failed.code_sample}\n{told}"
                )
