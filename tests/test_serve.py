"""`thinkalike serve` in a process of its own, on both databases, and every way it may not start."""

import socket
import sqlite3

import httpx2
import pytest

from tests.processes import run, serving, started

HELLO = {"query": "{ __typename contentItems(limit: 1) { title } }"}


def test_it_serves_and_stops_when_told(address, tmp_path):
    with (
        serving("--data", str(tmp_path / "data"), "--no-demo", DATABASE_URL=address) as url,
        httpx2.Client(base_url=url) as client,
    ):
        answer = client.post("/graphql", json=HELLO)
        page = client.get("/graphiql/", headers={"Accept": "text/html"})

    assert answer.json()["data"] == {"__typename": "Query", "contentItems": []}
    assert page.status_code == 200
    assert answer.headers.get("server") is None


def test_the_first_start_fills_an_empty_database_and_the_second_does_not(tmp_path):
    count = {"query": "{ contentItemsConnection(first: 1) { totalCount nodes { title } } }"}
    answers = []
    for _ in range(2):
        with serving("--data", str(tmp_path)) as url:
            answers.append(httpx2.post(f"{url}/graphql", json=count).json()["data"])

    assert answers[0] == answers[1]
    assert answers[0]["contentItemsConnection"]["totalCount"] >= 100


def refused(*arguments: str, **variables: str) -> str:
    """What the server says instead of starting: one line, and a status that is not 0."""
    result = run(*arguments, **variables)
    assert result.returncode == 1, result
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


def test_a_port_that_is_taken(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = refused("serve", "--port", port, "--data", str(tmp_path))
    assert said == f"Error: Cannot listen on 127.0.0.1:{port}: Address already in use\n"


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    said = refused("serve", "--port", "0", "--data", str(tmp_path / "file" / "below"))
    assert said.startswith(f"Error: Cannot write to the folder {tmp_path}/file/below")


def test_a_database_that_is_down(tmp_path):
    said = refused(
        "serve", "--port", "0", "--data", str(tmp_path),
        DATABASE_URL="postgresql://user:secret@127.0.0.1:1/name",
    )  # fmt: skip
    assert said.startswith(
        "Error: The database at postgresql://user:***@127.0.0.1:1/name does not answer: "
    )


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "thinkalike.db").write_text("This is not a database, but a long enough text.")
    said = refused("serve", "--port", "0", "--data", str(tmp_path))
    assert said.endswith("does not answer: file is not a database\n")


@pytest.mark.parametrize(
    "address",
    ["postgresql://127.0.0.1:1/name?unknown=option", "postgresql://127.0.0.1:99999/name"],
)
def test_an_address_with_parts_that_cannot_be_used(tmp_path, address):
    said = refused("serve", "--port", "0", "--data", str(tmp_path), DATABASE_URL=address)
    assert " does not answer: " in said


def test_a_database_of_another_program(tmp_path):
    with sqlite3.connect(tmp_path / "thinkalike.db") as connection:
        connection.execute("CREATE TABLE users (id)")
    said = refused("serve", "--port", "0", "--data", str(tmp_path))
    assert " cannot be brought to the newest schema: " in said


def test_a_database_of_a_later_version(tmp_path):
    with sqlite3.connect(tmp_path / "thinkalike.db") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    said = refused("serve", "--port", "0", "--data", str(tmp_path))
    assert " cannot be brought to the newest schema: " in said


def test_an_address_of_no_redis(tmp_path):
    said = refused("serve", "--port", "0", "--data", str(tmp_path), REDIS_URL="nonsense")
    assert said == "Error: REDIS_URL is not an address: expected redis://host:6379/0\n"


def test_an_address_of_no_database(tmp_path):
    said = refused("serve", "--data", str(tmp_path), DATABASE_URL="mysql://host/name")
    assert said == ("Error: DATABASE_URL names 'mysql': only postgresql and sqlite are served\n")


@pytest.mark.parametrize(
    ("variables", "absent"),
    [
        ({}, "a DATABASE_URL of PostgreSQL and a REDIS_URL"),
        ({"REDIS_URL": "redis://h"}, "a DATABASE_URL of PostgreSQL"),
        ({"DATABASE_URL": "postgresql://h/n"}, "a REDIS_URL"),
    ],
)
def test_several_processes_without_what_they_share(tmp_path, variables, absent):
    said = refused("serve", "--workers", "2", "--data", str(tmp_path / "data"), **variables)
    assert said == (
        f"Error: THINKALIKE_WORKERS=2 (--workers) needs {absent}: what one process keeps in its "
        "memory or in SQLite, others do not see\n"
    )
    assert not (tmp_path / "data").exists()


def test_a_schema_that_is_not_there(tmp_path):
    said = refused("serve", "--port", "0", "--data", str(tmp_path), THINKALIKE_MIGRATE="false")
    assert said.endswith("has no schema yet: run `thinkalike migrate`\n")


def test_a_manifest_that_is_missing(tmp_path):
    said = refused(
        "serve", "--port", "0", "--data", str(tmp_path),
        THINKALIKE_TRUSTED_DOCUMENTS="/nowhere.json",
    )  # fmt: skip
    assert said == (
        "Error: Cannot read the trusted documents /nowhere.json: No such file or directory\n"
    )


@pytest.mark.parametrize("command", [["migrate"], ["demo"], ["generate", "--users", "1"]])
def test_other_commands_fail_with_one_line_too(tmp_path, command):
    said = refused(*command, "--data", str(tmp_path), DATABASE_URL="postgresql://127.0.0.1:1/name")
    assert "does not answer" in said


def test_an_unknown_variable_is_named_and_no_obstacle(tmp_path):
    server, _ = started("--data", str(tmp_path), "--no-demo", THINKALIKE_SHUTDOWN_DELY="1")
    server.terminate()
    assert server.communicate(timeout=30)[1] == (
        "Warning: THINKALIKE_SHUTDOWN_DELY is not a setting; did you mean "
        "THINKALIKE_SHUTDOWN_DELAY?\n"
    )


def test_an_unknown_command_is_named():
    result = run("serv")
    assert result.returncode == 2
    assert "No such command 'serv'" in result.stderr
