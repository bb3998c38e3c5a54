"""`scripts/fuzz`: schemathesis over both versions as everybody, for longer than a test may take."""

import argparse
import asyncio
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from app import migrations
from app.db import Database
from app.documents import MemoryDocuments
from app.permissions import Role
from app.resources import Resources
from app.settings import Settings
from tests.conftest import BASE_URL
from tests.rest.attack import attacked
from tests.rest.fuzzing import KNOWN, PHASES


async def fuzz(version: str, role: Role, seed: int, examples: int) -> list[str]:
    """What is wrong, on a database of its own."""
    generation = {**KNOWN["generation"], "deterministic": False, "max-examples": examples}
    walks = {"max-steps": 10, "generation": {"max-examples": examples}}
    phases = {**PHASES, "stateful": walks}
    config = {"seed": seed, "generation": generation}
    with TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(  # type: ignore[call-arg]
            _env_file=None, data_dir=folder, public_url=BASE_URL, access_token_minutes=1_440
        )
        db = Database.at(f"sqlite:///{folder / 'fuzz.db'}", pool=5)
        await migrations.upgrade(db)
        resources = Resources.on(db, MemoryDocuments(), settings)
        found = await attacked(resources, version, role, phases=phases, config=config)
        await resources.callers.close()
        await db.close()
    return found


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    roles = [role.name.lower() for role in Role]
    parser.add_argument("--version", choices=("v1", "v2"), action="append")
    parser.add_argument("--role", choices=roles, action="append", help="default: all")
    parser.add_argument("--examples", type=int, default=30, help="of each operation")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32), help="default: random")
    asked = parser.parse_args()
    number = 0
    for version in asked.version or ("v1", "v2"):
        for role in asked.role or roles:
            found = await fuzz(version, Role[role.upper()], asked.seed, asked.examples)
            number += len(found)
            print("\n\n".join([f"{version} as {role}: {len(found)}", *found]), flush=True)
    print(f"{number} in all, with --seed {asked.seed}")
    return 1 if number else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
