"""`fields` and `include`: what is asked for is shown, nothing else is looked up."""

import pytest

from tests.rest.library import (
    ADA,
    GREEN,
    IMAGE,
    OLD,
    PLANTS,
    PUBLISHED,
    REVISION,
    SNAPSHOT,
    SOUND,
    TREES,
)

# It asks about the door, which is the same on both databases.
pytestmark = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)

ITEM = f"/content-items/{PUBLISHED}"


@pytest.fixture
def read(v2, library):
    async def read(path, who="guest"):
        answer = await v2.get(path, library[who])
        assert answer.status_code == 200, answer.text
        return answer.json()

    return read


def tables(statements):
    """The first table of each statement, in order."""
    return [statement.split("FROM ", 1)[1].split()[0] for statement in statements]


def identities(resources):
    return {(one["type"], one["id"]) for one in resources}


@pytest.mark.parametrize(
    ("fields", "attributes", "relationships", "read_from"),
    [
        ("", {}, None, ["content_items"]),
        ("title", {"title": "Oaks"}, None, ["content_items"]),
        ("id,slug", {"slug": "oaks"}, None, ["content_items"]),
        ("revisions", {}, {"revisions"}, ["content_items"]),
        ("summary,author", {"summary": "On trees"}, {"author"}, ["content_items", "users"]),
        ("tags", {}, {"tags"}, ["content_items", "tags"]),
    ],
)
async def test_only_the_fields_asked_for_are_read(
    read, statements, fields, attributes, relationships, read_from
):
    statements.clear()
    data = (await read(f"{ITEM}?fields[content-items]={fields}"))["data"]
    assert data["attributes"] == attributes
    assert (data["relationships"].keys() if relationships else data.get("relationships")) == (
        relationships
    )
    assert tables(statements) == read_from


async def test_what_is_in_the_trash_has_no_links_that_lead_nowhere(read, statements):
    statements.clear()
    (item,) = (await read("/content-items/trash", "ada"))["data"]
    assert item.keys() == {"type", "id", "attributes"}
    assert set(tables(statements[1:])) == {"content_items", "revisions"}  # after who asks


async def test_the_trash_tells_of_relationships_that_are_asked_for(read):
    query = "fields[content-items]=author,tags,revisions&include=author"
    document = await read(f"/content-items/trash?{query}", "ada")
    (item,) = document["data"]
    author = {"type": "users", "id": ADA}
    assert item["relationships"] == {"author": {"data": author}, "tags": {"data": []}}
    assert [one["links"] for one in document["included"]] == [{"self": f"/api/v2/users/{ADA}"}]


async def test_texts_are_read_for_who_asks_for_them(read, statements):
    statements.clear()
    await read(f"{ITEM}?fields[content-items]=title")
    assert not any("content_items.body," in statement for statement in statements)
    body = (await read(f"{ITEM}?fields[content-items]=body"))["data"]["attributes"]["body"]
    assert body == {
        "format": "MARKDOWN", "raw": "*Tall*", "html": "<p><em>Tall</em></p>\n", "wordCount": 1,
    }  # fmt: skip
    assert sum("content_items.body," in statement for statement in statements) == 1


async def test_counts_are_counted_for_who_asks_for_them(read, statements):
    statements.clear()
    await read("/tags?fields[tags]=name")
    assert tables(statements) == ["tags"]
    statements.clear()
    counted = await read("/tags?fields[tags]=usageCount")
    assert [one["attributes"] for one in counted["data"]] == [{"usageCount": 1}] * 2
    assert len(statements) == 2


async def test_v2_does_not_count_lists_and_v1_does(v1, v2, library, statements):
    statements.clear()
    await v2.get("/tags?fields[tags]=name")
    assert len(statements) == 1
    statements.clear()
    await v1.get("/tags?fields=name")
    assert len(statements) == 2


async def test_linkage_reads_ids_only_of_what_is_linked(read, statements):
    statements.clear()
    await read(f"{ITEM}/relationships/author")
    assert tables(statements) == ["content_items", "users"]


async def test_fields_of_several_types(read):
    document = await read(
        f"{ITEM}?fields[content-items]=title,author&fields[users]=username&include=author"
    )
    assert document["data"]["attributes"] == {"title": "Oaks"}
    assert document["data"]["relationships"]["author"]["data"] == {"type": "users", "id": ADA}
    (author,) = document["included"]
    assert author["attributes"] == {"username": "ada"}
    assert "relationships" not in author


async def test_fields_in_a_search_are_those_of_each_type(read):
    document = await read("/search?filter[query]=a&fields[users]=username&fields[media]=url")
    assert {one["type"]: one["attributes"].keys() for one in document["data"]} == {
        "users": {"username"}, "media": {"url"},
    }  # fmt: skip


async def test_v1_takes_fields_of_the_resource_and_of_types(v1, library):
    answer = await v1.get(
        f"{ITEM}?fields=title,featured_image&include=featured_image&fields[media]=mime_type"
    )
    document = answer.json()
    assert document["data"]["attributes"] == {"title": "Oaks"}
    assert document["data"]["relationships"].keys() == {"featured_image"}
    assert document["included"][0]["attributes"] == {"mime_type": "image/png"}


async def test_what_is_on_demand_is_shown_by_name_only(read):
    path = f"{ITEM}/revisions/1"
    usual = (await read(path, "ada"))["data"]
    assert usual["attributes"].keys() == {"number", "message", "createdAt", "publishedAt"}
    document = await read(f"{path}?fields[revisions]=snapshot,changes", "ada")
    assert document["data"]["id"] == REVISION
    attributes = document["data"]["attributes"]
    assert attributes["snapshot"]["title"] == SNAPSHOT["title"]
    assert attributes["snapshot"]["tags"] == [{"id": OLD}]
    assert {"field": "title", "before": None, "after": "Oaks before"} in attributes["changes"]


async def test_included_resources_are_whole_and_linked(read):
    document = await read(f"{ITEM}?include=author,tags")
    linked = document["data"]["relationships"]
    assert linked["author"]["data"] == {"type": "users", "id": ADA}
    assert [one["id"] for one in linked["tags"]["data"]] == [OLD, GREEN]
    assert "data" not in linked["category"]  # nobody asked
    assert identities(document["included"]) == {("users", ADA), ("tags", OLD), ("tags", GREEN)}
    alone = (await read(f"/tags/{GREEN}"))["data"]
    assert alone in document["included"]


async def test_what_two_ways_lead_to_is_included_once_with_all_its_links(read):
    """Ada is the author, and uploaded the sound; only the author's image is followed further."""
    document = await read(
        f"/users/{ADA}/content-items?include=author.profileImage,category.parent,featuredImage"
    )
    included = identities(document["included"])
    assert included == {
        ("users", ADA), ("media", IMAGE), ("categories", TREES), ("categories", PLANTS),
    }  # fmt: skip
    assert len(document["included"]) == 4
    (author,) = (one for one in document["included"] if one["type"] == "users")
    assert author["relationships"]["profileImage"]["data"] == {"type": "media", "id": IMAGE}
    assert "data" not in author["relationships"]["preferences"]


async def test_primary_data_is_not_included_but_linked_further(read):
    document = await read(f"/categories/{PLANTS}?include=children.parent.children")
    assert identities(document["included"]) == {("categories", TREES)}
    (tree,) = document["included"]
    assert tree["relationships"]["parent"]["data"] == {"type": "categories", "id": PLANTS}
    both = await read("/categories?include=parent,children")
    assert both["included"] == []


async def test_primary_data_links_to_what_is_included_by_way_of_it(read, db):
    """Trees → their parent → its children: the way leads back to the start, and on."""
    path = f"/categories/{TREES}?include=parent.children.children"
    document = await read(path)
    assert document["data"]["relationships"]["children"]["data"] == []
    assert identities(document["included"]) == {("categories", PLANTS)}


async def test_a_relationship_that_was_not_asked_for_is_followed_but_not_shown(read):
    """JSON:API 1.1: no additional fields, full linkage excepted."""
    document = await read(f"{ITEM}?fields[content-items]=title&include=author")
    assert "relationships" not in document["data"]
    assert identities(document["included"]) == {("users", ADA)}


async def test_including_nothing_is_a_compound_document(read):
    assert (await read(f"{ITEM}?include="))["included"] == []
    assert "included" not in await read(ITEM)


async def test_what_is_included_is_read_once_for_all(read, statements):
    statements.clear()
    await read("/content-items?fields[content-items]=author,tags&include=author,tags"
               "&fields[users]=username&fields[tags]=name", "eve")  # fmt: skip
    assert sorted(tables(statements)[1:]) == ["content_items", "tags", "users"]  # and who asks


async def test_preferences_are_included_for_their_user_only(read):
    path = f"/users/{ADA}?include=preferences"
    assert identities((await read(path, "ada"))["included"]) == {("preferences", ADA)}
    document = await read(path, "bob")
    assert document["data"]["relationships"]["preferences"]["data"] is None
    assert document["included"] == []


@pytest.mark.parametrize(("path", "parameter", "named"), [
    ("/users?fields[users]=username,shoe", "fields[users]", "`users` has no field `shoe`"),
    ("/users?fields[shoes]=size", "fields[shoes]", "no type `shoes`"),
    ("/users?fields[user]=username", "fields[user]", "no type `user`"),
    ("/users?include=shoes", "include", "`shoes`"),
    ("/users?include=contentItems", "include", "`contentItems`"),  # it has pages of its own
    ("/media?include=uploadedBy.shoes", "include", "`shoes`"),
    ("/media?include=uploadedBy.profileImage.uploadedBy.profileImage", "include", "at most 3"),
    ("/media?include=uploadedBy.", "include", "``"),
    ("/search?filter[query]=a&include=author", "include", "no parameter `include`"),
    (f"{ITEM}/relationships/author?include=profileImage", "include", "no parameter `include`"),
    (f"{ITEM}/relationships/author?fields[users]=bio", "fields[users]", "no parameter"),
])  # fmt: skip
async def test_what_there_is_not_is_refused_by_name(
    v2, library, statements, path, parameter, named
):
    statements.clear()
    answer = await v2.get(path)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["code"], error["source"]) == ("invalid_parameter", {"parameter": parameter})
    assert named in error["detail"]
    assert statements == []


@pytest.mark.parametrize(("path", "parameter"), [
    ("/users?fields=fullName", "fields"), ("/users?fields[users]=bio", "fields[users]"),
    ("/users?include=profileImage", "include"),
    ("/users?fields=bio&fields[user]=bio", "fields[user]"), ("/search?q=a&fields=bio", "fields"),
])  # fmt: skip
async def test_v1_refuses_them_too(v1, library, path, parameter):
    answer = await v1.get(path)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"] == {"parameter": parameter}


async def test_includes_are_bounded(v2, library):
    answer = await v2.get(f"{ITEM}?include=" + ",".join(["author"] * 21))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"] == "Include at most 20 relationships"


async def test_media_of_all_kinds_are_shown_in_one_list(read):
    document = await read("/media?fields[media]=kind,duration")
    assert [one["attributes"] for one in document["data"]] == [
        {"kind": "Audio", "duration": 2.5}, {"kind": "Image"},
    ]  # fmt: skip
    assert identities(document["data"]) == {("media", SOUND), ("media", IMAGE)}
