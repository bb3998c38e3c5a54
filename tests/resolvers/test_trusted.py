"""`thinkalike documents build`: operations in files become a manifest."""

import pytest
from click.testing import CliRunner

from app.errors import StartupError
from resolvers.commands import documents
from resolvers.texts import read_manifest, sha256
from resolvers.trusted import compile_documents


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.graphql").write_text(text)


def test_each_operation_is_compiled_with_the_fragments_it_uses(tmp_path):
    write(
        tmp_path,
        pages="query Latest { contentItems { ...Card } }\nquery Names { tags { nodes { name } } }",
        parts="fragment Card on ContentItem { title author { ...Person } }\n"
        "fragment Person on User { username }\nfragment Unused on User { id }",
    )

    latest, names = compile_documents(tmp_path)["operations"]

    assert latest["name"] == "Latest"
    assert latest["type"] == "query"
    assert latest["id"] == sha256(latest["body"])
    assert "fragment Card" in latest["body"]
    assert "fragment Person" in latest["body"]
    assert "Unused" not in latest["body"]
    assert names["body"] == "query Names {\n  tags {\n    nodes {\n      name\n    }\n  }\n}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("query A {", r"a\.graphql:1: Syntax Error: Expected Name, found <EOF>\."),
        ("query A { nope }", r"a\.graphql:1: Cannot query field 'nope' on type 'Query'\."),
        ("\n{ tags { nodes { id } } }", r"a\.graphql:2: a trusted operation needs a name"),
        (
            "query A { tags { nodes { id } } }\nquery A { tags { nodes { id } } }",
            r"a\.graphql:2: A is also in .*a\.graphql:1",
        ),
        ("query A { tags { nodes { ...Missing } } }", r"a\.graphql:1: Unknown fragment 'Missing'"),
        ("fragment F on User { id }", r"has no operations in \.graphql or \.gql files"),
    ],
)
def test_what_cannot_be_compiled_is_named_with_its_line(tmp_path, text, message):
    write(tmp_path, a=text)
    with pytest.raises(StartupError, match=message):
        compile_documents(tmp_path)


def test_the_command_writes_a_manifest_that_the_server_reads(tmp_path):
    write(tmp_path, a="query A { tags { nodes { id } } }")
    output = tmp_path / "manifest.json"

    result = CliRunner().invoke(documents, ["build", str(tmp_path), "-o", str(output)])

    assert result.output == f"1 operations in {output}\n"
    (text,) = read_manifest(output).values()
    assert text.startswith("query A {")


def test_the_command_says_in_one_line_what_is_wrong(tmp_path):
    write(tmp_path, a="query A {")
    result = CliRunner().invoke(documents, ["build", str(tmp_path)])

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1


def test_a_manifest_that_cannot_be_written_is_named(tmp_path):
    write(tmp_path, a="query A { tags { nodes { id } } }")
    output = tmp_path / "nowhere" / "manifest.json"
    result = CliRunner().invoke(documents, ["build", str(tmp_path), "-o", str(output)])

    assert result.exit_code == 1
    assert result.output == f"Error: Cannot write {output}: No such file or directory\n"
