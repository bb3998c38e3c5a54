"""Our scalars: how each is written and what is accepted."""

import re
from datetime import datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from app.media.upload import Upload

URL = NewType("URL", str)
Cursor = NewType("Cursor", str)
HTML = NewType("HTML", str)
ByteSize = NewType("ByteSize", int)
JSON = NewType("JSON", object)


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def parse_moment(value: Any) -> datetime:
    """RFC 3339: a date and a time with an offset. Without one nobody knows which moment it is."""
    try:
        moment = datetime.fromisoformat(value) if _RFC_3339.fullmatch(value) else None
    except (TypeError, ValueError):
        moment = None
    if moment is None:
        raise GraphQLError(
            f"DateTime cannot represent {value!r}: expected a date and time with its offset, "
            "such as 2026-01-31T12:00:00+00:00"
        )
    return moment


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"Expected a text, found {value!r}")
    return value


def _upload(value: Any) -> Upload:
    if not isinstance(value, Upload):
        raise GraphQLError("An Upload is a file in a multipart request, where its variable is null")
    return value


SCALARS: dict[object, Any] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment: date and time with its offset from UTC (RFC 3339), such as "
        "`2026-01-31T12:00:00+00:00`. Always answered in UTC.",
        specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339",
        serialize=datetime.isoformat,
        parse_value=parse_moment,
    ),
    URL: strawberry.scalar(
        name="URL",
        description="An absolute address, or a small file as a `data:` address.",
        specified_by_url="https://url.spec.whatwg.org/",
        serialize=str,
        parse_value=_text,
    ),
    Cursor: strawberry.scalar(
        name="Cursor",
        description="A place in an ordered list, opaque and signed; of use in the list and order "
        "that it came from.",
        serialize=str,
        parse_value=_text,
    ),
    HTML: strawberry.scalar(
        name="HTML",
        description="Sanitised HTML: safe to put into a page as it is.",
        serialize=str,
        parse_value=_text,
    ),
    ByteSize: strawberry.scalar(
        name="ByteSize",
        description="A number of bytes; may be larger than an Int.",
        serialize=int,
        parse_value=int,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=lambda value: value,
    ),
    Upload: strawberry.scalar(
        name="Upload",
        description="A file that is sent with the operation in a `multipart/form-data` request.",
        specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
        parse_value=_upload,
    ),
}

CONFIG = StrawberryConfig(scalar_map=SCALARS)
