"""Other GraphQL servers, in Node: `scripts/bench --rivals` measures them in the same run."""

import re
import subprocess
from pathlib import Path

from benches.processes import Program
from benches.queries import QUERIES

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAMES = ("mercurius", "yoga", "apollo", "postgraphile")


def programs() -> list[Program]:
    """How they are started, installed."""
    node, folder = installed("rivals")
    own = {"postgraphile": texts((HERE / "postgraphile.graphql").read_text())}
    return [
        Program(name, (node, f"{folder}/{name}.mjs"), {"NODE_ENV": "production"}, own.get(name, {}))
        for name in NAMES
    ]


def installed(folder: str) -> list[str]:
    """Installs (once) the servers of a folder of benches/, and Node where there is none that is
    new enough; the paths of Node and of the installed folder."""
    ready = subprocess.run(
        ["scripts/rivals", folder], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    return ready.stdout.splitlines()


def texts(document: str) -> dict[str, str]:
    """The operations of a document by the names of the queries that they stand in for."""
    every = re.finditer(r"^query (\w+).*?^}", document, re.MULTILINE | re.DOTALL)
    operations = {found[1]: found[0] for found in every}
    return {query.name: operations[query.operation] for query in QUERIES}
