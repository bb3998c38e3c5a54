import asyncio
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import strawberry

from app import richtext
from app.pagination import sized
from app.richtext import Format
from engine.fields import batched, needs
from loaders.content import Body, BodyByContentItem
from resolvers.context import Context
from resolvers.scalars import HTML

MAX_LENGTH = 100_000
IN_THREAD = 20_000

MaxLength = Annotated[
    int | None,
    strawberry.argument(
        description=f"Cut at a word to no more characters than this, {MAX_LENGTH} at most."
    ),
]


@needs("id")
async def load_body(items: list[Any], context: Context) -> list[Any]:
    shown = [getattr(item, "snapshot", None) for item in items]
    stored = [item.id for item, snapshot in zip(items, shown, strict=True) if snapshot is None]
    bodies = iter(await context.load(BodyByContentItem).many(stored))
    return [
        next(bodies) if one is None else Body(one["body"], Format(one["bodyFormat"]))
        for one in shown
    ]


async def load_html(bodies: list[Body], _context: Context) -> list[Any]:
    return await _each(bodies, richtext.html)


async def load_text(
    bodies: list[Body], _context: Context, max_length: MaxLength = None
) -> list[Any]:
    if max_length is not None:
        sized("maxLength", max_length, MAX_LENGTH)
    return await _each(bodies, partial(richtext.text, max_length=max_length))


async def load_headings(bodies: list[Body], _context: Context) -> list[Any]:
    return await _each(bodies, richtext.headings)


async def load_word_count(bodies: list[Body], _context: Context) -> list[Any]:
    return await _each(bodies, richtext.word_count)


async def _each(bodies: list[Body], render: Callable[[str, Format], Any]) -> list[Any]:
    def rendered() -> list[Any]:
        return [render(*body) for body in bodies]

    # Long Markdown takes long: other requests go on meanwhile.
    long = sum(len(body.raw) for body in bodies) > IN_THREAD
    return await asyncio.to_thread(rendered) if long else rendered()


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
