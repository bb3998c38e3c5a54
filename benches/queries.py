"""What is asked of every server, and whether they answer alike."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_ITEM = """{
    id title summary status createdAt
    author { id username }
    featuredImage { url width height }
    tags { id name }
}"""

USER = """query User($id: ID!) {
  user(id: $id) { id username fullName bio }
}"""

# The guidelines' sample query with its literal id made a variable, as clients send it.
SAMPLE = """query GetUserContentItems($id: ID!) {
  user(id: $id) {
    id
    username
    contentItems(
      status: PUBLISHED,
      limit: 5,
      offset: 0,
      sortBy: CREATED_AT,
      sortDirection: DESC
    ) {
      id
      title
      summary
      createdAt
      # Only fetch author details we need
      author {
        id
        username
      }
      # Only fetch image details we need
      featuredImage {
        url
        width
        height
      }
    }
  }
}"""

NEWEST = f"query Newest {{ contentItems(limit: 50) {_ITEM} }}"
TITLES = "query Titles { contentItems(limit: 100) { title } }"


@dataclass(frozen=True, slots=True)
class Query:
    """`by_user` says whether each request asks for another user."""

    name: str
    title: str
    text: str
    by_user: bool = False

    def bodies(self, users: Sequence[str], text: str | None = None) -> list[bytes]:
        """The bodies of its requests, or those of a `text` that asks for the same."""
        every: Iterable[dict[str, str]] = ({"id": id} for id in users) if self.by_user else ({},)
        return [
            json.dumps(
                {
                    "query": text or self.text,
                    "operationName": self.operation,
                    "variables": variables,
                }
            ).encode()
            for variables in every
        ]

    @property
    def operation(self) -> str:
        return self.text.split(maxsplit=2)[1].partition("(")[0]


QUERIES = (
    Query("user", "user by id", USER, by_user=True),
    Query("sample", "sample query", SAMPLE, by_user=True),
    Query("newest", "50 newest items", NEWEST),
    Query("titles", "100 titles", TITLES),
)


def growing(items: int) -> Query:
    """The newest `items`, in pages of at most 100."""
    pages = " ".join(
        f"from{start}: contentItems(limit: {min(100, items - start)}, offset: {start}) {_ITEM}"
        for start in range(0, items, 100)
    )
    return Query(f"newest-{items}", f"{items} newest items", f"query Newest {{ {pages} }}")


def request(body: bytes, headers: Mapping[str, str] = {}) -> bytes:
    """The whole HTTP request as it goes over the wire."""
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n{more}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
