from typing import Annotated, Any

import strawberry

from app import richtext
from app.pagination import sized
from app.richtext import Format
from engine.fields import batched
from loaders.content import Body, BodyByContentItem
from resolvers.context import Context
from resolvers.scalars import HTML

MaxLength = Annotated[
    int | None,
    strawberry.argument(
        description="Cut at a word so that it has no more characters than this, 100,000 at most."
    ),
]


async def load_body(items: list[Any], context: Context) -> list[Any]:
    return await context.load(BodyByContentItem).many(item.id for item in items)


def load_html(bodies: list[Body], _context: Context) -> list[Any]:
    return [richtext.html(*body) for body in bodies]


def load_text(bodies: list[Body], _context: Context, max_length: MaxLength = None) -> list[Any]:
    if max_length is not None:
        sized("maxLength", max_length, 100_000)
    return [richtext.text(*body, max_length) for body in bodies]


def load_headings(bodies: list[Body], _context: Context) -> list[Any]:
    return [richtext.headings(*body) for body in bodies]


def load_word_count(bodies: list[Body], _context: Context) -> list[Any]:
    return [richtext.word_count(*body) for body in bodies]


@strawberry.type(description="A heading in a rich text.")
class Heading:
    level: int = strawberry.field(description="1 for the topmost to 6.")
    text: str = strawberry.field(description="Its words.")
    anchor: str = strawberry.field(description="The `id` that it has in the text's `html`.")


@strawberry.type(description="A text with headings, lists, links and pictures.")
class RichText:
    format: Format = strawberry.field(description="The language that `raw` is written in.")
    raw: str = strawberry.field(description="The text as it was written.")
    html: HTML = batched(load_html, description="The text as sanitised HTML.")
    text: str = batched(load_text, description="The words without any markup.")
    headings: list[Heading] = batched(load_headings, description="Its headings, in order.")
    word_count: int = batched(load_word_count, description="How many words it has.")
