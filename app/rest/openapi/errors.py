"""What is answered when something is wrong: the envelope of guidelines 7.1, and RFC 9457."""

from app.rest.dialect import Dialect
from app.rest.failures import PROBLEM
from app.rest.openapi import headers
from app.rest.openapi.components import Components, Node
from app.rest.openapi.examples import Examples
from app.rest.openapi.objects import pascal
from app.rest.openapi.schemas import opened

MEANINGS = {
    400: ("Bad Request", "Something in the request cannot be read: it is named."),
    401: ("Unauthorized", "This takes somebody who is signed in, or who proves it otherwise."),
    403: ("Forbidden", "Whoever asks may not do this."),
    404: ("Not Found", "There is no such thing, or none that you may see."),
    406: ("Not Acceptable", "The request accepts none of the types that there are."),
    409: ("Conflict", "What is there, or its state, does not allow this."),
    412: ("Precondition Failed", "It is not what `If-Match` names."),
    413: ("Content Too Large", "The body is larger than this server takes."),
    415: ("Unsupported Media Type", "The body is not of the type that is taken here."),
    422: ("Unprocessable Content", "Everything can be read, but it cannot be done: each is named."),
    428: ("Precondition Required", "This server wants `If-Match` here."),
    429: ("Too Many Requests", "Too many attempts, or all is spent: again after `Retry-After`."),
    500: ("Internal Server Error", "A mistake of the server's, logged under the request's id."),
    503: ("Service Unavailable", "Something that is needed does not answer, or there is too much."),
    504: ("Gateway Timeout", "It took longer than anything may, and was cancelled."),
}
EXTRA = {401: ("WWW-Authenticate",), 429: ("Retry-After", "RateLimit", "RateLimit-Policy")}
SOURCES = {
    "pointer": "Where in the body (RFC 6901).",
    "parameter": "Which parameter of the address.",
    "header": "Which header.",
}


def responses(
    dialect: Dialect, components: Components, examples: Examples, statuses: set[int]
) -> Node:
    """Of these statuses, each a reference."""
    return {
        str(status): _response(dialect, components, examples, status) for status in sorted(statuses)
    }


def _response(dialect: Dialect, components: Components, examples: Examples, status: int) -> Node:
    phrase, meaning = MEANINGS[status]
    envelope = components.schema("Errors", lambda: _envelope(dialect, components))
    problem = components.schema("Problem", lambda: _problem(dialect, components))
    node = {
        "description": meaning,
        "headers": headers.of_answer(components, "Vary", *EXTRA.get(status, ())),
        "content": {
            type: {"schema": schema, **examples.error(status, type)}
            for type, schema in {dialect.media_type: envelope, PROBLEM: problem}.items()
        },
    }
    return components.put("responses", pascal(phrase.replace(" ", "_").lower()), node)


def _envelope(dialect: Dialect, components: Components) -> Node:
    error = components.schema("Error", lambda: _error(dialect))
    return opened({"errors": {"type": "array", "minItems": 1, "items": error}})


def _error(dialect: Dialect) -> Node:
    source = {name: {"type": "string", "description": text} for name, text in SOURCES.items()}
    meta = {
        "number": {"type": "integer", "description": "The kind of error, in the catalogue."},
        dialect.name("requestId"): {"type": "string"},
    }
    return opened(
        {
            "status": {"type": "string", "pattern": "^[45][0-9]{2}$"},
            "code": {"type": "string", "description": "What it is, for programs: `not_found`."},
            "title": {"type": "string"},
            "detail": {"type": "string", "description": "What is wrong, for people."},
            "source": {"type": "object", "properties": source, "minProperties": 1},
            "meta": {**opened(meta, *meta), "additionalProperties": True},
        },
        "source",
    )


def _problem(dialect: Dialect, components: Components) -> Node:
    error = components.schema("Error", lambda: _error(dialect))
    return opened(
        {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "instance": {"type": "string", "format": "uri-reference"},
            "code": {"type": "string"},
            "errors": {"type": "array", "minItems": 1, "items": error},
        }
    )
