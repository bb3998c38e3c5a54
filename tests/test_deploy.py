"""What is in deploy/ belongs to this server: its commands, settings, files and paths."""

import configparser
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
import yaml

import cli
from app.environment import variable
from app.settings import Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
OURS = ("migrate", "server", "worker")
VARIABLES = {variable(name) for name in Settings.model_fields}
THEIRS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "PATH", "PYTHONUNBUFFERED"}


def accepted(arguments):
    """Whether the command line takes these arguments; nothing is run."""
    group = cli.main
    context = click.Context(group, info_name="thinkalike")
    name, command, rest = group.resolve_command(context, list(arguments))
    command.make_context(name, rest, parent=context)
    return True


class Unit(configparser.RawConfigParser):
    """A unit, of whose settings with several values the last is kept."""

    def __init__(self, path):
        super().__init__(strict=False)
        self.optionxform = str
        self.read_string(path.read_text())
        self.environment = dict(
            re.findall(r"^Environment=(\w+)=(.*)$", path.read_text(), re.MULTILINE)
        )


UNITS = {path.stem: Unit(path) for path in sorted(DEPLOY.glob("*.service"))}


def test_compose_has_what_a_server_needs():
    assert sorted(SERVICES) == ["migrate", "postgresql", "server", "valkey", "worker"]
    assert set(COMPOSE["volumes"]) == {"data", "postgresql"}
    assert SERVICES["server"]["command"] == ["serve", "--workers", "2"]
    for name in ("server", "worker"):
        needs = SERVICES[name]["depends_on"]
        assert needs["migrate"] == {"condition": "service_completed_successfully"}
    for name in ("postgresql", "valkey"):
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", OURS)
def test_containers_of_ours_may_do_little(name):
    service = SERVICES[name]
    assert accepted(service["command"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["data:/data"]


def test_nothing_but_the_server_is_reached_and_only_by_a_proxy():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"server": ["127.0.0.1:8000:8000"]}


def test_secrets_are_in_a_file_that_is_not_kept():
    assert {SERVICES[name]["env_file"] for name in (*OURS, "postgresql")} == {"thinkalike.env"}
    example = dict(
        re.findall(r"^(\w+)=(.*)$", (DEPLOY / "thinkalike.env.example").read_text(), re.MULTILINE)
    )
    assert example["THINKALIKE_SECRET_KEY"] == example["POSTGRES_PASSWORD"] == ""
    assert "thinkalike:@" in example["DATABASE_URL"]
    assert set(example) <= VARIABLES | THEIRS


def test_every_variable_that_is_set_is_a_setting():
    named = {*re.findall(r"^(?:ENV|   ) (\w+)=", CONTAINERFILE, re.MULTILINE)}
    for name in OURS:
        named |= SERVICES[name].get("environment", {}).keys()
    for unit in UNITS.values():
        named |= unit.environment.keys()
    assert "THINKALIKE_DATA_DIR" in named
    assert named <= VARIABLES | THEIRS


def test_the_container_has_what_the_wheel_is_made_of():
    copied = {
        source.rstrip("/")
        for line in re.findall(r"^COPY (?!--from)(.*)$", CONTAINERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    }
    packages = {"app", "engine", "loaders", "resolvers"}
    roofs = {"asgi.py", "check.py", "cli.py", "serve.py"}
    assert packages | roofs | {"pyproject.toml", "deploy/requirements.lock", "web"} <= copied
    assert [path for path in copied if not (ROOT / path).exists()] == []
    let_in = {
        line[1:]
        for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert {path.removesuffix("/package.json").removesuffix("/package-lock.json")
            for path in copied} == let_in  # fmt: skip


def test_the_container_is_nobody_and_says_how_it_is():
    last = CONTAINERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER (\d+)$", last, re.MULTILINE)[1] != "0"
    assert "/health/ready" in re.search(r"^HEALTHCHECK .*\\\n(.*)$", last, re.MULTILINE)[1]
    assert accepted(["serve"])


def test_what_is_installed_is_hashed_and_what_is_tested():
    def locked(path):
        return dict(re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", path.read_text(), re.MULTILINE))

    installed, tested = locked(DEPLOY / "requirements.lock"), locked(ROOT / "requirements.lock")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["otel"], "hatchling"]
    assert {re.match(r"[\w-]+", one)[0] for one in needed} <= installed.keys()
    assert "pytest" not in installed
    assert {name: tested.get(name) for name in installed} == installed
    assert "--require-hashes" in CONTAINERFILE


@pytest.mark.parametrize("name", sorted(UNITS))
def test_units_start_and_end_what_there_is(name):
    service = UNITS[name]["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert program == "/opt/thinkalike/bin/thinkalike"
    assert f"{program.removesuffix('/bin/thinkalike')}" in CONTAINERFILE  # at one place everywhere
    assert accepted(arguments)
    assert service["User"] == "thinkalike"
    assert service["KillMode"] == "mixed"  # the supervisor tells the others
    assert int(service["TimeoutStopSec"]) > 20 + 20  # requests, then background work
    assert UNITS[name].environment["THINKALIKE_DATA_DIR"] == "/var/lib/thinkalike"


def test_there_are_units_for_both_processes():
    assert sorted(UNITS) == ["thinkalike", "thinkalike-worker"]
    assert UNITS["thinkalike"]["Service"]["ExecReload"] == "/bin/kill -HUP $MAINPID"
