"""What a page that shows content relies on (guidelines 9.4): agreed by pact, kept by the server."""

import asyncio

import httpx2
from pact import match

from app.permissions import Role
from tests import factories as make
from tests.rest.contract import verify, with_states, written
from tests.rest.live import live

JSON, JSON_API = "application/json", "application/vnd.api+json"
ID = "cnt_01k7zzzzzzzzzzzzzzzzzzzzzz"
NAMED = {"id": ID, "title": "Otters"}
ANOTHER = {"id": "cnt_01k7yyyyyyyyyyyyyyyyyyyyyy", "title": "Lakes"}
UNKNOWN = "/api/v2/content-items/cnt_01k7xxxxxxxxxxxxxxxxxxxxxx"
TITLE = "fields[content-items]"
A_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"


def agree(pact):
    """The contract, and the calls of the consumer that it covers."""
    (
        pact.upon_receiving("a published item")
        .given("an item is published", NAMED)
        .with_request("GET", f"/api/v1/content-items/{ID}")
        .with_query_parameters({"fields": "title,published_at"})
        .will_respond_with(200)
        .with_body(
            {
                "data": {
                    "type": "content-item",
                    "id": ID,
                    "attributes": {
                        "title": "Otters",
                        "published_at": match.regex("2026-01-01T12:00:00+00:00", regex=A_TIME),
                    },
                }
            },
            JSON,
        )
    )
    (
        pact.upon_receiving("the titles of the first items")
        .given("an item is published", ANOTHER)
        .with_request("GET", "/api/v2/content-items")
        .with_query_parameters({TITLE: "title", "page[size]": "10"})
        .with_header("Accept", JSON_API)
        .will_respond_with(200)
        .with_body(
            {
                "data": match.each_like(
                    {
                        "type": "content-items",
                        "id": match.regex(ID, regex=r"cnt_[0-9a-hjkmnp-tv-z]{26}"),
                        "attributes": {"title": match.like("Otters")},
                    },
                    min=1,
                )
            },
            JSON_API,
        )
    )
    (
        pact.upon_receiving("an item that does not exist")
        .with_request("GET", UNKNOWN)
        .with_header("Accept", JSON_API)
        .will_respond_with(404)
        .with_body({"errors": [{"status": "404", "code": "not_found"}]}, JSON_API)
    )
    with pact.serve() as server, httpx2.Client(base_url=str(server.url)) as client:
        item = client.get(
            f"/api/v1/content-items/{ID}", params={"fields": "title,published_at"}
        ).json()
        client.headers["Accept"] = JSON_API
        items = client.get(
            "/api/v2/content-items", params={TITLE: "title", "page[size]": "10"}
        ).json()
        missing = client.get(UNKNOWN).json()

    assert item["data"]["attributes"]["title"] == "Otters"
    assert [item["attributes"] for item in items["data"]] == [{"title": "Otters"}]
    assert missing["errors"][0]["code"] == "not_found"


async def test_the_server_keeps_the_contract(application, db, signed, tmp_path):
    async def published(wanted):
        author = make.user()
        await make.add(db, author, make.item(author, **wanted))

    contract = await asyncio.to_thread(written, tmp_path, agree)
    headers = await signed(Role.USER)
    async with live(with_states(application, {"an item is published": published})) as address:
        await asyncio.to_thread(verify, contract, address, headers)
