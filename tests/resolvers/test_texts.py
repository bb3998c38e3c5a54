"""From ids and hashes to texts: trusted documents and automatic persisted queries."""

import orjson
import pytest

from app.documents import MemoryDocuments
from app.errors import StartupError
from app.http.refusal import RequestError
from resolvers.texts import Texts, read_manifest, sha256

HELLO = "{ __typename }"
OTHER = "{ other: __typename }"
FORMAT = {"format": "apollo-persisted-query-manifest", "version": 1}


@pytest.fixture
def manifest(tmp_path):
    def write(content):
        file = tmp_path / "manifest.json"
        file.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
        return file

    return write


def test_a_manifest_is_texts_by_id(manifest):
    entry = {"name": "Hello", "type": "query", "body": HELLO}
    file = manifest(
        {
            **FORMAT,
            "comment": ["anything"],
            "operations": [{**entry, "id": sha256(HELLO)}, {**entry, "id": "sha256:short"}],
        }
    )

    assert read_manifest(file) == {sha256(HELLO): HELLO, "short": HELLO}


def test_an_empty_manifest_trusts_nothing(manifest):
    assert read_manifest(manifest({**FORMAT, "operations": []})) == {}


NO_FORMAT = "expected {'format': 'apollo-persisted-query-manifest', 'version': 1} and `operations`"
NO_TEXTS = "each operation needs `id` and `body`, both texts"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "not JSON: "),
        (b"\xff", "not JSON: "),
        (b"", "not JSON: "),
        ([], NO_FORMAT),
        (None, NO_FORMAT),
        ("text", NO_FORMAT),
        ({}, NO_FORMAT),
        ({"operations": []}, NO_FORMAT),
        ({**FORMAT, "version": 2, "operations": []}, NO_FORMAT),
        (FORMAT, NO_FORMAT),
        ({**FORMAT, "operations": {}}, NO_FORMAT),
        ({**FORMAT, "operations": "text"}, NO_FORMAT),
        ({**FORMAT, "operations": [1]}, NO_TEXTS),
        ({**FORMAT, "operations": [{"id": "a"}]}, NO_TEXTS),
        ({**FORMAT, "operations": [{"id": [], "body": HELLO}]}, NO_TEXTS),
        ({**FORMAT, "operations": [{"id": "a", "body": 5}]}, NO_TEXTS),
    ],
)
def test_what_is_no_manifest_is_told_in_one_line(manifest, content, reason):
    file = manifest(content)
    with pytest.raises(StartupError) as caught:
        read_manifest(file)

    message = str(caught.value)
    assert message.startswith(f"{file} is not a manifest of trusted documents ({reason}")
    assert message.endswith("): make one with `thinkalike documents build`")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "reason"), [("missing.json", "No such file or directory"), ("", "Is a directory")]
)
def test_a_manifest_that_cannot_be_read(tmp_path, name, reason):
    file = tmp_path / name
    with pytest.raises(StartupError) as caught:
        read_manifest(file)

    assert str(caught.value) == f"Cannot read the trusted documents {file}: {reason}"


@pytest.fixture
def texts():
    return Texts({"hello": HELLO}, MemoryDocuments())


@pytest.fixture
def trusted_only():
    return Texts({sha256(HELLO): HELLO}, None, trusted_only=True)


async def refused(finding):
    with pytest.raises(RequestError) as caught:
        await finding
    return caught.value.status, caught.value.error["extensions"]["code"]


@pytest.mark.parametrize("id", ["hello", "sha256:hello"])
async def test_a_trusted_document_by_its_id(texts, id):
    assert await texts.find(None, id, None) == HELLO


@pytest.mark.parametrize("id", ["", "nothing", "sha256:", "sha256:sha256:hello", sha256(HELLO)])
async def test_an_id_that_is_unknown(texts, id):
    assert await refused(texts.find(None, id, None)) == (404, "DOCUMENT_NOT_FOUND")


async def test_an_id_beside_a_text_is_refused(texts):
    """Else a trusted text would be registered under the hash of another."""
    assert await refused(texts.find(OTHER, "hello", None)) == (400, "BAD_REQUEST")
    assert await refused(texts.find(None, "hello", sha256(OTHER))) == (400, "BAD_REQUEST")
    assert await refused(texts.find(OTHER, "hello", sha256(OTHER))) == (400, "BAD_REQUEST")


async def test_no_document_at_all(texts):
    assert await refused(texts.find(None, None, None)) == (400, "BAD_REQUEST")


async def test_a_hash_is_known_once_its_text_is_registered(texts):
    hash = sha256(OTHER)
    assert await refused(texts.find(None, None, hash)) == (200, "PERSISTED_QUERY_NOT_FOUND")

    assert await texts.find(OTHER, None, hash) == OTHER
    await texts.register(hash, OTHER)

    assert await texts.find(None, None, hash) == OTHER


async def test_a_hash_of_another_text(texts):
    finding = texts.find(OTHER, None, sha256(HELLO))
    assert await refused(finding) == (400, "PERSISTED_QUERY_MISMATCH")


async def test_without_a_store_hashes_are_not_supported():
    texts = Texts({}, None)
    finding = texts.find(None, None, sha256(HELLO))
    assert await refused(finding) == (200, "PERSISTED_QUERY_NOT_SUPPORTED")

    await texts.register(sha256(HELLO), HELLO)  # is not an error
    assert await texts.find(HELLO, None, sha256(HELLO)) == HELLO


async def test_trusted_documents_only(trusted_only):
    hash = sha256(HELLO)
    assert await trusted_only.find(None, hash, None) == HELLO
    assert await trusted_only.find(None, None, hash) == HELLO
    assert await trusted_only.find(HELLO, None, None) == HELLO
    assert await trusted_only.find(HELLO, None, hash) == HELLO

    for finding in (
        trusted_only.find(OTHER, None, None),
        trusted_only.find(OTHER, None, sha256(OTHER)),
        trusted_only.find(HELLO + " ", None, None),
    ):
        assert await refused(finding) == (403, "DOCUMENT_NOT_TRUSTED")
    finding = trusted_only.find(None, None, sha256(OTHER))
    assert await refused(finding) == (200, "PERSISTED_QUERY_NOT_SUPPORTED")
