"""The guidelines' sample query (13.2), word for word."""

import pytest

from app.models import ContentStatus
from tests import factories

SAMPLE = """
query GetUserContentItems {
  user(id: "123") {
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
}
"""


async def test_the_sample_query_answers_with_the_newest_published_items(db, data):
    ada = factories.user(username="ada")
    image = factories.image()
    items = [factories.item(ada, summary=f"Summary {n}") for n in range(7)]
    items[6].featured_image_id = image.id
    draft = factories.item(ada, status=ContentStatus.DRAFT)
    await factories.add(db, ada, image, *items, draft)

    answer = await data(SAMPLE.replace("123", ada.id))

    assert answer["user"]["username"] == "ada"
    assert [item["title"] for item in answer["user"]["contentItems"]] == [
        item.title for item in items[:1:-1]
    ]
    assert answer["user"]["contentItems"][0] == {
        "id": items[6].id,
        "title": items[6].title,
        "summary": "Summary 6",
        "createdAt": items[6].created_at.isoformat(),
        "author": {"id": ada.id, "username": "ada"},
        "featuredImage": {"url": image.external_url, "width": 640, "height": 480},
    }


async def test_an_unknown_id_is_null_without_an_error(data):
    assert await data(SAMPLE) == {"user": None}


@pytest.mark.parametrize("items", [1, 50])
async def test_it_costs_three_statements_whatever_the_number_of_items(db, data, statements, items):
    ada, image = factories.user(), factories.image()
    rows = [factories.item(ada, featured_image_id=image.id) for _ in range(items)]
    await factories.add(db, ada, image, *rows)
    statements.clear()

    answer = await data(SAMPLE.replace("123", ada.id).replace("limit: 5", "limit: 50"))

    assert len(answer["user"]["contentItems"]) == items
    # The author is the user that the query began with, and is known.
    assert len(statements) == 3, "\n".join(s[:90] for s in statements)
