"""Who may do what: every root field as every kind of caller, compared with access_matrix.txt.

What each call is, is in access_world.py. A call that is refused changes nothing at all.
"""

from pathlib import Path
from string import Template
from typing import Any

from graphql import get_named_type, is_composite_type
from PIL import Image
from sqlalchemy import delete

from app.db import Database
from app.media.upload import Upload
from app.models import Attempt, Base
from resolvers.schema import schema
from tests.resolvers.access_world import CALLERS, CALLS, WRITTEN, restore

COMMITTED = Path(__file__).with_name("access_matrix.txt")
GRAPHQL = schema._schema
QUERIES, MUTATIONS = GRAPHQL.query_type.fields, GRAPHQL.mutation_type.fields

ANSWERS = {
    "UNAUTHENTICATED": "unauthenticated",
    "INSUFFICIENT_PERMISSIONS": "forbidden",
    "FORBIDDEN": "forbidden",
    "NOT_FOUND": "not found",
}


def field_of(call: str) -> str:
    return call.partition(" ")[0]


def document(call: str) -> str:
    text, name = Template(CALLS[call]).substitute(WRITTEN), field_of(call)
    if name in MUTATIONS:
        variables = "($file: Upload!)" if "$file" in text else ""
        return f"mutation{variables} {{ told: {text} {{ {_errors(MUTATIONS[name].type)} }} }}"
    composite = is_composite_type(get_named_type(QUERIES[name].type))
    return f"{{ told: {text}{' { __typename }' if composite else ''} }}"


def _variables(call: str, folder: Path) -> dict[str, Any]:
    if field_of(call) != "uploadMedia":
        return {}
    path = folder / "0"
    Image.new("RGB", (4, 3)).save(path, "PNG")
    return {"file": Upload(path, "0.png", "image/png", path.stat().st_size, "0" * 64)}


def _errors(payload: Any) -> str:
    results = "results" in get_named_type(payload).fields
    return "errors { code }" + (" results { errors { code } }" if results else "")


def told(body: dict[str, Any]) -> str:
    """An answer in a word or two."""
    if "errors" in body:
        codes = [error["extensions"]["code"] for error in body["errors"]]
    else:
        value = body["data"]["told"]
        if value in (None, [None]):
            return "null"
        codes = [error["code"] for error in _listed(value)]
    words = dict.fromkeys(ANSWERS.get(code, code.lower().replace("_", " ")) for code in codes)
    return ", ".join(words) or "allowed"


def _listed(value: Any) -> list[dict[str, str]]:
    if not isinstance(value, dict):
        return []
    inner = [error for result in value.get("results") or [] for error in result["errors"]]
    return [*value.get("errors", []), *inner]


async def dump(db: Database) -> dict[str, Any]:
    """Every row of every table but the counts of failed attempts, which are there to change."""
    tables = [table for table in Base.metadata.sorted_tables if table is not Attempt.__table__]
    found: dict[str, Any] = await db.inspect(
        lambda connection: {
            table.name: sorted(map(repr, connection.execute(table.select()))) for table in tables
        }
    )
    return found


def rendered(cells: dict[str, dict[str, str]]) -> str:
    """The table as text: a line for each call, a column for each caller."""
    lines = [["", *CALLERS], *([call, *row.values()] for call, row in cells.items())]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
    return "\n".join(padded) + "\n"


async def test_every_caller_may_what_the_table_says_and_no_more(ask, db, tmp_path):
    cells: dict[str, dict[str, str]] = {}
    await restore(db)
    before = await dump(db)
    for call in CALLS:
        cells[call] = {}
        for caller, actor in CALLERS.items():
            cells[call][caller] = answer = told(
                await ask(document(call), actor, **_variables(call, tmp_path))
            )
            if field_of(call) in MUTATIONS and answer == "allowed":
                await restore(db)
                before = await dump(db)
            elif field_of(call) in MUTATIONS:
                assert await dump(db) == before, f"{call} as {caller} was refused"
                async with db.write() as session:
                    await session.execute(delete(Attempt))
    actual = tmp_path / COMMITTED.name
    actual.write_text(rendered(cells))
    assert actual.read_text() == COMMITTED.read_text(), f"if this is meant: {actual}"


def test_every_root_field_is_in_the_table():
    assert {field_of(call) for call in CALLS} == QUERIES.keys() | MUTATIONS.keys()


def test_a_field_that_fails_is_no_success():
    error = {"message": "Sign in", "extensions": {"code": "UNAUTHENTICATED"}}
    assert told({"data": None, "errors": [error]}) == "unauthenticated"
    assert told({"data": {"told": {"errors": [{"code": "NOT_FOUND"}]}}}) == "not found"
    assert told({"data": {"told": {"errors": []}}}) == "allowed"
    assert told({"data": {"told": [None]}}) == "null"
