"""Documents over HTTP: automatic persisted queries, trusted documents, and the cache of all."""

import orjson
import pytest

from app.errors import StartupError, numbered
from engine import documents
from resolvers.texts import FORMAT, sha256

HELLO = "{ __typename }"
DATA = {"__typename": "Query"}
PAIR = "query A { a: __typename } query B { b: __typename }"


def persisted(text=None, hash=None, version=1):
    extension = {"version": version, "sha256Hash": hash or sha256(text)}
    return {"persistedQuery": extension}


def refusal(message, code):
    return {"errors": [{"message": message, "extensions": numbered(code)}]}


UNKNOWN = refusal("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")


@pytest.fixture
def manifest(tmp_path):
    """A manifest that trusts two documents."""
    file = tmp_path / "manifest.json"
    operations = [{"id": sha256(text), "body": text} for text in (HELLO, PAIR)]
    file.write_bytes(orjson.dumps({**FORMAT, "operations": operations}))
    return file


@pytest.fixture
def parsed(monkeypatch):
    """Every text that is parsed from now on."""
    seen = []

    def parse(text, **options):
        seen.append(text)
        return original(text, **options)

    original = documents.parse
    monkeypatch.setattr(documents, "parse", parse)
    return seen


@pytest.mark.parametrize("text", [HELLO, "{ nothing }", "{"], ids=["fine", "invalid", "broken"])
async def test_a_text_is_parsed_once(http, parsed, text):
    answers = [await http.post("/graphql", json={"query": text}) for _ in range(3)]
    answers.append(await http.get("/graphql", params={"query": text}))

    assert parsed == [text]
    assert len({answer.content for answer in answers}) == 1


async def test_the_cache_forgets_the_least_recently_used(serve, parsed):
    client = await serve(document_cache=2)
    for text in (
        "{ a: __typename }",
        "{ b: __typename }",
        "{ c: __typename }",
        "{ a: __typename }",
    ):
        await client.post("/graphql", json={"query": text})

    assert [text[2] for text in parsed] == ["a", "b", "c", "a"]


async def test_a_document_is_registered_by_its_hash(http):
    extensions = persisted(HELLO)

    first = await http.post("/graphql", json={"extensions": extensions})
    second = await http.post("/graphql", json={"query": HELLO, "extensions": extensions})
    third = await http.post("/graphql", json={"extensions": extensions})
    fourth = await http.get("/graphql", params={"extensions": orjson.dumps(extensions).decode()})

    assert (first.status_code, first.json()) == (200, UNKNOWN)
    assert second.json()["data"] == third.json()["data"] == fourth.json()["data"] == DATA


async def test_a_hash_may_be_written_in_capitals(http):
    extensions = persisted(hash=sha256(HELLO).upper())
    await http.post("/graphql", json={"query": HELLO, "extensions": extensions})

    answer = await http.post("/graphql", json={"extensions": persisted(HELLO)})

    assert answer.json()["data"] == DATA


async def test_the_hash_of_another_text_is_refused_and_not_registered(http):
    asked = {"query": HELLO, "extensions": persisted(PAIR)}
    answer = await http.post("/graphql", json=asked)

    assert answer.status_code == 400
    assert answer.json() == refusal(
        "`sha256Hash` is not the hash of `query`", "PERSISTED_QUERY_MISMATCH"
    )
    assert (await http.post("/graphql", json={"extensions": persisted(PAIR)})).json() == UNKNOWN


@pytest.mark.parametrize(
    "persisted",
    [
        1,
        "hash",
        [],
        {},
        {"version": 1},
        {"sha256Hash": "a" * 64},
        {"version": 2, "sha256Hash": "a" * 64},
        {"version": "1", "sha256Hash": "a" * 64},
        {"version": 1, "sha256Hash": "a" * 63},
        {"version": 1, "sha256Hash": "a" * 65},
        {"version": 1, "sha256Hash": "g" * 64},
        {"version": 1, "sha256Hash": "a" * 63 + "\n"},
        {"version": 1, "sha256Hash": ["a"] * 64},
        {"version": 1, "sha256Hash": None},
    ],
    ids=str,
)
async def test_a_malformed_extension_is_refused(http, persisted):
    extensions = {"persistedQuery": persisted}
    answer = await http.post("/graphql", json={"query": HELLO, "extensions": extensions})

    assert answer.status_code == 400
    assert answer.json() == refusal(
        "`extensions.persistedQuery` must be {version: 1, sha256Hash}", "BAD_REQUEST"
    )


@pytest.mark.parametrize(
    "asked",
    [
        {"query": "{"},
        {"query": "{ nothing }"},
        {"query": PAIR},
        {"query": "{ users(first: 20000) { nodes { id } } }"},
    ],
    ids=["broken", "invalid", "no operation named", "too costly"],
)
async def test_a_document_that_cannot_run_is_not_registered(http, asked):
    extensions = persisted(asked["query"])
    answer = await http.post("/graphql", json={**asked, "extensions": extensions})

    assert answer.json()["errors"]
    assert (await http.post("/graphql", json={"extensions": extensions})).json() == UNKNOWN


async def test_registering_is_a_setting(serve):
    client = await serve(automatic_documents=False)
    text = {"query": HELLO, "extensions": persisted(HELLO)}

    assert (await client.post("/graphql", json=text)).json()["data"] == DATA
    answer = await client.post("/graphql", json={"extensions": persisted(HELLO)})
    assert (answer.status_code, answer.json()) == (
        200,
        refusal("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED"),
    )


@pytest.mark.parametrize("prefix", ["", "sha256:"])
@pytest.mark.parametrize("only", [True, False])
async def test_a_trusted_document_is_run_by_its_id(serve, manifest, prefix, only):
    client = await serve(trusted_documents=manifest, trusted_documents_only=only)
    id = prefix + sha256(HELLO)

    post = await client.post("/graphql", json={"documentId": id})
    get = await client.get("/graphql", params={"documentId": id})

    assert post.json()["data"] == get.json()["data"] == DATA


async def test_the_operations_of_a_trusted_document_are_run_by_name(serve, manifest):
    client = await serve(trusted_documents=manifest, trusted_documents_only=True)
    asked = {"documentId": sha256(PAIR)}

    named = await client.post("/graphql", json={**asked, "operationName": "B"})
    unnamed = await client.post("/graphql", json=asked)

    assert named.json()["data"] == {"b": "Query"}
    code = unnamed.json()["errors"][0]["extensions"]["code"]
    assert code == "OPERATION_RESOLUTION_FAILURE"


async def test_an_unknown_id(http):
    answer = await http.post("/graphql", json={"documentId": sha256(HELLO)})

    assert answer.status_code == 404
    assert answer.json() == refusal("No trusted document has this id", "DOCUMENT_NOT_FOUND")


@pytest.mark.parametrize("extensions", [{}, persisted("{ a: __typename }")])
async def test_where_only_trusted_documents_run_others_are_refused(serve, manifest, extensions):
    client = await serve(trusted_documents=manifest, trusted_documents_only=True)
    asked = {"query": "{ a: __typename }", "extensions": extensions}

    answer = await client.post("/graphql", json=asked)

    assert answer.status_code == 403
    assert answer.json() == refusal(
        "This server runs trusted documents only: send a `documentId`", "DOCUMENT_NOT_TRUSTED"
    )


async def test_where_only_trusted_documents_run_their_texts_and_hashes_do(serve, manifest):
    client = await serve(trusted_documents=manifest, trusted_documents_only=True)

    text = await client.post("/graphql", json={"query": HELLO})
    hash = await client.post("/graphql", json={"extensions": persisted(HELLO)})

    assert text.json()["data"] == hash.json()["data"] == DATA


async def test_trusted_documents_may_stand_beside_others(serve, manifest):
    client = await serve(trusted_documents=manifest)

    answer = await client.post("/graphql", json={"query": "{ a: __typename }"})

    assert answer.json()["data"] == {"a": "Query"}


async def test_an_id_does_not_vouch_for_a_hash_beside_it(serve, manifest):
    client = await serve(trusted_documents=manifest)
    asked = {"documentId": sha256(HELLO), "query": HELLO, "extensions": persisted("{ b }")}

    answer = await client.post("/graphql", json=asked)

    assert answer.status_code == 400
    assert answer.json() == refusal("Send either `documentId` or `query`, not both", "BAD_REQUEST")
    extensions = {"extensions": persisted("{ b }")}
    assert (await client.post("/graphql", json=extensions)).json() == UNKNOWN


async def test_a_manifest_that_is_missing_keeps_the_server_from_starting(serve, tmp_path):
    with pytest.raises(StartupError, match=r"^Cannot read the trusted documents .*: No such file"):
        await serve(trusted_documents=tmp_path / "missing.json")
