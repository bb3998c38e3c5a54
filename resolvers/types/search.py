import asyncio
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

import strawberry

from app import highlights, ids
from engine.fields import batched
from loaders.search import (
    CountByQuery,
    DocumentBySubject,
    FacetByQuery,
    FacetValue,
    Hit,
    Hits,
)
from resolvers.context import Context
from resolvers.edges import load_nodes
from resolvers.enums import describe
from resolvers.scalars import HTML, Cursor
from resolvers.types.connections import PageInfo
from resolvers.types.content import ContentItem
from resolvers.types.media import Audio, Document, Image, Video
from resolvers.types.taxonomy import Tag
from resolvers.types.users import User


class SearchType(StrEnum):
    CONTENT_ITEM = ids.CONTENT
    USER = ids.USER
    TAG = ids.TAG
    MEDIA = ids.MEDIA


class SearchFacetField(StrEnum):
    TYPE = "type"
    KIND = "kind"
    AUTHOR = "author"
    CATEGORY = "category"
    TAG = "tag"


describe(
    SearchType,
    "SearchType",
    "What a search looks for.",
    CONTENT_ITEM="Content items, by title, summary and body.",
    USER="Users, by their names and bio.",
    TAG="Tags, by name.",
    MEDIA="Media, by title, file name, alt text and caption.",
)
describe(
    SearchFacetField,
    "SearchFacetField",
    "By what the hits of a search are counted.",
    TYPE="What they are; the value is a `SearchType`.",
    KIND="The kind of content items.",
    AUTHOR="Who wrote the content items; the value is a user's id.",
    CATEGORY="The category of the content items; the value is its id.",
    TAG="The tags of the content items; the value is a tag's id.",
)

SearchResult = Annotated[
    User | ContentItem | Tag | Image | Video | Audio | Document,
    strawberry.union("SearchResult", description="Anything that a search finds."),
]


class Facet(NamedTuple):
    field: SearchFacetField
    values: list[FacetValue]


class Highlight(NamedTuple):
    field: str
    html: str


async def load_hit_nodes(hits: list[Hit], context: Context) -> list[Any]:
    return await load_nodes(context, [hit.subject_id for hit in hits])


async def load_highlights(hits: list[Hit], context: Context) -> list[Any]:
    documents = await context.load(DocumentBySubject).many(hit.subject_id for hit in hits)
    pairs = list(zip(hits, documents, strict=True))
    # Some milliseconds for each text: other requests go on meanwhile.
    return await asyncio.to_thread(lambda: [_highlights(*pair) for pair in pairs])


def _highlights(hit: Hit, document: Any) -> list[Highlight]:
    if document is None:  # gone since it was found
        return []
    words = hit.query.words
    found = {
        "title": highlights.mark(document.title, words),
        "text": highlights.snippet(document.text, words),
    }
    return [Highlight(field, html) for field, html in found.items() if html is not None]


async def load_total_count(pages: list[Hits], context: Context) -> list[Any]:
    return await context.load(CountByQuery).many(page.query for page in pages)


Fields = Annotated[
    list[SearchFacetField] | None,
    strawberry.argument(description="By what to count; by everything when left out."),
]


async def load_facets(pages: list[Hits], context: Context, fields: Fields = None) -> list[Any]:
    chosen = list(SearchFacetField) if fields is None else list(dict.fromkeys(fields))
    loader = context.load(FacetByQuery)
    facets: list[Any] = []
    for page in pages:
        found = await loader.many((page.query, field) for field in chosen)
        pairs = zip(chosen, found, strict=True)
        facets.append([Facet(field, _shown(field, values or [])) for field, values in pairs])
    return facets


def _shown(field: SearchFacetField, values: list[FacetValue]) -> list[FacetValue]:
    if field is not SearchFacetField.TYPE:
        return values
    return [FacetValue(name := SearchType(one.value).name, name, one.count) for one in values]


@strawberry.type(description="Where the words of a search are in what was found.")
class SearchHighlight:
    field: str = strawberry.field(description="`title` or `text`.")
    html: HTML = strawberry.field(description="A piece of it, the words in `<mark>`.")


@strawberry.type(description="How many hits have one value.")
class SearchFacetValue:
    value: str = strawberry.field(description="What to filter by.")
    label: str = strawberry.field(description="What to show to people.")
    count: int = strawberry.field(description="How many hits have it.")


@strawberry.type(description="The hits of a search, counted by one of their properties.")
class SearchFacet:
    field: SearchFacetField = strawberry.field(description="By what is counted.")
    values: list[SearchFacetValue] = strawberry.field(
        description="The values, most frequent first, 20 at most."
    )


@strawberry.type(description="A hit of a search.")
class SearchEdge:
    cursor: Cursor = strawberry.field(
        description="Its place among the hits, which may shift while things are added."
    )
    node: SearchResult | None = batched(load_hit_nodes, description="What was found.")
    score: float = strawberry.field(
        description="How well it fits: more is better. Comparable within one search only."
    )
    highlights: list[SearchHighlight] = batched(
        load_highlights, description="Where the words of the search are in it."
    )


@strawberry.type(description="What a search found, best first, a page at a time.")
class SearchConnection:
    edges: list[SearchEdge] = strawberry.field(description="The hits.")
    page_info: PageInfo = strawberry.field(description="Where this page is among the hits.")
    total_count: int = batched(
        load_total_count, description="How many hits there are; counted when asked for."
    )
    facets: list[SearchFacet] = batched(
        load_facets, description="All hits, counted by their properties."
    )
