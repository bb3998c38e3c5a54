"""Documents over HTTP: automatic persisted queries, trusted documents, and the cache of all."""

import orjson
import pytest

from app import ids
from app.auth import opaque
from app.errors import StartupError, numbered
from app.http.conditions import etag
from app.models import ApiKey
from engine import documents
from resolvers.texts import FORMAT, sha256
from tests import factories

HELLO = "{ __typename }"
DATA = {"__typename": "Query"}
PAIR = "query A { a: __typename } query B { b: __typename }"
NAMES = "{ viewer { user { username } } users { nodes { username } } }"
WRITE = "mutation { revokeAllSessions(input: {}) { count } }"
REFUSED = "{ audit { nodes { id } } __typename }"
TRUSTED = (HELLO, PAIR, NAMES, WRITE, REFUSED, "{ nothing }")
PUBLIC = {
    "cache-control": "public, no-cache",
    "vary": "Accept, Authorization, X-API-Key, Accept-Encoding",
}


def persisted(text=None, hash=None, version=1):
    extension = {"version": version, "sha256Hash": hash or sha256(text)}
    return {"persistedQuery": extension}


def refusal(message, code):
    return {"errors": [{"message": message, "extensions": numbered(code)}]}


UNKNOWN = refusal("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")


@pytest.fixture
def manifest(tmp_path):
    """A manifest that trusts a few documents."""
    file = tmp_path / "manifest.json"
    operations = [{"id": sha256(text), "body": text} for text in TRUSTED]
    file.write_bytes(orjson.dumps({**FORMAT, "operations": operations}))
    return file


@pytest.fixture
async def trusting(serve, manifest):
    return await serve(trusted_documents=manifest)


def by_id(text, **others):
    return {"documentId": sha256(text), **others}


def told(answer):
    """What an answer says about keeping it."""
    names = ("cache-control", "vary", "etag")
    return {name: answer.headers[name] for name in names if name in answer.headers}


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


async def test_the_answer_to_a_trusted_document_may_be_kept(trusting):
    get = await trusting.get("/graphql", params=by_id(HELLO))
    head = await trusting.head("/graphql", params=by_id(HELLO))

    assert (get.status_code, get.json()["data"]) == (200, DATA)
    assert told(get) == {**PUBLIC, "etag": etag(get.content)}
    assert head.status_code == 200
    assert head.headers | {"x-request-id": ""} == get.headers | {"x-request-id": ""}


async def test_for_how_long_is_a_setting(serve, manifest):
    client = await serve(trusted_documents=manifest, public_max_age=60, session_cookies=True)
    answer = await client.get("/graphql", params=by_id(HELLO))

    assert answer.headers["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert answer.headers["Vary"] == "Accept, Authorization, X-API-Key, Cookie, Accept-Encoding"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_the_client_has_is_not_sent_again(trusting, method):
    tag = (await trusting.get("/graphql", params=by_id(HELLO))).headers["ETag"]
    asked = {"If-None-Match": f'"a", W/{tag}'}
    answer = await trusting.request(method, "/graphql", params=by_id(HELLO), headers=asked)

    assert (answer.status_code, answer.content) == (304, b"")
    assert told(answer) == {**PUBLIC, "etag": tag}
    assert not {"content-type", "content-length"} & answer.headers.keys()


async def test_what_has_changed_is_sent_again(trusting, db):
    before = await trusting.get("/graphql", params=by_id(NAMES))
    await factories.add(db, factories.user(username="ada"))
    asked = {"If-None-Match": before.headers["ETag"]}
    after = await trusting.get("/graphql", params=by_id(NAMES), headers=asked)

    assert after.status_code == 200
    assert after.json()["data"] == {"viewer": None, "users": {"nodes": [{"username": "ada"}]}}
    assert after.headers["ETag"] == etag(after.content) != before.headers["ETag"]


async def test_what_somebody_sees_is_for_their_own_cache(trusting, db):
    ada, secret = factories.user(username="ada"), "x" * 43
    columns = {"name": "Robot", "scopes": ["*"], "digest": opaque.digest(secret)}
    key = ApiKey(id=ids.new(ids.API_KEY), user_id=ada.id, **columns)
    await factories.add(db, ada, key)
    mine = {"X-API-Key": opaque.api_key(key.id, secret)}

    guest = await trusting.get("/graphql", params=by_id(NAMES))
    answer = await trusting.get("/graphql", params=by_id(NAMES), headers=mine)
    asked = mine | {"If-None-Match": guest.headers["ETag"]}
    other = await trusting.get("/graphql", params=by_id(NAMES), headers=asked)
    asked = mine | {"If-None-Match": answer.headers["ETag"]}
    again = await trusting.get("/graphql", params=by_id(NAMES), headers=asked)

    private = {**PUBLIC, "cache-control": "private, no-cache", "etag": etag(answer.content)}
    assert answer.json()["data"]["viewer"] == {"user": {"username": "ada"}}
    assert (other.status_code, other.content) == (200, answer.content)
    assert again.status_code == 304
    assert told(answer) == told(other) == told(again) == private


async def test_a_client_that_wants_another_answer_is_refused(trusting):
    tag = (await trusting.get("/graphql", params=by_id(HELLO))).headers["ETag"]
    fits = await trusting.get("/graphql", params=by_id(HELLO), headers={"If-Match": tag})
    other = await trusting.get("/graphql", params=by_id(HELLO), headers={"If-Match": '"a"'})

    assert fits.status_code == 200
    assert (other.status_code, told(other)["cache-control"]) == (412, "no-store")
    assert other.json() == refusal("The answer is another by now", "PRECONDITION_FAILED")


@pytest.mark.parametrize("condition", [{}, {"If-None-Match": "*"}, {"If-Match": '"a"'}])
@pytest.mark.parametrize(
    ("asked", "accept", "status"),
    [
        ({"query": HELLO}, "", 200),
        ({"extensions": orjson.dumps(persisted(HELLO)).decode()}, "", 200),
        (by_id(HELLO), "text/event-stream", 200),
        (by_id(HELLO), "image/png", 406),
        (by_id(HELLO, variables="{"), "", 400),
        (by_id(PAIR), "", 200),
        (by_id(PAIR), "application/graphql-response+json", 400),
        (by_id("{ nothing }"), "", 200),
        (by_id(REFUSED), "", 200),
        (by_id(WRITE), "", 405),
        ({"documentId": "none"}, "", 404),
        ({"documentId": ""}, "", 400),
    ],
)
async def test_nothing_else_is_kept(trusting, asked, accept, status, condition):
    headers = {"Accept": accept, **condition}
    get = await trusting.get("/graphql", params=asked, headers=headers)
    head = await trusting.head("/graphql", params=asked, headers=headers)

    assert get.status_code == head.status_code == status
    assert [one.headers["Cache-Control"] for one in (get, head)] == ["no-store"] * 2
    assert not [one for one in (get, head) if "ETag" in one.headers]


@pytest.mark.parametrize("condition", [{}, {"If-None-Match": "*"}])
async def test_what_is_posted_is_not_kept(trusting, condition):
    answer = await trusting.post("/graphql", json=by_id(HELLO), headers=condition)

    assert (answer.status_code, answer.json()["data"]) == (200, DATA)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
