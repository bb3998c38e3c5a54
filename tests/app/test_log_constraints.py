"""A constraint that nobody expects: PostgreSQL tells the whole row, the log must not."""

import io

import httpx2
import pytest
from sqlalchemy import text

from app.main import create_app
from asgi import doors
from tests.app.logged import lines, logged

MAIL = "zaphod@heart.example"

pytestmark = pytest.mark.parametrize("migrated", ["postgresql"], indirect=True, scope="session")


async def add(db, constraint):
    async with db.write() as session:
        await session.execute(text(f"ALTER TABLE users ADD CONSTRAINT surprise {constraint}"))


async def test_a_row_that_is_refused_is_not_in_the_log(resources, db):
    await add(db, f"CHECK (email_key <> '{MAIL}')")
    given = {"username": "zaphod", "email": MAIL, "password": "Magrathea-Lamp-38"}
    transport = httpx2.ASGITransport(
        create_app(resources, doors=doors(resources)), raise_app_exceptions=False
    )
    with logged(resources.settings, io.StringIO()) as log:
        async with httpx2.AsyncClient(transport=transport, base_url="http://t") as http:
            rest = await http.post("/api/v1/auth/register", json=given)
            query = """mutation ($input: RegisterUserInput!) {
                registerUser(input: $input) { errors { code } }
            }"""
            body = {"query": query, "variables": {"input": given}}
            graphql = await http.post("/graphql", json=body)

    assert rest.status_code == 500
    assert [error["extensions"]["code"] for error in graphql.json()["errors"]] == [
        "INTERNAL_SERVER_ERROR"
    ]
    failures = [line for line in lines(log.getvalue()) if line["level"] == "error"]
    assert len(failures) == 2
    assert all('violates check constraint "surprise"' in one["exception"] for one in failures)
    for secret in ("zaphod", "heart.example", "Magrathea", "$argon2", "Failing row"):
        assert secret not in log.getvalue()
