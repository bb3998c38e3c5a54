"""The lower bound: bare ASGI, and for each query one SQL statement that returns finished JSON.

It understands no GraphQL: the operation's name picks the statement.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import orjson

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# As Python's isoformat() writes it: six digits, or none for a whole second.
CREATED = """replace(to_char(i.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), '.000000', '')"""
PUBLIC = """i.status = 'PUBLISHED' AND i.published_at <= now()
    AND (i.scheduled_unpublish_at IS NULL OR i.scheduled_unpublish_at > now())"""
IMAGE = """CASE WHEN m.id IS NOT NULL THEN
    json_build_object('url', m.external_url, 'width', m.width, 'height', m.height) END"""

CONNECTIONS = 10

# A literal LIMIT, because PostgreSQL plans a statement with LIMIT $1 anew each time.
STATEMENTS = {
    "User": """
SELECT json_build_object('user', (SELECT row_to_json(u) FROM (
    SELECT id, username, full_name AS "fullName", bio FROM users WHERE id = $1
) u))""",
    "GetUserContentItems": f"""
SELECT json_build_object('user', (SELECT row_to_json(one) FROM (
    SELECT u.id, u.username, (SELECT coalesce(json_agg(item), '[]') FROM (
        SELECT i.id, i.title, i.summary, {CREATED} AS "createdAt",
            json_build_object('id', u.id, 'username', u.username) AS author,
            {IMAGE} AS "featuredImage"
        FROM (
            SELECT * FROM content_items i WHERE i.author_id = u.id AND {PUBLIC}
            ORDER BY i.created_at DESC, i.id DESC LIMIT 5
        ) i
        LEFT JOIN media m ON m.id = i.featured_image_id
        ORDER BY i.created_at DESC, i.id DESC
    ) item) AS "contentItems"
    FROM users u WHERE u.id = $1
) one))""",
    "Newest": f"""
WITH page AS MATERIALIZED (
    SELECT i.id, i.title, i.summary, i.status, i.created_at, i.author_id, i.featured_image_id
    FROM content_items i WHERE {PUBLIC} ORDER BY i.created_at DESC, i.id DESC LIMIT 50
), tagged AS (
    SELECT l.item_id, json_agg(json_build_object('id', t.id, 'name', t.name)
        ORDER BY l.position, t.id) AS tags
    FROM page JOIN content_tags l ON l.item_id = page.id JOIN tags t ON t.id = l.tag_id
    GROUP BY l.item_id
)
SELECT json_build_object('contentItems', (SELECT json_agg(item) FROM (
    SELECT i.id, i.title, i.summary, i.status, {CREATED} AS "createdAt",
        json_build_object('id', u.id, 'username', u.username) AS author,
        {IMAGE} AS "featuredImage",
        coalesce(tagged.tags, '[]') AS tags
    FROM page i
    JOIN users u ON u.id = i.author_id
    LEFT JOIN media m ON m.id = i.featured_image_id
    LEFT JOIN tagged ON tagged.item_id = i.id
    ORDER BY i.created_at DESC, i.id DESC
) item))""",
    "Titles": f"""
SELECT json_build_object('contentItems', (SELECT json_agg(item) FROM (
    SELECT i.title FROM content_items i WHERE {PUBLIC}
    ORDER BY i.created_at DESC, i.id DESC LIMIT 100
) item))""",
}


class Application:
    connections: asyncio.LifoQueue[asyncpg.Connection]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message["body"]
            more = message.get("more_body", False)
        asked = orjson.loads(body)
        statement, values = STATEMENTS[asked["operationName"]], asked["variables"].values()
        connection = await self.connections.get()
        try:
            text = await connection.fetchval(statement, *values)
        finally:
            self.connections.put_nowait(connection)
        answer = b'{"data":' + text.encode() + b"}"
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(answer)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """Opens the connections. asyncpg's pool would take as much CPU as a small statement."""
        await receive()
        opened = [await connect() for _ in range(CONNECTIONS)]
        self.connections = asyncio.LifoQueue()
        for connection in opened:
            self.connections.put_nowait(connection)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for connection in opened:
            await connection.close()
        await send({"type": "lifespan.shutdown.complete"})


async def connect() -> asyncpg.Connection:
    """A connection, which prepares each statement the first time that it runs it."""
    address, settings = os.environ["DATABASE_URL"], {"timezone": "UTC"}
    return await asyncpg.connect(address, server_settings=settings)


app = Application()
