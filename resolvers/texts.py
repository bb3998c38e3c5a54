"""From what a request names (a text, the id of a trusted document, a hash) to the text to run."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import orjson

from app.documents import DocumentStore
from app.errors import StartupError
from app.http.refusal import RequestError

FORMAT = {"format": "apollo-persisted-query-manifest", "version": 1}
PREFIX = "sha256:"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(file: Path) -> dict[str, str]:
    """The texts of a manifest by their ids. Raises StartupError when it cannot be used."""
    try:
        manifest = orjson.loads(file.read_bytes())
    except OSError as error:
        raise StartupError(f"Cannot read the trusted documents {file}: {error.strerror}") from None
    except orjson.JSONDecodeError as error:
        raise _no_manifest(file, f"not JSON: {error}") from None
    match manifest:
        case {"operations": [*operations], **keys} if keys.items() >= FORMAT.items():
            return dict(_operation(file, operation) for operation in operations)
    raise _no_manifest(file, f"expected {FORMAT} and `operations`")


def _operation(file: Path, operation: object) -> tuple[str, str]:
    match operation:
        case {"id": str(id), "body": str(body)}:
            return id.removeprefix(PREFIX), body
    raise _no_manifest(file, "each operation needs `id` and `body`, both texts")


def _no_manifest(file: Path, reason: str) -> StartupError:
    return StartupError(
        f"{file} is not a manifest of trusted documents ({reason}): make one with "
        "`thinkalike documents build`"
    )


class Texts:
    """`trusted` are the texts of the manifest by id; `automatic` keeps what clients register."""

    def __init__(
        self,
        trusted: Mapping[str, str],
        automatic: DocumentStore | None,
        *,
        trusted_only: bool = False,
    ) -> None:
        self._trusted = trusted
        self._texts = frozenset(trusted.values())
        self._known = {sha256(text) for text in trusted.values()}
        self._automatic = automatic
        self._trusted_only = trusted_only

    async def find(self, text: str | None, document_id: str | None, hash: str | None) -> str:
        """The text to run. Raises RequestError for one that is unknown or not trusted."""
        if document_id is not None:
            if text is not None or hash is not None:
                raise RequestError(400, "Send either `documentId` or `query`, not both")
            return self._trusted_text(document_id.removeprefix(PREFIX))
        if hash is not None:
            return await self._by_hash(text, hash)
        if text is None:
            raise RequestError(400, "The request names no document: send `query` or `documentId`")
        return self._allowed(text)

    def trusts(self, text: str) -> bool:
        return text in self._texts

    async def register(self, hash: str, text: str) -> None:
        """Remember a document that can run by its hash."""
        if self._automatic is not None and hash not in self._trusted:
            await self._automatic.put(hash, text)

    async def _by_hash(self, text: str | None, hash: str) -> str:
        if text is not None:
            if sha256(text) != hash:
                raise RequestError(
                    400, "`sha256Hash` is not the hash of `query`", "PERSISTED_QUERY_MISMATCH"
                )
            return self._allowed(text)
        if hash in self._trusted:
            return self._trusted[hash]
        if self._automatic is None:
            # The words that clients of automatic persisted queries wait for.
            raise RequestError(200, "PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED")
        if (kept := await self._automatic.get(hash)) is None:
            raise RequestError(200, "PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
        return kept

    def _trusted_text(self, id: str) -> str:
        if id not in self._trusted:
            raise RequestError(404, "No trusted document has this id", "DOCUMENT_NOT_FOUND")
        return self._trusted[id]

    def _allowed(self, text: str) -> str:
        if self._trusted_only and sha256(text) not in self._known:
            raise RequestError(
                403, "This server runs trusted documents only: send a `documentId`",
                "DOCUMENT_NOT_TRUSTED",
            )  # fmt: skip
        return text
