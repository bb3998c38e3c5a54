"""Where connections are, and how the tests ask for a page of one."""

PAGE = """
    edges { cursor node { id } }
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
"""
ARGUMENTS = "first: $first, after: $after, last: $last, before: $before, offset: $offset"
VARIABLES = "$first: Int, $after: Cursor, $last: Int, $before: Cursor, $offset: Int"

# Where a connection is, around `connection(ARGUMENTS) { … }`; the rows are in this order.
PLACES = {
    "contentItems": (
        "",
        "contentItemsConnection",
        'sort: [{field: TITLE}], filter: {title: {startsWith: "title"}}',
    ),
    "users": ("", "users", "sort: [{field: USERNAME}]"),
    "tags": ("", "tags", ""),
    "mediaItems": ("", "mediaItems", 'mimeType: "image/"'),
    "categories": ("", "categoriesConnection", ""),
    "User": ("user", "contentItemsConnection", "sort: [{field: TITLE}]"),
    "Tag": ("tag", "contentItemsConnection", "sort: [{field: TITLE}]"),
    "Category": (
        "node",
        "contentItemsConnection",
        "sort: [{field: CREATED_AT, direction: DESC}, {field: TITLE}]",
    ),
}


def query(place, selection=PAGE):
    parent, connection, order = PLACES[place]
    field = f"{connection}({ARGUMENTS}, {order}) {{ {selection} }}"
    if not parent:
        return f"query({VARIABLES}) {{ {field} }}"
    field = f"... on {place} {{ {field} }}"
    return f"query({VARIABLES}, $id: ID!) {{ {parent}(id: $id) {{ {field} }} }}"
